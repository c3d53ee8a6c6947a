"""Table and row of the links to customers' progress pages, and the house's rule of repeats."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import Column, DateTime, Index, Integer, SmallInteger, Text, text

from peakend.kernel.db import reference, tenant_table

progress_link_table = tenant_table(
    "progress_link",
    *reference("case_id", "service_case", nullable=False, on_delete="CASCADE"),
    Column("language", Text, nullable=False),
    Column("made_at", DateTime(timezone=True), nullable=False),
    *reference("made_by", "member"),
    Column("expires_at", DateTime(timezone=True), nullable=False),
    Column("revoked_at", DateTime(timezone=True)),
    *reference("revoked_by", "member"),
    Column("sent_at", DateTime(timezone=True)),
    Column("pictures", SmallInteger, nullable=False, server_default=text("0")),
    Index("ix_progress_link_case", "organisation_id", "case_id"),
)
repeat_rule_table = tenant_table(
    "repeat_rule",
    Column("kind", Text, nullable=False),
    Column("within_d", SmallInteger, nullable=False),
    Column("version", Integer, nullable=False),
    primary_key=("kind",),
)

# Of which case a contact is not a repeat after all, as somebody of the house said.
repeat_denial_table = tenant_table(
    "repeat_denial",
    *reference("conversation_id", "conversation", nullable=False, on_delete="CASCADE"),
    *reference("case_id", "service_case", nullable=False, on_delete="CASCADE"),
    *reference("by", "member"),
    Column("at", DateTime(timezone=True), nullable=False),
    primary_key=("conversation_id", "case_id"),
)


class ProgressLinkRow(msgspec.Struct, frozen=True):
    """A link as it is stored; the token follows from its id."""

    id: UUID
    case_id: UUID
    language: str
    made_at: datetime
    made_by: UUID | None
    expires_at: datetime
    revoked_at: datetime | None
    sent_at: datetime | None
    pictures: int


LINK_COLUMNS = ", ".join(f"l.{name}" for name in ProgressLinkRow.__struct_fields__)
