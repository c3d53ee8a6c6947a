"""Promises: when they are warned of, which moments are offered, how many were kept."""

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given
from hypothesis import strategies as st

from peakend.cases.rules.promises import (
    LEAST_LEAD,
    fits,
    kept_share,
    presets,
    standing,
    warn_at,
)
from peakend.routing.rules.hours import parse_hours, spans_from

SHANGHAI = "Asia/Shanghai"
WEEKDAYS = ("mon", "tue", "wed", "thu", "fri")
YEAR = datetime(2026, 1, 1, tzinfo=UTC)
OFFICE = {day: [["09:00", "12:00"], ["13:00", "18:00"]] for day in WEEKDAYS}


def at(text: str, zone: str = SHANGHAI) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def open_time(start: datetime, zone: str = SHANGHAI, closed: tuple[str, ...] = ()):
    hours = parse_hours(zone, OFFICE, [(date.fromisoformat(day), []) for day in closed])
    spans = []
    for span in spans_from(hours, start - timedelta(days=2)):
        if span[0] > start + timedelta(days=40):
            break
        spans.append(span)
    return spans


@pytest.mark.parametrize(
    ("made", "due", "office", "warned"),
    [
        # Always open: a quarter of the time, at least five minutes, at most two hours.
        ("2026-11-23 10:00", "2026-11-23 14:00", False, "2026-11-23 13:00"),
        ("2026-11-23 10:00", "2026-11-23 10:12", False, "2026-11-23 10:07"),
        ("2026-11-23 10:00", "2026-11-23 10:06", False, "2026-11-23 10:03"),
        ("2026-11-23 10:00", "2026-11-26 10:00", False, "2026-11-26 08:00"),
        # The night is not time in which anybody can do anything: Monday 17:00 to Tuesday 10:00 is
        # two hours of work, so the warning comes at 9:30 and not in the small hours.
        ("2026-11-23 17:00", "2026-11-24 10:00", True, "2026-11-24 09:30"),
        # Over the lunch break: 11:00 to 14:00 is two hours of work.
        ("2026-11-23 11:00", "2026-11-23 14:00", True, "2026-11-23 13:30"),
        # Friday evening to Monday noon, over a weekend.
        ("2026-11-20 17:00", "2026-11-23 12:00", True, "2026-11-23 11:00"),
        # Promised for a time when nobody is there: by the clock.
        ("2026-11-21 10:00", "2026-11-21 14:00", True, "2026-11-21 13:00"),
        # The end lies after closing: warned while somebody is there.
        ("2026-11-23 16:00", "2026-11-23 21:00", True, "2026-11-23 17:30"),
    ],
)
def test_warned_with_a_quarter_of_the_open_time_left(
    made: str, due: str, office: bool, warned: str
) -> None:
    spans = open_time(at(made)) if office else None
    assert warn_at(at(made), at(due), spans) == at(warned)


def test_a_clock_that_jumps_over_night_takes_an_hour_and_no_warning() -> None:
    # In the night to 29 March 2026 the clocks of Berlin go forward: 23 hours, not 24.
    zone = "Europe/Berlin"
    spans = [
        (at("2026-03-28 12:00", zone), at("2026-03-28 18:00", zone)),
        (at("2026-03-29 01:00", zone), at("2026-03-29 04:00", zone)),
    ]
    made, due = at("2026-03-28 16:00", zone), at("2026-03-29 04:00", zone)
    # Two hours before the night and two in it (2:00 to 3:00 is never shown): one is the quarter.
    assert warn_at(made, due, spans) == at("2026-03-29 03:00", zone)


@given(
    made=st.builds(lambda n: YEAR + timedelta(minutes=n), st.integers(0, 300 * 24 * 60)),
    minutes=st.integers(1, 60 * 24 * 20),
    office=st.booleans(),
)
def test_a_warning_is_always_between_the_promise_and_its_end(
    made: datetime, minutes: int, office: bool
) -> None:
    due = made + timedelta(minutes=minutes)
    warned = warn_at(made, due, open_time(made) if office else None)
    assert made < warned < due
    if minutes >= 10 and not office:
        assert due - warned >= LEAST_LEAD


@pytest.mark.parametrize(
    ("now", "stands"),
    [
        ("2026-11-23 09:59", "open"),
        ("2026-11-23 10:00", "soon"),
        ("2026-11-23 10:59", "soon"),
        ("2026-11-23 11:00", "late"),
        # A clock that was put back: it stands as it stood then.
        ("2026-11-22 11:00", "open"),
    ],
)
def test_how_a_promise_stands(now: str, stands: str) -> None:
    assert standing(at("2026-11-23 10:00"), at("2026-11-23 11:00"), at(now)) == stands


@pytest.mark.parametrize(
    ("now", "office", "closed", "offered"),
    [
        (
            "2026-11-23 10:00",
            True,
            (),
            {
                "half_hour": "2026-11-23 10:30",
                "two_hours": "2026-11-23 12:00",
                "today": "2026-11-23 18:00",
                "tomorrow_morning": "2026-11-24 12:00",
                "tomorrow": "2026-11-24 18:00",
                "three_days": "2026-11-26 18:00",
            },
        ),
        # Four in the afternoon: two hours from now is the end of the day, offered once.
        (
            "2026-11-23 16:00",
            True,
            (),
            {
                "half_hour": "2026-11-23 16:30",
                "two_hours": "2026-11-23 18:00",
                "tomorrow_morning": "2026-11-24 12:00",
                "tomorrow": "2026-11-24 18:00",
                "three_days": "2026-11-26 18:00",
            },
        ),
        # Ten minutes before closing nothing is promised for today; after Friday comes Monday.
        (
            "2026-11-20 17:50",
            True,
            (),
            {
                "half_hour": "2026-11-20 18:20",
                "two_hours": "2026-11-20 19:50",
                "tomorrow_morning": "2026-11-23 12:00",
                "tomorrow": "2026-11-23 18:00",
                "three_days": "2026-11-25 18:00",
            },
        ),
        # The holiday is no day of work either.
        (
            "2026-09-30 10:00",
            True,
            ("2026-10-01", "2026-10-02", "2026-10-05", "2026-10-06", "2026-10-07"),
            {
                "half_hour": "2026-09-30 10:30",
                "two_hours": "2026-09-30 12:00",
                "today": "2026-09-30 18:00",
                "tomorrow_morning": "2026-10-08 12:00",
                "tomorrow": "2026-10-08 18:00",
                "three_days": "2026-10-12 18:00",
            },
        ),
        # A house that is always open.
        (
            "2026-11-21 19:00",
            False,
            (),
            {
                "half_hour": "2026-11-21 19:30",
                "two_hours": "2026-11-21 21:00",
                "tomorrow_morning": "2026-11-22 12:00",
                "tomorrow": "2026-11-22 18:00",
                "three_days": "2026-11-24 18:00",
            },
        ),
    ],
)
def test_the_moments_that_are_offered(
    now: str, office: bool, closed: tuple[str, ...], offered: dict[str, str]
) -> None:
    spans = open_time(at(now), closed=closed) if office else None
    found = presets(at(now), SHANGHAI, spans)
    assert {one.key: one.due_at for one in found} == {k: at(v) for k, v in offered.items()}


def test_a_house_that_is_never_open_offers_what_the_clock_says() -> None:
    found = presets(at("2026-11-23 10:00"), SHANGHAI, [])
    assert [one.key for one in found] == ["half_hour", "two_hours"]


@pytest.mark.parametrize(
    ("ahead", "good"),
    [(timedelta(), False), (timedelta(seconds=59), False), (timedelta(minutes=1), True),
     (timedelta(days=180), True), (timedelta(days=180, seconds=1), False),
     (timedelta(hours=-1), False)],
)  # fmt: skip
def test_what_can_be_promised(ahead: timedelta, good: bool) -> None:
    now = at("2026-11-23 10:00")
    assert fits(now + ahead, now) is good


@pytest.mark.parametrize(("kept", "broken", "share"), [(0, 0, None), (3, 1, 0.75), (0, 2, 0.0)])
def test_the_share_that_was_kept(kept: int, broken: int, share: float | None) -> None:
    assert kept_share(kept, broken) == share
