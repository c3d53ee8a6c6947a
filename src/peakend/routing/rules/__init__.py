"""Pure decisions of routing: business time, who gets what, how long a wait will be."""
