"""Why a conversation came to whom, as its agent reads it."""

from typing import Any

import pytest

from tests.browser.desk import Desk
from tests.browser.shop import Chat

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_an_agent_reads_why_it_came(desk: Any, chat: Any) -> None:
    agent: Desk = await desk()
    await agent.ready()
    customer: Chat = await chat()
    await customer.says("灶台打不着")
    await customer.wants_person()
    await agent.accept()
    await agent.page.get_by_role("button", name="更多操作").click()
    await agent.page.get_by_role("menuitem", name="派单依据").click()
    box = agent.page.get_by_role("dialog", name="为什么派给这位坐席")
    await box.get_by_text("当时只有").wait_for()
    await box.get_by_text("派单规则第 4 版").wait_for()
    await agent.page.keyboard.press("Escape")
    await box.wait_for(state="hidden")
