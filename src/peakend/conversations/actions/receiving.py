"""What a customer writes goes into the open conversation, reopens the last one or starts one."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from peakend.conversations.actions.fronting import bring_forward
from peakend.conversations.actions.posting import (
    POST_BY_CUSTOMER,
    NewMessage,
    Posted,
    Said,
    arguments,
    checked_text,
    stored,
    written,
)
from peakend.conversations.actions.quoting import customer_may_quote
from peakend.conversations.events import (
    ConversationReopened,
    ConversationStarted,
    ConversationWoken,
    MessageReceived,
)
from peakend.conversations.models import (
    CHANNEL_COLUMNS,
    MESSAGE_COLUMNS,
    ChannelRecord,
    MessageRecord,
)
from peakend.conversations.ports import provided
from peakend.conversations.queries.access import need_conversation
from peakend.conversations.rules.rich import CHOSEN
from peakend.conversations.rules.states import first_state, goes_on, reopened_state
from peakend.customers.queries import current_customer
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Crossed, NotFound
from peakend.kernel.events import record
from peakend.kernel.files import own_files
from peakend.kernel.ids import new_id
from peakend.kernel.words import best_language

_CHANNEL = f"""
SELECT {CHANNEL_COLUMNS} FROM channel h
WHERE h.organisation_id = current_organisation() AND h.id = $1
"""  # noqa: S608 (names of columns only)

_KNOWN = f"""
SELECT {MESSAGE_COLUMNS} FROM message m
JOIN conversation c ON c.organisation_id = m.organisation_id AND c.id = m.conversation_id
WHERE m.organisation_id = current_organisation()
  AND c.customer_id = $1 AND m.client_id = $2
LIMIT 1
"""  # noqa: S608 (names of columns only)

_LAST = """
SELECT id, queue_id, coalesce(agent_id, last_agent_id) AS last_agent_id, state, closed_at, solved,
       beside, merged_into_id
FROM conversation
WHERE organisation_id = current_organisation() AND customer_id = $1 AND channel_id = $2
ORDER BY state = 'closed', beside, opened_at DESC
LIMIT 1
FOR NO KEY UPDATE
"""

_NUMBER = """
INSERT INTO conversation_number AS n (kind, last) VALUES ('conversation', 1)
ON CONFLICT (organisation_id, kind) DO UPDATE SET last = n.last + 1
RETURNING last
"""

_START = """
INSERT INTO conversation (id, number, channel_id, channel_kind, customer_id, brand_id, queue_id,
                          state, language, last_message_at, opened_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $10)
ON CONFLICT (organisation_id, channel_id, customer_id) WHERE state <> 'closed' AND NOT beside
    DO NOTHING
"""

_GO_ON = """
UPDATE conversation SET
    state = $2, agent_id = NULL, leg_id = NULL, last_agent_id = $3, closed_at = NULL,
    closed_from = NULL, solved = NULL, beside = false, version = version + 1
WHERE organisation_id = current_organisation() AND id = $1
"""


class ChannelNotFound(NotFound):
    """There is no such channel, or it is switched off."""

    wording = "conversations.channel_not_found"


class TryAgain(Crossed):
    """Another message of the same customer came between."""

    wording = "conversations.try_again"


class _Last(msgspec.Struct, frozen=True):
    id: UUID
    queue_id: UUID | None
    last_agent_id: UUID | None
    state: str
    closed_at: datetime | None
    solved: bool | None
    beside: bool
    merged_into_id: UUID | None


class _Opened(msgspec.Struct, frozen=True):
    """What is open now; its channel is another one where two conversations were merged."""

    channel_id: UUID
    first: bool = False


async def receive(
    tx: Transaction,
    *,
    channel_id: UUID,
    customer_id: UUID,
    visitor_id: UUID | None = None,
    client_id: UUID,
    text: str,
    file_ids: list[UUID] | None = None,
    language: str = "zh-CN",
    reply_to: UUID | None = None,
    chosen: dict[str, str] | None = None,
) -> MessageRecord:
    """Take a customer's message, once for each client id; `reply_to` is one that it quotes.

    `chosen` says which choice of which message it is. Errors: EmptyMessage, TextTooLong, NotText,
    FileNotFound, ChannelNotFound.
    """
    if reply_to is not None and not await customer_may_quote(tx, reply_to, customer_id):
        reply_to = None
    message = NewMessage(
        kind="customer",
        text=checked_text(text, may_be_empty=bool(file_ids)),
        author_kind="customer",
        author_id=customer_id,
        client_id=client_id,
        files=await attached(tx, file_ids),
        reply_to=reply_to,
        code=CHOSEN if chosen else None,
        params=chosen,
    )
    given = (*arguments(None, message, tx.now), customer_id, channel_id)
    tone = await provided.tone(tx, message.text) if provided.tone else None
    posted = await written(tx, POST_BY_CUSTOMER, given, _received(message, tone, first=False))
    if posted is None:
        # Whose token was read a moment before a merge still comes with the former customer.
        customer_id = await current_customer(tx, customer_id, hold=True)
        known = await known_message(tx, customer_id, client_id)
        if known is not None:
            return known
        message = msgspec.structs.replace(message, author_id=customer_id)
        opened = await _open(tx, channel_id, customer_id, language)
        given = (*arguments(None, message, tx.now), customer_id, opened.channel_id)
        said = _received(message, tone, first=opened.first)
        posted = await written(tx, POST_BY_CUSTOMER, given, said)
    if posted is None:
        raise TryAgain
    if posted.woken_until is not None and posted.agent_id is not None:
        await record(tx, woken(posted, posted.agent_id, posted.woken_until))
    return stored(message, posted, given[1], tx.now)


async def known_message(
    tx: Transaction, customer_id: UUID, client_id: UUID
) -> MessageRecord | None:
    """Return the message of a customer that came with this client id before."""
    return await tx.one(MessageRecord, _KNOWN, customer_id, client_id)


def _received(message: NewMessage, tone: str | None, *, first: bool) -> Said:
    counts = {"length": len(message.text), "files": len(message.files or ())}
    return Said(
        MessageReceived,
        {"first": first, "tone": tone, "urges": sounds_urging(message.text), **counts},
    )


def sounds_urging(text: str) -> bool:
    """Say whether a customer's words ask for speed; ordinary ones make no job."""
    return provided.urges is not None and provided.urges(text)


def woken(posted: Posted, agent_id: UUID, until: datetime) -> ConversationWoken:
    """Return the fact that a customer's words brought back what was put aside."""
    return ConversationWoken(
        conversation_id=posted.conversation_id,
        customer_id=posted.customer_id,
        channel=posted.channel,
        queue_id=posted.queue_id,
        leg_id=posted.leg_id,
        agent_id=agent_id,
        until=until,
        why="customer",
    )


async def start_conversation(
    tx: Transaction, *, channel_id: UUID, customer_id: UUID, language: str = "zh-CN"
) -> UUID:
    """Return the customer's open conversation on a channel, starting one where there is none.

    A conversation closed minutes ago goes on. Errors: ChannelNotFound.
    """
    customer_id = await current_customer(tx, customer_id, hold=True)
    opened = await _open(tx, channel_id, customer_id, language)
    found: UUID | None = await tx.value(
        "SELECT id FROM conversation WHERE organisation_id = current_organisation() "
        "AND customer_id = $1 AND channel_id = $2 AND state <> 'closed' AND NOT beside",
        customer_id,
        opened.channel_id,
    )
    if found is None:
        raise TryAgain
    return found


async def _open(tx: Transaction, channel_id: UUID, customer_id: UUID, language: str) -> _Opened:
    """Make sure that something is open, and say what and whether it was started now."""
    channel = await tx.one(ChannelRecord, _CHANNEL, channel_id)
    if channel is None or not channel.active:
        raise ChannelNotFound
    last = await tx.one(_Last, _LAST, customer_id, channel_id)
    if last is not None and last.state != "closed":
        if last.beside:
            await bring_forward(tx, last.id)
        return _Opened(channel_id)
    if last is not None and last.merged_into_id is not None:
        followed = await _follow(tx, last.merged_into_id)
        if followed is not None:
            return followed
    elif last is not None and goes_on(last.closed_at, tx.now):
        await _go_on(tx, last, channel, customer_id)
        return _Opened(channel_id)
    started = await _start(tx, channel, customer_id, best_language(language))
    return _Opened(channel_id, first=started)


async def _follow(tx: Transaction, conversation_id: UUID) -> _Opened | None:
    """Return where a merged conversation goes on; None where that is over, too."""
    into = await need_conversation(tx, conversation_id, Actor.system(tx.organisation_id))
    if into.state == "closed":
        return None
    await bring_forward(tx, into.id)
    return _Opened(into.channel_id)


async def _go_on(tx: Transaction, last: _Last, channel: ChannelRecord, customer_id: UUID) -> None:
    state = reopened_state(
        by_agent=False, had_agent=last.last_agent_id is not None, digital=channel.digital
    )
    await tx.run(_GO_ON, last.id, state, last.last_agent_id)
    assert last.closed_at is not None
    await record(
        tx,
        ConversationReopened(
            conversation_id=last.id,
            customer_id=customer_id,
            channel=channel.kind,
            queue_id=last.queue_id,
            agent_id=None,
            leg_id=None,
            state=state,
            by="visitor",
            undo=False,
            closed_for_s=int((tx.now - last.closed_at).total_seconds()),
            last_agent_id=last.last_agent_id,
        ),
    )


async def _start(tx: Transaction, channel: ChannelRecord, customer_id: UUID, language: str) -> bool:
    conversation_id = new_id(tx.now)
    state = first_state(digital=channel.digital)
    number = await next_number(tx)
    started = await tx.run(
        _START, conversation_id, number, channel.id, channel.kind, customer_id,
        channel.brand_id, channel.queue_id, state, language, tx.now,
    )  # fmt: skip
    if not started:
        return False
    await record(
        tx,
        ConversationStarted(
            conversation_id=conversation_id,
            customer_id=customer_id,
            channel=channel.kind,
            channel_id=channel.id,
            brand_id=channel.brand_id,
            queue_id=channel.queue_id,
            number=number,
            state=state,
            language=language,
        ),
    )
    return True


async def next_number(tx: Transaction) -> int:
    """Return the number of the next conversation."""
    found: int = await tx.value(_NUMBER)
    return found


async def attached(tx: Transaction, file_ids: list[UUID] | None) -> list[dict[str, Any]] | None:
    """Return what a message keeps of the files that this actor uploaded. Errors: FileNotFound."""
    if not file_ids:
        return None
    return [
        {
            "id": str(file.id),
            "name": file.name,
            "kind": file.kind,
            "mime": file.mime,
            "size": file.size,
            "width": file.width,
            "height": file.height,
            "thumb": file.thumb_sha256 is not None,
        }
        for file in await own_files(tx, list(dict.fromkeys(file_ids)))
    ]
