"""Routes of complaints, by noun."""

from typing import Any

from peakend.complaints.api import authority, exceptions, improvements, schemes, waits

routes: list[Any] = [
    *exceptions.routes,
    *improvements.routes,
    *waits.routes,
    *schemes.routes,
    *authority.routes,
]
