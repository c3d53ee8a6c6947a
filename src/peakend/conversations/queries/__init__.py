"""Reading conversations: rows, messages, the visitor's view, search, settings of channels."""
