"""How long the steps of templates take."""

from datetime import timedelta
from uuid import UUID

import msgspec

from peakend.kernel.db import Transaction

_TIMES = """
SELECT s.template_id, s.key, min(s.title_zh) AS title_zh, min(s.title_en) AS title_en,
       count(*) AS done,
       count(*) FILTER (WHERE s.over_at <= s.due_at) AS in_time,
       percentile_cont(0.5) WITHIN GROUP (
           ORDER BY extract(epoch FROM s.taken_at - s.ready_at))::float8 AS waited_s,
       percentile_cont(0.5) WITHIN GROUP (
           ORDER BY extract(epoch FROM s.over_at - s.taken_at))::float8 AS worked_s,
       sum(s.returned) AS returned, max(s.due_minutes) AS due_minutes
FROM case_step s
WHERE s.organisation_id = current_organisation() AND s.state = 'done' AND s.over_at > $1
  AND s.template_id IS NOT NULL
GROUP BY s.template_id, s.key ORDER BY s.template_id, min(s.position) LIMIT 500
"""


class StepTimes(msgspec.Struct, frozen=True, kw_only=True):
    """How long a step of a template takes. Units: seconds, the middle of all. `waited_s` from ready
    to taken, `worked_s` from there to done; None where nobody took it first."""

    template_id: UUID
    key: str
    title_zh: str
    title_en: str
    done: int
    in_time: int
    waited_s: float | None
    worked_s: float | None
    returned: int
    due_minutes: int


async def step_times(tx: Transaction, days: int) -> list[StepTimes]:
    """Return how long the steps of templates took that were done in so many days."""
    return await tx.all(StepTimes, _TIMES, tx.now - timedelta(days=days))
