"""What an overflow would have done: the past replayed with other rings, by the rules that route.

Everything that happened stays as it was: whoever was served is served by the same agent at the same
moment. Only places of the second queue that really stood free are used, each once, so the result is
what could have been reached at least, and no model of customers or agents comes into it.
"""

from bisect import bisect_left, bisect_right
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta
from uuid import UUID

from peakend.routing.rules.choice import (
    OVER_TIME,
    STARVING_AFTER,
    Asked,
    Ready,
    Rings,
    Waiting,
    in_order,
    is_asked,
    who_is_asked,
)


@dataclass(frozen=True, kw_only=True)
class Stay:
    """A stay in the queue as it was: until when it waited, and how long the talk was."""

    work: Waiting
    until: datetime
    handle_s: float | None


@dataclass(frozen=True, kw_only=True)
class Hands:
    """An agent of the second queue: when there, and when a conversation was in hand."""

    agent: Ready
    there: Sequence[tuple[datetime, datetime]]
    held: Sequence[tuple[datetime, datetime]]


@dataclass(frozen=True, kw_only=True)
class Replay:
    """What the past would have been. Units: seconds. Counts: means over those who flowed over."""

    entered: int
    flowed: int
    reached: int
    waited_s: float | None
    would_have_waited_s: float | None


@dataclass
class _Free:
    """The free places of an agent while the past is replayed."""

    hands: Hands
    starts: list[datetime] = field(default_factory=list)
    ends: list[datetime] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.starts = sorted(start for start, _ in self.hands.held)
        self.ends = sorted(end for _, end in self.hands.held)

    def has_place(self, at: datetime) -> bool:
        load = bisect_right(self.starts, at) - bisect_right(self.ends, at)
        there = any(start <= at < end for start, end in self.hands.there)
        # Who holds a conversation is there, whatever else is known.
        return (there or load > 0) and load < self.hands.agent.capacity

    def take(self, start: datetime, end: datetime) -> None:
        self.starts.insert(bisect_right(self.starts, start), start)
        self.ends.insert(bisect_right(self.ends, end), end)


def asked_when(stays: Sequence[Stay], rings: Rings) -> dict[UUID, tuple[datetime, Asked]]:
    """Return when each stay would first have asked the second queue, and whom."""
    stays = sorted(stays, key=lambda stay: stay.work.entered_at)
    known = {stay.work.leg_id: stay for stay in stays}
    found: dict[UUID, tuple[datetime, Asked]] = {}
    late = timedelta(seconds=rings.overflow_after_s or 0)
    moments: list[tuple[datetime, UUID]] = []
    for stay in stays:
        times = [stay.work.entered_at, stay.work.entered_at + STARVING_AFTER]
        if rings.overflow_after_s is not None:
            times.append(stay.work.entered_at + late)
        moments += [(at, stay.work.leg_id) for at in times if at < stay.until]
    here: dict[UUID, Stay] = {}
    for at, leg_id in sorted(moments):
        here[leg_id] = known[leg_id]
        here = {one: stay for one, stay in here.items() if stay.until > at}
        line = in_order((stay.work for stay in here.values()), at)
        for place, work in enumerate(line, 1):
            if work.leg_id in found:
                continue
            asked = who_is_asked(replace(work, rings=rings, behind=len(line) - place), at)
            if asked.ring >= OVER_TIME:
                found[work.leg_id] = (at, asked)
    return found


def replay(stays: Sequence[Stay], hands: Iterable[Hands], rings: Rings, usual_s: float) -> Replay:
    """Return what would have become of the stays with these rings.

    Units: `usual_s` stands for the talk of who was never answered.
    """
    known = {stay.work.leg_id: stay for stay in stays}
    asked = asked_when(stays, rings)
    free = [_Free(one) for one in hands]
    changes = sorted(_changes(free))
    reached, waited_s, would_s = 0, 0.0, 0.0
    for leg_id, (at, question) in sorted(asked.items(), key=lambda item: (item[1][0], item[0])):
        stay = known[leg_id]
        taken = _first_place(free, changes, question, at, stay.until)
        waited_s += (stay.until - stay.work.entered_at).total_seconds()
        end = stay.until
        if taken is not None:
            end, place = taken
            talk = timedelta(seconds=usual_s if stay.handle_s is None else stay.handle_s)
            place.take(end, end + talk)
            changes.insert(bisect_right(changes, end + talk), end + talk)
            reached += 1
        would_s += (end - stay.work.entered_at).total_seconds()
    n = len(asked)
    return Replay(
        entered=len(stays),
        flowed=n,
        reached=reached,
        waited_s=waited_s / n if n else None,
        would_have_waited_s=would_s / n if n else None,
    )


def _changes(free: Iterable[_Free]) -> Iterable[datetime]:
    for one in free:
        yield from one.ends
        yield from one.starts
        yield from (start for start, _ in one.hands.there)


def _first_place(
    free: Sequence[_Free], changes: Sequence[datetime], asked: Asked, at: datetime, until: datetime
) -> tuple[datetime, _Free] | None:
    """Return the first moment before the real end at which somebody asked had a place."""
    suiting = [one for one in free if is_asked(asked, one.hands.agent)]
    if not suiting:
        return None
    first, last = bisect_right(changes, at), bisect_left(changes, until)
    for moment in (at, *changes[first:last]):
        for one in suiting:
            if one.has_place(moment):
                return moment, one
    return None


def spans(
    changes: Iterable[tuple[datetime, bool]], until: datetime
) -> list[tuple[datetime, datetime]]:
    """Return when somebody was there, from the moments of coming (true) and going, oldest first."""
    found: list[tuple[datetime, datetime]] = []
    since: datetime | None = None
    for at, there in changes:
        if there and since is None:
            since = at
        elif not there and since is not None:
            found.append((since, at))
            since = None
    if since is not None and since < until:
        found.append((since, until))
    return found


def there_by_agent(
    changes: Iterable[tuple[UUID, datetime, bool]], until: datetime
) -> Mapping[UUID, list[tuple[datetime, datetime]]]:
    """Return for each agent when he was there, from all comings and goings, oldest first."""
    by_agent: dict[UUID, list[tuple[datetime, bool]]] = {}
    for agent_id, at, there in changes:
        by_agent.setdefault(agent_id, []).append((at, there))
    return {agent_id: spans(some, until) for agent_id, some in by_agent.items()}
