"""Rows of a CSV file: its encoding and delimiter are found out, its lines are counted."""

import codecs
import csv
from collections.abc import Iterator
from pathlib import Path
from typing import IO

from peakend.kernel.sheets.errors import CellTooLong, SheetBroken, SheetUnreadable

LONGEST_LINE = 1_000_000
_DELIMITERS = ",;\t|"
_CHUNK = 1 << 20
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def encoding_of(path: Path) -> str:
    """Return the encoding of a text file. Errors: SheetUnreadable.

    A mark at the beginning decides; else zeros tell UTF-16, and then the whole file must be good
    UTF-8 or good GB18030.
    """
    with path.open("rb") as file:
        head = file.read(4096)
    for mark, name in _MARKS:
        if head.startswith(mark):
            return _good(path, name)
    if b"\0" in head:
        even, odd = head[0::2].count(0), head[1::2].count(0)
        if even + odd < len(head) // 8 or min(even, odd) > max(even, odd) // 4:
            raise SheetUnreadable
        return _good(path, "utf-16-le" if odd > even else "utf-16-be")
    for name in ("utf-8", "gb18030"):
        if _decodes(path, name):
            return name
    raise SheetUnreadable


def _good(path: Path, name: str) -> str:
    if not _decodes(path, name):
        raise SheetUnreadable
    return name


def _decodes(path: Path, name: str) -> bool:
    decoder = codecs.getincrementaldecoder(name)()
    try:
        with path.open("rb") as file:
            while part := file.read(_CHUNK):
                decoder.decode(part)
            decoder.decode(b"", True)
    except UnicodeError:
        return False
    return True


def text_rows(path: Path, encoding: str) -> tuple[str, Iterator[tuple[int, list[str]]]]:
    """Return the delimiter of a CSV file and its rows, each with the line it begins on.

    Errors, while it is read: SheetBroken, CellTooLong.
    """
    told, delimiter = _delimiter(path, encoding)
    return delimiter, _rows(path, encoding, delimiter, told)


def _delimiter(path: Path, encoding: str) -> tuple[bool, str]:
    """Return whether the first line names the delimiter, as Excel writes it, and which it is."""
    with path.open(encoding=encoding, newline="") as file:
        head = file.read(20_000)
    first = head.partition("\n")[0].strip()
    if len(first) == 5 and first.lower().startswith("sep=") and first[4] in _DELIMITERS:
        return True, first[4]
    if first.lower() == "sep=":
        return True, "\t"
    return False, max(_DELIMITERS, key=lambda one: _unquoted(first, one))


def _unquoted(line: str, char: str) -> int:
    return sum(part.count(char) for part in line.split('"')[0::2])


def _rows(path: Path, encoding: str, delimiter: str, told: bool) -> Iterator[tuple[int, list[str]]]:
    with path.open(encoding=encoding, newline="") as file:
        if told:
            file.readline(64)
        before = 1 if told else 0
        reader = csv.reader(_lines(file, before), delimiter=delimiter, strict=True)
        begun = 0
        try:
            for row in reader:
                yield before + begun + 1, row
                begun = reader.line_num
        except csv.Error as error:
            # A cell that never ends runs into its limit: what is told is where it began.
            if "field larger" in str(error):
                raise CellTooLong(line=before + begun + 1) from error
            raise SheetBroken(line=before + begun + 1) from error


def _lines(file: IO[str], before: int) -> Iterator[str]:
    number = before
    while line := file.readline(LONGEST_LINE):
        number += 1
        if len(line) >= LONGEST_LINE:
            raise CellTooLong(line=number)
        yield line
