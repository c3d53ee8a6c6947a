"""How much somebody may give by himself: for one grant, one matter, a day, a month."""

from collections.abc import Iterable, Sequence
from typing import Literal

import msgspec

Within = Literal["yes", "single", "case", "day", "month"]
Subject = Literal["everybody", "role", "member"]
MOST_LIMIT_FEN = 1_000_000_000
MOST_AUTHORITIES = 500


class Limits(msgspec.Struct, frozen=True, kw_only=True):
    """What one may give without asking, in fen; None where that window has no limit."""

    per_grant_fen: int | None = None
    per_case_fen: int | None = None
    per_day_fen: int | None = None
    per_month_fen: int | None = None


class Spent(msgspec.Struct, frozen=True, kw_only=True):
    """What was given without anybody's approval: for this matter, and today and this month."""

    case_fen: int = 0
    day_fen: int = 0
    month_fen: int = 0


NOTHING = Limits(per_grant_fen=0, per_case_fen=0, per_day_fen=0, per_month_fen=0)


def within_authority(limits: Limits, spent: Spent, amount_fen: int) -> Within:
    """Say whether somebody may give so much by himself, or by which limit he may not.

    Units: fen; what costs the house nothing is free to give.
    """
    if amount_fen <= 0:
        return "yes"
    used: Sequence[tuple[Within, int, int | None]] = (
        ("single", 0, limits.per_grant_fen),
        ("case", spent.case_fen, limits.per_case_fen),
        ("day", spent.day_fen, limits.per_day_fen),
        ("month", spent.month_fen, limits.per_month_fen),
    )
    for window, so_far, most in used:
        if most is not None and so_far + amount_fen > most:
            return window
    return "yes"


def left_fen(limits: Limits, spent: Spent) -> int | None:
    """Return how much somebody may still give in one grant; None where nothing limits it."""
    ends = [
        most - so_far
        for so_far, most in (
            (0, limits.per_grant_fen),
            (spent.case_fen, limits.per_case_fen),
            (spent.day_fen, limits.per_day_fen),
            (spent.month_fen, limits.per_month_fen),
        )
        if most is not None
    ]
    return max(0, min(ends)) if ends else None


def limits_of(
    own: Limits | None, of_roles: Iterable[Limits], everybody: Limits | None
) -> tuple[Limits, Subject | None]:
    """Return which limits hold for somebody, and from where they come.

    His own go before those of his roles, these before everybody's; of several roles the wider
    holds in each window. Where nothing was set, nothing may be given without asking.
    """
    if own is not None:
        return own, "member"
    roles = list(of_roles)
    if roles:
        return _widest(roles), "role"
    if everybody is not None:
        return everybody, "everybody"
    return NOTHING, None


def _widest(all_limits: Sequence[Limits]) -> Limits:
    found: dict[str, int | None] = {}
    for name in Limits.__struct_fields__:
        values = [getattr(one, name) for one in all_limits]
        found[name] = None if None in values else max(values)
    return Limits(**found)
