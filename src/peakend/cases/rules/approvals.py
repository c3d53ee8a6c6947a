"""Who lets pass what: the rule that fits a kind and an amount, the next one, who may decide.

No clock and no database: whoever asks says who works here and what time it is.
"""

from collections.abc import Collection, Iterable, Sequence
from datetime import timedelta
from typing import Literal
from uuid import UUID

import msgspec

Kind = Literal["compensation", "exception", "statement"]
By = Literal["permission", "role", "team", "members"]
Then = Literal["next", "expire"]
State = Literal["waiting", "granted", "refused", "expired", "withdrawn"]
KINDS: tuple[Kind, ...] = ("compensation", "exception", "statement")

DECIDES = "approvals.decide"
MOST_RULES = 100
MOST_MEMBERS = 50
MOST_WAITING = 200
MOST_DEPUTIES = 20
DEPUTY_LONGEST = timedelta(days=90)
# What holds where the house has no rule for it.
MINUTES = 60
MINUTES_MOST = 7 * 24 * 60


class Who(msgspec.Struct, frozen=True, kw_only=True):
    """Who is asked: all with a permission, a role, of a team, or these very members.

    Whoever it names must hold the right to decide, too.
    """

    by: By = "permission"
    permission: str = DECIDES
    built_in: str | None = None
    role_id: UUID | None = None
    team_id: UUID | None = None
    member_ids: list[UUID] = []


class Rung(msgspec.Struct, frozen=True, kw_only=True):
    """A rule as far as it decides. Units: fen, minutes."""

    id: UUID | None
    kind: str
    from_fen: int
    place: int
    who: Who
    minutes: int
    then: Then


class Colleague(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody who works here, as far as rules name people."""

    id: UUID
    permissions: frozenset[str]
    built_in: str | None
    role_ids: frozenset[UUID]
    team_ids: frozenset[UUID]
    # None: every brand.
    brand_ids: frozenset[UUID] | None


class Stand(msgspec.Struct, frozen=True):
    """That somebody stands in for another one, for these kinds or for all."""

    from_id: UUID
    to_id: UUID
    kinds: tuple[str, ...] = ()


USUAL = Who()


def _order(rung: Rung) -> tuple[int, int, str]:
    return rung.from_fen, rung.place, str(rung.id)


def ladder(rungs: Iterable[Rung], kind: str) -> list[Rung]:
    """Return the rules of a kind in the order in which they are asked."""
    return sorted((one for one in rungs if one.kind == kind), key=_order)


def usual(kind: str) -> Rung:
    """Return what holds where there is no rule: whoever may decide, within an hour."""
    return Rung(id=None, kind=kind, from_fen=0, place=0, who=USUAL, minutes=MINUTES, then="expire")


def first_rung(rungs: Iterable[Rung], kind: str, amount_fen: int | None) -> Rung:
    """Return the rule for an amount: of the highest beginning that it reaches, the first one.

    Counts: what costs nothing counts as 0. Below every rule the usual one holds.
    """
    reached = [one for one in ladder(rungs, kind) if one.from_fen <= (amount_fen or 0)]
    if not reached:
        return usual(kind)
    highest = reached[-1].from_fen
    return next(one for one in reached if one.from_fen == highest)


def higher(rungs: Iterable[Rung], kind: str, *, from_fen: int, place: int) -> list[Rung]:
    """Return the rules after a place of the ladder, also where the one that stood there is gone."""
    return [one for one in ladder(rungs, kind) if (one.from_fen, one.place) > (from_fen, place)]


def _names(who: Who, one: Colleague) -> bool:
    if who.by == "permission":
        return who.permission in one.permissions
    if who.by == "role":
        return one.built_in == who.built_in if who.built_in else who.role_id in one.role_ids
    if who.by == "team":
        return who.team_id in one.team_ids
    return one.id in who.member_ids


def able(
    who: Who, people: Iterable[Colleague], *, brand_id: UUID | None, asked_by: UUID | None
) -> frozenset[UUID]:
    """Return who may decide by right of his own: four eyes, so never the one who asked."""
    return frozenset(
        one.id
        for one in people
        if one.id != asked_by
        and DECIDES in one.permissions
        and _names(who, one)
        and (brand_id is None or one.brand_ids is None or brand_id in one.brand_ids)
    )


def standing_in(
    own: Collection[UUID],
    stands: Sequence[Stand],
    people: Iterable[Colleague],
    *,
    kind: str,
    brand_id: UUID | None,
    asked_by: UUID | None,
) -> dict[UUID, UUID | None]:
    """Return everybody who may decide, each with whom he stands in for, None for his own right.

    A deputy of the one who asked is none here, and no deputy has a deputy.
    """
    may: dict[UUID, UUID | None] = dict.fromkeys(own)
    deputies = able(USUAL, people, brand_id=brand_id, asked_by=asked_by)
    for one in stands:
        known = not one.kinds or kind in one.kinds
        if known and one.from_id in own and one.to_id in deputies and one.to_id not in may:
            may[one.to_id] = one.from_id
    return may
