"""A mail that came becomes a message: in the conversation it answers, or in a new one.

What a mail names counts only where its sender is at home: whoever guesses a number or an id begins
anew, and the agent is told where it may belong. Mail of programs is put beside what it is about.
"""

import contextlib
import secrets
from datetime import datetime
from uuid import UUID

import msgspec
import structlog

from peakend.conversations.actions.fronting import bring_forward
from peakend.conversations.actions.posting import NewMessage, Posted, Said, post
from peakend.conversations.actions.receiving import (
    ChannelNotFound,
    attached,
    next_number,
    sounds_urging,
    woken,
)
from peakend.conversations.actions.replying import OPEN, system_message
from peakend.conversations.actions.threading import NOTE
from peakend.conversations.events import (
    ChannelChanged,
    ConversationReopened,
    ConversationStarted,
    MessageReceived,
)
from peakend.conversations.models import ChannelRecord, ConversationRecord
from peakend.conversations.ports import provided
from peakend.conversations.queries.access import need_conversation
from peakend.conversations.queries.settings import mail_channel
from peakend.conversations.queries.threading import Threaded, threaded
from peakend.conversations.rules.states import reopened_state
from peakend.conversations.rules.texts import LONGEST_MESSAGE, cleaned
from peakend.conversations.rules.threading import (
    header_digest,
    language_in,
    mail_goes_on,
    tags_in,
)
from peakend.customers.actions import add_customer, add_identity, hold_identity
from peakend.customers.queries import (
    current_customer,
    customer_by_identity,
    customers_with,
    mail_identity,
)
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.events import record
from peakend.kernel.ids import new_id
from peakend.kernel.words import word
from peakend.mail.actions import claim_received
from peakend.mail.queries import (
    MailboxNotFound,
    ReceivedContent,
    ReceivedMail,
    is_ours,
    need_content,
    need_mailbox,
    need_received,
)

log = structlog.get_logger()

CODE = "mail"
_CHANNEL = """
INSERT INTO channel (id, kind, name, key, brand_id, digital, active, created_at, mailbox_id)
VALUES ($1, 'mail', $2, $3, $4, false, $5, $6, $7)
ON CONFLICT (organisation_id, mailbox_id) WHERE mailbox_id IS NOT NULL DO NOTHING
"""
_START = """
INSERT INTO conversation (id, number, channel_id, channel_kind, customer_id, brand_id, queue_id,
                          state, language, last_message_at, opened_at, beside)
SELECT $1, $2, $3, 'mail', $4, $5, $6, 'waiting', $7, $8, $8, EXISTS (
    SELECT FROM conversation o
    WHERE o.organisation_id = current_organisation() AND o.channel_id = $3
      AND o.customer_id = $4 AND o.state <> 'closed' AND NOT o.beside)
"""
_GO_ON = """
UPDATE conversation c SET
    state = $2, agent_id = NULL, leg_id = NULL, last_agent_id = coalesce(agent_id, last_agent_id),
    closed_at = NULL, closed_from = NULL, solved = NULL, version = version + 1,
    beside = EXISTS (
        SELECT FROM conversation o
        WHERE o.organisation_id = c.organisation_id AND o.channel_id = c.channel_id
          AND o.customer_id = c.customer_id AND o.state <> 'closed' AND NOT o.beside)
WHERE organisation_id = current_organisation() AND id = $1
"""
_TAKEN = """
SELECT EXISTS (SELECT FROM message_mail
               WHERE organisation_id = current_organisation() AND received_id = $1)
"""
# By mail he was written to from here before: nobody else's address, as far as anybody knows.
_BY_MAIL = """
SELECT c.customer_id FROM conversation c
JOIN conversation_mail s ON s.organisation_id = c.organisation_id AND s.conversation_id = c.id
WHERE c.organisation_id = current_organisation() AND c.customer_id = ANY($1::uuid[])
ORDER BY c.opened_at DESC LIMIT 1
"""


class _Letter(msgspec.Struct, frozen=True, kw_only=True):
    """A mail on its way into a conversation."""

    received: ReceivedMail
    content: ReceivedContent
    language: str


async def follow_mailbox(tx: Transaction, *, mailbox_id: UUID, brand_id: UUID) -> ChannelRecord:
    """Return the channel of a mailbox, under its name and at work as it is."""
    channel = await mail_channel(tx, mailbox_id)
    name, active = channel.name if channel else word("conversations.mail_channel"), False
    with contextlib.suppress(MailboxNotFound):
        mailbox = await need_mailbox(tx, mailbox_id)
        name, brand_id, active = mailbox.name[:60], mailbox.brand_id, mailbox.active
    if channel is None:
        channel_id, key = new_id(), secrets.token_urlsafe(12)
        given = channel_id, name, key, brand_id, active, tx.now, mailbox_id
        if await tx.run(_CHANNEL, *given):
            await record(tx, ChannelChanged(channel_id=channel_id, what="created"))
    elif (channel.name, channel.brand_id, channel.active) != (name, brand_id, active):
        await _switch(tx, channel, name, brand_id, active=active)
    made = await mail_channel(tx, mailbox_id)
    if made is None:
        raise ChannelNotFound
    return made


async def _switch(
    tx: Transaction, channel: ChannelRecord, name: str, brand_id: UUID | None, *, active: bool
) -> None:
    await tx.run(
        "UPDATE channel SET name = $2, brand_id = $3, active = $4, version = version + 1"
        " WHERE organisation_id = current_organisation() AND id = $1",
        channel.id,
        name[:60],
        brand_id,
        active,
    )
    await record(tx, ChannelChanged(channel_id=channel.id, what="updated"))


async def take_mail(tx: Transaction, *, received_id: UUID, as_person: bool = False) -> UUID | None:
    """Put a mail that came into its conversation, once, and return that.

    None where it goes into none: known, unreadable, one of ours that came back, or of a program and
    about nothing here. With `as_person` somebody has decided that a person wrote it.
    Errors: ReceivedNotFound.
    """
    received = await need_received(tx, received_id)
    if received.state != "received" or await tx.value(_TAKEN, received_id):
        return None
    if await is_ours(tx, received.message_id):
        log.info("a mail of our own came back", received_id=str(received_id))
        return None
    content = await need_content(tx, received_id)
    language = language_in(f"{received.subject}\n{content.reply_text or content.text}")
    letter = _Letter(received=received, content=content, language=language)
    # One mail of a sender at a time: what answers another that is being read waits for it.
    await hold_identity(tx, *mail_identity(received.from_email))
    ids = [content.in_reply_to, *reversed(content.reference_ids)]
    named = await threaded(
        tx, tags_in(content.recipients), [one for one in ids if one], received.message_id
    )
    if received.automatic and not as_person:
        about = await _put_beside(tx, letter, named)
        if about is not None or not received.as_person:
            return about
    return await _put_in(tx, letter, named)


async def _put_beside(tx: Transaction, letter: _Letter, named: list[Threaded]) -> UUID | None:
    """Show a program's mail at what it is about: it changes no state and answers nobody."""
    about = next((one.conversation_id for one in named if one.sent), None)
    if about is None:
        return None
    received_id = letter.received.id
    row = await need_conversation(tx, about, Actor.system(tx.organisation_id))
    returned = letter.content.bounce is not None
    line = await system_message(
        tx,
        conversation_id=about,
        code="staff_mail_returned" if returned else "staff_mail_automatic",
        params={"received_id": str(received_id)},
        client_id=received_id,
    )
    await _note(tx, line.id, letter)
    await claim_received(tx, received_id=received_id, customer_id=row.customer_id)
    return about


async def _put_in(tx: Transaction, letter: _Letter, named: list[Threaded]) -> UUID:
    """Let a person's mail go on where it belongs, or begin a conversation."""
    kind, value = mail_identity(letter.received.from_email)
    owner = await customer_by_identity(tx, kind, value)
    known = [owner] if owner else await customers_with(tx, kind, value)
    system = Actor.system(tx.organisation_id)
    for one in named:
        row = await need_conversation(tx, one.conversation_id, system, lock=True)
        customer_id = await current_customer(tx, row.customer_id, hold=True)
        if customer_id not in known:
            continue
        if row.state == "closed" and not mail_goes_on(row.closed_at, tx.now):
            return await _begin(tx, letter, customer_id, row, "staff_mail_follows")
        if row.state == "closed":
            await _go_on(tx, row)
        await _say(tx, letter, row.id, customer_id, first=False)
        return row.id
    customer_id = await _customer(tx, letter, owner, known)
    possible = None
    if named:
        possible = await need_conversation(tx, named[0].conversation_id, system)
    return await _begin(tx, letter, customer_id, possible, "staff_mail_possible")


async def _customer(
    tx: Transaction, letter: _Letter, owner: UUID | None, known: list[UUID]
) -> UUID:
    """Return who writes; an address that nobody proved joins nobody to what he said elsewhere."""
    if owner is not None:
        return await current_customer(tx, owner, hold=True)
    email, proved = letter.received.from_email, letter.content.trust == "verified"
    found: UUID | None = await tx.value(_BY_MAIL, known) if known else None
    if found is None:
        found = await add_customer(
            tx,
            name=letter.received.from_name or email.partition("@")[0],
            language=letter.language,
        )
    else:
        found = await current_customer(tx, found, hold=True)
    kind, value = mail_identity(email)
    await add_identity(tx, customer_id=found, kind=kind, value=value, verified=proved)
    return found


async def _begin(
    tx: Transaction,
    letter: _Letter,
    customer_id: UUID,
    other: ConversationRecord | None,
    why: str,
) -> UUID:
    """Begin a conversation, and say to which other it may belong."""
    mailbox_id, brand_id = letter.received.mailbox_id, letter.received.brand_id
    channel = await mail_channel(tx, mailbox_id)
    channel = channel or await follow_mailbox(tx, mailbox_id=mailbox_id, brand_id=brand_id)
    conversation_id, number = new_id(tx.now), await next_number(tx)
    await tx.run(
        _START, conversation_id, number, channel.id, customer_id, channel.brand_id,
        channel.queue_id, letter.language, tx.now,
    )  # fmt: skip
    await tx.run(
        "INSERT INTO conversation_mail (conversation_id, mailbox_id, subject) VALUES ($1, $2, $3)",
        conversation_id,
        mailbox_id,
        letter.received.subject,
    )
    await record(
        tx,
        ConversationStarted(
            conversation_id=conversation_id,
            customer_id=customer_id,
            channel="mail",
            channel_id=channel.id,
            brand_id=channel.brand_id,
            queue_id=channel.queue_id,
            number=number,
            state="waiting",
            language=letter.language,
        ),
    )
    await _say(tx, letter, conversation_id, customer_id, first=True)
    if other is not None:
        about = {"number": other.number, "id": str(other.id)}
        await system_message(tx, conversation_id=conversation_id, code=why, params=about)
    return conversation_id


async def _go_on(tx: Transaction, row: ConversationRecord) -> None:
    """Reopen what an answer came to."""
    had_agent = (row.agent_id or row.last_agent_id) is not None
    state = reopened_state(by_agent=False, had_agent=had_agent, digital=False)
    await tx.run(_GO_ON, row.id, state)
    assert row.closed_at is not None
    await record(
        tx,
        ConversationReopened(
            conversation_id=row.id,
            customer_id=row.customer_id,
            channel=row.channel_kind,
            queue_id=row.queue_id,
            agent_id=None,
            leg_id=None,
            state=state,
            by="visitor",
            undo=False,
            closed_for_s=int((tx.now - row.closed_at).total_seconds()),
            last_agent_id=row.agent_id or row.last_agent_id,
        ),
    )


async def _say(
    tx: Transaction, letter: _Letter, conversation_id: UUID, customer_id: UUID, *, first: bool
) -> None:
    """Write the message: the new words, and the files that are not part of the HTML."""
    received, content = letter.received, letter.content
    text = cleaned((content.reply_text or content.text)[:LONGEST_MESSAGE])
    message = NewMessage(
        kind="customer",
        text=text,
        author_kind="customer",
        author_id=customer_id,
        client_id=received.id,
        files=await attached(tx, [one.file_id for one in content.attachments if not one.shown]),
        code=CODE,
        params=_params(letter),
        title=received.subject if first else "",
    )
    tone = await provided.tone(tx, text) if provided.tone else None
    counts = {"length": len(text), "files": len(message.files or ())}
    said = Said(
        MessageReceived,
        {"first": first, "tone": tone, "urges": sounds_urging(text), **counts},
    )
    kept, posted = await post(
        tx, conversation_id, message, said, states=OPEN, by=Actor.system(tx.organisation_id)
    )
    await _note(tx, kept.id, letter)
    await claim_received(tx, received_id=received.id, customer_id=customer_id)
    if posted is not None:
        await _wake(tx, posted)


def _params(letter: _Letter) -> dict[str, str]:
    """Return which mail a message is; one whose sender's proof failed is not shown in the chat."""
    made = {"received_id": str(letter.received.id)}
    return made | {"trust": "failed"} if letter.content.trust == "failed" else made


async def _wake(tx: Transaction, posted: Posted) -> None:
    if posted.beside and posted.channel != "mail":
        await bring_forward(tx, posted.conversation_id)
    until: datetime | None = posted.woken_until
    if until is not None and posted.agent_id is not None:
        await record(tx, woken(posted, posted.agent_id, until))


async def _note(tx: Transaction, message_id: UUID, letter: _Letter) -> None:
    received = letter.received
    digest = header_digest(received.message_id or str(received.id))
    await tx.run(NOTE, message_id, "in", digest, received.id, None)
