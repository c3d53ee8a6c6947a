"""Conversations that somebody should look at, and who stepped into one.

A signal is kept for as long as its cause stands; a dismissed one stays until then, so that the same
cause does not call twice. What was is told by the facts.
"""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import Column, DateTime, Index, Integer, SmallInteger, Text, Uuid, text

from peakend.kernel.db import reference, tenant_table

# The row that is locked while a conversation is looked at.
watch_table = tenant_table(
    "watch",
    *reference("conversation_id", "conversation", nullable=False, on_delete="CASCADE"),
    Column("seen_version", Integer, nullable=False, server_default="0"),
    primary_key=("conversation_id",),
)

watch_signal_table = tenant_table(
    "watch_signal",
    *reference("conversation_id", "conversation", nullable=False, on_delete="CASCADE"),
    Column("kind", Text, nullable=False),
    Column("level", SmallInteger, nullable=False),
    Column("times", Integer, nullable=False),
    Column("since", DateTime(timezone=True), nullable=False),
    Column("last_at", DateTime(timezone=True), nullable=False),
    Column("dismissed_at", DateTime(timezone=True)),
    *reference("dismissed_by", "member"),
    Column("dismissed_why", Text),
    Column("dismissed_note", Text),
    Index(
        "ix_watch_signal_open",
        "organisation_id",
        text("level DESC"),
        "since",
        postgresql_where=text("dismissed_at IS NULL"),
    ),
    primary_key=("conversation_id", "kind"),
)

step_in_table = tenant_table(
    "step_in",
    Column("leg_id", Uuid(as_uuid=True), nullable=False),
    *reference("conversation_id", "conversation", nullable=False, on_delete="CASCADE"),
    *reference("member_id", "member", nullable=False),
    Column("source", Text, nullable=False),
    *reference("from_agent_id", "member"),
    Column("at", DateTime(timezone=True), nullable=False),
    Index("ix_step_in_conversation", "organisation_id", "conversation_id"),
    primary_key=("leg_id",),
)


class SignalRow(msgspec.Struct, frozen=True):
    """One reason why somebody should look at a conversation."""

    conversation_id: UUID
    kind: str
    level: int
    times: int
    since: datetime
    last_at: datetime
    dismissed_at: datetime | None
    dismissed_by: UUID | None


class StepIn(msgspec.Struct, frozen=True):
    """Somebody took a conversation over: from an agent, or from the digital agent."""

    leg_id: UUID
    conversation_id: UUID
    member_id: UUID
    source: str
    from_agent_id: UUID | None
    at: datetime


SIGNAL_COLUMNS = ", ".join(SignalRow.__struct_fields__)
