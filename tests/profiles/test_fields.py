"""Fields over HTTP: defined, filled in, masked, revealed, required, and carried by a merge."""

import asyncio
from uuid import uuid4

import pytest

from peakend.conversations import actions as conversations
from peakend.conversations.actions.merging import merge_customers, part_customers
from peakend.customers import queries as customers
from peakend.kernel.actors import Actor
from peakend.kernel.naming import LookedAt, looks_noted
from peakend.profiles.actions import FieldsMissing
from tests.profiles.conftest import House
from tests.routing.floor import Floor

CANARY = "620102199003071234"


async def test_define_fill_and_change(house: House) -> None:
    floor = await house.field("floor", pattern="[0-9]{1,3}", help_zh="入户楼层")
    tree = await house.field(
        "device", "tree",
        options=[{"key": "home", "zh": "家电", "en": "Appliances"},
                 {"key": "hob", "zh": "燃气灶", "en": "Hob", "parent": "home"}],
    )  # fmt: skip
    assert (await house.fill(floor, "12")).status_code == 200
    assert (await house.fill(tree, "hob")).status_code == 200
    seen = await house.values()
    assert (seen[floor["id"]]["value"], seen[floor["id"]]["version"]) == ("12", 1)
    assert seen[tree["id"]]["value"] == "hob"
    wrong = await house.fill(floor, "twelve", 1)
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (422, "profiles.wrong_value")
    assert "floor" in wrong.json()["error"]["message"]
    assert (await house.fill(floor, "13", 1)).status_code == 200
    stale = await house.fill(floor, "14", 1)
    assert (stale.status_code, stale.json()["error"]["code"]) == (409, "profiles.stale")
    assert (await house.fill(floor, None, 2)).status_code == 200
    assert floor["id"] not in await house.values()
    # Empty again, it is new to whoever looks at it; who saw it long ago is still too late.
    assert (await house.fill(floor, "15", 0)).status_code == 200
    assert (await house.fill(floor, "16", 1)).status_code == 409
    facts = await house.facts()
    assert facts.count("ProfileFilled") == 5
    assert facts.count("FieldChanged") == 2


async def test_all_or_nothing(house: House) -> None:
    one, two = await house.field("one"), await house.field("two", "number")
    changes = [
        {"field_id": one["id"], "value": "x", "version": 0},
        {"field_id": two["id"], "value": "x", "version": 0},
    ]
    path = f"/customers/{house.customer}/fields"
    refused = await house.agent.send("PATCH", path, {"values": changes})
    assert refused.status_code == 422
    assert await house.values() == {}


async def test_two_at_once_are_not_both_right(house: House) -> None:
    field = await house.field("one")
    answers = await asyncio.gather(*(house.fill(field, f"v{n}") for n in range(4)))
    assert sorted(one.status_code for one in answers) == [200, 409, 409, 409]


async def test_private_values_never_leave_unasked(house: House) -> None:
    card = await house.field("id_card", privacy="personal")
    bank = await house.field("bank", privacy="sensitive")
    for field in (card, bank):
        filled = await house.fill(field, CANARY)
        assert CANARY not in filled.text
    answer = await house.agent.get(f"/customers/{house.customer}/profile")
    assert CANARY not in answer.text
    values = answer.json()["values"]
    shown = {one["field_id"]: (one["shown"], one["masked"], one["value"]) for one in values}
    assert shown[card["id"]] == ("62****1234", True, None)
    assert shown[bank["id"]] == ("****", True, None)
    async with house.database.transaction(Actor.system(house.organisation_id)) as tx:
        kept = await tx.value("SELECT bool_or(text IS NOT NULL) FROM profile_value")
        raw = await tx.value("SELECT string_agg(encode(sealed, 'escape'), '') FROM profile_value")
    assert kept is False
    assert CANARY not in raw


async def test_a_reveal_needs_a_reason_and_leaves_a_row(house: House) -> None:
    card = await house.field("id_card", privacy="personal")
    bank = await house.field("bank", privacy="sensitive")
    for field in (card, bank):
        await house.fill(field, CANARY)
    path = f"/customers/{house.customer}/field-reveals"
    asked = {"field_id": card["id"], "reason": " "}
    assert (await house.agent.send("POST", path, asked)).status_code == 422
    seen = await house.agent.send("POST", path, asked | {"reason": "核对身份"})
    assert (seen.status_code, seen.json()["value"]) == (201, CANARY)
    # Who may not see sensitive values does not; who may leaves a row, too.
    asked = {"field_id": bank["id"], "reason": "退款"}
    refused = await house.agent.send("POST", path, asked)
    assert (refused.status_code, refused.json()["error"]["code"]) == (
        403,
        "profiles.sensitive_refused",
    )
    assert (await house.boss.send("POST", path, asked)).json()["value"] == CANARY
    async with house.database.transaction(Actor.system(house.organisation_id)) as tx:
        why = await tx.value("SELECT array_agg(reason ORDER BY at, id) FROM profile_reveal")
        rows = await tx.value("SELECT count(*) FROM audit_entry WHERE action = 'field.revealed'")
    assert why == ["核对身份", "退款"]
    assert rows == 2
    assert CANARY not in str(await house.facts())
    # The log says what the field is called and why somebody looked.
    lines = (await house.admin.get("/audit", params={"action": "field.revealed"})).json()["items"]
    assert [one["look"] for one in lines] == [
        {"field": bank["label_zh"], "why": "退款"},
        {"field": card["label_zh"], "why": "核对身份"},
    ]


async def test_the_log_names_no_field_that_its_reader_does_not_see(house: House) -> None:
    field = await house.field("id_card", privacy="personal")
    await house.fill(field, CANARY)
    asked = {"field_id": field["id"], "reason": "核对身份"}
    await house.agent.send("POST", f"/customers/{house.customer}/field-reveals", asked)
    hidden = {"version": 1, "seen_by": ["admin"], "changed_by": ["admin"]}
    answer = await house.admin.send("PATCH", f"/profile-fields/{field['id']}", hidden)
    assert answer.status_code == 200, answer.text
    auditor = Actor(
        organisation_id=house.organisation_id, kind="member", id=house.boss.id,
        permissions=frozenset({"audit.read", "customers.read"}), language="zh-CN",
    )  # fmt: skip
    async with house.database.transaction(auditor) as tx:
        one = await tx.value("SELECT id FROM profile_reveal")
        (look,) = (await looks_noted(tx, [("field.revealed", one)])).values()
    assert look == LookedAt("其他字段", "")


async def test_what_holds_values_keeps_its_class_and_its_options(house: House) -> None:
    field = await house.field(
        "tone", "choice",
        options=[{"key": "a", "zh": "甲", "en": "A"}, {"key": "b", "zh": "乙", "en": "B"}],
    )  # fmt: skip
    path = f"/profile-fields/{field['id']}"
    await house.fill(field, "b")
    sealed = await house.admin.send("PATCH", path, {"version": 1, "privacy": "sensitive"})
    assert (sealed.status_code, sealed.json()["error"]["code"]) == (409, "profiles.class_fixed")
    fewer = {"version": 1, "options": [{"key": "a", "zh": "甲", "en": "A"}]}
    changed = (await house.admin.send("PATCH", path, fewer)).json()
    assert [(one["key"], one["active"]) for one in changed["options"]] == [
        ("a", True), ("b", False),
    ]  # fmt: skip
    assert (await house.values())[field["id"]]["value"] == "b"
    assert (await house.admin.send("PATCH", path, fewer)).status_code == 409
    # Put aside, it is out of sight with its values; brought back, they are there again.
    away = await house.admin.send("PATCH", path, {"version": 2, "archived": True})
    assert away.json()["archived_at"]
    assert await house.values() == {}
    assert (await house.fill(field, "a", 1)).status_code == 404
    await house.admin.send("PATCH", path, {"version": 3, "archived": False})
    assert (await house.values())[field["id"]]["value"] == "b"


async def test_order(house: House) -> None:
    fields = [await house.field(key) for key in ("a", "b", "c")]
    wanted = [fields[2]["id"], fields[0]["id"], str(uuid4())]
    body = {"of": "customer", "field_ids": wanted}
    answer = await house.admin.send("PUT", "/profile-fields/order", body)
    assert [one["key"] for one in answer.json()] == ["c", "a", "b"]
    twice = await house.admin.send(
        "POST", "/profile-fields",
        {"of": "customer", "key": "a", "kind": "text", "label_zh": "x", "label_en": "x"},
    )  # fmt: skip
    assert (twice.status_code, twice.json()["error"]["code"]) == (409, "profiles.field_twice")


@pytest.mark.parametrize(
    "more",
    [
        {"kind": "text", "pattern": "(a"},
        {"kind": "choice", "options": []},
        {"kind": "number", "least": 5, "most": 1},
        {"kind": "colour"},
        {"kind": "text", "key": "Ä"},
        {"kind": "text", "label_zh": " \u202e "},
        {"kind": "text", "of": "company", "required": True},
        {"kind": "text", "options": [{"key": "a", "zh": "a", "en": "a", "x": 1}]},
    ],
)
async def test_nonsense_is_refused(house: House, more: dict[str, object]) -> None:
    given = {"of": "customer", "key": "k", "label_zh": "x", "label_en": "x"} | more
    answer = await house.admin.send("POST", "/profile-fields", given)
    assert answer.status_code == 422, answer.text
    assert (await house.admin.get("/profile-fields")).json() == []


async def test_a_merge_carries_values_and_parting_gives_them_back(house: House) -> None:
    one, two = await house.field("one"), await house.field("two", privacy="personal")
    other = await house.another()
    await house.fill(one, "mine")
    await house.fill(one, "theirs", customer=other)
    await house.fill(two, CANARY, customer=other)
    boss = Actor.system(house.organisation_id)
    async with house.database.transaction(boss) as tx:
        cards = [await customers.need_customer(tx, c) for c in (house.customer, other)]  # type: ignore[arg-type]
        merged = await merge_customers(
            tx, survivor_id=cards[0].id, absorbed_id=cards[1].id,
            version=cards[0].version, absorbed_version=cards[1].version,
        )  # fmt: skip
    seen = await house.values()
    assert seen[one["id"]]["value"] == "mine"
    assert seen[two["id"]]["shown"] == "62****1234"
    assert await house.values(other) == seen
    async with house.database.transaction(boss) as tx:
        await part_customers(tx, merge_id=merged.id)
    assert two["id"] not in await house.values()
    assert (await house.values(other))[one["id"]]["value"] == "theirs"


async def test_a_conversation_ends_with_what_is_required(house: House) -> None:
    floor = Floor(house.database, house.organisation_id)
    await floor.open()
    linxi = await floor.hire("linxi")
    await floor.ready(linxi)
    conversation = await floor.served(linxi)
    await house.field("cause", of="conversation", required=True, label_zh="原因")
    async with floor.tx() as tx:
        customer = await tx.value("SELECT customer_id FROM conversation")
    field = await house.field("member_no", required=True, label_zh="会员号")
    with pytest.raises(FieldsMissing) as refused:
        async with floor.tx(linxi) as tx:
            await conversations.close(tx, conversation_id=conversation, by=linxi)
    assert refused.value.params["names"] == "原因、会员号"
    await house.fill(field, "M1", customer=str(customer))
    defined = (await house.admin.get("/profile-fields")).json()
    cause = next(one for one in defined if one["key"] == "cause")
    filled = await house.boss.send(
        "PATCH",
        f"/conversations/{conversation}/fields",
        {"values": [{"field_id": cause["id"], "value": "x", "version": 0}]},
    )
    assert filled.status_code == 200, filled.text
    assert [one["value"] for one in filled.json()["conversation"]] == ["x"]
    assert [one["value"] for one in filled.json()["customer"]["values"]] == ["M1"]
    async with floor.tx(linxi) as tx:
        await conversations.close(tx, conversation_id=conversation, by=linxi)
    # The customer who leaves is not asked for fields.
    async with floor.tx() as tx:
        await conversations.reopen(tx, conversation_id=conversation, by=floor.system)
        await tx.run("DELETE FROM profile_value")
        await conversations.close(tx, conversation_id=conversation, by=floor.system)
