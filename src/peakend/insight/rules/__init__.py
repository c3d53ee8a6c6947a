"""Arithmetic of measures: service levels, abandonment, shares and their intervals.

Ratios are sums over sums; with nothing below the line there is no value. Comparison with a
threshold is ≤: twenty seconds are within twenty seconds.
"""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, fields
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

INTERVAL = timedelta(minutes=15)
SHORT_S = 5.0
"""Whoever leaves within this many seconds left before waiting began."""
NORMAL_95 = 1.959963984540054

FLOOR, LOW, HIGH, WARN = 0.80, 0.85, 0.90, 0.95
"""Guard rails of the service level: floor, sensible range, and where more people hardly help."""

Rail = Literal["none", "missed", "near", "met", "costly"]
Formula = Literal[
    "sla.abn_good",
    "sla.answered",
    "sla.offered",
    "sla.excl_within",
    "sla.short_good",
    "sla.excl_short",
]


@dataclass(frozen=True, kw_only=True)
class Counts:
    """What is counted of an interval; waits in whole milliseconds, so that sums are exact."""

    entered: int = 0
    answered: int = 0
    answered_within: int = 0
    abandoned: int = 0
    abandoned_within: int = 0
    abandoned_short: int = 0
    answered_wait_ms: int = 0
    ended: int = 0
    ended_digital: int = 0

    def __add__(self, other: "Counts") -> "Counts":
        return Counts(
            **{f.name: getattr(self, f.name) + getattr(other, f.name) for f in fields(self)}
        )

    @property
    def offered(self) -> int:
        """Return how many were answered or left: those whose waiting is over."""
        return self.answered + self.abandoned


COUNTED = tuple(field.name for field in fields(Counts))


@dataclass(frozen=True)
class Estimate:
    """A value with its number of cases and its 95 % interval; None where nothing was counted."""

    value: float | None
    n: int
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Increment:
    """What one fact adds, and where: a queue (None for all together) and an interval."""

    queue_id: UUID | None
    interval_at: datetime
    counts: Counts


def share(part: int, whole: int) -> Estimate:
    """Return a share with its Wilson interval."""
    if whole <= 0:
        return Estimate(None, 0, None, None)
    low, high = wilson(part, whole)
    return Estimate(part / whole, whole, low, high)


def wilson(part: int, whole: int, z: float = NORMAL_95) -> tuple[float, float]:
    """Return the score interval of a share. Source: Wilson 1927; measures 1.1 and 2.6."""
    p = part / whole
    middle = p + z * z / (2 * whole)
    reach = z * math.sqrt(p * (1 - p) / whole + z * z / (4 * whole * whole))
    scale = 1 + z * z / whole
    return max(0.0, (middle - reach) / scale), min(1.0, (middle + reach) / scale)


def service_level(counts: Counts, formula: Formula = "sla.offered") -> Estimate:
    """Return the service level by one of six formulas. Source: measures 1.1, F1 to F6."""
    a, b = counts.answered, counts.abandoned
    good, whole = {
        "sla.abn_good": (counts.answered_within + counts.abandoned_within, a + b),
        "sla.answered": (counts.answered_within, a),
        "sla.offered": (counts.answered_within, a + b),
        "sla.excl_within": (counts.answered_within, a + b - counts.abandoned_within),
        "sla.short_good": (counts.answered_within + counts.abandoned_short, a + b),
        "sla.excl_short": (counts.answered_within, a + b - counts.abandoned_short),
    }[formula]
    return share(good, whole)


def abandonment(counts: Counts, *, exclude_short: bool = False) -> Estimate:
    """Return the share of those who left while waiting. Source: measures 1.3."""
    short = counts.abandoned_short if exclude_short else 0
    return share(counts.abandoned - short, counts.offered - short)


def digital_share(counts: Counts) -> Estimate:
    """Return the share of ended contacts that the digital agent held to the end."""
    return share(counts.ended_digital, counts.ended)


def answer_wait_s(counts: Counts) -> float | None:
    """Return the average wait of those who were answered (ASA). Units: seconds."""
    return counts.answered_wait_ms / 1000 / counts.answered if counts.answered else None


def of_answered(wait_s: float, target_s: float) -> Counts:
    """Return what an answered leg counts."""
    return Counts(
        answered=1,
        answered_within=int(wait_s <= target_s),
        answered_wait_ms=round(wait_s * 1000),
    )


def of_abandoned(wait_s: float, target_s: float, short_s: float = SHORT_S) -> Counts:
    """Return what an abandoned leg counts."""
    return Counts(
        abandoned=1,
        abandoned_within=int(wait_s <= target_s),
        abandoned_short=int(wait_s <= short_s),
    )


def total(parts: Iterable[Counts]) -> Counts:
    """Return the sum."""
    found = Counts()
    for part in parts:
        found += part
    return found


def interval_of(at: datetime) -> datetime:
    """Return the beginning of the quarter of an hour in which a moment lies."""
    return at - timedelta(minutes=at.minute % 15, seconds=at.second, microseconds=at.microsecond)


def increment(
    kind: str, occurred_at: datetime, queue_id: UUID | None, payload: Mapping[str, Any]
) -> Increment | None:
    """Return what a fact of the log adds to the measures, None if nothing.

    A leg counts in the interval in which it entered its queue; work that came outside hours was
    not offered and counts nowhere. An undone closing takes back what the closing counted.
    """
    if kind in ("WorkQueued", "WorkAnswered", "WorkAbandoned") and not payload["live"]:
        return None
    if kind == "WorkQueued":
        return Increment(queue_id, interval_of(occurred_at), Counts(entered=1))
    if kind in ("WorkAnswered", "WorkAbandoned"):
        wait_s, target_s = payload["wait_s"], payload["target_s"]
        counts = (of_answered if kind == "WorkAnswered" else of_abandoned)(wait_s, target_s)
        return Increment(queue_id, interval_of(occurred_at - timedelta(seconds=wait_s)), counts)
    if kind == "ConversationClosed" and payload["from_state"] in ("digital", "serving"):
        digital = int(payload["from_state"] == "digital")
        return Increment(queue_id, interval_of(occurred_at), Counts(ended=1, ended_digital=digital))
    if kind == "ConversationReopened" and payload["undo"]:
        if payload["state"] not in ("digital", "serving"):
            return None
        digital = int(payload["state"] == "digital")
        return Increment(
            queue_id, interval_of(occurred_at), Counts(ended=-1, ended_digital=-digital)
        )
    return None


def guard_rail(level: float | None) -> Rail:
    """Return how a service level is to be read against the guard rails."""
    if level is None:
        return "none"
    if level < FLOOR:
        return "missed"
    if level < LOW:
        return "near"
    return "costly" if level > WARN else "met"
