"""How a brand looks to customers: its colour, logo, mark and footer."""

from typing import Literal
from uuid import UUID

import msgspec

from peakend.accounts.actions.audit_log import audit
from peakend.accounts.actions.tenant import UnreadableColour
from peakend.accounts.events import BrandChanged
from peakend.accounts.models.brands import FooterLink, LookRow
from peakend.accounts.queries import need_brand
from peakend.accounts.queries.brands import look_row
from peakend.accounts.rules import is_readable_colour
from peakend.accounts.rules.brands import FOOTER_LONGEST, LINK_NAME_LONGEST, LINKS_MOST, link_url
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid
from peakend.kernel.events import record
from peakend.kernel.files import drop_file, save_mark

Mark = Literal["logo", "icon"]


class LookChanged(Conflict):
    """Somebody else changed the look meanwhile."""

    wording = "accounts.look_changed"


class WrongFooter(Invalid):
    """A footer's text is too long, or one of its links leads nowhere."""

    wording = "accounts.wrong_footer"


_KEEP = """
INSERT INTO brand_look (brand_id, logo_file_id, icon_file_id, footer_zh, footer_en, links, version)
VALUES ($1, $2, $3, $4, $5, $6, 1)
ON CONFLICT (organisation_id, brand_id) DO UPDATE SET
    logo_file_id = $2, icon_file_id = $3, footer_zh = $4, footer_en = $5, links = $6,
    version = brand_look.version + 1
"""


async def change_look(
    tx: Transaction,
    *,
    brand_id: UUID,
    colour: str,
    footer_zh: str,
    footer_en: str,
    links: list[FooterLink],
    version: int,
) -> None:
    """Change a brand's colour and footer; pictures stay.

    Errors: BrandNotFound, UnreadableColour, WrongFooter, LookChanged.
    """
    await _alone(tx, brand_id)
    row = await look_row(tx, brand_id)
    if (row.version if row else 0) != version:
        raise LookChanged
    if not is_readable_colour(colour):
        raise UnreadableColour(fields={"colour": "invalid"})
    kept = [_checked(at, one) for at, one in enumerate(links)]
    for name, text in (("footer_zh", footer_zh), ("footer_en", footer_en)):
        if len(text) > FOOTER_LONGEST or "\x00" in text:
            raise WrongFooter(fields={name: "invalid"})
    if len(kept) > LINKS_MOST:
        raise WrongFooter(fields={"links": "invalid"})
    await tx.run(
        "UPDATE brand SET colour = $2 WHERE organisation_id = current_organisation() AND id = $1",
        brand_id,
        colour.lower(),
    )
    fresh = LookRow(
        brand_id,
        row.logo_file_id if row else None,
        row.icon_file_id if row else None,
        footer_zh.strip(),
        footer_en.strip(),
        kept,
        version,
    )
    await _keep(tx, fresh, "brand.look_changed")


async def set_mark(tx: Transaction, *, brand_id: UUID, which: Mark, data: bytes | None) -> None:
    """Give a brand its `logo` or its `icon` (the mark in a browser's tab), or take it away.

    Errors: BrandNotFound, FileTooLarge, FileBroken.
    """
    await _alone(tx, brand_id)
    row = await look_row(tx, brand_id) or LookRow(brand_id, None, None, "", "", [], 0)
    field = "logo_file_id" if which == "logo" else "icon_file_id"
    file_id = None
    if data is not None:
        file_id = (await save_mark(tx, data, square=which != "logo", purpose=which)).id
    before: UUID | None = getattr(row, field)
    if before is not None:
        await drop_file(tx, before)
    change = "set" if file_id else "removed"
    await _keep(tx, msgspec.structs.replace(row, **{field: file_id}), f"brand.{which}_{change}")


async def _alone(tx: Transaction, brand_id: UUID) -> None:
    """Let one change of a brand wait for another. Errors: BrandNotFound."""
    await need_brand(tx, brand_id)
    await tx.run(
        "SELECT FROM brand WHERE organisation_id = current_organisation() AND id = $1 FOR UPDATE",
        brand_id,
    )


async def _keep(tx: Transaction, row: LookRow, change: str) -> None:
    await tx.run(
        _KEEP,
        row.brand_id,
        row.logo_file_id,
        row.icon_file_id,
        row.footer_zh,
        row.footer_en,
        msgspec.to_builtins(row.links),
    )
    await record(tx, BrandChanged(brand_id=row.brand_id))
    await audit(tx, change, "brand", row.brand_id)


def _checked(at: int, link: FooterLink) -> FooterLink:
    """Return a link as it is kept. Errors: WrongFooter."""
    url = link_url(link.url)
    zh, en = link.name_zh.strip(), link.name_en.strip()
    if url is None or not zh or max(len(zh), len(en)) > LINK_NAME_LONGEST or "\x00" in zh + en:
        raise WrongFooter(fields={f"links.{at}": "invalid"})
    return FooterLink(zh, en or zh, url)
