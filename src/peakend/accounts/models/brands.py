"""How brands look to customers: rows and tables."""

from uuid import UUID

import msgspec
from sqlalchemy import Column, Integer, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from peakend.accounts.models.people import text_column
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
