"""What customers were told about their wait, held against what it became."""

from datetime import timedelta
from uuid import UUID

import msgspec

from peakend.kernel.db import Transaction

# Legs are gathered first: in the order of their queues they would be fetched row by row, for which
# the index that holds all that is counted here is passed over.
_HELD = """
WITH leg AS MATERIALIZED (
    SELECT queue_id, state, told_low_s, told_high_s,
           extract(epoch FROM answered_at - entered_at)::float8 AS real_s
    FROM work_item
    WHERE organisation_id = current_organisation()
      AND told_high_s IS NOT NULL
      AND entered_at >= $1
      AND (answered_at IS NOT NULL OR state = 'abandoned')
)
SELECT told.queue_id, q.name, answered, abandoned, within_low, within_high, told_low_s, told_high_s,
       real_s[1] AS real_p50_s, real_s[2] AS real_p80_s, bias_s
FROM (
    SELECT queue_id,
           count(real_s) AS answered,
           count(*) FILTER (WHERE state = 'abandoned') AS abandoned,
           count(*) FILTER (WHERE real_s <= told_low_s) AS within_low,
           count(*) FILTER (WHERE real_s <= told_high_s) AS within_high,
           avg(told_low_s) FILTER (WHERE real_s IS NOT NULL)::float8 AS told_low_s,
           avg(told_high_s) FILTER (WHERE real_s IS NOT NULL)::float8 AS told_high_s,
           percentile_cont(ARRAY[0.5, 0.8]) WITHIN GROUP (ORDER BY real_s) AS real_s,
           avg(real_s - told_low_s)::float8 AS bias_s
    FROM leg
    GROUP BY queue_id
) told
LEFT JOIN queue q ON q.organisation_id = current_organisation() AND q.id = told.queue_id
ORDER BY answered DESC, q.name
"""


class AnnouncedWaits(msgspec.Struct, frozen=True, kw_only=True):
    """How well the announced waits of a queue held.

    Units: seconds; `bias_s` is the real wait minus the lower end of the range, on average.
    Counts: who was told a range and was answered; who left before are counted apart.
    Source: measures 3.1, the range is the expected p50 to p80.
    """

    queue_id: UUID | None
    name: str | None
    answered: int
    abandoned: int
    within_low: int
    within_high: int
    told_low_s: float | None
    told_high_s: float | None
    real_p50_s: float | None
    real_p80_s: float | None
    bias_s: float | None


async def announced_waits(tx: Transaction, *, days: int) -> list[AnnouncedWaits]:
    """Return for each queue how its announced waits held in the last days, most answered first."""
    return await tx.all(AnnouncedWaits, _HELD, tx.now - timedelta(days=days))
