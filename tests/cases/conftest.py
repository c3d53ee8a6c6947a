"""A floor with people of every kind, and a case on it."""

from typing import Any
from uuid import UUID

import pytest

from peakend.cases import actions, queries
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from peakend.kernel.events import Envelope
from tests.routing.floor import Floor


class Desk(Floor):
    """A floor on which cases are opened."""

    agent: Actor
    other: Actor
    boss: Actor

    async def staff(self) -> None:
        """Hire two agents and a supervisor; the second agent serves nothing."""
        self.agent = await self.hire("zhou.min")
        self.other = await self.hire("sun.tao", serves=False)
        self.boss = await self.hire("li.wenbin", role="supervisor")

    async def case(self, by: Actor | None = None, **more: Any) -> UUID:
        """Open a case for a new customer, or as said."""
        if "customer_id" not in more and "conversation_id" not in more:
            more["customer_id"] = await self.customer()
        given: dict[str, Any] = {"conversation_id": None, "title": "上门检修燃气灶"}
        async with self.tx(by or self.agent) as tx:
            return await actions.open_case(tx, **(given | more), by=by or self.agent)

    async def row(self, case_id: UUID) -> queries.CaseRow:
        """Return a case as it is stored."""
        async with self.tx() as tx:
            found = await queries.case_row(tx, case_id)
        assert found is not None
        return found

    async def facts(self, case_id: UUID) -> list[str]:
        """Return what happened to a case, oldest first."""
        async with self.tx() as tx:
            found = await tx.value(
                "SELECT coalesce(array_agg(type ORDER BY id), '{}') FROM event WHERE case_id = $1",
                case_id,
            )
        return list(found)

    async def facts_of(self, like: str) -> list[Envelope]:
        """Return the facts whose type is like that, oldest first."""
        async with self.tx() as tx:
            kinds = await tx.value(
                "SELECT coalesce(array_agg(DISTINCT type), '{}') FROM event WHERE type LIKE $1",
                like,
            )
        return await Floor.facts(self, *kinds)


@pytest.fixture
async def desk(database: Database, organisation: UUID) -> Desk:
    """An open floor with two agents and a supervisor."""
    made = Desk(database, organisation)
    await made.open()
    await made.staff()
    return made
