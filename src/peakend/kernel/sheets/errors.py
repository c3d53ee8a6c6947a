"""What can be wrong with a table from outside."""

from peakend.kernel.errors import Invalid, TooLarge


class SheetUnreadable(Invalid):
    """A file is no table: an unknown encoding, or bytes that are no text."""

    wording = "kernel.sheet_unreadable"


class SheetBroken(Invalid):
    """A table breaks off or is damaged; `line` says where it was noticed."""

    wording = "kernel.sheet_broken"


class BookBroken(Invalid):
    """An XLSX file cannot be opened."""

    wording = "kernel.book_broken"


class SheetEmpty(Invalid):
    """A table has no heading or no line below it."""

    wording = "kernel.sheet_empty"


class SheetTooLarge(TooLarge):
    """A table has more lines than are taken."""

    wording = "kernel.sheet_too_large"


class SheetTooWide(Invalid):
    """A table has more columns than are taken."""

    wording = "kernel.sheet_too_wide"


class CellTooLong(Invalid):
    """A cell holds more than is taken; mostly a quote that is not closed."""

    wording = "kernel.cell_too_long"


class BookTooLarge(TooLarge):
    """An XLSX file unpacks to more than is taken."""

    wording = "kernel.book_too_large"
