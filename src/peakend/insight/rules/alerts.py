"""Alerts with hysteresis: two thresholds and a time to hold, so that none of them flutters.

A measure has to stay beyond the threshold of its rule for the whole holding time before the alert
is raised, and as long on the good side of the other threshold before it is cleared. Between the
two it stays as it is. Two changes of an alert are therefore never nearer than the holding time,
and never without the measure crossing from one threshold to the other.
"""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

Measure = Literal[
    "waiting", "longest_s", "service_level", "service_level_high", "abandonment", "agents_ready"
]
Turn = Literal["raised", "cleared"]

FALLING: frozenset[str] = frozenset({"service_level", "agents_ready"})
"""Of these a small value is bad, of all others a large one."""
SHARES: frozenset[str] = frozenset({"service_level", "service_level_high", "abandonment"})
ENOUGH = 10
"""Of fewer contacts a share says nothing."""
RECENT = timedelta(hours=1)
"""Shares are those of the last hour, by whole quarters."""


@dataclass(frozen=True, kw_only=True)
class Thresholds:
    """Where an alert begins and where it ends. Units: shares 0–1, seconds, people."""

    measure: str
    raise_at: float
    clear_at: float
    hold_s: int


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Where an alert stands: raised or not, and since when the measure points to the other."""

    raised: bool = False
    turning_since: datetime | None = None


def sensible(rule: Thresholds) -> bool:
    """Say whether the thresholds lie apart, the bad one on the bad side."""
    if rule.measure in SHARES and not (0 <= rule.raise_at <= 1 and 0 <= rule.clear_at <= 1):
        return False
    if rule.measure in FALLING:
        return 0 <= rule.raise_at < rule.clear_at
    return 0 <= rule.clear_at < rule.raise_at


def is_bad(rule: Thresholds, value: float | None) -> bool:
    """Say whether a measure is beyond the threshold that raises; nothing measured is not bad."""
    if value is None:
        return False
    return value <= rule.raise_at if rule.measure in FALLING else value >= rule.raise_at


def is_good(rule: Thresholds, value: float | None) -> bool:
    """Say whether a measure is on the good side of the threshold that clears, or is not there."""
    if value is None:
        return True
    return value >= rule.clear_at if rule.measure in FALLING else value <= rule.clear_at


def step(
    rule: Thresholds, standing: Standing, value: float | None, now: datetime
) -> tuple[Standing, Turn | None]:
    """Return where an alert stands after a look at its measure, and whether it turned."""
    turning = is_good(rule, value) if standing.raised else is_bad(rule, value)
    if not turning:
        return Standing(raised=standing.raised), None
    since = standing.turning_since or now
    if (now - since).total_seconds() < rule.hold_s:
        return Standing(raised=standing.raised, turning_since=since), None
    return Standing(raised=not standing.raised), "cleared" if standing.raised else "raised"
