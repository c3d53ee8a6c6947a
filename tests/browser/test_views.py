"""Views: a filter made on the list, kept, shown as a table, shared by its address, and gone."""

from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.centre import Centre
from tests.browser.desk import HEADERS

WAIT_MS = 30_000
pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_a_filter_becomes_a_view_and_a_table(centre: Centre, desk: Any, chat: Any) -> None:
    agent = await (await desk()).ready()
    customer = await chat()
    await customer.says("灶台打不着火")
    await customer.wants_person()
    await agent.accept()
    page = agent.page
    await page.get_by_role("button", name="筛选", exact=True).click()
    conditions = page.get_by_role("group", name="筛选条件")
    await conditions.get_by_role("button", name="状态 处理中").wait_for()
    await conditions.get_by_role("button", name="负责人 我").wait_for()
    rows = page.get_by_role("listbox", name="会话列表").get_by_role("option")
    await expect(rows).to_have_count(1, timeout=WAIT_MS)

    # A condition that it does not meet takes it away, one that it meets brings it back.
    await conditions.get_by_role("button", name="添加条件").click()
    await page.get_by_role("menuitem", name="优先级").click()
    await page.get_by_role("option", name="紧急").click()
    await page.get_by_text("没有符合筛选的会话").wait_for()
    await page.get_by_role("option", name="普通").click()
    await page.keyboard.press("Escape")
    await expect(rows).to_have_count(1, timeout=WAIT_MS)

    await page.get_by_role("button", name="存为视图").click()
    box = page.get_by_role("dialog", name="存为视图")
    # One can write at once.
    await expect(box.get_by_role("textbox", name="视图名称")).to_be_focused()
    await page.keyboard.insert_text("我的紧急和普通")
    await box.get_by_role("button", name="存为视图").click()
    await page.get_by_role("heading", name="我的紧急和普通").wait_for()
    await page.wait_for_url(lambda url: "saved=" in url and "filter=" not in url)

    # Kept otherwise at another desk, it shows at once what it asks for now.
    address = centre.at(f"/api/views/{page.url.split('saved=')[1].split('&')[0]}")
    view = await (await page.request.get(address)).json()
    for add, left in (({"priorities": ["urgent"]}, 0), ({}, 1)):
        change = {"version": view["version"], "filter": view["filter"] | add}
        answer = await page.request.patch(address, data=change, headers=HEADERS)
        view["version"] = (await answer.json())["version"]
        await expect(rows).to_have_count(left, timeout=WAIT_MS)

    # The same as a table; what is pushed changes it without a reload.
    await page.get_by_role("button", name="以表格查看").click()
    table = page.get_by_role("region", name="会话列表")
    await expect(table.get_by_role("row")).to_have_count(2, timeout=WAIT_MS)
    link = page.get_by_role("navigation", name="视图").get_by_role("button", name="我的紧急和普通")
    await expect(link).to_contain_text("1", timeout=WAIT_MS)
    await customer.says("还有别的问题")
    await expect(table).to_contain_text("还有别的问题", timeout=WAIT_MS)

    # Columns come in the order that one gives them, and stay so in the view.
    await page.get_by_role("button", name="显示列").click()
    await page.get_by_role("button", name="状态前移").click()
    await expect(page.get_by_role("button", name="状态前移")).to_be_focused()
    await page.keyboard.press("Enter")
    await expect(page.get_by_role("button", name="状态后移")).to_be_focused()
    await page.get_by_role("checkbox", name="优先级").click()
    await page.keyboard.press("Escape")
    await page.get_by_role("button", name="更新视图").click()
    await page.wait_for_url(lambda url: "columns=" not in url)
    heads = await table.get_by_role("columnheader").all_inner_texts()
    assert [heads[1], heads[2], heads[-2]] == ["状态", "客户", "优先级"]

    # Another person does not reach it, and sees why.
    other = await desk("colleague")
    await other.page.goto(page.url)
    await other.page.get_by_text("视图不存在，或没有共享给你").wait_for()

    await page.get_by_role("button", name="更多").click()
    await page.get_by_role("menuitem", name="删除视图").click()
    await expect(link).to_have_count(0, timeout=WAIT_MS)
    await page.get_by_role("button", name="撤销").click()
    await link.wait_for()


async def test_a_view_that_names_a_deleted_tag_says_so(centre: Centre, desk: Any) -> None:
    boss = await desk("admin")
    ask, headers = boss.context.request, {"X-Peakend": "1"}
    tag = await ask.post(
        centre.at("/api/tags"), data={"name": "一次性", "colour": "#1f5fae"}, headers=headers
    )
    tag_id = (await tag.json())["id"]
    made = await ask.post(
        centre.at("/api/views"),
        data={"name": "带标签的", "filter": {"tag_ids": [tag_id]}},
        headers=headers,
    )
    view_id = (await made.json())["id"]
    await ask.delete(centre.at(f"/api/tags/{tag_id}"), headers=headers)
    await boss.go(f"/desk/views?saved={view_id}")
    await boss.page.get_by_text("视图的条件已失效").wait_for()
    assert await boss.page.get_by_role("table").count() == 0
    await boss.go(f"/desk/inbox?saved={view_id}")
    await boss.page.get_by_text("筛选条件中有已删除或不能筛选的标签").wait_for()
    await ask.delete(centre.at(f"/api/views/{view_id}"), headers=headers)
