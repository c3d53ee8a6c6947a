"""Timers of the digital agent, and rounds of looking after conversations."""

from uuid import UUID

from peakend.assist import actions
from peakend.kernel.db import Transaction
from peakend.kernel.jobs import deferred, every


@deferred
async def close_silent(
    tx: Transaction, *, conversation_id: UUID, seq: int, solved: bool | None = None
) -> None:
    """End what nobody goes on with."""
    await actions.close_silent(tx, conversation_id=conversation_id, seq=seq, solved=solved)


@deferred(alone=True)
async def look_at(tx: Transaction, *, conversation_id: UUID) -> None:
    """Work out whether somebody should look at a conversation."""
    await actions.look_at(tx, conversation_id=conversation_id)


@deferred(alone=True)
async def look_in_time(tx: Transaction, *, conversation_id: UUID) -> None:
    """Look again when time alone may have made it worse."""
    await actions.look_at(tx, conversation_id=conversation_id)


@every(seconds=10)
async def look_around(tx: Transaction, *, after: UUID | None = None) -> None:
    """Look again where something changed, and where a customer has waited long."""
    await actions.look_around(tx, after=after)


@deferred
async def warn_late(tx: Transaction, *, approval_id: UUID) -> None:
    """Say that a reply has waited too long for a senior."""
    await actions.warn_late(tx, approval_id=approval_id)
