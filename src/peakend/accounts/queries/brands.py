"""How brands look to customers."""

from uuid import UUID

import msgspec

from peakend.accounts.models.brands import FooterLink, LookRow
from peakend.accounts.queries.tenant import need_brand
from peakend.kernel.db import Transaction
from peakend.kernel.files import files


class BrandLook(msgspec.Struct, frozen=True, kw_only=True):
    """How a brand looks: on the help centre, in the chat window, in a browser's tab."""

    brand_id: UUID
    name: str
    slug: str
    colour: str
    logo_url: str | None = None
    logo_width: int | None = None
    logo_height: int | None = None
    icon_url: str | None = None
    footer_zh: str = ""
    footer_en: str = ""
    links: list[FooterLink] = []
    version: int = 0


async def brand_look(tx: Transaction, brand_id: UUID) -> BrandLook:
    """Return how a brand looks. Errors: BrandNotFound."""
    brand = await need_brand(tx, brand_id)
    row = await look_row(tx, brand_id)
    known = BrandLook(brand_id=brand.id, name=brand.name, slug=brand.slug, colour=brand.colour)
    if row is None:
        return known
    pictures = await files(tx, [one for one in (row.logo_file_id, row.icon_file_id) if one])
    logo = pictures.get(row.logo_file_id) if row.logo_file_id else None
    icon = pictures.get(row.icon_file_id) if row.icon_file_id else None
    return msgspec.structs.replace(
        known,
        logo_url=logo.url if logo else None,
        logo_width=logo.width if logo else None,
        logo_height=logo.height if logo else None,
        icon_url=icon.url if icon else None,
        footer_zh=row.footer_zh,
        footer_en=row.footer_en,
        links=row.links,
        version=row.version,
    )


async def look_row(tx: Transaction, brand_id: UUID) -> LookRow | None:
    """Return what is kept of a brand's look, or None where nobody has touched it."""
    found = await tx.one(_Raw, _LOOK, brand_id)
    if found is None:
        return None
    return msgspec.convert(msgspec.structs.asdict(found), LookRow)


class _Raw(msgspec.Struct, frozen=True):
    brand_id: UUID
    logo_file_id: UUID | None
    icon_file_id: UUID | None
    footer_zh: str
    footer_en: str
    links: list[dict[str, str]]
    version: int


_LOOK = """
SELECT brand_id, logo_file_id, icon_file_id, footer_zh, footer_en, links, version
FROM brand_look
WHERE organisation_id = current_organisation()
  AND brand_id = $1
"""
