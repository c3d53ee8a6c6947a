"""Routes of cases, by noun."""

from typing import Any

from peakend.cases.api import (
    approvals,
    cases,
    departments,
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
    *steps.routes,
    *guests.routes,
]
