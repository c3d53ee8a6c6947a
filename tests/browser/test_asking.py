"""A colleague of another queue is asked beside the conversation, reads along and answers."""

from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_asked_read_along_answered(desk: Any, chat: Any) -> None:
    agent, colleague = await (await desk()).ready(), await desk("colleague")
    customer = await chat()
    await customer.says("灶台打不着火")
    await customer.wants_person()
    await agent.accept()
    page = agent.page
    await page.get_by_role("button", name="请教同事").click()
    box = page.get_by_role("dialog", name="请教同事")
    await box.get_by_role("button", name="同事").click()
    await page.get_by_role("option", name="陈涛").click()
    await page.keyboard.press("Escape")
    await box.get_by_role("textbox", name="问题").fill("点火针要不要换")
    await box.get_by_role("button", name="发出").click()
    await page.get_by_role("region", name="请教：陈涛").get_by_text("点火针要不要换").wait_for()

    await colleague.page.get_by_text("有同事向你请教").first.wait_for()
    await colleague.page.get_by_role("button", name="查看").first.click()
    await colleague.page.get_by_text("只能查看，不能回复客户").wait_for()
    await colleague.page.get_by_text("灶台打不着火").first.wait_for()
    field = colleague.page.get_by_role("textbox", name="写给王梅")
    await field.fill("先擦干净，不用换")
    await field.press("Enter")
    await page.get_by_text("先擦干净，不用换").wait_for()
    await page.get_by_text("已解答").first.wait_for()
    assert await customer.panel.get_by_text("不用换").count() == 0
