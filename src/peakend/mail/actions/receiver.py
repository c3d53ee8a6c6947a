"""Who receives: mails that servers bring are kept for the mailboxes that live here.

Whatever goes wrong, the server that brought a mail keeps it: it hears of success only once all is
written down, and one that brings a mail again changes nothing.
"""

import asyncio
import contextlib
import hashlib
import ssl
from collections.abc import Callable
from datetime import datetime
from email.utils import format_datetime
from typing import Literal, cast
from urllib.parse import urlsplit
from uuid import UUID

import msgspec
import structlog

from peakend.kernel import clock
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from peakend.kernel.settings import settings
from peakend.mail.actions.keeping import from_relay, keep_mail, prepare
from peakend.mail.ports import Brought, Peer, Place, provided, wire_address
from peakend.mail.queries import MailboxNotFound, need_mailbox
from peakend.mail.rules import WrongDoor, door_of, trace, untagged

log = structlog.get_logger()

# Another process has the port, or a certificate is not there yet.
AGAIN_S = 15.0
_WHOSE = """
SELECT organisation_id, id FROM mailbox
WHERE way = 'smtp' AND active AND lower(email) = ANY($1)
ORDER BY length(email) DESC LIMIT 1
"""
# Busy mailboxes are not written to for every mail.
_GOOD = """
UPDATE mailbox SET last_good_at = $2::timestamptz
WHERE organisation_id = current_organisation() AND id = $1
  AND (last_good_at IS NULL OR last_good_at < $2::timestamptz - interval '1 minute')
"""


class _Whose(msgspec.Struct, frozen=True):
    organisation_id: UUID
    id: UUID


class Receiver:
    """Lets servers bring mails, where the operator wants that, until told to stop."""

    def __init__(self, database: Database, now: Callable[[], datetime] = clock.now) -> None:
        self._database, self._now = database, now

    async def run(self, stop: asyncio.Event) -> None:
        """Listen until `stop` is set; what keeps us from it is said and tried again."""
        try:
            place = receiving_at()
        except WrongDoor:
            log.error("PEAKEND_MAIL_DOOR is neither smtp://HOST:PORT nor lmtp://HOST:PORT")
            return
        while place is not None and not stop.is_set():
            try:
                await provided.door.stay(place, self, stop)
            except (OSError, ssl.SSLError) as error:
                log.error("mails cannot be received", port=place.port, reason=error.strerror)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), AGAIN_S)

    async def known(self, address: str) -> bool:
        """Say whether mails to an address are taken here."""
        return await self._whose(address) is not None

    async def take(self, brought: Brought) -> list[bool]:
        """Keep a mail once for each mailbox it goes to; say of each recipient whether it is."""
        owners = [await self._whose(address) for address in brought.to]
        kept: dict[UUID, bool] = {}
        for owner in owners:
            if owner is None or owner.id in kept:
                continue
            to = [a for a, o in zip(brought.to, owners, strict=True) if o and o.id == owner.id]
            kept[owner.id] = await self._keep(owner, brought, to)
        return [owner is not None and kept[owner.id] for owner in owners]

    async def _keep(self, owner: _Whose, brought: Brought, to: list[str]) -> bool:
        now = self._now()
        head = trace(
            sender=brought.sender, to=to, peer=brought.peer, greeted=brought.greeted,
            here=_own_name(), at=format_datetime(now),
        )  # fmt: skip
        actor = Actor.system(owner.organisation_id)
        strange = not from_relay(brought.peer)
        # Of a relay's own address no record of the sender's domain tells anything.
        peer = _peer(brought) if strange else None
        try:
            async with self._database.transaction(actor, now) as tx:
                mailbox = await need_mailbox(tx, owner.id)
            raw = head + brought.raw
            mail = await prepare(raw, mailbox=mailbox, peer=peer, strange=strange)
            # Another try comes at another time, and is the same mail.
            own = hashlib.sha256(brought.raw).hexdigest()
            mail = msgspec.structs.replace(mail, sha256=own)
            async with self._database.transaction(actor, now) as tx:
                mailbox = await need_mailbox(tx, owner.id)
                if not mailbox.active or mailbox.way != "smtp":
                    return False
                await keep_mail(tx, mailbox, mail)
                await tx.run(_GOOD, mailbox.id, tx.now)
        except MailboxNotFound:
            return False
        except Exception as error:  # noqa: BLE001 (whoever brought it keeps it)
            log.error("a mail was not kept", id=str(owner.id), error=type(error).__name__)
            return False
        return True

    async def _whose(self, address: str) -> _Whose | None:
        email = wire_address(address)
        if not email:
            return None
        async with self._database.system(self._now()) as tx:
            return await tx.one(_Whose, _WHOSE, untagged(email))


def _peer(brought: Brought) -> Peer:
    return Peer(address=brought.peer, greeting=brought.greeted, mail_from=brought.sender)


def receiving_at() -> Place | None:
    """Return where mails are received; None where the operator said nothing. Errors: WrongDoor."""
    if not settings.mail_door:
        return None
    speaks, host, port = door_of(settings.mail_door)
    return Place(
        speaks=cast("Literal['smtp', 'lmtp']", speaks),
        host=host,
        port=port,
        name=_own_name(),
        certificate=settings.mail_door_certificate,
        key=settings.mail_door_key,
    )


def _own_name() -> str:
    return urlsplit(settings.public_url).hostname or "localhost"
