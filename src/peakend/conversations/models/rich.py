"""Templates of rich messages."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import Column, DateTime, Index, Integer, Text
from sqlalchemy.dialects.postgresql import JSONB

from peakend.conversations.rules.rich import Rich
from peakend.conversations.rules.views import Scope
from peakend.kernel.db import reference, tenant_table

rich_template_table = tenant_table(
    "rich_template",
    Column("name", Text, nullable=False),
    Column("content", JSONB, nullable=False),
    Column("scope", Text, nullable=False),
    *reference("team_id", "team"),
    *reference("member_id", "member"),
    # Pinyin and initials of the name.
    Column("typed", Text, nullable=False),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Index("ix_rich_template_name", "organisation_id", "name"),
)


class RichTemplateRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A template as it is stored."""

    id: UUID
    name: str
    content: Rich
    scope: Scope
    team_id: UUID | None
    member_id: UUID | None
    typed: str
    version: int
    updated_at: datetime


RICH_TEMPLATE_COLUMNS = ", ".join(RichTemplateRecord.__struct_fields__)
