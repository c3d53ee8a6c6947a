"""Decisions about cases, without a clock and without a database."""
