"""Nobody gives a role that shows of customers what he does not see himself."""

from typing import Any

import httpx
import pytest

from peakend.accounts.rules.sights import reach
from peakend.kernel.db import Database
from tests.accounts.people import PASSWORD, Person, a_person
from tests.accounts.signing_on import Liar, back_from, browser_of, given

pytestmark = pytest.mark.usefixtures("fresh")
MORE = "accounts.role_sees_more"


async def sights(boss: Person, rules: dict[str, dict[str, str]]) -> None:
    version = (await boss.get("/field-sights")).json()["version"]
    answer = await boss.send("PUT", "/field-sights", {"version": version, "rules": rules})
    assert answer.status_code == 200, answer.text


async def a_field(boss: Person, **roles: list[str]) -> dict[str, Any]:
    """A field that is for some roles only."""
    body = {"of": "customer", "key": "risk", "kind": "text", "label_zh": "风险", "label_en": "Risk"}
    answer = await boss.send("POST", "/profile-fields", {**body, **roles})
    assert answer.status_code < 300, answer.text
    return dict(answer.json())


async def invited(boss: Person, login: str, role: str) -> httpx.Response:
    body = {"login": login, "name": "新人", "role": role}
    return await boss.send("POST", "/members/invitations", body)


def refusal(answer: httpx.Response) -> dict[str, Any]:
    assert answer.status_code == 403, answer.text
    assert answer.json()["error"]["code"] == MORE
    return dict(answer.json()["error"])


async def grantable(boss: Person) -> dict[str, bool]:
    found = (await boss.get("/roles")).json()
    return {one["key"]: one["grantable"] for one in found["built_in"]}


def test_who_gets_at_the_whole_with_a_reason_has_the_whole() -> None:
    may = {"customers.reveal"}
    steps = [reach(level, may) for level in ("never", "masked", "reveal", "whole")]
    assert steps == [0, 1, 2, 2]
    assert reach("reveal", ()) == 1


async def test_details_that_one_does_not_see_are_not_given(
    database: Database, client: httpx.AsyncClient, boss: Person
) -> None:
    lead = await a_person(database, client, boss.organisation_id, "supervisor", login="lead@x.cn")
    assert (await invited(boss, "one@x.cn", "agent")).status_code == 201
    await sights(boss, {"admin": {"phone": "masked"}})
    error = refusal(await invited(boss, "two@x.cn", "agent"))
    assert "电话" in error["message"]
    assert "邮箱" not in error["message"]
    assert await grantable(boss) == {"agent": False, "supervisor": False, "admin": True}
    refusal(await boss.send("PATCH", f"/members/{boss.id}", {"role": "supervisor"}))
    # What somebody sees already is not given to him, and he can still be looked after.
    for change in ({"role": "agent"}, {"capacity": 2}, {"active": False}):
        answer = await boss.send("PATCH", f"/members/{lead.id}", change)
        assert answer.status_code == 200, answer.text
    # Who may look at the whole with a reason may also give those their roles who need none.
    await sights(boss, {"agent": {"phone": "whole"}})
    assert (await invited(boss, "two@x.cn", "agent")).status_code == 201


async def test_fields_that_one_does_not_see_are_not_given(
    database: Database, client: httpx.AsyncClient, boss: Person
) -> None:
    lead = await a_person(database, client, boss.organisation_id, "supervisor", login="lead@x.cn")
    mate = await a_person(database, client, boss.organisation_id, "agent", login="mate@x.cn")
    field = await a_field(boss, seen_by=["supervisor"])
    assert "风险" in refusal(await invited(boss, "one@x.cn", "supervisor"))["message"]
    roles = {"built_in": "supervisor", "role_ids": []}
    refusal(await boss.send("PUT", f"/members/{mate.id}/roles", roles))
    answer = await boss.send("PUT", f"/members/{lead.id}/roles", roles)
    assert answer.status_code == 200, answer.text
    # To see it is not yet to fill it in.
    changes = {"seen_by": ["supervisor", "admin"], "changed_by": ["supervisor"]}
    at = f"/profile-fields/{field['id']}"
    answer = await boss.send("PATCH", at, {"version": field["version"], **changes})
    assert answer.status_code == 200, answer.text
    refusal(await boss.send("PUT", f"/members/{mate.id}/roles", roles))
    version = answer.json()["version"]
    await boss.send("PATCH", at, {"version": version, "changed_by": ["supervisor", "admin"]})
    answer = await boss.send("PUT", f"/members/{mate.id}/roles", roles)
    assert answer.status_code == 200, answer.text


async def test_a_field_is_not_named_to_who_does_not_see_it(
    database: Database, client: httpx.AsyncClient, boss: Person
) -> None:
    body = {"name": "人事", "template": "supervisor", "sight": "all"}
    rights = (await boss.get("/roles")).json()["built_in"][1]["permissions"]
    body["permissions"] = [*rights, "accounts.manage"]
    role = (await boss.send("POST", "/roles", body)).json()["id"]
    clerk = await a_person(database, client, boss.organisation_id, "agent", login="clerk@x.cn")
    held = {"built_in": None, "role_ids": [role]}
    assert (await boss.send("PUT", f"/members/{clerk.id}/roles", held)).status_code == 200
    await clerk.browser.post("/api/session", json={"login": clerk.login, "password": PASSWORD})
    assert (await invited(clerk, "one@x.cn", "supervisor")).status_code == 201
    await a_field(boss, seen_by=["supervisor"])
    error = refusal(await invited(clerk, "two@x.cn", "supervisor"))
    assert "风险" not in error["message"]
    assert "其他字段" in error["message"]


async def test_the_provider_gives_nothing_that_was_not_seen(
    client: httpx.AsyncClient, boss: Person, linxi: Person, liar: Liar
) -> None:
    await sights(boss, {"admin": {"email": "never"}})
    grants = [{"value": "leads", "built_in": "supervisor"}]
    asked = given(liar.issuer, claim="groups", grants=grants, unmapped="refuse")
    refusal(await boss.send("PUT", "/sso", asked))
    await sights(boss, {})
    answer = await boss.send("PUT", "/sso", asked)
    assert answer.status_code == 200, answer.text
    # Nor what is shown only since the grants were saved.
    field = await a_field(boss, seen_by=["supervisor"])
    where = await back_from(liar, browser_of(client), groups=["leads"])
    assert where == "/desk/login?sso=no_role"
    seen = {"version": field["version"], "seen_by": ["supervisor", "admin"]}
    await boss.send("PATCH", f"/profile-fields/{field['id']}", seen)
    assert await back_from(liar, browser_of(client), groups=["leads"]) == "/desk/"


async def test_a_key_is_not_let_be_that_shows_more(
    database: Database, client: httpx.AsyncClient, boss: Person
) -> None:
    body = {"name": "接口", "template": "admin", "sight": "all"}
    body["permissions"] = (await boss.get("/roles")).json()["built_in"][2]["permissions"]
    role = (await boss.send("POST", "/roles", body)).json()["id"]
    other = await a_person(database, client, boss.organisation_id, "admin", login="other@x.cn")
    held = {"built_in": "admin", "role_ids": [role]}
    assert (await boss.send("PUT", f"/members/{boss.id}/roles", held)).status_code == 200
    await boss.send("PUT", "/two-person-rule", {"active": True})
    asked = {
        "kind": "api_key.add",
        "body": {"name": "对接", "scopes": ["audit.read", "customers.read"]},
        "reason": "对接系统",
    }
    made = (await boss.send("POST", "/proposals", asked)).json()
    field = await a_field(boss, seen_by=[role, "api_key"])
    path = f"/proposals/{made['id']}/confirmations"
    refusal(await other.send("POST", path))
    seen = {"version": field["version"], "seen_by": [role, "admin", "api_key"]}
    await boss.send("PATCH", f"/profile-fields/{field['id']}", seen)
    assert (await other.send("POST", path)).json()["key"]
