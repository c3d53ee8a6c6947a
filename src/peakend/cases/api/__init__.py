"""Routes of cases, by noun."""

from typing import Any

from peakend.cases.api import approvals

routes: list[Any] = [*approvals.routes]
