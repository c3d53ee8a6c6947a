"""Mails of which nothing could be had: opened as they came, and set aside."""

import asyncio
from uuid import UUID

import msgspec

from peakend.accounts.actions import audit
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, NotFound
from peakend.kernel.events import record
from peakend.kernel.files import clean_name, path_of
from peakend.kernel.kept_files import hash_of
from peakend.mail.events import MailSetAside
from peakend.mail.queries import need_received


class ReadAlready(Conflict):
    """The mail was read meanwhile: nobody has to look at it."""

    wording = "mail.read_already"


class OriginalGone(NotFound):
    """The mail as it came is no longer kept, or was never given."""

    wording = "mail.original_gone"


class Original(msgspec.Struct, frozen=True):
    """A mail exactly as it came, under a name that can be saved."""

    name: str
    content: bytes


async def open_original(tx: Transaction, *, received_id: UUID) -> Original:
    """Return a mail as it came; that somebody took it stands in the audit log.

    Errors: ReceivedNotFound, OriginalGone.
    """
    mail = await need_received(tx, received_id)
    sha256 = await hash_of(tx, mail.file_id) if mail.file_id else None
    if sha256 is None or not (path := path_of(sha256)).is_file():
        raise OriginalGone
    await audit(tx, "received_mail.opened", "received_mail", received_id)
    content = await asyncio.to_thread(path.read_bytes)
    return Original(clean_name(f"{mail.subject[:60] or 'mail'}.eml"), content)


async def set_aside(tx: Transaction, *, received_id: UUID, aside: bool) -> None:
    """Leave a mail that could not be read as it is, or take it up again.

    Errors: ReceivedNotFound, ReadAlready.
    """
    mail = await need_received(tx, received_id, lock=True)
    wanted = "aside" if aside else "attention"
    if mail.state == wanted:
        return
    if mail.state == "received":
        raise ReadAlready
    await tx.run(
        "UPDATE received_mail SET state = $2"
        " WHERE organisation_id = current_organisation() AND id = $1",
        received_id,
        wanted,
    )
    await record(
        tx,
        MailSetAside(
            received_id=received_id, mailbox_id=mail.mailbox_id, brand_id=mail.brand_id, aside=aside
        ),
    )
    await audit(
        tx, "received_mail.aside" if aside else "received_mail.back", "received_mail", received_id
    )
