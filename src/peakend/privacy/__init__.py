"""Privacy: what goes by its age, what is erased for a person, what the law holds back."""
