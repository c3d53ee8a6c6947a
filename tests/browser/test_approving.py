"""A reply waits for a senior: returned with a word, approved by a key, and only then seen."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest

from tests.browser.desk import HEADERS
from tests.browser.test_axe import faults

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


@asynccontextmanager
async def roles_wait(boss: Any) -> AsyncIterator[None]:
    """Let the replies of agents wait, as somebody who may says in the settings."""
    ask, at = boss.context.request, boss.centre.at("/api/approval-rules")

    async def put(roles: list[str]) -> None:
        version = (await (await ask.get(at, headers=HEADERS)).json())["version"]
        given = {"built_in": roles, "warn_min": 10, "version": version}
        assert (await ask.put(at, data=given, headers=HEADERS)).ok

    await put(["agent"])
    try:
        yield
    finally:
        await put([])


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
    reply = boss.page.get_by_role("region", name="待批准的回复", exact=False).last
    await reply.get_by_text("马上给您退两百元").wait_for()
    assert not await faults(boss.page)
    await boss.page.keyboard.press("b")
    why = reply.get_by_role("textbox", name="退回原因")
    await why.fill("只能退二十元")
    # Half a decision outlives a reload.
    await boss.page.reload()
    assert await why.input_value() == "只能退二十元"
    await why.press("Control+Enter")

    await waiting.get_by_text("只能退二十元").wait_for()
    assert await composer.input_value() == "马上给您退两百元"
    async with roles_wait(boss):
        await page.reload()
        await composer.fill("今天给您退二十元")
        await page.locator("button", has_text="送审").last.click()
        await page.get_by_text("待批准", exact=True).wait_for()
    assert not await faults(page)
    await customer.says("还在吗")
    await boss.page.get_by_role("button", name="今天给您退二十元").click()
    await boss.page.get_by_text("送审后客户又说：还在吗").wait_for()
    await boss.page.keyboard.press("a")
    await customer.panel.get_by_text("今天给您退二十元").wait_for()
    assert await customer.panel.get_by_text("两百元").count() == 0
    await page.get_by_text("回复已批准，已发给客户").first.wait_for()
    await boss.page.get_by_text("没有等待批准的回复").wait_for()
