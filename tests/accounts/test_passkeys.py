"""Passkeys: added, alone and as the second step, and every way somebody else might use one."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pyotp
import pytest

from peakend.accounts import actions
from peakend.accounts.rules.passkeys import challenge_in, passkey_place
from peakend.kernel import clock
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from tests.accounts.authenticator import HOST, ORIGIN, Authenticator, b64
from tests.accounts.people import PASSWORD, Person, a_person
from tests.databases import make_organisation


@pytest.fixture(autouse=True)
def at_home(client: httpx.AsyncClient) -> Any:
    """Every browser of these tests is at localhost: the only place without https."""
    before = client.headers.get("host")
    client.headers["host"] = HOST
    yield
    if before is None:
        del client.headers["host"]
    else:
        client.headers["host"] = before


async def somebody(
    database: Database, client: httpx.AsyncClient, organisation: UUID, role: str = "agent"
) -> Person:
    login = f"{role}-{uuid4().hex[:8]}@example.com"
    return await a_person(database, client, organisation, role, login=login)


async def ask(person: Person, password: str = PASSWORD) -> httpx.Response:
    return await person.send("POST", "/passkeys/questions", {"password": password})


async def given_passkey(person: Person, **more: Any) -> tuple[Authenticator, dict[str, Any]]:
    key = Authenticator(**more)
    asked = await ask(person)
    assert asked.status_code == 200, asked.text
    assert asked.json()["origin"] == ORIGIN
    made = await person.send("POST", "/passkeys", key.make(asked.json()["options"]))
    assert made.status_code == 201, made.text
    return key, made.json()


def stranger(client: httpx.AsyncClient) -> httpx.AsyncClient:
    return httpx.AsyncClient(
        transport=client._transport, base_url=client.base_url, headers=client.headers
    )


async def question(browser: httpx.AsyncClient) -> dict[str, Any]:
    answer = await browser.post("/api/session/passkeys/questions")
    assert answer.status_code == 200, answer.text
    return dict(answer.json()["options"])


async def come_in(browser: httpx.AsyncClient, key: Authenticator, **lie: Any) -> httpx.Response:
    answer = key.answer(await question(browser), **lie)
    return await browser.post("/api/session/passkeys", json=answer)


def code_of(answer: httpx.Response) -> str:
    return str(answer.json()["error"]["code"])


async def knock(browser: httpx.AsyncClient, login: str) -> dict[str, str]:
    answer = await browser.post("/api/session", json={"login": login, "password": PASSWORD})
    assert answer.status_code == 202, answer.text
    return dict(answer.json())


async def second(
    browser: httpx.AsyncClient, token: str, key: Authenticator, **lie: Any
) -> httpx.Response:
    asked = await browser.post(
        "/api/session/second-steps/passkeys/questions", json={"token": token}
    )
    assert asked.status_code == 200, asked.text
    answer = key.answer(asked.json()["options"], **lie)
    return await browser.post(
        "/api/session/second-steps/passkeys", json={"token": token, "answer": answer}
    )


async def test_added_and_then_the_only_thing_that_is_needed(
    database: Database, client: httpx.AsyncClient, organisation: UUID
) -> None:
    person = await somebody(database, client, organisation)
    assert code_of(await ask(person, "wrong-word-77")) == "accounts.wrong_password"
    key, made = await given_passkey(person)
    assert len(set(made["recovery_codes"])) == 10
    state = (await person.get("/session/second-step")).json()
    assert (state["on"], state["authenticator"], state["passkeys"]) == (True, False, 1)
    browser = stranger(client)
    asked = await question(browser)
    assert not asked.get("allowCredentials")
    assert asked["userVerification"] == "required"
    answer = await browser.post("/api/session/passkeys", json=key.answer(asked))
    assert answer.status_code == 200, answer.text
    assert answer.json()["member"]["id"] == str(person.id)
    [here, *_] = (await browser.get("/api/sessions")).json()
    assert (here["way"], here["second"], here["current"]) == ("passkey", "", True)
    [own] = (await person.get("/passkeys")).json()
    assert (own["name"], own["verifies"], own["suspect_at"]) == ("测试钥匙", True, None)
    assert own["last_used_at"] is not None
    async with database.transaction(Actor.system(organisation)) as tx:
        facts = await tx.value(
            "SELECT array_agg(type ORDER BY id) FROM event WHERE payload->>'member_id' = $1"
            " OR subject = $2",
            str(person.id),
            str(person.id),
        )
        done = await tx.value(
            "SELECT array_agg(action ORDER BY id) FROM audit_entry WHERE subject_id = $1", person.id
        )
    assert "PasskeyAdded" in facts
    assert "passkey.added" in done
    # The very same question, answered again, is gone; so is the same answer.
    again = await stranger(client).post("/api/session/passkeys", json=key.answer(asked))
    assert (again.status_code, code_of(again)) == (404, "accounts.passkey_gone")


async def test_several_with_names_and_removed(
    database: Database, client: httpx.AsyncClient, organisation: UUID
) -> None:
    person = await somebody(database, client, organisation)
    first, _ = await given_passkey(person)
    other, made = await given_passkey(person)
    assert made["recovery_codes"] == []
    asked = (await ask(person)).json()["options"]
    assert {one["id"] for one in asked["excludeCredentials"]} == {b64(first.id), b64(other.id)}
    assert asked["excludeCredentials"][0]["transports"] == ["usb"]
    # The same one again, whatever the browser says.
    twice = await person.send("POST", "/passkeys", first.make(asked))
    assert (twice.status_code, code_of(twice)) == (409, "accounts.passkey_known")
    path = f"/passkeys/{made['id']}"
    assert (await person.send("PATCH", path, {"name": "办公室的钥匙"})).status_code == 204
    assert [one["name"] for one in (await person.get("/passkeys")).json()][1] == "办公室的钥匙"
    stolen = await somebody(database, client, organisation)
    for method, more, body in (
        ("PATCH", "", {"name": "别人的"}),
        ("POST", "/removals", {"password": PASSWORD}),
    ):
        refused = await stolen.send(method, path + more, body)
        assert (refused.status_code, code_of(refused)) == (404, "accounts.passkey_not_found")
    wrong = await person.send("POST", f"{path}/removals", {"password": "wrong-word-77"})
    assert code_of(wrong) == "accounts.wrong_password"
    gone = await person.send("POST", f"{path}/removals", {"password": PASSWORD})
    assert gone.status_code == 204
    assert code_of(await come_in(stranger(client), other)) == "accounts.wrong_passkey"
    assert (await come_in(stranger(client), first)).status_code == 200


async def test_after_the_password_it_is_the_second_step(
    database: Database, client: httpx.AsyncClient, organisation: UUID
) -> None:
    person = await somebody(database, client, organisation)
    # A key without a PIN: no way in by itself, but a good second step.
    key, made = await given_passkey(person, verifies=False)
    assert code_of(await come_in(stranger(client), key)) == "accounts.wrong_passkey"
    browser = stranger(client)
    waits = await knock(browser, person.login)
    assert waits["step"] == "passkey"
    assert (await browser.get("/api/session")).status_code == 401
    done = await second(browser, waits["token"], key)
    assert done.status_code == 200, done.text
    [here, *_] = (await browser.get("/api/sessions")).json()
    assert (here["way"], here["second"]) == ("password", "passkey")
    # The token is used; a recovery code does instead of a lost key; a code of no authenticator not.
    lost = stranger(client)
    used = await lost.post(
        "/api/session/second-steps/passkeys/questions", json={"token": waits["token"]}
    )
    assert (used.status_code, code_of(used)) == (404, "accounts.sign_in_gone")
    waits = await knock(lost, person.login)
    path = "/api/session/second-steps"
    wrong = await lost.post(path, json={"token": waits["token"], "code": "123456"})
    assert (wrong.status_code, code_of(wrong)) == (422, "accounts.wrong_code")
    body = {"token": waits["token"], "code": made["recovery_codes"][0]}
    entered = await lost.post(path, json=body)
    assert entered.json()["recovery_codes_left"] == 9
    [here, *_] = (await lost.get("/api/sessions")).json()
    assert here["second"] == "recovery"


async def test_beside_an_authenticator_either_does(
    database: Database, client: httpx.AsyncClient, organisation: UUID
) -> None:
    person = await somebody(database, client, organisation)
    key, made = await given_passkey(person)
    begun = await person.send("POST", "/session/second-step", {"password": PASSWORD})
    hand = pyotp.TOTP(begun.json()["secret"])
    now = clock.now()
    done = await person.send(
        "PUT", "/session/second-step", {"code": hand.at(now - timedelta(seconds=30))}
    )
    assert done.status_code == 200, done.text
    assert set(done.json()["recovery_codes"]).isdisjoint(made["recovery_codes"])
    by_code, by_key = stranger(client), stranger(client)
    waits = await knock(by_code, person.login)
    body = {"token": waits["token"], "code": hand.at(clock.now())}
    assert (await by_code.post("/api/session/second-steps", json=body)).status_code == 200
    waits = await knock(by_key, person.login)
    assert (await second(by_key, waits["token"], key)).status_code == 200


async def test_a_role_that_needs_a_second_step_keeps_one(
    database: Database, client: httpx.AsyncClient, organisation: UUID
) -> None:
    person = await somebody(database, client, organisation)
    async with database.transaction(Actor.system(organisation)) as tx:
        await actions.change_sign_in_rules(
            tx, password_least=10, second_step_roles=["agent"], networks=[], address=""
        )
    # Nothing yet: a passkey, too, sets it up before the first session.
    browser = stranger(client)
    waits = await knock(browser, person.login)
    assert waits["step"] == "set_up"
    key = Authenticator()
    asked = await browser.post(
        "/api/session/second-steps/passkeys/questions", json={"token": waits["token"]}
    )
    made = key.make(asked.json()["options"])
    entered = await browser.post(
        "/api/session/second-steps/passkeys", json={"token": waits["token"], "made": made}
    )
    assert entered.status_code == 200, entered.text
    assert len(entered.json()["recovery_codes"]) == 10
    [own] = (await browser.get("/api/passkeys")).json()
    path = f"/api/passkeys/{own['id']}/removals"
    kept = await browser.post(path, json={"password": PASSWORD})
    assert (kept.status_code, code_of(kept)) == (409, "accounts.second_step_required")
    assert len((await browser.get("/api/passkeys")).json()) == 1
    # With a second one the first may go.
    asked = await browser.post("/api/passkeys/questions", json={"password": PASSWORD})
    assert (
        await browser.post("/api/passkeys", json=Authenticator().make(asked.json()["options"]))
    ).status_code == 201
    assert (await browser.post(path, json={"password": PASSWORD})).status_code == 204
    # An administrator's reset takes them all, and signs the member out.
    async with database.transaction(Actor.system(organisation)) as tx:
        await actions.reset_second_step(tx, member_id=person.id)
        assert await tx.value("SELECT count(*) FROM passkey WHERE member_id = $1", person.id) == 0
    assert (await browser.get("/api/session")).status_code == 401


@pytest.mark.parametrize(
    "lie",
    [
        {"origin": "https://evil.example"},
        {"origin": "http://localhost:8081"},
        {"domain": "evil.example"},
    ],
)
async def test_an_answer_from_another_place_is_none(
    database: Database, client: httpx.AsyncClient, organisation: UUID, lie: dict[str, str]
) -> None:
    person = await somebody(database, client, organisation)
    key, _ = await given_passkey(person)
    browser = stranger(client)
    refused = await come_in(browser, key, **lie)
    assert (refused.status_code, code_of(refused)) == (422, "accounts.wrong_passkey")
    assert "set-cookie" not in refused.headers
    waits = await knock(browser, person.login)
    refused = await second(browser, waits["token"], key, **lie)
    assert (refused.status_code, code_of(refused)) == (422, "accounts.wrong_passkey")
    if "origin" in lie:
        asked = (await ask(person)).json()["options"]
        made = await person.send("POST", "/passkeys", Authenticator().make(asked, **lie))
        assert (made.status_code, code_of(made)) == (422, "accounts.passkey_refused")


async def test_another_persons_passkey_proves_nothing(
    database: Database, client: httpx.AsyncClient, organisation: UUID
) -> None:
    victim = await somebody(database, client, organisation)
    await given_passkey(victim)
    thief = await somebody(database, client, organisation)
    key, _ = await given_passkey(thief)
    elsewhere = await somebody(database, client, await make_organisation(database))
    foreign, _ = await given_passkey(elsewhere)
    # The victim's password is known, his passkey is not: neither a colleague's nor a stranger's.
    for other in (key, foreign, Authenticator()):
        browser = stranger(client)
        waits = await knock(browser, victim.login)
        refused = await second(browser, waits["token"], other)
        assert (refused.status_code, code_of(refused)) == (422, "accounts.wrong_passkey")
        assert (await browser.get("/api/session")).status_code == 401
    # The victim's name under one's own key; no name at all; a key that nobody has: one answer.
    texts = set()
    for handle in (victim.id.bytes, elsewhere.id.bytes, b""):
        key.handle = handle
        answer = key.answer(await question(client))
        refused = await stranger(client).post("/api/session/passkeys", json=answer)
        texts.add((refused.status_code, refused.json()["error"]["message"]))
    refused = await come_in(stranger(client), Authenticator())
    texts.add((refused.status_code, refused.json()["error"]["message"]))
    assert len(texts) == 1
    # Whom a passkey of another house opens is that house's member, and nobody here.
    inside = stranger(client)
    me = await come_in(inside, foreign)
    assert me.json()["member"]["id"] == str(elsewhere.id)


async def test_a_question_is_for_one_purpose_and_one_person(
    database: Database, client: httpx.AsyncClient, organisation: UUID, monkeypatch: Any
) -> None:
    person = await somebody(database, client, organisation)
    other = await somebody(database, client, organisation)
    key, _ = await given_passkey(person)
    # The question of one member, answered by another.
    asked = (await ask(other)).json()["options"]
    crossed = await person.send("POST", "/passkeys", Authenticator().make(asked))
    assert (crossed.status_code, code_of(crossed)) == (404, "accounts.passkey_gone")
    # A sign-in's question as a second step, and one nobody asked.
    browser = stranger(client)
    waits = await knock(browser, person.login)
    path = "/api/session/second-steps/passkeys"
    for options in (await question(browser), {"challenge": b64(b"x" * 32), "rpId": "localhost"}):
        body = {"token": waits["token"], "answer": key.answer(options)}
        gone = await browser.post(path, json=body)
        assert (gone.status_code, code_of(gone)) == (404, "accounts.passkey_gone")
    # Too late.
    options = await question(browser)
    real = clock.now
    monkeypatch.setattr(clock, "now", lambda: real() + timedelta(minutes=6))
    late = await browser.post("/api/session/passkeys", json=key.answer(options))
    assert code_of(late) == "accounts.passkey_gone"


async def test_a_copy_gives_itself_away(
    database: Database, client: httpx.AsyncClient, organisation: UUID
) -> None:
    person = await somebody(database, client, organisation)
    key, _ = await given_passkey(person)
    assert (await come_in(stranger(client), key)).status_code == 200
    key.count -= 1
    refused = await come_in(stranger(client), key)
    assert code_of(refused) == "accounts.wrong_passkey"
    # From now on it opens nothing, not even with the right counter; the password still needs it.
    key.count += 10
    assert code_of(await come_in(stranger(client), key)) == "accounts.wrong_passkey"
    [own] = (await person.get("/passkeys")).json()
    assert own["suspect_at"] is not None
    assert (await knock(stranger(client), person.login))["step"] == "passkey"
    async with database.transaction(Actor.system(organisation)) as tx:
        assert await tx.value("SELECT count(*) FROM event WHERE type = 'PasskeySuspected'") == 1
        assert await tx.value(
            "SELECT count(*) FROM audit_entry WHERE action = 'passkey.suspected'"
        ) == 1  # fmt: skip


async def test_who_has_left_or_comes_from_outside_stays_out(
    database: Database, client: httpx.AsyncClient, organisation: UUID
) -> None:
    person = await somebody(database, client, organisation)
    key, _ = await given_passkey(person)
    async with database.transaction(Actor.system(organisation)) as tx:
        await actions.change_sign_in_rules(
            tx, password_least=10, second_step_roles=[], networks=["203.0.113.0/24"],
            address="203.0.113.9",
        )  # fmt: skip
    assert code_of(await come_in(stranger(client), key)) == "accounts.address_refused"
    async with database.transaction(Actor.system(organisation)) as tx:
        await actions.change_sign_in_rules(
            tx, password_least=10, second_step_roles=[], networks=[], address=""
        )
        await tx.run(
            "UPDATE member SET active = false WHERE organisation_id = current_organisation()"
            " AND id = $1",
            person.id,
        )
    assert code_of(await come_in(stranger(client), key)) == "accounts.wrong_passkey"


async def test_it_is_limited_like_a_password(
    database: Database, client: httpx.AsyncClient, organisation: UUID
) -> None:
    person = await somebody(database, client, organisation)
    key, _ = await given_passkey(person)
    browser = stranger(client)
    answers = [await come_in(browser, key, origin="https://evil.example") for _ in range(11)]
    assert [one.status_code for one in answers] == [422] * 10 + [429]
    assert int(answers[-1].headers["retry-after"]) > 0


async def test_it_says_where_it_works(client: httpx.AsyncClient) -> None:
    client.headers["host"] = "10.0.0.5:8080"
    refused = await client.post("/api/session/passkeys/questions")
    assert (refused.status_code, code_of(refused)) == (409, "accounts.passkeys_need_https")


@pytest.mark.parametrize(
    ("public_url", "scheme", "host", "expected"),
    [
        ("https://desk.example.com", "http", "evil.example", ("desk.example.com", "https://desk.example.com")),
        ("https://desk.example.com:8443", "http", "x", ("desk.example.com", "https://desk.example.com:8443")),
        ("https://desk.example.com:443", "http", "x", ("desk.example.com", "https://desk.example.com")),
        ("https://192.0.2.7", "https", "localhost", None),
        ("http://desk.example.com", "http", "desk.example.com", None),
        ("", "http", "localhost:8080", ("localhost", "http://localhost:8080")),
        ("", "http", "localhost.evil.example", None),
        ("", "http", "evil@localhost", None),
        ("", "http", "127.0.0.1:8080", None),
    ],
)  # fmt: skip
def test_where_passkeys_hold(public_url: str, scheme: str, host: str, expected: Any) -> None:
    found = passkey_place(public_url, scheme, host)
    assert (found and (found.domain, found.origin)) == expected


@pytest.mark.parametrize(
    "text", ["", "!!", b64(b"[]"), b64(b'{"challenge":"eA"}'), b64(b'{"challenge":1}')]
)
def test_what_names_no_question(text: str) -> None:
    assert challenge_in(text) is None
