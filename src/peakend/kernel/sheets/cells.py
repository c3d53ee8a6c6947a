"""Cells: what spreadsheets make of values, and what must not be taken for a formula."""

import re
import unicodedata
from datetime import date, datetime, time

# A formula begins so, in half or full width; a telephone number may.
_FORMULA = frozenset("=+-@\t\r＝＋－＠")  # fmt: skip
_PHONE = re.compile(r"\+[0-9][0-9 -]{4,20}")
_NUMBER = re.compile(r"[-+]?[0-9]+(?:\.[0-9]+)?")
_ZEROS = re.compile(r"0{2,20}")


def safe_cell(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula. Source: security.md D53."""
    if text[:1] in _FORMULA and not (_PHONE.fullmatch(text) or _NUMBER.fullmatch(text)):
        return f"'{text}"
    return text


def plain_cell(text: str) -> str:
    """Return a cell without its mask against formulas, and without what nobody can see."""
    if text[:1] == "'" and text[1:2] in _FORMULA:
        text = text[1:]
    if text.isprintable():
        return text.strip()
    kept = "".join(
        char
        for char in text.replace("\r\n", "\n")
        if char in "\n\t" or unicodedata.category(char) not in ("Cc", "Cs")
    )
    return kept.strip().strip("\ufeff")


def cell_text(value: object, shape: str = "") -> str:
    """Return a cell of a workbook as text: whole numbers without a point, dates as ISO.

    `shape` is the cell's number format: one of zeros only keeps the leading ones.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, float) and value.is_integer() and abs(value) < 1e15:
        value = int(value)
    if isinstance(value, int):
        return str(value).zfill(len(shape)) if _ZEROS.fullmatch(shape) else str(value)
    if isinstance(value, datetime):
        whole = (value.hour, value.minute, value.second) == (0, 0, 0)
        return value.date().isoformat() if whole else value.isoformat(" ", "seconds")
    if isinstance(value, date | time):
        return value.isoformat()
    return plain_cell(str(value))
