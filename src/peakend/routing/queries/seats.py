"""Seats: every agent with presence, load, skills and queues; what the choice and the boards see."""

from datetime import datetime
from uuid import UUID

import msgspec

from peakend.accounts import queries as accounts
from peakend.kernel.db import Transaction
from peakend.routing.models import SELECT_PRESENCE, PresenceRow
from peakend.routing.queries.queues import serving_members, serving_teams
from peakend.routing.rules.choice import Ready
from peakend.routing.rules.presence import Shown, shown


class Seat(msgspec.Struct, frozen=True, kw_only=True):
    """A member at work: where, since when, with how much in hand."""

    agent_id: UUID
    name: str
    role: str
    team_ids: frozenset[UUID]
    skills: frozenset[UUID]
    queue_ids: frozenset[UUID]
    presence: PresenceRow
    load: int
    offers: int
    capacity: int
    patient: int = 0

    @property
    def state(self) -> Shown:
        """Return the state people see, with busy for full hands."""
        return shown(self.presence.state, self.load, self.capacity)

    def ready(self) -> Ready:
        """Return the form in which the choice sees this seat."""
        return Ready(
            agent_id=self.agent_id,
            queue_ids=self.queue_ids,
            skills=self.skills,
            load=self.load,
            capacity=self.capacity,
            idle_since=self.presence.idle_since,
            offers=self.offers,
            patient=self.patient,
        )


class _Load(msgspec.Struct, frozen=True):
    agent_id: UUID
    load: int
    offers: int
    patient: int


class _Unoccupied(msgspec.Struct, frozen=True):
    member_id: UUID


async def seats(tx: Transaction, ids: set[UUID] | None = None) -> list[Seat]:
    """Return the seats of all active members, or of some.

    Counts: load holds offers, too, but nothing that is put aside; `patient` is the part of it that
    nobody waits for on the line.
    """
    members = await accounts.members(tx, active_only=True, ids=ids)
    by_member = await serving_members(tx, ids)
    by_team = await serving_teams(tx)
    present = await presences(tx, ids)
    loads = await _loads(tx, ids)
    found = []
    for member in members:
        load = loads.get(member.id)
        teams = frozenset(member.team_ids)
        found.append(
            Seat(
                agent_id=member.id,
                name=member.name,
                role=member.role,
                team_ids=teams,
                skills=frozenset(member.skill_ids),
                queue_ids=frozenset(
                    {queue for queue, named in by_member.items() if member.id in named}
                    | {queue for queue, named in by_team.items() if teams & named}
                ),
                presence=present.get(member.id) or absent(member.id, tx.now),
                load=load.load if load else 0,
                offers=load.offers if load else 0,
                capacity=member.capacity,
                patient=load.patient if load else 0,
            )
        )
    return found


async def unoccupied(tx: Transaction) -> set[UUID]:
    """Return who is ready and looks at no offer; whether there is room is another question."""
    rows = await tx.all(
        _Unoccupied,
        """
        SELECT member_id FROM presence
        WHERE organisation_id = current_organisation() AND state = 'ready'
          AND member_id NOT IN (
              SELECT offered_to FROM work_item
              WHERE organisation_id = current_organisation()
                AND state IN ('waiting', 'offered') AND offered_to IS NOT NULL)
        """,
    )
    return {row.member_id for row in rows}


async def presences(tx: Transaction, ids: set[UUID] | None = None) -> dict[UUID, PresenceRow]:
    """Return the presence of everybody who was ever there, or of some."""
    if ids is None:
        rows = await tx.all(PresenceRow, SELECT_PRESENCE)
    else:
        rows = await tx.all(
            PresenceRow, SELECT_PRESENCE + " AND member_id = ANY($1::uuid[])", [*ids]
        )
    return {row.member_id: row for row in rows}


async def presence_of(tx: Transaction, member_id: UUID) -> PresenceRow:
    """Return where a member is; offline for somebody who never was there."""
    found = await tx.one(
        PresenceRow,
        SELECT_PRESENCE + " AND member_id = $1",
        member_id,
    )
    return found or absent(member_id, tx.now)


async def load_of(tx: Transaction, member_id: UUID) -> int:
    """Return how many conversations a member holds or is offered, without what is put aside."""
    return int(
        await tx.value(
            """
            SELECT (SELECT count(*) FROM work_item
                    WHERE organisation_id = current_organisation()
                      AND state = 'serving' AND agent_id = $1 AND NOT aside)
                 + (SELECT count(*) FROM work_item
                    WHERE organisation_id = current_organisation()
                      AND state IN ('waiting', 'offered') AND offered_to = $1)
            """,
            member_id,
        )
    )


async def _loads(tx: Transaction, ids: set[UUID] | None) -> dict[UUID, _Load]:
    rows = await tx.all(
        _Load,
        """
        SELECT agent_id, count(*) AS load, sum(offers)::int AS offers,
               count(*) FILTER (WHERE NOT live) AS patient
        FROM (SELECT agent_id, 0 AS offers, live FROM work_item
              WHERE organisation_id = current_organisation() AND state = 'serving' AND NOT aside
                AND ($1::uuid[] IS NULL OR agent_id = ANY($1))
              UNION ALL
              SELECT offered_to, 1, live FROM work_item
              WHERE organisation_id = current_organisation()
                AND state IN ('waiting', 'offered') AND offered_to IS NOT NULL
                AND ($1 IS NULL OR offered_to = ANY($1))) held
        WHERE agent_id IS NOT NULL
        GROUP BY agent_id
        """,
        None if ids is None else [*ids],
    )
    return {row.agent_id: row for row in rows}


def absent(member_id: UUID, now: datetime) -> PresenceRow:
    """Return the presence of somebody who never was there."""
    return PresenceRow(
        member_id=member_id,
        state="offline",
        reason=None,
        since=now,
        until=None,
        idle_since=now,
        missing_since=None,
        stays=False,
        misses=0,
    )
