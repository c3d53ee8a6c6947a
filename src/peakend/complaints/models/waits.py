"""Tables of waits: what is promised of them, and each one as proof."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import BigInteger, Boolean, Column, DateTime, Index, Integer, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from peakend.kernel.db import reference, tenant_table
from peakend.kernel.personal import plain


def _moment(name: str, *, nullable: bool = True) -> Column[Any]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


def _id(name: str, *, nullable: bool = True) -> Column[Any]:
    return Column(name, Uuid(as_uuid=True), nullable=nullable)


wait_rule_table = tenant_table(
    "wait_rule",
    Column("name", Text, nullable=False),
    # An empty place holds for everybody.
    *reference("brand_id", "brand", on_delete="CASCADE"),
    *reference("queue_id", "queue", on_delete="CASCADE"),
    Column("channel", Text),
    Column("promise_s", Integer, nullable=False),
    _id("instrument_id", nullable=False),
    Column("steps", JSONB, nullable=False),
    Column("for_left", Boolean, nullable=False, server_default="true"),
    Column("most_a_day", Integer),
    Column("most_a_month", Integer),
    Column("day_fen", BigInteger),
    Column("active", Boolean, nullable=False, server_default="false"),
    _moment("changed_at", nullable=False),
    _id("changed_by"),
    # Who let it hold, and who had proposed it.
    _moment("started_at"),
    _id("started_by"),
    _id("proposed_by"),
    _moment("removed_at"),
    Column("version", Integer, nullable=False, server_default="1"),
)

wait_record_table = tenant_table(
    "wait_record",
    _id("leg_id", nullable=False),
    *reference("conversation_id", "conversation", nullable=False, on_delete="CASCADE"),
    _id("customer_id"),
    _id("brand_id"),
    _id("queue_id"),
    Column("channel", Text, nullable=False),
    _moment("entered_at", nullable=False),
    _moment("until_at"),
    Column("outcome", Text),
    Column("waited_s", Integer),
    _id("agent_id"),
    # What was published when the customer joined, and what he himself was told.
    Column("promised_s", Integer),
    _id("rule_id"),
    Column("told_low_s", Integer),
    Column("told_high_s", Integer),
    Column("result", Text),
    _moment("settled_at"),
    Column("amount", Integer),
    Column("cost_fen", BigInteger),
    _id("grant_id"),
    # Counted up when the link is taken back: an older one opens nothing.
    Column("proof_no", Integer, nullable=False, server_default="0"),
    _moment("proof_until"),
    Index("uq_wait_record_leg", "organisation_id", "leg_id", unique=True),
    Index("ix_wait_record_entered", "organisation_id", "entered_at", "id"),
    Index("ix_wait_record_customer", "organisation_id", "customer_id", "entered_at"),
    Index("ix_wait_record_conversation", "organisation_id", "conversation_id"),
    Index(
        "ix_wait_record_settled",
        "organisation_id",
        "rule_id",
        "settled_at",
        postgresql_where=text("result = 'granted'"),
    ),
    Index(
        "ix_wait_record_granted",
        "organisation_id",
        "customer_id",
        "settled_at",
        postgresql_where=text("result = 'granted'"),
    ),
)


class WaitRuleRow(msgspec.Struct, frozen=True, kw_only=True):
    """What is promised of waits, and what is given beyond it."""

    id: UUID
    name: str
    brand_id: UUID | None
    queue_id: UUID | None
    channel: str | None
    promise_s: int
    instrument_id: UUID
    # As they are stored: from_minutes and amount.
    steps: list[dict[str, int]]
    for_left: bool
    most_a_day: int | None
    most_a_month: int | None
    day_fen: int | None
    active: bool
    changed_at: datetime
    changed_by: UUID | None
    started_at: datetime | None
    started_by: UUID | None
    proposed_by: UUID | None
    version: int


class WaitRow(msgspec.Struct, frozen=True, kw_only=True):
    """One stay of a customer in a line."""

    id: UUID
    leg_id: UUID
    conversation_id: UUID
    customer_id: UUID | None
    brand_id: UUID | None
    queue_id: UUID | None
    channel: str
    entered_at: datetime
    until_at: datetime | None
    outcome: str | None
    waited_s: int | None
    agent_id: UUID | None
    promised_s: int | None
    rule_id: UUID | None
    told_low_s: int | None
    told_high_s: int | None
    result: str | None
    amount: int | None
    cost_fen: int | None
    grant_id: UUID | None
    proof_no: int
    proof_until: datetime | None


WAIT_RULE_COLUMNS = ", ".join(WaitRuleRow.__struct_fields__)
WAIT_COLUMNS = ", ".join(WaitRow.__struct_fields__)

plain("settings", "wait_rule")
plain("numbers", "wait_record")
