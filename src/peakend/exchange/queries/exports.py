"""Tables carried out: which there are, and whether they may still be fetched."""

from datetime import datetime
from uuid import UUID

import msgspec

from peakend.exchange.models import EXPORT_COLUMNS, ExportRow
from peakend.exchange.queries.kinds import need_kind
from peakend.exchange.rules import ExportState, Form
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import NotFound

MOST_RUNS = 10

_ONE = f"""
SELECT {EXPORT_COLUMNS} FROM export_run
WHERE organisation_id = current_organisation() AND id = $1
"""  # noqa: S608 (names of columns only)
_MINE = f"""
SELECT {EXPORT_COLUMNS} FROM export_run
WHERE organisation_id = current_organisation() AND member_id = $1
ORDER BY at DESC, id DESC LIMIT $2
"""  # noqa: S608 (names of columns only)


class ExportNotFound(NotFound):
    """There is no such table of this person, or it may not be fetched any more."""

    wording = "exchange.export_not_found"


class Export(msgspec.Struct, frozen=True, kw_only=True):
    """A table carried out; `until` says how long it may be fetched."""

    id: UUID
    kind: str
    form: Form
    private: bool
    state: ExportState
    rows: int
    at: datetime
    until: datetime | None


async def need_export(
    tx: Transaction, run_id: UUID, actor: Actor, *, lock: bool = False
) -> ExportRow:
    """Return a table that this person carried out. Errors: ExportNotFound, KindNotFound."""
    row = await tx.one(ExportRow, f"{_ONE} FOR UPDATE" if lock else _ONE, run_id)
    if row is None or (actor.kind == "member" and row.member_id != actor.id):
        raise ExportNotFound
    need_kind(row.kind, actor)
    return row


async def exports(tx: Transaction, actor: Actor) -> list[Export]:
    """Return the newest tables that this person carried out. Counts: 10."""
    return [_view(row) for row in await tx.all(ExportRow, _MINE, actor.id, MOST_RUNS)]


async def export_run(tx: Transaction, run_id: UUID, actor: Actor) -> Export:
    """Return one of them. Errors: ExportNotFound."""
    return _view(await need_export(tx, run_id, actor))


def _view(row: ExportRow) -> Export:
    return Export(**{name: getattr(row, name) for name in Export.__struct_fields__})
