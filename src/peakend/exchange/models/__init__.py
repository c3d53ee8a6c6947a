"""Tables and rows of what is carried in and out."""

from peakend.exchange.models.exports import EXPORT_COLUMNS, ExportRow
from peakend.exchange.models.imports import FAULT_COLUMNS, IMPORT_COLUMNS, FaultRow, ImportRow

__all__ = [
    "EXPORT_COLUMNS",
    "FAULT_COLUMNS",
    "IMPORT_COLUMNS",
    "ExportRow",
    "FaultRow",
    "ImportRow",
]
