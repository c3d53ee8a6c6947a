"""Reading what is carried in and out."""

from peakend.exchange.queries.archives import (
    Archive,
    ArchiveNotFound,
    archive_run,
    archives,
    need_archive,
)
from peakend.exchange.queries.exports import (
    Export,
    ExportNotFound,
    export_run,
    exports,
    need_export,
)
from peakend.exchange.queries.homecomings import (
    ArchiveHere,
    HomeAdmin,
    Homecoming,
    archives_here,
    homecoming,
)
from peakend.exchange.queries.imports import (
    Fault,
    Import,
    ImportNotFound,
    faults,
    import_run,
    imports,
    need_import,
    wrong_lines,
)
from peakend.exchange.queries.kinds import (
    KindNotFound,
    KindView,
    columns_of,
    kinds,
    need_kind,
    template,
)

__all__ = [
    "Archive",
    "ArchiveHere",
    "ArchiveNotFound",
    "Export",
    "ExportNotFound",
    "Fault",
    "HomeAdmin",
    "Homecoming",
    "Import",
    "ImportNotFound",
    "KindNotFound",
    "KindView",
    "archive_run",
    "archives",
    "archives_here",
    "columns_of",
    "export_run",
    "exports",
    "faults",
    "homecoming",
    "import_run",
    "imports",
    "kinds",
    "need_archive",
    "need_export",
    "need_import",
    "need_kind",
    "template",
    "wrong_lines",
]
