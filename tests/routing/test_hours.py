"""Business time against a slow calculator that looks at every minute."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from peakend.routing.rules.hours import (
    BadHours,
    Hours,
    add_open_time,
    closes_at,
    is_open,
    next_open,
    open_time_between,
    parse_hours,
)

MINUTE = timedelta(minutes=1)
ZONES = (
    "Asia/Shanghai",
    "Europe/Berlin",
    "America/New_York",
    "Australia/Lord_Howe",
    "Asia/Kathmandu",
    "Africa/Casablanca",
    "Pacific/Apia",
)
WEEKDAYS = parse_hours(
    "Asia/Shanghai",
    {day: [["08:30", "12:00"], ["13:30", "20:00"]] for day in ("mon", "tue", "wed", "thu", "fri")},
    [(date(2026, 10, 1), []), (date(2026, 10, 10), [["09:00", "15:00"]])],
)


def wall_minutes(hours: Hours, at: datetime) -> bool:
    """Look at the clock on the wall, without any arithmetic on spans."""
    wall = at.astimezone(ZoneInfo(hours.time_zone))
    day = hours.holidays.get(wall.date())
    spans = hours.week[wall.weekday()] if day is None else day
    return any(start <= wall.hour * 60 + wall.minute < end for start, end in spans)


@st.composite
def intervals(draw: st.DrawFn) -> tuple[tuple[int, int], ...]:
    marks = sorted(draw(st.sets(st.integers(0, 288), max_size=6)))
    return tuple((a * 5, b * 5) for a, b in zip(marks[::2], marks[1::2], strict=False))


@st.composite
def business_hours(draw: st.DrawFn) -> Hours:
    week = tuple(draw(intervals()) for _ in range(7))
    first = draw(st.sampled_from(CHANGES))
    holidays = draw(st.dictionaries(st.integers(-2, 3), intervals(), max_size=2))
    zone = draw(st.sampled_from(ZONES))
    return Hours(zone, week, {first + timedelta(days=n): spans for n, spans in holidays.items()})


CHANGES = (
    date(2026, 3, 8),
    date(2026, 3, 29),
    date(2026, 10, 25),
    date(2026, 11, 1),
    date(2026, 4, 5),
    date(2026, 10, 4),
    date(2026, 2, 15),
    date(2011, 12, 30),
    date(2026, 10, 1),
)
moments = st.builds(
    lambda day, minute: (
        datetime(day.year, day.month, day.day, tzinfo=UTC) + timedelta(minutes=minute)
    ),
    st.sampled_from(CHANGES),
    st.integers(-2000, 3000),
)


@settings(max_examples=150, deadline=None)
@given(business_hours(), moments, st.integers(1, 900))
def test_agrees_with_looking_at_every_minute(hours: Hours, at: datetime, minutes: int) -> None:
    horizon = [at + MINUTE * n for n in range(3 * 24 * 60)]
    opened = [wall_minutes(hours, moment) for moment in horizon]
    assert is_open(hours, at) == opened[0]

    first = next((m for m, is_on in zip(horizon, opened, strict=True) if is_on), None)
    if first is not None:
        assert next_open(hours, at) == first
    if opened[0] and not all(opened):
        assert closes_at(hours, at) == horizon[opened.index(False)]
    if sum(opened) >= minutes:
        done = [m for m, is_on in zip(horizon, opened, strict=True) if is_on][minutes - 1]
        assert add_open_time(hours, at, minutes * 60) == done + MINUTE
    assert open_time_between(hours, at, horizon[-1]) == sum(opened[:-1]) * 60


@settings(max_examples=50, deadline=None)
@given(business_hours(), moments, st.floats(1, 20_000))
def test_added_time_is_the_time_between(hours: Hours, at: datetime, seconds: float) -> None:
    done = add_open_time(hours, at, seconds)
    if done is not None:
        assert open_time_between(hours, at, done) == pytest.approx(seconds, abs=1e-5)


def at_shanghai(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo("Asia/Shanghai"))


def test_lunch_holiday_and_working_saturday() -> None:
    assert is_open(WEEKDAYS, at_shanghai("2026-09-30T11:59:59"))
    assert not is_open(WEEKDAYS, at_shanghai("2026-09-30T12:00:00"))
    assert next_open(WEEKDAYS, at_shanghai("2026-09-30T12:30:00")) == at_shanghai(
        "2026-09-30T13:30"
    )
    assert next_open(WEEKDAYS, at_shanghai("2026-09-30T20:00:00")) == at_shanghai(
        "2026-10-02T08:30"
    )
    assert is_open(WEEKDAYS, at_shanghai("2026-10-10T14:00:00"))
    assert add_open_time(WEEKDAYS, at_shanghai("2026-09-30T19:00:00"), 7200) == at_shanghai(
        "2026-10-02T09:30"
    )


def test_nights_of_23_and_25_hours() -> None:
    nights = Hours("Europe/Berlin", (((0, 1440),),) * 7)
    zone = ZoneInfo("Europe/Berlin")
    spring = datetime(2026, 3, 29, tzinfo=zone), datetime(2026, 3, 30, tzinfo=zone)
    autumn = datetime(2026, 10, 25, tzinfo=zone), datetime(2026, 10, 26, tzinfo=zone)
    utc = [(start.astimezone(UTC), end.astimezone(UTC)) for start, end in (spring, autumn)]
    assert [open_time_between(nights, *span) / 3600 for span in utc] == [23, 25]
    early = Hours("Europe/Berlin", (((150, 180),),) * 7)
    assert [open_time_between(early, *span) / 60 for span in utc] == [0, 60]


def test_always_open_never_closes_and_never_open_never_opens() -> None:
    now = datetime(2026, 5, 1, tzinfo=UTC)
    assert closes_at(Hours("Asia/Shanghai", (((0, 1440),),) * 7), now) is None
    assert next_open(Hours("Asia/Shanghai", ((),) * 7), now) is None
    assert add_open_time(Hours("Asia/Shanghai", ((),) * 7), now, 1) is None


@pytest.mark.parametrize(
    ("zone", "week", "why"),
    [
        ("Mars/Olympus", {}, "routing.bad_time_zone"),
        ("../../etc/passwd", {}, "routing.bad_time_zone"),
        ("Asia/Shanghai", {"moon": []}, "routing.bad_day"),
        ("Asia/Shanghai", {"mon": [["12:00", "08:00"]]}, "routing.bad_interval"),
        ("Asia/Shanghai", {"mon": [["08:00", "24:01"]]}, "routing.bad_interval"),
        ("Asia/Shanghai", {"mon": [["08:00"]]}, "routing.bad_interval"),
        (
            "Asia/Shanghai",
            {"mon": [["08:00", "12:00"], ["11:00", "13:00"]]},
            "routing.intervals_overlap",
        ),
    ],
)
def test_nonsense_is_named(zone: str, week: dict[str, list[list[str]]], why: str) -> None:
    with pytest.raises(BadHours, match=why):
        parse_hours(zone, week, [])
