"""What a person wants to keep an eye on: conversations followed and pinned, and who called him.

None of it stands in the conversation's row, and a message writes nothing here: what is new is the
difference between the last message and the last one that was seen.
"""

from sqlalchemy import Column, DateTime, Index, Integer, Text, text
from sqlalchemy.dialects.postgresql import UUID as PgUUID  # noqa: N811

from peakend.kernel.db import reference, tenant_table

follower_table = tenant_table(
    "conversation_follower",
    *reference("member_id", "member", nullable=False, on_delete="CASCADE"),
    *reference("conversation_id", "conversation", nullable=False, on_delete="CASCADE"),
    # Why: by an own choice, or because of a mention.
    Column("why", Text, nullable=False),
    Column("seen_seq", Integer, nullable=False),
    # In which numbering of the messages that was.
    Column("layout", Integer, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Index("ix_conversation_follower_conversation", "organisation_id", "conversation_id"),
    primary_key=("member_id", "conversation_id"),
)

pin_table = tenant_table(
    "conversation_pin",
    *reference("member_id", "member", nullable=False, on_delete="CASCADE"),
    *reference("conversation_id", "conversation", nullable=False, on_delete="CASCADE"),
    Column("at", DateTime(timezone=True), nullable=False),
    Index("ix_conversation_pin_conversation", "organisation_id", "conversation_id"),
    primary_key=("member_id", "conversation_id"),
)

# The conversation is that of the message: messages move when conversations are merged or split.
mention_table = tenant_table(
    "mention",
    *reference("member_id", "member", nullable=False, on_delete="CASCADE"),
    Column("message_id", PgUUID(as_uuid=True), nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("read_at", DateTime(timezone=True)),
    Index("ix_mention_member", "organisation_id", "member_id", "at", "message_id"),
    Index(
        "ix_mention_unread",
        "organisation_id",
        "member_id",
        "at",
        postgresql_where=text("read_at IS NULL"),
    ),
    primary_key=("member_id", "message_id"),
)
