"""Set-up, invitations, members, teams, brands: who may do what to whom."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from peakend.accounts import actions, queries
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from tests.accounts.people import PASSWORD, a_person
from tests.databases import make_organisation

NEW = {
    "organisation": "安居家",
    "name": "林夕",
    "login": "lin@example.com",
    "password": "床前明月光疑是地上霜",
    "language": "zh-CN",
}


async def test_set_up_makes_an_organisation_once(
    database: Database, client: httpx.AsyncClient
) -> None:
    earlier = await actions.offer_set_up(database)
    secret = await actions.offer_set_up(database)
    assert (await client.get(f"/api/setup/{earlier}")).status_code == 404
    assert (await client.get(f"/api/setup/{secret}")).json() == {"usable": True}
    weak = await client.post(f"/api/setup/{secret}", json=NEW | {"password": "short"})
    assert weak.json()["error"]["code"] == "accounts.weak_password"
    made = await client.post(f"/api/setup/{secret}", json=NEW)
    assert made.status_code == 201, made.text
    me = made.json()
    assert me["member"]["role"] == "admin"
    assert me["brands"][0]["name"] == "安居家"
    assert (await client.get("/api/session")).status_code == 200
    assert (await client.post(f"/api/setup/{secret}", json=NEW)).status_code == 404
    assert await actions.offer_set_up(database) is None
    assert len(await queries.organisation_ids(database)) == 1


async def test_one_more_organisation_is_set_up_beside_the_first(
    database: Database, client: httpx.AsyncClient, organisation: UUID
) -> None:
    assert await actions.offer_set_up(database) is None
    secret = await actions.offer_set_up(database, another=True)
    made = await client.post(f"/api/setup/{secret}", json=NEW | {"organisation": "乙公司"})
    assert made.status_code == 201, made.text
    assert made.json()["organisation"]["name"] == "乙公司"
    assert len(await queries.organisation_ids(database)) == 2
    # Its founder is alone in it.
    members = (await client.get("/api/members")).json()
    assert [one["login"] for one in members] == [NEW["login"]]
    assert (await client.post(f"/api/setup/{secret}", json=NEW)).status_code == 404


@pytest.mark.parametrize(
    ("asked", "kept"),
    [("Europe/Berlin", "Europe/Berlin"), ("Etc/Unknown", "Asia/Shanghai"), ("", "Asia/Shanghai")],
)
async def test_a_house_begins_in_the_zone_and_language_of_its_founder(
    database: Database, client: httpx.AsyncClient, asked: str, kept: str
) -> None:
    secret = await actions.offer_set_up(database)
    founder = NEW | {"language": "en", "time_zone": asked}
    made = await client.post(f"/api/setup/{secret}", json=founder)
    assert made.status_code == 201, made.text
    house = made.json()["organisation"]
    assert (house["language"], house["time_zone"]) == ("en", kept)


@pytest.mark.parametrize("token", ["x", "0" * 43, "%20", "a" * 200, "..%2f"])
async def test_no_made_up_link_opens_anything(client: httpx.AsyncClient, token: str) -> None:
    assert (await client.get(f"/api/setup/{token}")).status_code == 404
    assert (await client.post(f"/api/setup/{token}", json=NEW)).status_code == 404
    assert (await client.get(f"/api/invitations/{token}")).status_code == 404
    body = {"password": PASSWORD}
    assert (await client.post(f"/api/invitations/{token}", json=body)).status_code == 404


async def test_an_invitation_is_used_once(
    database: Database, client: httpx.AsyncClient, organisation: UUID
) -> None:
    boss = await a_person(database, client, organisation, "admin")
    team = (await boss.send("POST", "/teams", {"name": "早班"})).json()
    queue = (await boss.send("POST", "/queues", {"name": "在线"})).json()["id"]
    answer = await boss.send(
        "POST",
        "/members/invitations",
        {"login": "wang@example.com", "name": "王", "role": "agent", "team_ids": [team["id"]],
         "queue_ids": [queue]},
    )  # fmt: skip
    assert answer.status_code == 201, answer.text
    path = "/api/invitations/" + answer.json()["link"].rsplit("/", 1)[1]
    assert (await client.get(path)).json() == {
        "organisation": "安居家",
        "login": "wang@example.com",
        "name": "王",
        "role": "agent",
        "own_roles": [],
        "reset": False,
    }
    assert len((await boss.get("/members/invitations")).json()) == 1
    body = {"password": "a-new-word-3", "name": "王小二"}
    joined = await client.post(path, json=body)
    assert joined.status_code == 201, joined.text
    assert joined.json()["member"]["name"] == "王小二"
    assert joined.json()["teams"] == [{"id": team["id"], "name": "早班"}]
    assert (await client.post(path, json=body)).status_code == 404
    assert (await boss.get("/members/invitations")).json() == []
    async with database.transaction(Actor.system(organisation)) as tx:
        invitation = await tx.value("SELECT id FROM invitation")
        assert [str(q) for q in await queries.invited_queue_ids(tx, invitation)] == [queue]


async def test_an_invitation_promises_roles_of_the_house(
    database: Database, client: httpx.AsyncClient, organisation: UUID
) -> None:
    boss = await a_person(database, client, organisation, "admin")
    role = {"template": "agent", "sight": "own"}
    rights = {
        "看信": ["conversations.read"],
        "人事": ["accounts.manage"],
        "规章": ["settings.manage"],
    }
    ids = {}
    for name, some in rights.items():
        body = role | {"name": name, "permissions": some}
        ids[name] = (await boss.send("POST", "/roles", body)).json()["id"]
    clerk = await a_person(database, client, organisation, "agent")
    held = {"built_in": None, "role_ids": [ids["人事"]]}
    assert (await boss.send("PUT", f"/members/{clerk.id}/roles", held)).status_code == 200
    # Stricter rules of sign-in hold now: he signs in anew.
    async with database.transaction(Actor.system(organisation)) as tx:
        entry = await actions.enter(tx, member_id=clerk.id)
    clerk.browser.cookies.set("peakend", entry.token)
    # He is offered what he may give, and the server holds to it.
    found = (await clerk.get("/roles")).json()
    assert {one["name"] for one in found["own"] if one["grantable"]} == {"人事"}
    assert not any(one["grantable"] for one in found["built_in"])
    all_of_it = (await boss.get("/roles")).json()
    assert all(one["grantable"] for one in [*all_of_it["own"], *all_of_it["built_in"]])
    invited = {"login": "wang@example.com", "name": "王"}
    for name, status in (("人事", 201), ("规章", 403)):
        body = invited | {"role_ids": [ids[name]]}
        answer = await clerk.send("POST", "/members/invitations", body)
        assert answer.status_code == status, answer.text
    [waiting] = (await boss.get("/members/invitations")).json()
    assert (waiting["role"], waiting["own_roles"]) == (None, ["人事"])
    none = await boss.send("POST", "/members/invitations", invited)
    assert none.json()["error"]["code"] == "accounts.no_role"


@pytest.mark.parametrize(
    ("field", "code"),
    [
        ("queue_ids", "accounts.queue_not_found"),
        ("team_ids", "accounts.team_not_found"),
        ("skills", "accounts.skill_not_found"),
    ],
)
async def test_an_invitation_promises_only_what_there_is(
    database: Database, client: httpx.AsyncClient, organisation: UUID, field: str, code: str
) -> None:
    boss = await a_person(database, client, organisation, "admin")
    body = {"login": "wang@example.com", "name": "王", "role": "agent", field: [str(uuid4())]}
    answer = await boss.send("POST", "/members/invitations", body)
    assert (answer.status_code, answer.json()["error"]["code"]) == (404, code)
    assert (await boss.get("/members/invitations")).json() == []


async def test_an_invitation_taken_back_or_replaced_is_gone(
    database: Database, client: httpx.AsyncClient, organisation: UUID
) -> None:
    boss = await a_person(database, client, organisation, "admin")
    body = {"login": "wang@example.com", "name": "王", "role": "agent"}
    links = [
        (await boss.send("POST", "/members/invitations", body)).json()["link"] for _ in range(2)
    ]
    first, second = ["/api/invitations/" + link.rsplit("/", 1)[1] for link in links]
    assert (await client.get(first)).status_code == 404
    assert (await client.get(second)).status_code == 200
    waiting = (await boss.get("/members/invitations")).json()
    gone = await boss.send("DELETE", f"/members/invitations/{waiting[0]['id']}")
    assert gone.status_code == 204
    assert (await client.get(second)).status_code == 404


async def test_an_old_invitation_is_gone(
    database: Database, client: httpx.AsyncClient, organisation: UUID
) -> None:
    boss = await a_person(database, client, organisation, "admin")
    body = {"login": "wang@example.com", "name": "王", "role": "agent"}
    link = (await boss.send("POST", "/members/invitations", body)).json()["link"]
    async with database.transaction(Actor.system(organisation)) as tx:
        await tx.run("UPDATE invitation SET expires_at = expires_at - interval '73 hours'")
    assert (await client.get("/api/invitations/" + link.rsplit("/", 1)[1])).status_code == 404


async def test_a_reset_link_ends_with_the_next_password(
    database: Database, client: httpx.AsyncClient, organisation: UUID
) -> None:
    boss = await a_person(database, client, organisation, "admin")
    person = await a_person(database, client, organisation)
    links = [
        (await boss.send("POST", f"/members/{person.id}/resets")).json()["link"] for _ in range(2)
    ]
    first, second = ["/api/invitations/" + link.rsplit("/", 1)[1] for link in links]
    body = {"password": "a-new-word-3"}
    assert (await client.post(first, json=body)).status_code == 201
    assert (await client.post(second, json=body)).status_code == 404
    assert await queries.actor_for_session(database, person.token) is None


async def test_the_same_login_joins_once(
    database: Database, client: httpx.AsyncClient, organisation: UUID
) -> None:
    boss = await a_person(database, client, organisation, "admin")
    person = await a_person(database, client, organisation, login="lin@example.com")
    body = {"login": "LIN@example.com", "name": "林", "role": "agent"}
    answer = await boss.send("POST", "/members/invitations", body)
    assert answer.status_code == 409
    assert person.login == "lin@example.com"


@pytest.mark.parametrize("role", ["agent", "supervisor"])
@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        ("POST", "/members/invitations", {"login": "x@y.z", "name": "x", "role": "agent"}),
        ("PATCH", "/members/{self}", {"role": "admin"}),
        ("PATCH", "/members/{self}", {"capacity": 40}),
        ("POST", "/members/{self}/resets", None),
        ("GET", "/members/invitations", None),
        ("POST", "/teams", {"name": "x"}),
        ("POST", "/skills", {"name": "x"}),
        ("POST", "/brands", {"name": "x", "slug": "x"}),
        ("PATCH", "/organisation", {"name": "x"}),
        ("GET", "/audit", None),
    ],
)
async def test_who_does_not_manage_accounts_cannot(
    database: Database,
    client: httpx.AsyncClient,
    organisation: UUID,
    role: str,
    method: str,
    path: str,
    body: Any,
) -> None:
    person = await a_person(database, client, organisation, role)
    answer = await person.send(method, path.replace("{self}", str(person.id)), body)
    assert answer.status_code == 403
    async with database.transaction(Actor.system(organisation)) as tx:
        assert (await queries.need_member(tx, person.id)).role == role


@pytest.mark.parametrize("wanted", ["admin", "supervisor"])
async def test_who_manages_members_gives_no_more_than_he_has(
    database: Database, client: httpx.AsyncClient, organisation: UUID, wanted: str
) -> None:
    person = await a_person(database, client, organisation, "agent")
    other = await a_person(database, client, organisation, wanted)
    # A role of a later release: manages accounts, and nothing else beyond an agent.
    permissions = queries.ROLES["agent"] | {"accounts.manage"}
    actor = Actor(
        organisation_id=organisation, kind="member", id=person.id, permissions=permissions
    )
    from peakend.accounts.actions.granting import RoleTooHigh
    from peakend.accounts.actions.invitations import Terms
    from peakend.accounts.actions.members import Changes

    terms = Terms(login="x@example.com", name="x", role=wanted)
    for attempt in (
        lambda tx: actions.invite(tx, terms),
        lambda tx: actions.change_member(tx, member_id=person.id, changes=Changes(role=wanted)),
        lambda tx: actions.change_member(tx, member_id=other.id, changes=Changes(active=False)),
        lambda tx: actions.change_member(tx, member_id=other.id, changes=Changes(role="agent")),
        lambda tx: actions.offer_reset(tx, member_id=other.id),
    ):
        with pytest.raises(RoleTooHigh):
            async with database.transaction(actor) as tx:
                await attempt(tx)


@pytest.mark.parametrize(
    "extra",
    [
        {"id": str(uuid4())},
        {"organisation_id": str(uuid4())},
        {"permissions": ["accounts.manage"]},
        {"created_at": "2020-01-01T00:00:00Z"},
        {"password_hash": "x"},
        {"login": "boss@example.com"},
        {"verified": True},
        {"role": "owner"},
        {"capacity": -1},
        {"capacity": 51},
        {"capacity": True},
        {"active": "no"},
        {"name": ""},
        {"name": "x" * 61},
        {"team_ids": "all"},
        {"team_ids": [str(uuid4())] * 101},
    ],
)
async def test_unknown_and_malformed_fields_are_refused(
    database: Database, client: httpx.AsyncClient, organisation: UUID, extra: dict[str, Any]
) -> None:
    boss = await a_person(database, client, organisation, "admin")
    before = (await boss.get("/members")).json()
    answer = await boss.send("PATCH", f"/members/{boss.id}", extra)
    assert answer.status_code == 422, answer.text
    assert (await boss.get("/members")).json() == before


async def test_another_organisation_does_not_exist(
    database: Database, client: httpx.AsyncClient, organisation: UUID
) -> None:
    boss = await a_person(database, client, organisation, "admin")
    elsewhere = await make_organisation(database, "别家")
    theirs = await a_person(database, client, elsewhere, "admin")
    team = (await theirs.send("POST", "/teams", {"name": "甲"})).json()["id"]
    skill = (await theirs.send("POST", "/skills", {"name": "燃气"})).json()["id"]
    brand = (await theirs.get("/brands")).json()[0]["id"]
    reset = {"login": "x@example.com", "name": "x", "role": "agent"}
    for method, path, body in [
        ("PATCH", f"/members/{theirs.id}", {"name": "x"}),
        ("POST", f"/members/{theirs.id}/resets", None),
        ("PATCH", f"/teams/{team}", {"name": "x"}),
        ("DELETE", f"/teams/{team}", None),
        ("DELETE", f"/skills/{skill}", None),
        ("PATCH", f"/brands/{brand}", {"name": "x"}),
        ("PATCH", f"/members/{boss.id}", {"team_ids": [team]}),
        ("PATCH", f"/members/{boss.id}", {"skills": [skill]}),
        ("POST", "/teams", {"name": "乙", "member_ids": [str(theirs.id)]}),
        ("POST", "/members/invitations", reset | {"team_ids": [team]}),
        ("POST", "/members/invitations", reset | {"skills": [skill]}),
    ]:
        answer = await boss.send(method, path, body)
        assert answer.status_code == 404, (method, path, answer.text)
    ours = (await boss.get("/members")).json()
    assert [member["id"] for member in ours] == [str(boss.id)]
    assert (await boss.get("/teams")).json() == []
    audit = (await boss.get("/audit")).json()["items"]
    assert all(entry["subject_id"] != str(theirs.id) for entry in audit)


async def test_a_member_let_out_is_signed_out_everywhere(
    database: Database, client: httpx.AsyncClient, organisation: UUID
) -> None:
    boss = await a_person(database, client, organisation, "admin")
    person = await a_person(database, client, organisation)
    answer = await boss.send("PATCH", f"/members/{person.id}", {"active": False})
    assert answer.status_code == 200
    assert (await person.get("/session")).status_code == 401
    body = {"login": person.login, "password": PASSWORD}
    assert (await client.post("/api/session", json=body)).status_code == 401
    await boss.send("PATCH", f"/members/{person.id}", {"active": True})
    assert (await client.post("/api/session", json=body)).status_code == 200


@pytest.mark.parametrize("change", [{"active": False}, {"role": "agent"}])
async def test_the_last_admin_stays(
    database: Database, client: httpx.AsyncClient, organisation: UUID, change: dict[str, Any]
) -> None:
    boss = await a_person(database, client, organisation, "admin")
    answer = await boss.send("PATCH", f"/members/{boss.id}", change)
    assert answer.status_code == 409
    assert answer.json()["error"]["code"] == "accounts.last_admin"
    await a_person(database, client, organisation, "admin", login="second@example.com")
    assert (await boss.send("PATCH", f"/members/{boss.id}", change)).status_code == 200


async def test_a_smaller_role_works_at_once(
    database: Database, client: httpx.AsyncClient, organisation: UUID
) -> None:
    boss = await a_person(database, client, organisation, "admin")
    other = await a_person(database, client, organisation, "admin", login="b@example.com")
    assert (await other.get("/audit")).status_code == 200
    await boss.send("PATCH", f"/members/{other.id}", {"role": "agent"})
    assert (await other.get("/audit")).status_code == 401


async def test_teams_skills_and_brands(
    database: Database, client: httpx.AsyncClient, organisation: UUID
) -> None:
    boss = await a_person(database, client, organisation, "admin")
    person = await a_person(database, client, organisation)
    team = (
        await boss.send("POST", "/teams", {"name": "早班", "member_ids": [str(person.id)]})
    ).json()
    skill = (await boss.send("POST", "/skills", {"name": "燃气"})).json()
    assert (await boss.send("POST", "/skills", {"name": "燃气"})).status_code == 409
    changed = await boss.send("PATCH", f"/members/{person.id}", {"skills": [skill["id"]]})
    assert changed.json()["skills"] == [skill["id"]]
    assert changed.json()["team_ids"] == [team["id"]]
    async with database.transaction(Actor.system(organisation)) as tx:
        assert await queries.skills_of(tx, [person.id, boss.id]) == {
            person.id: frozenset({UUID(skill["id"])}),
            boss.id: frozenset(),
        }
        assert await queries.members_of_team(tx, UUID(team["id"])) == [person.id]
    assert (await boss.send("DELETE", f"/teams/{team['id']}")).status_code == 204
    assert (await boss.send("DELETE", f"/skills/{skill['id']}")).status_code == 204
    brand = {"name": "暖家", "slug": "nuanjia", "colour": "#8a3b12"}
    assert (await boss.send("POST", "/brands", brand)).status_code == 201
    assert (await boss.send("POST", "/brands", brand)).status_code == 409
    pale = await boss.send("POST", "/brands", brand | {"slug": "x", "colour": "#ffee00"})
    assert pale.json()["error"]["code"] == "accounts.unreadable_colour"
    answer = await boss.send("PATCH", "/organisation", {"time_zone": "Asia/Tokyo"})
    assert answer.json()["time_zone"] == "Asia/Tokyo"
    answer = await boss.send("PATCH", "/organisation", {"time_zone": "Mars/Base"})
    assert answer.status_code == 422


async def test_logins_are_for_those_who_manage_them(
    database: Database, client: httpx.AsyncClient, organisation: UUID
) -> None:
    boss = await a_person(database, client, organisation, "admin")
    person = await a_person(database, client, organisation)
    seen = {m["id"]: m["login"] for m in (await person.get("/members")).json()}
    assert seen == {str(boss.id): None, str(person.id): person.login}
    seen = {m["id"]: m["login"] for m in (await boss.get("/members")).json()}
    assert seen[str(person.id)] == person.login


async def test_preferences_are_the_members_own(
    database: Database, client: httpx.AsyncClient, organisation: UUID
) -> None:
    person = await a_person(database, client, organisation)
    answer = await person.send(
        "PATCH", "/session/preferences", {"theme": "dark", "language": "en", "keys": {"reply": "r"}}
    )
    assert answer.status_code == 200, answer.text
    answer = await person.send("PATCH", "/session/preferences", {"theme": None})
    assert answer.json() == {"language": "en", "keys": {"reply": "r"}}
    me = (await person.get("/session")).json()
    assert me["preferences"] == answer.json()
    assert me["member"]["language"] == "en"
    for wrong in ({"language": "xx"}, {"__proto__": 1}, {"a": "\x00"}, {"a": "x" * 9000}, [], 7):
        answer = await person.send("PATCH", "/session/preferences", wrong)
        assert answer.status_code == 422, wrong
