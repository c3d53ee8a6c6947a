"""An organisation as one archive: all of it goes, all of it comes back, nobody else is touched."""

import hashlib
import io
import zipfile
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest

from peakend.accounts import actions as accounts
from peakend.accounts.actions.proposals import SecondPersonNeeded
from peakend.accounts.queries import houses
from peakend.customers.queries.sealing import opened_attributes
from peakend.entry import housing, wiring
from peakend.entry.tables import metadata
from peakend.exchange import actions
from peakend.exchange.actions import ArchiveProblem, archiving
from peakend.exchange.models import Manifest
from peakend.exchange.queries.tables import planned
from peakend.kernel.actors import Actor
from peakend.kernel.archiving import LEFT_OUT, TREATED
from peakend.kernel.db import Database, use
from peakend.kernel.errors import Refused
from peakend.kernel.ids import new_id
from peakend.kernel.lockbox import new_lock
from peakend.kernel.secrets import unseal
from peakend.kernel.settings import settings
from tests.databases import Databases, make_organisation
from tests.exchange.conftest import Dock
from tests.exchange.packed import lived_in, other_key, rows_of
from tests.privacy.conftest import Place, place

__all__ = ["place"]
wiring.load()

HELP = "say in its context's actions/archiving.py how it goes (src/peakend/kernel/archiving.py)"
SECRET = ("secret", "token", "hash", "sealed", "blind")


async def quietly(total: int, done: int) -> None:
    """Nobody watches."""


def silent(step: str, done: int, total: int) -> None:
    """Nobody watches."""


@pytest.fixture
async def elsewhere(databases: Databases) -> AsyncIterator[Database]:
    """An empty database of another installation."""
    address = databases.take()
    opened = await Database(address).open(4, listen=False)
    yield opened
    await opened.close()
    databases.give_back(address)


async def packed(house: UUID, database: Database, path: Path) -> Manifest:
    """Pack a house."""
    return await actions.pack(database, Actor.system(house), path, quietly)


def test_no_table_and_no_column_is_forgotten() -> None:
    goes = {one.name: one for one in planned()}
    tenants = {name for name, table in metadata.tables.items() if table.info.get("tenant")}
    assert set(goes) | set(LEFT_OUT) == tenants
    assert not set(goes) & set(LEFT_OUT)
    assert set(TREATED) <= set(goes), "declared, but left out or gone"
    for name, table in goes.items():
        columns = metadata.tables[name].columns
        away = {"organisation_id", *table.treated.left} | {c.name for c in columns if c.computed}
        assert {c.name for c in columns} == set(table.columns) | away
        known = {*table.treated.bytes_, *table.treated.taken, *table.treated.left}
        for column in columns:
            secret = any(word in column.name for word in SECRET) and column.name != "sha256"
            if type(column.type).__name__ == "LargeBinary" or secret:
                said = column.name in known or table.treated.reseal is not None
                assert said or column.name == "thumb_sha256", f"{name}.{column.name}: {HELP}"
        for one in metadata.tables[name].foreign_key_constraints:
            assert one.referred_table.name not in LEFT_OUT, f"{name} points to what stays behind"
        for one in table.own:
            assert columns[one].nullable
            assert not metadata.tables[name].info["append_only"]


async def test_everything_comes_back_row_by_row(
    place: Place, elsewhere: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await lived_in(place)
    house, database = place.centre.organisation_id, place.centre.database
    path = tmp_path / "house.zip"
    manifest = await packed(house, database, path)
    counts = {one.name: one.rows for one in manifest.tables}
    assert [name for name, rows in counts.items() if not rows] == []
    before = {one.name: await rows_of(place.dsn, one, house) for one in planned()}
    assert {name: len(rows) for name, rows in before.items()} == counts
    monkeypatch.setattr(settings, "data_dir", tmp_path / "there")
    came = await actions.restore(elsewhere, path, silent)
    assert (came.organisation_id, came.rows) == (house, sum(counts.values()))
    assert came.files == len(manifest.files) > 2
    assert manifest.missing == []
    for one in planned():
        after = await rows_of(elsewhere.dsn, one, house)
        if one.name in ("event", "audit_entry"):
            # It is written down that it came out of an archive.
            after = [row for row in after if "estored" not in row]
        if one.name == "job":
            after = [row for row in after if row in before[one.name]]
        assert after == before[one.name], one.name
    files = [one for one in (tmp_path / "there" / "files").rglob("*") if one.is_file()]
    assert {hashlib.sha256(one.read_bytes()).hexdigest() for one in files} == {
        one.sha256 for one in manifest.files
    }
    with pytest.raises(ArchiveProblem) as refused:
        await actions.restore(elsewhere, path, silent)
    assert refused.value.wording == "exchange.archive_not_empty"


async def test_another_key_seals_everything_anew(
    place: Place, elsewhere: Database, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    await lived_in(place)
    house, path = place.centre.organisation_id, tmp_path / "house.zip"
    before = await opened_values(place.centre.database, house)
    assert len(before) > 7
    assert sum(one.startswith("secret of ") for one in before) == 4
    await packed(house, place.centre.database, path)
    old = other_key(monkeypatch)
    for given, wording in ((None, "other_key"), (b"0" * 32, "wrong_key")):
        with pytest.raises(ArchiveProblem) as refused:
            await actions.restore(elsewhere, path, silent, other_key=given)
        assert refused.value.wording == f"exchange.archive_{wording}"
    await actions.restore(elsewhere, path, silent, other_key=old)
    assert await opened_values(elsewhere, house) == before
    # Who called is found again by his number.
    use(elsewhere)
    async with elsewhere.transaction(Actor.system(house)) as tx:
        from peakend.customers.queries.sealing import blind_identity

        wanted = blind_identity(house, "phone", "13912345678")
        sql = "SELECT count(*) FROM identity WHERE organisation_id = current_organisation()"
        assert await tx.value(f"{sql} AND blind = $1", wanted) == 1
        assert await tx.value("SELECT bool_and(password_hash = '') FROM credential")


class _Sealed(msgspec.Struct, frozen=True):
    place: str
    sealed: bytes


async def opened_values(database: Database, house: UUID) -> list[str]:
    """Return what is sealed of a house, opened."""
    from peakend.customers.models import Customer

    columns = ", ".join(Customer.__struct_fields__)
    sql = """
    SELECT $1::text || '/identity/value/' || id AS place, value AS sealed FROM identity
    UNION ALL SELECT $1 || '/profile_value/sealed/' || owner_id || '/' || field_id, sealed
        FROM profile_value WHERE sealed IS NOT NULL
    UNION ALL SELECT $1 || '/context_link/secret/' || id, secret FROM context_link
    UNION ALL SELECT $1 || '/second_step/secret/' || member_id, secret FROM second_step
    UNION ALL SELECT 'sso_provider/secret/' || $1, secret_sealed FROM sso_secret
    UNION ALL SELECT 'webhook/secret/' || $1 || '/' || id, secret_sealed FROM webhook
    """
    async with database.transaction(Actor.system(house)) as tx:
        found = [unseal(one.sealed, one.place).decode()
                 for one in await tx.all(_Sealed, sql, str(house))]  # fmt: skip
        for one in await tx.all(Customer, f"SELECT {columns} FROM customer"):
            found += [value.value for value in opened_attributes(house, one)]
    return sorted(found)


def changed(path: Path, **parts: Any) -> Path:
    """Return an archive with other parts; what is given as lines gets a fitting manifest."""
    other = path.with_name(f"other-{len(list(path.parent.iterdir()))}.zip")
    with zipfile.ZipFile(path) as source, zipfile.ZipFile(other, "w") as out:
        manifest = msgspec.json.decode(source.read("manifest.json"))
        for name, lines in parts.get("tables", {}).items():
            told = next(one for one in manifest["tables"] if one["name"] == name)
            told |= {"rows": lines.count(b"\n"), "size": len(lines),
                     "sha256": hashlib.sha256(lines).hexdigest()}  # fmt: skip
        for one in source.infolist():
            data = source.read(one)
            table = one.filename.removeprefix("tables/").removesuffix(".jsonl")
            data = parts.get("tables", {}).get(table, data)
            data = parts.get("raw", {}).get(one.filename, data)
            if one.filename != "manifest.json":
                out.writestr(one.filename, data)
        for name in parts.get("more", ()):
            out.writestr(name, b"x")
        manifest |= parts.get("manifest", {})
        out.writestr("manifest.json", msgspec.json.encode(manifest))
    return other


async def test_what_is_not_whole_or_not_ours_writes_nothing(
    database: Database, elsewhere: Database, tmp_path: Path
) -> None:
    house = await make_organisation(database)
    path = tmp_path / "house.zip"
    await packed(house, database, path)
    neighbour = await make_organisation(elsewhere, "邻居")
    with zipfile.ZipFile(path) as source:
        brands = source.read("tables/brand.jsonl")
        manifest = msgspec.json.decode(source.read("manifest.json"))
    tables = [one | {"columns": one["columns"][1:]} for one in manifest["tables"]]
    broken = {
        "damaged": changed(path, raw={"tables/brand.jsonl": brands + b"{}\n"}),
        "parts": changed(path, more=["../../etc/passwd"]),
        "tables": changed(path, manifest={"tables": tables}),
        "format": changed(path, manifest={"format": 2}),
        "no_manifest": changed(path, manifest={"organisation_id": "nobody"}),
        "unreadable": tmp_path / "no.zip",
    }
    broken["unreadable"].write_bytes(b"PK")
    for wording, one in broken.items():
        with pytest.raises(ArchiveProblem) as refused:
            await actions.restore(elsewhere, one, silent)
        assert refused.value.wording == f"exchange.archive_{wording}"
    # Twice the same row: the database refuses it, and the whole goes.
    with pytest.raises(Exception, match="duplicate"):
        await actions.restore(elsewhere, changed(path, tables={"brand": brands * 2}), silent)
    # A house that is there already is not written into, whatever the archive says.
    theirs = changed(path, manifest={"organisation_id": str(neighbour)})
    with pytest.raises(ArchiveProblem) as refused:
        await actions.restore(elsewhere, theirs, silent)
    assert refused.value.wording == "exchange.archive_not_empty"
    # A row that says it is the neighbour's stops it all.
    row = msgspec.json.decode(brands) | {"organisation_id": str(neighbour), "name": "伪造"}
    forged = changed(path, tables={"brand": msgspec.json.encode(row) + b"\n"})
    with pytest.raises(ArchiveProblem) as refused:
        await actions.restore(elsewhere, forged, silent)
    assert refused.value.wording == "exchange.archive_mixed"
    names = "SELECT array_agg(name) FROM brand WHERE organisation_id = current_organisation()"
    for one, found in ((house, None), (neighbour, ["邻居"])):
        async with elsewhere.transaction(Actor.system(one)) as tx:
            assert await tx.value(names) == found


async def test_asked_for_packed_and_fetched_for_a_day(
    dock: Dock, browser: httpx.AsyncClient
) -> None:
    wanted = {"client_id": str(new_id()), "reason": "换服务器"}
    assert (await browser.post("/api/archives", json=wanted | {"reason": " "})).status_code == 422
    for _ in range(2):
        asked = await browser.post("/api/archives", json=wanted)
        assert asked.status_code == 202, asked.text
    again = wanted | {"client_id": str(new_id())}
    assert (await browser.post("/api/archives", json=again)).status_code == 409
    early = await browser.get(f"/api/archives/{wanted['client_id']}/file")
    assert early.status_code == 404
    dock.floor.wait(60)
    await dock.floor.drain()
    await actions.archives_at_rest()
    (made,) = (await browser.get("/api/archives")).json()
    assert (made["state"], made["missing"]) == ("made", 0)
    assert made["done"] == made["total"] > 10
    fetched = await browser.get(f"/api/archives/{made['id']}/file")
    assert len(fetched.content) == made["size"] == int(fetched.headers["content-length"])
    with zipfile.ZipFile(io.BytesIO(fetched.content)) as archive:
        manifest = msgspec.json.decode(archive.read("manifest.json"), type=Manifest)
        assert b"argon" not in archive.read("tables/credential.jsonl")
    assert manifest.organisation_id == dock.admin.organisation_id
    log = "SELECT count(*) FROM audit_entry WHERE action LIKE 'archive.%'"
    assert await dock.value(f"{log} AND organisation_id = current_organisation()") == 2
    dock.floor.wait(25 * 3600)
    async with dock.floor.tx() as tx:
        await actions.sweep(tx)
    assert (await browser.get("/api/archives")).json() == []
    assert (await browser.get(f"/api/archives/{made['id']}/file")).status_code == 404


async def test_a_locked_one_is_nowhere_in_plain_and_opens_with_its_passphrase(
    dock: Dock, browser: httpx.AsyncClient, tmp_path: Path
) -> None:
    short = await browser.post("/api/archive-locks", json={"passphrase": "kurz"})
    assert (short.status_code, short.json()["error"]["code"]) == (422, "kernel.lock_bad")
    given = (await browser.post("/api/archive-locks", json={})).json()
    assert len(given["passphrase"]) == 29
    wanted = {"client_id": str(new_id()), "reason": "换服务器"}
    bad = wanted | {"lock": given["lock"] | {"recipient": "age1nobody"}}
    assert (await browser.post("/api/archives", json=bad)).status_code == 422
    asked = await browser.post("/api/archives", json=wanted | {"lock": given["lock"]})
    assert (asked.status_code, asked.json()["locked"]) == (202, True), asked.text
    dock.floor.wait(60)
    await dock.floor.drain()
    await actions.archives_at_rest()
    fetched = await browser.get(f"/api/archives/{wanted['client_id']}/file")
    assert "-locked.zip" in fetched.headers["content-disposition"]
    for file in settings.data_dir.rglob("*"):
        assert not file.is_file() or b"manifest.json" not in file.read_bytes(), file
    everything = "SELECT coalesce(string_agg(t::text, ''), '') FROM {} t"
    for table in ("archive_run", "audit_entry", "event", "job"):
        assert given["passphrase"] not in await dock.value(everything.format(table))
    path = tmp_path / "locked.zip"
    path.write_bytes(fetched.content)
    with actions.unlocked(path, given["passphrase"].upper().lower(), silent) as plain:
        assert plain.stat().st_mode & 0o777 == 0o600
        assert actions.checked(plain, silent).organisation_id == dock.admin.organisation_id
    assert not plain.exists()


async def test_who_does_not_see_every_brand_gets_no_archive_and_two_may_be_needed(
    dock: Dock,
) -> None:
    wanted = actions.Wanted(client_id=new_id(), reason="换服务器")
    for less in ({"every_brand": False}, {"scope": "own"}, {"permissions": frozenset()}):
        by = msgspec.structs.replace(dock.admin, **less)
        with pytest.raises(Refused):
            async with dock.floor.tx(by) as tx:
                await actions.ask_archive(tx, wanted)
    async with dock.floor.tx(dock.admin) as tx:
        await accounts.set_two_person_rule(tx, active=True)
    with pytest.raises(SecondPersonNeeded):
        async with dock.floor.tx(dock.admin) as tx:
            await actions.ask_archive(tx, wanted)
    other = await dock.floor.hire("second", role="admin")
    async with dock.floor.tx(dock.admin) as tx:
        proposal_id = await accounts.propose(
            tx, kind="organisation.export", body=msgspec.to_builtins(wanted), reason="迁移",
            address="",
        )  # fmt: skip
    async with dock.floor.tx(other) as tx:
        await accounts.confirm(tx, proposal_id=proposal_id, address="")
    assert await dock.value("SELECT member_id FROM archive_run") == other.id


async def test_one_that_fails_or_dies_is_said_to(
    dock: Dock, browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    wanted = {"client_id": str(new_id()), "reason": "换服务器"}
    assert (await browser.post("/api/archives", json=wanted)).status_code == 202
    # Whoever packed it is not heard of any more.
    async with dock.floor.tx() as tx:
        await tx.run("UPDATE archive_run SET beat_at = beat_at - interval '1 hour'")
    assert (await browser.get("/api/archives")).json()[0]["state"] == "failed"

    async def broken(*_: object) -> None:
        raise RuntimeError("no room on the disk")

    monkeypatch.setattr(archiving, "pack", broken)
    dock.floor.wait(60)
    await dock.floor.drain()
    await actions.archives_at_rest()
    assert (await browser.get("/api/archives")).json()[0]["state"] == "failed"
    again = wanted | {"client_id": str(new_id())}
    assert (await browser.post("/api/archives", json=again)).status_code == 202


async def test_on_the_machine_itself(
    database: Database,
    organisation: UUID,
    elsewhere: Database,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    path = tmp_path / "house.zip"
    monkeypatch.setattr(settings, "database_url", database.dsn)
    lock = new_lock("正确 的 马 电池 订书钉 甲乙")
    assert await housing._exported(path, "没有这个机构", lock) is None
    manifest = await housing._exported(path, None, lock)
    assert manifest is not None
    monkeypatch.setattr(settings, "database_url", elsewhere.dsn)
    for wrong, why in (("", "locked"), ("horse battery staple", "wrong_passphrase")):
        with pytest.raises(ArchiveProblem) as refused:
            await housing._restored(path, None, wrong)
        assert refused.value.wording == f"exchange.archive_{why}"
    assert await houses(elsewhere) == []
    came = await housing._restored(path, None, " 正确 的 马 电池 订书钉 甲乙\n")
    assert (came.organisation_id, came.organisation) == (organisation, "安居家")
    assert [one.id for one in await houses(elsewhere)] == [organisation]
