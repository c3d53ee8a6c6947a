"""The clock of a complaint: a timer only asks; the row as it is then decides."""

from datetime import datetime
from typing import Any
from uuid import UUID

from peakend.complaints import queries
from peakend.complaints.events import ComplaintOverdue, ComplaintWarned
from peakend.complaints.models import ComplaintRow
from peakend.complaints.rules.settling import standing
from peakend.kernel.db import Transaction
from peakend.kernel.events import record
from peakend.kernel.jobs import enqueue

_SAID = """
UPDATE complaint SET warned_at = coalesce(warned_at, $2),
    overdue_at = CASE WHEN $3 THEN $2 ELSE overdue_at END, version = version + 1
WHERE organisation_id = current_organisation() AND id = $1
"""


async def set_timer(tx: Transaction, complaint_id: UUID, at: datetime) -> None:
    """Have the clock of a complaint looked at."""
    await enqueue(
        tx,
        "complaints.look_at_complaint",
        run_at=max(at, tx.now),
        unique_key=str(complaint_id),
        complaint_id=complaint_id,
    )


async def look_at_complaint(tx: Transaction, *, complaint_id: UUID) -> None:
    """Say once that a quarter of the time is left, and once that it is over."""
    row = await queries.complaint_row(tx, complaint_id, lock=True)
    if row is None:
        return
    stands = standing(row.state, row.warn_at, row.due_at, tx.now)
    if stands == "none":
        return
    if stands == "overdue" and row.overdue_at is None:
        await tx.run(_SAID, row.id, tx.now, True)
        await record(
            tx,
            ComplaintOverdue(**told(row), tier=row.tier, due_at=row.due_at),
            occurred_at=row.due_at,
        )
    if stands == "warned" and row.warned_at is None:
        await tx.run(_SAID, row.id, tx.now, False)
        await record(
            tx,
            ComplaintWarned(**told(row), tier=row.tier, due_at=row.due_at),
            occurred_at=row.warn_at,
        )
    if stands != "overdue":
        await set_timer(tx, row.id, row.due_at if stands == "warned" else row.warn_at)


def told(row: ComplaintRow) -> dict[str, Any]:
    """Return what every fact of a complaint says."""
    return {
        "complaint_id": row.id,
        "case_id": row.case_id,
        "customer_id": row.customer_id,
        "conversation_id": row.conversation_id,
        "agent_id": row.owner_id,
    }
