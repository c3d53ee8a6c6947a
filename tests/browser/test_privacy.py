"""A customer looked for and seen through before an erasure, held for the law, and let go again."""

from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_a_hold_stands_in_the_way_of_an_erasure(desk: Any) -> None:
    boss = await desk("admin")
    page = boss.page
    await boss.go("/desk/admin/erasures")
    await page.get_by_role("searchbox", name="查找客户").fill("周强")
    await page.get_by_role("list", name="找到的客户").get_by_role("button").first.click()
    # Who only wants to see his data is not told that anything goes.
    await page.get_by_text("什么也不会删除").wait_for()
    assert await page.get_by_text("将删除").count() == 0
    await page.get_by_role("button", name="生成资料包").click()
    asked = page.get_by_role("dialog")
    await asked.get_by_role("combobox", name="身份核实方式").click()
    await page.get_by_role("option", name="当面确认").click()
    await asked.get_by_role("button", name="生成资料包").click()
    await page.get_by_role("link", name="下载资料包").wait_for()
    await page.get_by_role("tab", name="删除资料").click()
    await page.get_by_text("将删除").wait_for()
    await page.get_by_role("button", name="设为法律保留").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_role("combobox", name="保留原因").click()
    await page.get_by_role("option", name="诉讼").click()
    await dialog.get_by_role("button", name="设为法律保留").click()
    await page.get_by_text("处于法律保留中，解除后才能删除").wait_for()
    assert await page.get_by_role("button", name="设为法律保留").count() == 0

    await boss.go("/desk/admin/retention")
    await page.get_by_text("诉讼").wait_for()
    await page.get_by_role("button", name="解除保留").click()
    await page.get_by_role("dialog").get_by_role("button", name="解除保留").click()
    await page.get_by_text("没有法律保留").wait_for()
