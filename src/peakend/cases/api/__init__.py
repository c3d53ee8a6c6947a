"""Routes of cases, by noun."""

from typing import Any

from peakend.cases.api import approvals, cases, entries, progress, promises

routes: list[Any] = [
    *cases.routes,
    *entries.routes,
    *approvals.routes,
    *promises.routes,
    *progress.routes,
]
