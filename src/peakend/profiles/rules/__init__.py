"""What a field may hold, and what is shown of it; pure."""
