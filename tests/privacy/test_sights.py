"""How much of a customer's details each role sees, looked for wherever anything can be read."""

import tomllib
from pathlib import Path
from typing import Any
from uuid import UUID

import msgspec
import pytest

from peakend.accounts.rules.sights import USUAL, levels
from peakend.conversations import queries as conversations
from peakend.customers import actions as customers
from peakend.customers.actions.carrying import carry_out
from peakend.entry.frames import Batch, encoded, frame_for
from peakend.kernel.actors import Actor
from peakend.kernel.live import Cursor
from tests.accounts.people import Person, a_person
from tests.privacy.conftest import Place

ROUTES = tomllib.loads(Path("tests/matrix/routes.toml").read_text("utf-8"))["routes"]
DETAILS = {
    "name": "欧阳明月清风",
    "phone": "13987654321",
    "email": "mingyue.ouyang@example.cn",
    "wechat": "wx_mingyue_2026",
    "login": "U-7788-mingyue",
    "other": "QQ 90210-90210",
}
NEVER = dict.fromkeys(DETAILS, "never")


async def known(place: Place) -> dict[str, str]:
    """Let somebody of whom everything is known write; return the ids that addresses take."""
    visitor = await place.comes()
    said = (await visitor.says("什么时候送到")).json()
    conversation_id = said["conversation"]["id"]
    customer_id = await place.fetch(
        "SELECT customer_id::text FROM conversation WHERE id = $1", UUID(conversation_id)
    )
    async with place.centre.tx() as tx:
        for kind in list(DETAILS)[1:]:
            await customers.add_identity(
                tx, customer_id=UUID(customer_id), kind=kind, value=DETAILS[kind]
            )
    card = (await place.boss.get(f"/customers/{customer_id}")).json()
    change = {"version": card["version"], "name": DETAILS["name"]}
    await place.does("PATCH", f"/customers/{customer_id}", change)
    company = await place.does("POST", "/companies", {"name": "云帆"})
    await place.does("PUT", f"/companies/{company['id']}/customers/{customer_id}", {})
    return {
        "customer_id": customer_id,
        "conversation_id": conversation_id,
        "company_id": company["id"],
    }


async def say(place: Place, rules: dict[str, dict[str, str]]) -> None:
    version = (await place.boss.get("/field-sights")).json()["version"]
    await place.does("PUT", "/field-sights", {"version": version, "rules": rules})


async def walked(
    who: Person, ids: dict[str, str], details: dict[str, str] = DETAILS
) -> dict[str, set[str]]:
    """Read whatever a GET can read with these ids; return at which addresses a detail was."""
    seen: dict[str, set[str]] = {detail: set() for detail in details}
    for route in (one for one in ROUTES if one.startswith("GET /api/")):
        path = route.removeprefix("GET /api")
        for name, value in ids.items():
            path = path.replace(f"{{{name}:uuid}}", value)
        if "{" in path:
            continue
        for sought in ({"view": "queue"}, {"q": "欧阳"}, {"q": DETAILS["phone"]}):
            try:
                text = (await who.get(path, params=sought)).text
            except UnicodeDecodeError:
                continue
            for detail, value in details.items():
                if value in text:
                    seen[detail].add(path)
    return seen


async def test_what_a_role_does_not_see_is_nowhere_that_it_reads(place: Place) -> None:
    ids = await known(place)
    await say(place, {"admin": dict.fromkeys(DETAILS, "whole"), "supervisor": NEVER})
    lead = await a_person(
        place.centre.database, place.client, place.centre.organisation_id, "supervisor"
    )
    # Who sees all of it finds it in many places, so that the walk is known to look there.
    whole = await walked(place.boss, ids)
    assert all(whole.values()), whole
    lists = {"/customers", "/conversations", "/conversations/found", "/search"}
    assert lists <= whole["name"], whole["name"]
    assert not any((await walked(lead, ids)).values())
    card = (await lead.get(f"/customers/{ids['customer_id']}")).json()
    assert card["name_level"] == "never"
    assert {one["level"] for one in card["identities"]} == {"never"}
    assert set(card["masked"].values()) == {"****"}
    for field in ("name", "phone", "email"):
        reveal = {"field": field, "reason": "回电给客户"}
        answer = await lead.send("POST", f"/customers/{ids['customer_id']}/reveals", reveal)
        assert answer.status_code == 403, field


async def test_masked_and_revealed_are_two_things(place: Place) -> None:
    ids = await known(place)
    await say(place, {"supervisor": {"phone": "masked", "name": "reveal"}})
    lead = await a_person(
        place.centre.database, place.client, place.centre.organisation_id, "supervisor"
    )
    at = f"/customers/{ids['customer_id']}"
    card = (await lead.get(at)).json()
    assert (card["name"], card["name_level"]) == ("欧**", "reveal")
    assert card["masked"]["phone"] == "139****4321"
    answer = await lead.send("POST", f"{at}/reveals", {"field": "phone", "reason": "回电给客户"})
    assert answer.status_code == 403
    for field in ("name", "email"):
        answer = await lead.send("POST", f"{at}/reveals", {"field": field, "reason": "回电给客户"})
        assert answer.json()["value"] == DETAILS[field]
    # Parts of a name that is masked find nobody: it cannot be guessed piece by piece.
    assert (await lead.get("/customers", params={"q": "明月"})).json()["items"] == []
    [found] = (await lead.get("/customers", params={"q": DETAILS["phone"]})).json()["items"]
    assert found["id"] == ids["customer_id"]


@pytest.mark.parametrize("level", ["never", "masked"])
async def test_what_is_carried_out_or_pushed_is_no_more(place: Place, level: str) -> None:
    ids = await known(place)
    system = Actor.system(place.centre.organisation_id)
    short = tuple((detail, level) for detail in DETAILS)
    reader = Actor(
        organisation_id=place.centre.organisation_id, kind="member", scope="all", levels=short
    )
    async with place.centre.database.transaction(system) as tx:
        rows = await conversations.rows(tx, [UUID(ids["conversation_id"])], system)
        assert rows[0].customer.name == DETAILS["name"]
        tx.actor = reader
        out = await carry_out(tx, None, 50, "")
        assert (await carry_out(tx, None, 50, "明月")).rows == []
    batch = Batch([], {"zh-CN": {row.id: row for row in rows}}, [], Cursor(1, UUID(int=1)))
    pushed = encoded(frame_for(reader, batch))
    for text in (pushed, msgspec.json.encode(out.rows).decode()):
        assert not [one for one in DETAILS.values() if one in text]
    everybody = msgspec.structs.replace(reader, levels=())
    assert DETAILS["name"] in encoded(frame_for(everybody, batch))


async def test_it_is_said_by_one_after_the_other_and_kept(place: Place) -> None:
    view = (await place.boss.get("/field-sights")).json()
    assert (view["version"], view["rules"]) == (0, {})
    assert [one["key"] for one in view["roles"]] == ["agent", "supervisor", "admin"]
    body: dict[str, Any] = {"version": 0, "rules": {"agent": {"phone": "never"}}}
    assert (await place.boss.send("PUT", "/field-sights", body)).json()["version"] == 1
    stale = await place.boss.send("PUT", "/field-sights", body)
    assert stale.json()["error"]["code"] == "accounts.sights_stale"
    for rules in ({"agent": {"phone": "half"}}, {"agent": {"shoe": "never"}}, {"king": {}}):
        answer = await place.boss.send("PUT", "/field-sights", {"version": 1, "rules": rules})
        assert answer.status_code == 422, rules
    gone = {"version": 1, "rules": {str(UUID(int=7)): {"phone": "never"}}}
    answer = await place.boss.send("PUT", "/field-sights", gone)
    assert answer.json()["error"]["code"] == "accounts.role_not_found"


def test_the_widest_of_the_roles_holds() -> None:
    said: dict[str, dict[str, Any]] = {"a": {"phone": "never"}, "b": {"phone": "masked"}}
    assert levels(said, ["a", "b"]) == (("phone", "masked"),)
    # A role of which nothing is said sees what is usual.
    assert levels(said, ["a", "c"]) == ()
    assert levels(said, []) == ()
    assert levels({"a": {"name": "never", "email": "whole"}}, ["a"]) == (
        ("name", "never"),
        ("email", "whole"),
    )
    assert set(USUAL) == set(DETAILS)
