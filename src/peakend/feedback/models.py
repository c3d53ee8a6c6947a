"""Surveys: one for each conversation, answered at most once."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import Boolean, Column, DateTime, Index, SmallInteger, Text, Uuid

from peakend.kernel.db import reference, tenant_table

survey_table = tenant_table(
    "survey",
    *reference("conversation_id", "conversation", nullable=False, on_delete="CASCADE"),
    Column("customer_id", Uuid(as_uuid=True), nullable=False),
    Column("channel", Text, nullable=False),
    Column("agent_id", Uuid(as_uuid=True)),
    Column("leg_id", Uuid(as_uuid=True)),
    Column("queue_id", Uuid(as_uuid=True)),
    Column("served_by", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("state", Text, nullable=False, server_default="invited"),
    Column("invited_at", DateTime(timezone=True), nullable=False),
    Column("answered_at", DateTime(timezone=True)),
    Column("rating", SmallInteger),
    Column("solved", Boolean),
    Column("comment", Text, nullable=False, server_default=""),
    Index("uq_survey_conversation", "organisation_id", "conversation_id", unique=True),
)


class Survey(msgspec.Struct, frozen=True, kw_only=True):
    """A survey as it is stored."""

    id: UUID
    conversation_id: UUID
    customer_id: UUID
    channel: str
    agent_id: UUID | None
    leg_id: UUID | None
    queue_id: UUID | None
    served_by: str
    language: str
    state: str
    invited_at: datetime
    answered_at: datetime | None
    rating: int | None
    solved: bool | None
    comment: str


SURVEY_COLUMNS = ", ".join(Survey.__struct_fields__)
