"""Rich messages: written at the desk, shown and answered in the panel, by hand and by keys."""

import re
from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.test_axe import faults
from tests.browser.test_talking import picture, served

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def opened(agent: Any) -> Any:
    await agent.page.get_by_role("button", name="发送卡片").click()
    return agent.page.get_by_role("dialog", name="发送卡片")


async def sent(box: Any) -> None:
    await box.get_by_role("button", name="发送", exact=False).last.click()
    await box.wait_for(state="detached")


async def test_replies_to_choose_from_are_answered_once(desk: Any, chat: Any) -> None:
    agent, customer = await served(desk, chat)
    box = await opened(agent)
    await box.get_by_role("tab", name="快捷选项").click()
    await box.get_by_role("textbox", name="开头的话").fill("哪个时间方便")
    field = box.get_by_role("textbox", name="快捷选项")
    for label in ("上午", "下午"):
        await field.fill(label)
        await field.press("Enter")
    preview = box.get_by_role("region", name="客户看到的样子")
    await preview.get_by_text("下午").wait_for()
    await sent(box)
    chips = customer.panel.get_by_role("group", name="可选择的回复")
    await chips.get_by_role("button", name="下午").dblclick()
    await chips.wait_for(state="detached")
    answer = customer.panel.locator(".msg.customer", has_text="下午")
    await answer.get_by_role("button", name="哪个时间方便").wait_for()
    assert await answer.count() == 1
    await agent.thread.get_by_text("客户已选").wait_for(state="attached")


async def test_a_card_is_kept_sent_and_seen_with_its_picture(desk: Any, chat: Any) -> None:
    agent, customer = await served(desk, chat)
    box = await opened(agent)
    send = box.get_by_role("button", name="发送", exact=False).last
    await expect(send).to_be_disabled()
    await box.locator("input[type=file]").set_input_files(
        {"name": "阀门.png", "mimeType": "image/png", "buffer": picture()}
    )
    await box.get_by_role("textbox", name="标题").fill("先看阀门")
    await box.get_by_role("button", name="添加按钮").click()
    await box.get_by_role("textbox", name="按钮 1 的文字").fill("说明书")
    link = box.get_by_role("textbox", name="按钮 1 的链接")
    await link.fill("http://a.example/")
    await link.press("Tab")
    await expect(send).to_be_disabled()
    await link.fill("https://a.example/manual")
    await box.get_by_role("button", name="模板操作").click()
    await agent.page.get_by_role("menuitem", name="另存为新模板").click()
    await box.get_by_role("textbox", name="模板名称").fill("看阀门")
    await box.get_by_role("button", name="保存模板").click()
    await agent.page.get_by_text("已保存模板「看阀门」").wait_for()
    await box.get_by_role("button", name="取消").click()
    # What was begun is still there.
    box = await opened(agent)
    await sent(box)
    card = customer.panel.get_by_role("region", name="先看阀门")
    await card.get_by_role("link", name="查看图片").wait_for()
    away = card.get_by_role("link", name=re.compile("说明书"))
    assert await away.get_attribute("href") == "https://a.example/manual"
    assert "noopener" in str(await away.get_attribute("rel"))
    box = await opened(agent)
    await box.get_by_role("button", name=re.compile("^模板")).first.click()
    await agent.page.get_by_role("option", name="看阀门").click()
    await sent(box)
    await expect(customer.panel.get_by_role("region", name="先看阀门")).to_have_count(2)


async def test_a_step_by_the_keyboard_and_axe_in_large_type(desk: Any, chat: Any) -> None:
    agent, customer = await served(desk, chat, bypass_csp=True)
    box = await opened(agent)
    await box.get_by_role("tab", name="步骤").click()
    await box.get_by_role("textbox", name="共几步").fill("3")
    await box.get_by_role("textbox", name="共几步").press("Tab")
    await box.get_by_role("textbox", name="这一步做什么").fill("把阀门转到平行")
    found = {"dialog": await faults(agent.page)}
    await agent.page.keyboard.press("Control+Enter")
    await box.wait_for(state="detached")
    step = customer.panel.get_by_role("region", name="第 1 步，共 3 步")
    await step.wait_for()
    found["panel"] = await faults(customer.page)
    await customer.panel.get_by_role("button", name="长辈模式").click()
    done = step.get_by_role("button", name="已完成")
    size = await done.bounding_box()
    assert size["height"] >= 60
    found["large"] = await faults(customer.page)
    await done.focus()
    await customer.page.keyboard.press("Enter")
    await expect(done).to_be_disabled()
    await expect(step.get_by_role("button", name="遇到问题")).to_be_enabled()
    await customer.panel.locator(".msg.customer", has_text="已完成").wait_for()
    await agent.thread.get_by_text("客户已选").wait_for(state="attached")
    found["thread"] = await faults(agent.page)
    assert not any(found.values()), found
