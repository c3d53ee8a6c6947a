"""Table and row of urges (催办): who asked for speed, by which way, and in which words."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import Boolean, Column, DateTime, Index, Integer, Text, Uuid, text

from peakend.cases.rules.urges import UrgedBy
from peakend.kernel.db import reference, tenant_table

urge_table = tenant_table(
    "urge",
    *reference("case_id", "service_case", nullable=False, on_delete="CASCADE"),
    *reference("conversation_id", "conversation", on_delete="CASCADE"),
    # The customer's message that was taken for one; none where somebody pressed a button.
    Column("message_id", Uuid(as_uuid=True)),
    Column("by", Text, nullable=False),
    *reference("member_id", "member"),
    Column("channel", Text, nullable=False),
    Column("words", Text, nullable=False, server_default=text("''")),
    # By which rule words were taken for an urge, and which words those were.
    Column("rule", Text),
    Column("said", Text, nullable=False, server_default=text("''")),
    Column("counted", Boolean, nullable=False),
    Column("times", Integer, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Index("ix_urge_case", "organisation_id", "case_id", "at", "id"),
    Index(
        "uq_urge_message",
        "organisation_id",
        "case_id",
        "message_id",
        unique=True,
        postgresql_where=text("message_id IS NOT NULL"),
    ),
)


class UrgeRow(msgspec.Struct, frozen=True):
    """An urge as it is stored."""

    id: UUID
    case_id: UUID
    conversation_id: UUID | None
    by: UrgedBy
    member_id: UUID | None
    channel: str
    words: str
    rule: str | None
    said: str
    counted: bool
    times: int
    at: datetime


URGE_COLUMNS = ", ".join(f"u.{name}" for name in UrgeRow.__struct_fields__)
