"""Tables of routing: queues, hours, presence and work items (a work item is a leg)."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec
from sqlalchemy import Boolean, CheckConstraint, Column, DateTime, Index, Integer, Text, text
from sqlalchemy.dialects import postgresql
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from peakend.kernel.db import reference, tenant_table
from peakend.kernel.personal import plain

ACTIVE = "state IN ('waiting', 'offered', 'serving')"


def _moment(name: str, *, nullable: bool = True) -> Column[datetime]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


def _number(name: str, default: int) -> Column[int]:
    return Column(name, Integer, nullable=False, server_default=str(default))


business_hours = tenant_table(
    "business_hours",
    Column("name", Text, nullable=False),
    Column("time_zone", Text, nullable=False),
    Column("week", JSONB, nullable=False),
    Column("holidays", JSONB, nullable=False, server_default="[]"),
    _number("version", 1),
)

queue = tenant_table(
    "queue",
    Column("name", Text, nullable=False),
    *reference("brand_id", "brand"),
    Column("open", Boolean, nullable=False, server_default="true"),
    Column("skills", ARRAY(postgresql.UUID(as_uuid=True)), nullable=False, server_default="{}"),
    *reference("hours_id", "business_hours"),
    _number("target_s", 20),
    _number("priority", 0),
    _number("offer_s", 20),
    _number("transfer_limit_s", 180),
    _number("promise_s", 7200),
    _number("silent_limit_s", 1800),
    _number("wrap_up_s", 0),
    _number("position", 0),
    # Who waits this long may be offered to more people; empty means never.
    Column("relax_after_s", Integer),
    Column("overflow_after_s", Integer),
    # More than so many waiting: the first of them may be offered to the second queue.
    Column("overflow_over", Integer),
    *reference("overflow_queue_id", "queue"),
    _number("version", 1),
)

queue_member = tenant_table(
    "queue_member",
    *reference("queue_id", "queue", nullable=False, on_delete="CASCADE"),
    *reference("member_id", "member", nullable=False, on_delete="CASCADE"),
    Index("ix_queue_member_member", "organisation_id", "member_id"),
    primary_key=("queue_id", "member_id"),
)

queue_team = tenant_table(
    "queue_team",
    *reference("queue_id", "queue", nullable=False, on_delete="CASCADE"),
    *reference("team_id", "team", nullable=False, on_delete="CASCADE"),
    Index("ix_queue_team_team", "organisation_id", "team_id"),
    primary_key=("queue_id", "team_id"),
)

presence = tenant_table(
    "presence",
    *reference("member_id", "member", nullable=False, on_delete="CASCADE"),
    Column("state", Text, nullable=False, server_default="offline"),
    Column("reason", Text),
    _moment("since", nullable=False),
    _moment("until"),
    _moment("idle_since", nullable=False),
    # Since when no desk of this member has been open; the simulation stays without one.
    _moment("missing_since"),
    Column("stays", Boolean, nullable=False, server_default="false"),
    _number("misses", 0),
    CheckConstraint("state IN ('ready', 'wrap_up', 'break', 'offline')", name="state"),
    primary_key=("member_id",),
)

work_item = tenant_table(
    "work_item",
    *reference("conversation_id", "conversation", nullable=False, on_delete="CASCADE"),
    *reference("queue_id", "queue"),
    Column("customer_id", postgresql.UUID(as_uuid=True)),
    Column("state", Text, nullable=False),
    Column("live", Boolean, nullable=False),
    _number("priority", 0),
    # The part of the priority that comes from the conversation's own urgency.
    _number("raised", 0),
    # Put aside: held all the same, but no load.
    Column("aside", Boolean, nullable=False, server_default="false"),
    _number("target_s", 20),
    Column("skills", ARRAY(postgresql.UUID(as_uuid=True)), nullable=False, server_default="{}"),
    Column("last_agent_id", postgresql.UUID(as_uuid=True)),
    Column("only_agent_id", postgresql.UUID(as_uuid=True)),
    Column("only_team_id", postgresql.UUID(as_uuid=True)),
    Column("tried", JSONB, nullable=False, server_default="{}"),
    _moment("entered_at", nullable=False),
    Column("offered_to", postgresql.UUID(as_uuid=True)),
    _moment("offered_at"),
    _number("offer", 0),
    Column("offer_last_agent", Boolean, nullable=False, server_default="false"),
    _moment("answered_at"),
    Column("agent_id", postgresql.UUID(as_uuid=True)),
    _moment("ended_at"),
    Column("outcome", Text),
    Column("transferred_from", postgresql.UUID(as_uuid=True)),
    _number("transfers", 0),
    Column("return_to", postgresql.UUID(as_uuid=True)),
    _moment("return_by"),
    _moment("promised_at"),
    # What the customer was told on joining, to be held against what it became.
    Column("told_low_s", Integer),
    Column("told_high_s", Integer),
    CheckConstraint(
        "state IN ('waiting', 'offered', 'serving', 'done', 'abandoned', 'returned')", name="state"
    ),
    CheckConstraint("(state = 'offered') = (offered_to IS NOT NULL)", name="offer"),
    # One conversation is in one place: whoever is second finds the place taken.
    Index(
        "uq_work_item_active",
        "organisation_id",
        "conversation_id",
        unique=True,
        postgresql_where=text(ACTIVE),
    ),
    Index(
        "ix_work_item_waiting",
        "organisation_id",
        "entered_at",
        postgresql_where=text("state IN ('waiting', 'offered')"),
    ),
    Index(
        "ix_work_item_serving",
        "organisation_id",
        "agent_id",
        postgresql_where=text("state = 'serving'"),
    ),
    Index("ix_work_item_queue", "organisation_id", "queue_id", "entered_at"),
    Index("ix_work_item_conversation", "organisation_id", "conversation_id", "entered_at"),
    # With all that the report of a quarter counts, so that it reads no rows.
    Index(
        "ix_work_item_told",
        "organisation_id",
        "entered_at",
        postgresql_include=["queue_id", "state", "told_low_s", "told_high_s", "answered_at"],
        postgresql_where=text("told_high_s IS NOT NULL"),
    ),
    Index(
        "ix_work_item_handled",
        "organisation_id",
        "queue_id",
        "ended_at",
        postgresql_where=text("state = 'done' AND answered_at IS NOT NULL"),
    ),
    Index(
        "ix_work_item_customer",
        "organisation_id",
        "customer_id",
        "answered_at",
        postgresql_where=text("answered_at IS NOT NULL"),
    ),
)

work_offer = tenant_table(
    "work_offer",
    *reference("leg_id", "work_item", nullable=False, on_delete="CASCADE"),
    Column("offer", Integer, nullable=False),
    Column("agent_id", postgresql.UUID(as_uuid=True), nullable=False),
    _moment("at", nullable=False),
    _number("rule", 1),
    _number("ring", 0),
    Column("last_agent", Boolean, nullable=False, server_default="false"),
    _number("place", 1),
    _number("waiting", 1),
    _number("candidates", 1),
    Column("waited_s", Integer, nullable=False),
    # The chosen agent, then those who would have been next: id, load, capacity, idle_s.
    Column("agents", JSONB, nullable=False),
    primary_key=("leg_id", "offer"),
)


sla_policy = tenant_table(
    "sla_policy",
    Column("name", Text, nullable=False),
    _number("position", 0),
    Column("active", Boolean, nullable=False, server_default="true"),
    # Conditions; an empty one holds for everybody.
    Column("channels", ARRAY(Text), nullable=False, server_default="{}"),
    Column("queue_ids", ARRAY(postgresql.UUID(as_uuid=True)), nullable=False, server_default="{}"),
    Column("brand_ids", ARRAY(postgresql.UUID(as_uuid=True)), nullable=False, server_default="{}"),
    Column("tiers", ARRAY(Text), nullable=False, server_default="{}"),
    Column("reason_ids", ARRAY(postgresql.UUID(as_uuid=True)), nullable=False, server_default="{}"),
    Column("first_reply_s", Integer),
    Column("next_reply_s", Integer),
    Column("resolve_s", Integer),
    Column("round_the_clock", Boolean, nullable=False, server_default="false"),
    _number("version", 1),
)

sla_clock = tenant_table(
    "sla_clock",
    *reference("conversation_id", "conversation", nullable=False, on_delete="CASCADE"),
    Column("policy_id", postgresql.UUID(as_uuid=True)),
    # Since when the customer waits for us; empty while no clock runs.
    _moment("since"),
    Index(
        "ix_sla_clock_running",
        "organisation_id",
        "conversation_id",
        postgresql_where=text("since IS NOT NULL"),
    ),
    primary_key=("conversation_id",),
)

sla_mark = tenant_table(
    "sla_mark",
    *reference("conversation_id", "conversation", nullable=False, on_delete="CASCADE"),
    Column("kind", Text, nullable=False),
    _moment("at", nullable=False),
    _moment("until"),
    primary_key=("conversation_id", "kind", "at"),
)


class SlaPolicyRow(msgspec.Struct, frozen=True, kw_only=True):
    """What is promised to whom; an empty condition holds for everybody."""

    id: UUID
    name: str
    position: int
    active: bool
    channels: list[str]
    queue_ids: list[UUID]
    brand_ids: list[UUID]
    tiers: list[str]
    reason_ids: list[UUID]
    first_reply_s: int | None
    next_reply_s: int | None
    resolve_s: int | None
    round_the_clock: bool
    version: int


class ClockRow(msgspec.Struct, frozen=True, kw_only=True):
    """The clock of a conversation: by which policy it was set, and since when it runs."""

    conversation_id: UUID
    policy_id: UUID | None
    since: datetime | None


class HoursRow(msgspec.Struct, frozen=True, kw_only=True):
    """Business hours as they are stored: texts like "08:30", dates like "2026-10-01"."""

    id: UUID
    name: str
    time_zone: str
    week: dict[str, list[list[str]]]
    holidays: list[dict[str, Any]]
    version: int


class QueueRow(msgspec.Struct, frozen=True, kw_only=True):
    """A queue with its settings."""

    id: UUID
    name: str
    brand_id: UUID | None
    open: bool
    skills: list[UUID]
    hours_id: UUID | None
    target_s: int
    priority: int
    offer_s: int
    transfer_limit_s: int
    promise_s: int
    silent_limit_s: int
    wrap_up_s: int
    position: int
    relax_after_s: int | None
    overflow_after_s: int | None
    overflow_over: int | None
    overflow_queue_id: UUID | None
    version: int


class PresenceRow(msgspec.Struct, frozen=True, kw_only=True):
    """Where an agent is."""

    member_id: UUID
    state: Literal["ready", "wrap_up", "break", "offline"]
    reason: str | None
    since: datetime
    until: datetime | None
    idle_since: datetime
    missing_since: datetime | None
    stays: bool
    misses: int


class WorkItem(msgspec.Struct, frozen=True, kw_only=True):
    """A leg: one stay in a queue, or one agent's segment of a conversation."""

    id: UUID
    conversation_id: UUID
    queue_id: UUID | None
    customer_id: UUID | None
    state: str
    live: bool
    priority: int
    raised: int
    aside: bool
    target_s: int
    skills: list[UUID]
    last_agent_id: UUID | None
    only_agent_id: UUID | None
    only_team_id: UUID | None
    tried: dict[str, str]
    entered_at: datetime
    offered_to: UUID | None
    offered_at: datetime | None
    offer: int
    offer_last_agent: bool
    answered_at: datetime | None
    agent_id: UUID | None
    ended_at: datetime | None
    outcome: str | None
    transferred_from: UUID | None
    transfers: int
    return_to: UUID | None
    return_by: datetime | None
    promised_at: datetime | None


class Weighed(msgspec.Struct, frozen=True):
    """An agent as the choice saw him."""

    id: UUID
    load: int
    capacity: int
    idle_s: int


class OfferRow(msgspec.Struct, frozen=True, kw_only=True):
    """Why an offer went to this agent: the first of `agents`; the others would have been next."""

    leg_id: UUID
    offer: int
    at: datetime
    rule: int
    ring: int
    last_agent: bool
    place: int
    waiting: int
    candidates: int
    waited_s: int
    agents: list[Any]


class LineRow(WorkItem, frozen=True, kw_only=True):
    """Work that waits, with its place among those who wait for the same queue, and how many do."""

    place: int
    in_line: int


def _select(kind: type[msgspec.Struct], table: str) -> str:
    columns = ", ".join(kind.__struct_fields__)
    # Names of columns and tables only.
    return f"SELECT {columns} FROM {table} WHERE organisation_id = current_organisation()"  # noqa: S608


SELECT_QUEUE = _select(QueueRow, "queue")
SELECT_HOURS = _select(HoursRow, "business_hours")
SELECT_PRESENCE = _select(PresenceRow, "presence")
SELECT_POLICY = _select(SlaPolicyRow, "sla_policy")
SELECT_CLOCK = _select(ClockRow, "sla_clock")
SELECT_WORK = _select(WorkItem, "work_item")
SELECT_OFFER = _select(OfferRow, "work_offer")
WORK_COLUMNS = ", ".join(f"w.{name}" for name in WorkItem.__struct_fields__)

plain("settings", "business_hours", "queue", "queue_member", "queue_team", "sla_policy")
plain("numbers", "presence", "work_item", "work_offer", "sla_clock", "sla_mark")
