"""Single messages, on both sides: quoted, signed, taken back, passed on inside."""

import contextlib
import io
from typing import Any

import pytest
from PIL import Image
from playwright.async_api import Error, expect

from tests.browser.test_axe import faults


def picture() -> bytes:
    """Return a photograph of a kind, upright as telephones take it and larger than a screen."""
    made = io.BytesIO()
    Image.new("RGB", (900, 2000), "#cdd6dd").save(made, "PNG")
    return made.getvalue()


pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def served(desk: Any, chat: Any, **look: Any) -> tuple[Any, Any]:
    agent = await (await desk(**look)).ready()
    customer = await chat(**look)
    await customer.says("灶台打不着火")
    await customer.own.locator("small.state", has_text="已").first.wait_for()
    await customer.wants_person()
    await agent.accept()
    return agent, customer


def said(agent: Any, text: str) -> Any:
    bubble = agent.page.locator("[data-bubble]", has_text=text)
    return agent.thread.locator("article[data-seq]").filter(has=bubble).last


async def press(agent: Any, text: str, *names: str) -> None:
    """Point at a message and press what stands beside it, and again where the thread moved on."""
    bubble = said(agent, text).locator("[data-bubble]").first
    bar = agent.page.get_by_role("toolbar", name="消息操作")
    for step in range(20):
        # A hand does not stop as soon as it is there.
        await bubble.hover(position={"x": 5 + step % 2, "y": 8})
        with contextlib.suppress(Error):
            await bar.wait_for(timeout=1000)
            for name in names:
                await bar.get_by_role("button", name=name).click(timeout=2000)
            return
    raise AssertionError(f"nothing to press beside {text}")


async def whole(page: Any, shown: Any) -> None:
    """See that nothing of a picture is cut off and nothing lies on it."""
    box = await shown.bounding_box()
    size = page.viewport_size
    assert box["y"] > 0
    assert box["y"] + box["height"] <= size["height"], box
    assert box["x"] >= 0
    assert box["x"] + box["width"] <= size["width"], box
    behind = await page.get_by_text("回到最新").bounding_box()
    spot = {"x": behind["x"] + behind["width"] / 2, "y": behind["y"] + behind["height"] / 2}
    seen = "({ x, y }) => document.elementFromPoint(x, y).closest('[role=dialog]') !== null"
    assert await page.evaluate(seen, spot)


async def on_panel(customer: Any, text: str) -> Any:
    """Open what may be done with a message in the panel."""
    message = customer.panel.locator(".msg").filter(has_text=text).last
    await message.hover()
    await message.get_by_role("button", name="消息操作").click()
    return message.get_by_role("group", name="消息操作")


async def test_quotes_signs_and_taking_back_on_both_sides(desk: Any, chat: Any) -> None:
    agent, customer = await served(desk, chat)
    page = agent.page
    await press(agent, "灶台打不着火", "引用回复")
    await expect(agent.composer).to_be_focused()
    await agent.reply("请先看一下电池")
    answer = customer.panel.locator(".msg.agent").filter(has_text="请先看一下电池")
    await answer.get_by_role("button", name="灶台打不着火").click()
    await customer.panel.locator(".found").wait_for()

    acts = await on_panel(customer, "请先看一下电池")
    await acts.get_by_role("button", name="感谢").click()
    await said(agent, "请先看一下电池").get_by_title("感谢：").wait_for()
    acts = await on_panel(customer, "请先看一下电池")
    await acts.get_by_role("button", name="引用回复").click()
    await customer.says("在哪里看")
    await said(agent, "在哪里看").get_by_role("button", name="请先看一下电池").wait_for()

    await agent.reply("报价 999 元")
    await customer.sees("报价 999 元")
    acts = await on_panel(customer, "报价 999 元")
    await acts.get_by_role("button", name="引用回复").click()
    await customer.says("这么贵")
    await agent.thread.get_by_text("这么贵").wait_for()
    await press(agent, "报价 999 元", "更多操作")
    await page.get_by_role("menuitem", name="撤回").click()
    await customer.sees("王梅撤回了一条消息")
    await customer.sees("原消息已撤回")
    assert await customer.panel.get_by_text("报价 999 元").count() == 0
    await agent.thread.get_by_text("撤回了一条消息").wait_for()
    assert await agent.thread.get_by_text("报价 999 元").count() == 0
    await page.get_by_role("button", name="重新编辑").click()
    assert "报价 999 元" in await agent.composer.input_value()

    acts = await on_panel(customer, "这么贵")
    await acts.get_by_role("button", name="撤回").click()
    await customer.sees("您撤回了一条消息")
    await agent.thread.get_by_text("这么贵").wait_for(state="detached")


async def test_passing_on_stays_inside(desk: Any, chat: Any) -> None:
    agent, customer = await served(desk, chat)
    page, keyboard = agent.page, agent.page.keyboard
    await press(agent, "灶台打不着火", "更多操作")
    await page.get_by_role("menuitem", name="转发").click()
    box = page.get_by_role("dialog", name="转发消息")
    await box.get_by_text("客户看不到").wait_for()
    await box.get_by_role("textbox", name="查找同事").press_sequentially("ct")
    chosen = box.get_by_role("option", name="陈涛")
    await chosen.wait_for()
    await keyboard.press("Enter")
    await expect(chosen).to_have_attribute("aria-selected", "true")
    await box.get_by_role("textbox", name="附言").fill("请帮忙看看")
    await box.get_by_role("button", name="转发").click()
    await box.wait_for(state="detached")
    await said(agent, "@陈涛 请帮忙看看").get_by_role("button", name="灶台打不着火").wait_for()
    await agent.reply("稍等")
    await customer.sees("稍等")
    assert await customer.panel.get_by_text("请帮忙看看").count() == 0


async def test_a_picture_is_looked_at_drawn_on_and_sent_back(desk: Any, chat: Any) -> None:
    agent, customer = await served(desk, chat)
    page, keyboard = agent.page, agent.page.keyboard
    await customer.panel.locator("input[type=file]").first.set_input_files(
        {"name": "灶台.png", "mimeType": "image/png", "buffer": picture()}
    )
    await customer.panel.locator(".tray li").wait_for()
    await customer.field.press("Enter")
    await agent.thread.get_by_role("button", name="查看图片").wait_for()
    await page.set_viewport_size({"width": 1280, "height": 600})
    # Somewhat up in the thread, where the way back to its end is offered.
    await agent.thread.evaluate("thread => { thread.scrollTop = 0 }")
    await page.get_by_role("button", name="回到最新").wait_for()
    await agent.thread.get_by_role("button", name="查看图片").dispatch_event("click")
    viewer = page.get_by_role("dialog", name="灶台.png")
    await viewer.get_by_role("button", name="标注后发回").wait_for()
    shown = viewer.get_by_role("img", name="灶台.png")
    await whole(page, shown)
    await keyboard.press("r")
    await whole(page, shown)
    await keyboard.press("+")
    assert "scale(1.5) rotate(90deg)" in str(await shown.get_attribute("style"))
    await viewer.get_by_role("button", name="标注后发回").click()
    await whole(page, page.get_by_role("img", name="标注图片"))

    box = page.get_by_role("dialog", name="标注图片")
    send = box.get_by_role("button", name="发送图片")
    canvas = box.get_by_role("img", name="标注图片")
    await canvas.wait_for()
    assert await send.is_disabled()
    place = await canvas.bounding_box()
    for name, key in (("箭头", "a"), ("圆圈", "c"), ("画笔", "p")):
        await keyboard.press(key)
        tool = box.get_by_role("button", name=name)
        assert await tool.get_attribute("aria-pressed") == "true"
        await page.mouse.move(place["x"] + 40, place["y"] + 40)
        await page.mouse.down()
        await page.mouse.move(place["x"] + 120, place["y"] + 90, steps=4)
        await page.mouse.up()
    await keyboard.press("Control+z")
    await keyboard.press("t")
    await page.mouse.click(place["x"] + 60, place["y"] + 120)
    await box.get_by_role("textbox", name="文字").fill("按这里")
    await keyboard.press("Enter")
    await send.dblclick()
    await box.wait_for(state="detached")
    back = customer.panel.locator(".msg.agent").filter(has=customer.panel.locator("img")).last
    await back.get_by_role("button", name="灶台.png").wait_for()
    assert await back.get_by_role("img").get_attribute("alt") == "查看图片灶台-标注.jpg"
    drawn = agent.thread.get_by_role("button", name="查看图片 灶台-标注.jpg")
    assert await drawn.count() == 1


async def test_the_tools_by_the_keyboard(desk: Any, chat: Any) -> None:
    agent, _ = await served(desk, chat)
    page, keyboard = agent.page, agent.page.keyboard
    await agent.reply("您好")
    await said(agent, "您好").wait_for()
    await agent.thread.focus()
    await keyboard.press("Enter")
    reply = page.get_by_role("toolbar", name="消息操作").get_by_role("button", name="引用回复")
    await expect(reply).to_be_focused()
    await keyboard.press("Escape")
    await expect(agent.thread).to_be_focused()
    await page.evaluate("document.activeElement?.blur()")
    await keyboard.press("q")
    await expect(agent.composer).to_be_focused()
    quoting = page.get_by_role("group", name="引用")
    await quoting.get_by_text("灶台打不着火").wait_for()
    await quoting.get_by_role("button", name="取消引用").click()
    await quoting.wait_for(state="detached")


@pytest.mark.parametrize("theme", ["light", "dark"])
async def test_axe_finds_nothing_in_all_of_it(desk: Any, chat: Any, theme: str) -> None:
    agent, customer = await served(desk, chat, bypass_csp=True, color_scheme=theme)
    page = agent.page
    await agent.prefer(theme=theme)
    await page.reload()
    await customer.panel.locator("input[type=file]").first.set_input_files(
        {"name": "灶台.png", "mimeType": "image/png", "buffer": picture()}
    )
    await customer.panel.locator(".tray li").wait_for()
    await customer.field.press("Enter")
    await agent.thread.get_by_role("button", name="查看图片").wait_for()
    await press(agent, "灶台打不着火", "添加表情")
    await page.get_by_role("button", name="赞", exact=True).click()
    await press(agent, "灶台打不着火", "引用回复")
    await agent.reply("请看这里")
    await customer.sees("请看这里")
    acts = await on_panel(customer, "请看这里")
    await acts.get_by_role("button", name="引用回复").wait_for()
    found = {"panel": await faults(customer.page)}
    await press(agent, "请看这里")
    found["thread"] = await faults(page)
    await press(agent, "请看这里", "更多操作")
    await page.get_by_role("menuitem", name="转发").click()
    await page.get_by_role("option", name="陈涛").click()
    found["forward"] = await faults(page)
    await page.keyboard.press("Escape")
    await agent.thread.get_by_role("button", name="查看图片").click()
    draw = page.get_by_role("button", name="标注后发回")
    await draw.wait_for()
    found["viewer"] = await faults(page)
    await draw.click()
    await page.get_by_role("img", name="标注图片").wait_for()
    found["drawing"] = await faults(page)
    assert not any(found.values()), found
