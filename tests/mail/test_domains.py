"""The test of a sender's domain: what is wrong, and what to enter instead."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from peakend.accounts import queries as houses
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from peakend.mail import actions
from peakend.mail.actions import ServerText
from peakend.mail.ports import provided
from peakend.mail.rules.domains import PROVIDERS
from tests.accounts.people import a_person
from tests.mail.zones import Zone

HOST, ADDRESS = "smtp.house.example", "198.35.26.96"
GOOD: dict[tuple[str, str], list[str]] = {
    (HOST, "A"): [ADDRESS],
    ("house.example", "MX"): ["mx.house.example"],
    ("house.example", "TXT"): ["google-site=x", f"v=spf1 ip4:{ADDRESS} -all"],
    ("_dmarc.house.example", "TXT"): ["v=DMARC1; p=reject"],
}


class Desk:
    """An administrator of a brand that sends, and what the name system knows."""

    def __init__(self, browser: httpx.AsyncClient, place: str, zone: Zone) -> None:
        self.browser, self.place, self.zone = browser, place, zone

    async def check(self) -> dict[str, dict[str, Any]]:
        answer = await self.browser.post(f"{self.place}/domain-checks")
        assert answer.status_code == 200, answer.text
        return {one["part"]: one for one in answer.json()["findings"]}


async def set_up(database: Database, organisation: UUID, **how: str) -> UUID:
    async with database.transaction(Actor.system(organisation)) as tx:
        brand_id = (await houses.brands(tx))[0].id
        text = {"host": HOST, "sender_email": "service@house.example"} | how
        await actions.set_server(
            tx,
            server=ServerText(
                brand_id=brand_id, port=465, tls="implicit", sender_name_zh="客服",
                sender_name_en="Service", **text,
            ),
        )  # fmt: skip
    return brand_id


@pytest.fixture
async def desk(
    client: httpx.AsyncClient,
    database: Database,
    organisation: UUID,
    monkeypatch: pytest.MonkeyPatch,
) -> Desk:
    brand_id = await set_up(database, organisation)
    boss = await a_person(database, client, organisation, role="admin")
    zone = Zone(dict(GOOD))
    monkeypatch.setattr(provided, "names", zone)
    return Desk(boss.browser, f"/api/mail-servers/{brand_id}", zone)


async def test_a_domain_that_is_right(desk: Desk) -> None:
    found = await desk.check()
    states = {part: one["state"] for part, one in found.items()}
    assert states == {"mx": "good", "spf": "good", "dkim": "advice", "dmarc": "good"}
    assert found["mx"]["found"] == ["mx.house.example"]
    assert all(one["record"] is None for one in found.values())
    assert all("mail.domain" not in one["message"] for one in found.values())


@pytest.mark.parametrize(
    ("texts", "state", "value"),
    [
        ([], "bad", f"v=spf1 a:{HOST} ~all"),
        (["v=spf1 ip4:203.0.113.7 include:x.example -all"], "bad",
         f"v=spf1 ip4:203.0.113.7 include:x.example a:{HOST} -all"),
        (["v=spf1 mx redirect=x.example"], "bad", f"v=spf1 mx a:{HOST} redirect=x.example"),
        (["v=spf1 mx -all", "v=spf1 a ~all"], "bad", f"v=spf1 mx a a:{HOST} ~all"),
        (["v=spf1 ipv4:1.2.3.4 -all"], "bad", f"v=spf1 a:{HOST} ~all"),
        (["v=spf1 mx +all"], "bad", "v=spf1 mx ~all"),
        (["v=spf1 " + " ".join(f"include:i{n}.example" for n in range(12)) + " -all"], "bad", None),
        ([f"v=spf1 ip4:{ADDRESS} -all"], "good", None),
    ],
)  # fmt: skip
async def test_what_an_spf_record_lacks_is_ready_to_be_copied(
    desk: Desk, texts: list[str], state: str, value: str | None
) -> None:
    desk.zone.records["house.example", "TXT"] = texts
    desk.zone.records["x.example", "TXT"] = ["v=spf1 -all"]
    for n in range(12):
        desk.zone.records[f"i{n}.example", "TXT"] = ["v=spf1 -all"]
    found = (await desk.check())["spf"]
    assert found["state"] == state
    assert (found["record"] and found["record"]["value"]) == value
    if value:
        # What is proposed is right.
        desk.zone.records["house.example", "TXT"] = [value]
        mended = (await desk.check())["spf"]
        assert mended["state"] == "good" or "+all" in texts[0]


@pytest.mark.parametrize(("host", "included"), PROVIDERS)
async def test_a_provider_is_named_as_it_wants(
    desk: Desk, database: Database, organisation: UUID, host: str, included: tuple[str, ...]
) -> None:
    await set_up(database, organisation, host=f"smtp.{host}")
    desk.zone.records["house.example", "TXT"] = []
    value = (await desk.check())["spf"]["record"]["value"]
    assert value == f"v=spf1 include:{included[0]} ~all"
    # What the provider asked for before is as good: its mails leave by the same addresses.
    for name in included:
        desk.zone.records["house.example", "TXT"] = [f"v=spf1 include:{name} -all"]
        assert (await desk.check())["spf"]["state"] == "good"


async def test_an_inner_server_s_address_is_nothing_to_publish(desk: Desk) -> None:
    desk.zone.records[HOST, "A"] = ["10.0.0.5"]
    desk.zone.records["house.example", "TXT"] = []
    found = (await desk.check())["spf"]
    assert (found["state"], found["record"]) == ("bad", None)
    assert "ip4:ADDRESS" in found["message"]


async def test_mails_that_nobody_takes_and_no_policy(desk: Desk) -> None:
    desk.zone.records["house.example", "MX"] = []
    desk.zone.records["_dmarc.house.example", "TXT"] = []
    found = await desk.check()
    assert (found["mx"]["state"], found["dmarc"]["state"]) == ("bad", "advice")
    assert found["dmarc"]["record"] == {
        "kind": "TXT", "name": "_dmarc.house.example",
        "value": "v=DMARC1; p=none; rua=mailto:postmaster@house.example",
    }  # fmt: skip
    desk.zone.records["house.example", "MX"] = [""]
    assert "takes no mail" in (await desk.check())["mx"]["message"]


async def test_silence_is_no_finding(desk: Desk) -> None:
    desk.zone.silent.add("*")
    found = await desk.check()
    assert {found[part]["state"] for part in ("mx", "spf", "dmarc")} == {"unknown"}


async def test_a_domain_of_everybody_is_another_s_to_change(
    desk: Desk, database: Database, organisation: UUID
) -> None:
    await set_up(database, organisation, sender_email="haus@qq.com", host="smtp.qq.com")
    answer = (await desk.browser.post(f"{desk.place}/domain-checks")).json()
    assert answer["everybodys"] is True
    assert [one["record"] for one in answer["findings"]] == [None] * 3


async def test_a_key_at_work_must_be_found(desk: Desk) -> None:
    key = (await desk.browser.post(f"{desk.place}/keys")).json()
    waits = (await desk.check())["dkim"]
    assert waits["state"] == "advice"
    await desk.browser.put(
        f"{desk.place}/keys/{key['id']}/activity", json={"active": True, "anyway": True}
    )
    missing = (await desk.check())["dkim"]
    assert (missing["state"], missing["record"]["value"]) == ("bad", key["record"])
    first, last = key["record"][:100], key["record"][100:]
    desk.zone.records[key["name"], "TXT"] = [first + " " + last]
    assert (await desk.check())["dkim"]["state"] == "good"
