"""Tables and rows of what is written down in a case."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec
from sqlalchemy import Column, DateTime, Index, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from peakend.kernel.db import reference, tenant_table

EntryKind = Literal["note", "progress", "outcome", "customer"]
# What a member writes himself; what customers say comes in by their own ways.
WrittenKind = Literal["note", "progress", "outcome"]
Visible = Literal["staff", "departments", "customer"]

case_entry_table = tenant_table(
    "case_entry",
    *reference("case_id", "service_case", nullable=False, on_delete="CASCADE"),
    Column("kind", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("visible", Text, nullable=False),
    Column("files", JSONB, nullable=False, server_default=text("'[]'")),
    Column("by", Uuid(as_uuid=True)),
    Column("by_kind", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("client_id", Uuid(as_uuid=True)),
    Index("ix_case_entry_case", "organisation_id", "case_id", "id"),
    Index(
        "uq_case_entry_client",
        "organisation_id",
        "client_id",
        unique=True,
        postgresql_where=text("client_id IS NOT NULL"),
    ),
)


class EntryRow(msgspec.Struct, frozen=True):
    """A note or a line of progress as it is stored."""

    id: UUID
    case_id: UUID
    kind: EntryKind
    words: str
    visible: Visible
    files: list[dict[str, Any]]
    by: UUID | None
    by_kind: str
    at: datetime


ENTRY_COLUMNS = ", ".join(f"e.{name}" for name in EntryRow.__struct_fields__)
