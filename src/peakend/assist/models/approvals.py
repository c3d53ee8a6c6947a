"""Replies that wait for a senior, and what became of them.

They are no messages: the customer, the clocks and the counts know nothing of them until they go.
"""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec
from sqlalchemy import Boolean, Column, DateTime, Index, Integer, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from peakend.kernel.db import reference, tenant_table

State = Literal["waiting", "sent", "returned", "withdrawn", "ended"]

reply_approval_table = tenant_table(
    "reply_approval",
    *reference("conversation_id", "conversation", nullable=False, on_delete="CASCADE"),
    *reference("writer_id", "member", nullable=False),
    *reference("asked_id", "member"),
    Column("required", Boolean, nullable=False),
    # Until it is late only those who share a team with the writer may approve it.
    Column("own_team", Boolean, nullable=False, server_default=text("false")),
    Column("text", Text, nullable=False),
    Column("files", JSONB),
    # What it shows in the place of its text, as the message will keep it.
    Column("rich", JSONB),
    # What makes it a mail: to whom, about what, its HTML.
    Column("mail", JSONB),
    Column("template_id", Uuid(as_uuid=True)),
    Column("article_id", Uuid(as_uuid=True)),
    Column("reply_to", Uuid(as_uuid=True)),
    Column("asked_at", DateTime(timezone=True), nullable=False),
    Column("asked_seq", Integer, nullable=False),
    Column("state", Text, nullable=False, server_default="waiting"),
    Column("late_at", DateTime(timezone=True)),
    Column("decided_at", DateTime(timezone=True)),
    *reference("decided_by", "member"),
    # What went out where the senior changed it; the writer's own text stays beside it.
    Column("sent_text", Text),
    Column("why", Text),
    Column("message_id", Uuid(as_uuid=True)),
    # When the writer took a returned text back, so that it is shown no more.
    Column("taken_at", DateTime(timezone=True)),
    Index(
        "uq_reply_approval_waiting",
        "organisation_id",
        "conversation_id",
        unique=True,
        postgresql_where=text("state = 'waiting'"),
    ),
    Index(
        "ix_reply_approval_waiting",
        "organisation_id",
        "asked_at",
        postgresql_where=text("state = 'waiting'"),
    ),
    Index("ix_reply_approval_conversation", "organisation_id", "conversation_id", "asked_at"),
    Index("ix_reply_approval_asked_at", "organisation_id", "asked_at"),
)


class ApprovalRow(msgspec.Struct, frozen=True, kw_only=True):
    """A reply that waits, or waited, as it is stored."""

    id: UUID
    conversation_id: UUID
    writer_id: UUID
    asked_id: UUID | None
    required: bool
    own_team: bool
    text: str
    files: list[dict[str, Any]] | None
    rich: dict[str, Any] | None
    mail: dict[str, Any] | None
    template_id: UUID | None
    article_id: UUID | None
    reply_to: UUID | None
    asked_at: datetime
    asked_seq: int
    state: State
    late_at: datetime | None
    decided_at: datetime | None
    decided_by: UUID | None
    sent_text: str | None
    why: str | None
    message_id: UUID | None
    taken_at: datetime | None


APPROVAL_COLUMNS = ", ".join(ApprovalRow.__struct_fields__)
