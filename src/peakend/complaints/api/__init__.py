"""Routes of complaints, by noun."""

from typing import Any

from peakend.complaints.api import waits

routes: list[Any] = [*waits.routes]
