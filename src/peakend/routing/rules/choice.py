"""Who gets what: waiting work is ordered by age and priority, agents by load and idle time.

The order ages linearly for everybody, and work that waited longer than the cap is served strictly
by age: so no stream of newcomers, however urgent, can keep anybody waiting for ever.

Work is asked of a ring of agents that widens while it waits: first those of its queue with every
skill, then those of its queue with the authority alone, then those of a second queue, too. The
second queue is asked after a time, or while too many wait: then for as many as are too many, the
first in line first. It is one step: the queue behind the second is never asked. Being allowed is
never relaxed. Of what nobody waits for on the line, a mail or a word that was left, an agent is
given one less than there is room for: customers on the line always find a place, and an old mail
is still served in its turn. Agents that any of the waiting work would ask alike are sorted once.
"""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from itertools import islice
from uuid import UUID

RULE = 4
"""The version of these rules, kept with every decision.

Version 1 knew no rings, 2 no counts, 3 kept no place for those who wait on the line.
"""
OVER_TIME, OVER_COUNT = 2, 3
"""The rings in which a second queue is asked: after a time, and because too many wait."""
PRIORITY_S = 60
"""One point of priority weighs as much as this much waiting."""
POINTS = {"low": -5, "normal": 0, "high": 5, "urgent": 15}
"""What the urgency of a conversation adds to the priority of its queue."""
STARVING_AFTER = timedelta(minutes=10)
RETRY_AFTER = timedelta(seconds=60)
RETURNING_WITHIN = timedelta(hours=24)
OFFER_S = 20
MISSES_UNTIL_BREAK = 2
OTHERS_KEPT = 3
"""How many of those who were not chosen a decision names."""


@dataclass(frozen=True, kw_only=True)
class Rings:
    """When a queue asks more people: after so many seconds, above so many waiting; None: never."""

    relax_after_s: int | None = None
    overflow_after_s: int | None = None
    overflow_over: int | None = None
    overflow_queue_id: UUID | None = None


NO_RINGS = Rings()


@dataclass(frozen=True, kw_only=True)
class Waiting:
    """Work that waits; `only` are the agents it is meant for, None for any of the queue.

    `firm` are those of its skills that mean being allowed to: they are asked of everybody.
    `behind` is how many wait for the same queue after it; `live`: the customer waits on the line.
    """

    leg_id: UUID
    queue_id: UUID | None
    entered_at: datetime
    priority: int = 0
    skills: frozenset[UUID] = frozenset()
    firm: frozenset[UUID] = frozenset()
    rings: Rings = NO_RINGS
    last_agent_id: UUID | None = None
    only: frozenset[UUID] | None = None
    behind: int = 0
    live: bool = True
    tried: Mapping[UUID, datetime] = field(default_factory=dict)


@dataclass(frozen=True, kw_only=True)
class Ready:
    """An agent who can be offered work now; load counts what is held and what is offered.

    `patient` is how much of that nobody waits for on the line.
    """

    agent_id: UUID
    queue_ids: frozenset[UUID]
    skills: frozenset[UUID]
    load: int
    capacity: int
    idle_since: datetime
    offers: int = 0
    patient: int = 0


@dataclass(frozen=True)
class Asked:
    """Who is asked for a piece of work now: agents of one of these queues with all these skills.

    Where it is not `live`, only those who have a place left besides.
    """

    ring: int
    queue_ids: frozenset[UUID | None]
    skills: frozenset[UUID]
    only: frozenset[UUID] | None
    live: bool = True


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One offer to be made, and what decided: who else could have been asked, in what order.

    Counts: `candidates` are all who suited and were free.
    """

    leg_id: UUID
    agent: Ready
    last_agent: bool
    ring: int
    candidates: int
    others: tuple[Ready, ...]

    @property
    def agent_id(self) -> UUID:
        """Return whom the offer goes to."""
        return self.agent.agent_id


def choose(waiting: Iterable[Waiting], agents: Iterable[Ready], now: datetime) -> list[Choice]:
    """Return the offers to make now: each leg at most once, each agent one offer at a time."""
    hands = _Hands(agents)
    choices = []
    for work in in_order(waiting, now):
        if not hands.free:
            break
        choice = hands.choose(work, now)
        if choice is not None:
            choices.append(choice)
    return choices


class _Hands:
    """Those who are free, once in the order in which they are asked, and so for each question."""

    def __init__(self, agents: Iterable[Ready]) -> None:
        self.order = sorted((agent for agent in agents if has_room(agent)), key=_freest)
        self.free = {agent.agent_id: agent for agent in self.order}
        self._lines: dict[Asked, _Line] = {}
        self._standing: dict[UUID, list[_Line]] = {}

    def choose(self, work: Waiting, now: datetime) -> Choice | None:
        """Take the right one out of those who are free; None if there is nobody."""
        asked = who_is_asked(work, now)
        line = self._line(asked)
        free = (one for one in self._free_of(line) if not _tried(work, one, now))
        known = self.free.get(work.last_agent_id) if work.last_agent_id else None
        returning = known is not None and is_asked(asked, known) and not _tried(work, known, now)
        agent = known if returning else next(free, None)
        if agent is None:
            return None
        others = tuple(islice((one for one in free if one is not agent), OTHERS_KEPT))
        candidates = line.free
        self._take(agent)
        return Choice(
            leg_id=work.leg_id,
            agent=agent,
            last_agent=returning,
            ring=asked.ring,
            candidates=candidates,
            others=others,
        )

    def _line(self, asked: Asked) -> "_Line":
        line = self._lines.get(asked)
        if line is None:
            suiting = [one for one in self.order if is_asked(asked, one)]
            line = _Line(suiting, sum(one.agent_id in self.free for one in suiting))
            self._lines[asked] = line
            for one in suiting:
                self._standing.setdefault(one.agent_id, []).append(line)
        return line

    def _free_of(self, line: "_Line") -> Iterator[Ready]:
        while line.head < len(line.agents) and line.agents[line.head].agent_id not in self.free:
            line.head += 1
        for at in range(line.head, len(line.agents)):
            if line.agents[at].agent_id in self.free:
                yield line.agents[at]

    def _take(self, agent: Ready) -> None:
        del self.free[agent.agent_id]
        for line in self._standing.get(agent.agent_id, ()):
            line.free -= 1


@dataclass
class _Line:
    """The agents whom one question suits, in order; all before `head` are taken."""

    agents: list[Ready]
    free: int
    head: int = 0


def _freest(agent: Ready) -> tuple[float, datetime, UUID]:
    return (agent.load / agent.capacity, agent.idle_since, agent.agent_id)


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


def who_is_asked(work: Waiting, now: datetime) -> Asked:
    """Return whom a piece of work is asked of after its wait so far."""
    waited_s = (now - work.entered_at).total_seconds()
    rings, skills, places = work.rings, work.skills, frozenset({work.queue_id})
    ring = 0
    if rings.relax_after_s is not None and waited_s >= rings.relax_after_s:
        ring, skills = 1, work.skills & work.firm
    if rings.overflow_after_s is not None and waited_s >= rings.overflow_after_s:
        ring, places = OVER_TIME, places | {rings.overflow_queue_id}
    elif rings.overflow_over is not None and work.behind >= rings.overflow_over:
        ring, places = OVER_COUNT, places | {rings.overflow_queue_id}
    if work.only is not None:
        return Asked(0, frozenset(), work.skills, work.only)
    return Asked(ring, places, skills, None, work.live)


def is_asked(asked: Asked, agent: Ready) -> bool:
    """Return whether a question suits an agent."""
    if not asked.skills <= agent.skills:
        return False
    if asked.only is not None:
        return agent.agent_id in asked.only
    if not asked.live and agent.patient >= max(1, agent.capacity - 1):
        return False
    return not asked.queue_ids.isdisjoint(agent.queue_ids)


def _tried(work: Waiting, agent: Ready, now: datetime) -> bool:
    tried_at = work.tried.get(agent.agent_id)
    return tried_at is not None and now - tried_at < RETRY_AFTER


def has_room(agent: Ready) -> bool:
    """Return whether an agent has a free place and looks at no other offer."""
    return agent.load < agent.capacity and agent.offers == 0
