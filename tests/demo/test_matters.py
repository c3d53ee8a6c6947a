"""The demo's cases and its story of the gas hob, told by the same actions."""

from typing import TYPE_CHECKING
from uuid import UUID

from peakend.entry.demo.hob import tell_hob_story
from peakend.entry.demo.matters import open_cases
from peakend.kernel.actors import Actor
from peakend.kernel.worker import Worker

if TYPE_CHECKING:
    from peakend.kernel.db import Database


async def test_cases_and_the_gas_hob(database: "Database", organisation_id: UUID) -> None:
    await open_cases(database, organisation_id)
    for _ in range(2):
        await tell_hob_story(database, organisation_id)
    await Worker(database).drain(50_000)
    async with database.transaction(Actor.system(organisation_id)) as tx:
        states = await tx.value("SELECT array_agg(DISTINCT state ORDER BY state) FROM service_case")
        story = await tx.value(
            """
            SELECT array[c.state, k.state, k.tier, k.kind, p.state]
            FROM complaint k JOIN service_case c ON c.id = k.case_id
            JOIN promise p ON p.case_id = c.id
            """
        )
        given = await tx.value("SELECT array_agg(state || cost_fen) FROM compensation_grant")
        urges = await tx.value("SELECT max(urges) FROM service_case")
        dead = await tx.value("SELECT count(*) FROM job WHERE state = 'dead'")
    assert states == ["closed", "done", "open", "waiting", "working"]
    assert story == ["closed", "closed", "ordinary", "timeliness", "broken"]
    assert given == ["granted5000"]
    assert (urges, dead) == (3, 0)
