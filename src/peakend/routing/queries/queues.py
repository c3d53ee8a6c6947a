"""Queues, who serves them, and how long their lines are."""

from collections import defaultdict
from collections.abc import Collection, Mapping
from datetime import datetime
from uuid import UUID

import msgspec

from peakend.kernel.db import Transaction
from peakend.kernel.errors import NotFound
from peakend.kernel.naming import called
from peakend.routing.models import SELECT_QUEUE, QueueRow

_MEMBERS = """
SELECT queue_id, member_id AS id FROM queue_member
WHERE organisation_id = current_organisation()
  AND ($1::uuid[] IS NULL OR member_id = ANY($1))
"""
_TEAMS = """
SELECT queue_id, team_id AS id FROM queue_team
WHERE organisation_id = current_organisation()
"""


class QueueNotFound(NotFound):
    """There is no such queue here."""

    wording = "routing.queue_not_found"


class Line(msgspec.Struct, frozen=True):
    """How many wait in a queue and since when the first; how many left a message out of hours."""

    queue_id: UUID
    waiting: int
    oldest_at: datetime | None
    left: int


class _Serving(msgspec.Struct, frozen=True):
    queue_id: UUID
    id: UUID


async def queues(tx: Transaction) -> list[QueueRow]:
    """Return the queues of the organisation in their order. Counts: at most 500."""
    return await tx.all(
        QueueRow,
        SELECT_QUEUE + " ORDER BY position, name, id LIMIT 500",
    )


async def need_queue(tx: Transaction, queue_id: UUID) -> QueueRow:
    """Return a queue. Errors: QueueNotFound."""
    found = await tx.one(
        QueueRow,
        SELECT_QUEUE + " AND id = $1",
        queue_id,
    )
    if found is None:
        raise QueueNotFound
    return found


async def queue_exists(tx: Transaction, queue_id: UUID) -> bool:
    """Return whether the organisation has this queue."""
    return bool(
        await tx.value(
            "SELECT true FROM queue WHERE organisation_id = current_organisation() AND id = $1",
            queue_id,
        )
    )


async def queue_for(tx: Transaction, brand_id: UUID | None) -> UUID | None:
    """Return the first queue of a brand, else one that serves every brand, else any."""
    found: UUID | None = await tx.value(
        """
        SELECT id FROM queue
        WHERE organisation_id = current_organisation()
        ORDER BY (brand_id IS NOT DISTINCT FROM $1::uuid) DESC, (brand_id IS NULL) DESC,
                 position, name, id
        LIMIT 1
        """,
        brand_id,
    )
    return found


async def queue_names(tx: Transaction, ids: Collection[UUID]) -> dict[UUID, str]:
    """Return the names of queues; unknown ids are left out."""
    rows = await tx.all(
        _Named,
        "SELECT id, name FROM queue WHERE organisation_id = current_organisation()"
        " AND id = ANY($1::uuid[])",
        list(set(ids)),
    )
    return {row.id: row.name for row in rows}


class _Named(msgspec.Struct, frozen=True):
    id: UUID
    name: str


async def lines(tx: Transaction) -> dict[UUID, Line]:
    """Return the line of every queue in which somebody waits."""
    rows = await tx.all(
        Line,
        """
        SELECT queue_id, count(*) FILTER (WHERE live) AS waiting,
               min(entered_at) FILTER (WHERE live) AS oldest_at,
               count(*) FILTER (WHERE NOT live) AS "left"
        FROM work_item
        WHERE organisation_id = current_organisation()
          AND state IN ('waiting', 'offered')
          AND queue_id IS NOT NULL
        GROUP BY queue_id
        """,
    )
    return {row.queue_id: row for row in rows}


async def serving_members(tx: Transaction, ids: set[UUID] | None = None) -> dict[UUID, set[UUID]]:
    """Return the members, or some, named in each queue, without those who come by their team."""
    return await _serving(tx, _MEMBERS, None if ids is None else [*ids])


async def serving_teams(tx: Transaction) -> dict[UUID, set[UUID]]:
    """Return the teams that serve each queue."""
    return await _serving(tx, _TEAMS)


async def _serving(tx: Transaction, sql: str, *given: object) -> dict[UUID, set[UUID]]:
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for row in await tx.all(_Serving, sql, *given):
        found[row.queue_id].add(row.id)
    return found


_SERVED = """
SELECT id, name,
       ARRAY(SELECT m.member_id FROM queue_member m
             WHERE m.organisation_id = queue.organisation_id
               AND m.queue_id = queue.id AND m.member_id = ANY($1::uuid[])) AS member_ids,
       ARRAY(SELECT t.team_id FROM queue_team t
             WHERE t.organisation_id = queue.organisation_id
               AND t.queue_id = queue.id AND t.team_id = ANY($2::uuid[])) AS team_ids
FROM queue
WHERE organisation_id = current_organisation()
ORDER BY position, name, id
LIMIT 500
"""


class _Served(msgspec.Struct, frozen=True):
    id: UUID
    name: str
    member_ids: list[UUID]
    team_ids: list[UUID]


async def member_queues(
    tx: Transaction, teams: Mapping[UUID, Collection[UUID]]
) -> dict[UUID, list[tuple[UUID, str]]]:
    """Return id and name of the queues each member serves, by name or by one of its teams."""
    asked = {team_id for some in teams.values() for team_id in some}
    found = await tx.all(_Served, _SERVED, list(teams), list(asked))
    return {
        member_id: [
            (queue.id, queue.name)
            for queue in found
            if member_id in queue.member_ids or not set(own).isdisjoint(queue.team_ids)
        ]
        for member_id, own in teams.items()
    }


called(
    "queue",
    "SELECT id, name FROM queue WHERE organisation_id = current_organisation() AND id = ANY($1)",
)
