"""What the past of the demo looks like: when somebody wrote, how long it waited, how it went on.

Pure and steady: a day has the same conversations however often and in what parts it is made.
"""

import random
import zlib
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
OWN_EVERY_DAYS = 30


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
    own = iter([told for told in dialogues() if told.customer and _is_own_day(told, day)])
    return [_one(at, by, seen, own) for at in moments]


def _is_own_day(told: Dialogue, day: date) -> bool:
    """Say whether a dialogue of a certain person is told today: once a month, so as not to tire."""
    return (day.toordinal() + zlib.crc32(told.key.encode())) % OWN_EVERY_DAYS == 0


def _one(
    at: datetime, by: random.Random, seen: dict[str, datetime], own: Iterator[Dialogue]
) -> Past:
    hour = at.hour
    night = hour >= NIGHT_FROM or hour < NIGHT_TO
    fitting = [told for told in dialogues() if _fits(told, night=night)]
    told = by.choice(fitting)
    customer = told.customer
    if customer is not None:
        # Who comes again comes with something else: each day with the next of what all may tell.
        open_to_all = [one for one in fitting if one.customer is None and one.brand == told.brand]
        told = open_to_all[(at.toordinal() * 3 + hour // 8) % len(open_to_all)]
    if not night and (mine := next(own, None)) is not None:
        told, customer = mine, mine.customer
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
        customer=_customer(customer, at, by, seen),
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
    wanted: str | None, at: datetime, by: random.Random, seen: dict[str, datetime]
) -> str | None:
    """Return who writes; nobody twice within hours, and None for somebody unknown."""
    if wanted is None:
        if by.random() > KNOWN_SHARE:
            return None
        wanted = by.choice([key for key in customers() if key != SHOP_CUSTOMER])
    if wanted in seen and at - seen[wanted] < RESTED:
        return None
    seen[wanted] = at
    return wanted
