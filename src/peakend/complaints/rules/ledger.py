"""The books of compensation: every entry moves an amount from one account to another.

What was promised is set aside, what was given is outstanding until it is used, and what comes
back is counted beside the budget it came from, so that the gross numbers stay.
"""

from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Literal
from zoneinfo import ZoneInfo

import msgspec

Kind = Literal["budget", "reserved", "outstanding", "spent", "returned"]
What = Literal["offer", "drop", "grant", "use", "back", "undo"]

MOST_BUDGET_FEN = 10**13
KINDS: tuple[Kind, ...] = ("budget", "reserved", "outstanding", "spent", "returned")
# From which account to which.
MOVES: dict[What, tuple[Kind, Kind]] = {
    "offer": ("budget", "reserved"),
    "drop": ("reserved", "budget"),
    "grant": ("reserved", "outstanding"),
    "use": ("outstanding", "spent"),
    "back": ("outstanding", "returned"),
    "undo": ("spent", "returned"),
}


class Line(msgspec.Struct, frozen=True):
    """One side of an entry. Units: fen, what leaves an account is negative."""

    kind: Kind
    amount_fen: int


def entry(what: What, cost_fen: int) -> list[Line]:
    """Return the lines of an entry; none where nothing is moved."""
    if not cost_fen:
        return []
    giving, taking = MOVES[what]
    return [Line(giving, -cost_fen), Line(taking, cost_fen)]


def used_fen(balances: dict[Kind, int]) -> int:
    """Return how much of a budget is promised, given or spent."""
    return -balances.get("budget", 0) - balances.get("returned", 0)


def fits(cap_fen: int | None, balances: dict[Kind, int], cost_fen: int) -> bool:
    """Say whether a hard cap leaves room for one more; None is no cap."""
    return cap_fen is None or not cost_fen or used_fen(balances) + cost_fen <= cap_fen


class CoursePoint(msgspec.Struct, frozen=True):
    """How much of a month's budget was used by the end of a day, or will be if it goes on so.

    Units: fen. The days that are over have `used_fen`, today both, the days to come the other.
    """

    day: date
    used_fen: int | None
    forecast_fen: int | None


def course(
    moves: Iterable[tuple[date, int]], month: date, *, today: date, ends_fen: int
) -> list[CoursePoint]:
    """Return how a month's budget is used day by day, and how it goes on to `ends_fen`.

    Counts: what came back after the month is over is counted to its last day. Units: fen.
    """
    by_day: dict[date, int] = {}
    days = _days_of(month)
    for day, moved in moves:
        near = min(max(day, days[0]), days[-1])
        by_day[near] = by_day.get(near, 0) + moved
    points, so_far = [], 0
    now = min(today, days[-1])
    left = (days[-1] - now).days
    reached = sum(moved for day, moved in by_day.items() if day <= now)
    for day in days:
        so_far += by_day.get(day, 0)
        ahead = (day - now).days
        to_come = None
        if today <= days[-1] and ahead >= 0:
            to_come = reached + (round((ends_fen - reached) * ahead / left) if left else 0)
        points.append(CoursePoint(day, so_far if day <= today else None, to_come))
    return points


def _days_of(month: date) -> list[date]:
    found = [month]
    while (found[-1] + timedelta(days=1)).month == month.month:
        found.append(found[-1] + timedelta(days=1))
    return found


def month_of(at: datetime, zone: str) -> date:
    """Return the month of the house's calendar in which a moment lies."""
    return at.astimezone(ZoneInfo(zone)).date().replace(day=1)


def forecast_fen(balances: dict[Kind, int], *, day: int, days: int) -> int:
    """Return what the month will have taken if it goes on as it did until its `day`.

    Counts: what was given goes on at its rate; what is only promised is counted once.
    """
    promised = balances.get("reserved", 0)
    given = used_fen(balances) - promised
    return promised + round(given * days / max(1, min(day, days)))
