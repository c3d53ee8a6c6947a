"""Work items: what waits, what is offered, what is held; places in line and expected waits."""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping
from datetime import datetime, timedelta
from types import MappingProxyType
from uuid import UUID

import msgspec

from peakend.kernel.db import Transaction
from peakend.kernel.errors import NotFound
from peakend.routing.models import (
    SELECT_OFFER,
    SELECT_WORK,
    WORK_COLUMNS,
    LineRow,
    OfferRow,
    Weighed,
    WorkItem,
)
from peakend.routing.queries.queues import Line, QueueRow, lines
from peakend.routing.queries.seats import Seat, seats
from peakend.routing.rules.choice import NO_RINGS, STARVING_AFTER, Rings, Waiting, in_order
from peakend.routing.rules.waiting import Wait, expected_wait, usual_handle_s

MATCHED_AT_ONCE = 500
TRIED_BESIDES = 20
HANDLED_SAMPLE = 50


class LegNotFound(NotFound):
    """There is no such work here."""

    wording = "routing.leg_not_found"


class Place(msgspec.Struct, frozen=True):
    """A place in line, counted from one, with the range of waiting time; None where unknown."""

    position: int
    low_s: int | None
    high_s: int | None


async def need_leg(tx: Transaction, leg_id: UUID, *, lock: bool = False) -> WorkItem:
    """Return a work item. Errors: LegNotFound."""
    found = await tx.one(
        WorkItem,
        SELECT_WORK + " AND id = $1" + (" FOR UPDATE" if lock else ""),
        leg_id,
    )
    if found is None:
        raise LegNotFound
    return found


async def active_leg(
    tx: Transaction, conversation_id: UUID, *, lock: bool = False
) -> WorkItem | None:
    """Return the leg in which a conversation waits or is served."""
    return await tx.one(
        WorkItem,
        SELECT_WORK + " AND conversation_id = $1"
        " AND state IN ('waiting', 'offered', 'serving')" + (" FOR UPDATE" if lock else ""),
        conversation_id,
    )


async def legs_of(tx: Transaction, conversation_id: UUID) -> list[WorkItem]:
    """Return every leg of a conversation, oldest first."""
    return await tx.all(
        WorkItem,
        SELECT_WORK + " AND conversation_id = $1 ORDER BY entered_at, id LIMIT 500",
        conversation_id,
    )


async def offers_of(tx: Transaction, member_id: UUID) -> list[WorkItem]:
    """Return what is offered to a member now."""
    return await tx.all(
        WorkItem,
        SELECT_WORK + " AND state = 'offered' AND offered_to = $1 ORDER BY offered_at, id LIMIT 50",
        member_id,
    )


async def held_by(tx: Transaction, member_id: UUID) -> list[WorkItem]:
    """Return what a member serves now."""
    return await tx.all(
        WorkItem,
        SELECT_WORK + " AND state = 'serving' AND agent_id = $1 ORDER BY answered_at, id LIMIT 200",
        member_id,
    )


async def held(tx: Transaction) -> list[WorkItem]:
    """Return everything that is served now. Counts: at most 2,000."""
    return await tx.all(
        WorkItem, SELECT_WORK + " AND state = 'serving' ORDER BY answered_at, id LIMIT 2000"
    )


async def in_line(tx: Transaction) -> list[WorkItem]:
    """Return what waits or is offered now, oldest first. Counts: at most 300."""
    return await tx.all(
        WorkItem,
        SELECT_WORK + " AND state IN ('waiting', 'offered') ORDER BY entered_at, id LIMIT 300",
    )


_OFFERS = f"""
{SELECT_OFFER}
  AND leg_id IN (SELECT id FROM work_item
                 WHERE organisation_id = current_organisation() AND conversation_id = $1)
ORDER BY at DESC, offer DESC
LIMIT 50
"""  # noqa: S608 (names of columns only)
# The order of `rules.choice.rank`.
_RANK = """w.entered_at > $2::timestamptz,
     CASE WHEN w.entered_at <= $2 THEN w.entered_at
          ELSE w.entered_at - w.priority * interval '1 minute' END, w.id"""
# Of work that asks the same people no more is read than could be offered to them. Those above the
# count of a queue are the first of its line, so whoever is left out would ask nobody else.
_LINE = f"""
SELECT {WORK_COLUMNS}, line.place, line.in_line
FROM (SELECT w.id,
        row_number() OVER (PARTITION BY w.queue_id, w.live ORDER BY {_RANK}) AS place,
        count(*) OVER (PARTITION BY w.queue_id, w.live) AS in_line,
        row_number() OVER (
            PARTITION BY w.queue_id, w.live, w.skills, w.only_agent_id, w.only_team_id,
                w.entered_at <= $3::timestamptz - q.relax_after_s * interval '1 second',
                w.entered_at <= $3::timestamptz - q.overflow_after_s * interval '1 second'
            ORDER BY {_RANK}) AS turn
    FROM work_item w
    LEFT JOIN queue q ON q.organisation_id = w.organisation_id AND q.id = w.queue_id
    WHERE w.organisation_id = current_organisation() AND w.state = 'waiting'
      AND ($4::uuid[] IS NULL OR w.queue_id IS NULL OR w.queue_id = ANY($4)
           OR w.queue_id IN (
               SELECT o.queue_id FROM work_item o
               WHERE o.organisation_id = current_organisation() AND o.state = 'waiting'
                 AND (o.only_agent_id = ANY($5::uuid[]) OR o.only_team_id = ANY($6::uuid[]))))) line
JOIN work_item w ON w.organisation_id = current_organisation() AND w.id = line.id
WHERE line.turn <= $1
ORDER BY w.entered_at, w.id
"""  # noqa: S608 (names of columns only)


async def waiting(
    tx: Transaction,
    hands: int = MATCHED_AT_ONCE,
    *,
    staff: Collection[Seat] | None = None,
    among: Mapping[UUID, QueueRow] = MappingProxyType({}),
) -> list[LineRow]:
    """Return what waits and is offered to nobody: as much as that many agents could be offered.

    With `staff` only whole lines of which any of them may be asked, `among` all queues.
    Counts: of work that asks the same people, as much as there are hands and a few more, because
    some may have been tried with an agent just now.
    """
    asked = None
    if staff is not None:
        served = {queue_id for seat in staff for queue_id in seat.queue_ids}
        second = {one.id for one in among.values() if one.overflow_queue_id in served}
        asked = [*served | second]
    people = [seat.agent_id for seat in staff or ()]
    teams = [*{team_id for seat in staff or () for team_id in seat.team_ids}]
    starving = tx.now - STARVING_AFTER
    given = (hands + TRIED_BESIDES, starving, tx.now, asked, people, teams)
    return await tx.all(LineRow, _LINE, *given)


async def anything_waits(tx: Transaction) -> bool:
    """Return whether any work is offered to nobody."""
    return bool(
        await tx.value(
            "SELECT EXISTS (SELECT 1 FROM work_item "
            "WHERE organisation_id = current_organisation() AND state = 'waiting')"
        )
    )


async def offers_made(tx: Transaction, conversation_id: UUID) -> list[OfferRow]:
    """Return to whom a conversation was offered and why, oldest first. Counts: the newest 50."""
    rows = await tx.all(OfferRow, _OFFERS, conversation_id)
    return [
        msgspec.structs.replace(row, agents=msgspec.convert(row.agents, list[Weighed]))
        for row in reversed(rows)
    ]


async def last_served_by(tx: Transaction, customer_id: UUID, since: datetime) -> UUID | None:
    """Return the agent who served a customer last, if that was after a moment."""
    found: UUID | None = await tx.value(
        """
        SELECT agent_id FROM work_item
        WHERE organisation_id = current_organisation()
          AND customer_id = $1
          AND answered_at IS NOT NULL
          AND coalesce(ended_at, answered_at) >= $2
        ORDER BY answered_at DESC
        LIMIT 1
        """,
        customer_id,
        since,
    )
    return found


def as_waiting(
    leg: WorkItem,
    teams: dict[UUID, frozenset[UUID]],
    rings: Rings = NO_RINGS,
    authorities: frozenset[UUID] = frozenset(),
    behind: int = 0,
) -> Waiting:
    """Return the form in which the choice sees a leg; `teams` are the agents of each team."""
    only = None
    if leg.only_agent_id is not None:
        only = frozenset({leg.only_agent_id})
    elif leg.only_team_id is not None:
        only = teams.get(leg.only_team_id, frozenset())
    return Waiting(
        leg_id=leg.id,
        queue_id=leg.queue_id,
        entered_at=leg.entered_at,
        priority=leg.priority,
        skills=frozenset(leg.skills),
        firm=authorities.intersection(leg.skills),
        rings=rings,
        last_agent_id=leg.last_agent_id,
        only=only,
        behind=behind,
        live=leg.live,
        tried={UUID(agent): datetime.fromisoformat(at) for agent, at in leg.tried.items()},
    )


def rings_of(lines: Mapping[UUID, QueueRow], queue_id: UUID | None) -> Rings:
    """Return when the work of a queue asks more people; one that is closed is not asked."""
    queue = lines.get(queue_id) if queue_id else None
    if queue is None:
        return NO_RINGS
    second = lines.get(queue.overflow_queue_id) if queue.overflow_queue_id else None
    if second is None or not second.open:
        return Rings(relax_after_s=queue.relax_after_s)
    return Rings(
        relax_after_s=queue.relax_after_s,
        overflow_after_s=queue.overflow_after_s,
        overflow_over=queue.overflow_over,
        overflow_queue_id=second.id,
    )


def teams_of(staff: Iterable[Seat]) -> dict[UUID, frozenset[UUID]]:
    """Return the agents of each team among some seats."""
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for seat in staff:
        for team_id in seat.team_ids:
            found[team_id].add(seat.agent_id)
    return {team_id: frozenset(ids) for team_id, ids in found.items()}


async def place_in_line(tx: Transaction, conversation_id: UUID) -> Place | None:
    """Return the place of a waiting conversation; None where nobody waits on the line."""
    leg = await active_leg(tx, conversation_id)
    if leg is None or leg.state == "serving" or not leg.live:
        return None
    before = await tx.all(
        _Ranked,
        """
        SELECT id, entered_at, priority FROM work_item
        WHERE organisation_id = current_organisation()
          AND state IN ('waiting', 'offered') AND live
          AND queue_id IS NOT DISTINCT FROM $1::uuid
        ORDER BY entered_at LIMIT 1000
        """,
        leg.queue_id,
    )
    order = in_order((row.waiting() for row in before), tx.now)
    ahead = next((n for n, work in enumerate(order) if work.leg_id == leg.id), len(order))
    wait = await wait_in_queue(tx, leg.queue_id, ahead, await seats(tx))
    return Place(ahead + 1, wait.low_s, wait.high_s)


class _Ranked(msgspec.Struct, frozen=True):
    id: UUID
    entered_at: datetime
    priority: int

    def waiting(self) -> Waiting:
        return Waiting(
            leg_id=self.id, queue_id=None, entered_at=self.entered_at, priority=self.priority
        )


async def wait_in_queue(
    tx: Transaction, queue_id: UUID | None, ahead: int, staff: list[Seat]
) -> Wait:
    """Return the expected wait behind `ahead` others, by who is there and how long talks take.

    An agent of several queues in which people wait counts for each of them in part only.
    """
    if queue_id is None:
        return Wait(None, None)
    busy_lines = set(await lines(tx)) | {queue_id}
    slots, free = 0.0, 0
    for seat in staff:
        if queue_id not in seat.queue_ids or seat.presence.state not in ("ready", "wrap_up"):
            continue
        slots += seat.capacity / max(1, len(seat.queue_ids & busy_lines))
        if seat.presence.state == "ready":
            free += max(0, seat.capacity - seat.load)
    handled = await recent_handle_s(tx, queue_id)
    return expected_wait(ahead, slots, min(free, int(slots)), usual_handle_s(handled))


async def recent_handle_s(tx: Transaction, queue_id: UUID) -> list[float]:
    """Return how long the last talks of a queue took, of the last seven days; no mails."""
    rows = await tx.all(
        _Handled,
        """
        SELECT extract(epoch FROM ended_at - answered_at)::float8 AS handle_s FROM work_item
        WHERE organisation_id = current_organisation()
          AND queue_id = $1
          AND live
          AND state = 'done'
          AND answered_at IS NOT NULL
          AND ended_at > $2
        ORDER BY ended_at DESC
        LIMIT $3
        """,
        queue_id,
        tx.now - timedelta(days=7),
        HANDLED_SAMPLE,
    )
    return [row.handle_s for row in rows]


class _Handled(msgspec.Struct, frozen=True):
    handle_s: float


async def target_waits(
    tx: Transaction, queues: list[QueueRow], staff: list[Seat]
) -> dict[UUID, Wait]:
    """Return for each queue the wait of somebody who would join it now."""
    waiting_now = await lines(tx)
    return {
        queue.id: await wait_in_queue(tx, queue.id, _before(waiting_now.get(queue.id)), staff)
        for queue in queues
    }


def _before(line: Line | None) -> int:
    """Return how many are answered first: messages left out of hours are worked off as well."""
    return line.waiting + line.left if line else 0
