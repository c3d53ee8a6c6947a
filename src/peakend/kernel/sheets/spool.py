"""A table as lines of JSON, `[line, cell, …]`: written once, read in portions from a place."""

from collections.abc import Iterator
from pathlib import Path
from typing import IO

import msgspec

from peakend.kernel.sheets.books import book_rows, is_book
from peakend.kernel.sheets.cells import plain_cell
from peakend.kernel.sheets.errors import CellTooLong, SheetEmpty, SheetTooLarge, SheetTooWide
from peakend.kernel.sheets.texts import encoding_of, text_rows

MOST_ROWS = 1_000_000
MOST_COLUMNS = 200
LONGEST_CELL = 40_000
SHOWN_ROWS = 20


class Spool(msgspec.Struct, frozen=True, kw_only=True):
    """What was found in a table; `encoding` is xlsx for a workbook."""

    heads: list[str]
    shown: list[list[str]]
    rows: int
    encoding: str
    delimiter: str


class Portion(msgspec.Struct, frozen=True):
    """Some rows with their lines, and the place behind the last."""

    rows: list[tuple[int, list[str]]]
    place: int


def spooled(path: Path, target: IO[bytes]) -> Spool:
    """Write a table as lines of JSON and return what it is like.

    Counts: 1,000,000 lines, 200 columns, 40,000 characters a cell; empty lines are passed over.
    Errors: SheetUnreadable, SheetBroken, SheetEmpty, SheetTooLarge, SheetTooWide, CellTooLong,
    BookBroken, BookTooLarge.
    """
    encoding, delimiter = "xlsx", ""
    if is_book(path):
        found: Iterator[tuple[int, list[str]]] = book_rows(path, MOST_COLUMNS)
    else:
        encoding = encoding_of(path)
        delimiter, found = text_rows(path, encoding)
    heads: list[str] | None = None
    shown: list[list[str]] = []
    count = 0
    encoder = msgspec.json.Encoder()
    for line, given in found:
        cells = _checked(line, given)
        if not any(cells):
            continue
        if heads is None:
            heads = _heads(cells)
            continue
        count += 1
        if count > MOST_ROWS:
            raise SheetTooLarge(most=MOST_ROWS)
        if len(shown) < SHOWN_ROWS:
            shown.append(cells[: len(heads)])
        target.write(encoder.encode([line, *cells[: len(heads)]]) + b"\n")
    if heads is None or not count:
        raise SheetEmpty
    return Spool(heads=heads, shown=shown, rows=count, encoding=encoding, delimiter=delimiter)


def _checked(line: int, given: list[str]) -> list[str]:
    if len(given) > MOST_COLUMNS and any(given[MOST_COLUMNS:]):
        raise SheetTooWide(most=MOST_COLUMNS)
    cells = [plain_cell(cell) for cell in given[:MOST_COLUMNS]]
    if any(len(cell) > LONGEST_CELL for cell in cells):
        raise CellTooLong(line=line)
    return cells


def _heads(cells: list[str]) -> list[str]:
    while cells and not cells[-1]:
        cells.pop()
    return [" ".join(cell.split())[:80] for cell in cells]


def read_portion(path: Path, place: int, most: int) -> Portion:
    """Return up to so many rows from a place on."""
    rows: list[tuple[int, list[str]]] = []
    with path.open("rb") as file:
        file.seek(place)
        while len(rows) < most and (text := file.readline()):
            line, *cells = msgspec.json.decode(text)
            rows.append((line, cells))
        return Portion(rows, file.tell())
