"""The audit log: written, read, sealed; not to be changed."""

import asyncio
from uuid import UUID

import asyncpg
import httpx
import pytest

from peakend.accounts import actions, queries
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from tests.accounts.people import a_person


async def test_it_tells_who_did_what(
    database: Database, client: httpx.AsyncClient, organisation: UUID
) -> None:
    boss = await a_person(database, client, organisation, "admin")
    team = (await boss.send("POST", "/teams", {"name": "早班"})).json()["id"]
    page = (await boss.get("/audit", params={"action": "team.added"})).json()
    (entry,) = page["items"]
    assert entry["actor_id"] == str(boss.id)
    assert entry["actor_name"] == "admin 小林"
    assert (entry["subject_type"], entry["subject_id"]) == ("team", team)
    assert (await boss.get("/audit", params={"actor": str(boss.id)})).json()["items"]
    for wrong in ("x", "WyJ4Il0", "e30", "a" * 300):
        assert (await boss.get("/audit", params={"cursor": wrong})).status_code == 422


async def test_it_is_read_a_page_at_a_time(
    database: Database, client: httpx.AsyncClient, organisation: UUID
) -> None:
    boss = await a_person(database, client, organisation, "admin")
    async with database.transaction(Actor.system(organisation)) as tx:
        for number in range(120):
            await actions.audit(tx, "test.done", "test", None, {"number": number})
    seen, cursor, pages = [], None, 0
    while pages == 0 or cursor:
        params = {"action": "test.done"} | ({"cursor": cursor} if cursor else {})
        page = (await boss.get("/audit", params=params)).json()
        seen += [entry["detail"]["number"] for entry in page["items"]]
        cursor, pages = page["next"], pages + 1
    assert seen == list(range(119, -1, -1))
    assert pages == 3


@pytest.mark.parametrize(
    "sql",
    [
        "UPDATE audit_entry SET action = 'x'",
        "DELETE FROM audit_entry",
        "TRUNCATE audit_entry",
        "UPDATE audit_seal SET digest = ''",
        "DELETE FROM audit_seal",
    ],
)
async def test_the_app_cannot_change_it(database: Database, organisation: UUID, sql: str) -> None:
    with pytest.raises(asyncpg.InsufficientPrivilegeError):
        async with database.transaction(Actor.system(organisation)) as tx:
            await tx.run(sql)


@pytest.mark.parametrize(
    ("tamper", "place"),
    [
        ("SELECT 1", None),
        ("UPDATE audit_entry SET detail = '{\"number\": 99}' WHERE detail->>'number' = '3'", 3),
        ("DELETE FROM audit_entry WHERE detail->>'number' = '5'", 5),
        ("UPDATE audit_entry SET actor_id = gen_random_uuid() WHERE detail->>'number' = '1'", 1),
        ("DELETE FROM audit_entry WHERE detail->>'number' = '8'", 8),
        ("UPDATE audit_entry SET xid = 0 WHERE detail->>'number' = '7'", 1),
    ],
)
async def test_the_chain_shows_any_change(
    database: Database, dsn: str, tamper: str, place: int | None
) -> None:
    from peakend.kernel.ids import new_id

    actor = Actor.system(new_id())
    for number in range(1, 9):
        async with database.transaction(actor) as tx:
            await actions.audit(tx, "test.done", "test", None, {"number": number})
        if number == 4:
            await _seal(database, actor, 4)
    await _seal(database, actor, 4)
    async with database.transaction(actor) as tx:
        assert await actions.seal_audit(tx) == 0
    owner = await asyncpg.connect(dsn)
    try:
        await owner.execute("ALTER TABLE audit_entry NO FORCE ROW LEVEL SECURITY")
        await owner.execute(tamper)
    finally:
        await owner.close()
    async with database.transaction(actor) as tx:
        assert await queries.broken_seal(tx) == place


async def _seal(database: Database, actor: Actor, count: int) -> None:
    """Seal so many entries; while anybody on the server writes, the newest have to wait."""
    sealed = 0
    for _ in range(200):
        async with database.transaction(actor) as tx:
            sealed += await actions.seal_audit(tx)
        if sealed >= count:
            break
        await asyncio.sleep(0.05)
    assert sealed == count
