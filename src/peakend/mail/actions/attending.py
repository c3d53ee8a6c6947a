"""Mails of which nothing could be had: opened as they came, read anew, and set aside."""

import asyncio
from uuid import UUID

import msgspec

from peakend.accounts.actions import audit
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, Transaction
from peakend.kernel.errors import Conflict, NotFound
from peakend.kernel.events import record
from peakend.kernel.files import clean_name, path_of, remove_files
from peakend.kernel.kept_files import hash_of
from peakend.kernel.limits import spend
from peakend.kernel.scans import need_free
from peakend.mail.actions.keeping import (
    Prepared,
    from_relay,
    is_second,
    keep_content,
    note_bounce,
    prepare,
)
from peakend.mail.actions.screening import screened
from peakend.mail.events import MailReceived, MailSetAside
from peakend.mail.models import Mailbox, ReceivedMail
from peakend.mail.queries import MailboxNotFound, need_mailbox, need_received
from peakend.mail.rules import bringer_in, digest_of


class ReadAlready(Conflict):
    """The mail was read meanwhile: nobody has to look at it."""

    wording = "mail.read_already"


class OriginalGone(NotFound):
    """The mail as it came is no longer kept, or was never given."""

    wording = "mail.original_gone"


class OnlyTheBeginning(Conflict):
    """Only the beginning of the mail is kept: reading it again would not find the rest."""

    wording = "mail.only_the_beginning"


class Original(msgspec.Struct, frozen=True):
    """A mail exactly as it came, under a name that can be saved."""

    name: str
    content: bytes


async def open_original(tx: Transaction, *, received_id: UUID) -> Original:
    """Return a mail as it came; that somebody took it stands in the audit log.

    Errors: ReceivedNotFound, OriginalGone, and those of `need_free`.
    """
    mail = await need_received(tx, received_id)
    await need_free(tx, [one for one in [mail.file_id, *await tx.value(_FILES, mail.id)] if one])
    content = await _bytes_of(tx, mail)
    await audit(tx, "received_mail.opened", "received_mail", received_id)
    return Original(clean_name(f"{mail.subject[:60] or 'mail'}.eml"), content)


async def set_aside(tx: Transaction, *, received_id: UUID, aside: bool) -> None:
    """Leave a mail that could not be read as it is, or take it up again.

    Errors: ReceivedNotFound, ReadAlready.
    """
    mail = await need_received(tx, received_id, lock=True)
    wanted = "aside" if aside else "attention"
    if mail.state == wanted:
        return
    if mail.state not in ("attention", "aside"):
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


async def read_anew(database: Database, *, received_id: UUID, by: Actor) -> None:
    """Read a mail once more that could not be read; it goes its way where it can be now.

    Counts: twenty at once, then one in two seconds. Errors: ReceivedNotFound, ReadAlready,
    OriginalGone, OnlyTheBeginning, TooMany.
    """
    async with database.transaction(by) as tx:
        mail = await _unread(tx, received_id)
        raw = await _bytes_of(tx, mail)
        mailbox = await _mailbox_of(tx, mail)
    await spend(f"mail_read:{by.organisation_id}", rate=1 / 2, burst=20)
    # Who brought it to us stands above it; what we fetched, its mailbox's own server took.
    brought = mailbox.way == "smtp" if mailbox else bool(bringer_in(raw))
    strange = brought and not from_relay(bringer_in(raw))
    prepared = await prepare(raw, mailbox=mailbox, strange=strange)
    async with database.transaction(by) as tx:
        await _take(tx, await _unread(tx, received_id, lock=True), prepared)
        await audit(tx, "received_mail.read", "received_mail", received_id)


async def _take(tx: Transaction, mail: ReceivedMail, prepared: Prepared) -> None:
    """Write down what was found this time."""
    read = prepared.read
    state, code = await screened(tx, brand_id=mail.brand_id, read=read)
    if read.code:
        await tx.run(
            "UPDATE received_mail SET code = $2"
            " WHERE organisation_id = current_organisation() AND id = $1",
            mail.id,
            read.code,
        )
        return
    await remove_files(tx, await tx.value(_FILES, mail.id))
    await tx.run(_EMPTY, mail.id)
    await tx.run(
        _READ, mail.id, state, code, digest_of(mail.mailbox_id, read.message_id, prepared.sha256),
        read.automatic, read.whole, read.message_id, read.from_email, read.from_name, read.subject,
        read.automatic_by, await is_second(tx, mail.mailbox_id, read),
    )  # fmt: skip
    await keep_content(tx, mail.id, prepared)
    if read.bounce is not None:
        await note_bounce(tx, mail.brand_id, mail.id, read.bounce)
    await record(
        tx,
        MailReceived(
            received_id=mail.id, mailbox_id=mail.mailbox_id, brand_id=mail.brand_id,
            automatic=read.automatic, attention=False,
        ),
    )  # fmt: skip


async def _unread(tx: Transaction, received_id: UUID, *, lock: bool = False) -> ReceivedMail:
    mail = await need_received(tx, received_id, lock=lock)
    if mail.state not in ("attention", "aside"):
        raise ReadAlready
    if mail.code == "too_large":
        raise OnlyTheBeginning
    return mail


async def _bytes_of(tx: Transaction, mail: ReceivedMail) -> bytes:
    """Return a mail as it came. Errors: OriginalGone."""
    sha256 = await hash_of(tx, mail.file_id) if mail.file_id else None
    if sha256 is None or not (path := path_of(sha256)).is_file():
        raise OriginalGone
    return await asyncio.to_thread(path.read_bytes)


async def _mailbox_of(tx: Transaction, mail: ReceivedMail) -> Mailbox | None:
    try:
        return await need_mailbox(tx, mail.mailbox_id)
    except MailboxNotFound:
        return None


_FILES = """
SELECT coalesce(array_agg((one ->> 'file_id')::uuid), '{}')
FROM received_content, LATERAL jsonb_array_elements(attachments) one
WHERE organisation_id = current_organisation() AND received_id = $1
"""
_EMPTY = """
DELETE FROM received_content WHERE organisation_id = current_organisation() AND received_id = $1
"""
# It is known by what it says now, unless the same mail came a second time meanwhile.
_READ = """
UPDATE received_mail r SET state = $2, code = $3, automatic = $5, whole = $6, message_id = $7,
    from_email = $8, from_name = $9, subject = $10, automatic_by = $11, second = $12,
    digest = CASE WHEN EXISTS (SELECT FROM received_mail o
                               WHERE o.organisation_id = r.organisation_id AND o.digest = $4)
             THEN digest ELSE $4 END
WHERE organisation_id = current_organisation() AND id = $1
"""
