"""A reply waits for a senior: returned with a word, approved by a key, and only then seen."""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from typing import Any

import pytest
from playwright.async_api import expect

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


async def hears_of_it(page: Any) -> None:
    """Look again until the rule is known here: processes hear of it within five seconds."""
    said = page.get_by_text("这里的回复要先经批准")
    for _ in range(15):
        await page.reload()
        await page.locator("main").wait_for()
        await page.wait_for_timeout(1_500)
        if await said.count():
            return
    raise AssertionError("the rule is not heard of")


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
        # What is typed before the draft has come is put behind it.
        await expect(composer).to_have_value("马上给您退两百元")
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


async def test_a_card_is_seen_by_a_senior_as_it_will_look(desk: Any, chat: Any) -> None:
    agent, boss = await (await desk()).ready(), await desk("supervisor")
    customer = await chat()
    await customer.says("电池怎么换")
    await customer.wants_person()
    await agent.accept()
    page = agent.page
    async with roles_wait(boss):
        await hears_of_it(page)
        await page.get_by_role("button", name="发送卡片").click()
        writing = page.get_by_role("dialog", name="发送卡片")
        await writing.get_by_role("textbox", name="开头的话").fill("您看这一页")
        await writing.get_by_role("textbox", name="标题").first.fill("电池换法")
        await writing.get_by_role("button", name="放入输入框").click()
        held = page.get_by_role("region", name="随回复发送的卡片")
        await held.get_by_text("电池换法").wait_for()
        assert await agent.composer.first.input_value() == "您看这一页"
        assert not await faults(page)
        await page.locator("button", has_text="送审").last.click()
        waiting = page.get_by_role("region", name="待批准的回复")
        await waiting.get_by_text("电池换法").wait_for()
        await held.wait_for(state="detached")

        senior = boss.page
        await senior.get_by_text("有一条回复等待批准").first.wait_for()
        await senior.get_by_role("button", name="查看").first.click()
        reply = senior.get_by_role("region", name="待批准的回复", exact=False).last
        await reply.locator("[data-rich]").get_by_text("电池换法").wait_for()
        assert not await faults(senior)
        await senior.keyboard.press("b")
        why = reply.get_by_role("textbox", name="退回原因")
        await why.fill("写上型号")
        await why.press("Control+Enter")
        # What came back stands in the composer again, card and words.
        await waiting.get_by_text("写上型号").wait_for()
        await held.get_by_text("电池换法").wait_for()
        await held.get_by_role("button", name="修改卡片").click()
        changing = page.get_by_role("dialog", name="修改卡片")
        await changing.get_by_role("textbox", name="标题").first.fill("电池换法 K3")
        await changing.get_by_role("button", name="完成修改").click()
        await held.get_by_text("电池换法 K3").wait_for()
        await page.locator("button", has_text="送审").last.click()
        await waiting.get_by_text("电池换法 K3").wait_for()

        await senior.get_by_role("button", name="电池换法 K3").click()
        await reply.locator("[data-rich]").get_by_text("电池换法 K3").wait_for()
        await senior.keyboard.press("e")
        better = senior.get_by_role("dialog", name="修改卡片")
        await better.get_by_role("textbox", name="说明").first.fill("先取下后盖")
        await better.get_by_role("button", name="发出修改后的回复").click()
        await customer.panel.get_by_text("先取下后盖").wait_for()
        await customer.panel.get_by_text("您看这一页").wait_for()
        assert await customer.panel.get_by_text("电池换法", exact=True).count() == 0
