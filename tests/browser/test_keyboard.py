"""The main jobs without a mouse."""

import re
from datetime import timedelta
from typing import Any

import pytest
from playwright.async_api import expect

from peakend.kernel import clock
from tests.browser.centre import PASSWORD, PEOPLE, Centre
from tests.browser.desk import until

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def tab_to(page: Any, role: str, name: str, most: int = 40) -> None:
    """Press Tab until something of a role and name has the focus."""
    wanted = page.get_by_role(role, name=name).first
    for _ in range(most):
        if await wanted.evaluate("(one) => one === document.activeElement"):
            return
        await page.keyboard.press("Tab")
    raise AssertionError(f"Tab does not lead to {role} {name}")


async def test_from_signing_in_to_closing(centre: Centre, windows: Any, chat: Any) -> None:
    page = await (await windows()).new_page()
    keyboard = page.keyboard
    await page.goto(centre.at("/desk/login"))
    await expect(page.get_by_role("textbox", name="登录名")).to_be_focused()
    await keyboard.type(PEOPLE["agent"][0])
    await keyboard.press("Tab")
    await keyboard.type(PASSWORD)
    await keyboard.press("Enter")
    await page.get_by_role("region", name="会话列表").wait_for()

    await tab_to(page, "button", "离线")
    await keyboard.press("Enter")
    await page.get_by_role("menu").wait_for()
    await keyboard.press("Home")
    await keyboard.press("Enter")
    await page.get_by_role("button", name="在线").first.wait_for()

    customer = await chat()
    await customer.says("灶台打不着火")
    await customer.wants_person()
    await page.get_by_role("alert", name="新会话").wait_for()
    await page.evaluate("document.activeElement?.blur()")
    await keyboard.press("y")
    await expect(page.get_by_role("textbox", name="回复")).to_be_focused()
    await keyboard.type("马上为您安排。")
    await keyboard.press("Control+Enter")
    await customer.sees("马上为您安排")

    await keyboard.press("Escape")
    await keyboard.press("n")
    await keyboard.type("记得回访")
    await keyboard.press("Control+Enter")
    await page.get_by_role("log").get_by_text("记得回访").wait_for()

    await keyboard.press("Escape")
    await keyboard.press("e")
    box = page.get_by_role("dialog")
    await box.get_by_role("option", name=centre.reason).wait_for()
    await keyboard.type("点火")
    await box.locator("[role=option][data-highlighted]").wait_for()
    await keyboard.press("Enter")
    await box.get_by_role("option", name=centre.reason, selected=True).wait_for()
    await tab_to(page, "radio", "已解决")
    await keyboard.press("Space")
    await keyboard.press("Control+Enter")
    await page.get_by_text("已结束与").first.wait_for()
    await keyboard.press("z")
    await page.get_by_text("已结束与").first.wait_for(state="detached")
    await page.get_by_role("button", name="结束会话").first.wait_for()


async def test_putting_aside_marking_and_ranking(desk: Any, chat: Any) -> None:
    agent = await (await desk()).ready()
    page, keyboard = agent.page, agent.page.keyboard
    customer = await chat()
    await customer.says("灶台打不着火")
    await customer.wants_person()
    await agent.accept()
    await agent.reply("我去查一下。")
    await customer.sees("我去查一下")
    await page.evaluate("document.activeElement?.blur()")

    await keyboard.press("p")
    await page.get_by_role("dialog").get_by_role("button", name="紧急").wait_for()
    await keyboard.press("ArrowUp")
    await keyboard.press("ArrowUp")
    await keyboard.press("Enter")
    await page.get_by_role("heading", level=1).locator("..").get_by_text("优先级紧急").wait_for()
    await page.get_by_role("option", selected=True).get_by_text("紧急").wait_for()

    await keyboard.press("m")
    await page.get_by_role("option", selected=True).get_by_text("1 条未读").wait_for()
    await page.reload()
    await page.get_by_role("log").get_by_text("我去查一下。").wait_for()
    await page.get_by_role("option", selected=True).get_by_text("1 条未读").wait_for()

    await keyboard.press("h")
    await page.get_by_role("dialog").get_by_role("button", name="1 小时后").wait_for()
    await until(page, "document.activeElement.innerText.includes('1 小时后')")
    await keyboard.press("Enter")
    await page.get_by_text("没有待处理的会话").wait_for()
    await page.get_by_role("dialog").wait_for(state="detached")
    await keyboard.press("z")
    await page.get_by_role("option").first.wait_for()

    await keyboard.press("h")
    day = page.get_by_role("dialog").get_by_role("textbox", name="自选时间")
    await day.fill(f"{clock.now() + timedelta(days=9):%Y-%m-%d}")
    await page.get_by_role("dialog").get_by_role("textbox", name="08:30").fill("09:30")
    await page.get_by_role("dialog").get_by_role("button", name="设定").click()
    await page.get_by_role("button", name="稍后 1").click()
    await (
        page.get_by_role("option").get_by_label(re.compile(r"稍后处理至 .*-\d\d 09:30")).wait_for()
    )
    await customer.says("查到了吗")
    await page.get_by_text("没有稍后处理的会话").wait_for()
    await page.get_by_role("tab", name="我的").click()
    await page.get_by_role("option").first.wait_for()


async def test_going_places(desk: Any) -> None:
    admin = await desk("admin")
    for key, path in (("c", "customers"), ("k", "knowledge"), ("m", "wallboard"), ("i", "inbox")):
        await admin.page.keyboard.press("g")
        await admin.page.keyboard.press(key)
        await admin.page.wait_for_url(f"**/desk/{path}")
    await admin.page.keyboard.press("?")
    await admin.page.get_by_role("dialog").get_by_text("结束会话").first.wait_for()
    await admin.page.keyboard.press("Escape")
    await admin.page.keyboard.press("Control+k")
    await admin.page.get_by_role("dialog").wait_for()
    await admin.page.keyboard.type("zsk")
    await admin.page.keyboard.press("Enter")
    await admin.page.wait_for_url("**/desk/knowledge")


async def test_the_chat_on_a_page(chat: Any) -> None:
    customer = await chat(shop=True)
    page = customer.page
    await customer.field.focus()
    await page.keyboard.type("灶台打不着火")
    await page.keyboard.press("Enter")
    await customer.own.first.wait_for()
    await customer.panel.get_by_role("button", name="未解决").wait_for()
    for _ in range(12):
        await page.keyboard.press("Shift+Tab")
        name = await customer.panel.evaluate("document.activeElement?.innerText ?? ''")
        if "转人工" in name:
            break
    await page.keyboard.press("Enter")
    await customer.sees("正在为您安排人工客服")
    await page.keyboard.press("Escape")
    frame = page.locator("peakend-launcher")
    assert await frame.evaluate("(one) => one === document.activeElement")


async def test_walking_past_asks_for_nothing_but_the_conversation(desk: Any, chat: Any) -> None:
    for _ in range(5):
        await (await chat()).says("灶台打不着火")
    lead = await desk("supervisor")
    await lead.go("/desk/inbox?view=all")
    page = lead.page
    rows = page.locator("#conversation-list [role=option]")
    await rows.nth(4).wait_for()
    ids = [name.removeprefix("row-") for name in
           await rows.evaluate_all("all => all.slice(0, 5).map(one => one.id)")]  # fmt: skip
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url.split("/api")[-1]))
    await page.locator("#conversation-list").focus()
    # All in one go, so that nobody rests in between, however slow the machine is.
    await page.evaluate(
        """async () => {
          const list = document.getElementById('conversation-list')
          for (let n = 0; n < 5; n++) {
            const here = () => list.getAttribute('aria-activedescendant')
            const was = here()
            list.dispatchEvent(new KeyboardEvent('keydown', { key: 'ArrowDown', bubbles: true }))
            while (here() === was) await new Promise(requestAnimationFrame)
          }
        }"""
    )
    # The address follows where one rests, so that it can be shared and survives a reload.
    await page.wait_for_url(f"**/desk/inbox/{ids[4]}*")
    while not any(f"{ids[4]}/related" in url for url in asked):
        await page.wait_for_timeout(50)
    passed = [url for url in asked if any(one in url for one in ids[:4])]
    assert not [url for url in passed if url.split("?")[0].count("/") > 2], passed


async def test_an_icon_names_itself_and_its_key(desk: Any, chat: Any) -> None:
    customer = await chat()
    await customer.says("灶台打不着火")
    lead = await desk("supervisor")
    await lead.go("/desk/inbox?view=all")
    page = lead.page
    await page.locator("#conversation-list [role=option]").first.click()
    await page.get_by_role("button", name="更多操作").first.hover()
    hint = page.get_by_role("tooltip")
    await hint.get_by_text("更多操作").wait_for()
    await page.keyboard.press("Escape")
    await hint.wait_for(state="detached")
    await page.get_by_role("navigation", name="跳转").get_by_role("link").first.focus()
    await page.keyboard.press("Tab")
    await hint.wait_for()
