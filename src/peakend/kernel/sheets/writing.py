"""Writing tables: CSV with the mark that tells spreadsheets it is UTF-8, and XLSX."""

import contextlib
import csv
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import Any, Literal, Protocol

from peakend.kernel.sheets.cells import safe_cell

Format = Literal["csv", "xlsx"]
# A sheet of a workbook has no more lines than this, the heading among them.
XLSX_ROWS = 1_048_576


class SheetWriter(Protocol):
    """Something that takes rows."""

    def write(self, rows: Sequence[Sequence[str]]) -> None:
        """Write rows, with formulas made harmless."""


@contextlib.contextmanager
def sheet_writer(path: Path, form: Format) -> Iterator[SheetWriter]:
    """Give a writer of a new table; the file is whole when the block ends well."""
    with _Csv(path) if form == "csv" else _Book(path) as writer:
        yield writer


class _Csv:
    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> "_Csv":
        self._file = self._path.open("w", encoding="utf-8-sig", newline="")
        self._rows = csv.writer(self._file, lineterminator="\r\n")
        return self

    def write(self, rows: Sequence[Sequence[str]]) -> None:
        self._rows.writerows([safe_cell(cell) for cell in row] for row in rows)

    def __exit__(self, *_: object) -> None:
        self._file.close()


class _Book:
    def __init__(self, path: Path) -> None:
        self._path = path

    def __enter__(self) -> "_Book":
        # Only here, as in reading.
        from openpyxl import Workbook
        from openpyxl.cell import WriteOnlyCell

        self._book = Workbook(write_only=True)
        self._sheet: Any = self._book.create_sheet("1")
        self._cell = WriteOnlyCell
        return self

    def write(self, rows: Sequence[Sequence[str]]) -> None:
        for row in rows:
            self._sheet.append([self._text(cell) for cell in row])

    def _text(self, text: str) -> Any:
        # As text and nothing else: a telephone number keeps its zeros, a formula does nothing.
        cell = self._cell(self._sheet, value=safe_cell(text)[:32_767])
        cell.data_type = "s"
        cell.number_format = "@"
        return cell

    def __exit__(self, kind: object, *_: object) -> None:
        if kind is None:
            self._book.save(self._path)
        else:
            self._book.close()
