"""A brand's mails are signed: keys are made, tried, put to work and taken away.

A key is put to work once its record is found, as mails with a signature that nobody can check are
worse than mails without. A new one stands beside the old: mails on their way are checked by that.
"""

import asyncio
from typing import Literal
from uuid import UUID

from peakend.accounts.actions import audit
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, Transaction
from peakend.kernel.errors import Conflict
from peakend.kernel.events import record
from peakend.kernel.ids import new_id
from peakend.kernel.limits import spend
from peakend.kernel.secrets import seal
from peakend.mail.events import MailServerChanged
from peakend.mail.models import MailKey
from peakend.mail.ports import NamesUnknown, provided
from peakend.mail.queries import mail_keys, need_key, need_server
from peakend.mail.queries.keys import pem_place
from peakend.mail.rules.domains import same_key

MOST_KEYS = 4
KeyFound = Literal["found", "missing", "other", "silent"]


class TooManyKeys(Conflict):
    """There are several keys already; one has to go before another is made."""

    wording = "mail.too_many_keys"


class RecordMissing(Conflict):
    """Nobody could check what this key signs, as its record was never found."""

    wording = "mail.record_missing"


class KeyInUse(Conflict):
    """The key is at work; it has to be put aside first."""

    wording = "mail.key_in_use"


async def make_key(database: Database, *, brand_id: UUID, by: Actor) -> UUID:
    """Make a key for the domain of a brand's sender, and return its id.

    Errors: BrandNotFound, MailServerNotFound, TooManyKeys, TooMany.
    """
    async with database.transaction(by) as tx:
        await _need_room(tx, brand_id)
    await spend(f"mail_key:{by.organisation_id}", rate=1 / 60, burst=10)
    # It takes a tenth of a second or more.
    pem, public = await asyncio.to_thread(provided.sign.make)
    async with database.transaction(by) as tx:
        domain, taken = await _need_room(tx, brand_id)
        first = f"peakend-{tx.now:%Y%m%d}"
        names = [first, *(f"{first}-{n}" for n in range(2, MOST_KEYS + 2))]
        selector = next(name for name in names if name not in taken)
        key_id = new_id()
        await tx.run(
            "INSERT INTO mail_key (id, brand_id, domain, selector, pem_sealed, record, made_at)"
            " VALUES ($1, $2, $3, $4, $5, $6, $7)",
            key_id,
            brand_id,
            domain,
            selector,
            seal(pem.encode(), pem_place(tx.organisation_id, key_id)),
            public,
            tx.now,
        )
        await _tell(tx, brand_id, "created", selector)
    return key_id


async def _need_room(tx: Transaction, brand_id: UUID) -> tuple[str, set[str]]:
    server = await need_server(tx, brand_id, lock=True)
    keys = await mail_keys(tx, brand_id)
    if len(keys) >= MOST_KEYS:
        raise TooManyKeys
    return server.sender_email.rpartition("@")[2], {one.selector for one in keys}


async def look_for_key(database: Database, *, brand_id: UUID, key_id: UUID, by: Actor) -> KeyFound:
    """Look whether a key's record is in the name system, and note that it is.

    Errors: BrandNotFound, MailServerNotFound, MailKeyNotFound, TooMany.
    """
    async with database.transaction(by) as tx:
        await need_server(tx, brand_id)
        key = await need_key(tx, brand_id, key_id)
    await spend(f"mail_test:{by.organisation_id}", rate=1 / 6, burst=10)
    found = await record_of(key)
    if found == "found":
        async with database.transaction(by) as tx:
            await tx.run(
                "UPDATE mail_key SET found_at = $2"
                " WHERE organisation_id = current_organisation() AND id = $1",
                key_id,
                tx.now,
            )
    return found


async def record_of(key: MailKey) -> KeyFound:
    """Return what stands in the name system where a key's record belongs."""
    try:
        name = f"{key.selector}._domainkey.{key.domain}"
        texts = await provided.names.ask(name, "TXT", fresh=True)
    except NamesUnknown:
        return "silent"
    if not texts:
        return "missing"
    return "found" if any(same_key(text, key.record) for text in texts) else "other"


async def switch_key(
    tx: Transaction, *, brand_id: UUID, key_id: UUID, active: bool, anyway: bool = False
) -> None:
    """Put a key to work, in place of the one before, or aside.

    With `anyway` also one whose record was never found.
    Errors: BrandNotFound, MailServerNotFound, MailKeyNotFound, RecordMissing.
    """
    await need_server(tx, brand_id, lock=True)
    key = await need_key(tx, brand_id, key_id, lock=True)
    if key.active == active:
        return
    if active and key.found_at is None and not anyway:
        raise RecordMissing
    await tx.run(
        "UPDATE mail_key SET active = false"
        " WHERE organisation_id = current_organisation() AND brand_id = $1 AND active",
        brand_id,
    )
    if active:
        await tx.run(
            "UPDATE mail_key SET active = true"
            " WHERE organisation_id = current_organisation() AND id = $1",
            key_id,
        )
    await _tell(tx, brand_id, "resumed" if active else "paused", key.selector)


async def remove_key(tx: Transaction, *, brand_id: UUID, key_id: UUID) -> None:
    """Forget a key that is not at work.

    Errors: BrandNotFound, MailServerNotFound, MailKeyNotFound, KeyInUse.
    """
    await need_server(tx, brand_id, lock=True)
    key = await need_key(tx, brand_id, key_id, lock=True)
    if key.active:
        raise KeyInUse
    await tx.run(
        "DELETE FROM mail_key WHERE organisation_id = current_organisation() AND id = $1", key_id
    )
    await _tell(tx, brand_id, "removed", key.selector)


async def _tell(tx: Transaction, brand_id: UUID, what: str, selector: str) -> None:
    await record(tx, MailServerChanged(brand_id=brand_id, what=f"key_{what}"))
    await audit(tx, f"mail_key.{what}", "brand", brand_id, {"selector": selector})
