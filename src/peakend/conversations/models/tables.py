"""Tables of conversations.

A conversation row carries what lists show (preview, unread, marks), so that a list is one index
range and a posted message is one statement.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Computed,
    DateTime,
    ForeignKeyConstraint,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB, TSVECTOR
from sqlalchemy.dialects.postgresql import UUID as PgUUID  # noqa: N811

from peakend.kernel.db import reference, tenant_table


def _uuid(name: str, *, nullable: bool = True) -> Column[Any]:
    return Column(name, PgUUID(as_uuid=True), nullable=nullable)


def _time(name: str, *, nullable: bool = True) -> Column[Any]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


def _count(name: str) -> Column[Any]:
    return Column(name, Integer, nullable=False, server_default="0")


channel_table = tenant_table(
    "channel",
    Column("kind", Text, nullable=False, server_default="web"),
    Column("name", Text, nullable=False),
    Column("key", Text, nullable=False),
    *reference("brand_id", "brand"),
    _uuid("queue_id"),
    Column("look", JSONB, nullable=False, server_default="{}"),
    Column("domains", ARRAY(Text), nullable=False, server_default="{}"),
    _uuid("hours_id"),
    Column("identity_required", Boolean, nullable=False, server_default="false"),
    Column("identity_secret", LargeBinary),
    Column("digital", Boolean, nullable=False, server_default="true"),
    Column("active", Boolean, nullable=False, server_default="true"),
    Column("version", Integer, nullable=False, server_default="1"),
    _time("created_at", nullable=False),
    # Of a mailbox, whose name and brand it bears; no link, as mailboxes go and channels stay.
    _uuid("mailbox_id"),
    Index("uq_channel_key", "key", unique=True),
    Index(
        "uq_channel_mailbox",
        "organisation_id",
        "mailbox_id",
        unique=True,
        postgresql_where=text("mailbox_id IS NOT NULL"),
    ),
    # A visitor comes with the channel's public key only; the key says whose data it is.
    system="select",
)

tag_table = tenant_table(
    "tag",
    Column("name", Text, nullable=False),
    Column("colour", Text, nullable=False),
    _time("created_at", nullable=False),
    Index("uq_tag_name", "organisation_id", text("lower(name)"), unique=True),
)

reasons_version_table = tenant_table(
    "contact_reason_version",
    Column("version", Integer, nullable=False),
    _time("at", nullable=False),
    _uuid("member_id"),
    primary_key=("version",),
)

reason_table = tenant_table(
    "contact_reason",
    Column("version", Integer, nullable=False),
    _uuid("id", nullable=False),
    _uuid("parent_id"),
    Column("name_zh", Text, nullable=False),
    Column("name_en", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("active", Boolean, nullable=False),
    ForeignKeyConstraint(
        ["organisation_id", "version"],
        ["contact_reason_version.organisation_id", "contact_reason_version.version"],
    ),
    primary_key=("version", "id"),
)

number_table = tenant_table(
    "conversation_number",
    Column("kind", Text, nullable=False),
    Column("last", BigInteger, nullable=False),
    primary_key=("kind",),
)

conversation_table = tenant_table(
    "conversation",
    Column("number", BigInteger, nullable=False),
    *reference("channel_id", "channel", nullable=False),
    Column("channel_kind", Text, nullable=False),
    *reference("customer_id", "customer", nullable=False),
    *reference("brand_id", "brand"),
    _uuid("queue_id"),
    *reference("agent_id", "member"),
    _uuid("last_agent_id"),
    _uuid("leg_id"),
    Column("state", Text, nullable=False),
    Column("language", Text, nullable=False),
    _count("last_seq"),
    Column("preview", Text, nullable=False, server_default=""),
    Column("preview_kind", Text, nullable=False, server_default="customer"),
    _time("last_message_at", nullable=False),
    # What the indexes of lists begin with. It changes once a minute at most, so that most messages
    # leave every index of this table alone (a heap-only update); order within a minute is sorted.
    Column(
        "last_message_minute",
        DateTime(timezone=True),
        Computed(
            "date_bin('1 minute', last_message_at, timestamptz '2000-01-01 00:00Z')", persisted=True
        ),
        nullable=False,
    ),
    _count("unread"),
    _time("awaiting_since"),
    _time("opened_at", nullable=False),
    _time("first_reply_at"),
    # How long the customer had waited for the newest answer: RETURNING shows new values only.
    Column("last_wait_ms", BigInteger),
    _time("closed_at"),
    Column("closed_from", Text),
    Column("solved", Boolean),
    _uuid("reason_id"),
    Column("reason_version", Integer),
    Column("rating", SmallInteger),
    _count("customer_read_seq"),
    _count("customer_delivered_seq"),
    _count("agent_read_seq"),
    Column("priority", Text, nullable=False, server_default="normal"),
    _time("snoozed_until"),
    # Since when it has been back from being put aside, until the agent looks at it.
    _time("woken_at"),
    # Until when the newest message found it put aside: RETURNING shows new values only.
    _time("woken_until"),
    Column("marked_unread", Boolean, nullable=False, server_default="false"),
    # Of the newest place in a queue: a word was left out of hours, nobody waits at the other end.
    Column("left_word", Boolean, nullable=False, server_default="false"),
    # Another matter of the same customer on the same channel: the customer's panel is elsewhere.
    Column("beside", Boolean, nullable=False, server_default="false"),
    # Where its messages went on, when it was merged into another; its address leads there.
    *reference("merged_into_id", "conversation"),
    # When its messages were removed, and why: erasure or retention.
    _time("cleared_at"),
    Column("cleared_why", Text),
    # Counts how often its messages were numbered anew: who holds older ones loads them again.
    _count("layout"),
    Column("version", Integer, nullable=False, server_default="1"),
    # The last client ids: a repeat that waits for the row's lock sees them there, where a look at
    # the message table would still see the past.
    Column("recent_client_ids", ARRAY(PgUUID(as_uuid=True)), nullable=False, server_default="{}"),
    ForeignKeyConstraint(
        ["organisation_id", "reason_version", "reason_id"],
        ["contact_reason.organisation_id", "contact_reason.version", "contact_reason.id"],
    ),
    Index("uq_conversation_number", "organisation_id", "number", unique=True),
    Index(
        "uq_conversation_open",
        "organisation_id",
        "channel_id",
        "customer_id",
        unique=True,
        postgresql_where=text("state <> 'closed' AND NOT beside"),
    ),
    Index("ix_conversation_customer", "organisation_id", "customer_id", "opened_at"),
    Index(
        "ix_conversation_merged_into",
        "organisation_id",
        "merged_into_id",
        postgresql_where=text("merged_into_id IS NOT NULL"),
    ),
    Index(
        "ix_conversation_all",
        "organisation_id",
        "last_message_minute",
        postgresql_where=text("state <> 'closed'"),
    ),
    Index(
        "ix_conversation_mine",
        "organisation_id",
        "agent_id",
        "last_message_minute",
        postgresql_where=text(
            "state <> 'closed' AND agent_id IS NOT NULL AND snoozed_until IS NULL"
        ),
    ),
    Index(
        "ix_conversation_snoozed",
        "organisation_id",
        "agent_id",
        "snoozed_until",
        "id",
        postgresql_where=text("snoozed_until IS NOT NULL"),
    ),
    Index(
        "ix_conversation_queue",
        "organisation_id",
        "queue_id",
        "last_message_minute",
        postgresql_where=text("state <> 'closed' AND queue_id IS NOT NULL"),
    ),
    Index(
        "ix_conversation_brand",
        "organisation_id",
        "brand_id",
        "last_message_minute",
        postgresql_where=text("state <> 'closed' AND brand_id IS NOT NULL"),
    ),
    Index(
        "ix_conversation_digital",
        "organisation_id",
        "last_message_minute",
        postgresql_where=text("state = 'digital'"),
    ),
    # Few of those that are open; what a message changes is not in it.
    Index(
        "ix_conversation_waiting",
        "organisation_id",
        "queue_id",
        postgresql_where=text("state = 'waiting'"),
    ),
    Index(
        "ix_conversation_closed",
        "organisation_id",
        "closed_at",
        "id",
        postgresql_where=text("state = 'closed'"),
    ),
    Index(
        "ix_conversation_closed_queue",
        "organisation_id",
        "queue_id",
        "closed_at",
        "id",
        postgresql_where=text("state = 'closed'"),
    ),
    Index(
        "ix_conversation_closed_brand",
        "organisation_id",
        "brand_id",
        "closed_at",
        "id",
        postgresql_where=text("state = 'closed'"),
    ),
    Index(
        "ix_conversation_closed_agent",
        "organisation_id",
        "agent_id",
        "closed_at",
        "id",
        postgresql_where=text("state = 'closed'"),
    ),
)
# Room on each page for the next form of its rows.
conversation_table.info["after"] = ["ALTER TABLE conversation SET (fillfactor = 70)"]

# By when the customer must hear from us, as long as a clock runs. A table of its own: what changes
# with each turn leaves the many indexes of a conversation alone.
due_table = tenant_table(
    "conversation_due",
    *reference("conversation_id", "conversation", nullable=False, on_delete="CASCADE"),
    Column("target", Text, nullable=False),
    _time("due_at", nullable=False),
    # When a quarter of the time is left.
    _time("warn_at", nullable=False),
    Index("ix_conversation_due_at", "organisation_id", "due_at", "conversation_id"),
    primary_key=("conversation_id",),
)

message_table = tenant_table(
    "message",
    *reference("conversation_id", "conversation", nullable=False),
    Column("seq", Integer, nullable=False),
    _uuid("id", nullable=False),
    Column("kind", Text, nullable=False),
    Column("text", Text, nullable=False),
    Column("author_kind", Text, nullable=False),
    _uuid("author_id"),
    _time("at", nullable=False),
    _uuid("client_id"),
    Column("files", JSONB),
    Column("sources", JSONB),
    Column("mentions", ARRAY(PgUUID(as_uuid=True))),
    Column("code", Text),
    Column("params", JSONB),
    _uuid("article_id"),
    # In which conversation it was written, where that is another one.
    _uuid("origin_id"),
    Column("lexemes", TSVECTOR),
    # The message it answers to, or that a note passes on: read when it is shown, never copied, so
    # that what was recalled is gone from there too.
    _uuid("reply_to"),
    Column("reactions", JSONB),
    _time("recalled_at"),
    Index(
        "ix_message_reply_to",
        "organisation_id",
        "reply_to",
        postgresql_where=text("reply_to IS NOT NULL"),
    ),
    Index("uq_message_id", "organisation_id", "id", unique=True),
    Index(
        "uq_message_client_id",
        "organisation_id",
        "conversation_id",
        "client_id",
        unique=True,
        postgresql_where=text("client_id IS NOT NULL"),
    ),
    Index("ix_message_lexemes", "lexemes", postgresql_using="gin"),
    primary_key=("conversation_id", "seq"),
)

# What was in a message before its author took it back. A table of its own, so that nothing that
# reads messages can show it by mistake.
recalled_message_table = tenant_table(
    "recalled_message",
    *reference("conversation_id", "conversation", nullable=False),
    _uuid("message_id", nullable=False),
    Column("text", Text, nullable=False),
    Column("files", JSONB),
    _time("recalled_at", nullable=False),
    append_only=True,
    may_empty=("text", "files"),
    primary_key=("message_id",),
)

# Who looked at one of these, and why.
recalled_look_table = tenant_table(
    "recalled_look",
    *reference("conversation_id", "conversation", nullable=False),
    _uuid("message_id", nullable=False),
    *reference("member_id", "member", nullable=False),
    Column("reason", Text, nullable=False),
    _time("at", nullable=False),
    append_only=True,
    may_empty=("reason",),
)

draft_table = tenant_table(
    "draft",
    *reference("conversation_id", "conversation", nullable=False),
    *reference("member_id", "member", nullable=False),
    Column("text", Text, nullable=False),
    Column("kind", Text, nullable=False),
    # What goes with a reply, which of its pictures are the writer's own, and what makes it a mail.
    Column("card", JSONB),
    Column("mail", JSONB),
    _time("updated_at", nullable=False),
    primary_key=("conversation_id", "member_id", "kind"),
)

conversation_tag_table = tenant_table(
    "conversation_tag",
    *reference("conversation_id", "conversation", nullable=False),
    *reference("tag_id", "tag", nullable=False, on_delete="CASCADE"),
    _time("at", nullable=False),
    Index("ix_conversation_tag_tag", "organisation_id", "tag_id", "conversation_id"),
    primary_key=("conversation_id", "tag_id"),
)

canned_reply_table = tenant_table(
    "canned_reply",
    Column("shortcut", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("body", Text, nullable=False),
    # What goes with it, in the shape of a rich message; its words are the body.
    Column("card", JSONB),
    Column("scope", Text, nullable=False),
    *reference("team_id", "team"),
    *reference("member_id", "member"),
    Column("language", Text, nullable=False),
    # Pinyin and initials of the title; the table of pinyin is too large to be loaded for reading.
    Column("typed", Text, nullable=False),
    Column("version", Integer, nullable=False, server_default="1"),
    _time("updated_at", nullable=False),
    Index("ix_canned_reply_shortcut", "organisation_id", "shortcut"),
)
