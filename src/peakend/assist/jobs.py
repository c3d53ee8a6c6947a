"""Timers of the digital agent."""

from uuid import UUID

from peakend.assist import actions
from peakend.kernel.db import Transaction
from peakend.kernel.jobs import deferred


@deferred
async def close_silent(
    tx: Transaction, *, conversation_id: UUID, seq: int, solved: bool | None = None
) -> None:
    """End what nobody goes on with."""
    await actions.close_silent(tx, conversation_id=conversation_id, seq=seq, solved=solved)
