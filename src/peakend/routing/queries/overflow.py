"""What an overflow would do: to those who wait now, and to those who waited in the last days."""

from collections import defaultdict
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from peakend.accounts import queries as accounts
from peakend.kernel.db import Transaction
from peakend.routing.models import SELECT_WORK, WorkItem
from peakend.routing.queries.queues import need_queue, queues
from peakend.routing.queries.seats import Seat, seats
from peakend.routing.queries.work import (
    MATCHED_AT_ONCE,
    as_waiting,
    recent_handle_s,
    rings_of,
    teams_of,
    waiting,
)
from peakend.routing.rules.choice import OVER_TIME, Rings, choose, who_is_asked
from peakend.routing.rules.overflow import Hands, Replay, Stay, replay, there_by_agent
from peakend.routing.rules.waiting import usual_handle_s

REPLAYED_DAYS = 7
REPLAYED_AT_MOST = 2000


class OverNow(msgspec.Struct, frozen=True):
    """Of those who wait now: how many a second queue would be asked for, and offered at once."""

    waiting: int
    asked: int
    offered: int


class OverBefore(msgspec.Struct, frozen=True, kw_only=True):
    """Of those who waited since then: how many would have gone over, and what became of their wait.

    Units: seconds, means over those who would have gone over. Counts: the newest 2,000 of 7 days.
    """

    since: datetime
    entered: int
    flowed: int
    reached: int
    waited_s: float | None
    would_have_waited_s: float | None


class Coming(msgspec.Struct, frozen=True):
    """A moment at which an agent came to the desk, or left it."""

    agent_id: UUID
    at: datetime
    there: bool


async def over_now(tx: Transaction, queue_id: UUID, rings: Rings) -> OverNow:
    """Return what a round would do to the line of a queue with other rings."""
    staff = [s for s in await seats(tx) if s.presence.state == "ready"]
    lines = {queue.id: queue for queue in await queues(tx)}
    firm = frozenset(one.id for one in await accounts.skills(tx) if one.authority)
    teams = teams_of(staff)
    works = [
        as_waiting(
            leg,
            teams,
            rings if leg.queue_id == queue_id else rings_of(lines, leg.queue_id),
            firm,
            leg.in_line - leg.place,
        )
        for leg in await waiting(tx, MATCHED_AT_ONCE)
    ]
    own = {work.leg_id for work in works if work.queue_id == queue_id}
    asked = {work.leg_id for work in works if who_is_asked(work, tx.now).ring >= OVER_TIME}
    over = own & asked
    made = choose(works, (seat.ready() for seat in staff), tx.now)
    offered = sum(one.leg_id in over and queue_id not in one.agent.queue_ids for one in made)
    return OverNow(len(own), len(over), offered)


async def over_before(
    tx: Transaction, queue_id: UUID, rings: Rings, comings: Iterable[Coming]
) -> OverBefore:
    """Return what the last days would have been with other rings, by what really happened.

    `comings` are those of the agents of the second queue, oldest first.
    """
    since = tx.now - timedelta(days=REPLAYED_DAYS)
    legs = await tx.all(
        WorkItem,
        SELECT_WORK + " AND queue_id = $1 AND entered_at >= $2 AND live"
        " AND coalesce(answered_at, ended_at) IS NOT NULL"
        " ORDER BY entered_at DESC LIMIT $3",
        queue_id,
        since,
        REPLAYED_AT_MOST,
    )
    if len(legs) == REPLAYED_AT_MOST:
        since = legs[-1].entered_at
    firm = frozenset(one.id for one in await accounts.skills(tx) if one.authority)
    staff = await helpers_of(tx, rings.overflow_queue_id)
    hands = await _hands(tx, staff, comings, since)
    usual_s = usual_handle_s(await recent_handle_s(tx, queue_id))
    found: Replay = replay([_stay(leg, firm) for leg in legs], hands, rings, usual_s)
    return OverBefore(
        since=since,
        entered=found.entered,
        flowed=found.flowed,
        reached=found.reached,
        waited_s=found.waited_s,
        would_have_waited_s=found.would_have_waited_s,
    )


async def helpers_of(tx: Transaction, queue_id: UUID | None) -> list[Seat]:
    """Return the seats of those who serve a second queue. Errors: QueueNotFound."""
    if queue_id is None:
        return []
    await need_queue(tx, queue_id)
    return [seat for seat in await seats(tx) if queue_id in seat.queue_ids]


def _stay(leg: WorkItem, firm: frozenset[UUID]) -> Stay:
    until = leg.answered_at or leg.ended_at
    assert until is not None
    # To whom it had been offered in vain is no matter of the queue.
    work = as_waiting(msgspec.structs.replace(leg, tried={}), {}, authorities=firm)
    if leg.answered_at is None or leg.ended_at is None:
        return Stay(work=work, until=until, handle_s=None)
    return Stay(work=work, until=until, handle_s=(leg.ended_at - leg.answered_at).total_seconds())


class _Held(msgspec.Struct, frozen=True):
    agent_id: UUID
    answered_at: datetime
    ended_at: datetime | None


async def _hands(
    tx: Transaction, staff: list[Seat], comings: Iterable[Coming], since: datetime
) -> list[Hands]:
    ids = [seat.agent_id for seat in staff]
    rows = await tx.all(
        _Held,
        """
        SELECT agent_id, answered_at, ended_at FROM work_item
        WHERE organisation_id = current_organisation()
          AND queue_id IN (SELECT id FROM queue WHERE organisation_id = current_organisation())
          AND entered_at >= $1
          AND answered_at IS NOT NULL
          AND agent_id = ANY($2::uuid[])
        ORDER BY answered_at LIMIT 50000
        """,
        since - timedelta(days=1),
        ids,
    )
    held: dict[UUID, list[tuple[datetime, datetime]]] = defaultdict(list)
    for row in rows:
        held[row.agent_id].append((row.answered_at, row.ended_at or tx.now))
    there = there_by_agent(((one.agent_id, one.at, one.there) for one in comings), tx.now)
    return [
        Hands(agent=seat.ready(), there=there.get(seat.agent_id, ()), held=held[seat.agent_id])
        for seat in staff
    ]
