"""Taking and giving by hand: picking from the queue, taking over, assigning."""

from collections.abc import Collection
from uuid import UUID

from peakend.accounts import queries as accounts
from peakend.accounts.actions import audit
from peakend.conversations import actions as conversations
from peakend.conversations.queries.access import need_conversation
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Refused
from peakend.routing.actions.lines import Passed, end_leg, enqueue, serve_at_once, standing_leg
from peakend.routing.actions.offering import answer
from peakend.routing.actions.presence import lock_presence
from peakend.routing.models import WorkItem
from peakend.routing.queries.queues import need_queue
from peakend.routing.queries.seats import load_of, presence_of
from peakend.routing.queries.work import active_leg, need_leg

MOVED_PRIORITY = 10
"""Who was served already does not begin to wait at the end of the line."""


class HandsFull(Conflict):
    """The agent holds as many conversations as the capacity allows."""

    wording = "routing.hands_full"


class NothingToTake(Conflict):
    """The conversation is over."""

    wording = "routing.nothing_to_take"


class ElsewhereByNow(Conflict):
    """Somebody else took or gave the conversation meanwhile."""

    wording = "routing.elsewhere_by_now"


class HeldByColleague(Refused):
    """A colleague holds it, and taking over is for supervisors."""

    wording = "routing.held_by_colleague"


class AgentAway(Conflict):
    """The agent is not there."""

    wording = "routing.agent_away"


async def pick(tx: Transaction, *, conversation_id: UUID, by: Actor) -> WorkItem:
    """Take a conversation: from the queue, from the digital agent, or over from a colleague.

    A capacity holds for what an agent picks; who may take over may exceed it.
    Errors: ConversationNotFound, NothingToTake, HeldByColleague, HandsFull.
    """
    assert by.id is not None
    await need_conversation(tx, conversation_id, by)
    seen = await active_leg(tx, conversation_id)
    taking_over = seen is not None and seen.state == "serving" and seen.agent_id != by.id
    if taking_over and not by.may("conversations.take_over"):
        raise HeldByColleague
    leg = await give(
        tx,
        conversation_id,
        by.id,
        how="pick",
        may_exceed=by.may("conversations.take_over"),
        may_take_over=by.may("conversations.take_over"),
    )
    if taking_over:
        await audit(tx, "conversation.taken_over", "conversation", conversation_id)
        assert seen is not None
        await _tell_colleagues(
            tx, conversation_id, "staff_taken_over", to_id=by.id, from_id=seen.agent_id
        )
    return leg


async def assign(
    tx: Transaction,
    *,
    conversation_id: UUID,
    agent_id: UUID,
    by: Actor,
    leg_id: UUID | None = None,
) -> WorkItem:
    """Give a conversation to an agent, wherever it is. A supervisor's word exceeds a capacity.

    `leg_id` is where it was seen to be.
    Errors: ConversationNotFound, MemberNotFound, AgentAway, NothingToTake, ElsewhereByNow.
    """
    await need_conversation(tx, conversation_id, by)
    await _need_there(tx, conversation_id, leg_id)
    member = await accounts.need_member(tx, agent_id)
    if not member.active or (await presence_of(tx, agent_id)).state == "offline":
        raise AgentAway(name=member.name)
    leg = await give(
        tx, conversation_id, agent_id, how="assigned", may_exceed=True, may_take_over=True
    )
    await audit(
        tx, "conversation.assigned", "conversation", conversation_id, {"agent_id": str(agent_id)}
    )
    await _tell_colleagues(tx, conversation_id, "staff_assigned", to_id=agent_id, by_id=by.id)
    return leg


async def move(
    tx: Transaction,
    *,
    conversation_id: UUID,
    queue_id: UUID,
    by: Actor,
    leg_id: UUID | None = None,
) -> UUID:
    """Let a conversation wait in a queue, wherever it is, and return its leg; who waits goes on so.

    `leg_id` is where it was seen to be. Who was served counts as having waited ten minutes.
    Errors: ConversationNotFound, QueueNotFound, NothingToTake, ElsewhereByNow.
    """
    await need_conversation(tx, conversation_id, by)
    await need_queue(tx, queue_id)
    await lock_hands(tx, conversation_id)
    leg = await active_leg(tx, conversation_id, lock=True)
    system = Actor.system(tx.organisation_id)
    if (await need_conversation(tx, conversation_id, system, lock=True)).state == "closed":
        raise NothingToTake
    if leg_id is not None and (leg is None or leg.id != leg_id):
        raise ElsewhereByNow
    if leg is not None and leg.state != "serving" and leg.queue_id == queue_id:
        return leg.id
    if leg is not None:
        await end_leg(tx, leg, "moved")
    waited = leg is not None and leg.state != "serving"
    new_leg_id = await enqueue(
        tx,
        conversation_id,
        queue_id,
        priority=0 if waited or leg is None else MOVED_PRIORITY,
        passed=Passed(from_leg=leg, tried=leg.agent_id) if leg else None,
        entered_at=leg.entered_at if leg is not None and waited else None,
    )
    assert new_leg_id is not None
    await audit(
        tx, "conversation.moved", "conversation", conversation_id, {"queue_id": str(queue_id)}
    )
    await _tell_colleagues(tx, conversation_id, "staff_moved", to_id=queue_id, by_id=by.id)
    return new_leg_id


async def _need_there(tx: Transaction, conversation_id: UUID, leg_id: UUID | None) -> None:
    if leg_id is not None:
        leg = await active_leg(tx, conversation_id)
        if leg is None or leg.id != leg_id:
            raise ElsewhereByNow


async def _tell_colleagues(
    tx: Transaction, conversation_id: UUID, code: str, **people: UUID | None
) -> None:
    """Put into the timeline who has it now; the customer does not see the line."""
    params = {name: str(who) for name, who in people.items() if who is not None}
    await conversations.system_message(
        tx, conversation_id=conversation_id, code=code, params=params
    )


async def give(
    tx: Transaction,
    conversation_id: UUID,
    agent_id: UUID,
    *,
    how: str,
    may_exceed: bool,
    may_take_over: bool,
) -> WorkItem:
    """Give a conversation to an agent, wherever it is.

    Errors: ConversationNotFound, NothingToTake, HeldByColleague, HandsFull.
    """
    await lock_hands(tx, conversation_id, [agent_id])
    leg = await active_leg(tx, conversation_id, lock=True)
    system = Actor.system(tx.organisation_id)
    conversation = await need_conversation(tx, conversation_id, system, lock=True)
    if conversation.state == "closed":
        raise NothingToTake
    if leg is None and conversation.state == "waiting":
        # The reaction that lets it wait has not come yet: the customer's wait counts all the same.
        await enqueue(tx, conversation_id, entered_at=conversation.last_message_at)
        leg = await active_leg(tx, conversation_id, lock=True)
    if leg is not None and leg.state == "serving" and leg.agent_id == agent_id:
        return leg
    if leg is not None and leg.state == "serving" and not may_take_over:
        raise HeldByColleague
    if not may_exceed:
        await _need_room(tx, agent_id, leg)
    if leg is not None and leg.state != "serving":
        return await answer(tx, leg, agent_id, how=how)
    if leg is not None:
        await end_leg(tx, leg, "taken_over" if how == "pick" else "reassigned")
    return await serve_at_once(
        tx,
        conversation_id=conversation_id,
        queue_id=conversation.queue_id,
        customer_id=conversation.customer_id,
        agent_id=agent_id,
        source="agent" if leg is not None else "digital",
        before=leg,
    )


async def lock_hands(
    tx: Transaction, conversation_id: UUID, member_ids: Collection[UUID] = ()
) -> None:
    """Lock everybody whose load will change, before any leg and before the conversation."""
    seen = await active_leg(tx, conversation_id)
    others = (seen.agent_id, seen.offered_to) if seen else ()
    await lock_presence(tx, [*member_ids, *(who for who in others if who is not None)])


async def _need_room(tx: Transaction, agent_id: UUID, leg: WorkItem | None) -> None:
    member = await accounts.need_member(tx, agent_id)
    load = await load_of(tx, agent_id)
    if leg is not None and leg.offered_to == agent_id:
        load -= 1
    if load >= member.capacity:
        raise HandsFull(capacity=member.capacity)


async def serve_reopened(
    tx: Transaction, *, conversation_id: UUID, agent_id: UUID, last_leg_id: UUID | None
) -> None:
    """Begin a new segment for the agent who reopened a conversation, unless it has one."""
    await lock_presence(tx, [agent_id])
    if await standing_leg(tx, conversation_id) is not None:
        return
    system = Actor.system(tx.organisation_id)
    conversation = await need_conversation(tx, conversation_id, system, lock=True)
    if conversation.state != "serving" or conversation.agent_id != agent_id:
        return
    await serve_at_once(
        tx,
        conversation_id=conversation_id,
        queue_id=conversation.queue_id,
        customer_id=conversation.customer_id,
        agent_id=agent_id,
        source="reopened",
        before=await need_leg(tx, last_leg_id) if last_leg_id else None,
    )
