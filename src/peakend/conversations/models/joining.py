"""Tables of what was joined: conversations with their customers, with each other, and by hand."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Boolean, Column, DateTime, Index, Integer, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB
from sqlalchemy.dialects.postgresql import UUID as PgUUID  # noqa: N811

from peakend.kernel.db import reference, tenant_table

moved_table = tenant_table(
    "conversation_moved",
    # The merge lies in the context below; its rows are never deleted by themselves.
    Column("merge_id", PgUUID(as_uuid=True), nullable=False),
    *reference("conversation_id", "conversation", nullable=False, on_delete="CASCADE"),
    *reference("customer_id", "customer", nullable=False, on_delete="CASCADE"),
    # As it was before.
    Column("beside", Boolean, nullable=False),
    Index("ix_conversation_moved_conversation", "organisation_id", "conversation_id"),
    primary_key=("merge_id", "conversation_id"),
)

# What merging two conversations did, so that it can be taken back at once.
join_table = tenant_table(
    "conversation_join",
    *reference("into_id", "conversation", nullable=False, on_delete="CASCADE"),
    *reference("absorbed_id", "conversation", nullable=False, on_delete="CASCADE"),
    *reference("by_id", "member"),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("undone_at", DateTime(timezone=True)),
    # Messages that moved, lines about the merge itself, and who already led to the absorbed one.
    Column("moved", ARRAY(PgUUID(as_uuid=True)), nullable=False),
    Column("lines", ARRAY(PgUUID(as_uuid=True)), nullable=False),
    Column("followers", ARRAY(PgUUID(as_uuid=True)), nullable=False),
    # Up to where the conversation went then: what comes later makes the merge stand.
    Column("last_seq", Integer, nullable=False),
    Column("before", JSONB, nullable=False),
    Index("ix_conversation_join_into", "organisation_id", "into_id", "at"),
    Index("ix_conversation_join_absorbed", "organisation_id", "absorbed_id"),
)

# Two conversations that belong together; the smaller id first. `kind` is linked or split.
link_table = tenant_table(
    "conversation_link",
    *reference("one_id", "conversation", nullable=False, on_delete="CASCADE"),
    *reference("other_id", "conversation", nullable=False, on_delete="CASCADE"),
    Column("kind", Text, nullable=False),
    *reference("by_id", "member"),
    Column("at", DateTime(timezone=True), nullable=False),
    Index("ix_conversation_link_other", "organisation_id", "other_id"),
    primary_key=("one_id", "other_id"),
)


class JoinRow(msgspec.Struct, frozen=True):
    """A merge of two conversations as stored."""

    id: UUID
    into_id: UUID
    absorbed_id: UUID
    at: datetime
    undone_at: datetime | None
    moved: list[UUID]
    lines: list[UUID]
    followers: list[UUID]
    last_seq: int
    before: dict[str, Any]
