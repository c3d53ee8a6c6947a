"""Timers of conversations."""

from datetime import datetime
from uuid import UUID

from peakend.conversations import actions
from peakend.kernel.db import Transaction
from peakend.kernel.jobs import deferred


@deferred
async def wake_on_time(tx: Transaction, *, conversation_id: UUID, until: datetime) -> None:
    """Bring back what was put aside."""
    await actions.wake_on_time(tx, conversation_id=conversation_id, until=until)
