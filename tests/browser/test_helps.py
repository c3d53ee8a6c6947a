"""Helps above the composer: they come when they fit, begin a reply, and are counted."""

from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.test_axe import faults
from tests.browser.test_talking import served

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_a_help_begins_a_reply_and_is_counted(desk: Any, chat: Any) -> None:
    agent, customer = await served(desk, chat, bypass_csp=True)
    page = agent.page
    await agent.reply("请看一下阀门")
    await customer.sees("请看一下阀门")
    await agent.composer.fill("马上")
    await customer.says("等了半天没人理，太差了")
    chips = page.get_by_role("group", name="可以说的话")
    feel = chips.get_by_role("button", name="体谅感受")
    await feel.wait_for()
    # It comes by itself and takes nothing away.
    await expect(agent.composer).to_be_focused()
    assert await agent.composer.input_value() == "马上"
    assert not await faults(page)
    await feel.click()
    await expect(agent.composer).to_be_focused()
    begun = await agent.composer.input_value()
    assert begun.startswith("马上")
    assert len(begun) > 10
    await chips.wait_for(state="detached")
    async with page.expect_response("**/reply-helps/*/outcomes") as told:
        await agent.reply(begun + "谢谢您告诉我。")
    assert (await told.value).status == 204
    await customer.says("好了，谢谢")
    await chips.get_by_role("button", name="复述确认").wait_for()
    await chips.get_by_role("button", name="这次不用").click()
    await chips.wait_for(state="detached")

    boss = await desk("admin", bypass_csp=True)
    await boss.go("/desk/admin/helps")
    line = boss.page.get_by_role("row", name="体谅感受")
    await line.get_by_text("1（100%）").first.wait_for()
    assert not await faults(boss.page)
