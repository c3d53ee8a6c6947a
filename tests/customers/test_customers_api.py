"""Customers over HTTP: lists, cards, changes, notes, reveals; what stays masked."""

import json
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from peakend.customers import actions
from peakend.customers.queries import Attribute
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from tests.accounts.people import Person, a_person
from tests.databases import make_organisation

PHONE, MAIL = "13812345678", "linxi.canary@qq.com"
ID_NUMBER, ADDRESS = "110101199003070134", "浦东新区世纪大道一百号三单元"


@pytest.fixture
async def agent(database: Database, client: httpx.AsyncClient, organisation: UUID) -> Person:
    """An agent with a browser."""
    return await a_person(database, client, organisation)


@pytest.fixture
async def customer(database: Database, organisation: UUID) -> str:
    """A customer about whom much is known."""
    return str(await a_customer(database, organisation))


async def a_customer(database: Database, organisation: UUID, **more: Any) -> UUID:
    given: dict[str, Any] = {
        "name": "林夕",
        "tier": "gold",
        "identities": [("login", "u1001", True), ("phone", PHONE, False), ("email", MAIL, False)],
        "attributes": [
            Attribute("city", "城市", "上海"),
            Attribute("address", "地址", ADDRESS, "personal"),
            Attribute("id_number", "证件号", ID_NUMBER, "sensitive"),
        ],
    }
    async with database.transaction(Actor.system(organisation)) as tx:
        return await actions.add_customer(tx, **(given | more))


async def test_a_card_is_masked(agent: Person, customer: str) -> None:
    answer = await agent.get(f"/customers/{customer}")
    assert answer.status_code == 200, answer.text
    card = answer.json()
    assert card["name"] == "林夕"
    assert card["verified"] is True
    assert card["masked"] == {
        "login": "u****1",
        "phone": "138****5678",
        "email": "l***@qq.com",
    }
    assert [a["masked"] for a in card["attributes"]] == [False, True, True]
    listed = await agent.get("/customers")
    found = await agent.get("/customers", params={"q": PHONE})
    assert listed.json()["items"][0]["masked"]["phone"] == "138****5678"
    for secret in (PHONE, MAIL, ID_NUMBER, ADDRESS, "u1001"):
        for text in (answer.text, listed.text, found.text):
            assert secret not in text


async def test_nothing_private_lies_in_the_tables(
    database: Database, organisation: UUID, customer: str
) -> None:
    async with database.transaction(Actor.system(organisation)) as tx:
        dump = await tx.value(
            """
            SELECT string_agg(line, ' ') FROM (
                SELECT c::text AS line FROM customer c
                UNION ALL SELECT i::text FROM identity i
                UNION ALL SELECT e::text FROM event e
                UNION ALL SELECT a::text FROM audit_entry a
                UNION ALL SELECT j::text FROM job j
            ) AS lines
            """
        )
    for secret in (PHONE, MAIL, ID_NUMBER, ADDRESS):
        assert secret not in dump
        assert secret.encode().hex() not in dump


async def test_sealed_values_do_not_open_elsewhere(
    database: Database, organisation: UUID, agent: Person, customer: str
) -> None:
    async with database.transaction(Actor.system(organisation)) as tx:
        await tx.run(
            "UPDATE identity SET value = (SELECT value FROM identity WHERE kind = 'phone')"
            " WHERE kind = 'email'"
        )
    answer = await agent.get(f"/customers/{customer}")
    assert answer.status_code == 500
    assert PHONE not in answer.text


@pytest.mark.parametrize(
    ("q", "found"),
    [
        ("林夕", True),
        ("林", True),
        ("夕", True),
        (" 林夕 ", True),
        ("夕林", False),
        ("林夕x", False),
        (PHONE, True),
        ("+86 138 1234 5678", True),
        (MAIL.upper(), True),
        ("u1001", True),
        ("1381234567", False),
        ("138", False),
        ("5678", False),
        ("linxi", False),
        ("@qq.com", False),
        ("%", False),
        ("_", False),
        ("林%", False),
        ("' OR '1'='1", False),
        ("u1001'--", False),
        ("\\", False),
    ],
)
async def test_finding(agent: Person, customer: str, q: str, found: bool) -> None:
    answer = await agent.get("/customers", params={"q": q})
    assert answer.status_code == 200, answer.text
    assert [c["id"] for c in answer.json()["items"]] == ([customer] if found else [])


async def test_a_list_is_read_a_page_at_a_time(
    database: Database, organisation: UUID, agent: Person
) -> None:
    async with database.transaction(Actor.system(organisation)) as tx:
        ids = [str(await actions.add_customer(tx, name=f"王{n}小明")) for n in range(60)]
        await actions.add_customer(tx)  # a visitor without a name is in no list
    for q in (None, "小明", "王"):
        seen: list[str] = []
        cursor = None
        while not seen or cursor:
            params = {k: v for k, v in (("q", q), ("cursor", cursor)) if v}
            page = (await agent.get("/customers", params=params)).json()
            seen += [c["id"] for c in page["items"]]
            cursor = page["next"]
        assert seen == ids[::-1]
    for wrong in ("x", "WyJ4Il0", "W10", "a" * 201):
        assert (await agent.get("/customers", params={"cursor": wrong})).status_code == 422


async def test_changing_and_conflicts(agent: Person, customer: str) -> None:
    card = (await agent.get(f"/customers/{customer}")).json()
    change = {
        "version": card["version"],
        "name": "林夕夕",
        "attributes": [
            {"key": "city", "value": "杭州"},
            {"key": "address", "value": card["attributes"][1]["value"]},
            {"key": "pet", "label": "宠物", "value": "猫"},
        ],
        "preferences": {"large_type": True},
    }
    changed = await agent.send("PATCH", f"/customers/{customer}", change)
    assert changed.status_code == 200, changed.text
    after = changed.json()
    assert after["name"] == "林夕夕"
    assert {a["key"]: a["value"] for a in after["attributes"]}["city"] == "杭州"
    assert after["preferences"] == {"large_type": True}
    assert after["version"] == card["version"] + 1
    # The masked value that came back unchanged was no change.
    shown = await agent.send(
        "POST", f"/customers/{customer}/reveals", {"field": "attribute:address", "reason": "上门"}
    )
    assert shown.json()["value"] == ADDRESS
    stale = await agent.send("PATCH", f"/customers/{customer}", change)
    assert stale.status_code == 409
    assert stale.json()["error"]["code"] == "customers.stale"
    assert (await agent.get("/customers", params={"q": "夕夕"})).json()["items"]
    gone = await agent.send(
        "PATCH",
        f"/customers/{customer}",
        {"version": after["version"], "attributes": [{"key": "pet", "value": None}]},
    )
    assert "pet" not in [a["key"] for a in gone.json()["attributes"]]


@pytest.mark.parametrize(
    "extra",
    [
        {"tier": "platinum"},
        {"verified": True},
        {"id": str(uuid4())},
        {"organisation_id": str(uuid4())},
        {"since": "2000-01-01T00:00:00Z"},
        {"identities": []},
        {"__proto__": {"verified": True}},
        {"version": "one"},
        {"version": None},
        {"version": 2**40},
        {"name": "x" * 61},
        {"name": 7},
        {"attributes": [{"key": "__proto__", "value": "x"}]},
        {"attributes": [{"key": "a", "value": "x" * 501}]},
        {"attributes": [{"key": "a", "value": "x", "privacy": "none"}]},
        {"attributes": [{"key": "a", "value": "x"}] * 41},
        {"preferences": {"constructor": {"x": 1}}},
        {"preferences": {"a": "x" * 201}},
        {"preferences": []},
    ],
)
async def test_unknown_and_malformed_fields_are_refused(
    agent: Person, customer: str, extra: dict[str, Any]
) -> None:
    before = (await agent.get(f"/customers/{customer}")).json()
    body = {"version": before["version"]} | extra
    answer = await agent.send("PATCH", f"/customers/{customer}", body)
    assert answer.status_code == 422, answer.text
    assert (await agent.get(f"/customers/{customer}")).json() == before


async def test_nobody_unmasks_by_changing(agent: Person, customer: str) -> None:
    card = (await agent.get(f"/customers/{customer}")).json()
    seen = next(a["value"] for a in card["attributes"] if a["key"] == "id_number")
    change = {"key": "id_number", "value": seen, "privacy": "public", "label": "证件"}
    answer = await agent.send(
        "PATCH", f"/customers/{customer}", {"version": card["version"], "attributes": [change]}
    )
    assert answer.status_code == 200
    assert ID_NUMBER not in answer.text


async def test_notes_are_signed(agent: Person, customer: str) -> None:
    answer = await agent.send(
        "POST", f"/customers/{customer}/notes", {"text": "喜欢\n上午联系\x00"}
    )
    assert answer.status_code == 201, answer.text
    (note,) = answer.json()["notes"]
    assert note["text"] == "喜欢\n上午联系"
    assert note["author_id"] == str(agent.id)
    assert note["author_name"] == "agent 小林"
    for wrong in (
        {"text": ""},
        {"text": "\x00 "},
        {"text": "x" * 5001},
        {},
        {"text": "a", "at": 1},
    ):
        refused = await agent.send("POST", f"/customers/{customer}/notes", wrong)
        assert refused.status_code == 422


@pytest.mark.parametrize(
    ("field", "value", "called"),
    [
        ("phone", PHONE, "手机"),
        ("email", MAIL, "邮箱"),
        ("attribute:id_number", ID_NUMBER, "证件号"),
    ],
)
async def test_a_reveal_is_written_down(
    database: Database,
    client: httpx.AsyncClient,
    organisation: UUID,
    agent: Person,
    customer: str,
    field: str,
    value: str,
    called: str,
) -> None:
    body = {"field": field, "reason": "客户来电要求核对"}
    answer = await agent.send("POST", f"/customers/{customer}/reveals", body)
    assert answer.status_code == 201, answer.text
    assert answer.json()["value"] == value
    assert answer.json()["until"]
    boss = await a_person(database, client, organisation, "admin")
    audit = await boss.get("/audit", params={"action": "customer.revealed"})
    (entry,) = audit.json()["items"]
    assert (entry["actor_id"], entry["subject_id"]) == (str(agent.id), customer)
    assert entry["detail"]["field"] == field
    assert value not in audit.text
    # The line itself holds no words; the reason is read beside it, as long as it is kept.
    assert "核对" not in str(entry["detail"])
    assert entry["look"] == {"field": called, "why": "客户来电要求核对"}
    async with database.transaction(Actor.system(organisation)) as tx:
        fact = await tx.value("SELECT payload FROM event WHERE type = 'CustomerFieldRevealed'")
    assert value not in json.dumps(fact)


@pytest.mark.parametrize(
    ("body", "status"),
    [
        ({"field": "phone", "reason": ""}, 422),
        ({"field": "phone", "reason": "  "}, 422),
        ({"field": "phone"}, 422),
        ({"field": "", "reason": "核对"}, 422),
        ({"field": "wechat", "reason": "核对"}, 404),
        ({"field": "attribute:none", "reason": "核对"}, 404),
        ({"field": "identity:x", "reason": "核对"}, 404),
        ({"field": "identity:" + str(uuid4()), "reason": "核对"}, 404),
        ({"field": "name; DROP TABLE reveal", "reason": "核对"}, 404),
        ({"field": "version", "reason": "核对"}, 404),
        ({"field": ["phone"], "reason": "核对"}, 422),
    ],
)
async def test_no_reveal_without_a_reason_or_a_field(
    agent: Person, customer: str, body: dict[str, Any], status: int
) -> None:
    answer = await agent.send("POST", f"/customers/{customer}/reveals", body)
    assert answer.status_code == status


async def test_reveals_are_limited(agent: Person, customer: str) -> None:
    body = {"field": "phone", "reason": "核对"}
    found = [
        (await agent.send("POST", f"/customers/{customer}/reveals", body)).status_code
        for _ in range(22)
    ]
    assert found[:20] == [201] * 20
    assert 429 in found


@pytest.mark.parametrize("whose", ["elsewhere", "nobody's"])
async def test_anothers_customer_does_not_exist(
    database: Database, organisation: UUID, agent: Person, customer: str, whose: str
) -> None:
    other = str(uuid4())
    if whose == "elsewhere":
        elsewhere = await make_organisation(database, "别家")
        other = str(await a_customer(database, elsewhere, name="别家客户"))
    texts = set()
    for method, path, body in [
        ("GET", f"/customers/{other}", None),
        ("PATCH", f"/customers/{other}", {"version": 1, "name": "x"}),
        ("POST", f"/customers/{other}/notes", {"text": "x"}),
        ("POST", f"/customers/{other}/reveals", {"field": "phone", "reason": "核对"}),
    ]:
        answer = await agent.send(method, path, body)
        assert answer.status_code == 404, (method, path, answer.text)
        texts.add(answer.json()["error"]["message"])
    assert texts == {"There is no such customer"}
    for q in ("别家客户", PHONE):
        found = (await agent.get("/customers", params={"q": q})).json()["items"]
        assert other not in [c["id"] for c in found]


async def test_nobody_signed_in_sees_nothing(client: httpx.AsyncClient, customer: str) -> None:
    for method, path in [
        ("GET", "/api/customers"),
        ("GET", f"/api/customers/{customer}"),
        ("PATCH", f"/api/customers/{customer}"),
        ("POST", f"/api/customers/{customer}/notes"),
        ("POST", f"/api/customers/{customer}/reveals"),
    ]:
        answer = await client.request(method, path, json={} if method != "GET" else None)
        assert answer.status_code == 401
        assert "林夕" not in answer.text
