"""Roles and teams from the provider's claims; signing out there; linking oneself."""

from typing import Any
from urllib.parse import parse_qs, urlsplit
from uuid import UUID

import httpx
import pyotp
import pytest

from peakend.accounts import actions, queries
from peakend.accounts.actions.sso_sittings import end_there
from peakend.accounts.models import SsoSitting
from peakend.accounts.rules.claims import SsoGrant, granted, has_claim, values_at
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from tests.accounts.people import PASSWORD, Person, a_person
from tests.accounts.signing_on import (
    EMAIL,
    RETURN,
    Liar,
    back_from,
    browser_of,
    come_in,
    given,
    token_for,
)

pytestmark = pytest.mark.usefixtures("fresh")
PROOF = {"password": PASSWORD}


def test_a_path_leads_to_values() -> None:
    said = {
        "groups": ["a", "b", 3, None, ""],
        "role": "boss",
        "realm_access": {"roles": ["x"]},
        "https://id.example.com/roles": ["named"],
        "deep": {"er.still": {"list": ["dots"]}},
        "empty": [],
    }
    assert values_at(said, "groups") == {"a", "b"}
    assert values_at(said, "role") == {"boss"}
    assert values_at(said, "realm_access.roles") == {"x"}
    assert values_at(said, "https://id.example.com/roles") == {"named"}
    assert values_at(said, "deep.er.still.list") == {"dots"}
    assert values_at(said, "nowhere") == values_at(said, "realm_access") == frozenset()
    assert has_claim(said, "empty")
    assert not has_claim(said, "groups.a")
    assert len(values_at({"g": [str(n) for n in range(900)]}, "g")) == 500


def test_values_stand_for_the_highest_role_and_all_of_the_rest() -> None:
    one, two, team = UUID(int=1), UUID(int=2), UUID(int=3)
    grants = [
        SsoGrant(value="a", built_in="agent", role_ids=[one]),
        SsoGrant(value="b", built_in="supervisor", team_ids=[team]),
        SsoGrant(value="c", role_ids=[two]),
    ]
    both = granted(grants, {"a", "b"})
    assert both is not None
    assert (both.built_in, both.role_ids, both.team_ids) == ("supervisor", {one}, {team})
    alone = granted(grants, {"c"})
    assert alone is not None
    assert (alone.built_in, alone.role_ids) == (None, {two})
    assert granted(grants, {"A", "d"}) is None


def by_groups(issuer: str, grants: list[dict[str, Any]], **more: Any) -> dict[str, Any]:
    return given(issuer, claim="groups", grants=grants, **more)


async def roles_of(database: Database, person: Person) -> tuple[str | None, list[UUID], list[UUID]]:
    async with database.transaction(Actor.system(person.organisation_id)) as tx:
        member = await queries.need_member(tx, person.id)
    return member.built_in, member.role_ids, member.team_ids


async def test_a_real_provider_gives_roles_and_teams_and_takes_the_browser_out(
    database: Database, client: httpx.AsyncClient, boss: Person, linxi: Person, canaille: str
) -> None:
    team = (await boss.send("POST", "/teams", {"name": "夜班"})).json()["id"]
    grants = [{"value": "客服主管", "built_in": "supervisor", "team_ids": [team]}]
    answer = await boss.send(
        "PUT", "/sso", by_groups(canaille, grants, scope="groups", sign_out=True)
    )
    assert answer.status_code == 200, answer.text
    assert answer.json()["after"] == "http://testserver/desk/login"
    assert (await boss.send("POST", "/sso/checks")).json()["signs_out"] is True
    browser = browser_of(client)
    assert (await come_in(browser)).headers["location"] == "/desk/"
    assert await roles_of(database, linxi) == ("supervisor", [], [UUID(team)])
    audit = (await boss.get("/audit")).json()["items"]
    assert {"sso.granted", "member.role_changed"} <= {one["action"] for one in audit}
    # Signing out: the session here is over, and the provider takes the way for a good one.
    left = await browser.post("/api/session/endings")
    assert (await browser.get("/api/session")).status_code == 401
    way = left.json()["url"]
    assert way.startswith(f"{canaille}/oauth/end_session?")
    async with httpx.AsyncClient() as outside:
        back = await outside.get(way)
    assert (back.status_code, back.headers["location"]) == (302, "http://testserver/desk/login")


async def test_roles_follow_the_provider_at_each_sign_in(
    database: Database, client: httpx.AsyncClient, boss: Person, linxi: Person, liar: Liar
) -> None:
    role = await a_role(boss, "质检", [])
    day = (await boss.send("POST", "/teams", {"name": "白班"})).json()["id"]
    body = {"name": "兴趣组", "member_ids": [str(linxi.id)]}
    other = (await boss.send("POST", "/teams", body)).json()["id"]
    grants = [
        {"value": "leads", "built_in": "supervisor", "team_ids": [day]},
        {"value": "quality", "role_ids": [role]},
    ]
    await boss.send("PUT", "/sso", by_groups(liar.issuer, grants))
    assert await back_from(liar, browser_of(client), groups=["leads", "quality"]) == "/desk/"
    built_in, own, teams = await roles_of(database, linxi)
    assert (built_in, own) == ("supervisor", [UUID(role)])
    # A team that no value stands for is left to people here.
    assert set(teams) == {UUID(day), UUID(other)}
    assert await back_from(liar, browser_of(client), groups="quality") == "/desk/"
    assert await roles_of(database, linxi) == (None, [UUID(role)], [UUID(other)])
    assert await back_from(liar, browser_of(client), groups=[]) == "/desk/"
    assert await roles_of(database, linxi) == ("agent", [], [UUID(other)])
    facts = await kinds(database, linxi, "SsoGranted")
    assert facts == 3
    # Once more changes nothing and says nothing.
    assert await back_from(liar, browser_of(client), groups=[]) == "/desk/"
    assert await kinds(database, linxi, "SsoGranted") == 3


async def kinds(database: Database, person: Person, kind: str) -> int:
    async with database.transaction(Actor.system(person.organisation_id)) as tx:
        return int(await tx.value(
            "SELECT count(*) FROM event WHERE organisation_id = current_organisation()"
            " AND type = $1 AND subject = $2", kind, person.id,
        ))  # fmt: skip


async def test_who_has_no_value_may_be_kept_out(
    database: Database, client: httpx.AsyncClient, boss: Person, linxi: Person, liar: Liar
) -> None:
    grants = [{"value": "leads", "built_in": "supervisor"}]
    await boss.send("PUT", "/sso", by_groups(liar.issuer, grants, unmapped="refuse"))
    where = await back_from(liar, browser_of(client), groups=["others"])
    assert where == "/desk/login?sso=no_role"
    assert await roles_of(database, linxi) == ("agent", [], [])
    assert await audited(boss, "session.refused") == [{"why": "no_role"}]
    assert await back_from(liar, browser_of(client), groups=["leads"]) == "/desk/"


async def test_nobody_gives_by_it_what_he_has_not(
    database: Database, client: httpx.AsyncClient, boss: Person, linxi: Person, liar: Liar
) -> None:
    small = await a_person(database, client, boss.organisation_id, "agent", login="small@x.cn")
    role = await a_role(boss, "系统设置", ["settings.manage", "conversations.read"])
    await hold(boss, small, "agent", [role])
    answer = await small.send("PUT", "/sso", by_groups(liar.issuer, [stands_for("admin")]))
    assert answer.json()["error"]["code"] == "accounts.role_too_high", answer.text
    # Nor does he take anything from those who have more than he: they come in as they are.
    answer = await small.send("PUT", "/sso", by_groups(liar.issuer, [stands_for("agent")]))
    assert answer.status_code == 200, answer.text
    await hold(boss, linxi, "supervisor", [])
    assert await back_from(liar, browser_of(client), groups=["x"]) == "/desk/"
    assert (await roles_of(database, linxi))[0] == "supervisor"
    # A role that grew since is not given by what was saved before.
    await hold(boss, linxi, "agent", [])
    grown = await a_role(boss, "小", [])
    own = {"value": "x", "role_ids": [grown]}
    answer = await small.send("PUT", "/sso", by_groups(liar.issuer, [own]))
    assert answer.status_code == 200, answer.text
    more = {"name": "小", "template": "agent", "permissions": ["accounts.manage"], "sight": "all"}
    answer = await boss.send("PUT", f"/roles/{grown}", {"version": 1, **more})
    assert answer.status_code < 300, answer.text
    assert await back_from(liar, browser_of(client), groups=["x"]) == "/desk/"
    assert await roles_of(database, linxi) == ("agent", [], [])


def stands_for(role: str) -> dict[str, Any]:
    return {"value": "x", "built_in": role}


async def a_role(boss: Person, name: str, permissions: list[str]) -> str:
    body = {"name": name, "template": "agent", "permissions": permissions, "sight": "own"}
    answer = await boss.send("POST", "/roles", body)
    assert answer.status_code == 201, answer.text
    return str(answer.json()["id"])


async def hold(boss: Person, who: Person, built_in: str, role_ids: list[str]) -> None:
    """Give somebody roles; his session may end by it, so he comes in again."""
    body = {"built_in": built_in, "role_ids": role_ids}
    answer = await boss.send("PUT", f"/members/{who.id}/roles", body)
    assert answer.status_code < 300, answer.text
    entry = {"login": who.login, "password": PASSWORD}
    assert (await who.browser.post("/api/session", json=entry)).status_code == 200


async def audited(boss: Person, action: str) -> list[dict[str, Any]]:
    items = (await boss.get("/audit")).json()["items"]
    return [one["detail"] for one in items if one["action"] == action]


async def test_the_last_administrator_stays_one(
    database: Database, client: httpx.AsyncClient, boss: Person, liar: Liar
) -> None:
    async with database.transaction(Actor.system(boss.organisation_id)) as tx:
        await tx.run("UPDATE credential SET login_key = $2 WHERE member_id = $1", boss.id, EMAIL)
    await boss.send("PUT", "/sso", by_groups(liar.issuer, [stands_for("agent")]))
    assert await back_from(liar, browser_of(client), groups=["x"]) == "/desk/"
    assert (await roles_of(database, boss))[0] == "admin"
    assert await audited(boss, "sso.left_alone") == [{"why": "last_admin"}]
    second = await a_person(database, client, boss.organisation_id, "admin", login="two@x.cn")
    assert await back_from(liar, browser_of(client), groups=["x"]) == "/desk/"
    assert (await roles_of(database, boss))[0] == "agent"
    assert (await roles_of(database, second))[0] == "admin"


async def test_what_is_saved_makes_sense(boss: Person, liar: Liar) -> None:
    nobody = [str(UUID(int=7))]
    for grants, code in (
        ([], "accounts.sso_grants_missing"),
        ([{"value": "x"}], "accounts.sso_role_missing"),
        ([{"value": "x", "role_ids": nobody}], "accounts.role_not_found"),
        ([{"value": "x", "team_ids": nobody, **stands_for("agent")}], "accounts.team_not_found"),
        ([{"value": "", "built_in": "agent"}], "kernel.invalid"),
        ([{"value": "x", "built_in": "king"}], "kernel.invalid"),
    ):
        answer = await boss.send("PUT", "/sso", by_groups(liar.issuer, grants))
        assert answer.json()["error"]["code"] == code, answer.text
    answer = await boss.send("PUT", "/sso", given(liar.issuer, scope='a"b'))
    assert answer.status_code == 422


async def test_signing_out_leads_to_the_provider_only_where_it_came_from(
    database: Database, client: httpx.AsyncClient, boss: Person, linxi: Person, liar: Liar
) -> None:
    liar.document = {"end_session_endpoint": f"{liar.issuer}/bye?x=1"}
    await boss.send("PUT", "/sso", given(liar.issuer, sign_out=True))
    # By password there is nothing to end there.
    assert (await boss.send("POST", "/session/endings")).json() == {"url": "/desk/login"}
    browser = browser_of(client)
    assert await back_from(liar, browser) == "/desk/"
    way = (await browser.post("/api/session/endings")).json()["url"]
    asked = parse_qs(urlsplit(way).query)
    assert way.startswith(f"{liar.issuer}/bye?x=1&")
    assert asked["id_token_hint"] == [liar.token]
    assert asked["client_id"] == ["peakend"]
    assert asked["post_logout_redirect_uri"] == ["http://testserver/desk/login"]
    assert (await browser.get("/api/session")).status_code == 401
    async with database.transaction(Actor.system(boss.organisation_id)) as tx:
        assert await tx.value("SELECT count(*) FROM sso_sitting") == 0
        provider = await queries.sso_provider(tx)
    # A provider that cannot be asked keeps nobody: the session here is over anyway.
    actions.forget_providers()
    liar.document = {"issuer": "https://evil.example.com"}
    assert provider is not None
    sitting = SsoSitting(UUID(int=1), liar.issuer, b"")
    assert await end_there(boss.organisation_id, (provider, sitting), "http://x") == ""


async def test_the_way_out_is_kept_over_the_second_step(
    client: httpx.AsyncClient, boss: Person, linxi: Person, liar: Liar
) -> None:
    liar.document = {"end_session_endpoint": f"{liar.issuer}/bye"}
    await boss.send("PUT", "/sso", given(liar.issuer, sign_out=True))
    rules = {"password_least": 10, "second_step_roles": ["agent"], "networks": []}
    assert (await boss.send("PUT", "/sign-in-rules", rules)).status_code == 200
    browser = browser_of(client)
    waits = {"token": (await back_from(liar, browser)).rpartition(".")[2]}
    secret = (await browser.post("/api/session/second-steps/secrets", json=waits)).json()["secret"]
    code = {"code": pyotp.TOTP(secret).now()}
    answer = await browser.post("/api/session/second-steps", json={**waits, **code})
    assert answer.status_code == 200, answer.text
    way = (await browser.post("/api/session/endings")).json()["url"]
    assert way.startswith(f"{liar.issuer}/bye?id_token_hint=")


async def test_a_member_links_himself_and_takes_it_back(
    database: Database, client: httpx.AsyncClient, boss: Person, liar: Liar
) -> None:
    await boss.send("PUT", "/sso", given(liar.issuer, by_email=False))
    agent = await a_person(database, client, boss.organisation_id, "agent", login="a@example.com")
    [own] = (await agent.get("/session/sso")).json()
    assert (own["offered"], own["only"], own["linked_at"]) == (True, False, None)
    wrong = await agent.send("POST", "/session/sso/departures", {"password": "nonsense-1"})
    assert wrong.json()["error"]["code"] == "accounts.wrong_password"
    assert await link(liar, agent) == "/desk/security?sso=linked"
    [own] = (await agent.get("/session/sso")).json()
    assert own["linked_at"]
    again = await agent.send("POST", "/session/sso/departures", PROOF)
    assert again.json()["error"]["code"] == "accounts.sso_linked_already"
    assert await back_from(liar, browser_of(client)) == "/desk/"
    # The same account there is nobody else here.
    assert await link(liar, boss) == "/desk/security?sso=taken"
    wrong = await agent.send("POST", "/session/sso/removals", {"password": "nonsense-1"})
    assert wrong.json()["error"]["code"] == "accounts.wrong_password"
    assert (await agent.send("POST", "/session/sso/removals", PROOF)).status_code == 204
    assert await back_from(liar, browser_of(client)) == "/desk/login?sso=unknown"
    gone = await agent.send("POST", "/session/sso/removals", PROOF)
    assert gone.json()["error"]["code"] == "accounts.sso_not_linked"
    audit = [one["action"] for one in (await boss.get("/audit")).json()["items"]]
    assert {"sso.linked", "sso.unlinked"} <= set(audit)


async def link(liar: Liar, who: Person, returning: Person | None = None) -> str:
    answer = await who.send("POST", "/session/sso/departures", PROOF)
    assert answer.status_code == 200, answer.text
    url = answer.json()["url"]
    liar.token = token_for(liar, url)
    state = parse_qs(urlsplit(url).query)["state"][0]
    browser = (returning or who).browser
    if returning is not None:
        browser.cookies.set("peakend-sso", who.browser.cookies["peakend-sso"])
    return (await browser.get(f"{RETURN}?code=c&state={state}")).headers["location"]


async def test_a_link_is_made_only_by_whoever_set_out(
    database: Database, client: httpx.AsyncClient, boss: Person, linxi: Person, liar: Liar
) -> None:
    await boss.send("PUT", "/sso", given(liar.issuer, by_email=False))
    assert await link(liar, linxi, returning=boss) == "/desk/security?sso=gone"
    for person in (linxi, boss):
        assert (await person.get("/session/sso")).json()[0]["linked_at"] is None


async def test_nobody_takes_his_only_way_in_away(
    database: Database, client: httpx.AsyncClient, boss: Person, liar: Liar
) -> None:
    await boss.send("PUT", "/sso", given(liar.issuer, by_email=False))
    assert await link(liar, boss) == "/desk/security?sso=linked"
    answer = await boss.send("PUT", "/sso", given(liar.issuer, by_email=False, sso_only=True))
    assert answer.status_code == 200, answer.text
    assert (await boss.get("/session/sso")).json()[0]["only"] is True
    refused = await boss.send("POST", "/session/sso/removals", PROOF)
    assert refused.json()["error"]["code"] == "accounts.sso_only_way"


async def test_where_there_is_no_provider_there_is_nothing_to_link(
    boss: Person, linxi: Person
) -> None:
    assert (await linxi.get("/session/sso")).json() == []
    answer = await linxi.send("POST", "/session/sso/departures", PROOF)
    assert answer.json()["error"]["code"] == "accounts.no_sso"
    answer = await linxi.send("POST", "/session/sso/removals", PROOF)
    assert answer.json()["error"]["code"] == "accounts.no_sso"
