"""What a row of a view is sifted by: one condition of a filter each."""

from functools import partial
from typing import Any

from sqlalchemy import (
    Boolean,
    ColumnElement,
    Date,
    DateTime,
    Exists,
    Float,
    FromClause,
    Integer,
    Select,
    Text,
    and_,
    any_,
    bindparam,
    func,
    literal_column,
    not_,
    or_,
    select,
)
from sqlalchemy.dialects.postgresql import ARRAY
from sqlalchemy.dialects.postgresql import UUID as PgUUID  # noqa: N811 (a column type)

from peakend.conversations.models import conversation_table, conversation_tag_table, due_table

_c = conversation_table.c
_d = due_table.c
_UUID = PgUUID(as_uuid=True)
UUIDS = ARRAY(_UUID)

number = partial(bindparam, type_=Integer)
moment = partial(bindparam, type_=DateTime(timezone=True))


def runs() -> list[ColumnElement[bool]]:
    """Return the conditions under which a clock runs."""
    return [
        _d.organisation_id == _c.organisation_id,
        _d.conversation_id == _c.id,
        # One expression, which the planner takes for half of the rows: from its parts it makes one
        # in ten thousand, and would rather read every conversation than walk the promises.
        literal_column(
            "CASE WHEN conversation.state IN ('waiting', 'serving')"
            " AND conversation.awaiting_since IS NOT NULL"
            " AND conversation.snoozed_until IS NULL THEN true ELSE false END",
            Boolean,
        ),
    ]


def one_of(column: Any, name: str, kind: Any = UUIDS) -> ColumnElement[bool]:
    """Return the condition that a column is one of a list."""
    return column == any_(bindparam(name, type_=kind))


def sifted(name: str) -> ColumnElement[bool]:
    """Return one condition of a filter."""
    kind, *parts = name.split(".")
    if kind == "stages":
        return or_(*(_stage(one) for one in parts))
    if kind == "sla":
        breached, near = _d.due_at <= moment("now"), _d.warn_at <= moment("now")
        late = near if len(parts) == 2 else breached
        if parts == ["near"]:
            late = and_(near, _d.due_at > moment("now"))
        return _exists(*runs(), late)
    if kind == "rest":
        return not_(_exists(*runs()))
    if kind == "nobody_or_agents":
        return or_(_c.agent_id.is_(None), one_of(_c.agent_id, "agents"))
    if kind == "tags":
        t = conversation_tag_table.c
        return _exists(
            t.organisation_id == _c.organisation_id,
            t.conversation_id == _c.id,
            one_of(t.tag_id, "tags"),
        )
    if kind == "unread":
        return or_(_c.unread > literal_column("0"), _c.marked_unread)
    if kind == "tiers":
        of_tier: Any = func.customer_of_tier(_c.customer_id, bindparam(kind, type_=ARRAY(Text)))
        return _exists(within=of_tier.alias("of_tier"))
    if kind in ("customer", "conversation"):
        return _field_fits(kind, parts[0])
    if kind in _TIMES:
        column, later = _TIMES[kind]
        return column >= moment(kind) if later else column <= moment(kind)
    column = _COLUMNS[kind]
    return one_of(column, kind, ARRAY(column.type))


def _field_fits(of: str, at: str) -> ColumnElement[bool]:
    """Return whether the custom field of the test at a place fits."""
    asks = func.customer_profile_fits if of == "customer" else func.profile_fits
    found: Any = asks(
        _c.customer_id if of == "customer" else _c.id,
        bindparam(f"field_{at}", type_=_UUID),
        bindparam(f"texts_{at}", type_=ARRAY(Text)),
        bindparam(f"low_{at}", type_=Float),
        bindparam(f"high_{at}", type_=Float),
        bindparam(f"since_{at}", type_=Date),
        bindparam(f"till_{at}", type_=Date),
        bindparam(f"yes_{at}", type_=Boolean),
    )
    return _exists(within=found.alias(f"of_field_{at}"))


def _exists(*conditions: ColumnElement[bool], within: FromClause | None = None) -> Exists:
    """Return whether something is there, looked up for the row at hand and no other.

    Without the offset the planner may read all that there could be for any row, and keep that.
    """
    found: Select[Any] = select(literal_column("1")).where(*conditions)
    if within is not None:
        found = found.select_from(within)
    return found.offset(literal_column("0")).correlate(conversation_table).exists()


def _stage(name: str) -> ColumnElement[bool]:
    if name == "snoozed":
        return _c.snoozed_until.is_not(None)
    here = _c.state == literal_column(f"'{name}'")
    return and_(here, _c.snoozed_until.is_(None)) if name == "serving" else here


_COLUMNS = {
    "agents": _c.agent_id,
    "queues": _c.queue_id,
    "brands": _c.brand_id,
    "channels": _c.channel_id,
    "reasons": _c.reason_id,
    "priorities": _c.priority,
    "languages": _c.language,
}
# Whether the moment is the earliest or the latest that fits.
_TIMES = {
    "waiting": (_c.awaiting_since, False),
    "opened_from": (_c.opened_at, True),
    "opened_to": (_c.opened_at, False),
    "last_from": (_c.last_message_at, True),
    "last_to": (_c.last_message_at, False),
}
