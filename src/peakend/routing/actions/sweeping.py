"""Repair: whatever a lost job left behind is found here within seconds."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from peakend.conversations import actions as conversations
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.live import members_seen
from peakend.routing.actions.lines import abandon
from peakend.routing.actions.offering import expire_offer, match
from peakend.routing.actions.passing import rescue, return_transfer
from peakend.routing.actions.presence import end_wrap_ups
from peakend.routing.ports import provided
from peakend.routing.queries.seats import presences
from peakend.routing.queries.work import held_by, need_leg
from peakend.routing.rules.choice import OFFER_S

LATE_S = 3
RESCUE_AFTER = timedelta(seconds=120)


class _Due(msgspec.Struct, frozen=True):
    id: UUID
    offer: int


class _Silent(msgspec.Struct, frozen=True):
    id: UUID
    conversation_id: UUID
    entered_at: datetime
    silent_limit_s: int


async def sweep(tx: Transaction) -> None:
    """Expire offers, return transfers, end wrap-ups, rescue orphans, and match."""
    for due in await _overdue_offers(tx):
        await expire_offer(tx, leg_id=due.id, offer=due.offer)
    for due in await _overdue_returns(tx):
        await return_transfer(tx, leg_id=due.id)
    await end_wrap_ups(tx)
    await rescue_orphans(tx)
    await let_silent_go(tx)
    await match(tx)


async def _overdue_offers(tx: Transaction) -> list[_Due]:
    return await tx.all(
        _Due,
        """
        SELECT w.id, w.offer FROM work_item w
        LEFT JOIN queue q ON q.organisation_id = w.organisation_id AND q.id = w.queue_id
        WHERE w.organisation_id = current_organisation()
          AND w.state = 'offered'
          AND w.offered_at < $1::timestamptz - make_interval(secs => coalesce(q.offer_s, $2) + $3)
        ORDER BY w.offered_to, w.id
        LIMIT 200
        """,
        tx.now,
        OFFER_S,
        LATE_S,
    )


async def _overdue_returns(tx: Transaction) -> list[_Due]:
    return await tx.all(
        _Due,
        """
        SELECT id, offer FROM work_item
        WHERE organisation_id = current_organisation()
          AND state IN ('waiting', 'offered')
          AND return_by < $1
        ORDER BY return_to, id
        LIMIT 200
        """,
        tx.now,
    )


async def rescue_orphans(tx: Transaction) -> None:
    """Give to others whoever waits for the answer of an agent who has been away for a while.

    Who sits at an open desk is not away: a supervisor may take over without taking offers.
    """
    seen = await members_seen(tx)
    away = [
        presence.member_id
        for presence in (await presences(tx)).values()
        if presence.state == "offline"
        and tx.now - max(presence.since, seen.get(presence.member_id, presence.since))
        >= RESCUE_AFTER
    ]
    for member_id in sorted(away):
        for leg in await held_by(tx, member_id):
            await rescue(tx, leg)


async def let_silent_go(tx: Transaction) -> None:
    """Count as abandoned whoever waited live and has not been seen for longer than the limit."""
    if provided.customers_seen is None:
        return
    rows = await tx.all(
        _Silent,
        """
        SELECT w.id, w.conversation_id, w.entered_at, q.silent_limit_s FROM work_item w
        JOIN queue q ON q.organisation_id = w.organisation_id AND q.id = w.queue_id
        WHERE w.organisation_id = current_organisation()
          AND w.state = 'waiting'
          AND w.live
          AND q.silent_limit_s > 0
          AND w.entered_at < $1::timestamptz - make_interval(secs => q.silent_limit_s)
        ORDER BY w.entered_at
        LIMIT 200
        """,
        tx.now,
    )
    if not rows:
        return
    seen = await provided.customers_seen(tx, conversation_ids=[row.conversation_id for row in rows])
    for row in rows:
        last = max(row.entered_at, seen.get(row.conversation_id, row.entered_at))
        if (tx.now - last).total_seconds() <= row.silent_limit_s:
            continue
        leg = await need_leg(tx, row.id, lock=True)
        if leg.state != "waiting":
            continue
        await abandon(tx, leg, "silent", at=last)
        await conversations.system_message(
            tx, conversation_id=leg.conversation_id, code="left_while_waiting"
        )
        await conversations.close(
            tx, conversation_id=leg.conversation_id, by=Actor.system(tx.organisation_id)
        )
