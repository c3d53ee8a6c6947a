"""Promises of an answer that the house made by itself are kept by the answer; nobody ticks them."""

from typing import Any

from peakend.cases.events.promises import PromiseKept
from peakend.cases.models.promises import PROMISE_COLUMNS, PromiseRow
from peakend.conversations.queries import answered_at
from peakend.kernel.db import Transaction
from peakend.kernel.events import record

_OPEN = f"""
SELECT {PROMISE_COLUMNS} FROM promise p
WHERE p.organisation_id = current_organisation() AND p.state = 'open' AND p.made_by IS NULL
  AND p.kind = 'call_back' AND p.conversation_id IS NOT NULL
  AND (p.due_at <= $1 OR (p.warned_at IS NULL AND p.warn_at <= $1))
ORDER BY p.due_at, p.id LIMIT $2
FOR NO KEY UPDATE
"""  # noqa: S608 (names of columns only)
_KEPT = """
UPDATE promise SET state = 'kept', settled_at = $2, settled_by = $3, version = version + 1
WHERE organisation_id = current_organisation() AND id = $1
"""


async def keep_answered(tx: Transaction, *, most: int) -> None:
    """Settle the promised answers that were given in time, before anybody is warned of them."""
    for row in await tx.all(PromiseRow, _OPEN, tx.now, most):
        assert row.conversation_id is not None
        found = await answered_at(tx, row.conversation_id, since=row.made_at)
        if found is None or found.at > row.due_at:
            continue
        await tx.run(_KEPT, row.id, found.at, found.by_id)
        await record(tx, PromiseKept(**told_of(row), in_time=True), occurred_at=found.at)


def told_of(row: PromiseRow) -> dict[str, Any]:
    """Return what every fact of a promise says."""
    return {
        "promise_id": row.id,
        "customer_id": row.customer_id,
        "conversation_id": row.conversation_id,
        "case_id": row.case_id,
        "agent_id": row.owner_id,
        "kind": row.kind,
    }
