"""Timers of complaints."""

from uuid import UUID

from peakend.complaints import actions
from peakend.kernel.db import Transaction
from peakend.kernel.jobs import deferred


@deferred(alone=True)
async def look_at_complaint(tx: Transaction, *, complaint_id: UUID) -> None:
    """Warn of a complaint, or say that it is late."""
    await actions.look_at_complaint(tx, complaint_id=complaint_id)


@deferred
async def lapse_compensation(tx: Transaction, *, grant_id: UUID) -> None:
    """End an offer that nobody answered."""
    await actions.lapse(tx, grant_id=grant_id)


@deferred
async def expire_compensation(tx: Transaction, *, grant_id: UUID) -> None:
    """End what was not used in time."""
    await actions.expire(tx, grant_id=grant_id)


@deferred
async def crisis_step_due(tx: Transaction, *, step_id: UUID) -> None:
    """Say that a step of a crisis was not done in time."""
    await actions.tell_step_due(tx, step_id=step_id)
