"""Decisions of complaints, by noun. All pure."""
