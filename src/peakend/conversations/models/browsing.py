"""Who is on the site now, and who was invited to chat.

Who is there is kept for minutes, without a name, and lost with the server's memory; invitations
stay, without their words, so that nobody is asked too often.
"""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import Boolean, Column, DateTime, Index, Integer, Text, text
from sqlalchemy.dialects.postgresql import JSONB
from sqlalchemy.dialects.postgresql import UUID as PgUUID  # noqa: N811

from peakend.kernel.db import reference, tenant_table
from peakend.kernel.personal import plain

# The id is made by the tab and belongs to nobody: no address, no text of anybody.
browsing_table = tenant_table(
    "browsing",
    Column("channel_id", PgUUID(as_uuid=True), nullable=False),
    Column("url", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("referrer", Text, nullable=False),
    Column("came_before", Boolean, nullable=False),
    Column("signed_in", Boolean, nullable=False),
    Column("pages", Integer, nullable=False, server_default="1"),
    # The newest of them, the first to the last; gone with the row, minutes after the tab.
    Column("trail", JSONB, nullable=False),
    Column("first_at", DateTime(timezone=True), nullable=False),
    Column("seen_at", DateTime(timezone=True), nullable=False),
    # What the browser remembers by itself: when it was last invited, and when it last said no.
    Column("asked_at", DateTime(timezone=True)),
    Column("refused_at", DateTime(timezone=True)),
    # Whose panel was opened in this tab; only to know whether there is a conversation already.
    Column("customer_id", PgUUID(as_uuid=True)),
    Index("ix_browsing_first_at", "organisation_id", "first_at", "id"),
    Index("ix_browsing_seen_at", "organisation_id", "seen_at"),
    unlogged=True,
)
# On which site the channel's script was seen last: a host's name, of the house's own page.
channel_sight_table = tenant_table(
    "channel_sight",
    *reference("channel_id", "channel", nullable=False, on_delete="CASCADE"),
    Column("host", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    primary_key=("channel_id",),
)
plain("settings", "channel_sight")


# The words go as soon as they were said or refused; the tab's number leads to nobody.
invitation_table = tenant_table(
    "chat_invitation",
    *reference("channel_id", "channel", nullable=False, on_delete="CASCADE"),
    Column("tab_id", PgUUID(as_uuid=True), nullable=False),
    *reference("member_id", "member", nullable=False, on_delete="CASCADE"),
    Column("client_id", PgUUID(as_uuid=True), nullable=False),
    # sent, accepted, declined or expired
    Column("state", Text, nullable=False, server_default="sent"),
    Column("text", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("ended_at", DateTime(timezone=True)),
    Column("conversation_id", PgUUID(as_uuid=True)),
    Index("ix_chat_invitation_tab", "organisation_id", "tab_id", "at"),
    Index("ix_chat_invitation_member", "organisation_id", "member_id", "at"),
    Index("ix_chat_invitation_at", "organisation_id", "at"),
    Index(
        "uq_chat_invitation_open",
        "organisation_id",
        "tab_id",
        unique=True,
        postgresql_where=text("state = 'sent'"),
    ),
)


class PageSeen(msgspec.Struct, frozen=True):
    """A page that somebody on the site has looked at."""

    url: str
    title: str
    at: datetime


class BrowsingRecord(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody on the site."""

    id: UUID
    channel_id: UUID
    channel: str
    url: str
    title: str
    referrer: str
    came_before: bool
    signed_in: bool
    pages: int
    trail: list[PageSeen]
    first_at: datetime
    seen_at: datetime
    asked_at: datetime | None
    refused_at: datetime | None
    talking: bool


class InvitationRecord(msgspec.Struct, frozen=True, kw_only=True):
    """An invitation as stored, with its words only while they wait."""

    id: UUID
    channel_id: UUID
    tab_id: UUID
    member_id: UUID
    state: str
    text: str
    at: datetime
    ended_at: datetime | None
    conversation_id: UUID | None
