"""Archives of the whole organisation: which there are, and whether they may still be fetched."""

from datetime import datetime
from uuid import UUID

import msgspec

from peakend.exchange.models import ARCHIVE_COLUMNS, ArchiveRow
from peakend.exchange.rules import SILENT, ArchiveState
from peakend.kernel.db import Transaction
from peakend.kernel.errors import NotFound

MOST_RUNS = 10
_ONE = f"""
SELECT {ARCHIVE_COLUMNS} FROM archive_run
WHERE organisation_id = current_organisation() AND id = $1
"""  # noqa: S608 (names of columns only)
_NEWEST = f"""
SELECT {ARCHIVE_COLUMNS} FROM archive_run
WHERE organisation_id = current_organisation()
ORDER BY at DESC, id DESC LIMIT $1
"""  # noqa: S608 (names of columns only)


class ArchiveNotFound(NotFound):
    """There is no such archive, or it may not be fetched any more."""

    wording = "exchange.archive_not_found"


class Archive(msgspec.Struct, frozen=True, kw_only=True):
    """An archive of the organisation; `done` of `total` rows and files are packed.

    `missing` counts files whose bytes are gone; `until` says how long it may be fetched; a
    `locked` one opens with its passphrase only.
    """

    id: UUID
    member_id: UUID
    state: ArchiveState
    total: int
    done: int
    size: int
    missing: int
    at: datetime
    until: datetime | None
    locked: bool


async def need_archive(tx: Transaction, run_id: UUID) -> ArchiveRow:
    """Return a run. Errors: ArchiveNotFound."""
    found = await tx.one(ArchiveRow, _ONE, run_id)
    if found is None:
        raise ArchiveNotFound
    return found


async def archives(tx: Transaction) -> list[Archive]:
    """Return the newest archives. Counts: 10."""
    return [_view(one, tx.now) for one in await tx.all(ArchiveRow, _NEWEST, MOST_RUNS)]


async def archive_run(tx: Transaction, run_id: UUID) -> Archive:
    """Return one of them. Errors: ArchiveNotFound."""
    return _view(await need_archive(tx, run_id), tx.now)


def _view(row: ArchiveRow, now: datetime) -> Archive:
    values = {name: getattr(row, name) for name in Archive.__struct_fields__ if name != "locked"}
    if row.state == "making" and row.beat_at < now - SILENT:
        values["state"] = "failed"
    return Archive(**values, locked=bool(row.lock_key))
