"""Tables carried in and out, and an organisation as one archive."""
