"""Beside a conversation: whispers of a supervisor and questions to colleagues.

None of it is a message of the conversation, so nothing of it can ever reach a customer.
"""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import Column, DateTime, Index, Integer, Text, Uuid

from peakend.kernel.db import reference, tenant_table

side_thread_table = tenant_table(
    "side_thread",
    *reference("conversation_id", "conversation", nullable=False, on_delete="CASCADE"),
    Column("kind", Text, nullable=False),
    *reference("opened_by", "member", nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("last_seq", Integer, nullable=False, server_default="0"),
    Column("last_at", DateTime(timezone=True), nullable=False),
    Column("resolved_at", DateTime(timezone=True)),
    Index("ix_side_thread_conversation", "organisation_id", "conversation_id", "last_at"),
)

side_seat_table = tenant_table(
    "side_seat",
    *reference("thread_id", "side_thread", nullable=False, on_delete="CASCADE"),
    *reference("member_id", "member", nullable=False),
    Column("read_seq", Integer, nullable=False, server_default="0"),
    Index("ix_side_seat_member", "organisation_id", "member_id", "thread_id"),
    primary_key=("thread_id", "member_id"),
)

side_note_table = tenant_table(
    "side_note",
    *reference("thread_id", "side_thread", nullable=False, on_delete="CASCADE"),
    Column("seq", Integer, nullable=False),
    *reference("member_id", "member", nullable=False),
    Column("text", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("client_id", Uuid(as_uuid=True), nullable=False),
    Index("uq_side_note_client_id", "organisation_id", "thread_id", "client_id", unique=True),
    primary_key=("thread_id", "seq"),
)


class SideThreadRow(msgspec.Struct, frozen=True):
    """A side thread as it is stored."""

    id: UUID
    conversation_id: UUID
    kind: str
    opened_by: UUID
    at: datetime
    last_seq: int
    last_at: datetime
    resolved_at: datetime | None


class SideNoteRow(msgspec.Struct, frozen=True):
    """A line of a side thread as it is stored."""

    thread_id: UUID
    seq: int
    member_id: UUID
    text: str
    at: datetime
    client_id: UUID


THREAD_COLUMNS = ", ".join(f"t.{name}" for name in SideThreadRow.__struct_fields__)
NOTE_COLUMNS = ", ".join(f"n.{name}" for name in SideNoteRow.__struct_fields__)
