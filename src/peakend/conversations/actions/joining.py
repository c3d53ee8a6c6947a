"""Two open conversations of one customer become one timeline; while nothing was said since, two.

The surprise: nothing is copied. Messages move with author, time and the conversation they were
written in; the emptied one ends, and who comes to it, agent or customer, is led on.
"""

from typing import Any
from uuid import UUID

from peakend.conversations.actions.following import follow_on
from peakend.conversations.actions.laying import headers, lay, locked
from peakend.conversations.actions.replying import system_message
from peakend.conversations.events import (
    ConversationAbsorbed,
    ConversationJoined,
    ConversationRestored,
)
from peakend.conversations.models import ConversationRecord
from peakend.conversations.models.joining import JoinRow
from peakend.conversations.queries.access import (
    ConversationIsClosed,
    ConversationStale,
    NotYours,
)
from peakend.conversations.rules.layout import interleaved
from peakend.conversations.rules.states import UNDO_MERGE_WITHIN
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid, NotFound
from peakend.kernel.events import record
from peakend.kernel.ids import new_id

_BEFORE = """
SELECT jsonb_object_agg(id, to_jsonb(c)) FROM conversation c
WHERE organisation_id = current_organisation() AND id = ANY($1::uuid[])
"""
_END = """
UPDATE conversation SET
    state = 'closed', closed_at = $3, closed_from = state, merged_into_id = $2, unread = 0,
    awaiting_since = NULL, snoozed_until = NULL, woken_at = NULL, marked_unread = false,
    last_seq = 0, customer_read_seq = 0, customer_delivered_seq = 0, agent_read_seq = 0,
    layout = layout + 1, version = version + 1
WHERE organisation_id = current_organisation() AND id = $1
"""
# Where the panel was on the absorbed one it goes on in this; the channels may differ.
_JOIN = """
UPDATE conversation c SET
    unread = c.unread + a.unread,
    awaiting_since = least(c.awaiting_since, a.awaiting_since),
    first_reply_at = least(c.first_reply_at, a.first_reply_at),
    last_message_at = greatest(c.last_message_at, a.last_message_at),
    beside = c.beside AND (a.beside OR a.channel_id <> c.channel_id),
    recent_client_ids = (a.recent_client_ids || c.recent_client_ids)[1:4]
FROM conversation a
WHERE c.organisation_id = current_organisation() AND c.id = $1
  AND a.organisation_id = c.organisation_id AND a.id = $2
"""
_FOLLOW = """
WITH led AS (
    UPDATE conversation SET merged_into_id = $2, version = version + 1
    WHERE organisation_id = current_organisation() AND merged_into_id = $1
    RETURNING id
) SELECT coalesce(array_agg(id), '{}') FROM led
"""
_COMMON = """last_seq = p.last_seq, preview = p.preview, preview_kind = p.preview_kind,
    last_message_at = p.last_message_at, unread = p.unread, awaiting_since = p.awaiting_since,
    first_reply_at = p.first_reply_at, customer_read_seq = p.customer_read_seq,
    customer_delivered_seq = p.customer_delivered_seq, agent_read_seq = p.agent_read_seq,
    recent_client_ids = p.recent_client_ids, layout = c.layout + 1, version = c.version + 1"""
_RESTORE = f"""
UPDATE conversation c SET {_COMMON}
FROM jsonb_populate_record(NULL::conversation, $2::jsonb) p
WHERE c.organisation_id = current_organisation() AND c.id = $1
"""  # noqa: S608 (a part of our own)
_RESTORE_ABSORBED = f"""
UPDATE conversation c SET {_COMMON}, state = p.state, closed_at = NULL, closed_from = NULL,
    merged_into_id = NULL, snoozed_until = p.snoozed_until, woken_at = p.woken_at,
    marked_unread = p.marked_unread, beside = p.beside OR EXISTS (
        SELECT FROM conversation o
        WHERE o.organisation_id = c.organisation_id AND o.customer_id = c.customer_id
          AND o.channel_id = c.channel_id AND o.state <> 'closed' AND NOT o.beside)
FROM jsonb_populate_record(NULL::conversation, $2::jsonb) p
WHERE c.organisation_id = current_organisation() AND c.id = $1
"""  # noqa: S608 (a part of our own)


class SameConversation(Invalid):
    """Nothing is merged into itself."""

    wording = "conversations.same_conversation"


class OtherCustomer(Conflict):
    """The two belong to two customers; those are merged first, or not at all."""

    wording = "conversations.other_customer"


class NotWithPeople(Conflict):
    """What the digital agent holds cannot take in another conversation."""

    wording = "conversations.not_with_people"


class JoinNotFound(NotFound):
    """There is no such merge of conversations here."""

    wording = "conversations.join_not_found"


class JoinStands(Conflict):
    """Something was said or done since the merge, or it is too long ago."""

    wording = "conversations.join_stands"


def need_hold(row: ConversationRecord, by: Actor) -> None:
    """Let only who holds it, or leads, change what a conversation is about; or nobody holds it.

    Errors: ConversationIsClosed, NotYours.
    """
    if row.state == "closed":
        raise ConversationIsClosed
    leads = by.kind != "member" or by.may("conversations.take_over")
    if not leads and row.agent_id not in (None, by.id):
        raise NotYours


async def merge_conversations(
    tx: Transaction,
    *,
    into_id: UUID,
    absorbed_id: UUID,
    by: Actor,
    version: int | None = None,
    absorbed_version: int | None = None,
) -> UUID:
    """Let a conversation go on in another one of the same customer, and return the merge's id.

    Errors: ConversationNotFound, ConversationIsClosed, ConversationStale, NotYours,
    SameConversation, OtherCustomer, NotWithPeople, TooLong.
    """
    into, gone = await _need_pair(tx, (into_id, version), (absorbed_id, absorbed_version), by)
    merge_id = new_id()
    before = await tx.value(_BEFORE, [into_id, absorbed_id])
    messages = await headers(tx, [into, gone])
    moved = [one.id for one in messages if one.conversation_id == absorbed_id]
    await lay(tx, into_id, interleaved(messages))
    # The absorbed one ends first: at no moment are two in front on one channel.
    await tx.run(_END, absorbed_id, into_id, tx.now)
    await _join(tx, into_id, before[str(absorbed_id)])
    followers = await tx.value(_FOLLOW, absorbed_id, into_id)
    await follow_on(tx, absorbed_id, into_id)
    lines = [
        await system_message(
            tx, conversation_id=one, code=code, params={"number": other.number, "id": str(other.id)}
        )
        for one, code, other in (
            (into_id, "staff_merged_here", gone), (absorbed_id, "staff_merged_into", into),
        )
    ]  # fmt: skip
    await tx.run(
        """
        INSERT INTO conversation_join
            (id, into_id, absorbed_id, by_id, at, moved, lines, followers, last_seq, before)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)
        """,
        merge_id,
        into_id,
        absorbed_id,
        by.id if by.kind == "member" else None,
        tx.now,
        moved,
        [line.id for line in lines],
        followers,
        lines[0].seq,
        before,
    )
    count = len(moved)
    ended = _about(gone, into_id, merge_id, "closed", count)
    await record(tx, ConversationAbsorbed(**ended))
    goes_on = _about(into, absorbed_id, merge_id, into.state, count)
    await record(tx, ConversationJoined(**goes_on))
    return merge_id


async def _need_pair(
    tx: Transaction, into: tuple[UUID, int | None], gone: tuple[UUID, int | None], by: Actor
) -> tuple[ConversationRecord, ConversationRecord]:
    """Return two locked conversations, each with its seen version, that may become one."""
    if into[0] == gone[0]:
        raise SameConversation
    rows = await locked(tx, [into[0], gone[0]], by)
    for one_id, seen in (into, gone):
        if seen is not None and rows[one_id].version != seen:
            raise ConversationStale(version=rows[one_id].version)
        need_hold(rows[one_id], by)
    if rows[into[0]].customer_id != rows[gone[0]].customer_id:
        raise OtherCustomer
    if rows[into[0]].state == "digital":
        raise NotWithPeople
    return rows[into[0]], rows[gone[0]]


async def _join(tx: Transaction, into_id: UUID, absorbed: dict[str, Any]) -> None:
    """Let the conversation wait, count and remember as both did."""
    await tx.run(
        _JOIN.replace(
            "FROM conversation a", "FROM jsonb_populate_record(NULL::conversation, $3::jsonb) a"
        ),
        into_id,
        UUID(absorbed["id"]),
        absorbed,
    )


def _about(
    row: ConversationRecord, other_id: UUID, merge_id: UUID, state: str, messages: int
) -> dict[str, Any]:
    """Return the fields of a merge's fact, as it looks from one of the two."""
    return {
        "conversation_id": row.id,
        "customer_id": row.customer_id,
        "channel": row.channel_kind,
        "queue_id": row.queue_id,
        "leg_id": row.leg_id,
        "agent_id": row.agent_id,
        "other_id": other_id,
        "merge_id": merge_id,
        "state": state,
        "messages": messages,
    }


async def part_conversations(tx: Transaction, *, merge_id: UUID, by: Actor) -> UUID:
    """Take a merge back while nothing was said since, and return the conversation that went on.

    Errors: JoinNotFound, ConversationNotFound, NotYours, JoinStands.
    """
    row = await _need_join(tx, merge_id)
    rows = await locked(tx, [row.into_id, row.absorbed_id], by)
    row = await _need_join(tx, merge_id)
    into, gone = rows[row.into_id], rows[row.absorbed_id]
    if row.undone_at is not None:
        return into.id
    need_hold(into, by)
    said_since = into.last_seq != row.last_seq or gone.last_seq > 1
    if said_since or gone.merged_into_id != into.id or tx.now - row.at > UNDO_MERGE_WITHIN:
        raise JoinStands
    if into.customer_id != gone.customer_id:
        raise JoinStands
    moved = set(row.moved)
    await _restore(tx, row, into, gone)
    await tx.run(
        "UPDATE conversation_join SET undone_at = $2"
        " WHERE organisation_id = current_organisation() AND id = $1",
        merge_id,
        tx.now,
    )
    count, state = len(moved), gone.closed_from or "waiting"
    await record(tx, ConversationRestored(**_about(gone, into.id, merge_id, state, count)))
    await record(tx, ConversationJoined(**_about(into, gone.id, merge_id, into.state, -count)))
    return into.id


async def _restore(
    tx: Transaction, row: JoinRow, into: ConversationRecord, gone: ConversationRecord
) -> None:
    """Give both their messages back, in the order they had, and what lists show of them."""
    await tx.run(
        "DELETE FROM message WHERE organisation_id = current_organisation()"
        " AND id = ANY($1::uuid[])",
        row.lines,
    )
    messages = await headers(tx, [into])
    moved = set(row.moved)
    await lay(tx, gone.id, [one for one in messages if one.id in moved])
    await lay(tx, into.id, [one for one in messages if one.id not in moved])
    await tx.run(_RESTORE, into.id, row.before[str(into.id)])
    if row.before[str(into.id)]["beside"]:
        await tx.run(
            "UPDATE conversation SET beside = true"
            " WHERE organisation_id = current_organisation() AND id = $1",
            into.id,
        )
    await tx.run(_RESTORE_ABSORBED, gone.id, row.before[str(gone.id)])
    await tx.run(
        "UPDATE conversation SET merged_into_id = $2, version = version + 1"
        " WHERE organisation_id = current_organisation() AND id = ANY($1::uuid[])",
        row.followers,
        gone.id,
    )


async def _need_join(tx: Transaction, merge_id: UUID) -> JoinRow:
    found = await tx.one(
        JoinRow,
        """
        SELECT id, into_id, absorbed_id, at, undone_at, moved, lines, followers, last_seq, before
        FROM conversation_join
        WHERE organisation_id = current_organisation() AND id = $1
        """,
        merge_id,
    )
    if found is None:
        raise JoinNotFound
    return found
