"""Who is on the site now: kept for minutes, without a name, lost with the server's memory."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import Boolean, Column, DateTime, Index, Integer, Text
from sqlalchemy.dialects.postgresql import UUID as PgUUID  # noqa: N811

from peakend.kernel.db import reference, tenant_table
from peakend.kernel.personal import plain

# The id is made by the tab and belongs to nobody: no customer, no address, no text of anybody.
browsing_table = tenant_table(
    "browsing",
    Column("channel_id", PgUUID(as_uuid=True), nullable=False),
    Column("url", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("referrer", Text, nullable=False),
    Column("came_before", Boolean, nullable=False),
    Column("signed_in", Boolean, nullable=False),
    Column("pages", Integer, nullable=False, server_default="1"),
    Column("first_at", DateTime(timezone=True), nullable=False),
    Column("seen_at", DateTime(timezone=True), nullable=False),
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
    first_at: datetime
    seen_at: datetime
