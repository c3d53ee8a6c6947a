"""Counts of a period: kept ones, ones counted anew from the log, and up to when they are true."""

from datetime import datetime, timedelta
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from peakend.accounts import queries as accounts
from peakend.insight.metrics import FOLDED
from peakend.insight.models import NO_QUEUE, IntervalRow
from peakend.insight.rules import COUNTED, Counts, increment
from peakend.kernel.db import Transaction

LATE = timedelta(minutes=10)

_COLUMNS = ", ".join(COUNTED)
_INTERVALS = f"""
SELECT interval_at, queue_id, {", ".join(f"sum({name})::bigint AS {name}" for name in COUNTED)}
FROM (
    SELECT interval_at, queue_id, {_COLUMNS} FROM metric_interval
    WHERE organisation_id = current_organisation() AND interval_at >= $1 AND interval_at < $2
    UNION ALL
    SELECT interval_at, queue_id, {_COLUMNS} FROM metric_part
    WHERE organisation_id = current_organisation() AND NOT merged
      AND interval_at >= $1 AND interval_at < $2
) counted
GROUP BY interval_at, queue_id
ORDER BY interval_at, queue_id
"""  # noqa: S608 (names of columns only)


class LoggedFact(msgspec.Struct, frozen=True):
    """A fact that a measure counts."""

    id: UUID
    type: str
    occurred_at: datetime
    conversation_id: UUID | None
    leg_id: UUID | None
    agent_id: UUID | None
    queue_id: UUID | None
    payload: dict[str, Any]


async def day_of(tx: Transaction, at: datetime) -> tuple[datetime, datetime]:
    """Return the beginning of the organisation's day around a moment, and of the next."""
    zone = ZoneInfo((await accounts.organisation(tx)).time_zone)
    start = at.astimezone(zone).replace(hour=0, minute=0, second=0, microsecond=0)
    return start, (start + timedelta(hours=36)).replace(hour=0)


async def intervals(tx: Transaction, start: datetime, end: datetime) -> list[IntervalRow]:
    """Return the counts of each queue and quarter of an hour in a period."""
    return await tx.all(IntervalRow, _INTERVALS, start, end)


async def watermark(tx: Transaction) -> datetime:
    """Return up to when everything that happened is counted."""
    late: datetime | None = await tx.value(
        """
        SELECT min(e.recorded_at) FROM event e
        WHERE e.organisation_id = current_organisation()
          AND e.type = ANY($1::text[])
          AND e.occurred_at > $2
          AND (e.payload->>'live' = 'true' OR e.type = 'ConversationClosed'
               AND e.payload->>'from_state' IN ('digital', 'serving'))
          AND NOT EXISTS (SELECT FROM metric_part p
                          WHERE p.organisation_id = e.organisation_id AND p.fact_id = e.id)
        """,
        list(FOLDED),
        tx.now - LATE,
    )
    return late or tx.now


async def recounted(
    tx: Transaction, start: datetime, end: datetime
) -> dict[tuple[datetime, UUID], Counts]:
    """Return the counts of a period, counted anew from the log."""
    facts = await tx.all(
        LoggedFact,
        """
        SELECT id, type, occurred_at, conversation_id, leg_id, agent_id, queue_id, payload
        FROM event
        WHERE organisation_id = current_organisation()
          AND type = ANY($1::text[])
          AND occurred_at >= $2 AND occurred_at < $3
        """,
        list(FOLDED),
        start,
        # A leg counts where it entered; who waited longest may have been answered a day later.
        end + timedelta(days=2),
    )
    found: dict[tuple[datetime, UUID], Counts] = {}
    for fact in facts:
        added = increment(fact.type, fact.occurred_at, fact.queue_id, fact.payload)
        if added is not None and start <= added.interval_at < end:
            place = (added.interval_at, added.queue_id or NO_QUEUE)
            found[place] = found.get(place, Counts()) + added.counts
    return found
