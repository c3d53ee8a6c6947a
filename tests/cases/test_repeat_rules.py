"""Repeat contact: same customer, same family of reasons, within so many days."""

from datetime import UTC, datetime, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import pytest

from peakend.cases.rules.repeats import Earlier, family, is_lately, same_matter

ROOT, CHILD, LEAF, OTHER, LOST = (UUID(int=n) for n in range(1, 6))
TREE = {ROOT: None, CHILD: ROOT, LEAF: CHILD, OTHER: None}
NOW = datetime(2026, 11, 23, 2, tzinfo=UTC)
SHANGHAI = "Asia/Shanghai"


def at(text: str, zone: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone)).astimezone(UTC)


def case(number: int, reason: UUID | None, **given: object) -> Earlier:
    opened = given.get("opened", NOW - timedelta(days=3))
    return Earlier(
        id=UUID(int=100 + number),
        reason_id=reason,
        family_id=family(reason, TREE),
        opened_at=opened,  # type: ignore[arg-type]
        closed_at=given.get("closed"),  # type: ignore[arg-type]
    )


@pytest.mark.parametrize(
    ("reason", "top"),
    [(ROOT, ROOT), (CHILD, ROOT), (LEAF, ROOT), (OTHER, OTHER), (LOST, LOST), (None, None)],
)
def test_the_family_of_a_reason(reason: UUID | None, top: UUID | None) -> None:
    assert family(reason, TREE) == top


def test_a_tree_with_a_loop_does_not_go_on_for_ever() -> None:
    assert family(ROOT, {ROOT: CHILD, CHILD: ROOT}) in (ROOT, CHILD)


@pytest.mark.parametrize(
    ("closed", "now", "zone", "lately"),
    [
        (None, "2026-11-23 10:00", SHANGHAI, True),
        ("2026-11-23 10:00", "2026-11-23 10:00", SHANGHAI, True),
        # Whole days of the house's calendar, not 168 hours.
        ("2026-11-16 00:05", "2026-11-23 23:55", SHANGHAI, True),
        ("2026-11-15 23:55", "2026-11-23 00:05", SHANGHAI, False),
        # The same two moments in another house's zone.
        ("2026-11-16 00:05", "2026-11-24 00:05", SHANGHAI, False),
        # The night when the clocks go back has 25 hours and is one day.
        ("2026-10-18 00:30", "2026-10-25 23:30", "Europe/Berlin", True),
        ("2026-10-17 23:30", "2026-10-25 00:30", "Europe/Berlin", False),
        # The day that Samoa left out (30 December 2011) counts as the calendar says.
        ("2011-12-24 12:00", "2011-12-31 12:00", "Pacific/Apia", True),
        # The clock was put back: closed "tomorrow" is lately.
        ("2026-11-24 10:00", "2026-11-23 10:00", SHANGHAI, True),
    ],
)
def test_how_long_ago_is_lately(closed: str | None, now: str, zone: str, lately: bool) -> None:
    assert is_lately(at(closed, zone) if closed else None, at(now, zone), 7, zone) is lately


@pytest.mark.parametrize(
    ("cases", "reason", "found"),
    [
        ([], LEAF, None),
        ([case(1, LEAF)], LEAF, 1),
        ([case(1, CHILD)], LEAF, 1),
        ([case(1, OTHER)], LEAF, None),
        ([case(1, None)], LEAF, None),
        ([case(1, LEAF)], None, None),
        ([case(1, LEAF, closed=NOW - timedelta(days=9))], LEAF, None),
        # Open for months: it is the same all the same.
        ([case(1, LEAF, opened=NOW - timedelta(days=200))], LEAF, 1),
        # Open before closed, then the very reason, then the newest.
        ([case(1, LEAF, closed=NOW), case(2, CHILD)], LEAF, 2),
        ([case(1, LEAF, opened=NOW - timedelta(days=5)), case(2, CHILD)], LEAF, 1),
        ([case(1, CHILD, opened=NOW - timedelta(days=5)), case(2, CHILD)], LEAF, 2),
    ],
)
def test_with_which_case_a_customer_comes_again(
    cases: list[Earlier], reason: UUID | None, found: int | None
) -> None:
    same = same_matter(
        cases,
        reason_id=reason,
        family_id=family(reason, TREE),
        now=NOW,
        days=7,
        zone=SHANGHAI,
    )
    assert (same.id if same else None) == (UUID(int=100 + found) if found else None)
