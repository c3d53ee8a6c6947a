"""By which keys a brand signs its mails."""

from uuid import UUID

import msgspec

from peakend.kernel.db import Transaction
from peakend.kernel.errors import NotFound
from peakend.kernel.secrets import unseal
from peakend.mail.models import KEY_COLUMNS, MailKey
from peakend.mail.ports import SigningKey


class MailKeyNotFound(NotFound):
    """The brand has no such key."""

    wording = "mail.key_not_found"


class _Sealed(msgspec.Struct, frozen=True):
    id: UUID
    domain: str
    selector: str
    pem_sealed: bytes


async def mail_keys(tx: Transaction, brand_id: UUID) -> list[MailKey]:
    """Return the keys of a brand, the newest first."""
    return await tx.all(
        MailKey,
        f"SELECT {KEY_COLUMNS} FROM mail_key "  # noqa: S608 (names of columns only)
        "WHERE organisation_id = current_organisation() AND brand_id = $1"
        " ORDER BY made_at DESC, id DESC LIMIT 20",
        brand_id,
    )


async def need_key(tx: Transaction, brand_id: UUID, key_id: UUID, *, lock: bool = False) -> MailKey:
    """Return a key of a brand. Errors: MailKeyNotFound."""
    found = await tx.one(
        MailKey,
        f"SELECT {KEY_COLUMNS} FROM mail_key "  # noqa: S608 (names of columns only)
        "WHERE organisation_id = current_organisation() AND brand_id = $1 AND id = $2"
        f"{' FOR UPDATE' * lock}",
        brand_id,
        key_id,
    )
    if found is None:
        raise MailKeyNotFound
    return found


async def signing_key(tx: Transaction, brand_id: UUID, sender: str) -> SigningKey | None:
    """Return by what a brand's mails are signed; None where none is at work for the sender."""
    row = await tx.one(
        _Sealed,
        "SELECT id, domain, selector, pem_sealed FROM mail_key"
        " WHERE organisation_id = current_organisation() AND brand_id = $1 AND active"
        " AND domain = $2",
        brand_id,
        sender.rpartition("@")[2],
    )
    if row is None:
        return None
    pem = unseal(row.pem_sealed, pem_place(tx.organisation_id, row.id)).decode()
    return SigningKey(domain=row.domain, selector=row.selector, pem=pem)


def pem_place(organisation_id: UUID, key_id: UUID) -> str:
    """Return where a key is kept, so that nobody opens it elsewhere."""
    return f"mail_key/pem/{organisation_id}/{key_id}"
