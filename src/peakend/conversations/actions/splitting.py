"""Another matter gets a conversation of its own; what belongs together is linked."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from peakend.conversations.actions.joining import NotWithPeople, SameConversation, need_hold
from peakend.conversations.actions.laying import headers, lay, locked
from peakend.conversations.actions.receiving import next_number
from peakend.conversations.actions.replying import system_message
from peakend.conversations.events import (
    ConversationsLinked,
    ConversationSplit,
    ConversationSplitOff,
)
from peakend.conversations.models import ConversationRecord
from peakend.conversations.queries.access import ConversationStale, need_conversation
from peakend.conversations.rules.layout import Header, last_spoken, unanswered
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Invalid
from peakend.kernel.events import record
from peakend.kernel.ids import new_id

_START = """
INSERT INTO conversation (id, number, channel_id, channel_kind, customer_id, brand_id, queue_id,
    agent_id, last_agent_id, state, language, priority, last_message_at, opened_at, beside)
SELECT $2, $3, channel_id, channel_kind, customer_id, brand_id, queue_id,
    agent_id, last_agent_id, state, language, priority, $4, $4, true
FROM conversation
WHERE organisation_id = current_organisation() AND id = $1
"""
_COUNT = """
UPDATE conversation SET
    unread = $2, awaiting_since = $3, first_reply_at = $4, last_message_at = $5
WHERE organisation_id = current_organisation() AND id = $1
"""
_FRONT = """
UPDATE conversation SET beside = $2
WHERE organisation_id = current_organisation() AND id = $1
"""
_LINK = """
INSERT INTO conversation_link (one_id, other_id, kind, by_id, at) VALUES ($1, $2, $3, $4, $5)
ON CONFLICT DO NOTHING
"""


class NothingToSplit(Invalid):
    """Some of the messages leave and some stay; all or none is no split."""

    wording = "conversations.nothing_to_split"


async def split_conversation(
    tx: Transaction,
    *,
    conversation_id: UUID,
    message_ids: Collection[UUID],
    by: Actor,
    version: int | None = None,
) -> UUID:
    """Let messages go on as a conversation about another matter, with the same agent; its id.

    Errors: ConversationNotFound, ConversationIsClosed, ConversationStale, NotYours,
    NotWithPeople, NothingToSplit, TooLong.
    """
    row = (await locked(tx, [conversation_id], by))[conversation_id]
    if version is not None and row.version != version:
        raise ConversationStale(version=row.version)
    need_hold(row, by)
    if row.state == "digital":
        raise NotWithPeople
    messages = await headers(tx, [row])
    wanted = set(message_ids)
    leaving = [one for one in messages if one.id in wanted]
    staying = [one for one in messages if one.id not in wanted]
    if not _spoken(leaving) or not _spoken(staying) or len(leaving) != len(wanted):
        raise NothingToSplit
    other_id, number = new_id(tx.now), await next_number(tx)
    await tx.run(_START, row.id, other_id, number, tx.now)
    waits = {one.id for one in unanswered(messages)} if row.awaiting_since else set()
    for one_id, part in ((other_id, leaving), (row.id, staying)):
        await lay(tx, one_id, part)
        open_words = [one for one in part if one.id in waits]
        answers = [one.at for one in part if one.kind == "agent"]
        last = last_spoken(part)
        await tx.run(
            _COUNT,
            one_id,
            min(len(open_words), row.unread),
            open_words[0].at if open_words else None,
            min(answers) if answers else None,
            last.at if last else row.last_message_at,
        )
    newest = last_spoken([one for one in messages if one.kind == "customer"])
    if not row.beside and newest is not None and newest.id in wanted:
        await tx.run(_FRONT, row.id, True)
        await tx.run(_FRONT, other_id, False)
    for one, code, about in (
        (other_id, "staff_split_from", (row.number, row.id)),
        (row.id, "staff_split_off", (number, other_id)),
    ):
        params = {"number": about[0], "id": str(about[1])}
        await system_message(tx, conversation_id=one, code=code, params=params)
    await _link(tx, row.id, other_id, "split", by)
    await _tell(tx, row, other_id, len(leaving))
    return other_id


def _spoken(part: list[Header]) -> bool:
    return last_spoken(part) is not None


async def _tell(tx: Transaction, row: ConversationRecord, other_id: UUID, messages: int) -> None:
    common: dict[str, Any] = {
        "customer_id": row.customer_id,
        "channel": row.channel_kind,
        "queue_id": row.queue_id,
        "agent_id": row.agent_id,
        "state": row.state,
        "messages": messages,
    }
    await record(
        tx,
        ConversationSplit(conversation_id=row.id, leg_id=row.leg_id, other_id=other_id, **common),
    )
    await record(
        tx,
        ConversationSplitOff(conversation_id=other_id, leg_id=None, other_id=row.id, **common),
    )


async def link_conversations(
    tx: Transaction, *, conversation_id: UUID, other_id: UUID, by: Actor
) -> None:
    """Note that two conversations belong together. Errors: ConversationNotFound."""
    await _need_both(tx, conversation_id, other_id, by)
    if await _link(tx, conversation_id, other_id, "linked", by):
        await _say(tx, conversation_id, other_id, linked=True)


async def unlink_conversations(
    tx: Transaction, *, conversation_id: UUID, other_id: UUID, by: Actor
) -> None:
    """Note that two conversations do not belong together. Errors: ConversationNotFound."""
    await _need_both(tx, conversation_id, other_id, by)
    gone = await tx.run(
        "DELETE FROM conversation_link WHERE organisation_id = current_organisation()"
        " AND one_id = $1 AND other_id = $2",
        *sorted((conversation_id, other_id)),
    )
    if gone:
        await _say(tx, conversation_id, other_id, linked=False)


async def _need_both(tx: Transaction, one_id: UUID, other_id: UUID, by: Actor) -> None:
    await need_conversation(tx, one_id, by)
    await need_conversation(tx, other_id, by)
    if one_id == other_id:
        raise SameConversation


async def _link(tx: Transaction, one_id: UUID, other_id: UUID, kind: str, by: Actor) -> int:
    first, second = sorted((one_id, other_id))
    return await tx.run(_LINK, first, second, kind, by.id if by.kind == "member" else None, tx.now)


async def _say(tx: Transaction, one_id: UUID, other_id: UUID, *, linked: bool) -> None:
    for one, other in ((one_id, other_id), (other_id, one_id)):
        await record(tx, ConversationsLinked(conversation_id=one, other_id=other, linked=linked))
