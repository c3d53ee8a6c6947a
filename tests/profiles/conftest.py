"""An administrator, a supervisor and an agent with browsers, and a customer."""

from dataclasses import dataclass
from typing import Any
from uuid import UUID

import httpx
import pytest

from peakend.customers import actions as customers
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from tests.accounts.people import Person, a_person


@dataclass
class House:
    """What a test of fields, companies and panels stands on."""

    database: Database
    organisation_id: UUID
    admin: Person
    boss: Person
    agent: Person
    customer: str

    async def make(self, path: str, body: dict[str, Any], by: Person | None = None) -> Any:
        """Make something, which must go well, and return it."""
        answer = await (by or self.admin).send("POST", path, body)
        assert answer.status_code == 201, answer.text
        return answer.json()

    async def field(self, key: str, kind: str = "text", **more: Any) -> dict[str, Any]:
        """Define a field of customers."""
        given = {"of": "customer", "key": key, "kind": kind, "label_zh": key, "label_en": key}
        found: dict[str, Any] = await self.make("/profile-fields", given | more)
        return found

    async def fill(
        self, field: dict[str, Any], value: Any, version: int = 0, customer: str | None = None
    ) -> httpx.Response:
        """Fill a field of the customer in, as the agent."""
        return await self.agent.send(
            "PATCH",
            f"/customers/{customer or self.customer}/fields",
            {"values": [{"field_id": field["id"], "value": value, "version": version}]},
        )

    async def values(self, customer: str | None = None) -> dict[str, Any]:
        """Return what the agent sees of the customer's fields."""
        values = (await self.profile(customer))["values"]
        return {one["field_id"]: one for one in values}

    async def profile(self, customer: str | None = None) -> dict[str, Any]:
        """Return all that the agent sees beside the customer."""
        answer = await self.agent.get(f"/customers/{customer or self.customer}/profile")
        assert answer.status_code == 200, answer.text
        found: dict[str, Any] = answer.json()
        return found

    async def another(self, name: str = "周然") -> str:
        """Add a customer."""
        async with self.database.transaction(Actor.system(self.organisation_id)) as tx:
            return str(await customers.add_customer(tx, name=name))

    async def facts(self) -> list[str]:
        """Return the types of all facts, oldest first."""
        async with self.database.transaction(Actor.system(self.organisation_id)) as tx:
            found = await tx.value("SELECT coalesce(array_agg(type ORDER BY id), '{}') FROM event")
        return list(found)


@pytest.fixture
async def house(database: Database, client: httpx.AsyncClient, organisation: UUID) -> House:
    """People and a customer named 林夕."""
    people = {
        role: await a_person(database, client, organisation, role)
        for role in ("admin", "supervisor", "agent")
    }
    made = House(database, organisation, people["admin"], people["supervisor"], people["agent"], "")
    made.customer = await made.another("林夕")
    return made
