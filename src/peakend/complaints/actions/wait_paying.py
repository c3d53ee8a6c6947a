"""What a wait beyond the promise brings by itself: granted, told, and written down, once.

Everything happens in one transaction from the wait as it stands: what comes late or again finds
it settled. One wait after the other is settled, so that no bound is ever passed.
"""

from datetime import datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from peakend.accounts.queries import organisation
from peakend.complaints.actions.ledger import BudgetExhausted
from peakend.complaints.actions.offering import About, InstrumentClosed, offer
from peakend.complaints.actions.wait_telling import tell_granted
from peakend.complaints.actions.waits import about_wait, give_proof
from peakend.complaints.events import WaitSettled
from peakend.complaints.models import WaitRow, WaitRuleRow
from peakend.complaints.queries import (
    as_promises,
    complaints_of_conversation,
    open_complaints_of,
    some_instruments,
    wait_row,
    wait_rule_row,
)
from peakend.complaints.rules.waits import Already, Outcome, Owed, Promise, owed
from peakend.conversations import queries as conversations
from peakend.customers.queries import parts_of
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.events import record

# A chat goes on for weeks: whoever waits again on another day comes with another contact.
SAME_CONTACT = timedelta(hours=12)

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"
_OF_CUSTOMER = """
SELECT count(*) FILTER (WHERE settled_at >= $2) AS grants, 0::bigint AS day_fen,
       count(*) AS month_grants
FROM wait_record
WHERE organisation_id = current_organisation() AND result = 'granted'
  AND customer_id = ANY($1::uuid[]) AND settled_at >= $3
"""
_OF_RULE = """
SELECT coalesce(sum(cost_fen), 0)::bigint FROM wait_record
WHERE organisation_id = current_organisation() AND result = 'granted'
  AND rule_id = $1 AND settled_at >= $2
"""
_OF_CONTACT = """
SELECT EXISTS (
    SELECT FROM wait_record
    WHERE organisation_id = current_organisation() AND result = 'granted'
      AND conversation_id = $1 AND until_at > $2)
"""
_SETTLE = """
UPDATE wait_record SET result = $2, settled_at = $3, amount = $4, cost_fen = $5, grant_id = $6
WHERE organisation_id = current_organisation() AND id = $1
"""


async def settle_wait(tx: Transaction, *, wait_id: UUID) -> None:
    """Give and tell what a wait that is over is owed; settled already, or going on: nothing."""
    row = await wait_row(tx, wait_id, lock=True)
    if row is None or row.until_at is None or row.result == "granted":
        return
    rule = await wait_rule_row(tx, row.rule_id) if row.rule_id else None
    if rule is None or row.promised_s is None:
        return
    system = Actor.system(tx.organisation_id)
    talk = await conversations.need_conversation(tx, row.conversation_id, system)
    found = await _owed(tx, row, rule, talk)
    grant_id = None
    if found.result == "granted":
        found, grant_id = await _grant(tx, row, rule, talk, found)
    if found.result == row.result:
        return
    given = found if found.result == "granted" else msgspec.structs.replace(
        found, amount=0, cost_fen=0
    )  # fmt: skip
    await tx.run(_SETTLE, row.id, given.result, tx.now, given.amount, given.cost_fen, grant_id)
    await record(
        tx,
        WaitSettled(
            **about_wait(row), rule_id=rule.id, result=given.result, amount=given.amount,
            cost_fen=given.cost_fen, grant_id=grant_id,
        ),
    )  # fmt: skip


async def _owed(
    tx: Transaction, row: WaitRow, rule: WaitRuleRow, talk: conversations.ConversationRecord
) -> Owed:
    """Return what a wait is owed by what was published when the customer joined the line."""
    promise = next(iter(await as_promises(tx, [rule])), None)
    if promise is None or not rule.active:
        return Owed("stopped")
    promise = msgspec.structs.replace(promise, promise_s=row.promised_s or 0)
    outcome: Outcome = row.outcome  # type: ignore[assignment]
    waited_s = row.waited_s or 0
    first = owed(promise, waited_s, outcome, Already(0, 0))
    if first.result != "granted":
        return first
    await tx.run(_LOCK, f"waits/{tx.organisation_id}")
    if await tx.value(_OF_CONTACT, talk.id, row.entered_at - SAME_CONTACT):
        return Owed("contact")
    parts = await parts_of(tx, talk.customer_id)
    known = [*await open_complaints_of(tx, parts), *await complaints_of_conversation(tx, talk.id)]
    if any(one.tier == "extreme" and one.state != "closed" for one in known):
        return Owed("extreme")
    return owed(promise, waited_s, outcome, await _already(tx, promise, parts))


async def _already(tx: Transaction, rule: Promise, parts: list[UUID]) -> Already:
    """Return what was given since the day, and the month, of the house began."""
    zone = ZoneInfo((await organisation(tx)).time_zone)
    today = datetime.combine(tx.now.astimezone(zone).date(), time(), zone)
    his = await tx.one(Already, _OF_CUSTOMER, parts, today, today.replace(day=1))
    assert his is not None
    return msgspec.structs.replace(his, day_fen=await tx.value(_OF_RULE, rule.id, today))


async def _grant(
    tx: Transaction,
    row: WaitRow,
    rule: WaitRuleRow,
    talk: conversations.ConversationRecord,
    found: Owed,
) -> tuple[Owed, UUID | None]:
    """Grant and tell it. A budget or a shelf that is empty is a reason, not a failure."""
    instrument = (await some_instruments(tx, [rule.instrument_id]))[rule.instrument_id]
    if instrument.stock is not None and instrument.stock < found.amount:
        return Owed("stopped"), None
    system = Actor.system(tx.organisation_id)
    try:
        made = await offer(
            tx,
            customer_id=talk.customer_id,
            instrument_id=instrument.id,
            amount=found.amount,
            once_key=f"wait:{row.id}",
            by=system,
            about=About(conversation_id=talk.id, reason_code="wait"),
            automatic=True,
        )
    except BudgetExhausted:
        return Owed("budget"), None
    except InstrumentClosed:
        return Owed("stopped"), None
    path = await give_proof(tx, wait_id=row.id, by=system)
    await tell_granted(tx, row, talk, instrument=instrument, amount=found.amount, path=path)
    return msgspec.structs.replace(found, cost_fen=made.cost_fen), made.id
