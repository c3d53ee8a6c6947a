"""One step of a grant: its row, the books, the stock, the facts and the timers move together."""

from datetime import datetime
from typing import Any
from uuid import UUID

from peakend.accounts.actions import audit
from peakend.complaints import events
from peakend.complaints.actions.approving import ask_no_more
from peakend.complaints.actions.asking import ask_for_voucher, cancel_voucher
from peakend.complaints.actions.ledger import book
from peakend.complaints.models.grants import Grant
from peakend.complaints.rules import grants as rules
from peakend.complaints.rules.grants import Act, State
from peakend.conversations.queries import need_conversation
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict
from peakend.kernel.events import record
from peakend.kernel.jobs import enqueue

_GIVE_BACK = """
UPDATE instrument SET stock = stock + $2
WHERE organisation_id = current_organisation() AND id = $1 AND stock IS NOT NULL
"""
_MOVE = """
UPDATE compensation_grant SET state = $2, version = version + 1,
    offered_at = CASE WHEN $2 = 'offered' THEN $3 ELSE offered_at END,
    granted_at = CASE WHEN $2 = 'granted' THEN $3 ELSE granted_at END,
    ended_at = CASE WHEN $2 IN ('offered', 'granted') THEN ended_at ELSE $3 END,
    expires_at = coalesce($4, expires_at),
    approved_by = coalesce($5, approved_by),
    refused_words = CASE WHEN $6 = '' THEN refused_words ELSE $6 END
WHERE organisation_id = current_organisation() AND id = $1
"""


class GrantStale(Conflict):
    """The compensation was changed since it was looked at, or cannot go there from here."""

    wording = "complaints.grant_stale"


async def move_on(
    tx: Transaction,
    grant: Grant,
    act: Act,
    *,
    words: str = "",
    said_by: str = "",
    approved_by: UUID | None = None,
) -> None:
    """Do an act with a locked grant. Errors: GrantStale where it leads nowhere."""
    move = rules.move(grant.state, act)
    if move is None:
        raise GrantStale
    # A grant that was made in this very transaction says "offered" where it waits for nobody.
    expires_at = rules.expires_at(tx.now, grant.valid_d) if act == "accept" else None
    await tx.run(_MOVE, grant.id, move.to, tx.now, expires_at, approved_by, words)
    if move.books is not None:
        await book(tx, grant, move.books)
    if rules.goes_back_to_stock(act):
        await tx.run(_GIVE_BACK, grant.instrument_id, grant.amount)
    await _record_move(tx, grant, move.to, said_by)
    await tell_audit(tx, grant, move.to)
    if act in ("withdraw", "lapse"):
        await ask_no_more(tx, grant)
    if act in ("revoke", "expire"):
        await cancel_voucher(tx, grant.id)
    if act == "accept":
        await ask_for_voucher(tx, grant)
        if expires_at is not None:
            await set_timer(tx, grant.id, "expire", expires_at)


async def _record_move(tx: Transaction, grant: Grant, to: State, by: str) -> None:
    told = await said(tx, grant)
    if to == "offered":
        off_scheme = grant.scheme_id is None
        await record(tx, events.CompensationOffered(**told, off_scheme=off_scheme, approved=True))
    elif to == "granted":
        since = grant.offered_at or grant.made_at
        after_s = max(0, round((tx.now - since).total_seconds()))
        await record(tx, events.CompensationGranted(**told, by=by, after_s=after_s))
    elif to == "refused":
        await record(tx, events.CompensationRefused(**told, by=by))
    elif to == "used":
        await record(tx, events.CompensationUsed(**told))
    else:
        await record(tx, events.CompensationEnded(**told, how=to))


async def said(tx: Transaction, grant: Grant) -> dict[str, Any]:
    """Return what every fact of a grant says, with the leg in whose course it happened."""
    leg_id = None
    if grant.conversation_id is not None:
        row = await need_conversation(tx, grant.conversation_id, Actor.system(tx.organisation_id))
        leg_id = row.leg_id
    return {
        "grant_id": grant.id,
        "customer_id": grant.customer_id,
        "conversation_id": grant.conversation_id,
        "leg_id": leg_id,
        "case_id": grant.case_id,
        "complaint_id": grant.complaint_id,
        "brand_id": grant.brand_id,
        "agent_id": tx.actor.id if tx.actor.kind == "member" else None,
        "instrument_id": grant.instrument_id,
        "cost_fen": grant.cost_fen,
        "currency": grant.currency,
    }


async def tell_audit(tx: Transaction, grant: Grant, what: str) -> None:
    """Write in the audit log what became of a grant."""
    detail = {"cost_fen": grant.cost_fen, "currency": grant.currency}
    await audit(tx, f"compensation.{what}", "grant", grant.id, detail)


async def set_timer(tx: Transaction, grant_id: UUID, act: Act, at: datetime) -> None:
    """Have an end looked at when it is due."""
    await enqueue(
        tx, f"complaints.{act}_compensation", run_at=at, unique_key=str(grant_id),
        grant_id=grant_id,
    )  # fmt: skip
