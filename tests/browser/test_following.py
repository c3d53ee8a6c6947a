"""A colleague is called in a note, finds it, comes to the very message, and follows on."""

from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_called_found_and_followed(desk: Any, chat: Any) -> None:
    agent = await (await desk()).ready()
    boss = await desk("supervisor")
    customer = await chat()
    await customer.says("灶台打不着火")
    await customer.wants_person()
    await agent.accept()
    page = agent.page
    await page.keyboard.press("Escape")
    await page.keyboard.press("n")
    field = page.get_by_role("textbox", name="内部备注")
    await field.fill("")
    await field.press_sequentially("@李文")
    await page.get_by_role("option", name="李文").click()
    await field.press_sequentially("客户要补偿，请看")
    await page.keyboard.press("Control+Enter")

    # The rail counts it, and the list leads to the note itself.
    other = boss.page
    place = other.get_by_role("link", name="关注")
    await place.get_by_text("1").first.wait_for()
    await place.click()
    await other.get_by_text("在与").filter(has_text="提到你").first.click()
    await other.wait_for_url("**/desk/inbox/*at=*")
    await boss.thread.get_by_text("客户要补偿，请看").wait_for()
    await boss.go("/desk/following?list=followed")
    row = other.get_by_role("listitem").filter(has_text="因提到而关注")
    await row.wait_for()
    await customer.says("还在吗")
    await row.get_by_text("条新内容").wait_for()
    await row.get_by_role("button").first.click()
    await boss.thread.get_by_text("还在吗").wait_for()
    # Pinned it stands first, with one key, and no longer so with the same.
    await other.locator("#conversation-list").focus()
    await other.keyboard.press("o")
    await other.get_by_text("已置顶").first.wait_for()
    await boss.go("/desk/following?list=followed")
    await row.wait_for()
    await other.get_by_role("button", name="取消关注").first.click()
    await other.get_by_text("还没有关注会话").wait_for()
    await other.get_by_role("button", name="撤销").first.click()
