"""Routes of complaints, by noun."""

from typing import Any

from peakend.complaints.api import exceptions, improvements, waits

routes: list[Any] = [*exceptions.routes, *improvements.routes, *waits.routes]
