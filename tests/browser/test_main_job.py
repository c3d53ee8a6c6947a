"""The main job, from both sides: a customer writes, is answered, and rates."""

from typing import Any

import pytest

from tests.browser.centre import ANSWER, Centre

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_a_customer_is_answered_and_rates(centre: Centre, desk: Any, chat: Any) -> None:
    agent = await (await desk()).ready()
    customer = await chat(shop=True)

    await customer.says("我家煤气灶点不着火")
    source = customer.panel.get_by_role("link", name=ANSWER)
    await source.wait_for()
    assert "/help" in await source.get_attribute("href")
    await customer.sees("智能助手")
    await customer.panel.get_by_role("button", name="未解决").click()
    await customer.wants_person()

    await agent.accept()
    await agent.thread.get_by_text("我家煤气灶点不着火").first.wait_for()
    await agent.thread.get_by_text("转人工摘要").first.wait_for()
    await agent.reply("您好，我是王梅，马上安排师傅上门。")
    await customer.sees("我是王梅，马上安排师傅上门")

    await agent.page.keyboard.press("Escape")
    await agent.page.keyboard.press("e")
    box = agent.page.get_by_role("dialog")
    await box.get_by_role("option", name=centre.reason).click()
    await box.get_by_role("radio", name="已解决").click()
    closing = box.get_by_role("button", name="结束会话")
    await closing.click()
    await agent.sees_closed(closing.click)

    await customer.panel.get_by_role("button", name="解决了", exact=True).click()
    await customer.panel.get_by_role("button", name="5 非常满意").click()
    await customer.panel.get_by_role("textbox", name="想对我们说的话").fill("很快")
    await customer.panel.get_by_role("button", name="提交评价").click()
    await customer.sees("谢谢您的评价")
    rows = await agent.context.request.get(centre.at("/api/conversations?view=closed"))
    assert (await rows.json())["items"][0]["rating"] == 5


async def test_who_left_finds_everything_again(desk: Any, chat: Any) -> None:
    agent = await (await desk()).ready()
    customer = await chat()
    await customer.says("在吗")
    await customer.wants_person()
    await agent.accept()
    await customer.page.goto("about:blank")
    await agent.reply("在的，请讲。")
    await customer.open(shop=False)
    await customer.sees("在的，请讲。")
    assert await customer.own.count() == 1


async def test_a_transfer_brings_the_whole_story(centre: Centre, desk: Any, chat: Any) -> None:
    agent, colleague = await (await desk()).ready(), await (await desk("colleague")).ready()
    customer = await chat()
    await customer.says("想约保洁顺便看看灶台")
    await customer.wants_person()
    await agent.accept()
    await agent.page.keyboard.press("Escape")
    await agent.page.keyboard.press("t")
    box = agent.page.get_by_role("dialog")
    await box.get_by_role("tab", name="坐席").click()
    await box.get_by_role("option", name="陈涛").click()
    await box.get_by_role("textbox", name="备注").fill("客户还要约保洁")
    await box.get_by_role("button", name="转接").last.click()
    await colleague.accept()
    await colleague.thread.get_by_text("客户还要约保洁").wait_for()
    await colleague.thread.get_by_text("想约保洁顺便看看灶台").first.wait_for()
    await customer.sees("陈涛")
    assert await customer.panel.get_by_text("客户还要约保洁").count() == 0
