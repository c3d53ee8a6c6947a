"""Customers are merged and parted together with their conversations, in one transaction.

The surprise: both may have an open conversation on one channel. Both stay as they are; the panel
shows the one that was spoken in last, the other goes on beside it until somebody joins them.
"""

from collections.abc import Collection
from datetime import datetime
from uuid import UUID

import msgspec

from peakend.conversations.events import ConversationMoved
from peakend.customers import actions as customers
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict
from peakend.kernel.events import record

MOST_MOVED = 1000

_LOCK = """
SELECT id, customer_id, channel_id, channel_kind AS channel, state <> 'closed' AS open, beside,
       last_message_at AS at
FROM conversation
WHERE organisation_id = current_organisation()
  AND (customer_id = $1 OR (customer_id = $2 AND state <> 'closed'))
ORDER BY id
LIMIT $3
FOR NO KEY UPDATE
"""
_LOCK_MOVED = """
SELECT c.id, c.channel_id, c.channel_kind AS channel, c.state <> 'closed' AS open,
       c.last_message_at AS at, m.customer_id, m.beside
FROM conversation_moved m
JOIN conversation c
    ON c.organisation_id = m.organisation_id AND c.id = m.conversation_id
WHERE m.organisation_id = current_organisation() AND m.merge_id = $1 AND c.customer_id = $2
ORDER BY c.id
FOR NO KEY UPDATE OF c
"""
# A conversation may not lead on to somebody else's.
_JOINED = """
SELECT EXISTS (
    SELECT FROM conversation c
    JOIN conversation o ON o.organisation_id = c.organisation_id AND o.id = c.merged_into_id
    WHERE c.organisation_id = current_organisation()
      AND c.customer_id = ANY($1::uuid[]) AND o.customer_id <> c.customer_id)
"""
_FRONTS = """
SELECT coalesce(array_agg(channel_id), '{}') FROM conversation
WHERE organisation_id = current_organisation()
  AND customer_id = $1 AND state <> 'closed' AND NOT beside
"""
# First everything open goes beside, then one of each channel in front: no moment has two.
_MOVE = """
UPDATE conversation c SET customer_id = w.customer_id, beside = c.beside OR c.state <> 'closed',
    version = c.version + 1
FROM unnest($1::uuid[], $2::uuid[]) AS w (id, customer_id)
WHERE c.organisation_id = current_organisation() AND c.id = w.id
"""
_FRONT = """
UPDATE conversation SET beside = false
WHERE organisation_id = current_organisation() AND id = ANY($1::uuid[])
"""


class ConversationsJoined(Conflict):
    """Conversations of the two became one since then; that cannot be told apart any more."""

    wording = "conversations.joined_since"


class TooManyConversations(Conflict):
    """So many conversations are not moved at once."""

    wording = "conversations.too_many_to_merge"


class _Moving(msgspec.Struct, frozen=True):
    id: UUID
    customer_id: UUID
    channel_id: UUID
    channel: str
    open: bool
    beside: bool
    at: datetime


async def merge_customers(
    tx: Transaction,
    *,
    survivor_id: UUID,
    absorbed_id: UUID,
    version: int,
    absorbed_version: int,
    take: Collection[str] = (),
) -> customers.Merged:
    """Let one customer go on as another, with all conversations.

    Errors: those of customers, TooManyConversations.
    """
    merged = await customers.merge_customers(
        tx,
        survivor_id=survivor_id,
        absorbed_id=absorbed_id,
        version=version,
        absorbed_version=absorbed_version,
        take=take,
    )
    found = await tx.all(_Moving, _LOCK, absorbed_id, survivor_id, MOST_MOVED + 1)
    if len(found) > MOST_MOVED:
        raise TooManyConversations(most=MOST_MOVED)
    shared = {one.channel_id for one in found if one.open and one.customer_id == absorbed_id}
    # Of the survivor's own only those that may have to step aside.
    moving = [one for one in found if one.customer_id == absorbed_id or one.channel_id in shared]
    fronts: dict[UUID, _Moving] = {}
    for one in sorted(moving, key=lambda o: (not o.beside, o.at)):
        if one.open:
            fronts[one.channel_id] = one
    await _write(tx, moving, survivor_id, [one.id for one in fronts.values()])
    await tx.run(
        """
        INSERT INTO conversation_moved (merge_id, conversation_id, customer_id, beside)
        SELECT $1, * FROM unnest($2::uuid[], $3::uuid[], $4::bool[])
        """,
        merged.id,
        [one.id for one in moving],
        [one.customer_id for one in moving],
        [one.beside for one in moving],
    )
    for one in moving:
        await _tell(tx, one, one.customer_id, survivor_id, merged.id)
    return merged


async def part_customers(tx: Transaction, *, merge_id: UUID) -> UUID:
    """Take a merge back with its conversations, and return the survivor. Errors: of customers."""
    parted = await customers.part_customers(tx, merge_id=merge_id)
    if parted is None:
        return (await customers.need_merge(tx, merge_id)).survivor_id
    moved = await tx.all(_Moving, _LOCK_MOVED, merge_id, parted.survivor_id)
    await _write(tx, moved, None, [])
    for customer_id in (parted.survivor_id, parted.absorbed_id):
        # What was in front is so again, unless something new has taken its place.
        taken = set(await tx.value(_FRONTS, customer_id))
        theirs = [one for one in moved if one.open and one.customer_id == customer_id]
        fronts: dict[UUID, UUID] = {}
        for one in sorted(theirs, key=lambda o: (not o.beside, o.at)):
            if one.channel_id not in taken:
                fronts[one.channel_id] = one.id
        await tx.run(_FRONT, list(fronts.values()))
    if await tx.value(_JOINED, [parted.survivor_id, parted.absorbed_id]):
        raise ConversationsJoined
    for one in moved:
        await _tell(tx, one, parted.survivor_id, one.customer_id, merge_id)
    return parted.survivor_id


async def _write(
    tx: Transaction, moving: list[_Moving], customer_id: UUID | None, fronts: list[UUID]
) -> None:
    await tx.run(
        _MOVE, [one.id for one in moving], [customer_id or one.customer_id for one in moving]
    )
    await tx.run(_FRONT, fronts)


async def _tell(
    tx: Transaction, one: _Moving, former_id: UUID, customer_id: UUID, merge_id: UUID
) -> None:
    await record(
        tx,
        ConversationMoved(
            conversation_id=one.id,
            customer_id=customer_id,
            channel=one.channel,
            former_customer_id=former_id,
            merge_id=merge_id,
        ),
    )
