"""How a crisis, or a drill of one, went: the time each step took against the time it had."""

from datetime import datetime
from uuid import UUID

import msgspec

from peakend.complaints.models import CRISIS_STEP_COLUMNS, CrisisStepRow
from peakend.complaints.queries.crises import need_crisis
from peakend.complaints.rules.crises import MOST_STEPS_LAID, StepState, is_late, step_report
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction

_STEPS = f"""
SELECT {CRISIS_STEP_COLUMNS} FROM crisis_step
WHERE organisation_id = current_organisation() AND crisis_id = $1
ORDER BY due_at, place, id LIMIT $2
"""  # noqa: S608 (names of columns only)


class ReportedStep(msgspec.Struct, frozen=True, kw_only=True):
    """A step and its time; `took_s` is None while it is not done. Units: seconds."""

    id: UUID
    title: str
    role: str
    state: StepState
    given_s: int
    took_s: int | None
    late: bool


class CrisisReport(msgspec.Struct, frozen=True, kw_only=True):
    """A crisis in numbers; skipped steps count as neither on time nor late. Units: seconds."""

    number: int
    title: str
    drill: bool
    opened_at: datetime
    closed_at: datetime | None
    open_s: int
    on_time: int
    late: int
    skipped: int
    waiting: int
    steps: list[ReportedStep]


async def crisis_report(tx: Transaction, crisis_id: UUID, actor: Actor) -> CrisisReport:
    """Return the report of a crisis file. Errors: CrisisNotFound."""
    row, _ = await need_crisis(tx, crisis_id, actor)
    steps = [
        _reported(one, tx.now)
        for one in await tx.all(CrisisStepRow, _STEPS, row.id, MOST_STEPS_LAID)
    ]
    return CrisisReport(
        number=row.number,
        title=row.title,
        drill=row.drill,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        open_s=int(((row.closed_at or tx.now) - row.opened_at).total_seconds()),
        on_time=sum(one.state == "done" and not one.late for one in steps),
        late=sum(one.late for one in steps),
        skipped=sum(one.state == "skipped" for one in steps),
        waiting=sum(one.state == "open" and not one.late for one in steps),
        steps=steps,
    )


def _reported(one: CrisisStepRow, now: datetime) -> ReportedStep:
    done_at = one.done_at if one.state == "done" else None
    given_s, took_s = step_report(one.laid_at, one.due_at, done_at)
    return ReportedStep(
        id=one.id,
        title=one.title,
        role=one.role,
        state=one.state,
        given_s=given_s,
        took_s=None if took_s < 0 else took_s,
        late=one.state != "skipped" and is_late(one.due_at, done_at, now),
    )
