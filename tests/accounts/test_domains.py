"""Brands' own hosts: nothing before the proof, the brand's pages after it, and nobody else's."""

import asyncio
from collections.abc import AsyncIterator
from datetime import timedelta
from types import SimpleNamespace
from typing import Any
from uuid import UUID

import dns.asyncresolver
import dns.message
import dns.rrset
import httpx
import pytest

from peakend.accounts import actions, queries
from peakend.accounts.actions import domains
from peakend.accounts.rules import brands as rules
from peakend.conversations import actions as conversations
from peakend.conversations import queries as timeline
from peakend.entry import fronts, widget_pages
from peakend.kernel import clock
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from peakend.kernel.outgoing import NamesSilent, NotReached, name_records, txt_records
from peakend.kernel.settings import settings
from peakend.kernel.worker import Worker
from peakend.knowledge import actions as knowledge
from tests.accounts.people import Person, a_person
from tests.databases import make_organisation

HOST = "help.next-door.example"


class World:
    """What the name system and other servers say, as far as a test has told them."""

    def __init__(self) -> None:
        self.records: dict[str, list[str]] = {}
        self.files: dict[str, bytes] = {}
        self.silent = False

    async def txt(self, name: str) -> list[str]:
        if self.silent:
            raise NamesSilent
        return self.records.get(name, [])

    async def fetch(self, url: str, **_: Any) -> Any:
        if url not in self.files:
            raise NotReached
        return SimpleNamespace(status=200, body=self.files[url])


@pytest.fixture
def world(monkeypatch: pytest.MonkeyPatch) -> World:
    made = World()
    monkeypatch.setattr(domains, "txt_records", made.txt)
    monkeypatch.setattr(domains, "safe_fetch", made.fetch)
    monkeypatch.setattr(settings, "public_url", "http://desk.example")
    monkeypatch.setattr(fronts, "KNOWN_S", -1.0)
    return made


@pytest.fixture
async def boss(database: Database, client: httpx.AsyncClient, organisation: UUID) -> Person:
    return await a_person(database, client, organisation, role="admin")


@pytest.fixture
async def brand(database: Database, organisation: UUID) -> UUID:
    """A brand with one article, beside another brand with one."""
    by = Actor.system(organisation)
    async with database.transaction(by) as tx:
        own = await actions.add_brand(tx, name="邻家维修", slug="next-door")
        other = await actions.add_brand(tx, name="别的品牌", slug="other")
        category = await knowledge.save_category(tx, slug="hob", name_zh="灶具", name_en="Hobs")
        for slug, title, brand_id in (("hob", "灶打不着火", own), ("secret", "别家的文章", other)):
            article_id = await knowledge.write_article(
                tx, title=title, slug=slug, by=by, category_id=category, brand_id=brand_id,
                audience="customer", body="见[首页](article:hob)。",
            )  # fmt: skip
            await knowledge.publish(tx, article_id=article_id, by=by)
    await Worker(database).drain()
    return own


async def wants(person: Person, brand: UUID, host: str = HOST, serves: str = "help") -> Any:
    body = {"host": host, "serves": serves}
    return await person.send("POST", f"/brands/{brand}/domains", body)


async def verified(person: Person, world: World, brand: UUID, **more: str) -> Any:
    told = (await wants(person, brand, **more)).json()
    world.records[told["record_name"]] = ["something else", told["record_text"]]
    answer = await person.send("POST", f"/brand-domains/{told['id']}/checks")
    assert answer.json()["state"] == "verified", answer.text
    return answer.json()


async def at(client: httpx.AsyncClient, path: str, host: str = HOST, **more: Any) -> httpx.Response:
    return await client.get(path, headers={"Host": host}, **more)


async def test_a_host_shows_its_brand_once_it_is_proven(
    client: httpx.AsyncClient, boss: Person, brand: UUID, world: World
) -> None:
    told = (await wants(boss, brand, host="Help.Next-Door.example.")).json()
    assert (told["host"], told["state"]) == (HOST, "waiting")
    assert told["record_name"] == f"_peakend.{HOST}"
    for path in ("/", "/help", "/help/a/hob", f"/help/o/{boss.organisation_id}"):
        nothing = await at(client, path)
        assert nothing.status_code == 421
        assert "灶打不着火" not in nothing.text
    assert (await client.get(f"/api/domains/ask?domain={HOST}")).status_code == 404
    waiting = await boss.send("POST", f"/brand-domains/{told['id']}/checks")
    assert (waiting.json()["state"], waiting.json()["proof"]) == ("waiting", "none")

    world.records[told["record_name"]] = [told["record_text"]]
    assert (await boss.send("POST", f"/brand-domains/{told['id']}/checks")).json()[
        "state"
    ] == "verified"
    assert (await client.get(f"/api/domains/ask?domain={HOST}")).status_code == 200
    home = await at(client, "/")
    assert home.status_code == 200
    assert "灶打不着火" in home.text
    assert f'<link rel="canonical" href="http://{HOST}/">' in home.text
    for others in ("别家的文章", "别的品牌", "/help/b/", "安居家"):
        assert others not in home.text
    article = await at(client, "/a/hob")
    assert f'href="http://{HOST}/a/hob"' in article.text
    assert 'href="/a/hob"' in article.text
    assert (await at(client, "/help/o/x/a/hob")).status_code == 200
    assert (await at(client, "/a/secret")).status_code == 404
    # At the desk's host the brand's pages name their one address, too.
    assert f'href="https://{HOST}/a/hob"' in (await client.get("/help/b/next-door/a/hob")).text
    robots = (await at(client, "/robots.txt")).text
    assert f"Sitemap: http://{HOST}/sitemap.xml" in robots
    sitemap = (await at(client, "/sitemap.xml")).text
    assert f"<loc>http://{HOST}/a/hob</loc>" in sitemap
    assert "secret" not in sitemap


async def test_the_desk_is_not_there_at_a_brands_host(
    client: httpx.AsyncClient, boss: Person, brand: UUID, world: World
) -> None:
    await verified(boss, world, brand)
    for path in ("/desk", "/desk/login", "/api/session", "/api/brands", "/api/schema", "/setup/x"):
        assert "text/html" in (found := await at(client, path)).headers["content-type"], path
        assert found.status_code == 404, path
    refused = await boss.browser.post("/api/session", json={}, headers={"Host": HOST})
    assert refused.status_code == 405
    asked = await boss.browser.get("/api/session", headers={"Host": HOST})
    assert asked.status_code == 404
    large = await at(client, "/look?large=1&to=/a/hob")
    assert large.headers["location"] == "/a/hob"
    assert "Path=/;" in large.headers["set-cookie"] + ";"
    assert (await at(client, "/look?large=1&to=//evil.example")).headers["location"] == "/"


async def test_a_chat_host_opens_the_brands_window_and_no_other(
    client: httpx.AsyncClient, database: Database, boss: Person, brand: UUID, world: World
) -> None:
    second = await make_organisation(database, "邻家")
    keys = {}
    for house, brand_id in ((boss.organisation_id, brand), (second, None)):
        async with database.transaction(Actor.system(house)) as tx:
            changes = {"brand_id": brand_id}
            channel_id = await conversations.add_channel(tx, name="网页", changes=changes)
            keys[house] = (await timeline.need_channel(tx, channel_id)).key
    host = "chat.next-door.example"
    await verified(boss, world, brand, host=host, serves="chat")
    scope = {"type": "http", "path": "/", "headers": [(b"host", f"{host}:8443".encode())]}
    assert not await fronts.Fronts(database).turn(scope)
    assert scope["path"] == f"/w/{keys[boss.organisation_id]}"
    live = {"type": "websocket", "path": "/api/live", "headers": [(b"host", host.encode())]}
    await fronts.Fronts(database).turn(live)
    assert live["path"] == "/nowhere"
    gone = await at(client, f"/w/{keys[second]}", host=host)
    assert gone.status_code == 404
    assert keys[second] not in gone.text


async def test_two_houses_cannot_hold_one_host(
    client: httpx.AsyncClient, database: Database, boss: Person, brand: UUID, world: World
) -> None:
    second = await make_organisation(database, "邻家")
    rival = await a_person(database, client, second, role="admin")
    theirs = (await rival.get("/brands")).json()[0]["id"]
    first = await verified(boss, world, brand)
    told = (await wants(rival, theirs)).json()
    world.records[told["record_name"]].append(told["record_text"])
    taken = await rival.send("POST", f"/brand-domains/{told['id']}/checks")
    assert (taken.status_code, taken.json()["error"]["code"]) == (409, "accounts.host_taken")
    assert (await actions.Surveyor(database).go_round()) >= 1
    assert "灶打不着火" in (await at(client, "/")).text
    # Neither sees or touches the other's.
    assert (await rival.send("DELETE", f"/brand-domains/{first['id']}")).status_code == 404
    assert [d["id"] for d in (await rival.get(f"/brands/{theirs}/domains")).json()] == [told["id"]]
    assert (await rival.get(f"/brands/{brand}/domains")).status_code == 404
    assert (await boss.send("DELETE", f"/brand-domains/{first['id']}")).status_code == 204
    assert (await at(client, "/")).status_code == 421
    now = await rival.send("POST", f"/brand-domains/{told['id']}/checks")
    assert now.json()["state"] == "verified"


async def test_a_proof_that_is_away_for_three_days_ends_it(
    client: httpx.AsyncClient, database: Database, boss: Person, brand: UUID, world: World
) -> None:
    mine = await verified(boss, world, brand)
    began = clock.now()

    async def after(days: float) -> queries.BrandDomain:
        await actions.Surveyor(database, lambda: began + timedelta(days=days)).go_round()
        async with database.transaction(Actor.system(boss.organisation_id)) as tx:
            return (await queries.brand_domains(tx, brand))[0]

    world.silent = True
    assert (await after(5)).state == "verified"
    world.silent, kept = False, world.records.pop(mine["record_name"])
    away = await after(6)
    assert (away.state, away.lost_at) == ("verified", began + timedelta(days=9))
    assert (await after(8)).state == "verified"
    assert (await after(9.1)).state == "lost"
    assert (await at(client, "/")).status_code == 421
    # A file at the host itself proves it as well.
    world.files[mine["file_url"]] = f"\n{kept[1]}\n".encode()
    back = await after(9.8)
    assert (back.state, back.proof, back.missing_since) == ("verified", "file", None)
    async with database.transaction(Actor.system(boss.organisation_id)) as tx:
        facts = await tx.value(
            "SELECT array_agg(type ORDER BY id) FROM event WHERE type LIKE 'Domain%'"
        )
    assert facts == ["DomainAdded", "DomainVerified", "DomainLost", "DomainVerified"]


async def test_what_is_no_host_of_a_brand_is_refused(
    boss: Person, brand: UUID, world: World, monkeypatch: pytest.MonkeyPatch
) -> None:
    for host in (
        "help",
        "10.0.0.1",
        "https://a.example",
        "a.example/x",
        "*.a.example",
        "x.localhost",
    ):
        refused = await wants(boss, brand, host=host)
        assert refused.json()["error"]["code"] == "accounts.wrong_host", host
    assert (await wants(boss, brand, host="DESK.example")).json()["error"][
        "code"
    ] == "accounts.own_host"
    await wants(boss, brand)
    assert (await wants(boss, brand)).status_code == 409
    monkeypatch.setattr(settings, "public_url", "http://127.0.0.1:8080")
    nameless = await wants(boss, brand, host="b.example")
    assert nameless.json()["error"]["code"] == "accounts.domains_need_name"
    monkeypatch.setattr(settings, "demo", True)
    assert (await wants(boss, brand, host="x.localhost")).json()["state"] == "verified"


def test_what_a_host_is() -> None:
    assert rules.host_name("帮助.例子.example") == "xn--7frx1y.xn--fsqu00a.example"
    assert rules.host_of("a.example:8443") == "a.example"
    assert rules.host_of("[::1]:80") == "::1"
    assert [rules.is_plain_name(one) for one in ("a.example", "10.0.0.1", "::1", "desk")] == [
        True, False, False, False,
    ]  # fmt: skip


class Names(asyncio.DatagramProtocol):
    """A name server of one record."""

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def datagram_received(self, data: bytes, address: Any) -> None:
        answer = dns.message.make_response(dns.message.from_wire(data))
        name = answer.question[0].name
        if str(name) == "_peakend.a.example.":
            record = dns.rrset.from_text(name, 60, "IN", "TXT", '"peakend-" "domain=x"', '"spf"')
            answer.answer.append(record)
        elif str(name) == "x.example.":
            lines = ("20 mx2.x.example.", "10 mx1.x.example.")
            answer.answer.append(dns.rrset.from_text(name, 60, "IN", "MX", *lines))
        elif str(name) == "broken.example.":
            answer.set_rcode(dns.rcode.SERVFAIL)  # type: ignore[attr-defined]
        self.transport.sendto(answer.to_wire(), address)


@pytest.fixture
async def name_server(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[None]:
    loop = asyncio.get_running_loop()
    transport, _ = await loop.create_datagram_endpoint(Names, local_addr=("127.0.0.1", 0))
    asker = dns.asyncresolver.Resolver(configure=False)
    asker.nameservers = ["127.0.0.1"]
    asker.port = transport.get_extra_info("sockname")[1]
    monkeypatch.setattr(dns.asyncresolver, "Resolver", lambda: asker)
    yield
    transport.close()


async def test_records_are_read_from_the_name_system(name_server: None) -> None:
    assert sorted(await txt_records("_peakend.a.example")) == ["peakend-domain=x", "spf"]
    assert await txt_records("other.example") == []
    assert await name_records("x.example", "MX") == ["mx1.x.example", "mx2.x.example"]
    with pytest.raises(NamesSilent):
        await txt_records("broken.example", lasts_s=0.5)


def test_a_brands_host_has_each_script_of_the_launcher() -> None:
    scripts = {
        path
        for handler in (widget_pages.launcher, widget_pages.here, widget_pages.invite)
        for path in handler.paths
    }
    assert scripts <= fronts.WHOLE
