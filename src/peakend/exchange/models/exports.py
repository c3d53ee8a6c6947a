"""Tables carried out, waiting to be fetched."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import BigInteger, Boolean, Column, DateTime, Index, Integer, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from peakend.exchange.rules import ExportState, Form
from peakend.kernel.db import reference, tenant_table

export_run_table = tenant_table(
    "export_run",
    *reference("member_id", "member", nullable=False),
    Column("kind", Text, nullable=False),
    Column("form", Text, nullable=False),
    Column("search", Text, nullable=False),
    Column("private", Boolean, nullable=False),
    Column("reason", Text, nullable=False),
    Column("rights", ARRAY(Text), nullable=False),
    # Key and heading of each, as they were when it was asked for.
    Column("columns", JSONB, nullable=False),
    Column("state", Text, nullable=False),
    # Behind which thing it goes on, and how long the file is up to there.
    Column("cursor", Text),
    Column("place", BigInteger, nullable=False, server_default="0"),
    Column("rows", Integer, nullable=False, server_default="0"),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("until", DateTime(timezone=True)),
    Index("ix_export_run_at", "organisation_id", "at"),
)


class ExportRow(msgspec.Struct, frozen=True, kw_only=True):
    """A table carried out, as it is stored."""

    id: UUID
    member_id: UUID
    kind: str
    form: Form
    search: str
    private: bool
    rights: list[str]
    columns: list[tuple[str, str]]
    state: ExportState
    cursor: str | None
    place: int
    rows: int
    at: datetime
    until: datetime | None


EXPORT_COLUMNS = ", ".join(ExportRow.__struct_fields__)
