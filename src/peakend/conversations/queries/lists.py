"""Which conversations a list shows: SQLAlchemy Core composes the filters, values stay parameters.

Each branch of a list is one range of one index, read backwards and cut at the page's length; the
branches are merged. So a page costs the same among a thousand and among a million.
"""

from datetime import UTC, datetime
from functools import lru_cache
from typing import Any, Literal, cast
from uuid import UUID

import msgspec
from sqlalchemy import (
    BindParameter,
    ColumnElement,
    Integer,
    and_,
    bindparam,
    func,
    literal_column,
    not_,
    select,
    tuple_,
    union_all,
)
from sqlalchemy.dialects import postgresql

from peakend.conversations.models import conversation_table, conversation_tag_table, due_table
from peakend.conversations.queries.rows import ConversationRow, rows
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.paging import Page, WrongCursor, cursor_decode, cursor_encode

View = Literal["mine", "snoozed", "queue", "all", "closed", "digital"]
Order = Literal["recent", "due"]
# Recent, or by time left in two parts: those whose clock runs, then the others.
_Part = Literal["recent", "due", "rest"]

MOST_ROWS = 100
MOST_QUEUES = 50
MOST_BRANDS = 20
COUNTED_TO = 1_000

_c_table = conversation_table
_c = conversation_table.c
_d = due_table.c
_dialect = postgresql.dialect(paramstyle="numeric_dollar")


class Filters(msgspec.Struct, frozen=True, kw_only=True):
    """What a list is narrowed to."""

    queue_id: UUID | None = None
    agent_id: UUID | None = None
    tag_id: UUID | None = None
    brand_id: UUID | None = None
    channel_id: UUID | None = None
    customer_id: UUID | None = None


class Counts(msgspec.Struct, frozen=True):
    """How many rows each view has, counted up to 1,000.

    Counts: `left` are those of `queue` in which nobody waits on the line: mails, words left.
    """

    mine: int
    snoozed: int
    queue: int
    left: int
    all: int
    digital: int
    unread: int


class _Key(msgspec.Struct, frozen=True):
    id: UUID
    at: datetime


_Place = tuple[_Part, datetime, UUID]


async def conversation_list(
    tx: Transaction,
    actor: Actor,
    view: View,
    filters: Filters,
    *,
    order: Order = "recent",
    cursor: str | None = None,
    limit: int = 50,
) -> Page[ConversationRow]:
    """Return a page of a view, newest first; what is put aside, soonest first.

    By time left those come first whose clock runs, the soonest due before the others.
    Errors: WrongCursor.
    """
    limit = max(1, min(limit, MOST_ROWS))
    parts: tuple[_Part, ...] = ("recent",)
    if order == "due" and view in ("mine", "queue", "all"):
        parts = ("due", "rest")
    after = _after(cursor, parts) if cursor else None
    if after is not None:
        parts = parts[parts.index(after[0]) :]
    placed: list[_Place] = []
    for part in parts:
        since = after if after is not None and after[0] == part else None
        if (wanted := limit + 1 - len(placed)) > 0:
            keys = await _keys(tx, actor, view, filters, part, since, wanted)
            placed += [(part, key.at, key.id) for key in keys]
    page = placed[:limit]
    found = await rows(tx, [one[2] for one in page], actor)
    if len(placed) <= limit:
        return Page(found, None)
    last = page[-1]
    return Page(found, cursor_encode(last[0], last[1].isoformat(), last[2]))


def _after(cursor: str, parts: tuple[_Part, ...]) -> _Place:
    part, at, identifier = cursor_decode(cursor, 3)
    try:
        moment = datetime.fromisoformat(str(at))
        if moment.tzinfo is None or part not in parts:
            raise WrongCursor
        return cast("_Part", part), moment.astimezone(UTC), UUID(str(identifier))
    except (ValueError, OverflowError) as error:
        raise WrongCursor from error


async def _keys(
    tx: Transaction,
    actor: Actor,
    view: View,
    filters: Filters,
    part: _Part,
    after: _Place | None,
    limit: int,
) -> list[_Key]:
    queues, brands = _queues(view, actor), _brands(view, actor)
    narrowed = {
        name: value
        for name in Filters.__struct_fields__
        if (value := getattr(filters, name)) is not None
    }
    values: dict[str, Any] = {"me": actor.id, "most": limit, **narrowed}
    values |= {f"queue_{place}": queue for place, queue in enumerate(queues)}
    values |= {f"brand_{place}": brand for place, brand in enumerate(brands)}
    if after is not None:
        minute = after[1].replace(second=0, microsecond=0)
        values |= {"after_minute": minute, "after_at": after[1], "after_id": after[2]}
    ranges = _ranges(view, actor, len(queues), len(brands))
    if not ranges:
        return []
    sql, names = _statement(view, part, ranges, tuple(narrowed), after is not None)
    return await tx.all(_Key, sql, *(values[name] for name in names))


def _queues(view: View, actor: Actor) -> list[UUID]:
    return [] if view in ("mine", "snoozed") else actor.seen_queues[:MOST_QUEUES]


def _brands(view: View, actor: Actor) -> list[UUID]:
    return [] if view in ("mine", "snoozed") else actor.seen_brands[:MOST_BRANDS]


def _ranges(view: View, actor: Actor, queues: int, brands: int) -> tuple[str, ...]:
    """Return the ranges that hold what the actor may see: all, own, each queue's and brand's."""
    if view in ("mine", "snoozed"):
        return ("me" if view == "mine" else "aside",) if actor.id else ()
    if actor.sees_all:
        return ("",)
    own = {"queue": (), "all": ("me", "aside")}.get(view, ("me",))
    in_queues = tuple(f"queue_{place}" for place in range(queues))
    return own + in_queues + tuple(f"brand_{place}" for place in range(brands))


# Composing and compiling costs more than the query; a list has few shapes.
@lru_cache(maxsize=512)
def _statement(
    view: View, part: _Part, ranges: tuple[str, ...], narrowed: tuple[str, ...], paged: bool
) -> tuple[str, tuple[str, ...]]:
    """Return the SQL of a list and the names of its parameters in their order."""
    places = _places(view, part)
    conditions = [
        _c.organisation_id == func.current_organisation(),
        *_of_view(view),
        *_of_part(part),
        *(_narrowed(name) for name in narrowed),
    ]
    upwards = view == "snoozed" or part == "due"
    if paged:
        here = tuple_(*places.values())
        last = tuple_(*(_given(f"after_{name}", column) for name, column in places.items()))
        conditions.append(here > last if upwards else here < last)
    branches = [
        select(_c.id, places["at"].label("at"))
        .where(*conditions, *_in_range(name, view))
        .order_by(*(column if upwards else column.desc() for column in places.values()))
        .limit(bindparam("most", type_=Integer))
        for name in ranges
    ]
    if len(branches) == 1:
        return _compiled(branches[0])
    merged = union_all(*(select(branch.subquery()) for branch in branches)).subquery()
    # One conversation may be mine and in my queue: grouping leaves it once.
    ends = (merged.c.at, merged.c.id)
    return _compiled(
        select(merged.c.id, merged.c.at)
        .group_by(merged.c.id, merged.c.at)
        .order_by(*(ends if upwards else (end.desc() for end in ends)))
        .limit(bindparam("most", type_=Integer))
    )


def _places(view: View, part: _Part) -> dict[str, Any]:
    """Return what orders a view; the minute leads where the index knows no finer time."""
    if part == "due":
        return {"at": _d.due_at, "id": _d.conversation_id}
    if view == "closed":
        return {"at": _c.closed_at, "id": _c.id}
    if view == "snoozed":
        return {"at": _c.snoozed_until, "id": _c.id}
    return {"minute": _c.last_message_minute, "at": _c.last_message_at, "id": _c.id}


def _of_part(part: _Part) -> list[ColumnElement[bool]]:
    """Return what leaves those whose clock runs, or the others."""
    if part == "recent":
        return []
    same = and_(_d.organisation_id == _c.organisation_id, _d.conversation_id == _c.id)
    runs = [
        _c.state.in_([literal_column("'waiting'"), literal_column("'serving'")]),
        _c.awaiting_since.is_not(None),
        _c.snoozed_until.is_(None),
    ]
    if part == "due":
        return [same, *runs]
    return [not_(select(literal_column("1")).where(same, *runs).correlate(_c_table).exists())]


def _given(name: str, column: Any) -> BindParameter[Any]:
    return bindparam(name, type_=column.type)


def _of_view(view: View) -> list[ColumnElement[bool]]:
    # The states stand in the text, as in the conditions of the partial indexes.
    wanted = {"closed": "closed", "digital": "digital", "queue": "waiting"}.get(view)
    if wanted is not None:
        return [_c.state == literal_column(f"'{wanted}'")]
    return [_c.state != literal_column("'closed'")]


def _in_range(name: str, view: View) -> list[ColumnElement[bool]]:
    if not name:
        return []
    if name == "aside":
        return [_c.agent_id == _given("me", _c.agent_id), _c.snoozed_until.is_not(None)]
    kinds = {"me": _c.agent_id, "queue": _c.queue_id, "brand": _c.brand_id}
    column = kinds[name.split("_")[0]]
    given = [column == _given(name, column)]
    # What is put aside has an index of its own.
    return [*given, _c.snoozed_until.is_(None)] if name == "me" and view != "closed" else given


def _narrowed(name: str) -> ColumnElement[bool]:
    if name != "tag_id":
        return _c[name] == _given(name, _c[name])
    t = conversation_tag_table.c
    return (
        select(literal_column("1"))
        .where(
            t.organisation_id == _c.organisation_id,
            t.conversation_id == _c.id,
            t.tag_id == _given(name, t.tag_id),
        )
        .exists()
    )


def _compiled(statement: Any) -> tuple[str, tuple[str, ...]]:
    compiled = statement.compile(dialect=_dialect)
    return str(compiled), tuple(compiled.positiontup or ())


_COUNTS = """
SELECT
    (SELECT count(*) FROM (
        SELECT 1 FROM conversation c
        WHERE c.organisation_id = current_organisation()
          AND c.state <> 'closed' AND c.agent_id = $2 AND c.snoozed_until IS NULL
        LIMIT $4) x)::int AS mine,
    (SELECT count(*) FROM (
        SELECT 1 FROM conversation c
        WHERE c.organisation_id = current_organisation()
          AND c.agent_id = $2 AND c.snoozed_until IS NOT NULL LIMIT $4) x)::int AS snoozed,
    (SELECT count(*) FROM (
        SELECT 1 FROM conversation c
        WHERE c.organisation_id = current_organisation()
          AND c.state = 'waiting'
          AND ($1 OR c.queue_id = ANY($3::uuid[]) OR c.brand_id = ANY($5::uuid[]))
        LIMIT $4) x)::int AS queue,
    (SELECT count(*) FROM (
        SELECT 1 FROM conversation c
        WHERE c.organisation_id = current_organisation()
          AND c.state = 'waiting' AND (c.left_word OR c.channel_kind = 'mail')
          AND ($1 OR c.queue_id = ANY($3::uuid[]) OR c.brand_id = ANY($5::uuid[]))
        LIMIT $4) x)::int AS "left",
    (SELECT count(*) FROM (
        SELECT 1 FROM conversation c
        WHERE c.organisation_id = current_organisation() AND c.state <> 'closed'
          AND ($1 OR c.agent_id = $2 AND c.snoozed_until IS NULL
               OR c.agent_id = $2 AND c.snoozed_until IS NOT NULL
               OR c.queue_id = ANY($3::uuid[])
               OR c.brand_id = ANY($5::uuid[])) LIMIT $4) x)::int AS "all",
    (SELECT count(*) FROM (
        SELECT 1 FROM conversation c
        WHERE c.organisation_id = current_organisation() AND c.state = 'digital'
          AND ($1 OR c.queue_id = ANY($3::uuid[]) OR c.brand_id = ANY($5::uuid[]))
        LIMIT $4) x)::int AS digital,
    (SELECT count(*) FROM (
        SELECT 1 FROM conversation c
        WHERE c.organisation_id = current_organisation()
          AND c.state <> 'closed' AND c.agent_id = $2 AND c.snoozed_until IS NULL
          AND (c.unread > 0 OR c.marked_unread) LIMIT $4) x)::int AS unread
"""


async def counts(tx: Transaction, actor: Actor) -> Counts:
    """Return the size of each view. Counts: up to 1,000 rows; 1,000 means "999+"."""
    found = await tx.all(
        Counts, _COUNTS, actor.sees_all, actor.id, actor.seen_queues, COUNTED_TO, actor.seen_brands
    )
    return found[0]


async def held_digitally(tx: Transaction) -> int:
    """Return how many conversations the digital agent has now. Counts: up to 1,000."""
    found: int = await tx.value(
        """
        SELECT count(*) FROM (
            SELECT 1 FROM conversation
            WHERE organisation_id = current_organisation() AND state = 'digital' LIMIT $1) x
        """,
        COUNTED_TO,
    )
    return found
