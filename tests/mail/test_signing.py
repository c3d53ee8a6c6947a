"""Mails are signed: a key is made, its record found, and what is sent can be checked."""

from collections.abc import AsyncIterator
from email import message_from_bytes
from typing import Any
from uuid import UUID

import dkim
import httpx
import pytest

from peakend.kernel.db import Database
from peakend.mail.ports import provided
from tests.accounts.people import a_person
from tests.mail.conftest import FROM, House
from tests.mail.servers import a_server
from tests.mail.zones import Zone

DOMAIN = FROM.partition("@")[2]


class Signer:
    """A house that sends, an administrator before it, and what the name system knows."""

    def __init__(self, house: House, browser: httpx.AsyncClient, zone: Zone) -> None:
        self.house, self.browser, self.zone = house, browser, zone
        self.place = f"/api/mail-servers/{house.brand_id}/keys"

    async def make(self) -> dict[str, Any]:
        answer = await self.browser.post(self.place)
        assert answer.status_code == 201, answer.text
        return dict(answer.json())

    def publish(self, key: dict[str, Any]) -> None:
        self.zone.records[key["name"], "TXT"] = [key["record"]]

    async def look(self, key: dict[str, Any]) -> str:
        return str((await self.browser.post(f"{self.place}/{key['id']}/checks")).json()["found"])

    async def switch(self, key: dict[str, Any], **how: bool) -> httpx.Response:
        return await self.browser.put(f"{self.place}/{key['id']}/activity", json=how)

    async def active(self) -> list[str]:
        found = (await self.browser.get(self.place)).json()
        return [one["selector"] for one in found if one["active"]]

    def holds(self, at: int) -> bool:
        return bool(dkim.verify(self.house.box.came[at], dnsfunc=self._key))

    def _key(self, name: bytes, timeout: float = 0) -> bytes:
        found = self.zone.records.get((name.decode().rstrip("."), "TXT"), [""])
        return found[0].encode()


@pytest.fixture
async def signer(
    client: httpx.AsyncClient,
    database: Database,
    organisation: UUID,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[Signer]:
    async with a_server(monkeypatch) as box:
        house = House(database, organisation, box)
        await house.set_up()
        boss = await a_person(database, client, organisation, role="admin")
        zone = Zone()
        monkeypatch.setattr(provided, "names", zone)
        yield Signer(house, boss.browser, zone)


async def test_what_is_sent_can_be_checked_and_stays_the_same_mail(signer: Signer) -> None:
    key = await signer.make()
    signer.publish(key)
    assert await signer.look(key) == "found"
    assert (await signer.switch(key, active=True)).status_code == 200
    signer.house.box.recipient = "451 4.7.1 greylisted"
    mail_id = await signer.house.queue()
    await signer.house.carry()
    signer.house.box.recipient = ""
    await signer.house.carry(60)
    assert signer.holds(0)
    raw = signer.house.box.came[0]
    found = message_from_bytes(raw)
    assert found["message-id"] == f"<{mail_id}@{DOMAIN}>"
    assert raw.startswith(b"DKIM-Signature: ")
    assert max(map(len, raw.split(b"\r\n"))) < 998
    # Nobody adds a second one of what is shown.
    for name in (b"From", b"Subject", b"Reply-To", b"Content-Type"):
        signer.house.box.came[0] = name + b": x@evil.example\r\n" + raw
        assert not signer.holds(0)


async def test_a_key_waits_for_its_record(signer: Signer) -> None:
    key = await signer.make()
    assert await signer.look(key) == "missing"
    refused = await signer.switch(key, active=True)
    assert refused.json()["error"]["code"] == "mail.record_missing"
    signer.zone.records[key["name"], "TXT"] = ["v=DKIM1; p=AAAA"]
    assert await signer.look(key) == "other"
    signer.zone.silent.add(key["name"])
    assert await signer.look(key) == "silent"
    await signer.house.queue()
    await signer.house.carry()
    assert b"DKIM-Signature" not in signer.house.box.came[0]
    assert (await signer.switch(key, active=True, anyway=True)).status_code == 200
    assert await signer.active() == [key["selector"]]


async def test_a_new_key_stands_beside_the_old_one(signer: Signer) -> None:
    old, new = await signer.make(), await signer.make()
    assert old["selector"] != new["selector"]
    for key in (old, new):
        signer.publish(key)
        await signer.look(key)
        await signer.switch(key, active=True)
    assert await signer.active() == [new["selector"]]
    await signer.house.queue()
    await signer.house.carry()
    assert f"s={new['selector']};".encode() in signer.house.box.came[0]
    assert signer.holds(0)
    used = await signer.browser.delete(f"{signer.place}/{new['id']}")
    assert used.json()["error"]["code"] == "mail.key_in_use"
    assert (await signer.browser.delete(f"{signer.place}/{old['id']}")).status_code == 204
    await signer.make()
    await signer.make()
    await signer.make()
    assert (await signer.browser.post(signer.place)).json()["error"]["code"] == "mail.too_many_keys"


async def test_a_key_of_another_domain_signs_nothing(signer: Signer) -> None:
    key = await signer.make()
    await signer.switch(key, active=True, anyway=True)
    async with signer.house.tx() as tx:
        await tx.run("UPDATE mail_server SET sender_email = 'a@elsewhere.example'")
    await signer.house.queue()
    await signer.house.carry()
    assert b"DKIM-Signature" not in signer.house.box.came[0]
    assert [one["fits"] for one in (await signer.browser.get(signer.place)).json()] == [False]


async def test_what_is_secret_of_a_key_is_never_shown(signer: Signer) -> None:
    key = await signer.make()
    async with signer.house.tx() as tx:
        rows = await tx.value("SELECT string_agg(k::text, '') FROM mail_key k")
        said = await tx.value("SELECT string_agg(payload::text, '') FROM event")
    shown = (await signer.browser.get(signer.place)).text
    assert "PRIVATE" not in rows + said + shown
    assert key["record"] not in said
    assert (
        await signer.browser.put(f"{signer.place}/{UUID(int=1)}/activity", json={"active": True})
    ).status_code == 404
