"""Keeping the directory, vouching for its entries, and saying what has to be looked at again."""

from peakend.directory.actions import carrying as _carrying
from peakend.directory.actions.due import tell_due
from peakend.directory.actions.keeping import (
    EntryStale,
    EntryText,
    NotYourEntry,
    TooManyEntries,
    WrongEntry,
    add_entry,
    change_entry,
    remove_entry,
    restore_entry,
    verify_entry,
)

__all__ = [
    "EntryStale",
    "EntryText",
    "NotYourEntry",
    "TooManyEntries",
    "WrongEntry",
    "_carrying",
    "add_entry",
    "change_entry",
    "remove_entry",
    "restore_entry",
    "tell_due",
    "verify_entry",
]
