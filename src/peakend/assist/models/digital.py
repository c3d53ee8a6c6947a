"""What the digital agent remembers of a conversation, and what was said of its answers."""

from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Boolean, Column, DateTime, Integer, Uuid
from sqlalchemy.dialects.postgresql import ARRAY

from peakend.kernel.db import reference, tenant_table


def _count(name: str) -> Column[Any]:
    return Column(name, Integer, nullable=False, server_default="0")


assist_session = tenant_table(
    "assist_session",
    *reference("conversation_id", "conversation", nullable=False, on_delete="CASCADE"),
    _count("turns"),
    _count("unknown"),
    _count("unsolved"),
    _count("seen_seq"),
    Column("articles", ARRAY(Uuid(as_uuid=True)), nullable=False, server_default="{}"),
    Column("category_id", Uuid(as_uuid=True)),
    Column("handed_over_at", DateTime(timezone=True)),
    primary_key=("conversation_id",),
)
assist_judgement = tenant_table(
    "assist_judgement",
    Column("message_id", Uuid(as_uuid=True), nullable=False),
    *reference("conversation_id", "conversation", nullable=False, on_delete="CASCADE"),
    Column("article_id", Uuid(as_uuid=True)),
    Column("solved", Boolean, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    primary_key=("message_id",),
)
assist_topic = tenant_table(
    "assist_topic",
    *reference("category_id", "article_category", nullable=False, on_delete="CASCADE"),
    *reference("queue_id", "queue", nullable=False, on_delete="CASCADE"),
    primary_key=("category_id",),
)


class Session(msgspec.Struct, frozen=True, kw_only=True):
    """What was tried in a conversation."""

    conversation_id: UUID
    turns: int = 0
    unknown: int = 0
    unsolved: int = 0
    seen_seq: int = 0
    articles: list[UUID] = []
    category_id: UUID | None = None


class JudgementRow(msgspec.Struct, frozen=True):
    """What a customer said of an answer."""

    message_id: UUID
    solved: bool


SESSION_COLUMNS = ", ".join(Session.__struct_fields__)
