"""The demo shop: a page as a customer of Peakend would have it, with the chat's one script line."""
