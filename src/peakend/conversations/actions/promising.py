"""By when the customer must hear from us: decided above, kept here so that lists can sort by it."""

from uuid import UUID

from peakend.conversations.events import DueSet
from peakend.conversations.rules.states import Due
from peakend.kernel.db import Transaction
from peakend.kernel.events import record

_SET = """
INSERT INTO conversation_due AS d (conversation_id, target, due_at, warn_at)
VALUES ($1, $2, $3, $4)
ON CONFLICT (organisation_id, conversation_id) DO UPDATE
SET target = excluded.target, due_at = excluded.due_at, warn_at = excluded.warn_at
WHERE (d.target, d.due_at, d.warn_at)
    IS DISTINCT FROM (excluded.target, excluded.due_at, excluded.warn_at)
"""
_DROP = """
DELETE FROM conversation_due
WHERE organisation_id = current_organisation() AND conversation_id = $1
"""


async def set_due(
    tx: Transaction, *, conversation_id: UUID, due: Due | None, stopped: bool = False
) -> None:
    """Let a clock run to a moment, or none; `stopped` says that who reads the row sees why."""
    if due is not None:
        changed = await tx.run(_SET, conversation_id, due.target, due.due_at, due.warn_at)
    else:
        changed = await tx.run(_DROP, conversation_id)
    if changed and not stopped:
        await record(
            tx,
            DueSet(
                conversation_id=conversation_id,
                target=due.target if due else None,
                due_at=due.due_at if due else None,
            ),
        )
