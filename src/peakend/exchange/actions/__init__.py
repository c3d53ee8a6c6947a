"""What is carried in and out."""

from peakend.exchange.actions.exporting import export_step, fetched, start_export
from peakend.exchange.actions.importing import (
    check_import,
    import_step,
    start_import,
    stop_import,
    take_in,
)
from peakend.exchange.actions.sweeping import sweep

__all__ = [
    "check_import",
    "export_step",
    "fetched",
    "import_step",
    "start_export",
    "start_import",
    "stop_import",
    "sweep",
    "take_in",
]
