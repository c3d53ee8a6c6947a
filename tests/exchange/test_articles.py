"""Articles and canned replies as tables: in, out, and in again without a change."""

import io
from typing import Any
from uuid import UUID

import httpx
import msgspec
from PIL import Image

from peakend.accounts import actions as accounts
from peakend.conversations import actions as conversations
from peakend.conversations.queries import Rich
from peakend.kernel.files import save_file
from peakend.kernel.ids import new_id
from tests.exchange.conftest import Dock, counts

ARTICLES = (
    "标题,网址名,分类,谁可以看,语言,状态,示例问法,正文\n"
    "退款多久到账,refund-time,退换货,客户,中文,已发布,退款什么时候到；钱多久退回来,"
    "退款会在 **1 至 3 个工作日**内退回。\n"
    "内部话术,inner,退换货,坐席,中文,草稿,,先道歉\n"
    "没有读者,,,机器人,,,,正文\n"
    "空白发布,empty,,客户,,已发布,,\n"
    "坏地址,Bad Slug,,客户,,,,正文\n"
)
CANNED = (
    "快捷码,标题,内容,谁可以用,团队,语言\n"
    "tk,退款,您好{{ customer.name }},,,\n"
    "tk,退款（一组）,一组的话术,,一组,中文\n"
    "zj,再见,再见,自己,,英文\n"
    "坏,坏模板,{% for x in y %},,,\n"
    "远,远方,远方,团队,不存在的组,\n"
    "TK,又一个,重复,所有人,,\n"
)


async def carried_out(
    dock: Dock, browser: httpx.AsyncClient, kind: str, form: str = "csv"
) -> bytes:
    """Ask for a table and fetch it."""
    body = {"client_id": str(new_id()), "kind": kind, "format": form}
    asked = await browser.post("/api/exports", json=body)
    assert asked.status_code == 202, asked.text
    dock.floor.wait(60)
    await dock.floor.drain()
    fetched = await browser.get(f"/api/exports/{asked.json()['id']}/file")
    assert fetched.status_code == 200, fetched.text
    return fetched.content


async def test_articles_by_table(dock: Dock, browser: httpx.AsyncClient) -> None:
    done = await dock.all_in(ARTICLES, "articles")
    assert counts(done) == (2, 0, 0, 3)
    found = await dock.faults(done.id)
    assert [(line, column) for line, column, _ in found] == [
        (4, "谁可以看"), (5, "状态"), (6, "网址名"),
    ]  # fmt: skip
    assert found[0][2] == "不认识“机器人”；请写“客户”或“坐席”"
    row = await dock.value("SELECT to_jsonb(a) FROM article a WHERE slug = 'refund-time'")
    assert isinstance(row, dict)
    assert row["state"] == "published"
    assert row["questions"] == ["退款什么时候到", "钱多久退回来"]
    assert await dock.value("SELECT count(*) FROM article_category WHERE name_zh = '退换货'") == 1
    for form in ("csv", "xlsx"):
        table = await carried_out(dock, browser, "articles", form)
        assert counts(await dock.all_in(table, "articles", rule="overwrite")) == (0, 0, 2, 0)
    changed = "标题,网址名,正文\n退款多久到账,refund-time,三天\n"
    assert counts(await dock.all_in(changed, "articles", rule="fill")) == (0, 0, 1, 0)
    assert counts(await dock.all_in(changed, "articles", rule="overwrite")) == (0, 1, 0, 0)
    # What customers read stays until somebody publishes it.
    told = await dock.value(
        "SELECT v.body FROM article a JOIN article_version v ON v.article_id = a.id"
        " AND v.version = a.published_version WHERE a.slug = 'refund-time'"
    )
    assert told == "退款会在 **1 至 3 个工作日**内退回。"


async def test_who_may_not_publish_carries_drafts(dock: Dock) -> None:
    helper = await dock.floor.hire("zhuguan", role="supervisor")
    boss, dock.admin = dock.admin, helper
    done = await dock.all_in(ARTICLES, "articles")
    assert counts(done) == (1, 0, 0, 4)
    assert (await dock.faults(done.id))[0][2].startswith("没有发布和下线文章的权限")
    dock.admin = boss


async def test_canned_replies_by_table(dock: Dock, browser: httpx.AsyncClient) -> None:
    async with dock.floor.tx(dock.admin) as tx:
        await accounts.add_team(tx, name="一组")
    done = await dock.all_in(CANNED, "canned")
    assert counts(done) == (3, 0, 0, 3)
    found: Any = await dock.faults(done.id)
    assert [(line, column) for line, column, _ in found] == [
        (5, "内容"), (6, "团队"), (7, "快捷码"),
    ]  # fmt: skip
    mine = await dock.value("SELECT member_id FROM canned_reply WHERE scope = 'own'")
    assert mine == dock.admin.id
    assert isinstance(mine, UUID)
    table = await carried_out(dock, browser, "canned")
    assert counts(await dock.all_in(table, "canned", rule="overwrite")) == (0, 0, 3, 0)
    changed = "快捷码,标题,内容,谁可以用\ntk,退款,新的话术,所有人\n"
    assert counts(await dock.all_in(changed, "canned", rule="overwrite")) == (0, 1, 0, 0)


async def test_kinds_stand_in_their_order(dock: Dock, browser: httpx.AsyncClient) -> None:
    found = (await browser.get("/api/import-kinds")).json()
    assert [one["code"] for one in found] == [
        "customers", "companies", "articles", "canned", "tags", "members", "directory",
    ]  # fmt: skip


async def test_cards_of_canned_replies_survive_the_round_trip(
    dock: Dock, browser: httpx.AsyncClient
) -> None:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(out, "PNG")
    async with dock.floor.tx(dock.admin) as tx:
        file = await save_file(tx, out.getvalue(), "灶.png", purpose="message")
        tile = {"title": "换电池", "file_id": str(file.id), "buttons": [{"label": "好"}]}
        card = msgspec.convert({"block": {"type": "cards", "cards": [tile]}}, Rich)
        await conversations.add_canned_reply(
            tx, shortcut="dc", title="电池", body="您看", scope="all", team_id=None,
            language="zh-CN", by=dock.admin, card=card,
        )  # fmt: skip
    before = await dock.value("SELECT card FROM canned_reply")
    table = await carried_out(dock, browser, "canned")
    assert counts(await dock.all_in(table, "canned", rule="overwrite")) == (0, 0, 1, 0)
    # A table without the column, or with an empty cell, leaves the card.
    plain = "快捷码,标题,内容,卡片\ndc,电池,您看这张,\n"
    assert counts(await dock.all_in(plain, "canned", rule="overwrite")) == (0, 1, 0, 0)
    assert await dock.value("SELECT card FROM canned_reply") == before
    # Gone and brought back by another editor, it has the same picture under a name of its own.
    await dock.value("DELETE FROM canned_reply")
    boss = dock.admin
    dock.admin = await dock.floor.hire("bianji", role="admin")
    assert counts(await dock.all_in(table, "canned")) == (1, 0, 0, 0)
    dock.admin = boss
    again = await dock.value("SELECT card FROM canned_reply")
    assert again["block"]["cards"][0]["title"] == "换电池"
    assert again["block"]["cards"][0]["file_id"] != before["block"]["cards"][0]["file_id"]
    strange = f'{{"block":{{"type":"cards","cards":[{{"file_id":"{new_id()}"}}]}}}}'
    for number, cell in enumerate(('{"block":', strange, '{"quick":[]}')):
        line = (
            "快捷码,标题,内容,卡片\n"
            + f'k{number},电池,您看,"{cell.replace(chr(34), 2 * chr(34))}"\n'
        )
        done = await dock.all_in(line, "canned")
        [(at, column, why)] = await dock.faults(done.id)
        assert (counts(done)[3], at, column, why[:5]) == (1, 2, "卡片", "卡片不完整")
