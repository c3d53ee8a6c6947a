"""Who gets what: waiting work is ordered by age and priority, agents by load and idle time.

The order ages linearly for everybody, and work that waited longer than the cap is served strictly
by age: so no stream of newcomers, however urgent, can keep anybody waiting for ever.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from uuid import UUID

PRIORITY_S = 60
"""One point of priority weighs as much as this much waiting."""
POINTS = {"low": -5, "normal": 0, "high": 5, "urgent": 15}
"""What the urgency of a conversation adds to the priority of its queue."""
STARVING_AFTER = timedelta(minutes=10)
RETRY_AFTER = timedelta(seconds=60)
RETURNING_WITHIN = timedelta(hours=24)
OFFER_S = 20
MISSES_UNTIL_BREAK = 2


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Work that waits; `only` are the agents it is meant for, None for any of the queue."""

    leg_id: UUID
    queue_id: UUID | None
    entered_at: datetime
    priority: int = 0
    skills: frozenset[UUID] = frozenset()
    last_agent_id: UUID | None = None
    only: frozenset[UUID] | None = None
    tried: Mapping[UUID, datetime] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Ready:
    """An agent who can be offered work now; load counts what is held and what is offered."""

    agent_id: UUID
    queue_ids: frozenset[UUID]
    skills: frozenset[UUID]
    load: int
    capacity: int
    idle_since: datetime
    offers: int = 0


@dataclass(frozen=True)
class Choice:
    """One offer to be made, and whether it goes to the agent who knows the customer."""

    leg_id: UUID
    agent_id: UUID
    last_agent: bool


def choose(waiting: Iterable[Waiting], agents: Iterable[Ready], now: datetime) -> list[Choice]:
    """Return the offers to make now: each leg at most once, each agent one offer at a time."""
    free = {agent.agent_id: agent for agent in agents if has_room(agent)}
    choices = []
    for work in in_order(waiting, now):
        if not free:
            break
        agent = best_agent(work, free.values(), now)
        if agent is not None:
            del free[agent.agent_id]
            choices.append(
                Choice(work.leg_id, agent.agent_id, agent.agent_id == work.last_agent_id)
            )
    return choices


def in_order(waiting: Iterable[Waiting], now: datetime) -> list[Waiting]:
    """Return the work in the order in which it is served."""
    return sorted(waiting, key=lambda work: rank(work.entered_at, work.priority, now, work.leg_id))


def rank(
    entered_at: datetime, priority: int, now: datetime, leg_id: UUID
) -> tuple[int, float, UUID]:
    """Return the place of a piece of work; smaller is served first.

    Source: measures 3.1: five minutes of waiting and priority ten make fifteen points.
    """
    if now - entered_at >= STARVING_AFTER:
        return (0, entered_at.timestamp(), leg_id)
    return (1, entered_at.timestamp() - priority * PRIORITY_S, leg_id)


def best_agent(work: Waiting, agents: Iterable[Ready], now: datetime) -> Ready | None:
    """Return who should get it: the agent who knows the customer, else the freest, longest idle."""
    fitting = [agent for agent in agents if suits(work, agent, now)]
    known = [agent for agent in fitting if agent.agent_id == work.last_agent_id]
    return min(
        known or fitting,
        key=lambda agent: (agent.load / agent.capacity, agent.idle_since, agent.agent_id),
        default=None,
    )


def suits(work: Waiting, agent: Ready, now: datetime) -> bool:
    """Return whether an agent may be offered a piece of work now."""
    if not has_room(agent) or not work.skills <= agent.skills:
        return False
    tried_at = work.tried.get(agent.agent_id)
    if tried_at is not None and now - tried_at < RETRY_AFTER:
        return False
    if work.only is not None:
        return agent.agent_id in work.only
    return work.queue_id in agent.queue_ids


def has_room(agent: Ready) -> bool:
    """Return whether an agent has a free place and looks at no other offer."""
    return agent.load < agent.capacity and agent.offers == 0


def knows_customer(served_at: datetime | None, now: datetime) -> bool:
    """Return whether the last talk is young enough to go back to the same agent."""
    return served_at is not None and now - served_at <= RETURNING_WITHIN
