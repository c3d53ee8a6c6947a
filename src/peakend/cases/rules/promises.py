"""When a promise has to be warned of, which moments are offered, and how many were kept."""

from collections.abc import Iterator, Sequence
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

PromiseKind = Literal["follow_up", "call_back", "visit", "other"]
PromiseState = Literal["open", "kept", "broken", "withdrawn"]
Standing = Literal["open", "soon", "late"]
When = Literal["half_hour", "two_hours", "today", "tomorrow_morning", "tomorrow", "three_days"]

LONGEST_PROMISE = 500
SOONEST = timedelta(minutes=1)
FARTHEST = timedelta(days=180)
# How long before its end somebody is told: a quarter of the time there is, within these bounds.
WARN_SHARE = 0.25
LEAST_LEAD, MOST_LEAD = timedelta(minutes=5), timedelta(hours=2)
# What is promised for "today" must leave some time to do it.
LEAST_LEFT = timedelta(minutes=15)
DAY_ENDS, MORNING_ENDS = time(18), time(12)

Span = tuple[datetime, datetime]
Spans = Sequence[Span] | None
"""Open time in order, as moments; None where a house is always open."""


class Preset(msgspec.Struct, frozen=True):
    """A moment that is offered for a promise, under its usual name."""

    key: When
    due_at: datetime


def fits(due_at: datetime, now: datetime) -> bool:
    """Return whether something can be promised for a moment."""
    return SOONEST <= due_at - now <= FARTHEST


def warn_at(made_at: datetime, due_at: datetime, spans: Spans = None) -> datetime:
    """Return when whoever promised is warned: with a quarter of the open time left.

    Units: never less than five minutes before the end nor more than two hours of open time, and
    never before half of the time. Where nobody is there in between, time by the clock counts.
    """
    whole = _between(spans, made_at, due_at)
    if whole < LEAST_LEAD:
        spans, whole = None, due_at - made_at
    lead = min(max(whole * WARN_SHARE, LEAST_LEAD), MOST_LEAD, whole / 2)
    return _after(spans, made_at, due_at, whole - lead)


def standing(warn: datetime, due_at: datetime, now: datetime) -> Standing:
    """Return how an open promise stands."""
    if now >= due_at:
        return "late"
    return "soon" if now >= warn else "open"


def presets(now: datetime, zone: str, spans: Spans = None) -> list[Preset]:
    """Return the moments that are offered now; what is over, or the same again, is left out.

    A day is a day on which somebody is there: "tomorrow" is the next one that has open time.
    """
    here = ZoneInfo(zone)
    today = now.astimezone(here).date()
    offered: list[tuple[When, datetime | None]] = [
        ("half_hour", now + timedelta(minutes=30)),
        ("two_hours", now + timedelta(hours=2)),
        ("today", _end_of(today, here, spans)),
    ]
    ahead = _days_after(today, here, spans)
    tomorrow = next(ahead, None)
    if tomorrow is not None:
        offered.append(("tomorrow_morning", _morning_of(tomorrow, here, spans)))
        offered.append(("tomorrow", _end_of(tomorrow, here, spans)))
        next(ahead, None)
        third = next(ahead, None)
        offered.append(("three_days", _end_of(third, here, spans) if third else None))
    found: list[Preset] = []
    for key, at in offered:
        if at is None or at - now < LEAST_LEFT or any(one.due_at == at for one in found):
            continue
        found.append(Preset(key, at))
    return found


def kept_share(kept: int, broken: int) -> float | None:
    """Return the share of promises kept in time, of those that were due; None where none was.

    Counts: withdrawn ones and those still open are in neither number.
    """
    return kept / (kept + broken) if kept + broken else None


def _between(spans: Spans, start: datetime, end: datetime) -> timedelta:
    if spans is None:
        return end - start
    return sum(
        (max(min(close, end) - max(begin, start), timedelta()) for begin, close in spans),
        timedelta(),
    )


def _after(spans: Spans, start: datetime, end: datetime, passed: timedelta) -> datetime:
    """Return when so much open time has passed since `start`; `end` where it never does."""
    if spans is None:
        return start + passed
    for begin, close in spans:
        low, high = max(begin, start), min(close, end)
        if high <= low:
            continue
        if passed <= high - low:
            return low + passed
        passed -= high - low
    return end


def _of_day(day: date, zone: ZoneInfo, spans: Spans) -> list[Span]:
    low = datetime.combine(day, time(), zone)
    high = datetime.combine(day + timedelta(days=1), time(), zone)
    return [
        (max(begin, low), min(close, high))
        for begin, close in spans or ()
        if begin < high and close > low
    ]


def _end_of(day: date, zone: ZoneInfo, spans: Spans) -> datetime | None:
    """Return when a day's work ends; six in the evening in a house that is always open."""
    if spans is None:
        return datetime.combine(day, DAY_ENDS, zone)
    own = _of_day(day, zone, spans)
    return own[-1][1].astimezone(zone) if own else None


def _morning_of(day: date, zone: ZoneInfo, spans: Spans) -> datetime | None:
    """Return noon of a day, or when its morning's work ends; None where it has no morning."""
    noon = datetime.combine(day, MORNING_ENDS, zone)
    if spans is None:
        return noon
    ends = [min(close, noon) for begin, close in _of_day(day, zone, spans) if begin < noon]
    return ends[-1].astimezone(zone) if ends else None


def _days_after(today: date, zone: ZoneInfo, spans: Spans) -> Iterator[date]:
    for ahead in range(1, 31):
        day = today + timedelta(days=ahead)
        if spans is None or _of_day(day, zone, spans):
            yield day
