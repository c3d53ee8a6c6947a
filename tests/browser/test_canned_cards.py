"""A canned reply with a card: written on the admin page, brought by `/`, sent as one."""

from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.test_axe import faults
from tests.browser.test_talking import served

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def kept_by(agent: Any, act: Any, *, card: bool) -> None:
    """Do something, and wait until the server has kept a draft with a card, or one without."""

    def is_it(answer: Any) -> bool:
        sent = answer.request.post_data or ""
        return answer.url.endswith("/draft") and card == ('"card"' in sent)

    async with agent.page.expect_response(is_it):
        await act


async def reloaded(agent: Any) -> None:
    await agent.page.reload()
    await agent.composer.first.wait_for()


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
    await kept_by(agent, agent.page.keyboard.press("Enter"), card=True)
    held = agent.page.get_by_role("region", name="随回复发送的卡片")
    await held.get_by_text("先取下后盖").wait_for()
    assert await agent.composer.first.input_value() == "您看这一页"
    # It is part of the draft: there again after a reload, and gone for good where it was taken out.
    await reloaded(agent)
    await held.get_by_text("先取下后盖").wait_for()
    await expect(agent.composer.first).to_have_value("您看这一页")
    await kept_by(agent, held.get_by_role("button", name="移除卡片").click(), card=False)
    await reloaded(agent)
    await expect(agent.composer.first).to_have_value("您看这一页")
    assert not await held.count()
    await agent.composer.first.fill("/dchf")
    await agent.page.get_by_role("option", name="电池换法").wait_for()
    await agent.page.keyboard.press("Enter")
    await held.get_by_text("先取下后盖").wait_for()
    await agent.composer.first.press("Control+Enter")
    await customer.panel.get_by_text("先取下后盖").wait_for()
    await customer.panel.get_by_text("您看这一页").wait_for()
    await held.wait_for(state="detached")
