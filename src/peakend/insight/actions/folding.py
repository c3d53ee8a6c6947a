"""Folding facts into counts, each once, and checking the counts against the log."""

from datetime import datetime, timedelta
from uuid import UUID

from peakend.insight.models import NO_QUEUE
from peakend.insight.queries import intervals, recounted
from peakend.insight.rules import COUNTED, Counts, Increment, increment
from peakend.kernel.db import Transaction
from peakend.kernel.events import Envelope
from peakend.kernel.ids import new_id

KEPT = timedelta(days=8)
"""For so long a fact is remembered as counted; jobs are dead long before."""

_COLUMNS = ", ".join(COUNTED)
_FOLD = f"""
INSERT INTO metric_part (fact_id, interval_at, queue_id, {_COLUMNS})
VALUES ($1, $2, $3, {", ".join(f"${n}" for n in range(4, 4 + len(COUNTED)))})
ON CONFLICT DO NOTHING
"""  # noqa: S608 (names of columns only)
_ADD_UP = f"""
WITH fresh AS (
    UPDATE metric_part SET merged = true
    WHERE organisation_id = current_organisation() AND NOT merged
    RETURNING interval_at, queue_id, {_COLUMNS}
)
INSERT INTO metric_interval AS m (interval_at, queue_id, {_COLUMNS})
SELECT interval_at, queue_id, {", ".join(f"sum({name})" for name in COUNTED)}
FROM fresh
GROUP BY interval_at, queue_id
ON CONFLICT (organisation_id, interval_at, queue_id) DO UPDATE
SET {", ".join(f"{name} = m.{name} + excluded.{name}" for name in COUNTED)}
"""  # noqa: S608 (names of columns only)


async def fold(tx: Transaction, fact: Envelope) -> bool:
    """Add a fact to the counts, once however often it comes; say whether it was new."""
    added = increment(fact.type, fact.occurred_at, fact.queue_id, fact.payload)
    if added is None:
        return False
    return bool(await tx.run(_FOLD, fact.id, *_row(added)))


def _row(added: Increment) -> tuple[object, ...]:
    counts = (getattr(added.counts, name) for name in COUNTED)
    return (added.interval_at, added.queue_id or NO_QUEUE, *counts)


async def add_up(tx: Transaction) -> int:
    """Add fresh parts to the sums and return how many sums changed; boards read both."""
    return await tx.run(_ADD_UP)


async def forget_old(tx: Transaction) -> int:
    """Forget which facts of long ago were counted; their counts stay."""
    return await tx.run(
        "DELETE FROM metric_part"
        " WHERE organisation_id = current_organisation() AND merged AND fact_id < $1",
        new_id(tx.now - KEPT),
    )


async def differences(
    tx: Transaction, start: datetime, end: datetime
) -> dict[tuple[datetime, UUID], tuple[Counts, Counts]]:
    """Return where the counts differ from the log counted anew: (kept, counted anew)."""
    kept = {(row.interval_at, row.queue_id): row.counts for row in await intervals(tx, start, end)}
    anew = await recounted(tx, start, end)
    empty = Counts()
    return {
        place: (kept.get(place, empty), anew.get(place, empty))
        for place in kept.keys() | anew.keys()
        if kept.get(place, empty) != anew.get(place, empty)
    }
