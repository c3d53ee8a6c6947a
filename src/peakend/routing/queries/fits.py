"""Whom a conversation would suit, before it is given: the same questions that routing asks."""

from typing import Literal
from uuid import UUID

import msgspec

from peakend.accounts import queries as accounts
from peakend.kernel.db import Transaction
from peakend.routing.models import QueueRow, WorkItem
from peakend.routing.queries.hours import live_queues
from peakend.routing.queries.queues import queues
from peakend.routing.queries.seats import Seat, seats
from peakend.routing.queries.work import active_leg
from peakend.routing.rules.choice import has_room

AgentLack = Literal["holds", "offline", "away", "full", "authority", "skill", "queue"]
QueueLack = Literal["here", "closed", "nobody"]


class AgentFit(msgspec.Struct, frozen=True):
    """What speaks against an agent, the worst first; nothing where the conversation suits.

    `missing` names the skills and authorities that are asked for and not there.
    """

    id: UUID
    lacks: list[AgentLack]
    missing: list[str]


class QueueFit(msgspec.Struct, frozen=True):
    """What speaks against a queue; `ready` of its people are ready and have every skill."""

    id: UUID
    lacks: list[QueueLack]
    ready: int


class Fits(msgspec.Struct, frozen=True):
    """For every agent and queue whether a conversation suits."""

    agents: list[AgentFit]
    queues: list[QueueFit]


async def fits(tx: Transaction, conversation_id: UUID) -> Fits:
    """Return for every agent and queue what speaks against giving a conversation to them."""
    leg = await active_leg(tx, conversation_id)
    lines = {queue.id: queue for queue in await queues(tx)}
    queue = lines.get(leg.queue_id) if leg and leg.queue_id else None
    needed = frozenset(leg.skills if leg and leg.skills else queue.skills if queue else ())
    known = {one.id: one for one in await accounts.skills(tx)}
    firm = frozenset(
        skill_id for skill_id in needed if skill_id in known and known[skill_id].authority
    )
    staff = await seats(tx)
    opened = await live_queues(tx, list(lines.values()))
    return Fits(
        agents=[
            AgentFit(
                seat.agent_id,
                _lacks(seat, leg, needed, firm),
                sorted(known[one].name for one in needed - seat.skills if one in known),
            )
            for seat in staff
            if seat.queue_ids or seat.load or seat.presence.state != "offline"
        ],
        queues=[_queue_fit(one, leg, staff, opened) for one in lines.values()],
    )


def _lacks(
    seat: Seat, leg: WorkItem | None, needed: frozenset[UUID], firm: frozenset[UUID]
) -> list[AgentLack]:
    if leg is not None and leg.state == "serving" and leg.agent_id == seat.agent_id:
        return ["holds"]
    if seat.presence.state == "offline":
        return ["offline"]
    found: list[AgentLack] = []
    if not firm <= seat.skills:
        found.append("authority")
    if not needed - firm <= seat.skills:
        found.append("skill")
    # An offer of this very conversation takes no further place.
    room = has_room(seat.ready()) or (leg is not None and leg.offered_to == seat.agent_id)
    if not room and seat.load >= seat.capacity:
        found.append("full")
    if seat.presence.state != "ready":
        found.append("away")
    if leg is not None and leg.queue_id is not None and leg.queue_id not in seat.queue_ids:
        found.append("queue")
    return found


def _queue_fit(
    queue: QueueRow, leg: WorkItem | None, staff: list[Seat], opened: set[UUID]
) -> QueueFit:
    able = frozenset(queue.skills)
    ready = sum(
        queue.id in seat.queue_ids and seat.presence.state == "ready" and able <= seat.skills
        for seat in staff
    )
    found: list[QueueLack] = []
    if leg is not None and leg.state != "serving" and leg.queue_id == queue.id:
        found.append("here")
    if queue.id not in opened:
        found.append("closed")
    if not ready:
        found.append("nobody")
    return QueueFit(queue.id, found, ready)
