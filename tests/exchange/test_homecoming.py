"""The first start with an archive instead of a new house: by the link that sets a house up."""

from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any
from uuid import UUID

import httpx
import pytest

from peakend.accounts import actions as accounts
from peakend.accounts.queries import houses
from peakend.conversations import actions as conversations
from peakend.exchange import actions
from peakend.exchange.queries.homecomings import archives_folder, kept_home
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, use
from peakend.kernel.ledger import ledger_in
from peakend.kernel.lockbox import locking, new_lock
from peakend.kernel.settings import settings
from peakend.kernel.worker import Worker
from peakend.privacy import actions as privacy
from peakend.privacy.actions import ErasureAsked
from tests.conversations.conftest import make_centre
from tests.databases import Databases, make_organisation

PASSWORD = "wu-yi-shan-da-hong-pao-8"


@pytest.fixture
async def archive(databases: Databases, database: Database, tmp_path: Path) -> AsyncIterator[Path]:
    """A house of another installation as an archive."""
    address = databases.take()
    there = await Database(address).open(4, listen=False)
    house = await make_organisation(there)
    async with there.transaction(Actor.system(house)) as tx:
        for login, role in (("fang@example.com", "admin"), ("wang@example.com", "agent")):
            await accounts.add_member(tx, login=login, name=login, role=role, password_hash="x")

    async def quietly(total: int, done: int) -> None:
        pass

    path = tmp_path / "house.zip"
    await actions.pack(there, Actor.system(house), path, quietly)
    yield path
    await there.close()
    databases.give_back(address)


async def brought(client: httpx.AsyncClient, secret: str, data: bytes, name: str) -> Any:
    """Upload an archive."""
    files = {"file": (name, data, "application/zip")}
    answer = await client.post(f"/api/setup/{secret}/archives", files=files)
    assert answer.status_code == 201, answer.text
    return answer.json()


async def put_back(
    client: httpx.AsyncClient, secret: str, name: str, key: str = "", passphrase: str = ""
) -> Any:
    """Put an archive back and wait for it."""
    body = {"name": name, "key": key, "passphrase": passphrase}
    answer = await client.post(f"/api/setup/{secret}/restores", json=body)
    assert answer.status_code == 202, answer.text
    await actions.homecomings_at_rest()
    return (await client.get(f"/api/setup/{secret}/restores")).json()


async def test_a_house_comes_home_and_its_administrator_enters(
    database: Database, client: httpx.AsyncClient, archive: Path
) -> None:
    secret = await accounts.offer_set_up(database)
    assert secret is not None
    assert (await client.get(f"/api/setup/{secret}/archives")).json() == []
    assert (await client.get(f"/api/setup/{secret}/restores")).json()["state"] == "none"
    broken = await brought(client, secret, b"PK nothing", "坏的.zip")
    assert [(one["name"], one["organisation"]) for one in broken] == [("坏的.zip", "")]
    failed = await put_back(client, secret, "坏的.zip")
    assert (failed["state"], failed["code"]) == ("failed", "exchange.archive_unreadable")
    assert "坏的.zip" in failed["why"]
    # Nothing is lost by it: the link still sets a house up, or puts another archive back.
    assert (await client.get(f"/api/setup/{secret}")).status_code == 200
    found = await brought(client, secret, archive.read_bytes(), "house.zip")
    here = next(one for one in found if one["name"] == "house.zip")
    assert here["organisation"] == "安居家"
    assert here["rows"] > 3
    came = await put_back(client, secret, "house.zip")
    assert (came["state"], came["organisation"], came["rows"]) == ("done", "安居家", here["rows"])
    assert [one["login"] for one in came["admins"]] == ["fang@example.com"]
    assert len(await houses(database)) == 1
    # The link sets nothing up any more; it lets one administrator in, once.
    assert (await client.get(f"/api/setup/{secret}")).status_code == 404
    again = {"name": "house.zip"}
    assert (await client.post(f"/api/setup/{secret}/restores", json=again)).status_code == 404
    assert (await client.get(f"/api/setup/{secret}/archives")).status_code == 404
    enter = f"/api/setup/{secret}/entries"
    stranger = {"member_id": str(UUID(int=7))}
    assert (await client.post(enter, json=stranger)).status_code == 404
    chosen = {"member_id": came["admins"][0]["id"]}
    link = (await client.post(enter, json=chosen)).json()["link"]
    assert (await client.post(enter, json=chosen)).status_code == 404
    assert (await client.get(f"/api/setup/{secret}/restores")).json()["admins"] == []
    reset = link.rpartition("/")[2]
    entered = await client.post(f"/api/invitations/{reset}", json={"password": PASSWORD})
    assert entered.status_code < 300, entered.text
    assert (await client.get("/api/session")).json()["member"]["login"] == "fang@example.com"


async def test_another_master_key_is_asked_for(
    database: Database,
    client: httpx.AsyncClient,
    archive: Path,
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    old = settings.key
    monkeypatch.setattr(settings, "_key", bytes(32))
    secret = await accounts.offer_set_up(database)
    assert secret is not None
    await brought(client, secret, archive.read_bytes(), "house.zip")
    asked = await put_back(client, secret, "house.zip")
    assert (asked["state"], asked["code"]) == ("failed", "exchange.archive_other_key")
    wrong = await put_back(client, secret, "house.zip", "ab" * 32)
    assert wrong["code"] == "exchange.archive_wrong_key"
    unreadable = {"name": "house.zip", "key": "no key"}
    answer = await client.post(f"/api/setup/{secret}/restores", json=unreadable)
    assert answer.json()["error"]["code"] == "exchange.archive_wrong_key"
    assert (await put_back(client, secret, "house.zip", old.hex()))["state"] == "done"


async def test_only_the_folder_and_only_an_empty_installation(
    database: Database, client: httpx.AsyncClient, archive: Path
) -> None:
    secret = await accounts.offer_set_up(database)
    assert secret is not None
    for name in ("../house.zip", str(archive), "house.zip"):
        answer = await client.post(f"/api/setup/{secret}/restores", json={"name": name})
        assert answer.status_code == 404
        assert answer.json()["error"]["code"] == "exchange.no_archive_here"
    await brought(client, secret, archive.read_bytes(), "../../house.zip")
    assert [one.name for one in (settings.data_dir / "archives").iterdir()] == ["house.zip"]
    await make_organisation(database)
    answer = await client.post(f"/api/setup/{secret}/restores", json={"name": "house.zip"})
    assert answer.status_code == 404
    assert kept_home(secret).state == "none"
    files = {"file": ("x.zip", b"x", "application/zip")}
    assert (await client.post(f"/api/setup/{secret}/archives", files=files)).status_code == 404


async def test_a_restore_that_is_not_heard_of_has_failed(
    database: Database, client: httpx.AsyncClient, archive: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    secret = await accounts.offer_set_up(database)
    assert secret is not None
    await brought(client, secret, archive.read_bytes(), "house.zip")
    monkeypatch.setattr("peakend.exchange.queries.homecomings._SILENT_S", -1)
    monkeypatch.setattr("peakend.exchange.actions.coming_home._put", _never)
    answer = await client.post(f"/api/setup/{secret}/restores", json={"name": "house.zip"})
    assert (answer.json()["state"], answer.json()["code"]) == ("failed", "exchange.home_silent")


async def _never(*given: object) -> None:
    pass


async def test_a_locked_archive_asks_for_its_passphrase(
    database: Database, client: httpx.AsyncClient, archive: Path, tmp_path: Path
) -> None:
    secret = await accounts.offer_set_up(database)
    assert secret is not None
    with locking(tmp_path / "locked.zip", new_lock("ein langes Wort 一句口令")) as out:
        out.write(archive.read_bytes())
    found = await brought(client, secret, (tmp_path / "locked.zip").read_bytes(), "locked.zip")
    assert [(one["locked"], one["organisation"]) for one in found] == [(True, "")]
    for passphrase, code in (("", "locked"), ("ein langes Wort", "wrong_passphrase")):
        failed = await put_back(client, secret, "locked.zip", passphrase=passphrase)
        assert (failed["state"], failed["code"]) == ("failed", f"exchange.archive_{code}")
    assert await houses(database) == []
    came = await put_back(client, secret, "locked.zip", passphrase="ein langes Wort 一句口令")
    assert (came["state"], came["organisation"]) == ("done", "安居家")
    kept = [path.read_bytes() for path in settings.data_dir.rglob("*") if path.is_file()]
    assert not [one for one in kept if b"ein langes Wort" in one]


async def test_who_was_erased_after_the_archive_was_packed_does_not_come_home(
    databases: Databases, database: Database, client: httpx.AsyncClient, tmp_path: Path
) -> None:
    address = databases.take()
    there = await Database(address).open(4, listen=False)
    use(there)
    try:
        centre = await make_centre(there)
        message = await centre.says("canary-of-who-left")
        by = Actor.system(centre.organisation_id)
        async with centre.tx() as tx:
            await conversations.close(tx, conversation_id=message.conversation_id, by=by)
        path = tmp_path / "house.zip"
        await actions.pack(there, by, path, _quietly)
        customer_id = centre.visitor.customer_id
        assert customer_id is not None
        async with centre.tx() as tx:
            await privacy.erase_customer(tx, ErasureAsked(customer_id, "called_back", "own_wish"))
        await Worker(there).drain()
    finally:
        await there.close()
        databases.give_back(address)
        use(database)
    secret = await accounts.offer_set_up(database)
    assert secret is not None
    archives_folder().mkdir(parents=True)
    ledger_in(settings.files_dir).rename(ledger_in(archives_folder()))
    await brought(client, secret, path.read_bytes(), "house.zip")
    assert (await put_back(client, secret, "house.zip"))["state"] == "done"
    count = "SELECT count(*) FROM message WHERE text LIKE 'canary%'"
    async with database.transaction(by) as tx:
        assert await tx.value(count) == 1
    await Worker(database).drain()
    async with database.transaction(by) as tx:
        assert await tx.value(count) == 0


async def _quietly(total: int, done: int) -> None:
    """Nobody watches."""
