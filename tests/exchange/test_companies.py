"""Companies, and fields of the house's own as columns."""

from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from peakend.exchange.actions import exporting
from tests.exchange.conftest import Dock, counts


async def test_companies_by_name(dock: Dock) -> None:
    head = "公司,等级,域名,备注\n"
    done = await dock.all_in(
        head
        + "晨光餐饮,金牌,chenguang.cn；cg.com.cn,老客户\n晨光 餐饮,,,\n"
        + "蓝天,,qq.com,\n,,,没有名字\n",
        "companies",
    )
    assert counts(done) == (2, 0, 0, 2)
    assert await dock.faults(done.id) == [
        (4, "域名", "邮箱域名不正确，或是公共邮箱，例如 qq.com"),
        (5, "公司", "这一项必填，这里是空的"),
    ]
    again = await dock.all_in(head + "晨光餐饮,贵宾,new.cn,新\n", "companies", rule="overwrite")
    assert counts(again) == (0, 1, 0, 0)
    of = " FROM company WHERE organisation_id = current_organisation() AND folded = '晨光餐饮'"
    assert await dock.value("SELECT tier" + of) == "vip"
    domains = "SELECT count(*) FROM company_domain WHERE organisation_id = current_organisation()"
    assert await dock.value(domains) == 3
    assert counts(await dock.all_in(head + "晨光餐饮,普通,,\n", "companies")) == (0, 0, 1, 0)


async def test_fields_of_the_house_are_columns(dock: Dock, browser: httpx.AsyncClient) -> None:
    for key, kind, zh, privacy in (
        ("idcard", "text", "身份证", "sensitive"),
        ("born", "date", "生日", "internal"),
        ("paid", "flag", "已付费", "public"),
    ):
        made = await browser.post(
            "/api/profile-fields",
            json={"of": "customer", "key": key, "kind": kind, "label_zh": zh, "label_en": key,
                  "privacy": privacy},
        )  # fmt: skip
        assert made.status_code < 300, made.text
    head = "手机,身份证,生日,已付费\n"
    done = await dock.all_in(head + "13800000001,330102X,1990/5/6,是\n13800000002,,五月,\n")
    assert counts(done) == (1, 0, 0, 1)
    assert await dock.faults(done.id) == [(3, "生日", "“五月”不是日期；请写成 2025-03-01")]
    assert counts(await dock.all_in(head + "13800000001,9,1990-05-07,是\n")) == (0, 0, 1, 0)
    changed = await dock.all_in(head + "13800000001,,1990-05-07,否\n", rule="overwrite")
    assert counts(changed) == (0, 1, 0, 0)
    asked = {"client_id": str(uuid4()), "kind": "customers"}
    await browser.post("/api/exports", json=asked)
    dock.floor.wait(60)
    await dock.floor.drain()
    text = (await browser.get(f"/api/exports/{asked['client_id']}/file")).text
    assert ",****,1990-05-07,否" in text.split("\r\n")[1]


async def test_columns_stay_where_they_were_when_fields_change_meanwhile(
    dock: Dock, browser: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(exporting, "_PORTION", 1)
    fields: dict[str, Any] = {}

    async def a_field(key: str, **more: Any) -> None:
        body = {"of": "customer", "key": key, "kind": "text", "label_zh": f"列{key}",
                "label_en": key, "privacy": "internal", **more}  # fmt: skip
        fields[key] = (await browser.post("/api/profile-fields", json=body)).json()

    async def changes(key: str, **more: Any) -> None:
        body = {"version": fields[key]["version"], **more}
        answer = await browser.patch(f"/api/profile-fields/{fields[key]['id']}", json=body)
        assert answer.status_code == 200, answer.text

    async def a_portion() -> None:
        async with dock.floor.tx() as tx:
            await exporting.export_step(tx, run_id=UUID(asked["client_id"]))

    for key in ("early", "risk", "late"):
        await a_field(key)
    head = "手机,列early,列risk,列late\n"
    await dock.all_in(f"{head}13800000001,a1,r1,z1\n13800000002,a2,r2,z2\n")
    asked = {"client_id": str(uuid4()), "kind": "customers"}
    await browser.post("/api/exports", json=asked)
    await a_portion()
    await changes("risk", seen_by=["supervisor"])
    await changes("late", label_zh="改了名")
    await a_field("added")
    await a_portion()
    dock.floor.wait(60)
    await dock.floor.drain()
    text = (await browser.get(f"/api/exports/{asked['client_id']}/file")).text
    lines = [line.split(",")[-3:] for line in text.strip().split("\r\n")]
    assert lines == [["列early", "列risk", "列late"], ["a1", "r1", "z1"], ["a2", "", "z2"]]
