"""Words before they go: a quiet line, a better word by one key, one question, never in the way."""

from typing import Any

import pytest
from playwright.async_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_a_better_word_by_one_key_and_a_question_before_sending(desk: Any, chat: Any) -> None:
    agent = await (await desk()).ready()
    customer = await chat()
    await customer.says("灶台打不着火")
    await customer.wants_person()
    await agent.accept()
    page = agent.page
    await agent.composer.fill("您好，这个不归我管")
    line = page.get_by_role("status").filter(has_text="像在推脱")
    await line.get_by_text("我来联系负责的同事").wait_for()
    await page.keyboard.press("Alt+Enter")
    await expect(agent.composer).to_have_value("您好，这个我来联系负责的同事")
    await line.wait_for(state="detached")
    # What is asked about goes with the second press, what is only a hint at once.
    await agent.composer.fill("您好，这是您自己的问题")
    await agent.composer.press("Control+Enter")
    await page.get_by_text("再按一次发送").wait_for()
    await expect(agent.composer).to_have_value("您好，这是您自己的问题")
    await agent.composer.press("Control+Enter")
    await customer.sees("这是您自己的问题")
    await agent.composer.fill("我们会尽快处理")
    await agent.composer.press("Control+Enter")
    await customer.sees("我们会尽快处理")


async def test_an_input_method_is_not_disturbed(desk: Any, chat: Any) -> None:
    agent = await (await desk()).ready()
    customer = await chat()
    await customer.says("灶台打不着火")
    await customer.wants_person()
    await agent.accept()
    page = agent.page
    await agent.composer.fill("您好，")
    method = await page.context.new_cdp_session(page)
    await method.send(
        "Input.imeSetComposition", {"text": "尽快", "selectionStart": 2, "selectionEnd": 2}
    )
    await page.wait_for_timeout(700)
    assert await page.get_by_role("status").filter(has_text="没说清楚").count() == 0
    await method.send("Input.insertText", {"text": "尽快"})
    await page.get_by_role("status").filter(has_text="没说清楚").wait_for()
