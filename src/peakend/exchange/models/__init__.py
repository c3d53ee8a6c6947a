"""Tables and rows of what is carried in and out."""

from peakend.exchange.models.archives import (
    ARCHIVE_COLUMNS,
    FORMAT,
    ArchiveRow,
    FilePart,
    Manifest,
    TablePart,
)
from peakend.exchange.models.exports import EXPORT_COLUMNS, ExportRow
from peakend.exchange.models.imports import FAULT_COLUMNS, IMPORT_COLUMNS, FaultRow, ImportRow
from peakend.kernel.personal import plain

__all__ = [
    "ARCHIVE_COLUMNS",
    "EXPORT_COLUMNS",
    "FAULT_COLUMNS",
    "FORMAT",
    "IMPORT_COLUMNS",
    "ArchiveRow",
    "ExportRow",
    "FaultRow",
    "FilePart",
    "ImportRow",
    "Manifest",
    "TablePart",
]

# Files of runs live for days, then they are swept.
plain(
    "passing",
    "archive_run",
    "export_run",
    "import_run",
    "import_fault",
    "import_key",
    "import_mapping",
)
