"""Routes of cases, by noun."""

from typing import Any

from peakend.cases.api import (
    approvals,
    cases,
    departments,
    due_times,
    entries,
    guests,
    progress,
    promises,
    steps,
)

routes: list[Any] = [
    *cases.routes,
    *entries.routes,
    *approvals.routes,
    *promises.routes,
    *progress.routes,
    *departments.routes,
    *due_times.routes,
    *steps.routes,
    *guests.routes,
]
