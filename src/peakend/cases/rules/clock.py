"""The clock of a case, in business time: when it is due, when it is near, when it is late.

Which time is open is given: the hours of the queue that the case came from, or any hour.
"""

from datetime import datetime, timedelta
from typing import Annotated, Protocol

import msgspec
from msgspec import Meta

from peakend.cases.rules.cases import CasePriority

HOUR_S = 3600
MOST_S = 365 * 24 * HOUR_S
# With so much of the time left it is warned of, where the house says nothing else.
WARN_PERCENT = 25

DueMinutes = Annotated[int, Meta(ge=5, le=60 * 24 * 90)]


class DueTimes(msgspec.Struct, frozen=True, kw_only=True):
    """How long a case may take by how urgent it is, and with how much left it is warned of.

    A new house has three working days, one, and half of one. Units: minutes of open time.
    """

    normal_minutes: DueMinutes = 24 * 60
    high_minutes: DueMinutes = 8 * 60
    urgent_minutes: DueMinutes = 4 * 60
    warn_percent: Annotated[int, Meta(ge=5, le=75)] = WARN_PERCENT

    def open_s(self, priority: CasePriority) -> int:
        """Return the seconds that a case of a priority may take."""
        minutes = {
            "normal": self.normal_minutes, "high": self.high_minutes, "urgent": self.urgent_minutes,
        }  # fmt: skip
        return 60 * minutes[priority]


def in_order(times: DueTimes) -> bool:
    """Say whether what is more urgent may take no longer."""
    return times.urgent_minutes <= times.high_minutes <= times.normal_minutes


class OpenTime(Protocol):
    """The time that counts."""

    def after(self, at: datetime, open_s: float) -> datetime:
        """Return when so many seconds of it have passed."""
        ...

    def between(self, start: datetime, end: datetime) -> float:
        """Return the seconds of it between two moments; 0 where the second is not later."""
        ...


class AnyTime:
    """Every hour counts: where no business hours are set."""

    def after(self, at: datetime, open_s: float) -> datetime:
        """Return the time on the wall so many seconds later."""
        return at + timedelta(seconds=open_s)

    def between(self, start: datetime, end: datetime) -> float:
        """Return the seconds between two moments."""
        return max(0.0, (end - start).total_seconds())


class Due(msgspec.Struct, frozen=True):
    """By when it is to be done, and from when on it is warned of."""

    due_at: datetime
    warn_at: datetime


def due(time: OpenTime, at: datetime, open_s: float, warn_percent: int = WARN_PERCENT) -> Due:
    """Return by when something begun at `at` is due, warned of with so much of it left."""
    return Due(time.after(at, open_s), time.after(at, open_s * (100 - warn_percent) / 100))


def due_by(time: OpenTime, at: datetime, due_at: datetime, warn_percent: int = WARN_PERCENT) -> Due:
    """Return the warning that goes with a time somebody chose."""
    left = time.between(at, due_at)
    return Due(due_at, min(due_at, time.after(at, left * (100 - warn_percent) / 100)))


def resumed(time: OpenTime, paused_at: datetime, now: datetime, was: Due) -> Due:
    """Return when it is due after its clock stood still; what was late already stays so."""
    if paused_at >= was.due_at:
        return was
    due_at = time.after(now, time.between(paused_at, was.due_at))
    if paused_at >= was.warn_at:
        return Due(due_at, min(now, due_at))
    return Due(due_at, min(due_at, time.after(now, time.between(paused_at, was.warn_at))))


def runs(state: str) -> bool:
    """Say whether the clock of a case in this state runs."""
    return state in ("open", "working")
