"""Runs of acts on many conversations: how far they are, and what was left out and why."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from peakend.automation.models import RUN_COLUMNS, BulkRunRow, RunState
from peakend.automation.rules.bulk import Bulk, undo_until
from peakend.conversations import queries as conversations
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import NotFound
from peakend.kernel.words import best_language, word

RECENT = timedelta(hours=12)
MOST_RUNS = 5
MOST_LEFT = 200

_ONE = f"""
SELECT {RUN_COLUMNS} FROM bulk_run
WHERE organisation_id = current_organisation() AND id = $1
"""  # noqa: S608 (names of columns only)
_RECENT = f"""
SELECT {RUN_COLUMNS} FROM bulk_run
WHERE organisation_id = current_organisation() AND member_id = $1 AND at > $2
ORDER BY at DESC LIMIT $3
"""  # noqa: S608 (names of columns only)
_LEFT = """
SELECT conversation_id, state, why, params FROM bulk_item
WHERE organisation_id = current_organisation() AND run_id = $1
  AND state = ANY(ARRAY['left', 'kept'])
ORDER BY state, why, conversation_id LIMIT $2
"""


class BulkRunNotFound(NotFound):
    """There is no such run of this person."""

    wording = "automation.bulk_not_found"


class BulkRun(msgspec.Struct, frozen=True, kw_only=True):
    """How far a run is; `undo_until` is given while it can be put back."""

    id: UUID
    what: Bulk
    state: RunState
    total: int
    done: int
    left_out: int
    put_back: int
    kept: int
    at: datetime
    finished_at: datetime | None
    undo_until: datetime | None


class LeftOut(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation that was left out, or kept when the rest was put back, and why."""

    conversation_id: UUID
    number: int | None
    customer: str | None
    kept: bool
    why: str


class _Left(msgspec.Struct, frozen=True):
    conversation_id: UUID
    state: str
    why: str | None
    params: dict[str, object] | None


async def need_run(
    tx: Transaction, run_id: UUID, actor: Actor, *, lock: bool = False
) -> BulkRunRow:
    """Return a run of this person. Errors: BulkRunNotFound."""
    row = await tx.one(BulkRunRow, f"{_ONE} FOR UPDATE" if lock else _ONE, run_id)
    if row is None:
        raise BulkRunNotFound
    if actor.kind == "member" and row.member_id != actor.id:
        raise BulkRunNotFound
    return row


async def bulk_run(tx: Transaction, run_id: UUID, actor: Actor) -> BulkRun:
    """Return how far a run is. Errors: BulkRunNotFound."""
    return _shown(await need_run(tx, run_id, actor))


async def bulk_runs(tx: Transaction, actor: Actor) -> list[BulkRun]:
    """Return the newest runs of a person. Counts: 5 of the last 12 hours."""
    rows = await tx.all(BulkRunRow, _RECENT, actor.id, tx.now - RECENT, MOST_RUNS)
    return [_shown(row) for row in rows]


def _shown(row: BulkRunRow) -> BulkRun:
    until = undo_until(row.what, row.finished_at, row.done) if row.state == "done" else None
    return BulkRun(
        id=row.id,
        what=row.what,
        state=row.state,
        total=row.total,
        done=row.done,
        left_out=row.left_out,
        put_back=row.put_back,
        kept=row.kept,
        at=row.at,
        finished_at=row.finished_at,
        undo_until=until,
    )


async def left_out(tx: Transaction, run_id: UUID, actor: Actor) -> list[LeftOut]:
    """Return what a run left out, with the reason in words. Counts: up to 200.

    What the person may not see any more has neither number nor name. Errors: BulkRunNotFound.
    """
    await need_run(tx, run_id, actor)
    found = await tx.all(_Left, _LEFT, run_id, MOST_LEFT)
    rows = {
        row.id: row
        for row in await conversations.rows(tx, [one.conversation_id for one in found], actor)
    }
    language = best_language(actor.language)
    return [
        LeftOut(
            conversation_id=one.conversation_id,
            number=rows[one.conversation_id].number if one.conversation_id in rows else None,
            customer=rows[one.conversation_id].customer.name
            if one.conversation_id in rows
            else None,
            kept=one.state == "kept",
            why=word(one.why or "kernel.refused", language, **(one.params or {})),
        )
        for one in found
    ]
