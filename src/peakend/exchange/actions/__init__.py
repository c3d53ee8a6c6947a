"""What is carried in and out."""

from peakend.exchange.actions.archiving import (
    Wanted,
    archive_step,
    archives_at_rest,
    ask_archive,
    fetched_archive,
    note_export,
)
from peakend.exchange.actions.coming_home import (
    enter_home,
    homecomings_at_rest,
    keep_archive,
    put_back,
)
from peakend.exchange.actions.exporting import export_step, fetched, start_export
from peakend.exchange.actions.importing import (
    check_import,
    import_step,
    start_import,
    stop_import,
    take_in,
)
from peakend.exchange.actions.packing import pack
from peakend.exchange.actions.restoring import ArchiveProblem, Restored, checked, restore, unlocked
from peakend.exchange.actions.sweeping import sweep

__all__ = [
    "ArchiveProblem",
    "Restored",
    "Wanted",
    "archive_step",
    "archives_at_rest",
    "ask_archive",
    "check_import",
    "checked",
    "enter_home",
    "export_step",
    "fetched",
    "fetched_archive",
    "homecomings_at_rest",
    "import_step",
    "keep_archive",
    "note_export",
    "pack",
    "put_back",
    "restore",
    "start_export",
    "start_import",
    "stop_import",
    "sweep",
    "take_in",
    "unlocked",
]
