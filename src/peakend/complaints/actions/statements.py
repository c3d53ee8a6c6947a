"""Statements: drafted, let pass by somebody else, published by who may speak. Nothing is sent.

Where and when it was published is written down; publishing itself happens outside. In a drill the
request says so, and nothing is published at all: that it would have been is what is noted.
"""

from uuid import UUID

from peakend.accounts.actions import audit
from peakend.cases import actions as cases
from peakend.cases.ports import Asked
from peakend.complaints.actions.crises import WrongCrisis, facts_of, need_open
from peakend.complaints.actions.crisis_room import need_room
from peakend.complaints.events import StatementSet, StatementTaken
from peakend.complaints.models import CrisisRow, StatementRow
from peakend.complaints.queries import (
    CrisisPartNotFound,
    crises_of_conversation,
    need_crisis,
    statement_row,
    versions_in_force,
)
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Refused
from peakend.kernel.events import record
from peakend.kernel.ids import new_id
from peakend.kernel.words import word

_BEGIN = """
INSERT INTO crisis_statement (id, crisis_id, title, words, drafted_by, drafted_at)
VALUES ($1, $2, $3, $4, $5, $6)
"""
_CHANGE = """
UPDATE crisis_statement SET title = $3, words = $4, state = 'draft', drafted_by = $5,
    version = version + 1
WHERE organisation_id = current_organisation() AND id = $1 AND version = $2
"""
_ASK = """
UPDATE crisis_statement SET state = 'asked', request_id = $2, asked_by = $3, answer = '',
    decided_at = NULL, decided_by = NULL, version = version + 1
WHERE organisation_id = current_organisation() AND id = $1
"""
_DECIDE = """
UPDATE crisis_statement SET state = $2, decided_at = $3, decided_by = $4, answer = $5,
    version = version + 1
WHERE organisation_id = current_organisation() AND id = $1
"""
_KEEP = """
INSERT INTO statement_version (id, statement_id, no, title, words, asked_by, asked_at)
SELECT $1, $2, coalesce(max(no), 0) + 1, $3, $4, $5, $6 FROM statement_version
WHERE organisation_id = current_organisation() AND statement_id = $2
"""
_JUDGE = """
UPDATE statement_version SET outcome = $2, decided_at = $3, decided_by = $4, answer = $5
WHERE organisation_id = current_organisation() AND statement_id = $1 AND outcome = 'asked'
"""
_TAKE_BACK = """
UPDATE statement_version SET withdrawn_at = $2, withdrawn_by = $3
WHERE organisation_id = current_organisation() AND statement_id = $1 AND outcome = 'approved'
  AND withdrawn_at IS NULL
"""
_LEAVE = """
UPDATE crisis_statement SET version = version + 1,
    state = CASE WHEN state IN ('approved', 'published') THEN 'withdrawn' ELSE state END
WHERE organisation_id = current_organisation() AND id = $1
"""
_USE = """
INSERT INTO statement_use (id, statement_id, no, place, conversation_id, at, by)
VALUES ($1, $2, $3, $4, $5, $6, $7)
ON CONFLICT (organisation_id, statement_id, no, conversation_id) DO NOTHING
RETURNING id
"""
_PUBLISH = """
UPDATE crisis_statement SET state = 'published', published_at = $2, published_where = $3,
    published_by = $4, version = version + 1
WHERE organisation_id = current_organisation() AND id = $1
"""


class NotASpeaker(Refused):
    """Only who is named as a speaker publishes for the house."""

    wording = "complaints.not_a_speaker"


class StatementFixed(Conflict):
    """A statement is not changed while somebody decides about it."""

    wording = "complaints.statement_fixed"


class StatementNotReady(Conflict):
    """The statement was not let pass."""

    wording = "complaints.statement_not_ready"


class StatementNotInForce(Conflict):
    """There is no approved version of the statement that still holds."""

    wording = "complaints.statement_not_in_force"


class DrillSaysNothing(Conflict):
    """What was approved in a drill goes to no customer."""

    wording = "complaints.drill_says_nothing"


class StatementStale(Conflict):
    """The statement was changed since it was looked at."""

    wording = "complaints.statement_stale"


async def draft_statement(
    tx: Transaction, *, crisis_id: UUID, title: str, words: str, by: Actor
) -> UUID:
    """Begin a statement. Errors: CrisisNotFound, CrisisIsClosed, WrongCrisis, CrisisFull."""
    row = await need_open(tx, crisis_id, by)
    if not title.strip():
        raise WrongCrisis(fields={"title": "required"})
    await need_room(tx, crisis_id, "crisis_statement")
    statement_id = new_id()
    await tx.run(_BEGIN, statement_id, crisis_id, title.strip(), words.strip(), by.id, tx.now)
    await _tell(tx, row, statement_id, "draft")
    return statement_id


async def change_statement(
    tx: Transaction,
    *,
    crisis_id: UUID,
    statement_id: UUID,
    title: str,
    words: str,
    version: int,
    by: Actor,
) -> None:
    """Change a draft, or begin anew; an approved version holds until the next one is approved.

    Errors: CrisisNotFound, CrisisIsClosed, CrisisPartNotFound, StatementFixed, StatementStale,
    WrongCrisis.
    """
    row, found = await _need(tx, crisis_id, statement_id, by)
    if found.state == "asked":
        raise StatementFixed
    if not title.strip():
        raise WrongCrisis(fields={"title": "required"})
    if not await tx.run(_CHANGE, statement_id, version, title.strip(), words.strip(), by.id):
        raise StatementStale(version=found.version)
    await _tell(tx, row, statement_id, "draft")


async def ask_for_statement(
    tx: Transaction, *, crisis_id: UUID, statement_id: UUID, version: int, by: Actor
) -> None:
    """Put a draft before whoever lets statements pass.

    Errors: CrisisNotFound, CrisisIsClosed, CrisisPartNotFound, StatementFixed, StatementStale,
    WrongCrisis, NobodyToApprove.
    """
    row, found = await _need(tx, crisis_id, statement_id, by)
    if found.state != "draft":
        raise StatementFixed
    if found.version != version:
        raise StatementStale(version=found.version)
    if not found.words:
        raise WrongCrisis(fields={"words": "required"})
    marked = word("complaints.drill_mark", by.language) if row.drill else ""
    request_id = await cases.ask(
        tx,
        kind="statement",
        subject_id=statement_id,
        words=f"{marked}{found.title}\n\n{found.words}",
        brand_id=row.brand_id,
        by=by,
    )
    await tx.run(_ASK, statement_id, request_id, by.id)
    await tx.run(_KEEP, new_id(), statement_id, found.title, found.words, by.id, tx.now)
    await _tell(tx, row, statement_id, "asked")


async def decide_statement(tx: Transaction, request: Asked, approved: bool) -> None:
    """Do what was decided about a statement; what ran out or was taken back is a draft again."""
    found = await statement_row(tx, request.subject_id)
    if found.state != "asked" or found.request_id != request.id:
        return
    row, _ = await need_crisis(tx, found.crisis_id, Actor.system(tx.organisation_id))
    state = "approved" if approved else "refused" if request.state == "refused" else "draft"
    await tx.run(_DECIDE, found.id, state, tx.now, request.decided_by, request.answer)
    outcome = "lapsed" if state == "draft" else state
    await tx.run(_JUDGE, found.id, outcome, tx.now, request.decided_by, request.answer)
    await _tell(tx, row, found.id, state)
    await audit(tx, f"statement.{state}", "crisis_statement", found.id, {"drill": row.drill})


async def publish_statement(
    tx: Transaction, *, crisis_id: UUID, statement_id: UUID, where: str, by: Actor
) -> None:
    """Write down that, where and by whom an approved statement was published; in each place once.

    Errors: CrisisNotFound, CrisisIsClosed, CrisisPartNotFound, NotASpeaker, StatementNotReady,
    WrongCrisis.
    """
    row, found = await _need(tx, crisis_id, statement_id, by)
    if by.id not in row.speaker_ids:
        raise NotASpeaker
    if found.state not in ("approved", "published"):
        raise StatementNotReady
    if not where.strip():
        raise WrongCrisis(fields={"where": "required"})
    (held,) = await versions_in_force(tx, [statement_id])
    await tx.run(_USE, new_id(), statement_id, held.no, where.strip(), None, tx.now, by.id)
    await tx.run(_PUBLISH, statement_id, tx.now, where.strip(), by.id)
    await _tell(tx, row, statement_id, "published")
    await audit(tx, "statement.published", "crisis_statement", statement_id, {"drill": row.drill})


async def withdraw_statement(
    tx: Transaction, *, crisis_id: UUID, statement_id: UUID, by: Actor
) -> None:
    """Let an approved statement hold no longer: nobody says it any more.

    Errors: CrisisNotFound, CrisisIsClosed, NotTheLead, CrisisPartNotFound, StatementNotInForce.
    """
    row, _ = await _need(tx, crisis_id, statement_id, by, lead=True)
    if not await tx.run(_TAKE_BACK, statement_id, tx.now, by.id):
        raise StatementNotInForce
    await tx.run(_LEAVE, statement_id)
    await _tell(tx, row, statement_id, "withdrawn")
    await audit(tx, "statement.withdrawn", "crisis_statement", statement_id, {"drill": row.drill})


async def take_words(
    tx: Transaction, *, conversation_id: UUID, statement_id: UUID, by: Actor
) -> None:
    """Write down that an approved statement was taken into the answer to a customer of a crisis.

    Errors: ConversationNotFound, CrisisPartNotFound, DrillSaysNothing, StatementNotInForce.
    """
    about = await crises_of_conversation(tx, conversation_id, by)
    found = await statement_row(tx, statement_id)
    file = next((one for one in about if one.id == found.crisis_id), None)
    if file is None:
        raise CrisisPartNotFound
    if file.drill:
        raise DrillSaysNothing
    held = await versions_in_force(tx, [statement_id])
    if not held:
        raise StatementNotInForce
    made = await tx.value(
        _USE, new_id(), statement_id, held[0].no, "", conversation_id, tx.now, by.id
    )
    if made is not None:
        await record(tx, StatementTaken(**facts_of(file), statement_id=statement_id, no=held[0].no))


async def _need(
    tx: Transaction, crisis_id: UUID, statement_id: UUID, by: Actor, *, lead: bool = False
) -> tuple[CrisisRow, StatementRow]:
    row = await need_open(tx, crisis_id, by, lead=lead)
    found = await statement_row(tx, statement_id)
    if found.crisis_id != crisis_id:
        raise CrisisPartNotFound
    return row, found


async def _tell(tx: Transaction, row: CrisisRow, statement_id: UUID, state: str) -> None:
    await record(tx, StatementSet(**facts_of(row), statement_id=statement_id, state=state))
