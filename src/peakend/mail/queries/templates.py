"""How a brand writes: its own templates or the built-in ones, and its frame."""

from datetime import datetime
from functools import cache
from importlib import resources
from uuid import UUID

import msgspec

from peakend.accounts.queries import brand_look, brand_names, organisation
from peakend.kernel.db import Transaction
from peakend.kernel.kept_files import Kept, kept_bytes
from peakend.kernel.words import word
from peakend.mail.models import TemplateRow
from peakend.mail.rules import KINDS, LANGUAGES, Kind, Language, Look, split_text


class Template(msgspec.Struct, frozen=True, kw_only=True):
    """A template as it is used; `own` where the house wrote it, else it came with the product."""

    kind: Kind
    language: Language
    subject: str
    body: str
    own: bool
    version: int = 0
    changed_at: datetime | None = None
    member_id: UUID | None = None


@cache
def built_in(kind: Kind, language: Language) -> Template:
    """Return the template that comes with the product."""
    text = (resources.files("peakend.mail") / "texts" / f"{kind}.{language}.txt").read_text("utf-8")
    subject, body = split_text(text)
    return Template(kind=kind, language=language, subject=subject, body=body, own=False)


async def templates(tx: Transaction, brand_id: UUID) -> list[Template]:
    """Return every template of a brand, by kinds and languages."""
    rows = await tx.all(TemplateRow, _ROWS, brand_id)
    own = {(row.kind, row.language): row for row in rows}
    return [
        _as_used(kind, tongue, own.get((kind, tongue))) for kind in KINDS for tongue in LANGUAGES
    ]


async def template(
    tx: Transaction, brand_id: UUID, kind: Kind, language: Language, *, lock: bool = False
) -> Template:
    """Return a template of a brand as it is used."""
    row = await tx.one(
        TemplateRow, f"{_ROWS} AND kind = $2 AND language = $3{' FOR UPDATE' * lock}",
        brand_id, kind, language,
    )  # fmt: skip
    return _as_used(kind, language, row)


async def house_values(tx: Transaction, brand_id: UUID) -> dict[str, str]:
    """Return what every template may say of the house."""
    names = await brand_names(tx)
    return {
        "brand.name": names.get(brand_id, ""),
        "organisation.name": (await organisation(tx)).name,
    }


async def brand_frame(
    tx: Transaction, brand_id: UUID, language: Language, *, automatic: bool, shown: bool = False
) -> tuple[Look, Kept | None]:
    """Return a brand's frame and its logo; `shown` with the logo's address instead of its part."""
    look = await brand_look(tx, brand_id)
    logo = await kept_bytes(tx, UUID(look.logo_url.split("/")[2])) if look.logo_url else None
    source = (look.logo_url or "") if shown else "cid:logo"
    return (
        Look(
            name=look.name,
            colour=look.colour,
            language=language,
            logo=source if logo else "",
            logo_width=_half(look.logo_width),
            logo_height=_half(look.logo_height),
            footer=(look.footer_zh if language == "zh-CN" else look.footer_en).strip(),
            note=word("mail.frame.automatic", language) if automatic else "",
        ),
        logo,
    )


def _half(pixels: int | None) -> int:
    # A logo is kept at twice the size in which it stands on pages.
    return round((pixels or 0) / 2)


def _as_used(kind: Kind, language: Language, row: TemplateRow | None) -> Template:
    if row is None:
        return built_in(kind, language)
    return Template(
        kind=kind,
        language=language,
        subject=row.subject,
        body=row.body,
        own=True,
        version=row.version,
        changed_at=row.changed_at,
        member_id=row.member_id,
    )


_ROWS = """
SELECT kind, language, subject, body, member_id, changed_at, version
FROM mail_template
WHERE organisation_id = current_organisation() AND brand_id = $1
"""
