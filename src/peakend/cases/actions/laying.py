"""What goes by itself about steps: laid, ready, warned of, late, and over with the case."""

from typing import Any
from uuid import UUID

from peakend.cases.actions.clock import told
from peakend.cases.events import StepOverdue, StepReady, StepsEnded, StepSkipped, StepWarned
from peakend.cases.models import CaseRow, StepRow
from peakend.cases.queries.access import case_row
from peakend.cases.queries.departments import department_time, members_now, need_department
from peakend.cases.queries.due_times import due_times_for
from peakend.cases.queries.hours import open_time
from peakend.cases.queries.steps import laid, ready_of, step_row, steps_of
from peakend.cases.queries.templates import need_template, template_for
from peakend.cases.rules.clock import OpenTime, due
from peakend.cases.rules.steps import ended, look_again, may, near, whom
from peakend.cases.rules.templates import TemplateStep
from peakend.kernel.db import Transaction
from peakend.kernel.events import record
from peakend.kernel.ids import new_id
from peakend.kernel.jobs import enqueue

LAY = """
INSERT INTO case_step (id, case_id, template_id, template_version, key, position, title_zh,
    title_en, words_zh, words_en, who, department_id, after, due_minutes, checklist, shows_customer)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16)
"""
_USED = """
UPDATE service_case SET template_id = $2
WHERE organisation_id = current_organisation() AND id = $1
"""
_READY = """
UPDATE case_step SET state = 'ready', ready_at = $2, due_at = $3, warn_at = $4, assigned_to = $5,
    taken_at = NULL, taken_by = NULL, warned_at = NULL, overdue_at = NULL, over_at = NULL,
    over_by = NULL, version = version + 1
WHERE organisation_id = current_organisation() AND id = $1
"""
WAIT = """
UPDATE case_step SET state = 'waiting', ready_at = NULL, due_at = NULL, warn_at = NULL,
    assigned_to = NULL, taken_at = NULL, taken_by = NULL, warned_at = NULL, overdue_at = NULL,
    over_at = NULL, over_by = NULL, version = version + 1
WHERE organisation_id = current_organisation() AND id = $1
"""
_TURN = """
UPDATE department SET last_id = $2
WHERE organisation_id = current_organisation() AND id = $1
"""
_CLOCK = """
UPDATE case_step SET warned_at = coalesce(warned_at, $2),
    overdue_at = CASE WHEN $3 THEN $2 ELSE overdue_at END, version = version + 1
WHERE organisation_id = current_organisation() AND id = $1
"""
END = """
UPDATE case_step SET state = $2, over_at = $3, over_by = $4, outcome = $5, version = version + 1
WHERE organisation_id = current_organisation() AND id = $1
"""


async def lay_steps(tx: Transaction, *, case_id: UUID, template_id: UUID | None) -> int:
    """Lay the steps of a template, or of that of the case's reason; return how many.

    Errors: TemplateNotFound.
    """
    case = await case_row(tx, case_id, lock=True)
    assert case is not None
    used = (
        await template_for(tx, case.reason_id)
        if template_id is None
        else await need_template(tx, template_id)
    )
    if used is None:
        return 0
    await tx.run(_USED, case_id, used.id)
    await tx.many(
        LAY,
        [laid_from(case_id, step, at, used.id, used.version) for at, step in enumerate(used.steps)],
    )
    await advance(tx, case)
    return len(used.steps)


async def look_at_step(tx: Transaction, *, step_id: UUID) -> None:
    """Say once that little of a step's time is left, and once that it is over."""
    row = await step_row(tx, step_id)
    case = await case_row(tx, row.case_id, lock=True) if row else None
    row = await step_row(tx, step_id)
    if row is None or case is None or case.state == "closed":
        return
    stands = near(row.state, row.due_at, row.warn_at, tx.now)
    of = of_step(case, row, row.taken_by or row.assigned_to)
    if stands == "late" and row.overdue_at is None and row.due_at:
        await tx.run(_CLOCK, step_id, tx.now, True)
        await record(tx, StepOverdue(**of, due_at=row.due_at), occurred_at=row.due_at)
    elif stands == "near" and row.warned_at is None and row.due_at:
        await tx.run(_CLOCK, step_id, tx.now, False)
        await record(tx, StepWarned(**of, due_at=row.due_at), occurred_at=row.warn_at)
    await _set_timer(tx, row)


async def end_steps(tx: Transaction, *, case_id: UUID) -> None:
    """Do without what is left of the steps of a case that is closed."""
    case = await case_row(tx, case_id, lock=True)
    if case is None or case.state != "closed":
        return
    for row in await steps_of(tx, case_id):
        if may(row.state, "skip"):
            await tx.run(END, row.id, "skipped", tx.now, None, row.outcome)
            await record(tx, StepSkipped(**of_step(case, row, None)))


async def advance(tx: Transaction, case: CaseRow) -> None:
    """Make ready what may begin, and say so when nothing is left to do."""
    rows = await steps_of(tx, case.id)
    for row in ready_of(rows):
        await _make_ready(tx, case, row)
    if ended(laid(rows)):
        await record(tx, StepsEnded(**told(case), steps=len(rows)))


async def _make_ready(tx: Transaction, case: CaseRow, row: StepRow) -> None:
    time = await time_of(tx, case, row)
    warned = (await due_times_for(tx, case.brand_id)).warn_percent
    clock = due(time, tx.now, row.due_minutes * 60, warned)
    assigned = case.owner_id if row.who == "owner" else None
    heard: tuple[UUID, ...] = ()
    if row.who == "department" and row.department_id is not None:
        department = await need_department(tx, row.department_id, lock=True)
        given = whom(department.duty, await members_now(tx, department.id), department.last_id)
        assigned, heard = given.member_id, given.told
        if assigned is not None:
            await tx.run(_TURN, department.id, assigned)
    await tx.run(_READY, row.id, tx.now, clock.due_at, clock.warn_at, assigned)
    await record(
        tx,
        StepReady(
            **of_step(case, row, assigned), who=row.who, due_at=clock.due_at, member_ids=list(heard)
        ),
    )
    fresh = await step_row(tx, row.id)
    if fresh is not None:
        await _set_timer(tx, fresh)


async def time_of(tx: Transaction, case: CaseRow, row: StepRow) -> OpenTime:
    """Return the time that counts for a step: its department's, else the case's."""
    own = await department_time(tx, row.department_id)
    return own or await open_time(tx, case.queue_id, case.brand_id)


async def _set_timer(tx: Transaction, row: StepRow) -> None:
    at = look_again(state=row.state, due_at=row.due_at, warn_at=row.warn_at, now=tx.now)
    if at is not None:
        await enqueue(tx, "cases.look_at_step", run_at=at, unique_key=str(row.id), step_id=row.id)


def laid_from(
    case_id: UUID, step: TemplateStep, at: int, template_id: UUID | None, version: int | None
) -> tuple[Any, ...]:
    """Return the row of a step that nobody began."""
    lines = [{"zh": one.zh.strip(), "en": one.en.strip(), "at": None} for one in step.checklist]
    return (
        new_id(), case_id, template_id, version, step.key, at, step.title_zh.strip(),
        step.title_en.strip(), step.words_zh.strip(), step.words_en.strip(), step.who,
        step.department_id if step.who == "department" else None, step.after, step.due_minutes,
        lines, step.shows_customer,
    )  # fmt: skip


def of_step(case: CaseRow, row: StepRow, agent_id: UUID | None) -> dict[str, Any]:
    """Return what every fact of a step says."""
    return {
        "step_id": row.id, "case_id": case.id, "customer_id": case.customer_id,
        "conversation_id": case.conversation_id, "agent_id": agent_id,
        "department_id": row.department_id, "key": row.key,
    }  # fmt: skip
