"""Legs begin and end: entering a queue, leaving it, the end of an agent's segment."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from uuid import UUID

from peakend.conversations import actions as conversations
from peakend.conversations.queries.access import need_conversation
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.events import record
from peakend.kernel.ids import new_id
from peakend.routing.actions.presence import lock_presence, withdraw_offer, work_ended
from peakend.routing.events import (
    WorkAbandoned,
    WorkEnded,
    WorkQueued,
    WorkResumed,
    WorkTaken,
)
from peakend.routing.models import QueueRow, WorkItem
from peakend.routing.queries.hours import opening
from peakend.routing.queries.queues import need_queue, queue_for
from peakend.routing.queries.work import active_leg, last_served_by, need_leg, place_in_line
from peakend.routing.rules.choice import POINTS, RETURNING_WITHIN
from peakend.routing.rules.hours import Hours, add_open_time, is_open

TARGET_S = 20
# A mail is answered later, at whatever hour it comes: nobody waits for it on the line.
LATER = "mail"
_ENTER = """
INSERT INTO work_item (id, conversation_id, queue_id, customer_id, state, live, priority, target_s,
                       skills, last_agent_id, entered_at, promised_at, only_agent_id, only_team_id,
                       tried, transferred_from, transfers, return_to, return_by, raised)
VALUES ($1, $2, $3, $4, 'waiting', $5, $6, $7, $8::uuid[], $9, $10, $11, $12, $13, $14, $15, $16,
        $17, $18, $19)
ON CONFLICT (organisation_id, conversation_id)
    WHERE state IN ('waiting', 'offered', 'serving') DO NOTHING
"""
_TOLD = """
UPDATE work_item SET told_low_s = $2, told_high_s = $3
WHERE organisation_id = current_organisation() AND id = $1
"""
_SERVE = """
INSERT INTO work_item (id, conversation_id, queue_id, customer_id, state, live, target_s,
                       entered_at, answered_at, agent_id, transferred_from, transfers)
VALUES ($1, $2, $3, $4, 'serving', false, 0, $5, $5, $6, $7, $8)
"""
_END = """
UPDATE work_item
SET state = $2, outcome = $3, ended_at = $4, offered_to = NULL, offered_at = NULL, aside = false
WHERE organisation_id = current_organisation() AND id = $1
"""


@dataclass(frozen=True, kw_only=True)
class Passed:
    """What a leg inherits from the one before when a conversation is passed on."""

    from_leg: WorkItem
    only_agent_id: UUID | None = None
    only_team_id: UUID | None = None
    return_to: UUID | None = None
    return_by: datetime | None = None
    tried: UUID | None = None


async def enqueue(
    tx: Transaction,
    conversation_id: UUID,
    queue_id: UUID | None = None,
    *,
    priority: int = 0,
    skills: frozenset[UUID] = frozenset(),
    last_agent_id: UUID | None = None,
    passed: Passed | None = None,
    entered_at: datetime | None = None,
) -> UUID | None:
    """Let a conversation wait for a person and return its leg; it waits once, however often asked.

    None where it is over already. Without a queue it is the conversation's own, else its brand's.
    Errors: ConversationNotFound, QueueNotFound.
    """
    system = Actor.system(tx.organisation_id)
    conversation = await need_conversation(tx, conversation_id, system)
    if conversation.state == "closed":
        return None
    if (known := await standing_leg(tx, conversation_id)) is not None:
        return known.id
    # Its row before the new leg, in the order of whoever picks it at the same moment.
    conversation = await need_conversation(tx, conversation_id, system, lock=True)
    if conversation.state == "closed":
        return None
    at = entered_at or tx.now
    place = queue_id or conversation.queue_id or await queue_for(tx, conversation.brand_id)
    queue = await need_queue(tx, place) if place else None
    hours = await opening(tx, queue.hours_id) if queue else None
    by_mail = conversation.channel_kind == LATER
    live = not by_mail and is_live(queue, hours, at)
    if last_agent_id is None and passed is None:
        last_agent_id = await last_served_by(tx, conversation.customer_id, at - RETURNING_WITHIN)
    leg_id = new_id(tx.now)
    urgency, target_s = (queue.priority, queue.target_s) if queue else (0, TARGET_S)
    raised = POINTS[conversation.priority]
    new = await tx.run(
        _ENTER, leg_id, conversation_id, place, conversation.customer_id, live,
        priority + urgency + raised, target_s, _skills(queue, skills, passed), last_agent_id, at,
        None if live or by_mail else promise(queue, hours, at), *_inherited(passed, tx.now), raised,
    )  # fmt: skip
    if not new:
        standing = await active_leg(tx, conversation_id)
        return standing.id if standing else None
    await conversations.place_in_queue(
        tx, conversation_id=conversation_id, queue_id=place, leg_id=leg_id,
        left_word=not live and not by_mail,
    )  # fmt: skip
    low_s, high_s = await _announced(tx, leg_id, conversation_id) if live else (None, None)
    origin = passed.from_leg.id if passed else None
    entered = WorkQueued(
        leg_id=leg_id, conversation_id=conversation_id, queue_id=place,
        customer_id=conversation.customer_id, priority=priority, live=live,
        transferred_from=origin, told_low_s=low_s, told_high_s=high_s,
    )  # fmt: skip
    await record(tx, entered, occurred_at=at)
    return leg_id


async def _announced(
    tx: Transaction, leg_id: UUID, conversation_id: UUID
) -> tuple[int | None, int | None]:
    """Return the wait that a customer is told on joining, and keep it for the reckoning."""
    place = await place_in_line(tx, conversation_id)
    if place is None or place.high_s is None:
        return None, None
    await tx.run(_TOLD, leg_id, place.low_s, place.high_s)
    return place.low_s, place.high_s


async def standing_leg(tx: Transaction, conversation_id: UUID) -> WorkItem | None:
    """Return the leg that a conversation stands in, after putting right one that was left behind.

    A conversation can be reopened before its closing has ended the leg: who waited keeps the
    place, who was served begins anew.
    """
    seen = await active_leg(tx, conversation_id)
    system = Actor.system(tx.organisation_id)
    if seen is None or (await need_conversation(tx, conversation_id, system)).leg_id == seen.id:
        return seen
    await lock_presence(tx, [who for who in (seen.agent_id, seen.offered_to) if who is not None])
    leg = await active_leg(tx, conversation_id, lock=True)
    conversation = await need_conversation(tx, conversation_id, system, lock=True)
    if leg is None or leg.id != seen.id or leg.id == conversation.leg_id:
        return leg
    if conversation.state != "waiting" or leg.state == "serving":
        await end_leg(tx, leg, "closed")
        return None
    await conversations.place_in_queue(
        tx,
        conversation_id=conversation_id,
        queue_id=leg.queue_id,
        leg_id=leg.id,
        left_word=not leg.live and conversation.channel_kind != LATER,
    )
    return leg


async def come_on_line(tx: Transaction, *, conversation_id: UUID) -> UUID | None:
    """Let a customer wait on the line whose mail waited until he came to the chat.

    Return the leg that begins; None where nothing changes. What was passed on to somebody stays so.
    """
    seen = await active_leg(tx, conversation_id)
    if seen is None or not _waits_for_later(seen):
        return None
    system = Actor.system(tx.organisation_id)
    conversation = await need_conversation(tx, conversation_id, system, lock=True)
    leg = await active_leg(tx, conversation_id, lock=True)
    by_mail = conversation.channel_kind == LATER
    if leg is None or by_mail or conversation.state != "waiting" or not _waits_for_later(leg):
        return None
    await end_leg(tx, leg, "on_line")
    return await enqueue(tx, conversation_id, leg.queue_id, last_agent_id=leg.last_agent_id)


def _waits_for_later(leg: WorkItem) -> bool:
    """Say whether a leg is of a mail; who left a word out of hours was promised an answer."""
    meant = leg.only_agent_id or leg.only_team_id
    return leg.state == "waiting" and not leg.live and leg.promised_at is None and not meant


def _skills(queue: QueueRow | None, skills: frozenset[UUID], passed: Passed | None) -> list[UUID]:
    """Return what is asked of the agent; a person or team chosen by hand knows better."""
    chosen = passed is not None and (passed.only_agent_id or passed.only_team_id)
    return sorted(skills | set(queue.skills if queue and not chosen else ()))


def _inherited(passed: Passed | None, now: datetime) -> tuple[object, ...]:
    """Return the last seven columns of a new leg: what the one before hands on."""
    if passed is None:
        return (None, None, {}, None, 0, None, None)
    return (
        passed.only_agent_id,
        passed.only_team_id,
        {str(passed.tried): now.isoformat()} if passed.tried else {},
        passed.from_leg.id,
        passed.from_leg.transfers + (1 if passed.return_to else 0),
        passed.return_to,
        passed.return_by,
    )


def is_live(queue: QueueRow | None, hours: Hours | None, now: datetime) -> bool:
    """Return whether somebody who joins now may expect people to be there."""
    return (queue is None or queue.open) and (hours is None or is_open(hours, now))


def promise(queue: QueueRow | None, hours: Hours | None, now: datetime) -> datetime | None:
    """Return until when somebody who joins outside hours gets an answer."""
    if queue is None:
        return None
    if hours is None:
        return now + timedelta(seconds=queue.promise_s)
    return add_open_time(hours, now, queue.promise_s)


async def serve_at_once(
    tx: Transaction,
    *,
    conversation_id: UUID,
    queue_id: UUID | None,
    customer_id: UUID | None,
    agent_id: UUID,
    source: str,
    before: WorkItem | None = None,
) -> WorkItem:
    """Begin an agent's segment where nobody waited. The presence row is locked already."""
    leg_id = new_id(tx.now)
    await tx.run(
        _SERVE,
        leg_id,
        conversation_id,
        queue_id,
        customer_id,
        tx.now,
        agent_id,
        before.id if before else None,
        before.transfers if before else 0,
    )
    await conversations.assign(
        tx, conversation_id=conversation_id, agent_id=agent_id, leg_id=leg_id, queue_id=queue_id
    )
    await record(
        tx,
        WorkTaken(
            leg_id=leg_id,
            conversation_id=conversation_id,
            queue_id=queue_id,
            agent_id=agent_id,
            source=source,
            from_agent_id=before.agent_id if before else None,
        ),
    )
    return await need_leg(tx, leg_id)


async def end_leg(
    tx: Transaction,
    leg: WorkItem,
    outcome: str,
    *,
    state: str = "done",
    at: datetime | None = None,
) -> None:
    """End a leg that is locked, and let its agent go."""
    at = at or tx.now
    if leg.state == "offered":
        await withdraw_offer(tx, leg, "ended")
    await tx.run(_END, leg.id, state, outcome, at)
    if leg.agent_id is not None and leg.state == "serving":
        queue = await need_queue(tx, leg.queue_id) if leg.queue_id else None
        wrap_up_s = queue.wrap_up_s if queue and outcome == "closed" else 0
        await work_ended(tx, leg.agent_id, wrap_up_s)
    await record(
        tx,
        WorkEnded(
            leg_id=leg.id,
            conversation_id=leg.conversation_id,
            queue_id=leg.queue_id,
            agent_id=leg.agent_id,
            outcome=outcome,
            served_s=served_s(leg, at),
            live=leg.live,
        ),
        occurred_at=at,
    )


def served_s(leg: WorkItem, now: datetime) -> float | None:
    """Return how long the agent's segment lasted."""
    return max(0.0, (now - leg.answered_at).total_seconds()) if leg.answered_at else None


async def abandon(tx: Transaction, leg: WorkItem, why: str, *, at: datetime | None = None) -> None:
    """Note that the customer left while waiting. The leg is locked already."""
    at = at or tx.now
    if leg.state == "offered":
        await withdraw_offer(tx, leg, "customer_left")
    await tx.run(_END, leg.id, "abandoned", why, at)
    wait_s = max(0.0, (at - leg.entered_at).total_seconds())
    await record(
        tx,
        WorkAbandoned(
            leg_id=leg.id,
            conversation_id=leg.conversation_id,
            queue_id=leg.queue_id,
            customer_id=leg.customer_id,
            wait_s=wait_s,
            target_s=leg.target_s,
            within=wait_s <= leg.target_s,
            live=leg.live,
            why=why,
        ),
        occurred_at=at,
    )


async def end_with_conversation(
    tx: Transaction, *, conversation_id: UUID, by: str, closed_at: datetime
) -> None:
    """End the leg of a closed conversation: abandoned if the customer left while waiting.

    A leg that began after the closing belongs to the reopened conversation and stays.
    """
    seen = await active_leg(tx, conversation_id)
    if seen is None or seen.entered_at > closed_at:
        return
    system = Actor.system(tx.organisation_id)
    if (await need_conversation(tx, conversation_id, system)).state != "closed":
        return
    holders = [who for who in (seen.agent_id, seen.offered_to) if who is not None]
    await lock_presence(tx, holders)
    leg = await active_leg(tx, conversation_id, lock=True)
    if leg is None or leg.id != seen.id:
        return
    if leg.state == "serving" or by != "visitor":
        await end_leg(tx, leg, "closed", at=closed_at)
    else:
        await abandon(tx, leg, "closed", at=closed_at)


async def resume(tx: Transaction, *, conversation_id: UUID, leg_id: UUID) -> bool:
    """Let a leg go on that a closing ended by mistake; say whether there was anything to do."""
    seen = await need_leg(tx, leg_id)
    if seen.outcome != "closed" or await active_leg(tx, conversation_id) is not None:
        return False
    if seen.agent_id is not None:
        await lock_presence(tx, [seen.agent_id])
    done = await tx.run(
        """
        UPDATE work_item
        SET state = CASE WHEN agent_id IS NULL THEN 'waiting' ELSE 'serving' END,
            outcome = NULL, ended_at = NULL
        WHERE organisation_id = current_organisation() AND id = $1 AND outcome = 'closed'
        """,
        leg_id,
    )
    if done:
        await record(
            tx,
            WorkResumed(
                leg_id=leg_id,
                conversation_id=conversation_id,
                queue_id=seen.queue_id,
                agent_id=seen.agent_id,
            ),
        )
    return bool(done)
