"""自动化: macros, several steps of a conversation in one; webhooks, telling other systems."""
