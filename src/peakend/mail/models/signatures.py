"""What stands below answers: each brand's own lines, and what an agent adds, by language."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import Column, DateTime, Integer, Text

from peakend.kernel.db import reference, tenant_table

mail_signature_table = tenant_table(
    "mail_signature",
    *reference("brand_id", "brand", nullable=False, on_delete="CASCADE"),
    Column("language", Text, nullable=False),
    Column("body", Text, nullable=False),
    *reference("member_id", "member"),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    Column("version", Integer, nullable=False, server_default="1"),
    primary_key=("brand_id", "language"),
)

member_signature_table = tenant_table(
    "member_signature",
    *reference("member_id", "member", nullable=False, on_delete="CASCADE"),
    Column("language", Text, nullable=False),
    Column("body", Text, nullable=False),
    primary_key=("member_id", "language"),
)


class SignatureRow(msgspec.Struct, frozen=True):
    """A signature that the house wrote itself."""

    language: str
    body: str
    member_id: UUID | None
    changed_at: datetime
    version: int
