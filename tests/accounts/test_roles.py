"""The house's own roles: nobody gives what he lacks; two people where asked."""

import json
from datetime import timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest
from hypothesis import given
from hypothesis import strategies as st

from peakend.accounts import actions, queries
from peakend.accounts.actions.proposals import GUARDED, alone_at
from peakend.accounts.queries import actors_for_sessions, forget_token
from peakend.accounts.rules import (
    PERMISSIONS,
    ROLES,
    WAIT_ALONE,
    Rights,
    RoleGives,
    covers,
    gives,
    rights,
    standing,
)
from peakend.kernel import clock
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from tests.accounts.people import Person, a_person

READS = ["conversations.read", "customers.read"]


def a_role(**more: Any) -> dict[str, Any]:
    return {"name": "查看员", "template": "agent", "permissions": READS, "sight": "own"} | more


async def made(boss: Person, **more: Any) -> dict[str, Any]:
    answer = await boss.send("POST", "/roles", a_role(**more))
    assert answer.status_code == 201, answer.text
    return dict(answer.json())


async def give(boss: Person, whom: Person, built_in: str | None, *role_ids: str) -> httpx.Response:
    body = {"built_in": built_in, "role_ids": list(role_ids)}
    return await boss.send("PUT", f"/members/{whom.id}/roles", body)


async def may(database: Database, person: Person) -> Actor | None:
    forget_token(person.token)
    found = (await actors_for_sessions(database, [person.token]))[0]
    return found.actor if found else None


_sights = st.sampled_from(["own", "team", "brand", "all"])
_brands = [UUID(int=n) for n in range(3)]
_gives = st.builds(
    RoleGives,
    st.lists(st.sampled_from(sorted(PERMISSIONS)), max_size=6),
    _sights,
    st.lists(st.sampled_from(_brands), min_size=1, max_size=2, unique=True),
)


@given(st.lists(_gives, max_size=3), st.lists(_gives, max_size=3))
def test_more_roles_never_give_less(some: list[RoleGives], more: list[RoleGives]) -> None:
    few, many = rights(some), rights([*some, *more])
    assert covers(many, few) or not few.permissions <= many.permissions
    assert few.permissions <= many.permissions
    assert covers(rights([gives("admin")]), many)
    assert covers(many, many)


def test_a_brand_is_no_other_brand() -> None:
    one = rights([RoleGives(READS, "brand", [_brands[0]])])
    other = rights([RoleGives(READS, "brand", [_brands[1]])])
    team = rights([RoleGives(READS, "team")])
    assert not covers(one, other)
    assert not covers(one, team)
    assert not covers(team, one)
    assert one.brands(_brands) == {_brands[0]}
    assert team.brands(_brands) == set(_brands)


@pytest.mark.parametrize("role", list(ROLES))
def test_rules_of_sign_in_follow_the_rights(role: str) -> None:
    assert standing(ROLES[role]) == role
    assert standing(ROLES["agent"] | {"audit.read"}) == "admin"
    assert standing(ROLES["agent"] | {"knowledge.publish"}) == "supervisor"
    assert standing(frozenset()) == "agent"


async def test_a_role_gives_what_it_says_and_no_more(
    database: Database, client: httpx.AsyncClient, organisation: UUID
) -> None:
    boss = await a_person(database, client, organisation, "admin")
    person = await a_person(database, client, organisation, "agent")
    role = await made(boss)
    assert (role["holders"], role["version"], role["sight"]) == (0, 1, "own")
    assert (await give(boss, person, None, role["id"])).status_code == 200
    actor = await may(database, person)
    assert actor is not None
    assert (actor.permissions, actor.scope, actor.role) == (frozenset(READS), "own", "agent")
    assert (await person.get("/session")).json()["permissions"] == sorted(READS)
    assert (await person.get("/canned-replies")).status_code == 403
    changed = await boss.send(
        "PUT", f"/roles/{role['id']}", a_role(permissions=[*READS, "canned.own"], version=1)
    )
    assert changed.json()["version"] == 2
    forget_token(person.token)
    assert (await person.get("/canned-replies")).status_code == 200
    stale = await boss.send("PUT", f"/roles/{role['id']}", a_role(version=1))
    assert stale.json()["error"]["code"] == "accounts.role_stale"
    assert (await boss.send("DELETE", f"/roles/{role['id']}")).status_code == 409
    assert (await give(boss, person, "agent")).status_code == 200
    assert (await boss.send("DELETE", f"/roles/{role['id']}")).status_code == 204
    assert (await boss.get("/roles")).json()["own"] == []


async def test_roles_add_up_and_say_where_a_right_comes_from(
    database: Database, client: httpx.AsyncClient, organisation: UUID
) -> None:
    boss = await a_person(database, client, organisation, "admin")
    person = await a_person(database, client, organisation, "agent")
    brand = (await boss.send("POST", "/brands", {"name": "甲", "slug": "jia"})).json()["id"]
    editor = await made(boss, name="知识编辑", permissions=["knowledge.edit"], sight="own")
    lead = await made(boss, name="甲品牌主管", permissions=["conversations.assign"],
                      sight="brand", brand_ids=[brand])  # fmt: skip
    found = (await give(boss, person, "agent", editor["id"], lead["id"])).json()
    through = {one["permission"]: one["through"] for one in found["permissions"]}
    assert through["knowledge.edit"] == [1]
    assert through["conversations.reply"] == [0]
    assert through["conversations.assign"] == [2]
    assert through["audit.read"] == []
    assert (found["sees_all"], found["sees_queues"], found["brand_ids"]) == (False, True, [brand])
    assert found == (await boss.get(f"/members/{person.id}/rights")).json()
    actor = await may(database, person)
    assert actor is not None
    assert actor.scope == "queue"
    assert actor.seen_brand_ids == {UUID(brand)}
    listed = {one["id"]: one for one in (await boss.get("/members")).json()}
    assert listed[str(person.id)]["built_in"] == "agent"
    assert len(listed[str(person.id)]["role_ids"]) == 2


@pytest.mark.parametrize(
    "role",
    [
        a_role(permissions=["everything"]),
        a_role(permissions=["*"]),
        a_role(sight="brand"),
        a_role(sight="brand", brand_ids=[str(uuid4())]),
        a_role(sight="mine"),
        a_role(template="owner"),
        a_role(name=" \u202e "),
        a_role(organisation_id=str(uuid4())),
        a_role(permissions=["audit.read"] * 201),
    ],
)
async def test_nonsense_makes_no_role(
    database: Database, client: httpx.AsyncClient, organisation: UUID, role: dict[str, Any]
) -> None:
    boss = await a_person(database, client, organisation, "admin")
    answer = await boss.send("POST", "/roles", role)
    assert answer.status_code == 422, answer.text
    assert (await boss.get("/roles")).json()["own"] == []


async def test_nobody_gives_rights_or_rows_that_he_lacks(
    database: Database, client: httpx.AsyncClient, organisation: UUID
) -> None:
    boss = await a_person(database, client, organisation, "admin")
    clerk = await a_person(database, client, organisation, "agent", login="clerk")
    other = await a_person(database, client, organisation, "agent", login="other")
    brand = (await boss.send("POST", "/brands", {"name": "甲", "slug": "jia"})).json()["id"]
    staff = await made(
        boss, name="人事", permissions=[*READS, "accounts.manage"], sight="brand",
        brand_ids=[brand],
    )  # fmt: skip
    high = await made(boss, name="审计", permissions=["audit.read"])
    assert (await give(boss, clerk, None, staff["id"])).status_code == 200
    # Managing accounts counts as an admin's right: the clerk signs in anew under its rules.
    async with database.transaction(Actor.system(organisation)) as tx:
        entry = await actions.enter(tx, member_id=clerk.id)
    clerk.browser.cookies.set("peakend", entry.token)
    refused = [
        await clerk.send("POST", "/roles", a_role(permissions=["audit.read"])),
        await clerk.send("POST", "/roles", a_role(sight="all")),
        await clerk.send("POST", "/roles", a_role(sight="team")),
        await clerk.send("PUT", f"/roles/{high['id']}", a_role(version=1)),
        await clerk.send("DELETE", f"/roles/{high['id']}"),
        await give(clerk, clerk, "admin"),
        await give(clerk, other, None, high["id"]),
        await give(clerk, boss, "agent"),
        await clerk.send("POST", f"/members/{boss.id}/resets"),
    ]
    assert [one.json()["error"]["code"] for one in refused] == ["accounts.role_too_high"] * 9
    # What he has himself he may give, for his brand.
    mine = {"sight": "brand", "brand_ids": [brand]}
    assert (await clerk.send("POST", "/roles", a_role(**mine))).status_code == 201


async def test_the_last_admin_stays_and_nobody_is_without_a_role(
    database: Database, client: httpx.AsyncClient, organisation: UUID
) -> None:
    boss = await a_person(database, client, organisation, "admin")
    everything = await made(boss, name="全部", permissions=sorted(PERMISSIONS), sight="all")
    answer = await give(boss, boss, None, everything["id"])
    assert answer.json()["error"]["code"] == "accounts.last_admin"
    assert (await give(boss, boss, None)).json()["error"]["code"] == "accounts.no_role"
    assert (await give(boss, boss, None, str(uuid4()))).status_code == 404


async def test_others_roles_are_not_there(
    database: Database, client: httpx.AsyncClient, organisation: UUID
) -> None:
    from tests.databases import make_organisation

    boss = await a_person(database, client, organisation, "admin")
    role = await made(boss)
    elsewhere = await make_organisation(database, "别家")
    stranger = await a_person(database, client, elsewhere, "admin", login="stranger")
    path = f"/roles/{role['id']}"
    assert (await stranger.send("PUT", path, a_role(version=1))).status_code == 404
    assert (await stranger.send("DELETE", path)).status_code == 404
    assert (await give(stranger, stranger, "admin", role["id"])).status_code == 404
    assert (await stranger.get(f"/members/{boss.id}/rights")).status_code == 404


RULES = {"password_least": 12, "second_step_roles": [], "networks": []}


async def test_a_dangerous_change_takes_two_people(
    database: Database, client: httpx.AsyncClient, organisation: UUID
) -> None:
    boss = await a_person(database, client, organisation, "admin", login="boss")
    other = await a_person(database, client, organisation, "admin", login="other")
    person = await a_person(database, client, organisation, "agent")
    assert (await boss.get("/two-person-rule")).json() == {"active": False, "others": 1}
    assert (await boss.send("PUT", "/two-person-rule", {"active": True})).json()["active"]
    refused = [
        await boss.send("PUT", "/sign-in-rules", RULES),
        await boss.send("POST", "/roles", a_role(permissions=["audit.read"])),
        await give(boss, person, "admin"),
        await boss.send("PATCH", f"/members/{person.id}", {"role": "admin"}),
        await boss.send("POST", f"/members/{other.id}/resets"),
        await boss.send("PUT", "/two-person-rule", {"active": False}),
        await boss.send("POST", "/members/invitations",
                        {"login": "new", "name": "新人", "role": "admin"}),
    ]  # fmt: skip
    codes = [one.json()["error"]["code"] for one in refused]
    assert codes == ["accounts.second_person_needed"] * 7
    # What is not dangerous, one person does.
    assert (await boss.send("POST", "/roles", a_role())).status_code == 201
    asked = {"kind": "sign_in_rules.change", "body": RULES, "reason": "审计要求"}
    proposal = (await boss.send("POST", "/proposals", asked)).json()
    assert (proposal["state"], proposal["alone_at"]) == ("open", None)
    path = f"/proposals/{proposal['id']}/confirmations"
    assert (await boss.send("POST", path)).json()["error"]["code"] == "accounts.not_by_yourself"
    assert (await person.send("POST", path)).status_code == 403
    assert (await person.get("/proposals")).json() == []
    assert (await boss.get("/sign-in-rules")).json()["password_least"] == 10
    assert (await other.send("POST", path)).json() == {"link": None, "key": None}
    assert (await boss.get("/sign-in-rules")).json()["password_least"] == 12
    assert (await other.send("POST", path)).status_code == 409
    listed = (await boss.get("/proposals")).json()
    assert [(one["state"], one["decided_by"]) for one in listed] == [("confirmed", str(other.id))]
    async with database.transaction(Actor.system(organisation)) as tx:
        told = await tx.value(
            "SELECT array_agg(type ORDER BY id) FROM event WHERE type LIKE 'Prop%'"
        )
    assert told == ["ProposalMade", "ProposalDecided"]


async def test_a_confirmed_invitation_gives_its_link_to_who_confirmed(
    database: Database, client: httpx.AsyncClient, organisation: UUID
) -> None:
    boss = await a_person(database, client, organisation, "admin", login="boss")
    other = await a_person(database, client, organisation, "admin", login="other")
    await boss.send("PUT", "/two-person-rule", {"active": True})
    body = {"login": "new", "name": "新人", "role": "admin"}
    asked = {"kind": "member.invite", "body": body, "reason": "接任"}
    proposal = (await boss.send("POST", "/proposals", asked)).json()
    assert (await boss.get("/members/invitations")).json() == []
    link = (await other.send("POST", f"/proposals/{proposal['id']}/confirmations")).json()["link"]
    assert "/invitation/" in link
    assert len((await boss.get("/members/invitations")).json()) == 1


@pytest.mark.parametrize(
    "asked",
    [
        {"kind": "no.such", "body": {}, "reason": "因为"},
        {"kind": "sign_in_rules.change", "body": {"password_least": 3}, "reason": "因为"},
        {"kind": "sign_in_rules.change", "body": RULES | {"x": 1}, "reason": "因为"},
        {"kind": "sign_in_rules.change", "body": RULES | {"password_least": 3}, "reason": "因为"},
        {"kind": "sign_in_rules.change", "body": RULES, "reason": " "},
    ],
)
async def test_what_cannot_work_is_not_proposed(
    database: Database, client: httpx.AsyncClient, organisation: UUID, asked: dict[str, Any]
) -> None:
    boss = await a_person(database, client, organisation, "admin", login="boss")
    assert (await boss.send("POST", "/proposals", asked)).status_code == 422
    assert (await boss.get("/proposals")).json() == []


async def test_a_house_with_one_admin_goes_on_after_a_night(
    database: Database, client: httpx.AsyncClient, organisation: UUID
) -> None:
    boss = await a_person(database, client, organisation, "admin", login="boss")
    await boss.send("PUT", "/two-person-rule", {"active": True})
    asked = {"kind": "two_person_rule.off", "body": {}, "reason": "只有我一个人"}
    proposal = (await boss.send("POST", "/proposals", asked)).json()
    assert proposal["alone_at"] is not None
    path = f"/proposals/{proposal['id']}/confirmations"
    assert (await boss.send("POST", path)).json()["error"]["code"] == "accounts.not_by_yourself"
    actor = await may(database, boss)
    assert actor is not None
    later = clock.now() + WAIT_ALONE + timedelta(minutes=1)
    async with database.transaction(actor, later) as tx:
        found = await queries.need_proposal(tx, UUID(proposal["id"]))
        assert alone_at(found) < later
        await actions.confirm(tx, proposal_id=found.id, address="127.0.0.1")
    assert (await boss.get("/two-person-rule")).json()["active"] is False


async def test_a_proposal_is_refused_or_taken_back(
    database: Database, client: httpx.AsyncClient, organisation: UUID
) -> None:
    boss = await a_person(database, client, organisation, "admin", login="boss")
    other = await a_person(database, client, organisation, "admin", login="other")
    asked = {"kind": "sign_in_rules.change", "body": RULES, "reason": "试试"}
    for who, state in ((other, "refused"), (boss, "withdrawn")):
        proposal = (await boss.send("POST", "/proposals", asked)).json()
        path = f"/proposals/{proposal['id']}/refusals"
        assert (await who.send("POST", path)).status_code == 204
        assert (await boss.get("/proposals")).json()[0]["state"] == state
        assert (await who.send("POST", path)).status_code == 409


def test_every_guarded_act_names_a_permission_that_there_is() -> None:
    assert {one.permission for one in GUARDED.values()} <= PERMISSIONS
    assert Rights().scope == "own"


@pytest.mark.parametrize("language", ["zh-CN", "en"])
def test_every_permission_has_its_words(language: str) -> None:
    folder = Path(__file__).parents[2] / "web/desk/src/contexts/accounts/admin"
    words = json.loads((folder / f"words.{language}.json").read_text())
    lacking = {
        f"accounts.admin.{kind}.{one}"
        for one in PERMISSIONS
        for kind in ("right", "hint")
        if f"accounts.admin.{kind}.{one}" not in words
    } | {f"accounts.admin.group.{one.split('.')[0]}" for one in PERMISSIONS} - set(words)
    lacking |= {f"accounts.admin.kind.{one}" for one in GUARDED} - set(words)
    # A role is told by its own parts, a version and a lock by none.
    asked = {one for act in GUARDED.values() for one in act.body.__struct_fields__}
    asked -= {"role", "version", "lock"}
    lacking |= {f"accounts.admin.field.{one}" for one in asked} - set(words)
    assert not lacking
