"""Something waits for another pair of eyes: asked, decided once, passed on, run out, taken back.

The surprise: what was let pass is done in the transaction that decides, by whoever stands behind
`ports.provided.decided`; what that raises undoes the decision.
"""

import re
from datetime import timedelta
from typing import Any
from uuid import UUID

from peakend.accounts.actions import audit
from peakend.cases.events.approvals import (
    ApprovalEscalated,
    ApprovalExpired,
    ApprovalGranted,
    ApprovalRefused,
    ApprovalRequested,
    ApprovalWithdrawn,
)
from peakend.cases.models.approvals import RequestRow
from peakend.cases.ports import Asked, provided
from peakend.cases.queries.approvals import (
    Crew,
    RequestNotFound,
    approval_rules,
    crew,
    need_request,
    request_row,
    rung,
)
from peakend.cases.rules.approvals import MOST_MEMBERS, Kind, Rung, State, first_rung, higher
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid, Refused
from peakend.kernel.events import record
from peakend.kernel.ids import new_id
from peakend.kernel.jobs import enqueue

LONGEST_WORDS = 1000
_CONTROL = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x80-\x9f]")

_ASK = """
INSERT INTO approval_request (id, kind, subject_id, words, amount_fen, currency, case_id,
    conversation_id, customer_id, brand_id, asked_by, asked_at, rule_id, from_fen, place, who,
    "then", due_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18)
ON CONFLICT DO NOTHING
"""
_OVER = """
UPDATE approval_request
SET state = $2, decided_at = $3, decided_by = $4, decided_for = $5, answer = $6
WHERE organisation_id = current_organisation() AND id = $1
"""
_ESCALATE = """
UPDATE approval_request
SET rule_id = $2, from_fen = $3, place = $4, who = $5, "then" = $6, due_at = $7, times = times + 1
WHERE organisation_id = current_organisation() AND id = $1
"""
_WAITING_ABOUT = """
SELECT coalesce(array_agg(id ORDER BY id), '{}') FROM approval_request
WHERE organisation_id = current_organisation() AND subject_id = $1 AND state = 'waiting'
"""


class NobodyToApprove(Invalid):
    """Nobody but the one who asks could let it pass."""

    wording = "cases.nobody_to_approve"


class AskedAlready(Conflict):
    """The same thing waits already."""

    wording = "cases.asked_already"


class RequestSettled(Conflict):
    """It was decided, ran out or was taken back before."""

    wording = "cases.request_settled"


class FourEyes(Refused):
    """Nobody lets pass what he has asked for himself."""

    wording = "cases.four_eyes"


class NotAsked(Refused):
    """Others are asked, by the rules of the house."""

    wording = "cases.not_asked"


class WhyRefused(Invalid):
    """Who asked learns why it was refused."""

    wording = "cases.why_refused"


def plain_words(text: str) -> str:
    """Return words without control characters, as long as is kept."""
    return _CONTROL.sub("", text).strip()[:LONGEST_WORDS]


async def ask(
    tx: Transaction,
    *,
    kind: Kind,
    subject_id: UUID,
    words: str,
    amount_fen: int | None = None,
    currency: str | None = None,
    case_id: UUID | None = None,
    conversation_id: UUID | None = None,
    customer_id: UUID | None = None,
    brand_id: UUID | None = None,
    by: Actor,
) -> UUID:
    """Put something before whoever the house's rules name for it, and return the request's id.

    Where those of the first rule are nobody but the one who asks, those of the next are asked at
    once. Units: fen. Errors: NobodyToApprove, AskedAlready.
    """
    asker = by.id if by.kind == "member" else None
    rungs = [rung(row) for row in await approval_rules(tx)]
    first = first_rung(rungs, kind, amount_fen)
    ladder = [first, *higher(rungs, kind, from_fen=first.from_fen, place=first.place)]
    team = await crew(tx)
    found = _answering(team, ladder, kind=kind, brand_id=brand_id, asked_by=asker)
    if found is None:
        raise NobodyToApprove
    at, members = found
    request_id = new_id()
    new = await tx.run(
        _ASK, request_id, kind, subject_id, plain_words(words), amount_fen,
        (currency or "CNY") if amount_fen is not None else None, case_id, conversation_id,
        customer_id, brand_id, asker, tx.now, *_of_rung(tx, at),
    )  # fmt: skip
    if not new:
        raise AskedAlready
    row = await request_row(tx, request_id)
    await record(
        tx,
        ApprovalRequested(
            **_about(row), rule_id=row.rule_id, due_at=row.due_at, member_ids=members
        ),
    )
    await _set_clock(tx, row)
    return request_id


async def decide(
    tx: Transaction, request_id: UUID, approve: bool, words: str = "", *, by: Actor
) -> None:
    """Let something pass or refuse it with a word why; what it is about is done at once.

    Errors: RequestNotFound, RequestSettled, FourEyes, NotAsked, WhyRefused, and what doing it
    raises.
    """
    row = await need_request(tx, request_id, by, lock=True)
    if row.asked_by is not None and row.asked_by == by.id:
        raise FourEyes
    if row.state != "waiting":
        raise RequestSettled
    may = (await crew(tx)).may_decide(row)
    if by.id is None or by.id not in may:
        raise NotAsked
    answer = plain_words(words)
    if not approve and not answer:
        raise WhyRefused(fields={"words": "cases.why_refused"})
    state: State = "granted" if approve else "refused"
    await _end(tx, row, state, by_id=by.id, for_id=may[by.id], answer=answer)
    kind = ApprovalGranted if approve else ApprovalRefused
    await record(tx, kind(**_about(row), by_id=by.id, for_id=may[by.id], waited_s=_waited(tx, row)))
    await audit(
        tx, "approval.granted" if approve else "approval.refused", "approval", row.id,
        {"kind": row.kind, "amount_fen": row.amount_fen, "stands_for": may[by.id]},
    )  # fmt: skip


async def withdraw(tx: Transaction, *, request_id: UUID, by: Actor) -> None:
    """Take back what one asked for; twice is harmless. Errors: RequestNotFound, RequestSettled."""
    row = await need_request(tx, request_id, by, lock=True)
    if by.kind == "member" and row.asked_by != by.id:
        raise RequestNotFound
    if row.state == "withdrawn":
        return
    if row.state != "waiting":
        raise RequestSettled
    await _take_back(tx, row)


async def withdraw_about(tx: Transaction, *, subject_id: UUID) -> None:
    """Take back what waits about a thing that is gone or settled otherwise."""
    waiting: list[UUID] = await tx.value(_WAITING_ABOUT, subject_id)
    for request_id in waiting:
        row = await request_row(tx, request_id, lock=True)
        if row.state == "waiting":
            await _take_back(tx, row)


async def approval_due(tx: Transaction, *, request_id: UUID) -> None:
    """Pass on what nobody decided in time, or let it run out; early or twice is harmless."""
    try:
        row = await request_row(tx, request_id, lock=True)
    except RequestNotFound:
        return
    if row.state != "waiting":
        return
    if row.due_at > tx.now:
        await _set_clock(tx, row)
        return
    found = None
    if row.then == "next":
        rungs = [rung(one) for one in await approval_rules(tx)]
        ladder = higher(rungs, row.kind, from_fen=row.from_fen, place=row.place)
        team = await crew(tx)
        found = _answering(
            team, ladder, kind=row.kind, brand_id=row.brand_id, asked_by=row.asked_by
        )
    if found is None:
        await _end(tx, row, "expired")
        await record(tx, ApprovalExpired(**_about(row), waited_s=_waited(tx, row)))
        return
    at, members = found
    await tx.run(_ESCALATE, row.id, *_of_rung(tx, at))
    row = await request_row(tx, row.id)
    await record(
        tx,
        ApprovalEscalated(
            **_about(row), rule_id=row.rule_id, due_at=row.due_at, member_ids=members,
            times=row.times,
        ),
    )  # fmt: skip
    await _set_clock(tx, row)


def _answering(
    team: Crew, ladder: list[Rung], *, kind: str, brand_id: UUID | None, asked_by: UUID | None
) -> tuple[Rung, list[UUID]] | None:
    """Return the first rule by which somebody could decide, and who."""
    for one in ladder:
        may = team.may(one.who, kind=kind, brand_id=brand_id, asked_by=asked_by)
        if may:
            return one, sorted(may)[:MOST_MEMBERS]
    return None


def _of_rung(tx: Transaction, at: Rung) -> tuple[Any, ...]:
    due_at = tx.now + timedelta(minutes=at.minutes)
    return at.id, at.from_fen, at.place, at.who, at.then, due_at


async def _set_clock(tx: Transaction, row: RequestRow) -> None:
    key = f"{row.id}:{row.times}"
    await enqueue(tx, "cases.approval_due", run_at=row.due_at, unique_key=key, request_id=row.id)


async def _take_back(tx: Transaction, row: RequestRow) -> None:
    await _end(tx, row, "withdrawn")
    await record(tx, ApprovalWithdrawn(**_about(row)))


async def _end(
    tx: Transaction,
    row: RequestRow,
    state: State,
    *,
    by_id: UUID | None = None,
    for_id: UUID | None = None,
    answer: str = "",
) -> None:
    """Write down what became of a request, and have it done."""
    await tx.run(_OVER, row.id, state, tx.now, by_id, for_id, answer)
    do = provided.decided.get(row.kind)
    if do is None:
        return
    assert state != "waiting"
    asked = Asked(
        id=row.id,
        kind=row.kind,
        subject_id=row.subject_id,
        state=state,
        amount_fen=row.amount_fen,
        currency=row.currency,
        asked_by=row.asked_by,
        decided_by=by_id,
        answer=answer,
    )
    await do(tx, asked, state == "granted")


def _about(row: RequestRow) -> dict[str, Any]:
    return {
        "request_id": row.id,
        "kind": row.kind,
        "subject_id": row.subject_id,
        "agent_id": row.asked_by,
        "leg_id": None,
        "case_id": row.case_id,
        "conversation_id": row.conversation_id,
        "customer_id": row.customer_id,
        "amount_fen": row.amount_fen,
    }


def _waited(tx: Transaction, row: RequestRow) -> int:
    return int((tx.now - row.asked_at).total_seconds())
