"""The effect of an overflow before it is saved, from the log: now, and over the last days."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from peakend.kernel.db import Transaction
from peakend.routing import queries as routing


class OverflowPreview(msgspec.Struct, frozen=True):
    """What an overflow does to those who wait now, and would have done to those of before."""

    now: routing.OverNow
    before: routing.OverBefore


class _Change(msgspec.Struct, frozen=True):
    agent_id: UUID
    at: datetime
    state: str
    was: str
    was_s: float


async def overflow_preview(
    tx: Transaction, queue_id: UUID, rings: routing.Rings
) -> OverflowPreview:
    """Return what would become of a queue's work with other rings. Errors: QueueNotFound."""
    await routing.need_queue(tx, queue_id)
    staff = await routing.helpers_of(tx, rings.overflow_queue_id)
    return OverflowPreview(
        now=await routing.over_now(tx, queue_id, rings),
        before=await routing.over_before(
            tx, queue_id, rings, await _comings(tx, [seat.agent_id for seat in staff])
        ),
    )


async def _comings(tx: Transaction, agent_ids: list[UUID]) -> list[routing.Coming]:
    """Return when agents came and left, as the log has it, oldest first."""
    rows = await tx.all(
        _Change,
        """
        SELECT agent_id, occurred_at AS at, payload->>'state' AS state, payload->>'was' AS was,
               (payload->>'was_s')::float8 AS was_s
        FROM event
        WHERE organisation_id = current_organisation()
          AND type = 'PresenceChanged'
          AND occurred_at >= $1
          AND agent_id = ANY($2::uuid[])
        ORDER BY occurred_at, id LIMIT 20000
        """,
        tx.now - timedelta(days=routing.REPLAYED_DAYS),
        agent_ids,
    )
    found: list[routing.Coming] = []
    known: set[UUID] = set()
    for row in rows:
        if row.agent_id not in known and row.was == "ready":
            found.append(routing.Coming(row.agent_id, row.at - timedelta(seconds=row.was_s), True))
        known.add(row.agent_id)
        found.append(routing.Coming(row.agent_id, row.at, row.state == "ready"))
    return sorted(found, key=lambda one: one.at)
