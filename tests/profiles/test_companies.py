"""Companies, who belongs to them, what is theirs: over HTTP, through merges, and as one view."""

from typing import Any
from uuid import UUID

import pytest

from peakend.conversations.actions.merging import merge_customers, part_customers
from peakend.customers import actions as customers
from peakend.customers import queries as people
from peakend.kernel.actors import Actor
from peakend.profiles.rules.companies import domain_of, sought
from tests.profiles.conftest import House
from tests.routing.floor import Floor


async def _join(house: House, company: str, customer: str | None = None, **more: Any) -> Any:
    path = f"/companies/{company}/customers/{customer or house.customer}"
    answer = await house.agent.send("PUT", path, more)
    assert answer.status_code == 200, answer.text
    return answer.json()


async def test_a_company_is_made_found_changed_and_archived(house: House) -> None:
    made = await house.make(
        "/companies",
        {"name": "常州云帆物业有限公司", "domains": ["@YunFan.example.com"], "tier": "gold"},
        house.agent,
    )
    assert (made["domains"], made["tier"]) == (["yunfan.example.com"], "gold")
    path = f"/companies/{made['id']}"
    for q in ("云帆", "云", "物业有限", "yunfan.example.com"):
        found = (await house.agent.get("/companies", params={"q": q})).json()["items"]
        assert [one["id"] for one in found] == [made["id"]], q
    assert (await house.agent.get("/companies", params={"q": "云物"})).json()["items"] == []
    changed = await house.agent.send("PATCH", path, {"version": 1, "name": "云帆服务"})
    assert (changed.json()["name"], changed.json()["version"]) == ("云帆服务", 2)
    stale = await house.agent.send("PATCH", path, {"version": 1, "note": "x"})
    assert (stale.status_code, stale.json()["error"]["code"]) == (409, "profiles.company_stale")
    assert (await house.agent.get("/companies", params={"q": "常州"})).json()["items"] == []
    await house.agent.send("PATCH", path, {"version": 2, "archived": True})
    assert (await house.agent.get("/companies")).json()["items"] == []
    back = await house.agent.send("PATCH", path, {"version": 3, "archived": False})
    assert back.json()["archived"] is False
    assert (await house.facts()).count("CompanyChanged") == 4


async def test_domains_are_one_companys_and_nobodys_are_refused(house: House) -> None:
    await house.make("/companies", {"name": "甲", "domains": ["a.example.com"]})
    taken = await house.admin.send(
        "POST", "/companies", {"name": "乙", "domains": ["a.example.com"]}
    )
    assert (taken.status_code, taken.json()["error"]["code"]) == (409, "profiles.domain_taken")
    for domain in ("qq.com", "no", "a b.cn", "-x.cn"):
        wrong = await house.admin.send("POST", "/companies", {"name": "乙", "domains": [domain]})
        assert wrong.status_code == 422, domain
    assert len((await house.admin.get("/companies")).json()["items"]) == 1


async def test_the_first_company_leads_and_one_at_a_time(house: House) -> None:
    one, two = [(await house.make("/companies", {"name": n}))["id"] for n in ("甲", "乙")]
    held = (await _join(house, one, title="采购"))["companies"]
    assert [(c["name"], c["main"], c["title"]) for c in held] == [("甲", True, "采购")]
    held = (await _join(house, two))["companies"]
    assert [(c["name"], c["main"]) for c in held] == [("甲", True), ("乙", False)]
    held = (await _join(house, two, main=True))["companies"]
    assert [(c["name"], c["main"]) for c in held] == [("乙", True), ("甲", False)]
    card = (await house.agent.get(f"/companies/{one}")).json()
    assert [(c["customer"]["name"], c["title"]) for c in card["customers"]] == [("林夕", "采购")]
    gone = await house.agent.send("DELETE", f"/companies/{two}/customers/{house.customer}")
    assert [c["name"] for c in gone.json()["companies"]] == ["甲"]
    again = await house.agent.send("DELETE", f"/companies/{two}/customers/{house.customer}")
    assert again.status_code == 200
    assert (await house.facts()).count("CompanyLeft") == 1


async def test_a_mail_domain_suggests_and_a_person_decides(house: House) -> None:
    made = await house.make("/companies", {"name": "云帆", "domains": ["yunfan.example.com"]})
    async with house.database.transaction(Actor.system(house.organisation_id)) as tx:
        await customers.add_identity(
            tx, customer_id=UUID(house.customer), kind="email", value="lin@yunfan.example.com"
        )
    seen = await house.profile()
    assert seen["companies"] == []
    assert [(s["company_id"], s["domain"]) for s in seen["suggested"]] == [
        (made["id"], "yunfan.example.com")
    ]
    assert (await _join(house, made["id"]))["suggested"] == []


async def test_a_merge_carries_companies_and_parting_gives_them_back(house: House) -> None:
    one, two = [(await house.make("/companies", {"name": n}))["id"] for n in ("甲", "乙")]
    kind = await house.make("/object-types", {"name_zh": "产品", "name_en": "Product"})
    other = await house.another()
    await _join(house, one)
    await _join(house, two, other)
    await house.make(
        "/objects", {"type_id": kind["id"], "customer_id": other, "title": "安居A2"}, house.agent
    )
    system = Actor.system(house.organisation_id)
    async with house.database.transaction(system) as tx:
        mine, theirs = [await people.need_customer(tx, UUID(c)) for c in (house.customer, other)]
        merged = await merge_customers(
            tx, survivor_id=mine.id, absorbed_id=theirs.id,
            version=mine.version, absorbed_version=theirs.version,
        )  # fmt: skip
    seen = await house.profile()
    assert [(c["name"], c["main"]) for c in seen["companies"]] == [("甲", True), ("乙", False)]
    assert [o["title"] for o in seen["objects"]] == ["安居A2"]
    card = (await house.agent.get(f"/companies/{two}")).json()
    assert [c["customer"]["id"] for c in card["customers"]] == [house.customer]
    async with house.database.transaction(system) as tx:
        await part_customers(tx, merge_id=merged.id)
    assert [c["name"] for c in (await house.profile())["companies"]] == ["甲"]
    assert [c["name"] for c in (await house.profile(other))["companies"]] == ["乙"]
    assert [o["title"] for o in (await house.profile(other))["objects"]] == ["安居A2"]


async def test_objects_have_fields_of_their_kind(house: House) -> None:
    kind = await house.make("/object-types", {"name_zh": "产品", "name_en": "Product"})
    of = {"of": "object", "type_id": kind["id"]}
    serial = await house.field("serial", privacy="personal", **of)
    other = await house.field("serial")
    given = {
        "type_id": kind["id"],
        "customer_id": house.customer,
        "title": "安居A13",
        "values": [{"field_id": serial["id"], "value": "SN20260117ABCD", "version": 0}],
    }
    made = await house.make("/objects", given, house.agent)
    assert [v["shown"] for v in made["values"]] == ["SN****ABCD"]
    path = f"/objects/{made['id']}"
    wrong = {"values": [{"field_id": other["id"], "value": "x", "version": 0}]}
    assert (await house.agent.send("PATCH", f"{path}/fields", wrong)).status_code == 404
    asked = {"field_id": serial["id"], "reason": "核对保修"}
    seen = await house.agent.send("POST", f"{path}/field-reveals", asked)
    assert seen.json()["value"] == "SN20260117ABCD"
    gone = await house.agent.send("PATCH", path, {"version": 1, "removed": True})
    assert gone.json()["removed"] is True
    assert (await house.profile())["objects"] == []
    back = await house.agent.send("PATCH", path, {"version": 2, "removed": False})
    assert back.json()["removed"] is False
    assert [o["title"] for o in (await house.profile())["objects"]] == ["安居A13"]
    stale = await house.agent.send("PATCH", path, {"version": 2, "title": "x"})
    assert stale.status_code == 409
    company = await house.make("/companies", {"name": "甲"})
    misfit = {"type_id": kind["id"], "company_id": company["id"], "title": "x"}
    assert (await house.agent.send("POST", "/objects", misfit)).status_code == 422


async def test_all_conversations_of_a_company_as_far_as_one_sees(house: House) -> None:
    floor = Floor(house.database, house.organisation_id)
    await floor.open()
    one, two = await floor.writes(), await floor.writes()
    company = (await house.make("/companies", {"name": "云帆"}))["id"]
    async with floor.tx() as tx:
        ids = await tx.value("SELECT array_agg(customer_id) FROM conversation")
    for customer in ids:
        await _join(house, company, str(customer))
    path = f"/companies/{company}/conversations"
    seen = (await house.boss.get(path)).json()["items"]
    assert {row["id"] for row in seen} == {str(one), str(two)}
    assert (await house.agent.get(path)).json()["items"] == []


@pytest.mark.parametrize(
    ("text", "domain"),
    [("Lin@Example.COM", "example.com"), ("@a.cn", "a.cn"), ("公司.cn", "xn--55qx5d.cn"),
     ("gmail.com", None), ("localhost", None), ("a..cn", None), ("1.2.3.4", None)],
)  # fmt: skip
def test_what_a_domain_is(text: str, domain: str | None) -> None:
    assert domain_of(text) == domain


def test_what_a_name_is_sought_by() -> None:
    assert sought("云帆 物业") == ["云帆", "物业"]
    assert sought("云") == ["云"]
