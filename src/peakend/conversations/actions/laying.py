"""Numbering messages anew: the statements under merging, parting and splitting conversations."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from peakend.conversations.models import CONVERSATION_COLUMNS, ConversationRecord
from peakend.conversations.queries.access import ConversationNotFound
from peakend.conversations.rules.layout import MOST_MESSAGES, Header, last_spoken, marks
from peakend.conversations.rules.states import may_see
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict

_LOCK = f"""
SELECT {CONVERSATION_COLUMNS} FROM conversation c
WHERE c.organisation_id = current_organisation() AND c.id = ANY($1::uuid[])
ORDER BY c.id
FOR NO KEY UPDATE
"""  # noqa: S608 (names of columns only)
_HEADERS = """
SELECT id, conversation_id, seq, kind, at FROM message
WHERE organisation_id = current_organisation() AND conversation_id = ANY($1::uuid[])
ORDER BY conversation_id, seq
LIMIT $2
"""
# In two steps, through numbers that nobody has: a place in the timeline has one message.
_LEAVE = """
UPDATE message m SET conversation_id = $1, seq = -w.seq,
    origin_id = nullif(coalesce(m.origin_id, m.conversation_id), $1)
FROM unnest($2::uuid[], $3::int[]) AS w (id, seq)
WHERE m.organisation_id = current_organisation() AND m.id = w.id
  AND (m.conversation_id <> $1 OR m.seq <> w.seq)
"""
_ARRIVE = """
UPDATE message SET seq = -seq
WHERE organisation_id = current_organisation() AND conversation_id = $1 AND seq < 0
"""
_PREVIEW = """
UPDATE conversation c SET preview = left(m.text, 100), preview_kind = m.kind
FROM message m
WHERE c.organisation_id = current_organisation() AND c.id = $1
  AND m.organisation_id = c.organisation_id AND m.id = $2 AND m.text <> ''
"""


class TooLong(Conflict):
    """So many messages are not numbered anew."""

    wording = "conversations.too_long_to_merge"


async def locked(tx: Transaction, ids: Sequence[UUID], by: Actor) -> dict[UUID, ConversationRecord]:
    """Return locked conversations that the actor may see. Errors: ConversationNotFound."""
    found = {one.id: one for one in await tx.all(ConversationRecord, _LOCK, list(ids))}
    for one in ids:
        row = found.get(one)
        if row is None or not may_see(
            by,
            agent_id=row.agent_id,
            queue_id=row.queue_id,
            customer_id=row.customer_id,
            brand_id=row.brand_id,
        ):
            raise ConversationNotFound
    return found


async def headers(tx: Transaction, rows: Sequence[ConversationRecord]) -> list[Header]:
    """Return the messages of locked conversations with what was seen of them. Errors: TooLong."""
    by_id = {row.id: row for row in rows}
    found = await tx.all(Header, _HEADERS, list(by_id), MOST_MESSAGES + 1)
    if len(found) > MOST_MESSAGES:
        raise TooLong(most=MOST_MESSAGES)
    return [
        msgspec.structs.replace(
            one,
            read=one.seq <= by_id[one.conversation_id].customer_read_seq,
            delivered=one.seq <= by_id[one.conversation_id].customer_delivered_seq,
            agent_read=one.seq <= by_id[one.conversation_id].agent_read_seq,
        )
        for one in found
    ]


async def lay(tx: Transaction, conversation_id: UUID, ordered: Sequence[Header]) -> None:
    """Let a conversation consist of these messages in this order, numbered from 1."""
    places = range(1, len(ordered) + 1)
    await tx.run(_LEAVE, conversation_id, [one.id for one in ordered], list(places))
    await tx.run(_ARRIVE, conversation_id)
    seen = marks(ordered)
    await tx.run(
        """
        UPDATE conversation SET
            last_seq = $2, customer_read_seq = $3, customer_delivered_seq = $4,
            agent_read_seq = $5, layout = layout + 1, version = version + 1
        WHERE organisation_id = current_organisation() AND id = $1
        """,
        conversation_id,
        len(ordered),
        seen.read,
        max(seen.read, seen.delivered),
        seen.agent_read,
    )
    last = last_spoken(ordered)
    if last is not None:
        await tx.run(_PREVIEW, conversation_id, last.id)
