"""Routes of complaints, by noun."""

from typing import Any

from peakend.complaints.api import (
    authority,
    complaints,
    exceptions,
    grants,
    improvements,
    ledger,
    schemes,
    settling,
    waits,
)

routes: list[Any] = [
    *exceptions.routes,
    *improvements.routes,
    *waits.routes,
    *grants.routes,
    *ledger.routes,
    *schemes.routes,
    *authority.routes,
    *complaints.routes,
    *settling.routes,
]
