"""Pure decisions about conversations, split by noun."""
