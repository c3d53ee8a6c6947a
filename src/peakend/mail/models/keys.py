"""By which keys a brand signs its mails: one is at work, others wait or had their time."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import Boolean, Column, DateTime, Index, LargeBinary, Text
from sqlalchemy import text as sql

from peakend.kernel.db import reference, tenant_table

mail_key_table = tenant_table(
    "mail_key",
    *reference("brand_id", "brand", nullable=False, on_delete="CASCADE"),
    Column("domain", Text, nullable=False),
    Column("selector", Text, nullable=False),
    Column("pem_sealed", LargeBinary, nullable=False),
    # What others find in the name system.
    Column("record", Text, nullable=False),
    Column("active", Boolean, nullable=False, server_default="false"),
    Column("made_at", DateTime(timezone=True), nullable=False),
    # When the record was last found there.
    Column("found_at", DateTime(timezone=True)),
    Index("uq_mail_key_selector", "organisation_id", "brand_id", "domain", "selector", unique=True),
    Index("uq_mail_key_active", "organisation_id", "brand_id", unique=True,
          postgresql_where=sql("active")),
)  # fmt: skip


class MailKey(msgspec.Struct, frozen=True, kw_only=True):
    """A key without what is secret of it."""

    id: UUID
    brand_id: UUID
    domain: str
    selector: str
    record: str
    active: bool
    made_at: datetime
    found_at: datetime | None


KEY_COLUMNS = ", ".join(MailKey.__struct_fields__)
