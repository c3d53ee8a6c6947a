"""Contact directory (通讯录): who can solve what, may decide what, and is there when."""
