"""Sessions: opening, living, ending; what a stranger can learn from them."""

import asyncio
import time
from datetime import timedelta
from statistics import median
from typing import Any
from uuid import UUID

import httpx
import pytest

from peakend.accounts import actions, queries
from peakend.accounts.actions import passwords
from peakend.kernel import clock
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from tests.accounts.people import PASSWORD, a_person

STRANGER = {"login": "nobody@example.com", "password": "does-not-matter-1"}


async def test_signing_in_and_out(
    database: Database, client: httpx.AsyncClient, organisation: UUID
) -> None:
    person = await a_person(database, client, organisation, "admin")
    answer = await client.post(
        "/api/session", json={"login": person.login.upper(), "password": PASSWORD}
    )
    assert answer.status_code == 200, answer.text
    me = answer.json()
    assert me["member"]["id"] == str(person.id)
    assert me["organisation"]["id"] == str(organisation)
    assert "accounts.manage" in me["permissions"]
    assert [brand["slug"] for brand in me["brands"]] == ["main"]
    cookie = answer.headers["set-cookie"]
    assert cookie.startswith("peakend=")
    assert "HttpOnly" in cookie
    assert "SameSite=lax" in cookie
    assert "Path=/" in cookie
    assert (await client.get("/api/session")).json() == me
    assert (await client.delete("/api/session")).status_code == 204
    client.cookies.set("peakend", person.token)
    assert (await client.get("/api/session")).status_code == 200  # the other session lives on


async def test_a_session_ended_stays_ended(
    database: Database, client: httpx.AsyncClient, organisation: UUID
) -> None:
    person = await a_person(database, client, organisation)
    assert (await person.get("/session")).status_code == 200
    assert (await person.send("DELETE", "/session")).status_code == 204
    person.browser.cookies.set("peakend", person.token)
    assert (await person.get("/session")).status_code == 401


async def test_only_a_hash_of_the_token_is_stored(
    database: Database, client: httpx.AsyncClient, organisation: UUID
) -> None:
    person = await a_person(database, client, organisation)
    async with database.system() as tx:
        stored = await tx.value("SELECT token_hash FROM session")
    assert len(stored) == 32
    assert person.token.encode() not in stored


async def test_signing_in_again_never_keeps_an_old_token(
    database: Database, client: httpx.AsyncClient, organisation: UUID
) -> None:
    person = await a_person(database, client, organisation)
    body = {"login": person.login, "password": PASSWORD}
    answer = await person.send("POST", "/session", body)
    assert answer.cookies["peakend"] != person.token
    assert await queries.actor_for_session(database, person.token) is None


async def test_a_wrong_password_leaves_the_session_one_has(
    database: Database, client: httpx.AsyncClient, organisation: UUID
) -> None:
    person = await a_person(database, client, organisation)
    body = {"login": person.login, "password": "wrong-password-1"}
    assert (await person.send("POST", "/session", body)).status_code == 401
    assert (await person.send("POST", "/session", STRANGER)).status_code == 401
    assert (await person.get("/session")).json()["member"]["id"] == str(person.id)


@pytest.mark.parametrize(
    ("login", "password"),
    [
        ("nobody@example.com", PASSWORD),
        ("known@example.com", "wrong-password-1"),
        ("known@example.com", ""),
        ("known@example.com", PASSWORD + "x" * 200),
        ("known@example.com' OR '1'='1", PASSWORD),
        ("%", PASSWORD),
        ("gone@example.com", PASSWORD),
    ],
)
async def test_every_wrong_login_answers_alike(
    database: Database, client: httpx.AsyncClient, organisation: UUID, login: str, password: str
) -> None:
    await a_person(database, client, organisation, login="known@example.com")
    gone = await a_person(database, client, organisation, login="gone@example.com")
    boss = await a_person(database, client, organisation, "admin")
    await boss.send("PATCH", f"/members/{gone.id}", {"active": False})
    stranger = await client.post("/api/session", json=STRANGER)
    answer = await client.post("/api/session", json={"login": login, "password": password})
    if password:
        assert answer.status_code == 401
        mine, theirs = answer.json()["error"], stranger.json()["error"]
        assert (mine["code"], mine["message"]) == (theirs["code"], theirs["message"])
    else:
        assert answer.status_code == 422
    assert "set-cookie" not in answer.headers


async def test_an_unknown_login_takes_as_long(
    database: Database, client: httpx.AsyncClient, organisation: UUID
) -> None:
    person = await a_person(database, client, organisation)
    await passwords.warm_up()

    async def took(login: str) -> float:
        begin = time.perf_counter()
        with pytest.raises(actions.WrongLogin):
            await actions.sign_in(database, login=login, password="wrong-word-77", address="x")
        return time.perf_counter() - begin

    known, unknown = [], []
    for _ in range(9):
        known.append(await took(person.login))
        unknown.append(await took("nobody@example.com"))
    # One check of a password is two orders of magnitude above what a look-up takes.
    assert median(unknown) > median(known) * 0.5
    assert median(unknown) < median(known) * 2


@pytest.mark.parametrize("exists", [True, False])
async def test_guessing_at_one_account_is_slowed_whether_or_not_it_exists(
    database: Database, client: httpx.AsyncClient, organisation: UUID, exists: bool
) -> None:
    if exists:
        await a_person(database, client, organisation, login="known@example.com")
    body = {"login": "known@example.com", "password": "wrong-word-77"}
    found = [(await client.post("/api/session", json=body)).status_code for _ in range(10)]
    assert found == [401] * 10
    last = await client.post("/api/session", json=body)
    assert last.status_code == 429
    assert int(last.headers["retry-after"]) > 0


@pytest.mark.parametrize(
    "body",
    [
        {},
        [],
        {"login": "a"},
        {"login": None, "password": "x"},
        {"login": ["a"], "password": "x"},
        {"login": "a", "password": {"$ne": None}},
        {"login": "a", "password": "x", "role": "admin"},
        {"login": "a" * 201, "password": "x"},
        {"login": "a", "password": "x" * 1001},
    ],
)
async def test_malformed_sign_in(client: httpx.AsyncClient, body: Any) -> None:
    assert (await client.post("/api/session", json=body)).status_code == 422


@pytest.mark.parametrize(
    "headers",
    [
        {"X-Peakend": ""},
        {"Origin": "https://evil.example"},
        {"Origin": "null"},
        {"Sec-Fetch-Site": "cross-site"},
    ],
)
async def test_no_other_site_signs_a_browser_in(
    client: httpx.AsyncClient, headers: dict[str, str]
) -> None:
    if headers == {"X-Peakend": ""}:
        client.headers.pop("X-Peakend")
        headers = {}
    answer = await client.post("/api/session", json=STRANGER, headers=headers)
    assert answer.status_code == 403


@pytest.mark.parametrize("token", ["", "x", "0" * 43, "a" * 129, "' OR 1=1 --", "%00"])
async def test_no_made_up_token_is_a_session(client: httpx.AsyncClient, token: str) -> None:
    answer = await client.get("/api/session", headers={"Cookie": f"peakend={token}"})
    assert answer.status_code == 401


@pytest.mark.parametrize(
    ("role", "after", "lives"),
    [
        ("admin", timedelta(minutes=29), True),
        ("admin", timedelta(minutes=31), False),
        ("agent", timedelta(hours=11), True),
        ("agent", timedelta(hours=13), False),
    ],
)
async def test_an_idle_session_ends(
    database: Database,
    client: httpx.AsyncClient,
    organisation: UUID,
    role: str,
    after: timedelta,
    lives: bool,
) -> None:
    person = await a_person(database, client, organisation, role)
    found = await queries.actor_for_session(database, person.token, clock.now() + after)
    assert (found is not None) is lives


async def test_no_session_lives_for_ever(
    database: Database, client: httpx.AsyncClient, organisation: UUID
) -> None:
    person = await a_person(database, client, organisation, "admin")
    begin = clock.now()
    hours = 0.0
    while await queries.actor_for_session(database, person.token, begin + timedelta(hours=hours)):
        queries.forget_token(person.token)
        hours += 0.4
        assert hours < 13
    assert hours > 11.5


async def test_a_new_password_ends_every_session(
    database: Database, client: httpx.AsyncClient, organisation: UUID
) -> None:
    person = await a_person(database, client, organisation)
    async with database.transaction(Actor.system(organisation)) as tx:
        other = await actions.enter(tx, member_id=person.id)
    assert await queries.actor_for_session(database, other.token)
    wrong = {"current": "not-the-word-1", "password": "another-word-2"}
    assert (await person.send("PUT", "/session/password", wrong)).status_code == 422
    right = {"current": PASSWORD, "password": "another-word-2"}
    answer = await person.send("PUT", "/session/password", right)
    assert answer.status_code == 200, answer.text
    assert await queries.actor_for_session(database, other.token) is None
    assert await queries.actor_for_session(database, person.token) is None
    assert await queries.actor_for_session(database, answer.cookies["peakend"])
    old = await client.post("/api/session", json={"login": person.login, "password": PASSWORD})
    assert old.status_code == 401


async def test_two_organisations_may_know_the_same_login(
    database: Database, client: httpx.AsyncClient, organisation: UUID
) -> None:
    from tests.databases import make_organisation

    elsewhere = await make_organisation(database, "别家")
    async with database.transaction(Actor.system(elsewhere)) as tx:
        there = await actions.add_member(
            tx, login="lin@example.com", name="林", role="agent", password="a-word-elsewhere"
        )
    here = await a_person(database, client, organisation, login="lin@example.com")
    first = await actions.sign_in(database, login="lin@example.com", password=PASSWORD, address="a")
    second = await actions.sign_in(
        database, login="lin@example.com", password="a-word-elsewhere", address="a"
    )
    assert (first.member_id, second.member_id) == (here.id, there)
    assert first.organisation_id != second.organisation_id


async def test_a_flood_of_sign_ins_is_bounded() -> None:
    async def check() -> str:
        try:
            return str(await passwords.password_fits(None, "wrong-word-77"))
        except passwords.HashingBusy as busy:
            return "busy" if busy.retry_after_s else "without an answer when to come back"

    found = await asyncio.gather(*(check() for _ in range(200)))
    assert found.count("False") <= passwords._THREADS + passwords._WAITING + 1
    assert found.count("busy") >= 100
    assert await check() == "False"
