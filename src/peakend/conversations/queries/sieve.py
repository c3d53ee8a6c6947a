"""Finding what fits a view: a range of an index is walked, and what does not fit falls through.

Any mixture of conditions cannot have an index of its own. So each statement walks the best range
that there is, reads so many rows and no more, and says where it stopped: a page or a count costs
the same among a thousand and among a million.
"""

from collections.abc import Mapping
from datetime import datetime, timedelta
from functools import lru_cache
from typing import Any, Literal
from uuid import UUID

import msgspec
from sqlalchemy import (
    ColumnElement,
    Subquery,
    all_,
    and_,
    bindparam,
    func,
    literal_column,
    or_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.dialects import postgresql

from peakend.conversations.models import conversation_table, due_table
from peakend.conversations.queries.sifts import UUIDS, moment, number, one_of, runs, sifted
from peakend.conversations.rules.views import ViewFilter
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.profiles.queries import FieldTest

# Walked along: the open ones by their last message, by what is promised, or the closed ones.
Base = Literal["open", "due", "closed"]
MOST_RANGES = 50
# A range for each of so many chosen agents or queues; more are sifted.
MOST_CHOSEN = 5

# Rows that a condition reads elsewhere for each row of the walk; a customer's with what was merged.
_READS = {"tags": 1, "tiers": 1, "conversation": 1, "customer": 5}

_c = conversation_table.c
_d = due_table.c
DIALECT = postgresql.dialect(paramstyle="numeric_dollar")


class Sieve(msgspec.Struct, frozen=True, kw_only=True):
    """A filter as it is for one reader: names are ids, lengths are moments."""

    filter: ViewFilter
    now: datetime
    me: UUID | None
    agent_ids: list[UUID]
    reason_ids: list[UUID]
    fields: list[FieldTest] = []


class Spot(msgspec.Struct, frozen=True):
    """A row that was looked at: where it stands, and whether it fits."""

    id: UUID
    at: datetime
    fits: bool
    place: int


async def walk(
    tx: Transaction,
    actor: Actor,
    sieve: Sieve,
    base: Base,
    *,
    upwards: bool,
    after: tuple[datetime, UUID] | None,
    most: int,
    looked: int,
    rest: bool = False,
) -> list[Spot]:
    """Return up to `most` rows that fit, of the next `looked` ones.

    Where that many were looked at, the last of them is there too, fitting or not.
    """
    values = values_of(sieve, actor)
    ranges, more = ranges_of(base, actor, sieve)
    if not ranges:
        return []
    values |= more | {"most": most, "looked": looked}
    if after is not None:
        values |= {
            "after_minute": after[0].replace(second=0, microsecond=0),
            "after_at": after[0],
            "after_id": after[1],
        }
    names = (*conditions_of(sieve), *(("rest",) if rest else ()))
    sql, order = _statement(base, ranges, names, upwards, after is not None, is_walled(base, actor))
    spots = await tx.all(Spot, sql, *(values[name] for name in order))
    return sorted(spots, key=lambda spot: spot.place)


def values_of(sieve: Sieve, actor: Actor) -> dict[str, Any]:
    """Return everything that a statement may be given."""
    given, now = sieve.filter, sieve.now

    def ago(length_s: int | None) -> datetime | None:
        return None if length_s is None else now - timedelta(seconds=length_s)

    return {
        "now": now,
        "me": actor.id,
        "seen_queues": actor.seen_queues,
        "seen_brands": actor.seen_brands,
        "agents": sieve.agent_ids,
        "queues": given.queue_ids,
        "brands": given.brand_ids,
        "channels": given.channel_ids,
        "tags": given.tag_ids,
        "reasons": sieve.reason_ids,
        "priorities": list(given.priorities),
        "tiers": given.tiers,
        "languages": list(given.languages),
        "waiting": ago(given.waiting_s),
        "opened_from": ago(given.opened_within_s),
        "opened_to": ago(given.opened_before_s),
        "last_from": ago(given.last_within_s),
        "last_to": ago(given.last_before_s),
        **_tested(sieve.fields),
    }


def _tested(tests: list[FieldTest]) -> dict[str, Any]:
    values: dict[str, Any] = {}
    for at, one in enumerate(tests):
        given = {
            "field": one.field_id, "texts": one.texts, "low": one.low, "high": one.high,
            "since": one.since, "till": one.till, "yes": one.yes,
        }  # fmt: skip
        values |= {f"{name}_{at}": value for name, value in given.items()}
    return values


def conditions_of(sieve: Sieve) -> tuple[str, ...]:
    """Return the names of what a row is sifted by; a value becomes a parameter, not a shape."""
    given = sieve.filter
    stages = sorted(set(given.stages) - {"closed"})
    names = [".".join(("stages", *stages))] if stages else []
    if given.holders or given.agent_ids:
        names.append("nobody_or_agents" if "nobody" in given.holders else "agents")
    named = ("queue", "brand", "channel", "tag", "reason")
    names += [f"{name}s" for name in named if getattr(given, f"{name}_ids")]
    names += [name for name in ("priorities", "tiers", "languages") if getattr(given, name)]
    if given.sla:
        names.append(".".join(("sla", *sorted(set(given.sla)))))
    if given.unread:
        names.append("unread")
    for name, value in (
        ("waiting", given.waiting_s),
        ("opened_from", given.opened_within_s),
        ("opened_to", given.opened_before_s),
        ("last_from", given.last_within_s),
        ("last_to", given.last_before_s),
    ):
        if value is not None:
            names.append(name)
    names += [f"{one.of}.{at}" for at, one in enumerate(sieve.fields)]
    return tuple(names)


def looks(sieve: Sieve, reads: int) -> int:
    """Return how many rows of the walk may be looked at for so many rows read."""
    names = (name.partition(".")[0] for name in conditions_of(sieve))
    return max(1, reads // (1 + sum(_READS.get(name, 0) for name in names)))


def is_walled(base: Base, actor: Actor) -> bool:
    """Say whether the walk passes rows that are not for this actor, so that they are sifted out."""
    return base == "due" and not actor.sees_all


def ranges_of(base: Base, actor: Actor, sieve: Sieve) -> tuple[tuple[str, ...], dict[str, Any]]:
    """Return the ranges that hold what the actor may see, none twice, and their values.

    Who sees everything walks the ranges of the few agents or queues that were chosen.
    """
    given = sieve.filter
    exact = bool(given.holders or given.agent_ids) and "nobody" not in given.holders
    if base == "due":
        return ("",), {}
    own = ("mine", "aside") if base == "open" else ("mine",)
    if actor.sees_all:
        if exact and len(sieve.agent_ids) <= MOST_CHOSEN:
            names = [f"{kind}_{at}" for at in range(len(sieve.agent_ids)) for kind in _of(base)]
            return tuple(names), {f"agent_{at}": one for at, one in enumerate(sieve.agent_ids)}
        if given.queue_ids and len(given.queue_ids) <= MOST_CHOSEN:
            names = [f"queue_{at}" for at in range(len(given.queue_ids))]
            return tuple(names), {f"queue_{at}": one for at, one in enumerate(given.queue_ids)}
        return ("",), {}
    ranges: tuple[str, ...] = ()
    values: dict[str, Any] = {}
    nobodys = set(given.holders) == {"nobody"} and not sieve.agent_ids
    if (not exact or actor.id in sieve.agent_ids) and not nobodys:
        ranges += own
    if exact and sieve.agent_ids == [actor.id]:
        return ranges, values
    for kind, seen, chosen in (
        ("foreign", actor.seen_queues, given.queue_ids),
        ("brand", actor.seen_brands, given.brand_ids),
    ):
        walked = [one for one in seen if not chosen or one in chosen][:MOST_RANGES]
        ranges += tuple(f"{kind}_{at}" for at in range(len(walked)))
        values |= {f"{kind}_{at}": one for at, one in enumerate(walked)}
    return ranges, values


def _of(base: Base) -> tuple[str, ...]:
    return ("agent", "put") if base == "open" else ("agent",)


# Composing and compiling costs more than the query; views have few shapes.
@lru_cache(maxsize=512)
def _statement(
    base: Base,
    ranges: tuple[str, ...],
    names: tuple[str, ...],
    upwards: bool,
    paged: bool,
    walled: bool,
) -> tuple[str, tuple[str, ...]]:
    """Return the SQL of a walk and the names of its parameters in their order."""
    places = places_of(base)
    within = bounds(base, names)
    if paged:
        here = tuple_(*places.values())
        last = tuple_(*(bindparam(f"after_{n}", type_=c.type) for n, c in places.items()))
        within.append(here > last if upwards else here < last)
    shown = {"fits": fits_all(base, names, walled)}
    walked = ranges_as_one(base, ranges, within, upwards, places, shown)
    order = [walked.c[name] if upwards else walked.c[name].desc() for name in places]
    numbered = (
        select(walked, func.row_number().over(order_by=order).label("place"))
        .order_by(*order)
        .limit(number("looked"))
        .subquery()
    )
    sql = (
        select(numbered.c.id, numbered.c.at, numbered.c.fits, numbered.c.place)
        .where(or_(numbered.c.fits, numbered.c.place == number("looked")))
        .limit(number("most"))
        .compile(dialect=DIALECT)
    )
    return str(sql), tuple(sql.positiontup or ())


def bounds(base: Base, names: tuple[str, ...]) -> list[ColumnElement[bool]]:
    """Return what bounds the walk itself, for all its ranges."""
    within = [_c.organisation_id == func.current_organisation(), *_of_base(base)]
    if base == "due" and "sla.breached" in names:
        within.append(_d.due_at <= moment("now"))
    if base == "due" and "sla.near" in names:
        within.append(_d.due_at > moment("now"))
    for name, column in (("last_from", "from"), ("last_to", "to")):
        if name in names and base == "open":
            edge = func.date_bin(
                literal_column("interval '1 minute'"),
                moment(name),
                literal_column("timestamptz '2000-01-01 00:00Z'"),
            )
            minute = _c.last_message_minute
            within.append(minute >= edge if column == "from" else minute <= edge)
    return within


def fits_all(base: Base, names: tuple[str, ...], walled: bool) -> ColumnElement[bool]:
    """Return whether a row of the walk passes every condition of a filter."""
    sifts = [_sifted(base, name) for name in names]
    every = and_(literal_column("true"), *sifts, *_wall(walled))
    return func.coalesce(every, literal_column("false"))


def _sifted(base: Base, name: str) -> ColumnElement[bool]:
    # The walk is along the promises themselves, and its bounds know which are late.
    if base == "due" and name.startswith("sla."):
        return literal_column("true") if name == "sla.breached" else _d.warn_at <= moment("now")
    return sifted(name)


def ranges_as_one(
    base: Base,
    ranges: tuple[str, ...],
    within: list[ColumnElement[bool]],
    upwards: bool,
    places: Mapping[str, Any],
    shown: Mapping[str, ColumnElement[bool]],
) -> Subquery:
    """Return the ranges as one: each is read as far as it may be asked for, and no further."""
    ends = [column if upwards else column.desc() for column in places.values()]
    branches = [
        select(*(column.label(name) for name, column in {**places, **shown}.items()))
        .where(*within, *_in_range(name, base))
        .order_by(*ends)
        .limit(number("looked"))
        for name in ranges
    ]
    if len(branches) == 1:
        return branches[0].subquery()
    return union_all(*(select(branch.subquery()) for branch in branches)).subquery()


def places_of(base: Base) -> Mapping[str, Any]:
    """Return what the walk is ordered by; the minute leads where the index knows no finer time."""
    if base == "due":
        return {"at": _d.due_at, "id": _d.conversation_id}
    if base == "closed":
        return {"at": _c.closed_at, "id": _c.id}
    return {"minute": _c.last_message_minute, "at": _c.last_message_at, "id": _c.id}


def _of_base(base: Base) -> list[ColumnElement[bool]]:
    if base == "closed":
        return [_c.state == literal_column("'closed'")]
    if base == "due":
        return runs()
    return [_c.state != literal_column("'closed'")]


def _in_range(name: str, base: Base) -> list[ColumnElement[bool]]:
    """Return the conditions of a range, none of which holds what another one does.

    `foreign` is a queue without what I hold, `brand` a brand without that and without my queues.
    """
    kind, _, at = name.partition("_")
    mine = _c.agent_id == bindparam("me", type_=_c.agent_id.type)
    here = [] if base == "closed" else [_c.snoozed_until.is_(None)]
    if kind == "mine":
        return [mine, *here]
    if kind == "aside":
        return [mine, _c.snoozed_until.is_not(None)]
    if kind in ("agent", "put"):
        held = _c.agent_id == bindparam(f"agent_{at}", type_=_c.agent_id.type)
        return [held, *([_c.snoozed_until.is_not(None)] if kind == "put" else here)]
    other = _c.agent_id.is_distinct_from(bindparam("me", type_=_c.agent_id.type))
    if kind in ("queue", "foreign"):
        queued = _c.queue_id == bindparam(name, type_=_c.queue_id.type)
        return [queued, other] if kind == "foreign" else [queued]
    if kind == "brand":
        branded = _c.brand_id == bindparam(name, type_=_c.brand_id.type)
        # Of no queue of mine: "not any of" would be read as "unlike one of".
        foreign = _c.queue_id != all_(bindparam("seen_queues", type_=UUIDS))
        elsewhere = or_(_c.queue_id.is_(None), foreign)
        return [branded, other, elsewhere]
    return []


def _wall(walled: bool) -> list[ColumnElement[bool]]:
    if not walled:
        return []
    mine = _c.agent_id == bindparam("me", type_=_c.agent_id.type)
    queued, branded = one_of(_c.queue_id, "seen_queues"), one_of(_c.brand_id, "seen_brands")
    return [or_(mine, queued, branded)]
