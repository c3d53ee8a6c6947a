"""Business time: several intervals a day, holidays, any time zone.

Open means: the clock on the wall of the time zone shows a time inside an interval of that day. On
the night when clocks go back an hour is shown, and open, twice; a skipped hour is never open.
"""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, time, timedelta
from functools import lru_cache
from itertools import pairwise
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

DAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
DAY_MINUTES = 24 * 60
LOOK_AHEAD_DAYS = 400

Intervals = tuple[tuple[int, int], ...]

REMEDY_S = 15 * 60
"""Who was passed on in vain hears from us within a quarter of an hour of open time."""


class BadHours(ValueError):
    """The intervals or the time zone make no sense; the message is a wording key."""


@dataclass(frozen=True)
class Hours:
    """When people are there: minutes since midnight, half-open, in order; days from Monday."""

    time_zone: str
    week: tuple[Intervals, ...]
    holidays: Mapping[date, Intervals] = field(default_factory=dict)

    def of_day(self, day: date) -> Intervals:
        """Return the intervals of a date; a holiday replaces the day of the week."""
        return self.holidays.get(day, self.week[day.weekday()])


def parse_hours(
    time_zone: str,
    week: Mapping[str, list[list[str]]],
    holidays: list[tuple[date, list[list[str]]]],
) -> Hours:
    """Return business hours from what a form sends. Errors: BadHours."""
    try:
        ZoneInfo(time_zone)
    except (ZoneInfoNotFoundError, ValueError, OSError) as wrong:
        raise BadHours("routing.bad_time_zone") from wrong
    if set(week) - set(DAYS):
        raise BadHours("routing.bad_day")
    return Hours(
        time_zone=time_zone,
        week=tuple(_intervals(week.get(day, [])) for day in DAYS),
        holidays={on: _intervals(spans) for on, spans in holidays},
    )


def _intervals(spans: list[list[str]]) -> Intervals:
    found = []
    for span in spans:
        if len(span) != 2:
            raise BadHours("routing.bad_interval")
        start, end = (_minute(text) for text in span)
        if start >= end:
            raise BadHours("routing.bad_interval")
        found.append((start, end))
    found.sort()
    if any(one[1] > other[0] for one, other in pairwise(found)):
        raise BadHours("routing.intervals_overlap")
    return tuple(found)


def _minute(text: str) -> int:
    try:
        hour, minute = (int(part) for part in text.split(":"))
    except ValueError as wrong:
        raise BadHours("routing.bad_interval") from wrong
    if not (0 <= minute < 60 and 0 <= hour * 60 + minute <= DAY_MINUTES):
        raise BadHours("routing.bad_interval")
    return hour * 60 + minute


def is_open(hours: Hours, at: datetime) -> bool:
    """Return whether the wall clock is inside an interval."""
    wall = at.astimezone(ZoneInfo(hours.time_zone))
    minute = wall.hour * 60 + wall.minute
    return any(start <= minute < end for start, end in hours.of_day(wall.date()))


def next_open(hours: Hours, at: datetime) -> datetime | None:
    """Return the first open moment at or after `at`; None if there is none in 400 days."""
    return next((max(start, at) for start, _ in spans_from(hours, at)), None)


def closes_at(hours: Hours, at: datetime) -> datetime | None:
    """Return when the open time around `at` ends; None if closed then, or if it does not end."""
    until = None
    for start, end in spans_from(hours, at):
        if start > (until or at):
            return until
        until = end
    return None


def add_open_time(hours: Hours, at: datetime, duration_s: float) -> datetime | None:
    """Return when `duration_s` of open time have passed since `at`; None beyond 400 days."""
    left = timedelta(seconds=duration_s)
    for start, end in spans_from(hours, at):
        begin = max(start, at)
        if left <= end - begin:
            return begin + left
        left -= end - begin
    return None


def reply_by(hours: Hours | None, at: datetime) -> datetime:
    """Return by when a customer whose transfer failed hears from us: so much open time later."""
    open_until = add_open_time(hours, at, REMEDY_S) if hours is not None else None
    return open_until or at + timedelta(seconds=REMEDY_S)


def open_time_between(hours: Hours, start: datetime, end: datetime) -> float:
    """Return the seconds of open time between two moments (at most 400 days apart)."""
    total = timedelta()
    for opens, closes in spans_from(hours, start):
        if opens >= end:
            break
        total += min(closes, end) - max(opens, start)
    return total.total_seconds()


def spans_from(hours: Hours, at: datetime) -> Iterator[tuple[datetime, datetime]]:
    """Yield the open spans (UTC) that end after `at`, in order."""
    first = at.astimezone(ZoneInfo(hours.time_zone)).date()
    for ahead in range(-1, LOOK_AHEAD_DAYS):
        day = first + timedelta(days=ahead)
        spans = [
            (max(begin + timedelta(minutes=start), low), min(begin + timedelta(minutes=end), high))
            for low, high, begin in _stretches(hours.time_zone, day)
            for start, end in hours.of_day(day)
        ]
        yield from sorted(span for span in spans if span[0] < span[1] and span[1] > at)


@lru_cache(maxsize=2048)
def _stretches(time_zone: str, day: date) -> tuple[tuple[datetime, datetime, datetime], ...]:
    """Return the stretches of a local date by UTC offset: start, end, midnight by that offset."""
    zone = ZoneInfo(time_zone)
    midnight = datetime.combine(day, time(), UTC)
    edges = [
        midnight - timedelta(hours=15),
        *_changes(zone, midnight),
        midnight + timedelta(hours=39),
    ]
    found = []
    for low, high in pairwise(edges):
        offset = low.astimezone(zone).utcoffset() or timedelta()
        begin = midnight - offset
        start, end = max(low, begin), min(high, begin + timedelta(days=1))
        if start < end:
            found.append((start, end, begin))
    return tuple(found)


def _changes(zone: ZoneInfo, midnight: datetime) -> list[datetime]:
    """Return the moments around a date at which the zone's offset changes, to the second."""
    changes = []
    for hour in range(-15, 39):
        low, high = (midnight + timedelta(hours=h) for h in (hour, hour + 1))
        before = low.astimezone(zone).utcoffset()
        if before == high.astimezone(zone).utcoffset():
            continue
        while high - low > timedelta(seconds=1):
            middle = low + timedelta(seconds=int((high - low).total_seconds()) // 2)
            if middle.astimezone(zone).utcoffset() == before:
                low = middle
            else:
                high = middle
        changes.append(high)
    return changes
