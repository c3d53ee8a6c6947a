"""Which conversations a list shows: SQLAlchemy Core composes the filters, values stay parameters.

Each branch of a list is one range of one index, read backwards and cut at the page's length; the
branches are merged. So a page costs the same among a thousand and among a million.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec
from sqlalchemy import ColumnElement, Select, func, literal, select, tuple_, union_all
from sqlalchemy.dialects import postgresql

from peakend.conversations.models import conversation_table, conversation_tag_table
from peakend.conversations.queries.rows import ConversationRow, rows
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.paging import Page, WrongCursor, cursor_decode, cursor_encode

View = Literal["mine", "queue", "all", "closed", "digital"]

MOST_ROWS = 100
COUNTED_TO = 1_000

_c = conversation_table.c
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
    """How many rows each view has, counted up to 1,000."""

    mine: int
    queue: int
    all: int
    digital: int
    unread: int


class _Key(msgspec.Struct, frozen=True):
    id: UUID
    at: datetime


async def conversation_list(
    tx: Transaction,
    actor: Actor,
    view: View,
    filters: Filters,
    *,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[ConversationRow]:
    """Return a page of a view, newest first. Errors: WrongCursor."""
    limit = max(1, min(limit, MOST_ROWS))
    after = _after(cursor) if cursor else None
    keys = await _keys(tx, actor, view, filters, after, limit + 1)
    page = keys[:limit]
    found = await rows(tx, [key.id for key in page], actor)
    more = len(keys) > limit
    return Page(found, cursor_encode(page[-1].at.isoformat(), page[-1].id) if more else None)


def _after(cursor: str) -> tuple[datetime, UUID]:
    at, identifier = cursor_decode(cursor, 2)
    try:
        moment = datetime.fromisoformat(str(at))
        if moment.tzinfo is None:
            raise WrongCursor
        return moment, UUID(str(identifier))
    except ValueError as error:
        raise WrongCursor from error


async def _keys(
    tx: Transaction,
    actor: Actor,
    view: View,
    filters: Filters,
    after: tuple[datetime, UUID] | None,
    limit: int,
) -> list[_Key]:
    sort = _c.closed_at if view == "closed" else _c.last_message_at
    conditions = [_tenant(), *_of_view(view, actor), *_narrowed(filters)]
    if after is not None:
        conditions.append(
            tuple_(sort, _c.id)
            < tuple_(literal(after[0], sort.type), literal(after[1], _c.id.type))
        )
    branches = [
        _one_range([*conditions, *branch], sort, limit) for branch in _branches(view, actor)
    ]
    if not branches:
        return []
    if len(branches) == 1:
        return await _all(tx, branches[0])
    merged = union_all(*(select(branch.subquery()) for branch in branches)).subquery()
    # UNION ALL and a look at the id, because one conversation may be mine and in my queue.
    statement = (
        select(merged.c.id, merged.c.at)
        .group_by(merged.c.id, merged.c.at)
        .order_by(merged.c.at.desc(), merged.c.id.desc())
        .limit(limit)
    )
    return await _all(tx, statement)


def _one_range(conditions: Sequence[Any], sort: Any, limit: int) -> Select[Any]:
    return (
        select(_c.id, sort.label("at"))
        .where(*conditions)
        .order_by(sort.desc(), _c.id.desc())
        .limit(limit)
    )


def _tenant() -> ColumnElement[bool]:
    return _c.organisation_id == func.current_organisation()


def _of_view(view: View, actor: Actor) -> list[ColumnElement[bool]]:
    if view == "closed":
        return [_c.state == "closed"]
    if view == "digital":
        return [_c.state == "digital"]
    if view == "queue":
        return [_c.state == "waiting"]
    conditions: list[ColumnElement[bool]] = [_c.state != "closed"]
    if view == "mine":
        conditions.append(_c.agent_id == actor.id)
    return conditions


def _branches(view: View, actor: Actor) -> list[list[ColumnElement[bool]]]:
    """Return one condition for each index range that the actor may see."""
    if view == "mine":
        return [[_c.agent_id == actor.id]] if actor.id else []
    if actor.kind != "member" or actor.scope == "all":
        return [[]]
    own = [[_c.agent_id == actor.id]] if view != "queue" else []
    if actor.scope == "own":
        return own
    return own + [[_c.queue_id == queue] for queue in sorted(actor.queue_ids)[:50]]


def _narrowed(filters: Filters) -> list[ColumnElement[bool]]:
    conditions: list[ColumnElement[bool]] = []
    for column, value in (
        (_c.queue_id, filters.queue_id),
        (_c.agent_id, filters.agent_id),
        (_c.brand_id, filters.brand_id),
        (_c.channel_id, filters.channel_id),
        (_c.customer_id, filters.customer_id),
    ):
        if value is not None:
            conditions.append(column == value)
    if filters.tag_id is not None:
        t = conversation_tag_table.c
        conditions.append(
            select(literal(1))
            .where(
                t.organisation_id == _c.organisation_id,
                t.conversation_id == _c.id,
                t.tag_id == filters.tag_id,
            )
            .exists()
        )
    return conditions


async def _all(tx: Transaction, statement: Any) -> list[_Key]:
    compiled = statement.compile(dialect=_dialect, compile_kwargs={"render_postcompile": True})
    order = compiled.positiontup or []
    return await tx.all(_Key, str(compiled), *(compiled.params[name] for name in order))


_COUNTS = """
SELECT
    (SELECT count(*) FROM (
        SELECT 1 FROM conversation c
        WHERE c.organisation_id = current_organisation()
          AND c.state <> 'closed' AND c.agent_id = $2 LIMIT $4) x)::int AS mine,
    (SELECT count(*) FROM (
        SELECT 1 FROM conversation c
        WHERE c.organisation_id = current_organisation()
          AND c.state = 'waiting' AND ($1 OR c.queue_id = ANY($3::uuid[])) LIMIT $4) x)::int
        AS queue,
    (SELECT count(*) FROM (
        SELECT 1 FROM conversation c
        WHERE c.organisation_id = current_organisation() AND c.state <> 'closed'
          AND ($1 OR c.agent_id = $2 OR c.queue_id = ANY($3::uuid[])) LIMIT $4) x)::int AS "all",
    (SELECT count(*) FROM (
        SELECT 1 FROM conversation c
        WHERE c.organisation_id = current_organisation() AND c.state = 'digital'
          AND ($1 OR c.queue_id = ANY($3::uuid[])) LIMIT $4) x)::int AS digital,
    (SELECT count(*) FROM (
        SELECT 1 FROM conversation c
        WHERE c.organisation_id = current_organisation()
          AND c.state <> 'closed' AND c.agent_id = $2 AND c.unread > 0 LIMIT $4) x)::int AS unread
"""


async def counts(tx: Transaction, actor: Actor) -> Counts:
    """Return the size of each view. Counts: up to 1,000 rows; 1,000 means "999+"."""
    sees_all = actor.kind != "member" or actor.scope == "all"
    queues = list(actor.queue_ids) if actor.scope == "queue" else []
    found = await tx.all(Counts, _COUNTS, sees_all, actor.id, queues, COUNTED_TO)
    return found[0]
