"""The demo is made once, found again, and never mistaken for somebody's own centre."""

import json
from pathlib import Path
from typing import TYPE_CHECKING
from uuid import UUID

import httpx
import pytest

from peakend.accounts import queries as accounts
from peakend.entry.demo import kept, run
from peakend.entry.demo.cast import OWN_LOGINS, read_cast
from peakend.entry.demo.kept import Kept
from peakend.kernel.actors import Actor
from peakend.routing import queries as routing
from tests.databases import make_organisation

if TYPE_CHECKING:
    from peakend.kernel.db import Database

DESK = Path(__file__).parents[2] / "web" / "desk" / "src"


async def test_everybody_and_everything_is_there(
    database: "Database", organisation_id: UUID
) -> None:
    cast = await read_cast(database, organisation_id)
    assert set(cast.channels) == {"gas", "home"}
    assert set(cast.secrets) == {"gas", "home"}
    assert set(cast.queues) == {"gas", "repair", "order", "property"}
    assert len(cast.agents) == 12
    assert len(cast.customers) >= 60
    assert all(cast.serving(queue) for queue in cast.queues)
    async with database.transaction(Actor.system(organisation_id)) as tx:
        assert [brand.slug for brand in await accounts.brands(tx)] == ["gas", "home"]
        assert len(await routing.queues(tx)) == 4
        roles = [member.role for member in await accounts.members(tx, active_only=True)]
    # Three agents hold a role of the house's own that stands under the rules of supervisors.
    assert sorted(roles) == ["admin"] + ["agent"] * 9 + ["supervisor"] * 5


async def test_wishes_are_preferences_that_the_desk_has_words_for(
    database: "Database", organisation_id: UUID
) -> None:
    words = json.loads((DESK / "contexts/customers/words.zh-CN.json").read_text("utf-8"))
    async with database.transaction(Actor.system(organisation_id)) as tx:
        keys = await tx.value(
            "SELECT array_agg(DISTINCT key) FROM customer, jsonb_object_keys(preferences) AS key"
        )
    assert {"large_type", "voice"} <= set(keys)
    assert [key for key in keys if f"customers.field_{key}" not in words] == []


async def test_a_second_start_finds_the_demo(
    database: "Database", notes: Kept, client: httpx.AsyncClient
) -> None:
    logins = await run.prepare(database, lambda _, __: None)
    assert await accounts.organisation_ids(database) == [notes.organisation_id]
    assert {one.role: one.login for one in logins}.items() >= OWN_LOGINS.items()
    for one in logins[:3]:
        body = {"login": one.login, "password": one.password}
        assert (await client.post("/api/session", json=body)).status_code == 200


async def test_lost_notes_make_a_new_password(
    database: "Database", notes: Kept, client: httpx.AsyncClient
) -> None:
    kept.place().unlink()
    logins = await run.prepare(database, lambda _, __: None)
    assert logins[0].password != notes.password
    body = {"login": logins[0].login, "password": logins[0].password}
    assert (await client.post("/api/session", json=body)).status_code == 200


async def test_somebody_elses_centre_is_left_alone(database: "Database") -> None:
    own = await make_organisation(database, "自己的公司")
    assert await run.prepare(database, lambda _, __: None) == []
    assert await accounts.organisation_ids(database) == [own]
    assert kept.read() is None


@pytest.mark.usefixtures("notes")
def test_the_notes_are_for_their_owner_only() -> None:
    assert kept.place().stat().st_mode & 0o077 == 0
