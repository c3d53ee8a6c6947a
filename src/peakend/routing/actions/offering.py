"""Offers: work goes to one agent at a time, who takes it, refuses it or lets it pass."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import msgspec

from peakend.accounts import queries as accounts
from peakend.conversations import actions as conversations
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict
from peakend.kernel.events import record
from peakend.kernel.jobs import enqueue as enqueue_job
from peakend.routing.actions.presence import (
    count_miss,
    got_work,
    lock_presence,
    withdraw_offer,
)
from peakend.routing.events import OfferExpired, OfferRefused, WorkAnswered, WorkOffered
from peakend.routing.models import LineRow, QueueRow, Weighed, WorkItem
from peakend.routing.queries.queues import queues
from peakend.routing.queries.seats import Seat, seats, unoccupied
from peakend.routing.queries.work import (
    anything_waits,
    as_waiting,
    need_leg,
    rings_of,
    teams_of,
    waiting,
)
from peakend.routing.rules.choice import OFFER_S, RULE, Choice, choose

_OFFER = """
UPDATE work_item w
SET state = 'offered', offered_to = made.agent_id, offered_at = $5, offer = w.offer + 1,
    offer_last_agent = made.last_agent
FROM unnest($1::uuid[], $2::uuid[], $3::bool[], $4::int[]) AS made (leg_id, agent_id, last_agent, n)
WHERE w.organisation_id = current_organisation()
  AND w.id = made.leg_id AND w.state = 'waiting' AND w.offer = made.n
RETURNING w.id
"""
_KEEP = """
INSERT INTO work_offer (leg_id, offer, agent_id, at, rule, ring, last_agent, place, waiting,
                        candidates, waited_s, agents)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
"""
_BACK = """
UPDATE work_item
SET state = 'waiting', offered_to = NULL, offered_at = NULL,
    tried = tried || jsonb_build_object($2::text, $3::text)
WHERE organisation_id = current_organisation() AND id = $1
"""
_ANSWER = """
UPDATE work_item
SET state = 'serving', agent_id = $2, answered_at = $3, offered_to = NULL, offered_at = NULL,
    return_by = NULL
WHERE organisation_id = current_organisation() AND id = $1
"""


class OfferGone(Conflict):
    """The offer no longer holds; somebody else has it, or the customer left."""

    wording = "routing.offer_gone"


async def match(tx: Transaction) -> int:
    """Offer what waits to whoever is free, and return how many offers were made.

    The presence rows of the free agents are locked first, so that of two matchers at once the
    second sees what the first has given; a leg is offered only while it still waits.
    """
    made = 0
    while await anything_waits(tx):
        free = {s.agent_id for s in await seats(tx, await unoccupied(tx)) if _room(s)}
        if not free:
            break
        await lock_presence(tx, free)
        staff = [s for s in await seats(tx, free) if s.presence.state == "ready" and _room(s)]
        lines = {queue.id: queue for queue in await queues(tx)}
        firm = frozenset(one.id for one in await accounts.skills(tx) if one.authority)
        teams = teams_of(staff)
        legs = {leg.id: leg for leg in await waiting(tx, len(staff), staff=staff, among=lines)}
        views = [
            as_waiting(leg, teams, rings_of(lines, leg.queue_id), firm, leg.in_line - leg.place)
            for leg in legs.values()
        ]
        choices = choose(views, (seat.ready() for seat in staff), tx.now)
        done = await _offer(tx, legs, choices, lines)
        made += done
        if done == len(choices):
            break
    return made


def _room(seat: Seat) -> bool:
    return seat.load < seat.capacity and seat.offers == 0


async def _offer(
    tx: Transaction,
    legs: dict[UUID, LineRow],
    choices: list[Choice],
    lines: dict[UUID, QueueRow],
) -> int:
    """Make the offers that still can be made, keep why, and return how many there were."""
    rows = await tx.all(
        _Offered,
        _OFFER,
        [choice.leg_id for choice in choices],
        [choice.agent_id for choice in choices],
        [choice.last_agent for choice in choices],
        [legs[choice.leg_id].offer for choice in choices],
        tx.now,
    )
    done = {row.id for row in rows}
    made = [choice for choice in choices if choice.leg_id in done]
    await tx.many(_KEEP, [_kept(tx, legs[choice.leg_id], choice) for choice in made])
    for choice in made:
        leg = legs[choice.leg_id]
        await record(
            tx,
            WorkOffered(
                leg_id=leg.id,
                conversation_id=leg.conversation_id,
                queue_id=leg.queue_id,
                agent_id=choice.agent_id,
                offer=leg.offer + 1,
                last_agent=choice.last_agent,
                candidates=choice.candidates,
                waiting=leg.in_line,
                ring=choice.ring,
                rule=RULE,
            ),
        )
        queue = lines.get(leg.queue_id) if leg.queue_id else None
        await enqueue_job(
            tx,
            "routing.expire_offer",
            run_at=tx.now + timedelta(seconds=queue.offer_s if queue else OFFER_S),
            leg_id=leg.id,
            offer=leg.offer + 1,
        )
    return len(made)


class _Offered(msgspec.Struct, frozen=True):
    id: UUID


def _kept(tx: Transaction, leg: LineRow, choice: Choice) -> tuple[Any, ...]:
    """Return the columns of a decision."""
    weighed = [
        Weighed(
            one.agent_id,
            one.load,
            one.capacity,
            max(0, int((tx.now - one.idle_since).total_seconds())),
        )
        for one in (choice.agent, *choice.others)
    ]
    waited_s = max(0, int((tx.now - leg.entered_at).total_seconds()))
    return (
        leg.id, leg.offer + 1, choice.agent_id, tx.now, RULE, choice.ring, choice.last_agent,
        leg.place, leg.in_line, choice.candidates, waited_s, msgspec.to_builtins(weighed),
    )  # fmt: skip


async def accept(tx: Transaction, *, leg_id: UUID, offer: int, by: Actor) -> WorkItem:
    """Take what was offered; saying it twice is harmless. Errors: LegNotFound, OfferGone."""
    assert by.id is not None
    await lock_presence(tx, [by.id])
    leg = await need_leg(tx, leg_id, lock=True)
    if leg.state == "serving" and leg.agent_id == by.id and leg.offer == offer:
        return leg
    _need_offer(leg, offer, by.id)
    return await answer(tx, leg, by.id, how="offer")


async def refuse(tx: Transaction, *, leg_id: UUID, offer: int, by: Actor) -> None:
    """Let somebody else take what was offered. Errors: LegNotFound, OfferGone."""
    assert by.id is not None
    await lock_presence(tx, [by.id])
    leg = await need_leg(tx, leg_id, lock=True)
    _need_offer(leg, offer, by.id)
    await tx.run(_BACK, leg.id, str(by.id), tx.now.isoformat())
    await record(
        tx,
        OfferRefused(
            leg_id=leg.id,
            conversation_id=leg.conversation_id,
            queue_id=leg.queue_id,
            agent_id=by.id,
            offer=offer,
        ),
    )
    if leg.only_agent_id == by.id and leg.return_to is not None:
        # A transfer meant for this person alone: the sender should know at once.
        await enqueue_job(tx, "routing.return_transfer", leg_id=leg.id, why="refused")


def _need_offer(leg: WorkItem, offer: int, agent_id: UUID) -> None:
    if leg.state != "offered" or leg.offered_to != agent_id or leg.offer != offer:
        raise OfferGone


async def expire_offer(tx: Transaction, *, leg_id: UUID, offer: int) -> bool:
    """Take back an offer nobody answered; after two misses the agent is on a break."""
    seen = await need_leg(tx, leg_id)
    if seen.state != "offered" or seen.offer != offer or seen.offered_to is None:
        return False
    agent_id = seen.offered_to
    await lock_presence(tx, [agent_id])
    leg = await need_leg(tx, leg_id, lock=True)
    if leg.state != "offered" or leg.offer != offer:
        return False
    await tx.run(_BACK, leg.id, str(agent_id), tx.now.isoformat())
    misses = await count_miss(tx, agent_id)
    await record(
        tx,
        OfferExpired(
            leg_id=leg.id,
            conversation_id=leg.conversation_id,
            queue_id=leg.queue_id,
            agent_id=agent_id,
            offer=offer,
            misses=misses,
        ),
    )
    return True


async def answer(tx: Transaction, leg: WorkItem, agent_id: UUID, *, how: str) -> WorkItem:
    """Give a waiting leg to an agent. The presence row and the leg are locked already."""
    if leg.offered_to is not None and leg.offered_to != agent_id:
        await withdraw_offer(tx, leg, "taken")
    await tx.run(_ANSWER, leg.id, agent_id, tx.now)
    await got_work(tx, agent_id)
    await conversations.assign(
        tx,
        conversation_id=leg.conversation_id,
        agent_id=agent_id,
        leg_id=leg.id,
        queue_id=leg.queue_id,
    )
    wait_s = max(0.0, (tx.now - leg.entered_at).total_seconds())
    await record(
        tx,
        WorkAnswered(
            leg_id=leg.id,
            conversation_id=leg.conversation_id,
            queue_id=leg.queue_id,
            agent_id=agent_id,
            customer_id=leg.customer_id,
            wait_s=wait_s,
            target_s=leg.target_s,
            within=wait_s <= leg.target_s,
            live=leg.live,
            how=how,
        ),
    )
    return await need_leg(tx, leg.id)
