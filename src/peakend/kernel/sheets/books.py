"""Rows of an XLSX file, one after the other; what it would unpack to is looked at before."""

import zipfile
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from peakend.kernel.packs import DAMAGED, need_small_directory
from peakend.kernel.sheets.cells import cell_text
from peakend.kernel.sheets.errors import BookBroken, BookTooLarge, SheetTooWide

MOST_UNPACKED = 600 * 1024 * 1024
# Texts that cells share are held in memory as long as the book is open.
MOST_SHARED = 48 * 1024 * 1024
MOST_PARTS = 2_000


def is_book(path: Path) -> bool:
    """Say whether a file is a zip, as workbooks are."""
    with path.open("rb") as file:
        return file.read(4) == b"PK\x03\x04"


def book_rows(path: Path, most_columns: int) -> Iterator[tuple[int, list[str]]]:
    """Give the rows of the first sheet with their numbers.

    Errors: BookBroken, BookTooLarge, SheetTooWide.
    """
    _look_inside(path)
    # Only here: reading openpyxl takes a tenth of a second that most starts need not spend.
    import defusedxml  # noqa: F401 (openpyxl reads XML through it where it is there)
    import openpyxl

    try:
        # By its bytes: a path without the usual ending would be refused.
        file = path.open("rb")
        book = openpyxl.load_workbook(file, read_only=True, data_only=True, keep_links=False)
        try:
            sheet: Any = book.worksheets[0]
            # What a sheet says of its own size may be a lie.
            sheet.reset_dimensions()
            for number, row in enumerate(sheet.iter_rows(), 1):
                if len(row) > most_columns and any(one.value for one in row[most_columns:]):
                    raise SheetTooWide(most=most_columns)
                yield (
                    getattr(row[0], "row", number) if row else number,
                    [cell_text(one.value, _shape(one)) for one in row[:most_columns]],
                )
        finally:
            book.close()
            file.close()
    except (SheetTooWide, MemoryError):
        raise
    except Exception as error:
        # Whatever a damaged book makes its reader stumble over.
        raise BookBroken from error


def _shape(cell: Any) -> str:
    if not isinstance(cell.value, int | float):
        return ""
    return str(getattr(cell, "number_format", "") or "")


def _look_inside(path: Path) -> None:
    try:
        need_small_directory(path)
        with zipfile.ZipFile(path) as zipped:
            parts = zipped.infolist()
    except DAMAGED as error:
        raise BookBroken from error
    if len(parts) > MOST_PARTS or sum(one.file_size for one in parts) > MOST_UNPACKED:
        raise BookTooLarge(limit_mb=MOST_UNPACKED // 1024 // 1024)
    names = {one.filename for one in parts}
    if "[Content_Types].xml" not in names or any(one.flag_bits & 1 for one in parts):
        raise BookBroken
    for one in parts:
        bulky = not one.filename.startswith("xl/worksheets/")
        if bulky and one.filename.endswith(".xml") and one.file_size > MOST_SHARED:
            raise BookTooLarge(limit_mb=MOST_SHARED // 1024 // 1024)
