"""Until when a conversation may be put aside, and which times are offered for it."""

from collections.abc import Callable
from datetime import UTC, date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

When = Literal["hour", "afternoon", "evening", "tomorrow", "monday", "opening"]

LONGEST = timedelta(days=366)
OPENS_AT, AFTERNOON, EVENING = time(9), time(14), time(19)
# A time that is nearly there is no choice.
SOON = timedelta(minutes=90)


def fits(until: datetime, now: datetime) -> bool:
    """Say whether a conversation may be put aside until a time."""
    return timedelta(0) < until - now <= LONGEST


def times(
    now: datetime, time_zone: str, opening: Callable[[datetime], datetime | None]
) -> list[tuple[When, datetime]]:
    """Return the times to choose from, soonest first; `opening` is the first one from a moment.

    Where nobody knows when business opens it is nine o'clock.
    """
    zone = ZoneInfo(time_zone)
    today = now.astimezone(zone).date()

    def wall(day: date, clock: time) -> datetime:
        return datetime.combine(day, clock, zone).astimezone(UTC)

    def opens(day: date) -> datetime:
        midnight = wall(day, time(0))
        found = opening(midnight)
        # Who is open at midnight never closes: then it is nine as well.
        return found if found and found != midnight else wall(day, OPENS_AT)

    tomorrow, monday = today + timedelta(days=1), today + timedelta(days=7 - today.weekday())
    found: list[tuple[When, datetime]] = [("hour", now + timedelta(hours=1))]
    if wall(today, AFTERNOON) - now >= SOON:
        found.append(("afternoon", wall(today, AFTERNOON)))
    elif wall(today, EVENING) - now >= SOON:
        found.append(("evening", wall(today, EVENING)))
    days: dict[date, When] = {monday: "monday", tomorrow: "tomorrow"}
    opening_times = sorted({opens(tomorrow), opens(monday)})
    return found + [(days.get(at.astimezone(zone).date(), "opening"), at) for at in opening_times]
