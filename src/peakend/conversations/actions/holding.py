"""Who holds a conversation: a queue, an agent, the digital agent. Used by the contexts above."""

from uuid import UUID

from peakend.accounts.queries import need_member
from peakend.conversations.actions.snoozing import record_woken
from peakend.conversations.events import (
    ConversationAssigned,
    ConversationQueued,
    ConversationReleased,
)
from peakend.conversations.models import ConversationRecord
from peakend.conversations.queries.access import ConversationIsClosed, need_version
from peakend.conversations.rules.states import may_move
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict
from peakend.kernel.events import record

_QUEUE = """
UPDATE conversation SET
    state = 'waiting', queue_id = $2, leg_id = $3,
    last_agent_id = coalesce(agent_id, last_agent_id), agent_id = NULL,
    left_word = $5,
    awaiting_since = coalesce(awaiting_since, $4), unread = greatest(unread, 1),
    snoozed_until = NULL, woken_at = NULL, marked_unread = false, version = version + 1
WHERE organisation_id = current_organisation() AND id = $1
"""

_ASSIGN = """
UPDATE conversation SET
    state = 'serving', queue_id = coalesce($3, queue_id), leg_id = $4,
    last_agent_id = CASE WHEN agent_id IS DISTINCT FROM $2 THEN coalesce(agent_id, last_agent_id)
                         ELSE last_agent_id END,
    agent_id = $2, snoozed_until = NULL, woken_at = NULL, marked_unread = false,
    version = version + 1
WHERE organisation_id = current_organisation() AND id = $1
"""

_RELEASE = """
UPDATE conversation SET
    state = $2, last_agent_id = coalesce(agent_id, last_agent_id), agent_id = NULL, leg_id = NULL,
    snoozed_until = NULL, woken_at = NULL, marked_unread = false, version = version + 1
WHERE organisation_id = current_organisation() AND id = $1
"""


class MoveNotAllowed(Conflict):
    """The conversation cannot go from its state to the wanted one."""

    wording = "conversations.move_not_allowed"


async def place_in_queue(
    tx: Transaction,
    *,
    conversation_id: UUID,
    queue_id: UUID | None,
    leg_id: UUID | None,
    left_word: bool = False,
    by: Actor | None = None,
    version: int | None = None,
) -> None:
    """Let a conversation wait in a queue for a person; the agent who had it lets go of it.

    `left_word` says that a word was left out of hours: it is answered later, and nobody waits.

    Errors: ConversationNotFound, ConversationIsClosed, ConversationStale.
    """
    row = await _open_row(tx, conversation_id, by, version, "waiting")
    if row.state == "waiting" and row.queue_id == queue_id and row.leg_id == leg_id:
        return
    await _released(tx, row, "waiting")
    await tx.run(_QUEUE, conversation_id, queue_id, leg_id, tx.now, left_word)
    await record(
        tx,
        ConversationQueued(
            conversation_id=conversation_id,
            customer_id=row.customer_id,
            channel=row.channel_kind,
            queue_id=queue_id,
            leg_id=leg_id,
            from_state=row.state,
            previous_agent_id=row.agent_id,
            previous_queue_id=row.queue_id,
        ),
    )


async def assign(
    tx: Transaction,
    *,
    conversation_id: UUID,
    agent_id: UUID,
    queue_id: UUID | None = None,
    leg_id: UUID | None = None,
    by: Actor | None = None,
    version: int | None = None,
) -> None:
    """Give a conversation to an agent; without a queue it stays in the one it has.

    Errors: ConversationNotFound, ConversationIsClosed, ConversationStale, MemberNotFound.
    """
    row = await _open_row(tx, conversation_id, by, version, "serving")
    await need_member(tx, agent_id)
    if row.state == "serving" and row.agent_id == agent_id and row.leg_id == leg_id:
        return
    if row.agent_id != agent_id:
        await _released(tx, row, "serving")
    else:
        await record_woken(tx, row, "member")
    await tx.run(_ASSIGN, conversation_id, agent_id, queue_id, leg_id)
    await record(
        tx,
        ConversationAssigned(
            conversation_id=conversation_id,
            customer_id=row.customer_id,
            channel=row.channel_kind,
            queue_id=queue_id or row.queue_id,
            agent_id=agent_id,
            leg_id=leg_id,
            from_state=row.state,
            previous_agent_id=row.agent_id,
            previous_queue_id=row.queue_id,
        ),
    )


async def release(
    tx: Transaction,
    *,
    conversation_id: UUID,
    state: str = "waiting",
    by: Actor | None = None,
    version: int | None = None,
) -> None:
    """Take a conversation from its agent, back to waiting or to the digital agent.

    Errors: ConversationNotFound, ConversationIsClosed, ConversationStale, MoveNotAllowed.
    """
    row = await _open_row(tx, conversation_id, by, version, state)
    if row.agent_id is None and row.state == state:
        return
    await _released(tx, row, state)
    await tx.run(_RELEASE, conversation_id, state)


async def _open_row(
    tx: Transaction,
    conversation_id: UUID,
    by: Actor | None,
    version: int | None,
    state: str,
) -> ConversationRecord:
    actor = by or Actor.system(tx.organisation_id)
    row = await need_version(tx, conversation_id, actor, version)
    if row.state == "closed":
        raise ConversationIsClosed
    if not may_move(row.state, state):
        raise MoveNotAllowed
    return row


async def _released(tx: Transaction, row: ConversationRecord, state: str) -> None:
    """Record that the agent who held it, if any, no longer does; nothing is put aside then."""
    if row.agent_id is None:
        return
    await record_woken(tx, row, "member")
    await record(
        tx,
        ConversationReleased(
            conversation_id=row.id,
            customer_id=row.customer_id,
            channel=row.channel_kind,
            queue_id=row.queue_id,
            agent_id=row.agent_id,
            leg_id=row.leg_id,
            state=state,
            previous_queue_id=row.queue_id,
        ),
    )
