"""Whose mails are not wanted, and whether a brand believes what its mail server says of spam."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import Boolean, Column, DateTime, Index, Text, Uuid
from sqlalchemy import text as sql

from peakend.kernel.db import reference, tenant_table
from peakend.mail.rules.screening import Blocked

_ALL = sql("coalesce(brand_id, '00000000-0000-0000-0000-000000000000'::uuid)")

mail_block_table = tenant_table(
    "mail_block",
    # None: for all brands.
    *reference("brand_id", "brand", on_delete="CASCADE"),
    Column("kind", Text, nullable=False),
    # An address or a domain; its digest stays when the words go with a person.
    Column("pattern", Text, nullable=False),
    Column("digest", Text, nullable=False),
    Column("reason", Text, nullable=False, server_default=""),
    *reference("member_id", "member"),
    # From which conversation and of which customer, where an agent did it there; no links.
    Column("conversation_id", Uuid(as_uuid=True)),
    Column("customer_id", Uuid(as_uuid=True)),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("expires_at", DateTime(timezone=True)),
    Index("uq_mail_block_digest", "organisation_id", _ALL, "digest", unique=True),
    Index("ix_mail_block_customer", "organisation_id", "customer_id",
          postgresql_where=sql("customer_id IS NOT NULL")),
)  # fmt: skip

mail_screening_table = tenant_table(
    "mail_screening",
    *reference("brand_id", "brand", nullable=False, on_delete="CASCADE"),
    # Whether marks like X-Spam-Flag count, which its own mail server puts on.
    Column("believes", Boolean, nullable=False, server_default="false"),
    primary_key=("brand_id",),
)

# Programs by which people write: order forms, other ticket systems.
mail_person_table = tenant_table(
    "mail_person",
    *reference("brand_id", "brand", nullable=False, on_delete="CASCADE"),
    Column("email", Text, nullable=False),
    *reference("member_id", "member"),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Index("uq_mail_person_email", "organisation_id", "brand_id", "email", unique=True),
)


class MailBlock(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody, or a whole domain, whose mails are kept aside; `pattern` is empty once it went."""

    id: UUID
    brand_id: UUID | None
    kind: Blocked
    pattern: str
    reason: str
    member_id: UUID | None
    conversation_id: UUID | None
    created_at: datetime
    expires_at: datetime | None


class PersonSender(msgspec.Struct, frozen=True, kw_only=True):
    """A program whose mails to a brand count as a person's."""

    id: UUID
    brand_id: UUID
    email: str
    member_id: UUID | None
    created_at: datetime


PERSON_COLUMNS = ", ".join(PersonSender.__struct_fields__)
BLOCK_COLUMNS = ", ".join(MailBlock.__struct_fields__)
