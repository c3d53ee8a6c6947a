"""Timers of conversations."""

from datetime import datetime
from uuid import UUID

from peakend.conversations import actions
from peakend.kernel.db import Transaction
from peakend.kernel.jobs import deferred, every


@deferred
async def wake_on_time(tx: Transaction, *, conversation_id: UUID, until: datetime) -> None:
    """Bring back what was put aside."""
    await actions.wake_on_time(tx, conversation_id=conversation_id, until=until)


@every(seconds=60)
async def forget_visitors(tx: Transaction) -> None:
    """Forget who is no longer on the site."""
    await actions.forget_visitors(tx)


@every(seconds=600)
async def sweep_codes(tx: Transaction) -> None:
    """Forget codes that are over."""
    await actions.sweep_codes(tx)


@every(seconds=60)
async def expire_invitations(tx: Transaction) -> None:
    """End invitations that nobody answered."""
    await actions.expire_invitations(tx)
