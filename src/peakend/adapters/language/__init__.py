"""Adapters for the ports of `language`."""
