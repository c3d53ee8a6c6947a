"""Settling a complaint step by step, and ending it."""

from uuid import UUID

import msgspec

from peakend.accounts import queries as accounts
from peakend.cases import actions as cases
from peakend.complaints import queries
from peakend.complaints.actions.clock import told
from peakend.complaints.events import (
    ComplaintClosed,
    SettlementAccepted,
    SettlementOffered,
    SettlementRefused,
    SettlementStepTaken,
)
from peakend.complaints.models import ComplaintRow
from peakend.complaints.rules.recording import Solution
from peakend.complaints.rules.settling import (
    OFFERS,
    StepKind,
    may_close,
    next_steps,
    state_after,
)
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid
from peakend.kernel.events import record

MOST_WORDS = 2000

_STEP = """
INSERT INTO settlement_step (complaint_id, no, kind, words, solution, compensation_fen, grant_id,
    with_id, by, at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
"""
_STATE = """
UPDATE complaint SET state = $2, solution = coalesce($3, solution),
    compensation_fen = coalesce($4, compensation_fen),
    settled_at = CASE WHEN $2 = ANY(ARRAY['settled', 'unsettled']) THEN coalesce(settled_at, $5)
        END,
    version = version + 1
WHERE organisation_id = current_organisation() AND id = $1
"""
_CLOSE = """
UPDATE complaint SET state = 'closed', closed_at = $2, upheld = $3, version = version + 1
WHERE organisation_id = current_organisation() AND id = $1
"""


class StepNotNow(Conflict):
    """Another step comes first."""

    wording = "complaints.step_not_now"


class NotConfirmed(Conflict):
    """Nobody has said yet what kind of complaint it is."""

    wording = "complaints.not_confirmed"


class StepWordsNeeded(Invalid):
    """A step says in words what was said or done."""

    wording = "complaints.step_words_needed"


class SupervisorNeeded(Invalid):
    """Talking with a supervisor names the supervisor, and that is somebody else."""

    wording = "complaints.supervisor_needed"


class SolutionNeeded(Invalid):
    """A solution says what is done about it."""

    wording = "complaints.solution_needed"


class NotYetOver(Conflict):
    """Something is left to do before it can be closed; which it is is in `why`."""

    wording = "complaints.not_yet_over"


class GrantElsewhere(Invalid):
    """The compensation was offered for something else."""

    wording = "complaints.grant_elsewhere"


class StepGiven(msgspec.Struct, frozen=True, kw_only=True):
    """A step as somebody takes it."""

    kind: StepKind
    words: str
    solution: Solution | None = None
    compensation_fen: int | None = None
    with_id: UUID | None = None
    grant_id: UUID | None = None


async def take_step(
    tx: Transaction, *, complaint_id: UUID, step: StepGiven, by: Actor, version: int
) -> None:
    """Take the next step to a settlement.

    Errors: ComplaintNotFound, ComplaintStale, ComplaintIsClosed, NotConfirmed, StepNotNow,
    StepWordsNeeded, SupervisorNeeded, SolutionNeeded, GrantNotFound, GrantElsewhere.
    """
    row = await queries.need_complaint_version(tx, complaint_id, by, version)
    taken = [one.kind for one in await queries.steps_of(tx, row.id)]
    if row.kind is None or row.confirmed_at is None:
        raise NotConfirmed
    if step.kind not in next_steps(row.kind, taken):
        raise StepNotNow
    words = step.words.replace("\x00", "").strip()[:MOST_WORDS]
    if not words:
        raise StepWordsNeeded(fields={"words": "complaints.step_words_needed"})
    await _need_parts(tx, step, by)
    step = await _as_granted(tx, row, step, by)
    solution = step.solution if step.kind in ("solution", "compensation", "apology") else None
    if step.kind == "compensation":
        solution = solution or "compensate"
    if step.kind == "apology":
        solution = solution or "apologise"
    fen = step.compensation_fen if solution is not None else None
    no = len(taken) + 1
    await tx.run(
        _STEP, row.id, no, step.kind, words, solution, fen, step.grant_id, step.with_id, by.id,
        tx.now,
    )  # fmt: skip
    state = state_after(step.kind, row.state)
    await tx.run(_STATE, row.id, state, solution, fen, tx.now)
    now = msgspec.structs.replace(
        row,
        state=state,
        solution=solution or row.solution,
        compensation_fen=row.compensation_fen if fen is None else fen,
    )
    rounds = sum(one in OFFERS for one in [*taken, step.kind])
    await _tell(tx, now, step, no, rounds, by)
    await _work_on(tx, row, by)


async def close_complaint(
    tx: Transaction, *, complaint_id: UUID, upheld: bool | None, by: Actor, version: int
) -> None:
    """End a complaint on which everything is done; its case goes its own way to being told.

    Errors: ComplaintNotFound, ComplaintStale, ComplaintIsClosed, NotYetOver.
    """
    row = await queries.need_complaint_version(tx, complaint_id, by, version)
    taken = [one.kind for one in await queries.steps_of(tx, row.id)]
    review = await queries.review_of(tx, row.id)
    reviewed = review is not None and review.finding is not None
    # Without a conversation there is no contact that somebody could look at.
    reviewed = reviewed or row.conversation_id is None
    why = may_close(row.kind, row.state, taken, reviewed=reviewed)
    simple = row.tier in ("inquiry", "business") and not taken
    if why and not simple:
        raise NotYetOver(why=why)
    await tx.run(_CLOSE, row.id, tx.now, upheld)
    await record(
        tx,
        ComplaintClosed(
            **told(row), tier=row.tier, kind=row.kind, settled=row.state == "settled",
            upheld=upheld, solution=row.solution, compensation_fen=row.compensation_fen,
            late=(row.settled_at or tx.now) > row.due_at, by_id=by.id,
        ),
    )  # fmt: skip


async def _need_parts(tx: Transaction, step: StepGiven, by: Actor) -> None:
    if step.kind == "solution" and step.solution is None:
        raise SolutionNeeded(fields={"solution": "complaints.solution_needed"})
    if step.kind != "supervisor":
        return
    rights = await accounts.rights_of(tx, [step.with_id]) if step.with_id else {}
    able = rights.get(step.with_id) if step.with_id else None
    if step.with_id == by.id or able is None or "complaints.manage" not in able.permissions:
        raise SupervisorNeeded(fields={"with_id": "complaints.supervisor_needed"})


async def _as_granted(tx: Transaction, row: ComplaintRow, step: StepGiven, by: Actor) -> StepGiven:
    """Return a step that names a grant with what that grant costs; it is of the same matter."""
    if step.grant_id is None:
        return step
    grant = await queries.need_grant(tx, step.grant_id, by)
    if not (
        grant.complaint_id == row.id
        or grant.case_id == row.case_id
        or (grant.conversation_id is not None and grant.conversation_id == row.conversation_id)
    ):
        raise GrantElsewhere(fields={"grant_id": "complaints.grant_elsewhere"})
    return msgspec.structs.replace(step, compensation_fen=grant.cost_fen)


async def _tell(
    tx: Transaction, row: ComplaintRow, step: StepGiven, no: int, rounds: int, by: Actor
) -> None:
    taken = SettlementStepTaken(
        **told(row), step=step.kind, step_no=no, round=rounds, by_id=by.id, with_id=step.with_id,
        solution=step.solution, compensation_fen=step.compensation_fen,
    )  # fmt: skip
    await record(tx, taken)
    fen = row.compensation_fen
    if step.kind in OFFERS:
        offered = SettlementOffered(
            **told(row), step=step.kind, solution=row.solution, compensation_fen=fen,
            grant_id=step.grant_id,
        )  # fmt: skip
        await record(tx, offered)
    elif step.kind == "accepted":
        await record(tx, SettlementAccepted(**told(row), rounds=rounds, compensation_fen=fen))
    elif step.kind == "refused":
        await record(tx, SettlementRefused(**told(row), rounds=rounds))


async def _work_on(tx: Transaction, row: ComplaintRow, by: Actor) -> None:
    """Show in the case that somebody works on it."""
    system = Actor.system(tx.organisation_id)
    case = await queries.case_of(tx, row)
    if case is not None and case.state == "open":
        await cases.set_state(tx, case_id=row.case_id, state="working", by=system)
