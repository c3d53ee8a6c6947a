"""Saved views, and in which order each member has them."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import Column, DateTime, Index, Integer, SmallInteger, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from peakend.conversations.rules import views
from peakend.kernel.db import reference, tenant_table

view_table = tenant_table(
    "conversation_view",
    Column("name", Text, nullable=False),
    Column("scope", Text, nullable=False),
    *reference("team_id", "team"),
    *reference("member_id", "member"),
    Column("filter", JSONB, nullable=False),
    Column("ordering", Text, nullable=False),
    Column("columns", ARRAY(Text), nullable=False),
    # Custom fields that are shown as columns behind those.
    Column("field_ids", ARRAY(Uuid(as_uuid=True)), nullable=False, server_default=text("'{}'")),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Index("ix_conversation_view_member", "organisation_id", "member_id"),
)

view_place_table = tenant_table(
    "conversation_view_place",
    *reference("member_id", "member", nullable=False, on_delete="CASCADE"),
    *reference("view_id", "conversation_view", nullable=False, on_delete="CASCADE"),
    Column("position", SmallInteger, nullable=False),
    Index("ix_conversation_view_place_view", "organisation_id", "view_id"),
    primary_key=("member_id", "view_id"),
)


class ViewRecord(msgspec.Struct, frozen=True, kw_only=True):
    """A saved view as it is stored."""

    id: UUID
    name: str
    scope: views.Scope
    team_id: UUID | None
    member_id: UUID | None
    filter: views.ViewFilter
    ordering: views.Order
    columns: list[str]
    field_ids: list[UUID]
    version: int
    updated_at: datetime


VIEW_COLUMNS = ", ".join(ViewRecord.__struct_fields__)
