"""Routes of complaints, by noun."""

from typing import Any

from peakend.complaints.api import (
    authority,
    complaints,
    exceptions,
    improvements,
    schemes,
    settling,
    waits,
)

routes: list[Any] = [
    *exceptions.routes,
    *improvements.routes,
    *waits.routes,
    *schemes.routes,
    *authority.routes,
    *complaints.routes,
    *settling.routes,
]
