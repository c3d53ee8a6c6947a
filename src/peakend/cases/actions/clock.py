"""The clock of a case: due, warned, late. A timer only asks; the row as it is then decides."""

from datetime import datetime
from typing import Any
from uuid import UUID

from peakend.cases.events import CaseDueSet, CaseOverdue, CaseWarned
from peakend.cases.models import CaseRow
from peakend.cases.queries.access import CaseIsClosed, case_row, need_case_version
from peakend.cases.queries.due_times import due_times_for
from peakend.cases.queries.hours import open_time
from peakend.cases.rules.cases import CasePriority
from peakend.cases.rules.clock import MOST_S, Due, OpenTime, due, due_by, runs
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Invalid
from peakend.kernel.events import record
from peakend.kernel.jobs import enqueue

_SET_DUE = """
UPDATE service_case SET due_at = $2::timestamptz, warn_at = $3::timestamptz,
    warned_at = CASE WHEN $3::timestamptz > $4 THEN NULL ELSE warned_at END,
    overdue_at = CASE WHEN $2::timestamptz > $4 THEN NULL ELSE overdue_at END,
    version = version + 1, updated_at = $4::timestamptz
WHERE organisation_id = current_organisation() AND id = $1
"""
_SAID = """
UPDATE service_case SET warned_at = coalesce(warned_at, $2),
    overdue_at = CASE WHEN $3 THEN $2 ELSE overdue_at END,
    version = version + 1, updated_at = $2
WHERE organisation_id = current_organisation() AND id = $1
"""


class WrongDue(Invalid):
    """A case is due later than now, and within a year."""

    wording = "cases.wrong_due"


async def usual_due(
    tx: Transaction, time: OpenTime, at: datetime, priority: CasePriority, brand_id: UUID | None
) -> Due:
    """Return by when a case of a priority is due that begins then, as its brand has it."""
    times = await due_times_for(tx, brand_id)
    return due(time, at, times.open_s(priority), times.warn_percent)


async def set_timer(tx: Transaction, case_id: UUID, at: datetime) -> None:
    """Have the clock of a case looked at; of several times the first one counts."""
    await enqueue(
        tx, "cases.look_at_case", run_at=max(at, tx.now), unique_key=str(case_id), case_id=case_id
    )


async def look_at_case(tx: Transaction, *, case_id: UUID) -> None:
    """Say once that little of the time is left, and once that it is over."""
    row = await case_row(tx, case_id, lock=True)
    if row is None or not runs(row.state):
        return
    if tx.now >= row.due_at:
        if row.overdue_at is None:
            await tx.run(_SAID, case_id, tx.now, True)
            await record(tx, CaseOverdue(**told(row), due_at=row.due_at), occurred_at=row.due_at)
        return
    if tx.now >= row.warn_at:
        if row.warned_at is None:
            await tx.run(_SAID, case_id, tx.now, False)
            await record(tx, CaseWarned(**told(row), due_at=row.due_at), occurred_at=row.warn_at)
        await set_timer(tx, case_id, row.due_at)
        return
    await set_timer(tx, case_id, row.warn_at)


async def set_due(
    tx: Transaction,
    *,
    case_id: UUID,
    by: Actor,
    due_at: datetime | None = None,
    open_s: float | None = None,
    version: int | None = None,
    why: str = "chosen",
) -> None:
    """Let a case be due at a time, or so much open time after it was opened.

    Errors: CaseNotFound, CaseStale, CaseIsClosed, WrongDue.
    """
    row = await need_case_version(tx, case_id, by, version)
    if row.state == "closed":
        raise CaseIsClosed
    time = await open_time(tx, row.queue_id, row.brand_id)
    warned = (await due_times_for(tx, row.brand_id)).warn_percent
    if due_at is not None:
        if not 0 < (due_at - tx.now).total_seconds() <= MOST_S:
            raise WrongDue(fields={"due_at": "cases.wrong_due"})
        clock = due_by(time, tx.now, due_at, warned)
    elif open_s is not None and 0 < open_s <= MOST_S:
        clock = due(time, row.opened_at, open_s, warned)
    else:
        raise WrongDue(fields={"due_at": "cases.wrong_due"})
    await move_due(tx, row, clock, why)


async def move_due(tx: Transaction, row: CaseRow, clock: Due, why: str) -> None:
    """Let a locked case be due then, say so, and have its clock looked at."""
    if clock == Due(row.due_at, row.warn_at):
        return
    await tx.run(_SET_DUE, row.id, clock.due_at, clock.warn_at, tx.now)
    await record(
        tx, CaseDueSet(**told(row), due_at=clock.due_at, former_due_at=row.due_at, why=why)
    )
    await set_timer(tx, row.id, min(clock.warn_at, clock.due_at))


def told(row: CaseRow) -> dict[str, Any]:
    """Return what every fact of a case says."""
    return {
        "case_id": row.id,
        "customer_id": row.customer_id,
        "conversation_id": row.conversation_id,
        "agent_id": row.owner_id,
    }
