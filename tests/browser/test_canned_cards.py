"""A canned reply with a card: written on the admin page, brought by `/`, sent as one."""

from typing import Any

import pytest

from tests.browser.test_axe import faults
from tests.browser.test_talking import served

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_a_card_is_kept_with_a_canned_reply_and_goes_with_it(desk: Any, chat: Any) -> None:
    boss = await desk("admin")
    page = boss.page
    await boss.go("/desk/admin/canned-replies")
    await page.get_by_role("button", name="添加快捷回复").first.click()
    drawer = page.get_by_role("dialog").first
    await drawer.get_by_role("textbox", name="标题").fill("电池换法")
    await drawer.get_by_role("textbox", name="快捷码").fill("dchf")
    await drawer.locator("textarea").fill("您看这一页")
    await drawer.get_by_role("button", name="添加卡片").click()
    writing = page.get_by_role("dialog", name="修改卡片")
    await writing.get_by_role("textbox", name="标题").first.fill("先取下后盖")
    await writing.get_by_role("button", name="完成").click()
    await writing.wait_for(state="detached")
    await drawer.get_by_role("region", name="卡片").get_by_text("先取下后盖").wait_for()
    assert not await faults(page)
    await drawer.get_by_role("button", name="添加快捷回复").click()
    await page.get_by_role("img", name="带卡片").first.wait_for()

    agent, customer = await served(desk, chat)
    await agent.composer.first.fill("/dchf")
    await agent.page.get_by_role("option", name="电池换法").wait_for()
    await agent.page.keyboard.press("Enter")
    held = agent.page.get_by_role("region", name="随回复发送的卡片")
    await held.get_by_text("先取下后盖").wait_for()
    assert await agent.composer.first.input_value() == "您看这一页"
    await agent.composer.first.press("Control+Enter")
    await customer.panel.get_by_text("先取下后盖").wait_for()
    await customer.panel.get_by_text("您看这一页").wait_for()
    await held.wait_for(state="detached")
