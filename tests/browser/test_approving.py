"""A reply waits for a senior: returned with a word, written anew, approved, and only then seen."""

from typing import Any

import pytest

from tests.browser.test_axe import faults

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_returned_rewritten_approved(desk: Any, chat: Any) -> None:
    agent, boss = await (await desk()).ready(), await desk("supervisor")
    customer = await chat()
    await customer.says("上门费为什么多收了二十元")
    await customer.wants_person()
    await agent.accept()
    page = agent.page
    composer = page.get_by_role("textbox", name="回复", exact=True)
    await composer.fill("马上给您退两百元")
    await page.get_by_role("button", name="送审").click()
    await page.get_by_role("dialog", name="送审").get_by_role("button", name="送审").click()
    waiting = page.get_by_role("region", name="待批准的回复")
    await waiting.get_by_text("马上给您退两百元").wait_for()
    assert await composer.input_value() == ""

    await boss.page.get_by_text("有一条回复等待批准").first.wait_for()
    await boss.page.get_by_role("button", name="查看").first.click()
    reply = boss.page.get_by_role("region", name="待批准的回复")
    await reply.get_by_text("马上给您退两百元").wait_for()
    assert not await faults(boss.page)
    await reply.get_by_role("button", name="退回").click()
    await reply.get_by_role("textbox", name="退回原因").fill("只能退二十元")
    await reply.get_by_role("button", name="退回给作者").click()

    await waiting.get_by_text("只能退二十元").wait_for()
    assert await composer.input_value() == "马上给您退两百元"
    await composer.fill("今天给您退二十元")
    await composer.press("Control+Shift+Enter")
    await page.get_by_text("待批准", exact=True).wait_for()
    assert not await faults(page)
    await boss.page.get_by_role("button", name="今天给您退二十元").click()
    await boss.page.get_by_role("button", name="批准发出").click()
    await customer.panel.get_by_text("今天给您退二十元").wait_for()
    assert await customer.panel.get_by_text("两百元").count() == 0
    await page.get_by_text("回复已批准，已发给客户").first.wait_for()
