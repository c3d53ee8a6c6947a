"""How brands look to customers, and the domains where they find them: rows and tables."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import Column, Index, Integer, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from peakend.accounts.models.people import moment, text_column
from peakend.accounts.rules.brands import DomainState, Serves
from peakend.kernel.db import reference, tenant_table

brand_look_table = tenant_table(
    "brand_look",
    *reference("brand_id", "brand", nullable=False, on_delete="CASCADE"),
    Column("logo_file_id", Uuid(as_uuid=True)),
    Column("icon_file_id", Uuid(as_uuid=True)),
    text_column("footer_zh", ""),
    text_column("footer_en", ""),
    Column("links", JSONB, nullable=False, server_default=text("'[]'")),
    Column("version", Integer, nullable=False, server_default=text("1")),
    primary_key=("brand_id",),
)

# Who holds a host name may show pages there only after a proof; anybody may wait for one.
brand_domain_table = tenant_table(
    "brand_domain",
    *reference("brand_id", "brand", nullable=False, on_delete="CASCADE"),
    text_column("host"),
    text_column("serves"),
    text_column("token"),
    text_column("state", "waiting"),
    # What the last look brought, as a short code.
    text_column("proof", ""),
    moment("created_at"),
    moment("checked_at", nullable=True),
    moment("verified_at", nullable=True),
    moment("missing_since", nullable=True),
    Index("uq_brand_domain_host", "organisation_id", "host", unique=True),
    # Of all organisations together: a host is shown for one of them alone.
    Index(
        "uq_brand_domain_verified",
        "host",
        unique=True,
        postgresql_where=text("state = 'verified'"),
    ),
    Index("ix_brand_domain_brand", "organisation_id", "brand_id"),
    system="select",
)


class FooterLink(msgspec.Struct, frozen=True):
    """A link in a brand's footer, in both languages."""

    name_zh: str
    name_en: str
    url: str


class LookRow(msgspec.Struct, frozen=True):
    """What is kept of a brand's look beside its colour."""

    brand_id: UUID
    logo_file_id: UUID | None
    icon_file_id: UUID | None
    footer_zh: str
    footer_en: str
    links: list[FooterLink]
    version: int


class DomainRow(msgspec.Struct, frozen=True):
    """A host name that a brand wants or has."""

    id: UUID
    brand_id: UUID
    host: str
    serves: Serves
    token: str
    state: DomainState
    proof: str
    created_at: datetime
    checked_at: datetime | None
    verified_at: datetime | None
    missing_since: datetime | None


class Door(msgspec.Struct, frozen=True):
    """Whose pages a verified host shows."""

    organisation_id: UUID
    brand_id: UUID
    host: str
    serves: Serves
