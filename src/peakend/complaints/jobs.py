"""Timers of complaints."""

from uuid import UUID

from peakend.complaints import actions
from peakend.kernel.db import Transaction
from peakend.kernel.jobs import deferred


@deferred(alone=True)
async def look_at_complaint(tx: Transaction, *, complaint_id: UUID) -> None:
    """Warn of a complaint, or say that it is late."""
    await actions.look_at_complaint(tx, complaint_id=complaint_id)
