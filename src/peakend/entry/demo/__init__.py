"""The demo centre: its content, its history and its simulated people."""
