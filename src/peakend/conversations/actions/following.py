"""Following, pinning, and being called: what each person keeps an eye on, and nobody else sees."""

from collections.abc import Collection
from typing import Any
from uuid import UUID

from peakend.conversations.events import (
    ConversationFollowed,
    ConversationPinned,
    ConversationUnfollowed,
    ConversationUnpinned,
    FollowedSeen,
    MentionsMarked,
)
from peakend.conversations.models import ConversationRecord
from peakend.conversations.queries.access import need_conversation
from peakend.conversations.rules.following import MOST_FOLLOWED, MOST_PINNED
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict
from peakend.kernel.events import record

_FOLLOW = """
WITH new AS (
    INSERT INTO conversation_follower (member_id, conversation_id, why, seen_seq, layout, at)
    SELECT m.id, $2, $3, $4, $5, $6 FROM unnest($1::uuid[]) m (id)
    WHERE $8 OR (
        SELECT count(*) FROM conversation_follower f
        WHERE f.organisation_id = current_organisation() AND f.member_id = m.id) < $7
    ON CONFLICT DO NOTHING
    RETURNING member_id
) SELECT coalesce(array_agg(member_id), '{}') FROM new
"""
# Whoever follows as much as may be lets go of what ended longest ago.
_LET_GO = """
DELETE FROM conversation_follower f USING (
    SELECT o.conversation_id FROM conversation_follower o
    JOIN conversation c ON c.organisation_id = o.organisation_id AND c.id = o.conversation_id
    WHERE o.organisation_id = current_organisation() AND o.member_id = $1 AND c.state = 'closed'
    ORDER BY c.closed_at LIMIT 1
) old
WHERE f.organisation_id = current_organisation() AND f.member_id = $1
  AND f.conversation_id = old.conversation_id
"""
_COUNT = """
SELECT count(*) FROM conversation_follower
WHERE organisation_id = current_organisation() AND member_id = $1
"""
_UNFOLLOW = """
DELETE FROM conversation_follower
WHERE organisation_id = current_organisation() AND member_id = $1 AND conversation_id = $2
"""
_SEEN = """
UPDATE conversation_follower SET seen_seq = $3, layout = $4
WHERE organisation_id = current_organisation() AND member_id = $1 AND conversation_id = $2
  AND (seen_seq < $3 OR layout <> $4)
"""
_FOLLOW_ON = """
INSERT INTO conversation_follower (member_id, conversation_id, why, seen_seq, layout, at)
SELECT f.member_id, $2, f.why, 0, -1, f.at FROM conversation_follower f
WHERE f.organisation_id = current_organisation() AND f.conversation_id = $1
ON CONFLICT DO NOTHING
"""
_PIN = """
INSERT INTO conversation_pin (member_id, conversation_id, at) VALUES ($1, $2, $3)
ON CONFLICT DO NOTHING
"""
_PINS = """
SELECT count(*) FROM conversation_pin p
JOIN conversation c ON c.organisation_id = p.organisation_id AND c.id = p.conversation_id
WHERE p.organisation_id = current_organisation() AND p.member_id = $1 AND c.state <> 'closed'
"""
_UNPIN_ENDED = """
DELETE FROM conversation_pin p USING conversation c
WHERE p.organisation_id = current_organisation() AND p.member_id = $1
  AND c.organisation_id = p.organisation_id AND c.id = p.conversation_id AND c.state = 'closed'
  AND c.id <> $2
"""
_UNPIN = """
DELETE FROM conversation_pin
WHERE organisation_id = current_organisation() AND member_id = $1 AND conversation_id = $2
"""
_MENTION = """
INSERT INTO mention (member_id, message_id, at)
SELECT m.id, $2, $3 FROM unnest($1::uuid[]) m (id) ON CONFLICT DO NOTHING
"""
_MARK = """
UPDATE mention SET read_at = $3::timestamptz
WHERE organisation_id = current_organisation() AND member_id = $1
  AND ($2::uuid[] IS NULL OR message_id = ANY($2))
  AND (read_at IS NULL) = ($3::timestamptz IS NOT NULL)
"""
_MARK_SEEN = """
UPDATE mention n SET read_at = $4
FROM message m
WHERE n.organisation_id = current_organisation() AND n.member_id = $1 AND n.read_at IS NULL
  AND m.organisation_id = n.organisation_id AND m.id = n.message_id
  AND m.conversation_id = $2 AND m.seq <= $3
"""


class TooManyFollowed(Conflict):
    """There is as much followed as may be, and all of it is open."""

    wording = "conversations.too_many_followed"


class TooManyPinned(Conflict):
    """There is as much pinned as may be, and all of it is open."""

    wording = "conversations.too_many_pinned"


async def follow(tx: Transaction, *, conversation_id: UUID, by: Actor) -> None:
    """Follow a conversation from its newest message on; twice is once.

    Errors: ConversationNotFound, TooManyFollowed.
    """
    row = await need_conversation(tx, conversation_id, by)
    assert by.id is not None
    full = await tx.value(_COUNT, by.id) >= MOST_FOLLOWED
    if full and not await tx.run(_LET_GO, by.id):
        raise TooManyFollowed(most=MOST_FOLLOWED)
    await _follow(tx, row, [by.id], "own", row.last_seq)


async def _follow(
    tx: Transaction, row: ConversationRecord, member_ids: Collection[UUID], why: str, seq: int
) -> None:
    """Let people follow who do not yet; whom a note calls follows only where there is room."""
    own = why == "own"
    args = (sorted(member_ids), row.id, why, seq, row.layout, tx.now, MOST_FOLLOWED, own)
    for member_id in await tx.value(_FOLLOW, *args):
        await record(
            tx,
            ConversationFollowed(
                conversation_id=row.id,
                agent_id=member_id,
                leg_id=_leg(row, member_id),
                why=why,
                seq=seq,
            ),
        )


async def unfollow(tx: Transaction, *, conversation_id: UUID, by: Actor) -> None:
    """Follow a conversation no longer. Errors: ConversationNotFound."""
    row = await need_conversation(tx, conversation_id, by)
    if await tx.run(_UNFOLLOW, by.id, conversation_id):
        await record(tx, ConversationUnfollowed(**_whose(row, by)))


async def see_followed(tx: Transaction, *, conversation_id: UUID, seq: int, by: Actor) -> None:
    """Remember how far a follower has seen it, and with it the notes that call him there.

    The mark only moves forward. Errors: ConversationNotFound.
    """
    row = await need_conversation(tx, conversation_id, by)
    seen = min(seq, row.last_seq)
    if await tx.run(_SEEN, by.id, conversation_id, seen, row.layout):
        await record(tx, FollowedSeen(**_whose(row, by), seq=seen))
        await _marked(tx, by, True, await tx.run(_MARK_SEEN, by.id, row.id, seen, tx.now))


async def pin(tx: Transaction, *, conversation_id: UUID, by: Actor) -> None:
    """Let a conversation stand first in one's own lists; twice is once.

    Errors: ConversationNotFound, TooManyPinned.
    """
    row = await need_conversation(tx, conversation_id, by)
    if not await tx.run(_PIN, by.id, conversation_id, tx.now):
        return
    if await tx.value(_PINS, by.id) > MOST_PINNED:
        raise TooManyPinned(most=MOST_PINNED)
    await tx.run(_UNPIN_ENDED, by.id, conversation_id)
    await record(tx, ConversationPinned(**_whose(row, by)))


async def unpin(tx: Transaction, *, conversation_id: UUID, by: Actor) -> None:
    """Let a conversation stand where its time puts it. Errors: ConversationNotFound."""
    row = await need_conversation(tx, conversation_id, by)
    if await tx.run(_UNPIN, by.id, conversation_id):
        await record(tx, ConversationUnpinned(**_whose(row, by)))


async def call(
    tx: Transaction, row: ConversationRecord, message_id: UUID, seq: int, named: Collection[UUID]
) -> None:
    """Put a note before whom it names, and let them follow what it is about."""
    await tx.run(_MENTION, sorted(named), message_id, tx.now)
    await _follow(tx, row, named, "mention", seq - 1)


async def mark_mentions(
    tx: Transaction, *, message_ids: list[UUID] | None, read: bool, by: Actor
) -> None:
    """Mark notes that call somebody as read or as new again; None means all of them."""
    ids = None if message_ids is None else sorted(set(message_ids))
    await _marked(tx, by, read, await tx.run(_MARK, by.id, ids, tx.now if read else None))


async def _marked(tx: Transaction, by: Actor, read: bool, count: int) -> None:
    if count and by.id is not None:
        await record(tx, MentionsMarked(agent_id=by.id, read=read, mentions=count))


async def follow_on(tx: Transaction, absorbed_id: UUID, into_id: UUID) -> None:
    """Let who followed a conversation follow the one that it goes on in."""
    await tx.run(_FOLLOW_ON, absorbed_id, into_id)


def _whose(row: ConversationRecord, by: Actor) -> dict[str, Any]:
    return {"conversation_id": row.id, "agent_id": by.id, "leg_id": _leg(row, by.id)}


def _leg(row: ConversationRecord, member_id: UUID | None) -> UUID | None:
    return row.leg_id if row.agent_id == member_id else None
