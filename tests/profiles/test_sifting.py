"""Conversations narrowed by custom fields, and shown with them; what is masked helps nobody."""

import json
from typing import Any
from uuid import UUID

import pytest

from peakend.conversations import queries as conversations
from peakend.conversations.actions.merging import merge_customers
from peakend.conversations.rules.views import FieldCondition, ViewFilter
from peakend.customers import queries as customers
from peakend.kernel.actors import Actor
from tests.profiles.conftest import House
from tests.routing.floor import Floor

TREE = [
    {"key": "home", "zh": "家电", "en": "Appliances"},
    {"key": "hob", "zh": "燃气灶", "en": "Hob", "parent": "home"},
    {"key": "hood", "zh": "油烟机", "en": "Hood", "parent": "home"},
]


async def opened(house: House, *customers: str) -> list[str]:
    """Let customers write, one after the other, and return their conversations."""
    floor = Floor(house.database, house.organisation_id)
    await floor.open()
    return [str(await floor.writes(one)) for one in customers]  # type: ignore[arg-type]


async def found(house: House, *fields: dict[str, Any], **more: Any) -> Any:
    """Return which conversations fit, or the refusal."""
    given = json.dumps({"fields": list(fields), **more})
    answer = await house.boss.get("/conversations/found", params={"filter": given})
    if answer.status_code != 200:
        return answer.status_code
    return [one["id"] for one in answer.json()["items"]]


async def test_each_type_is_asked_in_its_own_way(house: House) -> None:
    other = await house.another()
    here, there = await opened(house, house.customer, other)
    tree = await house.field("device", "tree", options=TREE)
    floor = await house.field("floor", "number")
    bought = await house.field("bought", "date")
    lift = await house.field("lift", "flag")
    model = await house.field("model")
    for field, value in ((tree, "hob"), (floor, 12), (bought, "2026-03-01"), (lift, False),
                         (model, "JZT-9G86")):  # fmt: skip
        assert (await house.fill(field, value)).status_code == 200
    assert (await house.fill(floor, 30, customer=other)).status_code == 200
    assert (await house.fill(lift, True, customer=other)).status_code == 200

    def on(field: dict[str, Any], **asked: Any) -> dict[str, Any]:
        return {"field_id": field["id"], **asked}

    for asked, wanted in (
        (on(tree, any_of=["home"]), [here]), (on(tree, any_of=["hood"]), []),
        (on(floor, least=12, most=12), [here]), (on(floor, least=13), [there]),
        (on(floor, most=30), [there, here]), (on(bought, since="2026-03-01"), [here]),
        (on(bought, till="2026-02-28"), []), (on(lift, yes=False), [here]),
        (on(lift, yes=True), [there]), (on(model, any_of=["jzt-9g86"]), [here]),
        (on(model, any_of=["JZT"]), []),
    ):  # fmt: skip
        assert await found(house, asked) == wanted, asked
    assert await found(house, on(floor, most=30), on(lift, yes=True)) == [there]
    for wrong in (on(floor, any_of=["12"]), on(model, least=1), on(tree),
                  on(lift, since="2026-01-01"), on(floor, least=9, most=1)):  # fmt: skip
        assert await found(house, wrong) == 422, wrong
    assert await found(house, on(floor, least=1), on(floor, most=2)) == 422


async def test_of_the_conversation_and_after_a_merge(house: House) -> None:
    other = await house.another()
    here, there = await opened(house, house.customer, other)
    kept = await house.field("serial", of="conversation")
    values = {"values": [{"field_id": kept["id"], "value": "A-1", "version": 0}]}
    answer = await house.boss.send("PATCH", f"/conversations/{here}/fields", values)
    assert answer.status_code == 200, answer.text
    assert await found(house, {"field_id": kept["id"], "any_of": ["a-1"]}) == [here]
    model = await house.field("model")
    await house.fill(model, "X1", customer=other)
    asked = {"field_id": model["id"], "any_of": ["x1"]}
    assert await found(house, asked) == [there]
    async with house.database.transaction(Actor.system(house.organisation_id)) as tx:
        one, two = [await customers.need_customer(tx, UUID(c)) for c in (house.customer, other)]
        await merge_customers(
            tx, survivor_id=one.id, absorbed_id=two.id,
            version=one.version, absorbed_version=two.version,
        )  # fmt: skip
    assert here in await found(house, asked)


async def test_what_is_masked_can_be_neither_sought_nor_seen(house: House) -> None:
    (here,) = await opened(house, house.customer)
    secret = await house.field("id_card", privacy="personal")
    plain = await house.field("model")
    await house.fill(secret, "620102199003071234")
    await house.fill(plain, "X1")
    asked = {"field_id": secret["id"], "any_of": ["620102199003071234"]}
    assert await found(house, asked) == 409
    body = {"name": "证件", "filter": {"fields": [asked]}}
    assert (await house.boss.send("POST", "/views", body)).status_code == 409
    columns = {"conversation_ids": [here], "field_ids": [secret["id"], plain["id"]]}
    answer = await house.boss.send("POST", "/conversations/field-values", columns)
    assert answer.json() == [
        {"conversation_id": here, "values": [{"field_id": plain["id"], "value": "X1"}]}
    ]
    # An agent of another queue sees nothing of it.
    answer = await house.agent.send("POST", "/conversations/field-values", columns)
    assert answer.json() == []
    # A view whose field is put aside counts and shows nothing.
    body = {"name": "型号", "filter": {"fields": [{"field_id": plain["id"], "any_of": ["X1"]}]},
            "field_ids": [plain["id"]]}  # fmt: skip
    view = (await house.boss.send("POST", "/views", body)).json()
    assert (view["gone"], view["field_ids"]) == ([], [plain["id"]])
    counted = (await house.boss.get("/views/counts")).json()
    assert counted == [{"view_id": view["id"], "count": 1, "more": False}]
    path = f"/profile-fields/{plain['id']}"
    change = {"version": plain["version"], "archived": True}
    assert (await house.admin.send("PATCH", path, change)).status_code == 200
    assert (await house.boss.get(f"/views/{view['id']}")).json()["gone"] == ["fields"]
    assert (await house.boss.get("/views/counts")).json() == []


async def test_who_may_not_read_customers_may_not_guess_at_them(house: House) -> None:
    (here,) = await opened(house, house.customer)
    field = await house.field("model")
    await house.fill(field, "X1")
    asked = FieldCondition(field_id=UUID(field["id"]), any_of=["X1"])
    one = Actor(
        organisation_id=house.organisation_id, kind="member", id=house.boss.id, scope="all",
        permissions=frozenset({"conversations.read"}),
    )  # fmt: skip
    async with house.database.transaction(one) as tx:
        with pytest.raises(conversations.ViewNamesGone):
            await conversations.found_conversations(tx, one, ViewFilter(fields=[asked]))
        assert await conversations.conversation_fields(tx, one, [UUID(here)], [asked.field_id]) == [
            conversations.ConversationFields(UUID(here), [])
        ]
