"""What the past of the demo looks like: when somebody wrote, how long it waited, how it went on.

Pure and steady: a day has the same conversations however often and in what parts it is made.
"""

import random
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

from peakend.entry.demo.cast import DAY_CURVE
from peakend.entry.demo.material import SHOP_CUSTOMER, Dialogue, customers, dialogues
from peakend.entry.demo.seed import ZONE

USUAL_DAY = 12
TODAY = 46
NIGHT_FROM, NIGHT_TO = 21, 8
KNOWN_SHARE = 0.62
RESTED = timedelta(hours=6)


@dataclass(frozen=True, kw_only=True)
class Past:
    """One conversation of the past."""

    at: datetime
    told: Dialogue
    customer: str | None
    wait_s: float
    ends: Literal["as_told", "abandons"]
    transfers: bool
    rates: bool
    seed: int


def past(since: datetime, until: datetime, *, full_day: bool = True) -> Iterator[Past]:
    """Yield the conversations between two moments, oldest first.

    The day of `until` is a busier one, so that the boards of today have something to count.
    """
    zone = ZoneInfo(ZONE)
    last_day = until.astimezone(zone).date()
    day = since.astimezone(zone).date()
    seen: dict[str, datetime] = {}
    while day <= last_day:
        count = TODAY if day == last_day and full_day else USUAL_DAY + day.toordinal() % 5
        for one in _day(day, count, until, seen):
            if since <= one.at < until:
                yield one
        day += timedelta(days=1)


def _day(day: date, count: int, until: datetime, seen: dict[str, datetime]) -> list[Past]:
    by = random.Random(f"peakend {day.isoformat()}")  # noqa: S311 (a play, no secret)
    midnight = datetime.combine(day, time(), ZoneInfo(ZONE))
    weights = list(DAY_CURVE)
    if midnight <= until < midnight + timedelta(days=1):
        # Only the part of today that is over: its conversations move before now.
        passed = (until - midnight).total_seconds() / 3600
        weights = [w * max(0.0, min(1.0, passed - hour)) for hour, w in enumerate(weights)]
        count = min(count, int(passed * 12))
    if not sum(weights):
        return []
    moments = sorted(
        midnight + timedelta(hours=by.choices(range(24), weights)[0], seconds=by.uniform(0, 3599))
        for _ in range(count)
    )
    return [_one(at, by, seen) for at in moments]


def _one(at: datetime, by: random.Random, seen: dict[str, datetime]) -> Past:
    hour = at.hour
    night = hour >= NIGHT_FROM or hour < NIGHT_TO
    fitting = [told for told in dialogues() if _fits(told, night=night)]
    told = by.choice(fitting)
    busy = DAY_CURVE[hour]
    wait_s = by.choices(
        (by.uniform(3, 19), by.uniform(21, 75), by.uniform(80, 280)),
        (0.96 - 0.04 * busy, 0.03 + 0.03 * busy, 0.01 + 0.01 * busy),
    )[0]
    abandons = told.outcome == "agent" and by.random() < 0.01
    if abandons or told.outcome == "abandons":
        wait_s = by.choices((by.uniform(40, 300), by.uniform(2, 5)), (0.8, 0.2))[0]
    return Past(
        at=at,
        told=told,
        customer=_customer(told, at, by, seen),
        wait_s=wait_s,
        ends="abandons" if abandons else "as_told",
        transfers=told.outcome == "agent" and by.random() < 0.07,
        rates=by.random() < 0.6,
        seed=by.randrange(1 << 30),
    )


def _fits(told: Dialogue, *, night: bool) -> bool:
    """Say whether a dialogue may begin at this time: at night the gas brand, and messages left."""
    if told.outcome == "leaves_message" and told.brand == "home":
        return night
    return told.brand == "gas" or not night


def _customer(
    told: Dialogue, at: datetime, by: random.Random, seen: dict[str, datetime]
) -> str | None:
    """Return who writes; nobody twice within hours, and None for somebody unknown."""
    wanted = told.customer
    if wanted is None:
        if by.random() > KNOWN_SHARE:
            return None
        wanted = by.choice([key for key in customers() if key != SHOP_CUSTOMER])
    if wanted in seen and at - seen[wanted] < RESTED:
        return None
    seen[wanted] = at
    return wanted
