"""The audit log: written, read, sealed; not to be changed."""

import asyncio
import csv
import io
import json
import os
import re
import subprocess
from datetime import timedelta
from uuid import UUID

import asyncpg
import httpx
import pytest

from peakend.accounts import actions, queries
from peakend.accounts.actions.audit_age import trim_audit
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
        "TRUNCATE audit_entry",
        "UPDATE audit_seal SET digest = ''",
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


async def test_it_is_filtered(
    database: Database, client: httpx.AsyncClient, organisation: UUID
) -> None:
    boss = await a_person(database, client, organisation, "admin")
    team = (await boss.send("POST", "/teams", {"name": "早班"})).json()["id"]
    about = (await boss.get("/audit", params={"subject": team})).json()["items"]
    assert [entry["action"] for entry in about] == ["team.added"]
    at = about[0]["at"]
    span = {"subject": team, "since": at, "until": at}
    assert (await boss.get("/audit", params=span)).json()["items"] == []
    span["until"] = "2999-01-01T00:00:00Z"
    assert len((await boss.get("/audit", params=span)).json()["items"]) == 1
    for wrong in ({"since": "x"}, {"subject": "x"}, {"until": "2026-01-01"}, {"actor": "1"}):
        assert (await boss.get("/audit", params=wrong)).status_code == 422, wrong


async def test_it_is_exported_whole_and_the_export_is_noted(
    database: Database, client: httpx.AsyncClient, organisation: UUID
) -> None:
    lead = await a_person(database, client, organisation, "supervisor")
    boss = await a_person(database, client, organisation, "admin")
    async with database.transaction(Actor.system(organisation)) as tx:
        await tx.run("UPDATE member SET name = '=HYPERLINK(\"//x\")' WHERE id = $1", lead.id)
        for number in range(1100):
            await actions.audit(tx, "test.done", "member", lead.id, {"number": number})
    assert (await lead.get("/audit/export")).status_code == 403
    answer = await boss.get("/audit/export", params={"action": "test.done"})
    assert answer.headers["content-type"] == "text/csv; charset=utf-8"
    assert answer.headers["content-disposition"] == 'attachment; filename="audit.csv"'
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [json.loads(row["detail"])["number"] for row in rows] == list(range(1099, -1, -1))
    assert rows[0]["subject_name"] == '\'=HYPERLINK("//x")'
    (noted,) = (await boss.get("/audit", params={"action": "audit.exported"})).json()["items"]
    assert noted["actor_id"] == str(boss.id)
    assert noted["detail"]["action"] == "test.done"


async def test_a_chain_written_anew_without_the_key_is_found(
    database: Database, dsn: str, organisation: UUID
) -> None:
    """Who has the database but not the key edits a line and computes every digest again."""
    from peakend.accounts.queries.audit_log import audit_content
    from peakend.accounts.queries.audit_log import unsealed as entries
    from peakend.accounts.rules import audit_link

    actor = Actor.system(organisation)
    async with database.transaction(actor) as tx:
        before = await tx.value("SELECT count(*) FROM audit_entry")
        for number in range(3):
            await actions.audit(tx, "test.done", "test", None, {"number": number})
    await _seal(database, actor, before + 3)
    owner = await asyncpg.connect(dsn)
    try:
        for table in ("audit_entry", "audit_seal"):
            await owner.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        await owner.execute("UPDATE audit_entry SET actor_kind = 'member'")
        digest = b""
        async with database.transaction(actor) as tx:
            rows = await entries(tx, None)
        for place, row in enumerate(rows, 1):
            digest = audit_link(digest, audit_content(row))
            await owner.execute("UPDATE audit_seal SET digest = $1 WHERE place = $2", digest, place)
    finally:
        await owner.close()
    async with database.transaction(actor) as tx:
        assert await queries.broken_seal(tx) == 1


async def test_the_command_finds_what_was_changed(
    database: Database, dsn: str, organisation: UUID
) -> None:
    from tests.platform.test_cli import peakend

    actor = Actor.system(organisation)
    async with database.transaction(actor) as tx:
        before = await tx.value("SELECT count(*) FROM audit_entry")
        for number in range(4):
            await actions.audit(tx, "test.done", "test", None, {"number": number})
    await _seal(database, actor, before + 4)

    async def verify(*words: str) -> subprocess.CompletedProcess:
        key = os.environ["PEAKEND_SECRET_KEY"]
        return await asyncio.to_thread(
            peakend, "audit", "verify", *words, PEAKEND_DATABASE_URL=dsn, PEAKEND_SECRET_KEY=key
        )

    good = await verify()
    assert good.returncode == 0, good.stderr
    assert f"{before + 4} lines are as they were written, 0 wait" in good.stdout
    seal = re.search(rf"{organisation}:{before + 4}:[0-9a-f]{{64}}", good.stdout)
    assert seal
    assert (await verify("--seal", seal[0])).returncode == 0
    assert (await verify("--seal", "nonsense")).returncode == 2
    owner = await asyncpg.connect(dsn)
    try:
        for table in ("audit_entry", "audit_seal"):
            await owner.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        # The end cut off, lines and seals: only a seal noted elsewhere shows it.
        await owner.execute("DELETE FROM audit_entry WHERE detail->>'number' = '3'")
        await owner.execute("DELETE FROM audit_seal WHERE place = $1", before + 4)
        assert (await verify()).returncode == 0
        cut = await verify("--seal", seal[0])
        assert (cut.returncode, "cut short" in cut.stderr) == (1, True)
        await owner.execute("DELETE FROM audit_entry WHERE detail->>'number' = '1'")
    finally:
        await owner.close()
    broken = await verify()
    assert broken.returncode == 1
    assert f"line {before + 2} does not fit" in broken.stderr
    # Nobody is told to keep the seal of a log that was changed.
    assert str(organisation) in good.stdout
    assert str(organisation) not in broken.stdout


async def test_nothing_goes_that_is_younger_than_the_law_allows(
    database: Database, organisation: UUID
) -> None:
    actor = Actor.system(organisation)
    async with database.transaction(actor) as tx:
        await actions.audit(tx, "test.done", "test")
    async with database.transaction(actor) as tx:
        for table in ("audit_entry", "audit_seal"):
            had = await tx.value(f"SELECT count(*) FROM {table}")
            assert await tx.run(f"DELETE FROM {table}") == 0
            assert await tx.value(f"SELECT count(*) FROM {table}") == had


async def test_what_is_old_goes_and_the_rest_still_proves_itself(
    database: Database, dsn: str, organisation: UUID
) -> None:
    actor = Actor.system(organisation)
    async with database.transaction(actor) as tx:
        now, had = tx.now, await tx.value("SELECT count(*) FROM audit_entry")
        await tx.run("SELECT 1")
    # What was there before is younger, and stands before them: it has to be old, too.
    owner = await asyncpg.connect(dsn)
    try:
        await owner.execute("ALTER TABLE audit_entry NO FORCE ROW LEVEL SECURITY")
        await owner.execute("UPDATE audit_entry SET at = $1", now - timedelta(days=400))
        for days in (300, 250, 200, 1):
            async with database.transaction(actor, now - timedelta(days=days)) as tx:
                await actions.audit(tx, "test.done", "test", None, {"days": days})
        await _seal(database, actor, had + 4)
        before = now - timedelta(days=220)
        async with database.transaction(actor) as tx:
            assert await trim_audit(tx, before, 1000) == had + 2
            assert await trim_audit(tx, before, 1000) == 0
        async with database.transaction(actor) as tx:
            left = (await queries.audit_page(tx)).items
            assert [one.action for one in left] == ["audit.trimmed", "test.done", "test.done"]
            verdict = await queries.audit_verdict(tx)
            assert (verdict.broken_at, verdict.begins_at) == (None, had + 3)
            assert verdict.sealed == had + 4
            cut = left[0].detail
            assert await queries.chain_has(tx, cut["place"], cut["seal"])
        # What comes later is chained on, and the wall lets nothing younger go.
        await _seal(database, actor, 1)
        async with database.transaction(actor) as tx:
            assert (await queries.audit_verdict(tx)).broken_at is None
            assert await tx.run("DELETE FROM audit_entry WHERE at > now() - interval '9 days'") == 0
            assert await tx.run("DELETE FROM audit_seal") == 0
        # Who has the database but not the key cannot move where it begins.
        await owner.execute("ALTER TABLE audit_checkpoint NO FORCE ROW LEVEL SECURITY")
        await owner.execute("ALTER TABLE audit_seal NO FORCE ROW LEVEL SECURITY")
        await owner.execute("DELETE FROM audit_entry WHERE detail @> '{\"days\": 200}'")
        moved = "WITH gone AS (DELETE FROM audit_seal WHERE place = $1 RETURNING *) UPDATE"
        moved += " audit_checkpoint c SET place = g.place, digest = g.digest, mac = g.mac,"
        moved += " entry_xid = g.entry_xid, entry_id = g.entry_id FROM gone g"
        await owner.execute(moved, had + 3)
        async with database.transaction(actor) as tx:
            assert await queries.broken_seal(tx) == had + 3
            assert await trim_audit(tx, now, 1000) == 0
        await owner.execute("DELETE FROM audit_checkpoint")
        async with database.transaction(actor) as tx:
            assert await queries.broken_seal(tx) == 1
    finally:
        await owner.close()
