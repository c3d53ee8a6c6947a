"""The health page: what was seen, what to do, and work that was given up tried anew."""

from uuid import UUID

import httpx
import pytest

from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from peakend.kernel.ids import new_id
from tests.accounts.people import Person, a_person
from tests.databases import make_organisation

DEAD = """
INSERT INTO job (organisation_id, id, name, run_at, state, attempt, last_error, unique_key)
VALUES (current_organisation(), $1, 'routing.sweep', now(), 'dead', 5, 'KeyError', 'cron')
"""


@pytest.fixture
async def admin(database: Database, client: httpx.AsyncClient, organisation: UUID) -> Person:
    return await a_person(database, client, organisation, "admin")


async def give_up(database: Database, organisation_id: UUID, times: int = 1) -> None:
    async with database.transaction(Actor.system(organisation_id)) as tx:
        for _ in range(times):
            await tx.run(DEAD, new_id())


async def test_a_well_installation_says_so(admin: Person) -> None:
    found = (await admin.get("/health-report")).json()
    signs = {one["code"]: one for one in found["signs"]}
    assert found["host"] is True
    for code in ("work", "none_given_up", "delivered", "watermark", "reachable", "disk"):
        assert signs[code]["verdict"] == "good", signs[code]
        assert signs[code]["advice"] == ""
    zh = (await admin.get("/health-report", headers={"Accept-Language": "zh-CN"})).json()
    assert "后台任务没有积压" in [one["text"] for one in zh["signs"]]


async def test_given_up_work_is_named_and_tried_anew_once(
    database: Database, admin: Person
) -> None:
    await give_up(database, admin.organisation_id, 2)
    found = (await admin.get("/health-report")).json()
    assert found["verdict"] == "bad"
    assert [(one["name"], one["count"], one["error"]) for one in found["given_up"]] == [
        ("routing.sweep", 2, "KeyError")
    ]
    sign = next(one for one in found["signs"] if one["code"] == "given_up")
    assert "2 background tasks" in sign["text"]
    assert "retry" in sign["advice"]
    answer = await admin.send("POST", "/health-report/retries", {"job": "routing.sweep"})
    assert (answer.status_code, answer.json()) == (201, {"count": 2})
    async with database.transaction(Actor.system(admin.organisation_id)) as tx:
        assert await tx.value("SELECT count(*) FROM job WHERE state = 'dead'") == 0
        payload = await tx.value("SELECT payload FROM event WHERE type = 'JobsRetried'")
        audited = await tx.value("SELECT detail FROM audit_entry WHERE action = 'jobs.retried'")
    assert (payload["job"], payload["count"], audited) == ("routing.sweep", 2, {"count": 2})
    again = await admin.send("POST", "/health-report/retries", {"job": "routing.sweep"})
    assert again.status_code == 404


async def test_guests_of_a_house_hear_nothing_of_its_machine_or_work(
    database: Database, client: httpx.AsyncClient, admin: Person
) -> None:
    await give_up(database, admin.organisation_id)
    other = await a_person(database, client, await make_organisation(database, "别家"), "admin")
    found = (await other.get("/health-report")).json()
    assert found["host"] is False
    assert found["given_up"] == []
    assert "disk" not in {one["code"] for one in found["signs"]}
    refused = await other.send("POST", "/health-report/retries", {"job": "routing.sweep"})
    assert refused.status_code == 404
