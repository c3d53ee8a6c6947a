"""Tables and rows of how customers were told, and of the time spent on cases."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import CheckConstraint, Column, DateTime, Index, Integer, Text, Uuid

from peakend.cases.rules.informing import Told
from peakend.kernel.db import reference, tenant_table

case_inform_table = tenant_table(
    "case_inform",
    *reference("case_id", "service_case", nullable=False, on_delete="CASCADE"),
    Column("channel", Text, nullable=False),
    Column("conversation_id", Uuid(as_uuid=True)),
    Column("message_id", Uuid(as_uuid=True)),
    Column("words", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    *reference("by", "member"),
    Column("recorded_at", DateTime(timezone=True), nullable=False),
    CheckConstraint("channel <> 'message' OR message_id IS NOT NULL", name="shown"),
    Index("ix_case_inform_case", "organisation_id", "case_id"),
)
case_time_table = tenant_table(
    "case_time",
    *reference("case_id", "service_case", nullable=False, on_delete="CASCADE"),
    # A step of the case; none of its key, so that neither waits for the other.
    Column("step_id", Uuid(as_uuid=True)),
    *reference("member_id", "member", nullable=False),
    Column("spent_s", Integer, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Index("ix_case_time_case", "organisation_id", "case_id"),
    CheckConstraint("spent_s <> 0", name="spent"),
)


class InformRow(msgspec.Struct, frozen=True):
    """How a customer was told."""

    id: UUID
    case_id: UUID
    channel: Told
    conversation_id: UUID | None
    message_id: UUID | None
    words: str
    at: datetime
    by: UUID | None


class TimeRow(msgspec.Struct, frozen=True):
    """A while that somebody worked on a case, or on one of its steps."""

    id: UUID
    case_id: UUID
    step_id: UUID | None
    member_id: UUID
    spent_s: int
    at: datetime


INFORM_COLUMNS = ", ".join(f"i.{name}" for name in InformRow.__struct_fields__)
TIME_COLUMNS = ", ".join(f"t.{name}" for name in TimeRow.__struct_fields__)
