"""Customers carried in: tried first, line-exact, nothing doubled, and out again."""

import io
import zipfile
from uuid import uuid4

import httpx
import pytest

from peakend.exchange import actions, queries
from peakend.exchange.rules import KEPT, guessed
from peakend.kernel.errors import PeakendError, Refused
from tests.exchange.conftest import Dock, counts

HEAD = "客户编号,姓名,手机号码,E-Mail,会员等级,注册日期\n"
TABLE = (
    HEAD
    + "M1,王晓梅,13800000001,xm@example.com,金卡会员,2025/3/1\n"
    + "M2,李建国,0571-8888 8888,,,\n"
    + '\n"M3","陈\n一",,chen@example.com,VIP,2024-01-01\n'
)
PEOPLE = "SELECT count(*) FROM customer WHERE organisation_id = current_organisation() AND known"


async def test_a_trial_says_what_will_happen_and_leaves_nothing(dock: Dock) -> None:
    run_id = await dock.take(TABLE)
    found = await dock.look(run_id)
    assert found.mapping == {
        "external_id": 0, "name": 1, "phone": 2, "email": 3, "tier": 4, "since": 5
    }  # fmt: skip
    assert (found.rows, found.encoding, found.delimiter) == (3, "utf-8", ",")
    tried = await dock.check(run_id)
    assert (tried.state, counts(tried)) == ("checked", (3, 0, 0, 0))
    assert await dock.value(PEOPLE) == 0
    facts = (
        "SELECT count(*) FROM event WHERE organisation_id = current_organisation() AND type = $1"
    )
    assert await dock.value(facts, "CustomerAdded") == 0
    done = await dock.start(run_id)
    assert (done.state, counts(done)) == ("done", (3, 0, 0, 0))
    assert await dock.value(PEOPLE) == 3
    assert await dock.value(facts, "CustomerAdded") == 3
    assert await dock.value(facts, "IdentityAdded") == 7
    # Twice is once; the same table again changes nothing.
    await dock.start(run_id)
    assert counts(await dock.all_in(TABLE)) == (0, 0, 3, 0)
    assert await dock.value(PEOPLE) == 3


@pytest.mark.parametrize(
    ("rule", "name", "tier", "fresh"),
    [
        ("skip", "王晓梅", "gold", 1),
        ("fill", "王晓梅", "gold", 2),
        ("overwrite", "王小妹", "vip", 2),
    ],
)
async def test_rules_for_who_is_known(
    dock: Dock, rule: str, name: str, tier: str, fresh: int
) -> None:
    await dock.all_in(HEAD + "M1,王晓梅,13800000001,,金卡,\n")
    done = await dock.all_in(HEAD + "M1,王小妹,,new@example.com,VIP,\n", rule=rule)  # type: ignore[arg-type]
    assert counts(done) == ((0, 0, 1, 0) if rule == "skip" else (0, 1, 0, 0))
    of = " FROM customer WHERE organisation_id = current_organisation() AND known"
    assert await dock.value("SELECT name" + of) == name
    assert await dock.value("SELECT tier" + of) == tier
    identities = "SELECT count(*) FROM identity WHERE organisation_id = current_organisation()"
    assert await dock.value(identities) == fresh + 1


async def test_wrong_lines_are_named_and_come_back_to_be_mended(
    dock: Dock, browser: httpx.AsyncClient
) -> None:
    run_id = await dock.take(
        HEAD
        + "M1,王,1.38E+10,,,\nM2,=HYPERLINK(1),,no-mail,,\n,没有号,,,,\nM3,对,,,钻石,\n"
        + "M4,好,,,,2025-13-01\nM5,好,,,,\nM5,重,,,,\n"
    )
    tried = await dock.check(run_id)
    assert counts(tried) == (1, 0, 0, 6)
    assert await dock.faults(run_id) == [
        (2, "手机号码", "表格软件把号码改成了“1.38E+10”；请把这一列设为文本格式，重新填写"),
        (3, "E-Mail", "“no-mail”不是邮箱地址；请检查 @ 和域名"),
        (4, "客户编号", "没有客户编号、手机或邮箱，认不出是谁；请至少填一项"),
        (
            5,
            "会员等级",
            "没有“钻石”这个等级；可写普通客户、普通会员、银卡会员、金卡会员、白金会员、贵宾",
        ),
        (6, "注册日期", "“2025-13-01”不是日期；请写成 2025-03-01"),
        (8, "客户编号", "与第 7 行重复；请只保留一行"),
    ]
    answer = await browser.get(f"/api/imports/{run_id}/wrong-lines")
    lines = answer.content.decode("utf-8-sig").split("\r\n")
    assert lines[0] == HEAD.strip() + ",原文件行号,问题与办法"
    assert lines[2].startswith("M2,'=HYPERLINK(1),,no-mail,,,3,E-Mail：")
    # Mended and carried in again, with the columns of before found by themselves.
    mended = answer.content.decode("utf-8-sig").replace("1.38E+10", "13800000001")
    again = await dock.take(mended)
    assert (await dock.look(again)).mapping == tried.mapping
    assert counts(await dock.check(again)) == (2, 0, 0, 4)


async def test_a_mapping_is_changed_and_remembered(dock: Dock) -> None:
    text = "甲,乙\n13800000001,王\n"
    run_id = await dock.take(text)
    assert (await dock.look(run_id)).mapping == {}
    with pytest.raises(PeakendError):
        await dock.check(run_id, mapping={"phone": 9})
    await dock.check(run_id, mapping={"phone": 0, "name": 1}, match="phone")
    assert (await dock.look(await dock.take(text))).mapping == {"phone": 0, "name": 1}
    mended = "甲,乙,原文件行号,问题与办法\n13800000001,王,2,手机：……\n"
    assert (await dock.look(await dock.take(mended))).mapping == {"phone": 0, "name": 1}
    # The plainest name wins where two headings would do.
    assert guessed(["电话", "手机"], {"phone": ["手机", "电话"]}) == {"phone": 1}


async def test_a_dying_worker_doubles_nothing_and_a_stop_stops(
    dock: Dock, monkeypatch: pytest.MonkeyPatch
) -> None:
    from peakend.exchange.actions import importing

    run_id = await dock.take(
        "手机,姓名\n" + "".join(f"{13800000000 + i},客户{i}\n" for i in range(1200))
    )
    await dock.check(run_id)
    real, calls = importing._report, []

    async def dies(*args: object) -> None:
        calls.append(1)
        if len(calls) == 2:
            raise RuntimeError("the plug was pulled")
        await real(*args)  # type: ignore[arg-type]

    monkeypatch.setattr(importing, "_report", dies)
    await dock.start(run_id)
    assert (await dock.look(run_id)).done == 500
    dock.floor.wait(10)
    await dock.floor.drain()
    done = await dock.look(run_id)
    assert (done.state, counts(done)) == ("done", (1200, 0, 0, 0))
    assert await dock.value(PEOPLE) == 1200
    async with dock.floor.tx(dock.admin) as tx:
        await actions.stop_import(tx, run_id=run_id, by=dock.admin)
    assert (await dock.look(run_id)).state == "done"
    other = await dock.take("手机\n13900000001\n")
    await dock.check(other)
    async with dock.floor.tx(dock.admin) as tx:
        await actions.start_import(tx, run_id=other, by=dock.admin)
        await actions.stop_import(tx, run_id=other, by=dock.admin)
    await dock.floor.drain()
    assert (await dock.look(other)).state == "stopped"
    assert await dock.value(PEOPLE) == 1200


@pytest.mark.parametrize("encoding", ["utf-8-sig", "gb18030", "utf-16", "utf-16-le", "utf-16-be"])
async def test_encodings(dock: Dock, encoding: str) -> None:
    done = await dock.all_in(TABLE.replace(",", ";").encode(encoding))
    assert (done.delimiter, counts(done)) == (";", (3, 0, 0, 0))
    names = (
        "SELECT array_agg(name ORDER BY id) FROM customer"
        " WHERE organisation_id = current_organisation() AND known"
    )
    assert await dock.value(names) == ["王晓梅", "李建国", "陈 一"]


async def test_carried_out_masked_unless_asked_with_a_reason(
    dock: Dock, browser: httpx.AsyncClient
) -> None:
    await dock.all_in(HEAD + "M1,=1+1,13800000001,xm@example.com,金卡,2025-03-01\n")
    asked = {"client_id": str(uuid4()), "kind": "customers"}
    assert (await browser.post("/api/exports", json=asked)).status_code == 202
    assert (await browser.post("/api/exports", json=asked)).status_code == 202
    dock.floor.wait(60)
    await dock.floor.drain()
    (made,) = (await browser.get("/api/exports")).json()
    assert (made["state"], made["rows"]) == ("made", 1)
    text = (await browser.get(f"/api/exports/{made['id']}/file")).content.decode("utf-8-sig")
    assert (
        text.split("\r\n")[1] == "M1,'=1+1,138****0001,x***@example.com,,金卡会员,中文,2025-03-01"
    )
    bare = asked | {"client_id": str(uuid4()), "private": True}
    assert (await browser.post("/api/exports", json=bare)).status_code == 422
    full = bare | {"reason": "迁移到新系统", "format": "xlsx"}
    assert (await browser.post("/api/exports", json=full)).status_code == 202
    dock.floor.wait(60)
    await dock.floor.drain()
    made = (await browser.get("/api/exports")).json()[0]
    book = (await browser.get(f"/api/exports/{made['id']}/file")).content
    # It comes back in as it went out.
    assert counts(await dock.all_in(book, rule="overwrite")) == (0, 0, 1, 0)
    log = (
        "SELECT count(*) FROM audit_entry"
        " WHERE organisation_id = current_organisation() AND action = 'export.fetched'"
    )
    assert await dock.value(log) == 2
    dock.floor.wait(KEPT.total_seconds() + 60)
    async with dock.floor.tx() as tx:
        await actions.sweep(tx)
    assert (await browser.get(f"/api/exports/{made['id']}/file")).status_code == 404
    assert (await browser.get("/api/imports")).json() == []


async def test_who_may_not_see_may_not_carry(dock: Dock) -> None:
    run_id = await dock.take(TABLE)
    agent = await dock.floor.hire("linxi")
    async with dock.floor.tx(agent) as tx:
        with pytest.raises(Refused):
            await actions.start_export(
                tx, run_id=uuid4(), kind="customers", form="csv", search="", private=True,
                reason="想看看", by=agent.__class__(
                    organisation_id=agent.organisation_id, kind="member", id=agent.id,
                    permissions=frozenset({"customers.edit"}),
                ),
            )  # fmt: skip
    stranger = agent.__class__(organisation_id=agent.organisation_id, kind="member", id=agent.id)
    async with dock.floor.tx(stranger) as tx:
        with pytest.raises(queries.KindNotFound):
            await queries.import_run(tx, run_id, stranger)
        assert await queries.kinds(tx, stranger) == []


async def test_upload_and_template(dock: Dock, browser: httpx.AsyncClient) -> None:
    for form in ("csv", "xlsx"):
        made = await browser.get(f"/api/import-kinds/customers/template?format={form}")
        assert made.status_code == 200
        sent = await browser.post(
            "/api/import-kinds/customers/imports", files={"file": ("客户.csv", made.content)}
        )
        assert sent.status_code == 201, sent.text
        assert len(sent.json()["mapping"]) == 8
    for data, code in (
        (b'a,b\n1,2\n"never closed,3\n', "kernel.sheet_broken"),
        (bytes(range(256)) * 9, "kernel.sheet_unreadable"),
        (b"", "kernel.sheet_empty"),
        (b"PK\x03\x04 no zip", "kernel.book_broken"),
        (",".join(map(str, range(10_000))).encode() + b"\n1\n", "kernel.sheet_too_wide"),
        (b"a\n" + b"x" * 2_000_000, "kernel.cell_too_long"),
        ("a\n\ud800\n".encode("utf-16-le", "surrogatepass"), "kernel.sheet_unreadable"),
    ):
        sent = await browser.post(
            "/api/import-kinds/customers/imports", files={"file": ("x.csv", data)}
        )
        assert (sent.status_code, sent.json()["error"]["code"]) == (422, code)
    folder = io.BytesIO()
    with zipfile.ZipFile(folder, "w") as archive:
        archive.writestr("手册/退货.md", "# 退货")
    sent = await browser.post(
        "/api/import-kinds/customers/imports", files={"file": ("手册.zip", folder.getvalue())}
    )
    assert sent.json()["error"]["code"] == "exchange.folder_elsewhere"
    missing = await browser.post("/api/import-kinds/none/imports", files={"file": ("x", b"a\n1")})
    assert missing.status_code == 404
