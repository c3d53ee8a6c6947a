"""The demo's complaints are being settled, and a drill is under way; told once."""

from typing import TYPE_CHECKING
from uuid import UUID

from peakend.complaints import queries
from peakend.entry.demo.grave import make_grave
from peakend.entry.demo.matters import open_cases
from peakend.kernel.actors import Actor
from peakend.kernel.worker import Worker

if TYPE_CHECKING:
    from peakend.kernel.db import Database


async def test_complaints_and_a_drill_are_under_way(
    database: "Database", organisation_id: UUID
) -> None:
    await open_cases(database, organisation_id)
    for _ in range(2):
        await make_grave(database, organisation_id)
    await Worker(database).drain(5_000)
    system = Actor.system(organisation_id)
    async with database.transaction(system) as tx:
        found = await queries.complaint_list(tx, system, queries.ComplaintFilters())
        (drill,) = await queries.crises_seen(tx, system)
        dead = await tx.value("SELECT count(*) FROM job WHERE state = 'dead'")
    assert sorted(one.kind or "" for one in found.items) == ["attitude", "outcome", "timeliness"]
    assert (drill.crisis.drill, drill.steps, drill.done, drill.questions) == (True, 5, 2, 1)
    assert dead == 0
