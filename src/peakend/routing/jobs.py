"""Timers and rounds of routing."""

from uuid import UUID

from peakend.kernel.db import Transaction
from peakend.kernel.jobs import deferred, every
from peakend.routing import actions


@deferred(alone=True)
async def match_queue(tx: Transaction) -> None:
    """Offer what waits to whoever is free."""
    await actions.match(tx)


@deferred(alone=True)
async def expire_offer(tx: Transaction, *, leg_id: UUID, offer: int) -> None:
    """Pass an unanswered offer on."""
    await actions.expire_offer(tx, leg_id=leg_id, offer=offer)


@deferred(alone=True)
async def return_transfer(tx: Transaction, *, leg_id: UUID, why: str = "nobody") -> None:
    """Bring a transfer back that nobody took."""
    await actions.return_transfer(tx, leg_id=leg_id, why=why)


@deferred(alone=True)
async def look_at_clock(tx: Transaction, *, conversation_id: UUID) -> None:
    """Say what is nearly due, or late."""
    await actions.follow_targets(tx, conversation_id=conversation_id)


@deferred(alone=True)
async def follow_targets(tx: Transaction, *, conversation_id: UUID) -> None:
    """Set a clock to what is promised now."""
    await actions.follow_targets(tx, conversation_id=conversation_id)


@deferred(alone=True)
async def follow_policies(tx: Transaction, *, after: UUID | None = None) -> None:
    """Set every running clock to what is promised now."""
    await actions.follow_policies(tx, after=after)


@every(seconds=5, alone=True)
async def look_who_left(tx: Transaction) -> None:
    """Notice agents whose tabs are all closed."""
    await actions.notice_who_left(tx)


@every(seconds=10, alone=True)
async def sweep(tx: Transaction) -> None:
    """Repair what a lost job left behind."""
    await actions.sweep(tx)
