"""Sessions elsewhere, from where one may come, how long passwords are."""

from typing import Any
from uuid import UUID

import httpx
import pytest

from peakend.accounts.actions.passwords import WeakPassword, hash_password
from peakend.accounts.rules import (
    address_allowed,
    clean_networks,
    device_of,
    is_weak_password,
    place_of,
    spreadsheet_text,
)
from peakend.entry.watching import look
from peakend.kernel.db import Database
from tests.accounts.people import PASSWORD, Person, a_person

EDGE = "Mozilla/5.0 (Windows NT 10.0; Win64; x64) AppleWebKit/537.36 Chrome/141 Safari/537 Edg/141"
PHONE = "Mozilla/5.0 (iPhone; CPU iPhone OS 18_0 like Mac OS X) AppleWebKit/605 Safari/604.1"


async def elsewhere(client: httpx.AsyncClient, person: Person, agent: str) -> httpx.AsyncClient:
    browser = httpx.AsyncClient(
        transport=client._transport,
        base_url=client.base_url,
        headers={**client.headers, "user-agent": agent},
    )
    body = {"login": person.login, "password": PASSWORD}
    assert (await browser.post("/api/session", json=body)).status_code == 200
    return browser


def rules(**more: Any) -> dict[str, Any]:
    return {"password_least": 10, "second_step_roles": [], "networks": []} | more


async def test_one_sees_and_ends_ones_sessions(
    database: Database, client: httpx.AsyncClient, organisation: UUID
) -> None:
    person = await a_person(database, client, organisation)
    stranger = await a_person(database, client, organisation, "admin")
    office = await elsewhere(client, person, EDGE)
    phone = await elsewhere(client, person, PHONE)
    listed = (await person.get("/sessions")).json()
    assert [one["current"] for one in listed] == [True, False, False]
    told = {(one["browser"], one["system"], one["place"]) for one in listed[1:]}
    assert told == {("edge", "windows", "machine"), ("safari", "ios", "machine")}
    at_phone = next(one["id"] for one in listed if one["system"] == "ios")
    assert (await stranger.send("DELETE", f"/sessions/{at_phone}")).status_code == 404
    assert (await phone.get("/api/session")).status_code == 200
    assert (await person.send("DELETE", f"/sessions/{at_phone}")).status_code == 204
    assert (await phone.get("/api/session")).status_code == 401
    assert (await office.get("/api/session")).status_code == 200
    assert (await person.send("DELETE", "/sessions")).json()["count"] == 1
    assert (await office.get("/api/session")).status_code == 401
    assert (await person.get("/session")).status_code == 200
    assert (await person.send("DELETE", "/sessions")).json()["count"] == 0


async def test_an_admin_signs_a_member_out_everywhere(
    database: Database, client: httpx.AsyncClient, organisation: UUID
) -> None:
    person = await a_person(database, client, organisation)
    lead = await a_person(database, client, organisation, "supervisor")
    boss = await a_person(database, client, organisation, "admin")
    path = f"/members/{person.id}/sessions"
    assert (await lead.send("DELETE", path)).status_code == 403
    assert (await boss.send("DELETE", path)).json()["count"] == 1
    assert (await person.get("/session")).status_code == 401
    entry = (await boss.get("/audit", params={"action": "sessions.ended"})).json()["items"][0]
    assert (entry["actor_id"], entry["detail"]) == (str(boss.id), {"count": 1})


async def test_only_named_networks_are_let_in(
    database: Database, client: httpx.AsyncClient, organisation: UUID
) -> None:
    person = await a_person(database, client, organisation)
    boss = await a_person(database, client, organisation, "admin")
    shut = await boss.send("PUT", "/sign-in-rules", rules(networks=["203.0.113.0/24"]))
    assert (shut.status_code, shut.json()["error"]["code"]) == (409, "accounts.locked_out")
    assert "127.0.0.1" in shut.json()["error"]["message"]
    networks = ["127.0.0.1", "203.0.113.77/24", "127.0.0.1/32", "2001:db8::/32"]
    kept = await boss.send("PUT", "/sign-in-rules", rules(networks=networks))
    assert kept.json()["networks"] == ["127.0.0.1/32", "203.0.113.0/24", "2001:db8::/32"]
    assert kept.json()["address"] == "127.0.0.1"
    assert (await boss.get("/sign-in-rules")).json() == kept.json()

    def from_address(address: str, cookie: str = "") -> httpx.AsyncClient:
        transport = httpx.ASGITransport(app=client._transport.app, client=(address, 1))  # type: ignore[attr-defined]
        browser = httpx.AsyncClient(
            transport=transport, base_url=client.base_url, headers=client.headers
        )
        browser.cookies.set("peakend", cookie)
        return browser

    body = {"login": person.login, "password": PASSWORD}
    for address, good in (("203.0.113.9", True), ("::ffff:203.0.113.9", True),
                          ("198.51.100.1", False), ("", False), ("unix", False)):  # fmt: skip
        answer = await from_address(address).post("/api/session", json=body)
        assert answer.is_success is good, address
        with_session = await from_address(address, person.token).get("/api/session")
        assert with_session.is_success is good, address
        if not good:
            assert answer.json()["error"]["code"] == "accounts.address_refused"
            assert with_session.status_code == 403
    # What a stranger says of himself in a header moves him nowhere.
    outside = from_address("198.51.100.1")
    lie = {"X-Forwarded-For": "203.0.113.9", "X-Real-IP": "203.0.113.9", "Forwarded": "for=1"}
    assert (await outside.post("/api/session", json=body, headers=lie)).status_code == 403
    # A wrong password is not told from a refused address.
    wrong = await outside.post("/api/session", json=body | {"password": "wrong-word-77"})
    assert wrong.status_code == 401
    refused = (await boss.get("/audit", params={"action": "session.refused"})).json()["items"]
    assert {entry["detail"]["why"] for entry in refused} == {"address"}


async def test_sockets_of_refused_addresses_end(
    database: Database, client: httpx.AsyncClient, organisation: UUID
) -> None:
    from peakend.accounts import queries
    from peakend.entry.live import Hub, Listener

    async def sent(message: Any) -> None:
        pass

    boss = await a_person(database, client, organisation, "admin")
    found = await queries.actor_for_session(database, boss.token)
    assert found is not None
    hub = Hub(database)
    inside, outside = (
        Listener(found.actor, sent, secret=boss.token, address=address)
        for address in ("127.0.0.1", "198.51.100.1")
    )
    for one in (inside, outside):
        await hub.join(one)
    await boss.send("PUT", "/sign-in-rules", rules(networks=["127.0.0.0/8"]))
    await look(hub)
    assert any('"bye"' in (frame or "") for frame in outside.waiting)
    assert not any('"bye"' in (frame or "") for frame in inside.waiting)


@pytest.mark.parametrize(
    "body",
    [
        rules(password_least=9),
        rules(password_least=65),
        rules(second_step_roles=["owner"]),
        rules(networks=["10.0.0.0/33"]),
        rules(networks=["example.com"]),
        rules(networks=[""]),
        rules(networks=["10.0.0.1"] * 101),
        rules(networks=["x" * 61]),
        rules(more=1),
        {},
    ],
)
async def test_malformed_rules(
    database: Database, client: httpx.AsyncClient, organisation: UUID, body: Any
) -> None:
    boss = await a_person(database, client, organisation, "admin")
    assert (await boss.send("PUT", "/sign-in-rules", body)).status_code == 422


async def test_the_house_says_how_long_passwords_are(
    database: Database, client: httpx.AsyncClient, organisation: UUID
) -> None:
    boss = await a_person(database, client, organisation, "admin")
    await boss.send("PUT", "/sign-in-rules", rules(password_least=20))
    short = await boss.send(
        "PUT", "/session/password", {"current": PASSWORD, "password": "seventeen-lamps-9"}
    )
    assert (short.status_code, short.json()["error"]["code"]) == (422, "accounts.weak_password")
    assert "20" in short.json()["error"]["message"]
    invited = await boss.send(
        "POST",
        "/members/invitations",
        {"login": "new@example.com", "name": "新人", "role": "agent"},
    )
    path = f"/api/invitations/{invited.json()['link'].rsplit('/', 1)[1]}"
    assert (await client.post(path, json={"password": "seventeen-lamps-9"})).status_code == 422
    good = {"password": "seventeen-lamps-on-a-hill"}
    assert (await client.post(path, json=good)).status_code == 201


@pytest.mark.parametrize(
    "password",
    [
        "password12345",
        "P@ssw0rd1234",
        "qwertyuiop12",
        "1qaz2wsx3edc4rfv",
        "abcdefghijkl",
        "ab12" * 5,
    ],
)
async def test_what_is_guessed_early_is_no_password(password: str) -> None:
    assert not is_weak_password(password, "lin@example.com")
    with pytest.raises(WeakPassword):
        await hash_password(password, "lin@example.com")


@pytest.mark.parametrize(
    ("password", "login", "name", "weak"),
    [
        ("wang.haitao-2024", "wang.haitao@example.com", "", True),
        ("ＷＡＮＧ.haitao-2024", "wang.haitao@example.com", "", True),
        ("我是王海涛没错的呀呀", "w@example.com", "王海涛", True),
        ("linden-trees-7", "lin@example.com", "", False),
        ("a-long-walk-9", "li", "Li A", False),
    ],
)
def test_a_password_is_not_made_of_its_owner(
    password: str, login: str, name: str, weak: bool
) -> None:
    assert is_weak_password(password, login, name) is weak


@pytest.mark.parametrize(
    ("agent", "device"),
    [
        (EDGE, ("edge", "windows")),
        (PHONE, ("safari", "ios")),
        ("Mozilla/5.0 (X11; Linux x86_64; rv:140.0) Gecko Firefox/140.0", ("firefox", "linux")),
        ("Mozilla/5.0 (Linux; Android 15) Chrome/141 MicroMessenger/8", ("wechat", "android")),
        ("", ("other", "other")),
        ("<script>" * 500, ("other", "other")),
    ],
)
def test_devices_in_codes(agent: str, device: tuple[str, str]) -> None:
    assert device_of(agent) == device


def test_places_and_networks() -> None:
    assert [place_of(one) for one in ("127.0.0.1", "::1", "10.1.2.3", "8.8.8.8", "", "x")] == [
        "machine", "machine", "house", "outside", "unknown", "unknown",
    ]  # fmt: skip
    assert clean_networks(["１０.０.０.１", " 10.0.0.1/32 "]) == ["10.0.0.1/32"]
    assert clean_networks(["10.0.0.1;DROP"]) is None
    assert address_allowed("anything", [])
    assert not address_allowed("10.0.0.1", ["2001:db8::/32"])


@pytest.mark.parametrize(
    ("given", "kept"),
    [("=1+1", "'=1+1"), ("＝1", "'＝1"), ("@x", "'@x"), ("\tx", "'\tx"), ("-2+3", "'-2+3"),
     ("+8613800138000", "+8613800138000"), ("plain", "plain"), ("", "")],
)  # fmt: skip
def test_no_cell_is_a_formula(given: str, kept: str) -> None:
    assert spreadsheet_text(given) == kept
