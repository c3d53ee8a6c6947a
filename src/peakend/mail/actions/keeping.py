"""Keeping a mail that came: its bytes before anything, then what it says in one transaction."""

import asyncio
import hashlib
import re
from uuid import UUID

import msgspec

from peakend.kernel.db import Transaction
from peakend.kernel.events import record
from peakend.kernel.files import save_cleaned
from peakend.kernel.ids import new_id
from peakend.kernel.kept_files import keep_bytes, save_kept
from peakend.kernel.pictures import Cleaned, FileBroken, FileTooLarge, clean
from peakend.kernel.settings import settings
from peakend.mail.actions.screening import screened
from peakend.mail.actions.trusting import judged
from peakend.mail.events import MailBounced, MailReceived
from peakend.mail.models import CONTENT_COLUMNS, KeptFile, Mailbox
from peakend.mail.ports import Bounce, Peer, ReadFile, ReadMail, provided
from peakend.mail.rules import LARGEST_MAIL, READER, digest_of, is_relay
from peakend.mail.rules.trusting import Trust

RECEIVED = """
INSERT INTO received_mail (id, brand_id, mailbox_id, digest, state, code, automatic, automatic_by,
                           whole, received_at, message_id, from_email, from_name, subject, size,
                           file_id, second)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
ON CONFLICT (organisation_id, digest) DO NOTHING
"""
CONTENT = f"""
INSERT INTO received_content ({CONTENT_COLUMNS})
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17)
"""  # noqa: S608 (names of columns only)
# A report speaks of the mails that this brand sent, and of those that were taken by a server.
_BOUNCED = """
UPDATE mail SET state = 'bounced', code = $3, status = NULL, said = ''
WHERE organisation_id = current_organisation() AND brand_id = $1 AND message_id = ANY($2)
  AND state = 'sent'
RETURNING id, kind, about
"""
_KNOWN = """
SELECT EXISTS (SELECT FROM received_mail
               WHERE organisation_id = current_organisation() AND digest = $1)
"""

_LOCK = "SELECT pg_advisory_xact_lock(hashtextextended($1, 0))"
_SECOND = """
SELECT EXISTS (
    SELECT FROM received_mail r
    JOIN received_content c ON c.organisation_id = r.organisation_id AND c.received_id = r.id
    WHERE r.organisation_id = current_organisation() AND r.mailbox_id = $1 AND r.message_id = $2
      AND r.message_id <> ''
      AND ((r.from_email, r.subject, c.text, c.html) IS DISTINCT FROM ($3::text, $4::text,
           $5::text, $6::text) OR jsonb_array_length(c.attachments) <> $7))
"""


class Prepared(msgspec.Struct, frozen=True, kw_only=True):
    """A mail whose bytes are on the disk, and what was read of it."""

    raw: bytes
    sha256: str
    read: ReadMail
    files: list[tuple[ReadFile, Cleaned]]
    trust: Trust = Trust()


async def prepare(
    raw: bytes,
    read: ReadMail | None = None,
    *,
    mailbox: Mailbox | None = None,
    peer: Peer | None = None,
    strange: bool = False,
) -> Prepared:
    """Read a mail, and keep its bytes and those of its files, before any row tells of them.

    With the mailbox it came to, also whether it comes from whom it says is found out. With
    `strange` nobody of ours stood before it: what its head says of checks is the sender's own.
    Outside of every transaction: reading takes seconds at worst. Never raises for what is in it.
    """
    if read is None:
        read = await provided.reader.read(raw)
    if strange:
        read = msgspec.structs.replace(read, spam="")
        if mailbox is not None:
            mailbox = msgspec.structs.replace(mailbox, trusted_servers=[])
    trust = Trust() if mailbox is None else await judged(raw, read, mailbox, peer)
    raw = raw[:LARGEST_MAIL]
    sha256 = await keep_bytes(raw) if raw else hashlib.sha256(raw).hexdigest()
    files = [(one, await _cleaned(one)) for one in read.files if one.content]
    for _, cleaned in files:
        await keep_bytes(cleaned.data)
        if cleaned.thumb:
            await keep_bytes(cleaned.thumb)
    return Prepared(raw=raw, sha256=sha256, read=read, files=files, trust=trust)


async def _cleaned(file: ReadFile) -> Cleaned:
    try:
        return await asyncio.to_thread(clean, file.content)
    except (FileBroken, FileTooLarge):
        # A picture that is none is a download like others.
        return Cleaned(file.content, "application/octet-stream", "file")


def from_relay(bringer: str) -> bool:
    """Say whether who brought a mail to our receiver is believed: by LMTP our own server is."""
    return settings.mail_door.startswith("lmtp:") or is_relay(bringer, settings.mail_relays)


async def keep_mail(tx: Transaction, mailbox: Mailbox, mail: Prepared) -> UUID | None:
    """Write down a mail that came to a mailbox, once; None where it is known."""
    read = mail.read
    digest = digest_of(mailbox.id, read.message_id, mail.sha256)
    if await tx.value(_KNOWN, digest):
        return None
    raw = mail.raw
    file_id = await save_kept(tx, raw, "mail.eml", "message/rfc822", "mail") if raw else None
    received_id = new_id()
    state, code = await screened(tx, brand_id=mailbox.brand_id, read=read)
    written = await tx.run(
        RECEIVED, received_id, mailbox.brand_id, mailbox.id, digest,
        state, code, read.automatic, read.automatic_by, read.whole, tx.now,
        read.message_id, read.from_email, read.from_name, read.subject, len(raw), file_id,
        await is_second(tx, mailbox.id, read),
    )  # fmt: skip
    if not written:
        return None
    await keep_content(tx, received_id, mail)
    if read.bounce is not None:
        await note_bounce(tx, mailbox.brand_id, received_id, read.bounce)
    await record(
        tx,
        MailReceived(
            received_id=received_id,
            mailbox_id=mailbox.id,
            brand_id=mailbox.brand_id,
            automatic=read.automatic,
            attention=bool(read.code),
        ),
    )
    return received_id


async def is_second(tx: Transaction, mailbox_id: UUID, read: ReadMail) -> bool:
    """Say whether a mail of this Message-ID came before that says something else.

    What only came by another way says the same. Whoever brings one at the same time waits.
    """
    if not read.message_id:
        return False
    await tx.run(_LOCK, f"mail/named/{mailbox_id}/{read.message_id}")
    return bool(
        await tx.value(
            _SECOND, mailbox_id, read.message_id, read.from_email, read.subject, read.text,
            read.html, sum(bool(one.content) for one in read.files),
        )
    )  # fmt: skip


async def keep_content(tx: Transaction, received_id: UUID, mail: Prepared) -> None:
    """Write down what a mail says."""
    read = mail.read
    shown = {one.lower() for one in re.findall(r"(?i)cid:([^\s\"'<>]{1,200})", read.html)}
    kept = []
    for file, cleaned in mail.files:
        stored = await save_cleaned(tx, cleaned, file.name, "mail", public=False)
        kept.append(
            KeptFile(
                file_id=stored.id,
                name=stored.name,
                content_type=file.content_type,
                size=stored.size,
                cid=file.cid,
                shown=bool(file.cid) and file.cid.lower() in shown,
            )
        )
    bounce = read.bounce
    report = {"action": bounce.action, "status": bounce.status} if bounce else None
    await tx.run(
        CONTENT, received_id, read.to_line, read.cc_line, read.reply_to, read.in_reply_to,
        _named(read), read.recipients, read.text, read.reply_text, read.html,
        read.has_remote, msgspec.to_builtins(kept), read.reasons, mail.trust.verdict,
        msgspec.to_builtins(mail.trust.checks) or {}, report, READER,
    )  # fmt: skip


def _named(read: ReadMail) -> list[str]:
    """Return the ids of all mails that a mail names, each once."""
    bounced = read.bounce.message_ids if read.bounce else []
    ids = (*read.reference_ids, *bounced, read.in_reply_to)
    return [one for one in dict.fromkeys(ids) if one]


async def note_bounce(tx: Transaction, brand_id: UUID, received_id: UUID, bounce: Bounce) -> None:
    """Note at a mail that it did not arrive; one that is only late arrives perhaps."""
    if bounce.action != "failed":
        return
    code = f"bounced_{bounce.status[0]}" if bounce.status[:1] in ("4", "5") else "bounced"
    for one in await tx.all(_Bounced, _BOUNCED, brand_id, bounce.message_ids, code):
        await record(
            tx,
            MailBounced(
                mail_id=one.id, brand_id=brand_id, mail=one.kind, about=one.about,
                received_id=received_id, code=code,
            ),
        )  # fmt: skip


class _Bounced(msgspec.Struct, frozen=True):
    id: UUID
    kind: str
    about: UUID


async def claim_received(tx: Transaction, *, received_id: UUID, customer_id: UUID) -> None:
    """Note who wrote a mail: it goes with him."""
    await tx.run(
        "UPDATE received_mail SET customer_id = $2"
        " WHERE organisation_id = current_organisation() AND id = $1",
        received_id,
        customer_id,
    )
