"""The clock of a case, in business time: when it is due, when a quarter is left, when it is late.

Which time is open is given: the hours of the queue that the case came from, or any hour.
"""

from datetime import datetime, timedelta
from typing import Protocol

import msgspec

HOUR_S = 3600
# By how urgent it is; three working days, one, half of one.
USUAL_S = {"normal": 24 * HOUR_S, "high": 8 * HOUR_S, "urgent": 4 * HOUR_S}
WARNED_SHARE = 0.75
MOST_S = 365 * 24 * HOUR_S


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


def due(time: OpenTime, at: datetime, open_s: float) -> Due:
    """Return by when something begun at `at` is due."""
    return Due(time.after(at, open_s), time.after(at, open_s * WARNED_SHARE))


def due_by(time: OpenTime, at: datetime, due_at: datetime) -> Due:
    """Return the warning that goes with a time somebody chose."""
    left = time.between(at, due_at)
    return Due(due_at, min(due_at, time.after(at, left * WARNED_SHARE)))


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
