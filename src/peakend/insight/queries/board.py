"""The wallboard: the floor now and today."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from peakend.accounts import queries as accounts
from peakend.assist import queries as assist
from peakend.assist.queries import InterventionCounts
from peakend.conversations import queries as conversations
from peakend.insight.queries.counts import day_of, intervals, watermark
from peakend.insight.rules import (
    FLOOR,
    HIGH,
    LOW,
    WARN,
    Counts,
    Estimate,
    Rail,
    abandonment,
    answer_wait_s,
    digital_share,
    guard_rail,
    service_level,
    total,
)
from peakend.kernel.db import Transaction
from peakend.routing import queries as routing


class Figure(msgspec.Struct, frozen=True):
    """A share with its number of cases and its 95 % interval."""

    value: float | None
    n: int
    low: float | None
    high: float | None


class QueueState(msgspec.Struct, frozen=True, kw_only=True):
    """A queue, or all of them, now and today."""

    id: UUID | None
    name: str | None
    open: bool | None
    waiting: int
    left: int
    longest_s: int
    oldest_at: datetime | None
    service_level: Figure
    rail: Rail
    within_s: int | None
    entered: int
    offered: int
    answered: int
    abandoned: int
    abandonment: float | None
    asa_s: float | None


class Held(msgspec.Struct, frozen=True):
    """A conversation in an agent's hands."""

    id: UUID
    number: int
    customer_name: str
    leg_id: UUID


class AgentState(msgspec.Struct, frozen=True, kw_only=True):
    """An agent now; the time in the state is the board's own clock minus `since`."""

    id: UUID
    name: str
    team: str | None
    state: Literal["ready", "busy", "wrap_up", "break", "offline"]
    reason: str | None
    since: datetime
    load: int
    capacity: int
    skill_ids: list[UUID]
    conversations: list[Held]


class Digital(msgspec.Struct, frozen=True):
    """The digital agent: share of today's ended contacts, and what it talks about now."""

    share: float | None
    n: int
    low: float | None
    high: float | None
    open: int


class AtInterval(msgspec.Struct, frozen=True):
    """A service level of a quarter of an hour."""

    at: datetime
    value: float | None
    n: int


class Target(msgspec.Struct, frozen=True):
    """The guard rails."""

    floor: float = FLOOR
    low: float = LOW
    high: float = HIGH
    warn: float = WARN
    within_s: int = 20


class Wallboard(msgspec.Struct, frozen=True, kw_only=True):
    """The floor now and today; everything up to `watermark_at` is counted."""

    at: datetime
    watermark_at: datetime
    day_starts_at: datetime
    queues: list[QueueState]
    total: QueueState
    agents: list[AgentState]
    digital: Digital
    service_level_by_interval: list[AtInterval]
    interventions: InterventionCounts
    target: Target


async def wallboard(tx: Transaction) -> Wallboard:
    """Return the board of the floor: what waits, who is there, how today goes."""
    start, end = await day_of(tx, tx.now)
    rows = await intervals(tx, start, end)
    by_queue: dict[UUID, list[Counts]] = defaultdict(list)
    by_interval: dict[datetime, list[Counts]] = defaultdict(list)
    for row in rows:
        by_queue[row.queue_id].append(row.counts)
        by_interval[row.interval_at].append(row.counts)
    queues = await routing.queues(tx)
    lines = await routing.lines(tx)
    day = total(row.counts for row in rows)
    digital = digital_share(day)
    open_digital = await conversations.held_digitally(tx)
    levels = [(at, service_level(total(some))) for at, some in sorted(by_interval.items())]
    return Wallboard(
        at=tx.now,
        watermark_at=await watermark(tx),
        day_starts_at=start,
        queues=[
            _state(tx.now, queue, _line(lines, queue.id), total(by_queue[queue.id]))
            for queue in queues
        ],
        total=_state(tx.now, None, lines.values(), day),
        agents=await _agents(tx),
        digital=Digital(digital.value, digital.n, digital.low, digital.high, open_digital),
        service_level_by_interval=[AtInterval(at, level.value, level.n) for at, level in levels],
        interventions=await assist.intervention_counts(tx),
        target=Target(within_s=_usual_target([queue.target_s for queue in queues])),
    )


class InLine(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation that waits, since when, and whom it is offered to now."""

    id: UUID
    number: int
    customer_name: str
    leg_id: UUID
    queue_id: UUID | None
    entered_at: datetime
    offered_to: UUID | None


async def in_line(tx: Transaction) -> list[InLine]:
    """Return what waits, oldest first, as far as one sees it. Counts: at most 300."""
    legs = await routing.in_line(tx)
    rows = {
        row.id: row
        for row in await conversations.rows(tx, [leg.conversation_id for leg in legs], tx.actor)
    }
    return [
        InLine(
            id=row.id,
            number=row.number,
            customer_name=row.customer.name,
            leg_id=leg.id,
            queue_id=leg.queue_id,
            entered_at=leg.entered_at,
            offered_to=leg.offered_to,
        )
        for leg in legs
        if (row := rows.get(leg.conversation_id))
    ]


def _line(lines: dict[UUID, routing.Line], queue_id: UUID) -> list[routing.Line]:
    return [lines[queue_id]] if queue_id in lines else []


def _state(
    now: datetime,
    queue: routing.QueueRow | None,
    lines: Iterable[routing.Line],
    counts: Counts,
) -> QueueState:
    waiting = list(lines)
    oldest = min((line.oldest_at for line in waiting if line.oldest_at), default=None)
    level = service_level(counts)
    return QueueState(
        id=queue.id if queue else None,
        name=queue.name if queue else None,
        open=queue.open if queue else None,
        waiting=sum(line.waiting for line in waiting),
        left=sum(line.left for line in waiting),
        longest_s=max(0, int((now - oldest).total_seconds())) if oldest else 0,
        oldest_at=oldest,
        service_level=_figure(level),
        rail=guard_rail(level.value),
        within_s=queue.target_s if queue else None,
        entered=counts.entered,
        offered=counts.offered,
        answered=counts.answered,
        abandoned=counts.abandoned,
        abandonment=abandonment(counts).value,
        asa_s=answer_wait_s(counts),
    )


def _figure(estimate: Estimate) -> Figure:
    return Figure(estimate.value, estimate.n, estimate.low, estimate.high)


def _usual_target(targets: list[int]) -> int:
    return max(set(targets), key=targets.count) if targets else 20


async def _agents(tx: Transaction) -> list[AgentState]:
    seats = await routing.seats(tx)
    teams = {team.id: team.name for team in await accounts.teams(tx)}
    held = await routing.held(tx)
    rows = {
        row.id: row
        for row in await conversations.rows(tx, [leg.conversation_id for leg in held], tx.actor)
    }
    hands: dict[UUID, list[Held]] = defaultdict(list)
    for leg in held:
        if leg.agent_id is not None and (row := rows.get(leg.conversation_id)):
            hands[leg.agent_id].append(Held(row.id, row.number, row.customer.name, leg.id))
    return [
        AgentState(
            id=seat.agent_id,
            name=seat.name,
            team=next((teams[of] for of in sorted(seat.team_ids) if of in teams), None),
            state=seat.state,
            reason=seat.presence.reason,
            since=seat.presence.since,
            load=seat.load,
            capacity=seat.capacity,
            skill_ids=sorted(seat.skills),
            conversations=hands[seat.agent_id],
        )
        for seat in seats
        if seat.queue_ids or seat.load or seat.presence.state != "offline"
    ]
