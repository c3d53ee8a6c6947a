"""Complaints, each of a case, and what the house has decided about them."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Index,
    Integer,
    SmallInteger,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from peakend.complaints.rules.recognising import Kind, Tier
from peakend.complaints.rules.recording import Fault, Solution
from peakend.complaints.rules.settling import Liability, State
from peakend.kernel.db import reference, tenant_table

OPEN = "state IN ('filed','examining','settling','offered')"


def _at(name: str, *, nullable: bool = True) -> Column[Any]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


def _uuid(name: str) -> Column[Any]:
    return Column(name, Uuid(as_uuid=True))


complaint_table = tenant_table(
    "complaint",
    *reference("case_id", "service_case", nullable=False, on_delete="CASCADE"),
    # The number of its case.
    Column("number", BigInteger, nullable=False),
    *reference("customer_id", "customer", nullable=False, on_delete="CASCADE"),
    *reference("conversation_id", "conversation", on_delete="CASCADE"),
    *reference("brand_id", "brand"),
    _uuid("queue_id"),
    _uuid("reason_id"),
    Column("tier", Text, nullable=False),
    Column("kind", Text),
    Column("severity", SmallInteger, nullable=False),
    Column("liability", Text, nullable=False, server_default="unknown"),
    Column("fault", Text, nullable=False, server_default="unknown"),
    Column("state", Text, nullable=False, server_default="filed"),
    # What the customer complains of, as whoever filed it wrote it down.
    Column("words", Text, nullable=False, server_default=""),
    # What a machine made of it, and why: the words it rests on are the customer's.
    Column("suggested_tier", Text, nullable=False),
    Column("suggested_kind", Text),
    Column("why", JSONB, nullable=False, server_default="[]"),
    *reference("confirmed_by", "member"),
    _at("confirmed_at"),
    *reference("about_member_id", "member"),
    *reference("owner_id", "member"),
    Column("solution", Text),
    Column("compensation_fen", BigInteger, nullable=False, server_default="0"),
    Column("upheld", Boolean),
    _at("filed_at", nullable=False),
    *reference("filed_by", "member"),
    _at("due_at", nullable=False),
    _at("warn_at", nullable=False),
    _at("warned_at"),
    _at("overdue_at"),
    _at("settled_at"),
    _at("closed_at"),
    Column("version", Integer, nullable=False, server_default="1"),
    CheckConstraint("tier IN ('inquiry','business','ordinary','extreme')", name="tier"),
    CheckConstraint("kind IN ('attitude','outcome','timeliness')", name="kind"),
    CheckConstraint("severity BETWEEN 1 AND 4", name="severity"),
    # Who is complained of does not settle it.
    CheckConstraint("owner_id IS DISTINCT FROM about_member_id OR owner_id IS NULL", name="owner"),
    CheckConstraint("compensation_fen >= 0", name="compensation"),
    Index("uq_complaint_case", "organisation_id", "case_id", unique=True),
    Index("uq_complaint_number", "organisation_id", "number", unique=True),
    Index("ix_complaint_conversation", "organisation_id", "conversation_id"),
    Index("ix_complaint_customer", "organisation_id", "customer_id", "filed_at"),
    Index("ix_complaint_filed", "organisation_id", "filed_at", "id"),
    Index("ix_complaint_due", "organisation_id", "due_at", "id", postgresql_where=text(OPEN)),
    Index("ix_complaint_owner", "organisation_id", "owner_id", "filed_at"),
)

# One row a house; without it the defaults hold.
complaint_rules_table = tenant_table(
    "complaint_rules",
    Column("kind", Text, nullable=False),
    Column("rules", JSONB, nullable=False),
    Column("version", Integer, nullable=False, server_default="1"),
    _at("updated_at", nullable=False),
    primary_key=("kind",),
)


class ComplaintRow(msgspec.Struct, frozen=True, kw_only=True):
    """A complaint as it is stored."""

    id: UUID
    case_id: UUID
    number: int
    customer_id: UUID
    conversation_id: UUID | None
    brand_id: UUID | None
    queue_id: UUID | None
    reason_id: UUID | None
    tier: Tier
    kind: Kind | None
    severity: int
    liability: Liability
    fault: Fault
    state: State
    words: str
    suggested_tier: Tier
    suggested_kind: Kind | None
    why: list[dict[str, Any]]
    confirmed_by: UUID | None
    confirmed_at: datetime | None
    about_member_id: UUID | None
    owner_id: UUID | None
    solution: Solution | None
    compensation_fen: int
    upheld: bool | None
    filed_at: datetime
    filed_by: UUID | None
    due_at: datetime
    warn_at: datetime
    warned_at: datetime | None
    overdue_at: datetime | None
    settled_at: datetime | None
    closed_at: datetime | None
    version: int


class RulesRow(msgspec.Struct, frozen=True):
    """The house's rules as they are stored."""

    rules: dict[str, Any]
    version: int


COMPLAINT_COLUMNS = ", ".join(ComplaintRow.__struct_fields__)
