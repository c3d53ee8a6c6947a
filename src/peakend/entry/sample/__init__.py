"""A sample for a new house: a few days of a small shop, made like the demo's past."""

from peakend.entry.sample.making import fresh_backup, make

__all__ = ["fresh_backup", "make"]
