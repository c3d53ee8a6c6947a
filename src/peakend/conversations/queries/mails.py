"""A mail of the timeline as its author meant it: who, to whom, its words, its HTML, its proof."""

import asyncio
from collections.abc import Callable, Sequence
from datetime import datetime
from typing import Any, Literal, Protocol
from urllib.parse import quote
from uuid import UUID

import msgspec

from peakend.accounts.queries import brand_domains, own_host
from peakend.conversations.models import MESSAGE_COLUMNS, ConversationRecord, MessageRecord
from peakend.conversations.queries.access import need_conversation
from peakend.conversations.rules.calendars import LONGEST_FILE, Invitation, invitation
from peakend.conversations.rules.paper import (
    Addressee,
    Picture,
    hidden_addresses,
    hidden_in_head,
    paper,
    people,
    shown_host,
)
from peakend.conversations.rules.texts import one_line
from peakend.customers.queries import address_seen, sees_addresses
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import NotFound, Refused
from peakend.kernel.files import File, files, path_of
from peakend.kernel.kept_files import sendable_files
from peakend.kernel.secrets import sign, verify
from peakend.mail import queries as mails

_LINK = "link of a mail"
_SENDER = "sender of a mail"
MAIL = "mail"

_MESSAGE = f"""
SELECT {MESSAGE_COLUMNS} FROM message m
WHERE m.organisation_id = current_organisation() AND m.conversation_id = $1 AND m.id = $2
  AND m.code = '{MAIL}' AND m.recalled_at IS NULL
"""  # noqa: S608 (names of columns only)


class MailGone(NotFound):
    """The message is no mail, or nothing is kept of it any more."""

    wording = "conversations.mail_gone"


class AddressHidden(Refused):
    """The whole mail names addresses that are shown for a reason only."""

    wording = "conversations.mail_address_hidden"


class Trusted(msgspec.Struct, frozen=True):
    """Whether a mail is from whom it says, and by what that was found, in words."""

    verdict: Literal["", "verified", "unverified", "failed"]
    reasons: list[str]


class MailFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file of a mail; `inside` where the HTML shows it."""

    file: File
    content_type: str
    inside: bool
    invitation: Invitation | None = None


class MailMay(msgspec.Struct, frozen=True):
    """What can be done now with a mail that goes out."""

    undo: bool = False
    retry: bool = False


class MailShown(msgspec.Struct, frozen=True, kw_only=True):
    """A mail as an agent sees it.

    In `html` nothing loads: pictures have numbers (`data-inside`, `data-remote`) by which they are
    asked for. `sender` tells senders apart without naming them; `hidden` where addresses are masked
    that a reason reveals; `second` where another mail of its Message-ID says something else.
    Counts: `remote` pictures from elsewhere.
    """

    direction: Literal["in", "out"]
    subject: str
    from_: Addressee = msgspec.field(name="from")
    to: list[Addressee]
    cc: list[Addressee]
    bcc: list[Addressee]
    at: datetime
    text: str
    reply_text: str
    html: str
    has_remote: bool
    remote: int
    sender: str
    hidden: bool
    trust: Trusted
    second: bool
    automatic: bool
    reasons: list[str]
    attachments: list[MailFile]
    original: bool
    state: str
    code: str
    said: str
    can: MailMay


class MailSource(msgspec.Struct, frozen=True):
    """The bytes of a mail as it came, and the files in it."""

    sha256: str
    file_ids: list[UUID]
    conversation: ConversationRecord


LONGEST_NAME, LONGEST_SUBJECT = 300, 2_000


class _Shown(Protocol):
    """A file that the HTML of a mail may show."""

    @property
    def file_id(self) -> UUID: ...
    @property
    def cid(self) -> str: ...


class _Kept(_Shown, Protocol):
    """A file of a mail that came, as mail keeps it."""

    @property
    def name(self) -> str: ...
    @property
    def content_type(self) -> str: ...
    @property
    def shown(self) -> bool: ...


class _Eyes(msgspec.Struct, frozen=True):
    """How an actor sees a mail: what an address becomes, and where a link leads."""

    hide: Callable[[str], str]
    leads: Callable[[str], str]

    def seen(self, one: Addressee) -> Addressee:
        email = self.hide(one.email) if "@" in one.email else one.email
        # What turns the direction of reading makes one name look like another.
        return Addressee(email, hidden_addresses(one_line(one.name, LONGEST_NAME), self.hide))


async def mail_of(
    tx: Transaction, conversation_id: UUID, message_id: UUID, actor: Actor
) -> MailShown:
    """Return the mail of a message. Errors: ConversationNotFound, MailGone."""
    row, message = await _need(tx, conversation_id, message_id, actor)
    params = message.params or {}
    eyes = _Eyes(hide=await address_hider(tx, row.customer_id), leads=await _links(tx, row))
    if "received_id" in params:
        return await _received(tx, UUID(params["received_id"]), message, eyes)
    return await _sent(tx, UUID(params["mail_id"]), message, eyes)


async def picture_of(
    tx: Transaction, conversation_id: UUID, message_id: UUID, number: int, actor: Actor
) -> Picture:
    """Return where a picture of a mail lies; inside of it as the hash of a file's bytes.

    Errors: ConversationNotFound, MailGone.
    """
    _, message = await _need(tx, conversation_id, message_id, actor)
    html, files = await _illustrated(tx, message.params or {})
    found = paper(html).pictures
    if not 0 < number <= len(found):
        raise MailGone
    picture = found[number - 1]
    if picture.kind == "remote":
        return picture
    ids = [one.file_id for one in files if one.cid.lower() == picture.place.lower()]
    for one in (await sendable_files(tx, ids)).values():
        return Picture("inside", one.sha256)
    raise MailGone


async def _illustrated(tx: Transaction, params: dict[str, Any]) -> tuple[str, Sequence[_Shown]]:
    """Return the HTML of a mail and the files that it may show."""
    if "received_id" in params:
        await mails.need_received(tx, UUID(params["received_id"]))
        came = await mails.need_content(tx, UUID(params["received_id"]))
        return came.html, came.attachments
    await mails.need_mail(tx, UUID(params["mail_id"]))
    sent = await mails.opened(tx, UUID(params["mail_id"]))
    if sent is None:
        raise MailGone
    return sent.written, sent.files


async def source_of(
    tx: Transaction, conversation_id: UUID, message_id: UUID, actor: Actor
) -> MailSource:
    """Return where the bytes of a mail stand as it came.

    Errors: ConversationNotFound, MailGone.
    """
    row, message = await _need(tx, conversation_id, message_id, actor)
    received_id = (message.params or {}).get("received_id")
    if received_id is None:
        raise MailGone
    received = await mails.need_received(tx, UUID(received_id))
    ids = [received.file_id] if received.file_id else []
    for one in (await sendable_files(tx, ids)).values():
        inside = (await mails.need_content(tx, received.id)).attachments
        return MailSource(one.sha256, [one.id, *[file.file_id for file in inside]], row)
    raise MailGone


async def need_addresses(tx: Transaction, row: ConversationRecord) -> None:
    """Go on only where the actor sees a customer's address whole now. Errors: AddressHidden."""
    if not await sees_addresses(tx, row.customer_id):
        raise AddressHidden


async def without_addresses(tx: Transaction, row: ConversationRecord, text: str) -> str:
    """Return a mail's head with the addresses that the actor sees, and the others masked."""
    return hidden_in_head(text, await address_hider(tx, row.customer_id))


async def _need(
    tx: Transaction, conversation_id: UUID, message_id: UUID, actor: Actor
) -> tuple[ConversationRecord, MessageRecord]:
    row = await need_conversation(tx, conversation_id, actor)
    message = await tx.one(MessageRecord, _MESSAGE, row.id, message_id)
    if message is None:
        raise MailGone
    return row, message


async def address_hider(tx: Transaction, customer_id: UUID) -> Callable[[str], str]:
    """Return what an address becomes for this actor: those of the house are nobody's secret."""
    whole = await sees_addresses(tx, customer_id)
    own = {one.email.lower() for one in await mails.mailboxes(tx)}
    own |= {one.sender_email.lower() for one in await mails.mail_servers(tx)}

    def hide(email: str) -> str:
        plain = email.lower()
        local, _, host = plain.partition("@")
        if whole or f"{local.partition('+')[0]}@{host}" in own:
            return email
        return address_seen(tx.actor, email)

    return hide


async def _received(
    tx: Transaction, received_id: UUID, message: MessageRecord, eyes: _Eyes
) -> MailShown:
    received = await mails.need_received(tx, received_id)
    content = await mails.need_content(tx, received_id)
    shown = paper(content.html, eyes.leads)
    words = mails.trust_words(content.trust, content.checks, tx.actor.language)
    return MailShown(
        direction="in",
        subject=one_line(received.subject, LONGEST_SUBJECT),
        from_=eyes.seen(Addressee(received.from_email, received.from_name)),
        to=[eyes.seen(one) for one in people(content.to_line)],
        cc=[eyes.seen(one) for one in people(content.cc_line)],
        bcc=[],
        at=message.at,
        text=content.text,
        reply_text=content.reply_text,
        html=shown.html,
        has_remote=any(one.kind == "remote" for one in shown.pictures),
        remote=sum(one.kind == "remote" for one in shown.pictures),
        sender=sign(_SENDER, tx.organisation_id, received.from_email)[:16],
        hidden=eyes.hide(received.from_email) != received.from_email,
        trust=Trusted(content.trust, words),
        second=received.second,
        automatic=received.automatic,
        reasons=content.reasons,
        attachments=await _files(tx, content.attachments),
        original=received.file_id is not None,
        state="",
        code="",
        said="",
        can=MailMay(),
    )


async def _sent(tx: Transaction, mail_id: UUID, message: MessageRecord, eyes: _Eyes) -> MailShown:
    mail = await mails.need_mail(tx, mail_id)
    content = await mails.opened(tx, mail_id)
    to = content.to if content and content.to else [Addressee(mail.to_email, mail.to_name)]
    servers = await mails.mail_servers(tx)
    sender = next((one for one in servers if one.brand_id == mail.brand_id), None)
    written = content.written if content else ""
    text = content.text if content else message.text
    return MailShown(
        direction="out",
        subject=content.subject if content else "",
        from_=Addressee(sender.sender_email if sender else "", ""),
        to=[eyes.seen(Addressee(one.email, one.name)) for one in to],
        cc=[eyes.seen(Addressee(one.email, one.name)) for one in (content.cc if content else [])],
        bcc=[eyes.seen(Addressee(one.email, one.name)) for one in (content.bcc if content else [])],
        at=message.at,
        text=text,
        reply_text=message.text,
        html=paper(written, eyes.leads).html,
        has_remote=False,
        remote=0,
        sender="",
        hidden=eyes.hide(mail.to_email) != mail.to_email,
        trust=Trusted("", []),
        second=False,
        automatic=False,
        reasons=[],
        attachments=[],
        original=False,
        state=mail.state,
        code=mail.code,
        said=mail.said,
        can=MailMay(
            # As long as the server would still take it back: nobody has tried to hand it over.
            undo=mail.state == "queued" and not mail.attempt and message.author_id == tx.actor.id,
            retry=mail.state == "failed" and mail.kept,
        ),
    )


async def _files(tx: Transaction, kept: Sequence[_Kept]) -> list[MailFile]:
    found = await files(tx, [one.file_id for one in kept])
    return [
        MailFile(
            file=found[one.file_id],
            content_type=one.content_type,
            inside=one.shown,
            invitation=await _invitation(tx, one),
        )
        for one in kept
        if one.file_id in found
    ]


async def _invitation(tx: Transaction, one: _Kept) -> Invitation | None:
    if one.content_type != "text/calendar" and not one.name.lower().endswith(".ics"):
        return None
    for file in (await sendable_files(tx, [one.file_id])).values():
        return invitation(await asyncio.to_thread(_beginning, file.sha256))
    return None


def _beginning(sha256: str) -> bytes:
    path = path_of(sha256)
    if not path.is_file():
        return b""
    with path.open("rb") as kept:
        return kept.read(LONGEST_FILE)


async def _links(tx: Transaction, row: ConversationRecord) -> Callable[[str], str]:
    """Return where links lead: hosts of the house directly, others by a page that names them."""
    domains = await brand_domains(tx, row.brand_id) if row.brand_id else []
    known = {own_host(), *(one.host for one in domains if one.state == "verified")} - {""}

    def leads(address: str) -> str:
        host = shown_host(address)
        return address if not host or host in known else leaving_page(address)

    return leads


def leaving_page(address: str) -> str:
    """Return the page that says where an address leads to, signed so that nobody borrows it."""
    return f"/leaving?to={quote(address, safe='')}&s={sign(_LINK, address)}"


def may_leave_to(address: str, signature: str) -> bool:
    """Say whether a page for leaving was made by us, for a web address."""
    return verify(signature, _LINK, address) and bool(shown_host(address))
