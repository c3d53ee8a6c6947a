"""API keys: what their owner may, of that what they name, as long as he may; and nothing else."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from peakend.accounts import actions
from peakend.accounts.actions.members import Changes
from peakend.accounts.queries import forget_keys, forget_token
from peakend.accounts.rules import API_KEY_PREFIX
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from tests.accounts.people import Person, a_person


async def made(boss: Person, *scopes: str, **more: Any) -> dict[str, Any]:
    body = {"name": "订单系统", "scopes": list(scopes) or ["conversations.read"], **more}
    answer = await boss.send("POST", "/api-keys", body)
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def ask(
    client: httpx.AsyncClient, key: str, path: str = "/conversations", method: str = "GET",
    **more: Any,
) -> httpx.Response:  # fmt: skip
    """Ask as a program does: no cookie, no header of ours, no origin."""
    forget_keys()
    async with httpx.AsyncClient(transport=client._transport, base_url=client.base_url) as program:
        return await program.request(
            method, f"/api{path}", headers={"Authorization": f"Bearer {key}"}, **more
        )


@pytest.fixture
async def boss(database: Database, client: httpx.AsyncClient, organisation: UUID) -> Person:
    return await a_person(database, client, organisation, "admin", login="boss")


async def test_a_key_reads_and_no_more_than_it_names(
    database: Database, client: httpx.AsyncClient, boss: Person
) -> None:
    key = (await made(boss))["key"]
    assert key.startswith(API_KEY_PREFIX)
    assert (await ask(client, key)).status_code == 200
    assert (await ask(client, key, "/session")).json()["member"]["id"] == str(boss.id)
    for path, method in (
        ("/customers", "GET"),
        ("/tags", "POST"),
        ("/sessions", "GET"),
        ("/sessions", "DELETE"),
        ("/session/preferences", "PATCH"),
        ("/session/password", "PUT"),
        ("/proposals", "POST"),
    ):
        answer = await ask(client, key, path, method, json={"x": 1} if method != "GET" else None)
        assert answer.status_code == 403, f"{method} {path}: {answer.text}"
    listed = (await boss.get("/api-keys")).json()
    assert [(one["ending"], one["last_used_at"] is None) for one in listed] == [(key[-4:], False)]
    assert key not in str(listed)
    async with database.system() as tx:
        kept = await tx.value("SELECT row_to_json(k)::text FROM api_key k")
    assert key.removeprefix(API_KEY_PREFIX) not in kept


@pytest.mark.parametrize(
    "key",
    ["", "x", API_KEY_PREFIX, f"{API_KEY_PREFIX}x", API_KEY_PREFIX + "a" * 43, "k" * 5000],
)
async def test_no_other_word_is_a_key(client: httpx.AsyncClient, boss: Person, key: str) -> None:
    assert (await ask(client, key)).status_code == 401


async def test_a_key_in_the_address_is_none(client: httpx.AsyncClient, boss: Person) -> None:
    key = (await made(boss))["key"]
    async with httpx.AsyncClient(transport=client._transport, base_url=client.base_url) as program:
        for name in ("key", "api_key", "access_token", "token"):
            answer = await program.get("/api/conversations", params={name: key})
            assert answer.status_code in (401, 422)


async def test_it_ends_when_revoked_over_or_without_its_owner(
    database: Database, client: httpx.AsyncClient, boss: Person, organisation: UUID
) -> None:
    revoked, over, without = [await made(boss, expires_days=30) for _ in range(3)]
    assert (await boss.send("DELETE", f"/api-keys/{revoked['id']}")).status_code == 204
    assert (await boss.send("DELETE", f"/api-keys/{revoked['id']}")).status_code == 204
    assert (await boss.send("DELETE", f"/api-keys/{uuid4()}")).status_code == 404
    answer = await ask(client, revoked["key"])
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "kernel.sign_in_needed")
    async with database.transaction(Actor.system(organisation)) as tx:
        await tx.run("UPDATE api_key SET expires_at = $2 WHERE id = $1",
                     UUID(over["id"]), tx.now - timedelta(seconds=1))  # fmt: skip
    # Who holds the very key hears that its time is over; who guesses hears nothing of it.
    answer = await ask(client, over["key"])
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "accounts.api_key_expired")
    wrong = over["key"][:-1] + ("A" if over["key"][-1] != "A" else "B")
    answer = await ask(client, wrong)
    assert (answer.status_code, answer.json()["error"]["code"]) == (401, "kernel.sign_in_needed")
    assert (await ask(client, without["key"])).status_code == 200
    other = await a_person(database, client, organisation, "admin", login="other")
    await other.send("PATCH", f"/members/{boss.id}", {"active": False})
    assert (await ask(client, without["key"])).status_code == 401


async def test_what_its_owner_loses_it_loses_too(
    database: Database, client: httpx.AsyncClient, boss: Person, organisation: UUID
) -> None:
    key = (await made(boss, "conversations.read", "audit.read"))["key"]
    assert (await ask(client, key, "/audit")).status_code == 200
    other = await a_person(database, client, organisation, "admin", login="other")
    await other.send("PUT", f"/members/{boss.id}/roles", {"built_in": "agent", "role_ids": []})
    assert (await ask(client, key, "/audit")).status_code == 403
    assert (await ask(client, key)).status_code == 200


async def test_nobody_gives_a_key_more_than_he_has(
    database: Database, client: httpx.AsyncClient, boss: Person, organisation: UUID
) -> None:
    clerk = await a_person(database, client, organisation, "agent", login="clerk")
    scopes = ["conversations.read", "integrations.manage"]
    role = {"name": "接口", "template": "agent", "permissions": scopes, "sight": "own"}
    role_id = (await boss.send("POST", "/roles", role)).json()["id"]
    given = {"built_in": None, "role_ids": [role_id]}
    assert (await boss.send("PUT", f"/members/{clerk.id}/roles", given)).status_code == 200
    from peakend.accounts import actions

    async with database.transaction(Actor.system(organisation)) as tx:
        entry = await actions.enter(tx, member_id=clerk.id)
    clerk.browser.cookies.set("peakend", entry.token)
    refused = await clerk.send("POST", "/api-keys", {"name": "x", "scopes": ["audit.read"]})
    assert refused.json()["error"]["code"] == "accounts.role_too_high"
    # A key that may manage keys makes none.
    key = (await made(clerk, *scopes))["key"]
    body = {"name": "x", "scopes": scopes}
    assert (await ask(client, key, "/api-keys", "POST", json=body)).status_code == 403


@pytest.mark.parametrize(
    "body",
    [
        {"scopes": []},
        {"scopes": ["everything"]},
        {"scopes": ["conversations.read"], "expires_days": 0},
        {"scopes": ["conversations.read"], "networks": ["300.1.1.1"]},
        {"scopes": ["conversations.read"], "per_minute": 0},
        {"scopes": ["conversations.read"], "member_id": str(uuid4())},
    ],
)
async def test_nonsense_makes_no_key(boss: Person, body: dict[str, Any]) -> None:
    assert (await boss.send("POST", "/api-keys", {"name": "x", **body})).status_code == 422
    assert (await boss.get("/api-keys")).json() == []


async def test_a_key_comes_from_its_networks_and_not_too_often(
    client: httpx.AsyncClient, boss: Person
) -> None:
    away = (await made(boss, networks=["203.0.113.0/24"]))["key"]
    assert (await ask(client, away)).json()["error"]["code"] == "accounts.address_refused"
    slow = (await made(boss, per_minute=12))["key"]
    answers = [(await ask(client, slow)).status_code for _ in range(4)]
    assert answers == [200, 200, 429, 429]


async def test_acts_are_the_keys_own(
    database: Database, client: httpx.AsyncClient, boss: Person, organisation: UUID
) -> None:
    key = await made(boss, "settings.manage")
    body = {"name": "加急", "colour": "#b42318"}
    answer = await ask(client, key["key"], "/tags", "POST", json=body)
    assert answer.status_code == 201, answer.text
    async with database.transaction(Actor.system(organisation)) as tx:
        actors = await tx.value(
            "SELECT array_agg(DISTINCT actor) FROM event WHERE type LIKE 'Tag%'"
        )
        kinds = await tx.value(
            "SELECT array_agg(DISTINCT actor_kind || ' ' || actor_id) FROM audit_entry"
            " WHERE action LIKE 'tag%'"
        )
    assert actors == [f"api_key:{key['id']}"]
    assert kinds in (None, [f"api_key {key['id']}"])


async def test_a_cookie_beside_a_wrong_key_does_not_help(
    client: httpx.AsyncClient, boss: Person
) -> None:
    forget_token(boss.token)
    answer = await boss.browser.get(
        "/api/conversations", headers={"Authorization": f"Bearer {API_KEY_PREFIX}{'a' * 43}"}
    )
    assert answer.status_code == 401


async def test_a_confirmed_key_is_the_proposers_own(
    database: Database, client: httpx.AsyncClient, boss: Person
) -> None:
    other = await a_person(database, client, boss.organisation_id, "admin", login="other")
    await boss.send("PUT", "/two-person-rule", {"active": True})
    body = {"name": "归档程序", "scopes": ["audit.read"]}
    asked = {"kind": "api_key.add", "body": body, "reason": "每天归档"}

    async def proposed() -> str:
        made = (await boss.send("POST", "/proposals", asked)).json()
        return f"/proposals/{made['id']}/confirmations"

    key = (await other.send("POST", await proposed())).json()["key"]
    assert (await ask(client, key, "/session")).json()["member"]["id"] == str(boss.id)
    assert [one["member_id"] for one in (await boss.get("/api-keys")).json()] == [str(boss.id)]
    # It ends with what its owner may do, and is not made for somebody who may no longer.
    path = await proposed()
    await boss.send("PUT", "/two-person-rule", {"active": False})
    async with database.transaction(Actor.system(boss.organisation_id)) as tx:
        await actions.change_member(tx, member_id=boss.id, changes=Changes(role="agent"))
    refused = await other.send("POST", path)
    assert refused.status_code == 403, refused.text
