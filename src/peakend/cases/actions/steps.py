"""The steps of a case go on: taken, done, sent back, done without, given anew.

The row of the case is locked first, then its steps: two who finish at once make the next one ready
once.
"""

from uuid import UUID

from peakend.cases.actions.entries import add_entry, let_see
from peakend.cases.actions.laying import END, LAY, WAIT, advance, laid_from, of_step, time_of
from peakend.cases.events import (
    StepChecked,
    StepDone,
    StepReady,
    StepReturned,
    StepSkipped,
    StepTaken,
)
from peakend.cases.models import CaseRow, StepRow
from peakend.cases.queries.access import CaseIsClosed, case_row
from peakend.cases.queries.departments import DepartmentNotFound, members_now, need_department
from peakend.cases.queries.steps import (
    StepNotFound,
    StepStale,
    laid,
    leads,
    need_step,
    step_row,
    steps_of,
)
from peakend.cases.rules.steps import StepAct, may, open_checks, set_back
from peakend.cases.rules.templates import TemplateStep
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid
from peakend.kernel.events import record

MOST_OF_CASE = 60
MOST_OUTCOME = 2000

_TAKE = """
UPDATE case_step SET state = 'taken', taken_by = $2, taken_at = $3, version = version + 1
WHERE organisation_id = current_organisation() AND id = $1
"""
_RELEASE = """
UPDATE case_step SET state = 'ready', taken_by = NULL, taken_at = NULL, version = version + 1
WHERE organisation_id = current_organisation() AND id = $1
"""
_RETURN = """
UPDATE case_step SET state = 'returned', outcome = $2, returned = returned + 1,
    version = version + 1
WHERE organisation_id = current_organisation() AND id = $1
"""
_TICK = """
UPDATE case_step SET checklist = $2, version = version + 1
WHERE organisation_id = current_organisation() AND id = $1
"""
_GIVE = """
UPDATE case_step SET department_id = $2, who = $3, version = version + 1
WHERE organisation_id = current_organisation() AND id = $1
"""


class StepNotAllowed(Conflict):
    """The state of the step does not allow it now."""

    wording = "cases.step_not_allowed"


class ChecksOpen(Conflict):
    """There are lines of the checklist that nobody ticked off."""

    wording = "cases.checks_open"


class WordsNeeded(Invalid):
    """Who sends a step back, or does without it, says why."""

    wording = "cases.words_needed"


class TooManySteps(Conflict):
    """A case has as many steps as one page holds."""

    wording = "cases.too_many_steps"


async def add_step(tx: Transaction, *, case_id: UUID, step: TemplateStep, by: Actor) -> UUID:
    """Give a case one step more, that may begin at once.

    Errors: StepNotFound, CaseIsClosed, DepartmentNotFound, TooManySteps, WordsNeeded.
    """
    case = await _held(tx, case_id, by)
    title = step.title_zh.strip()
    if not title:
        raise WordsNeeded(fields={"title_zh": "cases.words_needed"})
    rows = await steps_of(tx, case_id)
    if len(rows) >= MOST_OF_CASE:
        raise TooManySteps(most=MOST_OF_CASE)
    if step.who == "department" and (
        step.department_id is None or not (await need_department(tx, step.department_id)).active
    ):
        raise DepartmentNotFound
    one = laid_from(case_id, step, 1 + max((row.position for row in rows), default=-1), None, None)
    key = f"x{one[0].hex[-12:]}"
    await tx.run(LAY, *one[:4], key, *one[5:6], title, *one[7:12], [], *one[13:])
    await advance(tx, case)
    return UUID(int=one[0].int)


async def take_step(
    tx: Transaction, *, step_id: UUID, by: Actor, version: int | None = None
) -> None:
    """Begin a step. Errors: StepNotFound, StepStale, StepNotAllowed, CaseIsClosed."""
    case, row = await _begun(tx, step_id, by, "take", version)
    time = await time_of(tx, case, row)
    await tx.run(_TAKE, row.id, by.id, tx.now)
    if by.id is not None:
        await let_see(tx, case_id=case.id, member_id=by.id, why="step")
    waited = round(time.between(row.ready_at or tx.now, tx.now))
    await record(tx, StepTaken(**of_step(case, row, by.id), waited_s=waited))


async def release_step(
    tx: Transaction, *, step_id: UUID, by: Actor, version: int | None = None
) -> None:
    """Put a step back to the others of the department. Errors: those of taking."""
    case, row = await _begun(tx, step_id, by, "release", version)
    if row.taken_by != by.id and not await leads(tx, case.id, by):
        raise StepNotAllowed
    await tx.run(_RELEASE, row.id)
    assert row.due_at is not None
    others = [one.id for one in await members_now(tx, row.department_id) if one.id != by.id]
    await record(
        tx,
        StepReady(
            **of_step(case, row, row.assigned_to), who=row.who, due_at=row.due_at,
            member_ids=others,
        ),
    )  # fmt: skip


async def tick_step(tx: Transaction, *, step_id: UUID, line: int, ticked: bool, by: Actor) -> None:
    """Tick a line of the checklist off, or not after all.

    Errors: StepNotFound, StepNotAllowed, CaseIsClosed.
    """
    case, row = await _begun(tx, step_id, by, "tick", None)
    await tick(tx, case, row, line=line, ticked=ticked, by_id=by.id)


async def finish_step(
    tx: Transaction, *, step_id: UUID, words: str = "", by: Actor, version: int | None = None
) -> None:
    """Say that a step is done, and how it went.

    Errors: StepNotFound, StepStale, StepNotAllowed, ChecksOpen, CaseIsClosed.
    """
    case, row = await _begun(tx, step_id, by, "finish", version)
    await finish(tx, case, row, words=words, by_id=by.id)


async def return_step(
    tx: Transaction, *, step_id: UUID, words: str, by: Actor, version: int | None = None
) -> None:
    """Send a step back to whoever sees to the case, saying why.

    Errors: StepNotFound, StepStale, StepNotAllowed, WordsNeeded, CaseIsClosed.
    """
    case, row = await _begun(tx, step_id, by, "return", version)
    await send_back(tx, case, row, words=words, by_id=by.id)


async def skip_step(
    tx: Transaction, *, step_id: UUID, words: str, by: Actor, version: int | None = None
) -> None:
    """Do without a step, saying why; for who sees to the case. Errors: those of sending back."""
    case, row = await _begun(tx, step_id, by, "skip", version, lead=True)
    words = _said(words)
    await tx.run(END, row.id, "skipped", tx.now, by.id, words)
    await record(tx, StepSkipped(**of_step(case, row, by.id)))
    await advance(tx, case)


async def resume_step(
    tx: Transaction, *, step_id: UUID, by: Actor, version: int | None = None
) -> None:
    """Have a step worked that came back or was over; what comes after it waits again.

    Errors: StepNotFound, StepStale, StepNotAllowed, CaseIsClosed.
    """
    case, row = await _begun(tx, step_id, by, "resume", version, lead=True)
    rows = await steps_of(tx, case.id)
    again = {row.key, *set_back(laid(rows), row.key)}
    for one in rows:
        if one.key in again:
            await tx.run(WAIT, one.id)
    await advance(tx, case)


async def give_step(
    tx: Transaction, *, step_id: UUID, department_id: UUID, by: Actor, version: int | None = None
) -> None:
    """Give a step to another department, where it begins anew.

    Errors: StepNotFound, StepStale, StepNotAllowed, DepartmentNotFound, CaseIsClosed.
    """
    case, row = await _begun(tx, step_id, by, "give", version, lead=True)
    if not (await need_department(tx, department_id)).active:
        raise DepartmentNotFound
    await tx.run(_GIVE, row.id, department_id, "department")
    if row.state != "waiting":
        await tx.run(WAIT, row.id)
    await advance(tx, case)


async def tick(
    tx: Transaction, case: CaseRow, row: StepRow, *, line: int, ticked: bool, by_id: UUID | None
) -> None:
    """Tick a line of a locked step's checklist. Errors: StepNotFound."""
    if not 0 <= line < len(row.checklist):
        raise StepNotFound
    if bool(row.checklist[line].get("at")) == ticked:
        return
    mark = {"at": tx.now.isoformat(), "by": str(by_id) if by_id else None}
    lines = list(row.checklist)
    lines[line] = {**lines[line], **(mark if ticked else {"at": None, "by": None})}
    await tx.run(_TICK, row.id, lines)
    await record(tx, StepChecked(**of_step(case, row, by_id), line=line, ticked=ticked))


async def finish(
    tx: Transaction,
    case: CaseRow,
    row: StepRow,
    *,
    words: str,
    by_id: UUID | None,
    by_guest: bool = False,
) -> None:
    """End a locked step. Errors: ChecksOpen."""
    if left := open_checks(row.checklist):
        raise ChecksOpen(n=left)
    words = words.strip()[:MOST_OUTCOME]
    time = await time_of(tx, case, row)
    ready_at = row.ready_at or tx.now
    taken_at = row.taken_at or tx.now
    await tx.run(END, row.id, "done", tx.now, None if by_guest else by_id, words)
    if words:
        await _write_down(tx, row, words)
    await record(
        tx,
        StepDone(
            **of_step(case, row, None if by_guest else by_id),
            waited_s=round(time.between(ready_at, taken_at)),
            worked_s=round(time.between(taken_at, tx.now)),
            in_time=row.due_at is None or tx.now <= row.due_at,
            by_guest=by_guest,
        ),
    )
    await advance(tx, case)


async def send_back(
    tx: Transaction,
    case: CaseRow,
    row: StepRow,
    *,
    words: str,
    by_id: UUID | None,
    by_guest: bool = False,
) -> None:
    """Send a locked step back. Errors: WordsNeeded."""
    words = _said(words)
    await tx.run(_RETURN, row.id, words)
    await _write_down(tx, row, words)
    await record(
        tx,
        StepReturned(
            **of_step(case, row, None if by_guest else by_id),
            times=row.returned + 1,
            by_guest=by_guest,
        ),
    )


async def lock_step(
    tx: Transaction, step_id: UUID, act: StepAct, version: int | None = None
) -> tuple[CaseRow, StepRow]:
    """Lock case and step for something that is done to it.

    Errors: StepNotFound, StepStale, StepNotAllowed, CaseIsClosed.
    """
    found = await step_row(tx, step_id)
    case = await case_row(tx, found.case_id, lock=True) if found else None
    row = await step_row(tx, step_id, lock=True)
    if case is None or row is None:
        raise StepNotFound
    if version is not None and row.version != version:
        raise StepStale(version=row.version)
    if case.state == "closed":
        raise CaseIsClosed
    if not may(row.state, act):
        raise StepNotAllowed
    return case, row


async def _begun(
    tx: Transaction, step_id: UUID, by: Actor, act: StepAct, version: int | None, *,
    lead: bool = False,
) -> tuple[CaseRow, StepRow]:  # fmt: skip
    await need_step(tx, step_id, by, lead=lead)
    return await lock_step(tx, step_id, act, version)


async def _held(tx: Transaction, case_id: UUID, by: Actor) -> CaseRow:
    if not await leads(tx, case_id, by):
        raise StepNotFound
    case = await case_row(tx, case_id, lock=True)
    assert case is not None
    if case.state == "closed":
        raise CaseIsClosed
    return case


async def _write_down(tx: Transaction, row: StepRow, words: str) -> None:
    """Let the words stand in the case, too, for the departments that come after."""
    await add_entry(
        tx, case_id=row.case_id, kind="progress", words=words, visible="departments", by=None
    )


def _said(words: str) -> str:
    words = words.strip()[:MOST_OUTCOME]
    if not words:
        raise WordsNeeded(fields={"words": "cases.words_needed"})
    return words
