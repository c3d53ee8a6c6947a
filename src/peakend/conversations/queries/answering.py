"""What an answer by mail begins with: by whom, to whom, about what, below which words.

Who came along in a stranger's mail is shown as new and never taken over (security.md, 28).
"""

from collections.abc import Iterable
from email.utils import getaddresses
from typing import Literal, cast
from uuid import UUID

import msgspec

from peakend.accounts.queries import member_names
from peakend.conversations.models import ConversationRecord
from peakend.conversations.queries.access import need_conversation
from peakend.conversations.queries.threading import conversation_mail
from peakend.conversations.rules.answering import (
    MAIL,
    MailPerson,
    has_left,
    newcomers,
    whom_to_answer,
)
from peakend.customers.queries import (
    address_seen,
    customer_briefs,
    last_seen,
    mail_addresses,
    masked_address,
    name_to_say,
    sees_addresses,
)
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.words import best_language, word
from peakend.mail import queries as mail

MOST_MAILS = 20
UNDO_S = 10

# The newest mails of both directions: messages know which they are.
_MAILS = """
SELECT m.params FROM message m
WHERE m.organisation_id = current_organisation() AND m.conversation_id = $1
  AND m.code = 'mail' AND m.recalled_at IS NULL
ORDER BY m.seq DESC LIMIT $2
"""


class NewAddress(msgspec.Struct, frozen=True):
    """An address that a mail which came names, and that was not part of the conversation yet."""

    email: str
    name: str
    where: Literal["to", "cc", "reply_to"]


class Words(msgspec.Struct, frozen=True):
    """The same words as HTML and plain."""

    html: str = ""
    text: str = ""


class Answering(msgspec.Struct, frozen=True, kw_only=True):
    """What an answer by mail begins with; `why` says in words why none can go.

    `known` are the addresses that are part of the conversation, `new` those that came along. `left`
    says that the customer, who has mailed here, wrote in the chat last and is no longer there.
    """

    can_mail: bool
    why: str
    sender: MailPerson | None = msgspec.field(default=None, name="from")
    to: list[MailPerson] = []
    cc: list[MailPerson] = []
    subject: str = ""
    signature: Words = msgspec.field(default_factory=Words)
    quote: Words = msgspec.field(default_factory=Words)
    known: list[str] = []
    new: list[NewAddress] = []
    undo_s: int = UNDO_S
    left: bool = False


class Start(msgspec.Struct, frozen=True, kw_only=True):
    """What an answer needs that says nothing of itself.

    `masked` are the addresses that its writer sees in part, by what he sees; None for those of
    which two look alike.
    """

    brand_id: UUID | None
    subject: str
    mailbox_id: UUID | None
    to: MailPerson | None
    newest: mail.CameMail | None
    known: list[str]
    new: list[NewAddress]
    masked: dict[str, str | None]
    # The customer's own addresses.
    own: frozenset[str] = frozenset()

    def seen(self, email: str) -> str:
        """Return an address as the writer sees it."""
        shown = (one for one, real in self.masked.items() if real and same(real, email))
        return next(shown, email)

    def meant(self, email: str) -> str | None:
        """Return the address that a writer names by what he sees of it; None where he cannot."""
        if email in self.masked:
            return self.masked[email]
        return None if "***" in email else email


class _Of(msgspec.Struct, frozen=True):
    params: dict[str, str]


def language_of(row: ConversationRecord) -> Literal["zh-CN", "en"]:
    """Return the language in which the customer is written to."""
    return cast("Literal['zh-CN', 'en']", best_language(row.language))


async def start_of(tx: Transaction, row: ConversationRecord, *, to_send: bool = False) -> Start:
    """Return what an answer in a conversation begins with.

    Where it is sent, what anybody may have seen of an address is enough to name it: who approves
    sees perhaps more of it than who wrote.
    """
    brand_id = row.brand_id or await mail.sending_brand(tx)
    thread = await conversation_mail(tx, row.id)
    of = [one.params for one in await tx.all(_Of, _MAILS, row.id, MOST_MAILS)]
    received = [UUID(one["received_id"]) for one in of if "received_id" in one]
    kept = await mail.came_mails(tx, received)
    came = [kept[one] for one in received if one in kept]
    sent = await mail.answers_kept(tx, [UUID(one["mail_id"]) for one in of if "mail_id" in one])
    known = {one.from_email.lower() for one in came if one.from_email}
    known |= {one.email.lower() for c in sent for one in (*c.to, *c.cc, *c.bcc)}
    reached = await mail_addresses(tx, row.customer_id)
    confirmed = known | {one.email.lower() for one in reached if one.verified}
    newest = next((one for one in came if one.from_email), None)
    to = None
    if newest is not None:
        email = whom_to_answer(newest.from_email, newest.reply_to, confirmed)
        to = MailPerson(email, newest.from_name[:200])
    elif reached:
        name = (await customer_briefs(tx, [row.customer_id]))[row.customer_id].name
        to = MailPerson(reached[0].email, name_to_say(tx.actor, name, row.customer_id))
    new = _new(came, known, [one.lower() for one in await mail.own_addresses(tx)])
    every = {*known, *(one.email for one in new), *(one.email for one in reached)}
    every |= {to.email} if to else set()
    return Start(
        brand_id=brand_id,
        subject=thread.subject if thread else "",
        mailbox_id=thread.mailbox_id if thread else None,
        to=to, newest=newest, known=sorted(known), new=new,
        masked=await _masked(tx, row, every, to_send=to_send),
        own=frozenset(one.email.lower() for one in (*reached, *([to] if to else ()))),
    )  # fmt: skip


async def _masked(
    tx: Transaction, row: ConversationRecord, every: Iterable[str], *, to_send: bool
) -> dict[str, str | None]:
    """Return what the actor sees in part of addresses: as everywhere, until he says a reason."""
    if not to_send and await sees_addresses(tx, row.customer_id):
        return {}
    made: dict[str, str | None] = {}
    for email in {one.lower(): one for one in sorted(every)}.values():
        seen = masked_address(email) if to_send else address_seen(tx.actor, email)
        if seen != email:
            made[seen] = None if seen in made else email
    return made


async def answering(tx: Transaction, conversation_id: UUID, actor: Actor) -> Answering:
    """Return what an answer of this person would begin with. Errors: ConversationNotFound."""
    row = await need_conversation(tx, conversation_id, actor)
    start = await start_of(tx, row)
    server = await mail.mail_server(tx, start.brand_id) if start.brand_id else None
    if start.brand_id is None or server is None or not server.active:
        return Answering(can_mail=False, why=_why("no_server", actor))
    known = sorted({start.seen(one) for one in start.known})
    language = language_of(row)
    name = (await member_names(tx, [actor.id])).get(actor.id, "") if actor.id else ""
    signature = await mail.signature_of(
        tx, brand_id=start.brand_id, member_id=actor.id, name=name, language=language
    )
    quote = await _quote(tx, start, language)
    return Answering(
        can_mail=True,
        why="" if start.to else _why("no_address", actor),
        sender=_sender(server, row),
        to=_to(start),
        subject=subject_of(start, row),
        signature=Words(signature.html, signature.text),
        quote=quote,
        known=known,
        new=[msgspec.structs.replace(one, email=start.seen(one.email)) for one in start.new],
        left=start.newest is not None and await _left(tx, row),
    )


async def _left(tx: Transaction, row: ConversationRecord) -> bool:
    """Say whether who wrote in the chat last has not been seen there for a while."""
    if row.channel_kind == MAIL:
        return False
    seen = (await last_seen(tx, [row.customer_id])).get(row.customer_id)
    return has_left(seen, tx.now)


def _to(start: Start) -> list[MailPerson]:
    """Return the recipient as far as he is shown; one who is hidden is written to unnamed."""
    seen = start.seen(start.to.email) if start.to else ""
    return [MailPerson(seen, start.to.name)] if start.to and "@" in seen else []


async def _quote(tx: Transaction, start: Start, language: Literal["zh-CN", "en"]) -> Words:
    if start.newest is None:
        return Words()
    who = start.seen(start.newest.from_email)
    quote = await mail.quoted_mail(tx, start.newest, who, language)
    return Words(quote.html, quote.text)


def subject_of(start: Start, row: ConversationRecord) -> str:
    """Return the subject of an answer that says none."""
    named = mail.answer_subject(start.subject)
    if named:
        return named
    return word("conversations.mail.subject", language_of(row), number=row.number)


def _sender(server: mail.MailServer, row: ConversationRecord) -> MailPerson:
    who = mail.sender_of(server, language_of(row))
    return MailPerson(who.email, who.name)


def _why(code: str, actor: Actor) -> str:
    return word(f"conversations.mail.{code}", best_language(actor.language))


def same(one: str, other: str) -> bool:
    """Say whether two addresses are one."""
    return one.lower() == other.lower()


def _new(came: list[mail.CameMail], known: set[str], own: list[str]) -> list[NewAddress]:
    """Return who came along in mails, without us and those who are known."""
    made: dict[str, NewAddress] = {}
    for one in came:
        lines: Iterable[tuple[Literal["to", "cc", "reply_to"], str]] = (
            ("to", one.to_line), ("cc", one.cc_line), ("reply_to", one.reply_to),
        )  # fmt: skip
        for where, line in lines:
            for name, email in getaddresses([line[:10_000]]):
                if "@" in email and newcomers([email], [*known, *own]):
                    made.setdefault(email.lower(), NewAddress(email[:320], name[:200], where))
    return list(made.values())[:50]
