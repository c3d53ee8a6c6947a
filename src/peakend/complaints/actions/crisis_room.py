"""What is written into an open crisis file: events, questions and answers, steps."""

from datetime import datetime
from uuid import UUID

from peakend.complaints.actions.crises import WrongCrisis, facts_of, need_open
from peakend.complaints.events import (
    CrisisEntryAdded,
    CrisisEntryAnswered,
    CrisisPlaybookLaid,
    CrisisStepOverdue,
    CrisisStepSet,
)
from peakend.complaints.models import CrisisRow
from peakend.complaints.queries import (
    CrisisPartNotFound,
    crisis_entry_row,
    crisis_step_row,
    need_crisis,
    need_playbook,
)
from peakend.complaints.rules.crises import (
    ASKING,
    MOST_ENTRIES,
    MOST_STATEMENTS,
    MOST_STEPS_LAID,
    EntryKind,
    PlaybookStep,
    StepState,
    due_times,
    is_late,
)
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid
from peakend.kernel.events import record
from peakend.kernel.ids import new_id
from peakend.kernel.jobs import enqueue

_ADD = """
INSERT INTO crisis_entry (id, crisis_id, kind, at, source, words, answer_by, added_by, added_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""
_ANSWER = """
UPDATE crisis_entry SET answer = $2, answered_at = $3, answered_by = $4
WHERE organisation_id = current_organisation() AND id = $1
"""
_LAY = """
INSERT INTO crisis_step (id, crisis_id, playbook_id, place, title, role, due_at, laid_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
"""
_BEGIN = """
INSERT INTO crisis_statement (id, crisis_id, title, words, drafted_by, drafted_at)
VALUES ($1, $2, $3, $4, $5, $6)
"""
_SET = """
UPDATE crisis_step SET state = $2, done_at = $3, done_by = $4, note = $5
WHERE organisation_id = current_organisation() AND id = $1
"""
_COUNTS = {
    table: f"SELECT count(*) FROM {table}"  # noqa: S608 (names of tables only)
    " WHERE organisation_id = current_organisation() AND crisis_id = $1"
    for table in ("crisis_entry", "crisis_step", "crisis_statement")
}
_MOST = {
    "crisis_entry": MOST_ENTRIES,
    "crisis_step": MOST_STEPS_LAID,
    "crisis_statement": MOST_STATEMENTS,
}


class CrisisFull(Invalid):
    """There is as much in the file as it holds."""

    wording = "complaints.crisis_full"


class PlaybookLaid(Conflict):
    """This playbook is laid onto the file already."""

    wording = "complaints.playbook_laid"


class AnsweredAlready(Conflict):
    """This question was answered."""

    wording = "complaints.answered_already"


async def need_room(tx: Transaction, crisis_id: UUID, table: str, more: int = 1) -> int:
    """Return how many rows a file holds of a kind. Errors: CrisisFull where no more fit."""
    count: int = await tx.value(_COUNTS[table], crisis_id)
    if count + more > _MOST[table]:
        raise CrisisFull(most=_MOST[table])
    return count


async def add_crisis_entry(
    tx: Transaction,
    *,
    crisis_id: UUID,
    kind: EntryKind,
    at: datetime,
    source: str,
    words: str,
    answer_by: datetime | None,
    by: Actor,
) -> UUID:
    """Write down what happened, or what the press, an authority or a campaign asks of us.

    Errors: CrisisNotFound, CrisisIsClosed, WrongCrisis, CrisisFull.
    """
    row = await need_open(tx, crisis_id, by)
    wrong = {} if words.strip() else {"words": "required"}
    if kind in ASKING and not source.strip():
        wrong["source"] = "required"
    if at > tx.now:
        wrong["at"] = "future"
    if answer_by is not None and kind not in ASKING:
        wrong["answer_by"] = "unknown"
    if wrong:
        raise WrongCrisis(fields=wrong)
    await need_room(tx, crisis_id, "crisis_entry")
    entry_id = new_id()
    await tx.run(
        _ADD, entry_id, crisis_id, kind, at, source.strip(), words.strip(), answer_by, by.id, tx.now
    )
    await record(tx, CrisisEntryAdded(**facts_of(row), entry_id=entry_id, kind=kind))
    return entry_id


async def answer_crisis_entry(
    tx: Transaction, *, crisis_id: UUID, entry_id: UUID, answer: str, by: Actor
) -> None:
    """Write down what was answered; once.

    Errors: CrisisNotFound, CrisisIsClosed, CrisisPartNotFound, WrongCrisis, AnsweredAlready.
    """
    row = await need_open(tx, crisis_id, by)
    entry = await crisis_entry_row(tx, crisis_id, entry_id)
    if entry.kind not in ASKING:
        raise CrisisPartNotFound
    if entry.answered_at is not None:
        raise AnsweredAlready
    if not answer.strip():
        raise WrongCrisis(fields={"answer": "required"})
    await tx.run(_ANSWER, entry_id, answer.strip(), tx.now, by.id)
    late = entry.answer_by is not None and is_late(entry.answer_by, tx.now, tx.now)
    await record(
        tx, CrisisEntryAnswered(**facts_of(row), entry_id=entry_id, kind=entry.kind, late=late)
    )


async def lay_playbook(tx: Transaction, *, crisis_id: UUID, playbook_id: UUID, by: Actor) -> None:
    """Lay the steps and the first drafts of a playbook onto a file; their clocks run from now.

    Errors: CrisisNotFound, CrisisIsClosed, NotTheLead, PlaybookNotFound, PlaybookLaid, CrisisFull.
    """
    row = await need_open(tx, crisis_id, by, lead=True)
    book = await need_playbook(tx, playbook_id)
    laid = await tx.value(
        "SELECT true FROM crisis_step WHERE organisation_id = current_organisation()"
        " AND crisis_id = $1 AND playbook_id = $2 LIMIT 1",
        crisis_id,
        playbook_id,
    )
    if laid:
        raise PlaybookLaid
    await _lay(tx, row, book.steps, playbook_id)
    await need_room(tx, crisis_id, "crisis_statement", len(book.statements))
    for one in book.statements:
        await tx.run(_BEGIN, new_id(), crisis_id, one.title, one.words, by.id, tx.now)
    await record(
        tx,
        CrisisPlaybookLaid(**facts_of(row), playbook_id=playbook_id, steps=len(book.steps)),
    )


async def add_crisis_step(
    tx: Transaction, *, crisis_id: UUID, step: PlaybookStep, by: Actor
) -> UUID:
    """Add a step of its own; its clock runs from now.

    Errors: CrisisNotFound, CrisisIsClosed, NotTheLead, CrisisFull, WrongCrisis.
    """
    row = await need_open(tx, crisis_id, by, lead=True)
    if not step.title.strip():
        raise WrongCrisis(fields={"title": "required"})
    (step_id,) = await _lay(tx, row, [step], None)
    await record(tx, CrisisStepSet(**facts_of(row), step_id=step_id, state="open", late=False))
    return step_id


async def _lay(
    tx: Transaction, row: CrisisRow, steps: list[PlaybookStep], playbook_id: UUID | None
) -> list[UUID]:
    before = await need_room(tx, row.id, "crisis_step", len(steps))
    laid = []
    for place, (step, due_at) in enumerate(zip(steps, due_times(steps, tx.now), strict=True)):
        step_id = new_id()
        laid.append(step_id)
        await tx.run(
            _LAY, step_id, row.id, playbook_id, before + place, step.title.strip(),
            step.role.strip(), due_at, tx.now,
        )  # fmt: skip
        await enqueue(
            tx, "complaints.crisis_step_due", run_at=due_at, unique_key=str(step_id),
            step_id=step_id,
        )  # fmt: skip
    return laid


async def set_crisis_step(
    tx: Transaction, *, crisis_id: UUID, step_id: UUID, state: StepState, note: str, by: Actor
) -> None:
    """Tick a step off, skip it with a word why, or open it again; the same twice is harmless.

    Errors: CrisisNotFound, CrisisIsClosed, CrisisPartNotFound, WrongCrisis.
    """
    row = await need_open(tx, crisis_id, by)
    step = await crisis_step_row(tx, step_id)
    if step.crisis_id != crisis_id:
        raise CrisisPartNotFound
    note = note.strip()
    if state == "skipped" and not note:
        raise WrongCrisis(fields={"note": "required"})
    if (step.state, step.note) == (state, note):
        return
    over = state != "open"
    await tx.run(_SET, step_id, state, tx.now if over else None, by.id if over else None, note)
    late = is_late(step.due_at, tx.now, tx.now)
    await record(tx, CrisisStepSet(**facts_of(row), step_id=step_id, state=state, late=late))


async def tell_step_due(tx: Transaction, *, step_id: UUID) -> None:
    """Say once that a step was not done in time; early, late or twice is harmless."""
    try:
        step = await crisis_step_row(tx, step_id)
    except CrisisPartNotFound:
        return
    row, _ = await need_crisis(tx, step.crisis_id, Actor.system(tx.organisation_id))
    if row.state == "closed" or step.state != "open" or step.due_at > tx.now:
        return
    told = await tx.run(
        "UPDATE crisis_step SET told = true"
        " WHERE organisation_id = current_organisation() AND id = $1 AND NOT told",
        step_id,
    )
    if told:
        await record(tx, CrisisStepOverdue(**facts_of(row), step_id=step_id))
