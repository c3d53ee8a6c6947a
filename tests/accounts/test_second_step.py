"""Two-step sign-in: proved once, asked for each time, no way around it."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pyotp
import pytest

from peakend.accounts import actions
from peakend.accounts.actions import entering, second_steps
from peakend.kernel import clock
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from tests.accounts.people import PASSWORD, Person, a_person


class Hand:
    """A person's authenticator; it can be a moment early or late."""

    def __init__(self, secret: str) -> None:
        self.totp = pyotp.TOTP(secret)

    def code(self, off_s: float = 0) -> str:
        return self.totp.at(clock.now() + timedelta(seconds=off_s))


@pytest.fixture(autouse=True)
def later(monkeypatch: pytest.MonkeyPatch) -> Any:
    """A clock that can be moved on, so that a test need not wait for the next code."""
    real, gone = clock.now, [timedelta()]
    monkeypatch.setattr(clock, "now", lambda: real() + gone[0])

    def move(seconds: float) -> None:
        gone[0] += timedelta(seconds=seconds)

    return move


async def with_second_step(person: Person, later: Any) -> tuple[Hand, list[str]]:
    begun = await person.send("POST", "/session/second-step", {"password": PASSWORD})
    assert begun.status_code == 200, begun.text
    hand = Hand(begun.json()["secret"])
    done = await person.send("PUT", "/session/second-step", {"code": hand.code()})
    assert done.status_code == 200, done.text
    later(60)
    return hand, done.json()["recovery_codes"]


async def knock(client: httpx.AsyncClient, login: str) -> dict[str, str]:
    answer = await client.post("/api/session", json={"login": login, "password": PASSWORD})
    assert answer.status_code == 202, answer.text
    assert "set-cookie" not in answer.headers
    return answer.json()


async def give(client: httpx.AsyncClient, token: str, code: str) -> httpx.Response:
    return await client.post("/api/session/second-steps", json={"token": token, "code": code})


def code_of(answer: httpx.Response) -> str:
    return answer.json()["error"]["code"]


async def test_turning_it_on_and_signing_in(
    database: Database, client: httpx.AsyncClient, organisation: UUID, later: Any
) -> None:
    person = await a_person(database, client, organisation)
    before = (await person.get("/session/second-step")).json()
    assert before == {
        "on": False,
        "since": None,
        "recovery_codes_left": 0,
        "required": False,
        "password_least": 10,
        "authenticator": False,
        "passkeys": 0,
    }
    hand, codes = await with_second_step(person, later)
    assert len(set(codes)) == 10
    now = (await person.get("/session/second-step")).json()
    assert (now["on"], now["recovery_codes_left"]) == (True, 10)
    waiting = await knock(client, person.login)
    assert waiting["step"] == "code"
    # Nothing is open before the code: the token is no session.
    client.cookies.set("peakend", waiting["token"])
    assert (await client.get("/api/session")).status_code == 401
    client.cookies.clear()
    answer = await give(client, waiting["token"], hand.code())
    assert answer.status_code == 200, answer.text
    assert answer.json()["me"]["member"]["id"] == str(person.id)
    assert answer.json()["recovery_codes_left"] is None
    assert (await client.get("/api/session")).status_code == 200


async def test_it_is_not_on_before_a_code_proved_it(
    database: Database, client: httpx.AsyncClient, organisation: UUID
) -> None:
    person = await a_person(database, client, organisation)
    wrong = await person.send("POST", "/session/second-step", {"password": "wrong-word-77"})
    assert (wrong.status_code, code_of(wrong)) == (422, "accounts.wrong_password")
    nothing = await person.send("PUT", "/session/second-step", {"code": "123456"})
    assert code_of(nothing) == "accounts.second_step_off"
    await person.send("POST", "/session/second-step", {"password": PASSWORD})
    refused = await person.send("PUT", "/session/second-step", {"code": "000000"})
    assert (refused.status_code, code_of(refused)) == (422, "accounts.wrong_code")
    answer = await client.post("/api/session", json={"login": person.login, "password": PASSWORD})
    assert answer.status_code == 200


async def test_a_code_works_once(
    database: Database, client: httpx.AsyncClient, organisation: UUID, later: Any
) -> None:
    person = await a_person(database, client, organisation)
    hand, _ = await with_second_step(person, later)
    code, early = hand.code(), hand.code(-30)
    first, second = await knock(client, person.login), await knock(client, person.login)
    assert (await give(client, first["token"], code)).status_code == 200
    client.cookies.clear()
    for seen in (code, early):
        again = await give(client, second["token"], seen)
        assert (again.status_code, code_of(again)) == (422, "accounts.wrong_code")
    assert "set-cookie" not in again.headers
    # Neither does the token.
    used = await give(client, first["token"], hand.code(30))
    assert (used.status_code, code_of(used)) == (404, "accounts.sign_in_gone")


async def test_the_same_code_twice_at_once_opens_one_session(
    database: Database, client: httpx.AsyncClient, organisation: UUID, later: Any
) -> None:
    person = await a_person(database, client, organisation)
    hand, _ = await with_second_step(person, later)
    tokens = [(await knock(client, person.login))["token"] for _ in range(4)]
    answers = await asyncio.gather(*(give(client, one, hand.code()) for one in tokens))
    assert sorted(answer.status_code for answer in answers) == [200, 422, 422, 422]


@pytest.mark.parametrize(("off", "good"), [(-70, False), (-30, True), (30, True), (70, False)])
async def test_clocks_may_differ_by_one_step(
    database: Database,
    client: httpx.AsyncClient,
    organisation: UUID,
    later: Any,
    off: int,
    good: bool,
) -> None:
    person = await a_person(database, client, organisation)
    hand, _ = await with_second_step(person, later)
    later(120)
    waiting = await knock(client, person.login)
    assert (await give(client, waiting["token"], hand.code(off))).is_success is good


@pytest.mark.parametrize(
    "code",
    ["", "0", "１２３", "abcdef", "𝟙𝟚𝟛𝟜𝟝𝟞𝟟", "1" * 40, "1" * 41, "' OR 1=1", "\x00" * 6, None, 7],
)
async def test_nonsense_is_refused(
    database: Database, client: httpx.AsyncClient, organisation: UUID, later: Any, code: Any
) -> None:
    person = await a_person(database, client, organisation)
    await with_second_step(person, later)
    waiting = await knock(client, person.login)
    assert (await give(client, waiting["token"], code)).status_code == 422


async def test_codes_are_read_as_people_type_them(
    database: Database, client: httpx.AsyncClient, organisation: UUID, later: Any
) -> None:
    person = await a_person(database, client, organisation)
    hand, codes = await with_second_step(person, later)
    wide = "".join(chr(ord(digit) + 0xFEE0) for digit in hand.code())
    waiting = await knock(client, person.login)
    assert (await give(client, waiting["token"], f" {wide[:3]} {wide[3:]} ")).is_success
    waiting = await knock(client, person.login)
    left = await give(client, waiting["token"], codes[0].upper().replace("-", " "))
    assert left.json()["recovery_codes_left"] == 9


async def test_a_recovery_code_works_once(
    database: Database, client: httpx.AsyncClient, organisation: UUID, later: Any
) -> None:
    person = await a_person(database, client, organisation)
    other = await a_person(database, client, organisation, "supervisor")
    _, codes = await with_second_step(person, later)
    _, theirs = await with_second_step(other, later)
    waiting = await knock(client, person.login)
    answer = await give(client, waiting["token"], codes[3])
    assert (answer.status_code, answer.json()["recovery_codes_left"]) == (200, 9)
    waiting = await knock(client, person.login)
    for wrong in (codes[3], theirs[0]):
        assert code_of(await give(client, waiting["token"], wrong)) == "accounts.wrong_code"


async def test_new_recovery_codes_end_the_old(
    database: Database, client: httpx.AsyncClient, organisation: UUID, later: Any
) -> None:
    person = await a_person(database, client, organisation)
    hand, codes = await with_second_step(person, later)
    pair = {"password": PASSWORD, "code": hand.code()}
    fresh = await person.send("POST", "/session/second-step/recovery-codes", pair)
    assert len(set(fresh.json()["recovery_codes"]) | set(codes)) == 20
    waiting = await knock(client, person.login)
    assert code_of(await give(client, waiting["token"], codes[0])) == "accounts.wrong_code"


async def test_guessing_is_bounded_by_the_token_and_by_the_person(
    database: Database, client: httpx.AsyncClient, organisation: UUID, later: Any
) -> None:
    person = await a_person(database, client, organisation)
    hand, _ = await with_second_step(person, later)
    later(3600)
    first = await knock(client, person.login)
    for _ in range(5):
        assert (await give(client, first["token"], "000000")).status_code == 422
    assert code_of(await give(client, first["token"], hand.code())) == "accounts.sign_in_gone"
    # A new token does not help: the person's tries are counted over all of them.
    second = await knock(client, person.login)
    refused = await give(client, second["token"], "000000")
    assert refused.status_code == 429
    assert int(refused.headers["retry-after"]) >= 30
    async with database.transaction(Actor.system(organisation)) as tx:
        noted = await tx.value(
            "SELECT count(*) FROM audit_entry WHERE action = 'second_step.failed'"
        )
    assert noted == 5


async def test_a_waiting_sign_in_ends_by_time_password_and_disabling(
    database: Database, client: httpx.AsyncClient, organisation: UUID, later: Any
) -> None:
    person = await a_person(database, client, organisation)
    boss = await a_person(database, client, organisation, "admin")
    hand, _ = await with_second_step(person, later)

    async def gone(token: str) -> bool:
        return code_of(await give(client, token, hand.code())) == "accounts.sign_in_gone"

    waiting = await knock(client, person.login)
    later(11 * 60)
    assert await gone(waiting["token"])
    waiting = await knock(client, person.login)
    await boss.send("PATCH", f"/members/{person.id}", {"active": False})
    assert await gone(waiting["token"])
    await boss.send("PATCH", f"/members/{person.id}", {"active": True})
    waiting = await knock(client, person.login)
    link = (await boss.send("POST", f"/members/{person.id}/resets")).json()["link"]
    secret = link.rsplit("/", 1)[1]
    reset = await client.post(f"/api/invitations/{secret}", json={"password": "another-word-2"})
    # A reset link stands for the password, never for the second step.
    assert (reset.status_code, reset.json()["step"]) == (202, "code")
    assert "set-cookie" not in reset.headers
    assert await gone(waiting["token"])
    assert (await give(client, reset.json()["token"], hand.code())).status_code == 200
    assert code_of(await give(client, "x" * 43, hand.code())) == "accounts.sign_in_gone"


async def test_turning_it_off_takes_password_and_code(
    database: Database, client: httpx.AsyncClient, organisation: UUID, later: Any
) -> None:
    person = await a_person(database, client, organisation)
    hand, _ = await with_second_step(person, later)
    path = "/session/second-step/removals"
    for password, code in ((PASSWORD, "000000"), ("wrong-word-77", hand.code())):
        answer = await person.send("POST", path, {"password": password, "code": code})
        assert answer.status_code == 422
    again = await person.send("POST", "/session/second-step", {"password": PASSWORD})
    assert code_of(again) == "accounts.second_step_on"
    off = await person.send("POST", path, {"password": PASSWORD, "code": hand.code()})
    assert off.status_code == 204, off.text
    answer = await client.post("/api/session", json={"login": person.login, "password": PASSWORD})
    assert answer.status_code == 200
    async with database.transaction(Actor.system(organisation)) as tx:
        assert not await tx.value("SELECT count(*) FROM recovery_code")


async def test_a_role_can_be_asked_for_it(
    database: Database, client: httpx.AsyncClient, organisation: UUID, later: Any
) -> None:
    person = await a_person(database, client, organisation)
    boss = await a_person(database, client, organisation, "admin")
    rules = {"password_least": 10, "second_step_roles": ["agent"], "networks": []}
    assert (await boss.send("PUT", "/sign-in-rules", rules)).status_code == 200
    assert (await person.get("/session/second-step")).json()["required"] is True
    waiting = await knock(client, person.login)
    assert waiting["step"] == "set_up"
    begun = await client.post("/api/session/second-steps/secrets", json={"token": waiting["token"]})
    hand = Hand(begun.json()["secret"])
    assert begun.json()["uri"].startswith("otpauth://totp/")
    answer = await give(client, waiting["token"], hand.code())
    assert answer.status_code == 200, answer.text
    assert len(answer.json()["recovery_codes"]) == 10
    later(60)
    pair = {"password": PASSWORD, "code": hand.code()}
    person.browser.cookies.set("peakend", answer.cookies["peakend"])
    kept = await person.send("POST", "/session/second-step/removals", pair)
    assert (kept.status_code, code_of(kept)) == (409, "accounts.second_step_required")
    # Who has it already cannot be shown another secret by the password alone.
    waiting = await knock(client, person.login)
    begun = await client.post("/api/session/second-steps/secrets", json={"token": waiting["token"]})
    assert code_of(begun) == "accounts.sign_in_gone"


async def test_an_admin_sees_and_resets_it(
    database: Database, client: httpx.AsyncClient, organisation: UUID, later: Any
) -> None:
    person = await a_person(database, client, organisation)
    lead = await a_person(database, client, organisation, "supervisor")
    boss = await a_person(database, client, organisation, "admin")
    await with_second_step(person, later)

    async def seen(by: Person) -> Any:
        rows = (await by.get("/members")).json()
        return next(row["second_step"] for row in rows if row["id"] == str(person.id))

    assert await seen(boss) is True
    assert await seen(lead) is None
    path = f"/members/{person.id}/second-step"
    assert (await lead.send("DELETE", path)).status_code == 403
    assert code_of(await boss.send("DELETE", f"/members/{boss.id}/second-step")) == (
        "accounts.not_your_own_second_step"
    )
    assert (await boss.send("DELETE", path)).status_code == 204
    assert await seen(boss) is False
    assert (await person.get("/session")).status_code == 401
    assert code_of(await boss.send("DELETE", path)) == "accounts.second_step_off"
    entry = (await boss.get("/audit", params={"action": "second_step.reset"})).json()["items"][0]
    assert (entry["actor_id"], entry["subject_id"]) == (str(boss.id), str(person.id))


async def test_nothing_secret_is_stored_or_told(
    database: Database, client: httpx.AsyncClient, organisation: UUID, later: Any, capsys: Any
) -> None:
    person = await a_person(database, client, organisation)
    begun = (await person.send("POST", "/session/second-step", {"password": PASSWORD})).json()
    hand = Hand(begun["secret"])
    codes = (await person.send("PUT", "/session/second-step", {"code": hand.code()})).json()
    later(60)
    waiting = await knock(client, person.login)
    await give(client, waiting["token"], codes["recovery_codes"][0])
    async with database.transaction(Actor.system(organisation)) as tx:
        stored = ""
        for table in ("second_step", "recovery_code", "pending_sign_in", "event", "audit_entry"):
            rows = await tx.value(f"SELECT coalesce(string_agg(t::text, ' '), '') FROM {table} t")
            stored += rows
        raw = await tx.value("SELECT secret FROM second_step")
    assert stored
    said = capsys.readouterr()
    plain = [code.replace("-", "") for code in codes["recovery_codes"]]
    for canary in (begun["secret"], waiting["token"], *plain, *codes["recovery_codes"]):
        assert canary not in stored
        assert canary.encode() not in raw
        assert canary not in said.out + said.err


async def test_a_secret_moved_to_another_member_is_worth_nothing(
    database: Database, client: httpx.AsyncClient, organisation: UUID, later: Any
) -> None:
    from cryptography.exceptions import InvalidTag

    thief = await a_person(database, client, organisation)
    victim = await a_person(database, client, organisation, "admin")
    hand, _ = await with_second_step(thief, later)
    await with_second_step(victim, later)
    async with database.transaction(Actor.system(organisation)) as tx:
        await tx.run(
            "UPDATE second_step SET secret = (SELECT secret FROM second_step WHERE member_id = $1)"
            " WHERE member_id = $2",
            thief.id,
            victim.id,
        )
        with pytest.raises(InvalidTag):
            await second_steps.prove(tx, member_id=victim.id, code=hand.code())


async def test_every_door_asks_for_it(
    database: Database, client: httpx.AsyncClient, organisation: UUID, later: Any
) -> None:
    person = await a_person(database, client, organisation)
    await with_second_step(person, later)
    entry = await actions.sign_in(database, login=person.login, password=PASSWORD, address="a")
    assert isinstance(entry, entering.Pending)
