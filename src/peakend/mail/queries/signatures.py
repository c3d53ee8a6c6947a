"""What stands below answers, for one agent of a brand in a language."""

from datetime import datetime
from uuid import UUID

import msgspec

from peakend.accounts.queries import brand_names, organisation
from peakend.kernel.db import Transaction
from peakend.kernel.templates import rendered
from peakend.mail.models.signatures import SignatureRow
from peakend.mail.rules import LANGUAGES, Language, nested
from peakend.mail.rules.signatures import as_html, joined

# What stands there where a brand has written nothing.
BUILT_IN = "{{ agent.name }}\n{{ brand.name }}"
_OF_BRAND = """
SELECT language, body, member_id, changed_at, version FROM mail_signature
WHERE organisation_id = current_organisation() AND brand_id = $1
"""


class Signature(msgspec.Struct, frozen=True):
    """What stands below an answer."""

    html: str
    text: str


class BrandSignature(msgspec.Struct, frozen=True, kw_only=True):
    """A brand's signature in a language; `own` where the house wrote it."""

    language: Language
    body: str
    own: bool
    version: int = 0
    changed_at: datetime | None = None
    member_id: UUID | None = None


async def brand_signatures(tx: Transaction, brand_id: UUID) -> list[BrandSignature]:
    """Return a brand's signatures as they are used, by languages."""
    own = {row.language: row for row in await tx.all(SignatureRow, _OF_BRAND, brand_id)}
    return [_as_used(language, own.get(language)) for language in LANGUAGES]


async def own_signatures(tx: Transaction, member_id: UUID) -> dict[Language, str]:
    """Return what a member adds below answers, by languages."""
    rows = await tx.all(
        _Own,
        "SELECT language, body FROM member_signature"
        " WHERE organisation_id = current_organisation() AND member_id = $1",
        member_id,
    )
    found = {row.language: row.body for row in rows}
    return {language: found.get(language, "") for language in LANGUAGES}


async def automatic_stopped(tx: Transaction) -> bool:
    """Say whether every automatic mail of the house is stopped."""
    stopped: bool = await tx.value(
        "SELECT EXISTS (SELECT FROM mail_switch"
        " WHERE organisation_id = current_organisation() AND name = 'automatic')"
    )
    return stopped


async def signature_of(
    tx: Transaction, *, brand_id: UUID, member_id: UUID | None, name: str, language: Language
) -> Signature:
    """Return what stands below the answer of a member, by the brand's lines and his own."""
    used = next(one for one in await brand_signatures(tx, brand_id) if one.language == language)
    values = {
        "agent.name": name,
        "brand.name": (await brand_names(tx)).get(brand_id, ""),
        "organisation.name": (await organisation(tx)).name,
    }
    own = await own_signatures(tx, member_id) if member_id is not None else {}
    text = joined(rendered(used.body, nested(values)) or "", own.get(language, ""))
    return Signature(as_html(text), text)


class _Own(msgspec.Struct, frozen=True):
    language: Language
    body: str


def _as_used(language: Language, row: SignatureRow | None) -> BrandSignature:
    if row is None:
        return BrandSignature(language=language, body=BUILT_IN, own=False)
    return BrandSignature(
        language=language, body=row.body, own=True, version=row.version,
        changed_at=row.changed_at, member_id=row.member_id,
    )  # fmt: skip
