"""Tables from outside and to the outside: CSV in any usual encoding, XLSX, bounded in memory.

Whatever comes is written once as lines of JSON (`spooled`), so that work on it may stop and go on
at a place; what is wrong with a file is said in one sentence, with the line where there is one.
"""

from peakend.kernel.sheets.cells import safe_cell
from peakend.kernel.sheets.errors import (
    SheetBroken,
    SheetEmpty,
    SheetTooLarge,
    SheetUnreadable,
)
from peakend.kernel.sheets.spool import Portion, Spool, read_portion, spooled
from peakend.kernel.sheets.writing import XLSX_ROWS, Format, sheet_writer

__all__ = [
    "XLSX_ROWS",
    "Format",
    "Portion",
    "SheetBroken",
    "SheetEmpty",
    "SheetTooLarge",
    "SheetUnreadable",
    "Spool",
    "read_portion",
    "safe_cell",
    "sheet_writer",
    "spooled",
]
