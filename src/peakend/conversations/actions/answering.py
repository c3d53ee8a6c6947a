"""A reply that goes by mail: put into the outbox with its message, taken back, tried anew.

The surprise: a message becomes a mail after it was written, in the same transaction, because only
its row tells by which channel its conversation came; so nothing is asked for chats.
"""

from typing import Any
from uuid import UUID

import msgspec

from peakend.accounts.queries import member_names, organisation
from peakend.conversations.actions.proving import mail_link
from peakend.conversations.actions.talking import NotYourMessage, found_message, take_back
from peakend.conversations.actions.threading import note_sent_mail
from peakend.conversations.events import AnswerMailMoved
from peakend.conversations.models import ConversationRecord, MessageRecord
from peakend.conversations.ports import provided
from peakend.conversations.queries.access import NotYours, need_conversation
from peakend.conversations.queries.answering import Start, language_of, start_of, subject_of
from peakend.conversations.queries.mail_states import mail_id_of
from peakend.conversations.queries.quotes import MessageNotFound
from peakend.conversations.queries.threading import tag_of
from peakend.conversations.rules.answering import MAIL, MailGiven, MailPerson
from peakend.conversations.rules.continuing import audience
from peakend.conversations.rules.states import leads
from peakend.conversations.rules.threading import tagged
from peakend.customers.queries import customer_briefs, name_to_say
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid
from peakend.kernel.events import record
from peakend.mail import actions as mail
from peakend.mail import queries as mails
from peakend.mail.ports import Person

_IS_MAIL = """
UPDATE message SET code = $2, params = $3
WHERE organisation_id = current_organisation() AND id = $1
"""


class CardsNotByMail(Conflict):
    """Cards, steps and choices are shown in chats only."""

    wording = "conversations.mail.no_cards"


class NobodyToMail(Invalid):
    """No address of the customer is known, and none was given."""

    wording = "conversations.mail.no_address"


class HiddenAddress(Invalid):
    """An address of which the writer sees only a part is not clear."""

    wording = "conversations.mail.hidden_address"


class NoMail(Conflict):
    """The message did not go by mail."""

    wording = "conversations.mail.none"


class Undone(msgspec.Struct, frozen=True, kw_only=True):
    """What a mail said that was taken back, to go on with."""

    text: str
    file_ids: list[UUID]
    mail: MailGiven | None


async def checked_mail_text(tx: Transaction, text: str, given: MailGiven) -> str:
    """Return the plain words of a mail; what its HTML says is judged as the words are.

    Errors: TooMuchHtml, and what the house says of the wording.
    """
    if not given.html.strip():
        return text
    clean = mail.cleaned_answer(given.html)
    if provided.wording is not None:
        await provided.wording(tx, clean.own)
    return text if text.strip() else clean.own


async def send_by_mail(
    tx: Transaction, kept: MessageRecord, given: MailGiven | None, by: Actor
) -> MessageRecord:
    """Let a message that was just written go by mail. Errors: those of `queue_answer`."""
    if kept.code is not None:
        raise CardsNotByMail
    system = Actor.system(tx.organisation_id)
    row = await need_conversation(tx, kept.conversation_id, system)
    start = await start_of(tx, row, to_send=True)
    if start.brand_id is None:
        raise mail.NoMailServer
    wanted = given or MailGiven()
    to = _meant(start, "to", wanted.to) or ([start.to] if start.to else [])
    if not to:
        raise NobodyToMail(fields={"mail.to": "conversations.mail.no_address"})
    name = (await member_names(tx, [by.id])).get(by.id, "") if by.id else ""
    text = kept.text
    if not wanted.html.strip():
        signature = await mails.signature_of(
            tx, brand_id=start.brand_id, member_id=by.id, name=name, language=language_of(row)
        )
        text = f"{text}\n\n{signature.text}".strip()
    newest = start.newest
    queued = await mail.queue_answer(
        tx,
        brand_id=start.brand_id,
        about=kept.id,
        customer_id=row.customer_id,
        to=_people(to),
        cc=_people(_meant(start, "cc", wanted.cc)),
        bcc=_people(_meant(start, "bcc", wanted.bcc)),
        subject=wanted.subject.strip() or subject_of(start, row),
        text=text,
        html=wanted.html,
        file_ids=[UUID(str(one["id"])) for one in kept.files or ()],
        in_reply_to=newest.message_id if newest else "",
        references=newest.reference_ids if newest else [],
        reply_to=await answers_at(tx, start, row),
        language=language_of(row),
        values=await _values(tx, start, row, name),
        link=await _link(tx, start, row, to),
    )
    reached = {one.email.lower() for one in (*to, *_meant(start, "cc", wanted.cc))}
    shown_to = audience(
        to_customer=not reached.isdisjoint(start.own), answers_mail=newest is not None
    )
    params = {"mail_id": str(queued.mail_id), "audience": shown_to}
    await tx.run(_IS_MAIL, kept.id, MAIL, params)
    await note_sent_mail(tx, message_id=kept.id, mail_id=queued.mail_id, header=queued.header)
    return msgspec.structs.replace(kept, code=MAIL, params=params)


def _meant(start: Start, field: str, given: list[MailPerson]) -> list[MailPerson]:
    """Return recipients with their whole addresses. Errors: HiddenAddress."""
    made = []
    for one in given:
        email = start.meant(one.email.strip())
        if email is None:
            raise HiddenAddress(fields={f"mail.{field}": "conversations.mail.hidden_address"})
        if email:
            made.append(MailPerson(email, one.name))
    return made


async def _link(
    tx: Transaction, start: Start, row: ConversationRecord, to: list[MailPerson]
) -> str:
    """Return the way to the chat, for a mail that goes to the customer first."""
    first = to[0].email.lower()
    return await mail_link(tx, row, first) if first in start.own else ""


def _people(given: list[MailPerson]) -> list[Person]:
    return [Person(one.email, one.name) for one in given]


async def _values(
    tx: Transaction, start: Start, row: ConversationRecord, agent: str
) -> dict[str, str]:
    """Return what the brand's template may say beside the answer."""
    name = (await customer_briefs(tx, [row.customer_id]))[row.customer_id].name
    return {
        "customer.name": name_to_say(Actor.system(tx.organisation_id), name, row.customer_id),
        "agent.name": agent,
        "conversation.subject": start.subject,
        "conversation.number": str(row.number),
        "organisation.name": (await organisation(tx)).name,
    }


async def answers_at(tx: Transaction, start: Start, row: ConversationRecord) -> Person | None:
    """Return where answers are asked for: where we receive, with the conversation's tag."""
    assert start.brand_id is not None
    box = await mails.answering_mailbox(tx, start.brand_id, start.mailbox_id)
    if box is None:
        return None
    if box.takes_plus:
        return Person(tagged(box.email, await tag_of(tx, row.number)))
    server = await mails.mail_server(tx, start.brand_id)
    same = server is not None and server.sender_email.lower() == box.email.lower()
    return None if same else Person(box.email)


async def undo_mail(
    tx: Transaction, *, conversation_id: UUID, message_id: UUID, by: Actor
) -> Undone:
    """Take one's own mail back while nobody has handed it over, and return what it said.

    It becomes one's draft again where none was begun since. Doing it twice changes nothing.
    Errors: MessageNotFound, NotYourMessage, NoMail, HandedOver.
    """
    found, row = await found_message(tx, message_id, by)
    if found.conversation_id != conversation_id:
        raise MessageNotFound
    if found.kind != "agent" or found.author_id != by.id:
        raise NotYourMessage
    if found.recalled:
        return await _undone(tx, message_id, None)
    mail_id = await mail_of_message(tx, message_id)
    if mail_id is None:
        raise NoMail
    content = await mail.take_answer_back(tx, mail_id=mail_id)
    if content is None:
        raise mail.HandedOver
    # Addresses are shown to him as everywhere else; what he sees of them is enough to go on.
    start = await start_of(tx, row)
    given = MailGiven(
        to=[MailPerson(start.seen(one.email), one.name) for one in content.to],
        cc=[MailPerson(start.seen(one.email), one.name) for one in content.cc],
        bcc=[MailPerson(start.seen(one.email), one.name) for one in content.bcc],
        subject=content.subject,
        html=content.written.replace("@peakend", ""),
    )
    await take_back(tx, found, row, by, files_too=False)
    await tx.run(_FORGET, message_id)
    undone = await _undone(tx, message_id, given)
    await tx.run(_DRAFT, conversation_id, by.id, undone.text, msgspec.to_builtins(given), tx.now)
    return undone


async def _undone(tx: Transaction, message_id: UUID, given: MailGiven | None) -> Undone:
    kept = await tx.one(_Kept, _RECALLED, message_id)
    files = [UUID(str(one["id"])) for one in (kept.files if kept else None) or ()]
    return Undone(text=kept.text if kept else "", file_ids=files, mail=given)


async def retry_mail(
    tx: Transaction, *, conversation_id: UUID, message_id: UUID, by: Actor
) -> None:
    """Let a mail that was given up be tried anew; twice, or while it waits, changes nothing.

    Errors: MessageNotFound, NotYours, NoMail, MailNotFound, NothingKept.
    """
    found, row = await found_message(tx, message_id, by)
    if found.conversation_id != conversation_id:
        raise MessageNotFound
    if not leads(by) and row.agent_id != by.id:
        raise NotYours
    mail_id = await mail_of_message(tx, message_id)
    if mail_id is None:
        raise NoMail
    await mail.retry_answer(tx, mail_id=mail_id)


async def mail_of_message(tx: Transaction, message_id: UUID) -> UUID | None:
    """Return which mail in the outbox a message is."""
    params = await tx.value(_PARAMS, message_id, MAIL)
    return mail_id_of(MAIL, params)


async def tell_mail_moved(tx: Transaction, *, message_id: UUID, mail_id: UUID, state: str) -> None:
    """Say in the conversation that its mail went another step; nothing where it is gone."""
    where = await tx.one(_Where, _WHERE, message_id)
    if where is None:
        return
    await record(
        tx,
        AnswerMailMoved(
            conversation_id=where.conversation_id,
            customer_id=where.customer_id,
            channel=where.channel,
            message_id=message_id,
            mail_id=mail_id,
            state=state,
        ),
    )


class _Kept(msgspec.Struct, frozen=True):
    text: str
    files: list[dict[str, Any]] | None


class _Where(msgspec.Struct, frozen=True):
    conversation_id: UUID
    customer_id: UUID
    channel: str


_PARAMS = """
SELECT params FROM message
WHERE organisation_id = current_organisation() AND id = $1 AND code = $2
"""
_RECALLED = """
SELECT text, files FROM recalled_message
WHERE organisation_id = current_organisation() AND message_id = $1
"""
_FORGET = (
    "DELETE FROM message_mail WHERE organisation_id = current_organisation() AND message_id = $1"
)
# What he has begun to write since is not overwritten.
_DRAFT = """
INSERT INTO draft (conversation_id, member_id, text, kind, mail, updated_at)
VALUES ($1, $2, $3, 'agent', $4, $5)
ON CONFLICT (organisation_id, conversation_id, member_id, kind) DO NOTHING
"""
_WHERE = """
SELECT m.conversation_id, c.customer_id, c.channel_kind AS channel
FROM message m
JOIN conversation c ON c.organisation_id = m.organisation_id AND c.id = m.conversation_id
WHERE m.organisation_id = current_organisation() AND m.id = $1
"""
