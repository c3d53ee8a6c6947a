"""Where an agent is, and where the agent goes when tabs close or offers are missed."""

from datetime import datetime, timedelta
from typing import Literal

from peakend.routing.rules.choice import MISSES_UNTIL_BREAK

State = Literal["ready", "wrap_up", "break", "offline"]
Shown = Literal["ready", "busy", "wrap_up", "break", "offline"]

GONE_AFTER = timedelta(seconds=30)
NOT_ANSWERING = "not_answering"
TABS_CLOSED = "tabs_closed"


def shown(state: State, load: int, capacity: int) -> Shown:
    """Return the state people see: a ready agent with full hands is busy."""
    return "busy" if state == "ready" and load >= capacity else state


def has_gone(state: State, missing_since: datetime | None, now: datetime) -> bool:
    """Return whether every tab has been closed for so long that the agent counts as gone."""
    return state != "offline" and missing_since is not None and now - missing_since >= GONE_AFTER


def after_miss(misses: int) -> tuple[State, str] | None:
    """Return where an agent goes who missed this many offers in a row; None to stay."""
    return ("break", NOT_ANSWERING) if misses >= MISSES_UNTIL_BREAK else None
