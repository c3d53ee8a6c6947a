"""How much fits each of several filters: those that walk the same ranges walk them together."""

from collections import defaultdict
from collections.abc import Hashable, Sequence
from functools import lru_cache
from typing import Any, NamedTuple, cast

import msgspec
from sqlalchemy import BindParameter, ColumnElement, bindparam, func, literal_column, select
from sqlalchemy.dialects.postgresql import array
from sqlalchemy.sql.visitors import replacement_traverse

from peakend.conversations.queries.sieve import (
    DIALECT,
    Base,
    Sieve,
    bounds,
    conditions_of,
    fits_all,
    is_walled,
    looks,
    places_of,
    ranges_as_one,
    ranges_of,
    values_of,
    walk,
)
from peakend.conversations.queries.sifts import number
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction

# The same for every filter that one reader asks for at one moment.
_SHARED = frozenset({"now", "me", "seen_queues", "seen_brands"})
# What bounds a walk by a moment of the filter's own.
_OWN_BOUNDS = frozenset({"last_from", "last_to"})
# Each filter brings parameters of its own, and a statement takes 32,767.
MOST_TOGETHER = 40


class Tally(NamedTuple):
    """How many rows fit, and whether there may be others beyond those that were looked at."""

    fitting: int
    more: bool


class _Walk(msgspec.Struct):
    base: Base
    ranges: tuple[str, ...]
    more: dict[str, Any]
    looked: int
    asked: list[int] = []
    names: list[tuple[str, ...]] = []


class _Counted(msgspec.Struct, frozen=True):
    fitting: list[int]
    looked: int


async def tallies(
    tx: Transaction, actor: Actor, sieves: Sequence[Sieve], *, most: int, reads: int
) -> list[Tally]:
    """Return for each filter how many fit, up to `most`, of as many rows as so many reads look at.

    Counts: a range that several filters walk is read once for all of them.
    """
    found = [Tally(0, False)] * len(sieves)
    for one in _walks(sieves, actor, reads):
        looked = one.looked
        if len(one.asked) == 1:
            (at,) = one.asked
            found[at] = await _alone(tx, actor, sieves[at], one.base, most, looked)
            continue
        sql, order = _statement(one.base, one.ranges, tuple(one.names), is_walled(one.base, actor))
        values = one.more | {"looked": looked}
        for place, at in enumerate(one.asked):
            for name, value in values_of(sieves[at], actor).items():
                values[name if name in _SHARED else f"{name}_of_{place}"] = value
        (counted,) = await tx.all(_Counted, sql, *(values[name] for name in order))
        for at, fitting in zip(one.asked, counted.fitting, strict=True):
            found[at] = Tally(min(fitting, most), fitting > most or counted.looked == looked)
    return found


async def _alone(
    tx: Transaction, actor: Actor, sieve: Sieve, base: Base, most: int, looked: int
) -> Tally:
    """Return what a filter holds that shares its walk with no other, which ends when it is full."""
    spots = await walk(
        tx, actor, sieve, base, upwards=base == "due", after=None, most=most + 1, looked=looked
    )
    fitting = sum(spot.fits for spot in spots)
    walked_out = bool(spots) and spots[-1].place == looked
    return Tally(min(fitting, most), fitting > most or walked_out)


def _walks(sieves: Sequence[Sieve], actor: Actor, reads: int) -> list[_Walk]:
    """Return what is to be walked, each range within the same bounds once."""
    walks: dict[Hashable, list[_Walk]] = defaultdict(list)
    for at, sieve in enumerate(sieves):
        base: Base = "open"
        if "closed" in sieve.filter.stages:
            base = "closed"
        elif sieve.filter.sla:
            base = "due"
        ranges, more = ranges_of(base, actor, sieve)
        if not ranges:
            continue
        names = conditions_of(sieve)
        alone = at if base == "open" and _OWN_BOUNDS.intersection(names) else None
        due = [name for name in names if base == "due" and name.startswith("sla.")]
        looked = looks(sieve, reads)
        same = walks[base, ranges, tuple(more.items()), looked, tuple(due), alone]
        if not same or len(same[-1].asked) == MOST_TOGETHER:
            same.append(_Walk(base, ranges, more, looked))
        same[-1].asked.append(at)
        same[-1].names.append(names)
    return [one for some in walks.values() for one in some]


# Composing and compiling costs more than the query; a person's views change seldom.
@lru_cache(maxsize=512)
def _statement(
    base: Base, ranges: tuple[str, ...], names: tuple[tuple[str, ...], ...], walled: bool
) -> tuple[str, tuple[str, ...]]:
    """Return the SQL that counts what fits each, and the names of its parameters in their order."""
    # Within a minute the order says nothing about how many there are.
    lead = dict([next(iter(places_of(base).items()))])
    upwards = base == "due"
    within = bounds(base, names[0])
    shown = {f"fits_{at}": _own(fits_all(base, one, walled), at) for at, one in enumerate(names)}
    walked = ranges_as_one(base, ranges, within, upwards, lead, shown)
    ends = [walked.c[name] if upwards else walked.c[name].desc() for name in lead]
    looked = select(walked).order_by(*ends).limit(number("looked")).subquery()
    every = func.count(literal_column("*"))
    fitting = [every.filter(looked.c[name]) for name in shown]
    sql = (
        select(array(fitting).label("fitting"), every.label("looked"))
        .select_from(looked)
        .compile(dialect=DIALECT)
    )
    return str(sql), tuple(sql.positiontup or ())


def _own(condition: ColumnElement[bool], at: int) -> ColumnElement[bool]:
    """Return a condition whose parameters are those of the filter at a place."""

    def renamed(part: Any, **_: Any) -> Any:
        if not isinstance(part, BindParameter) or part.key in _SHARED:
            return None
        return bindparam(f"{part.key}_of_{at}", type_=part.type)

    own: ColumnElement[bool] = cast(Any, replacement_traverse)(condition, {}, renamed)
    return own
