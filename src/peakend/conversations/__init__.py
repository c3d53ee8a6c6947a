"""Conversations: one timeline over every channel, from the first word to the closing."""
