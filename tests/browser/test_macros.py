"""Macros and canned replies from the keyboard: found, looked at, changed, run, taken back."""

from typing import Any

import pytest
from playwright.async_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def served(desk: Any, chat: Any) -> tuple[Any, Any]:
    agent = await (await desk()).ready()
    customer = await chat()
    await customer.says("灶台打不着火")
    await customer.wants_person()
    await agent.accept()
    return agent, customer


async def test_a_macro_by_the_keyboard_only(desk: Any, chat: Any) -> None:
    agent, customer = await served(desk, chat)
    page, keyboard = agent.page, agent.page.keyboard
    await page.evaluate("document.activeElement?.blur()")
    await keyboard.press("r")
    await keyboard.type("写了一半 /rqz")
    menu = page.get_by_role("listbox", name="快捷回复与宏")
    await menu.get_by_role("option", name="燃气灶：登记上门").wait_for()
    await keyboard.press("Enter")

    box = page.get_by_role("dialog", name="燃气灶：登记上门")
    reply = box.get_by_role("textbox", name="回复客户")
    await reply.wait_for()
    shown = await reply.input_value()
    assert "王梅已为您登记上门，师傅____联系您。" in shown
    assert "{{" not in shown
    steps = box.get_by_role("list", name="将执行").get_by_role("listitem")
    assert await steps.all_inner_texts() == [
        "发送上面的回复",
        "添加上面的备注",
        "添加标签：上门",
        "优先级设为：高",
        "结束会话",
    ]
    # The gap is selected: typing fills it. Nothing runs before the reason is known.
    await keyboard.type("明天9点前")
    assert "师傅明天9点前联系您" in await reply.input_value()
    run = box.get_by_role("button", name="执行")
    assert await run.is_disabled()
    await keyboard.press("Control+Enter")
    await box.get_by_role("button", name="联系原因").focus()
    await keyboard.press("Enter")
    await page.get_by_role("option", name="点火故障").wait_for()
    await keyboard.type("dhgz")
    await page.locator("[role=option][data-highlighted]").wait_for()
    await keyboard.press("Enter")
    await box.get_by_role("radio", name="已解决").focus()
    await keyboard.press("Space")
    await keyboard.press("Control+Enter")

    await box.wait_for(state="detached")
    await customer.sees("师傅明天9点前联系您")
    await page.get_by_text("已执行「燃气灶：登记上门」").first.wait_for()
    await page.evaluate("document.activeElement?.blur()")
    await keyboard.press("z")
    await page.get_by_role("button", name="结束会话").first.wait_for()
    head = page.get_by_role("heading", level=1).locator("..")
    await head.get_by_text("优先级高").wait_for()
    await head.get_by_text("上门").wait_for()
    # What was half written is still there, without the word that found the macro.
    assert await agent.composer.input_value() == "写了一半 "


async def test_the_command_menu_finds_macros_by_initials(desk: Any, chat: Any) -> None:
    agent, _ = await served(desk, chat)
    page, keyboard = agent.page, agent.page.keyboard
    await agent.composer.fill("/rqz")
    await page.get_by_role("option", name="燃气灶：登记上门").wait_for()
    await agent.composer.fill("")
    await page.evaluate("document.activeElement?.blur()")
    await keyboard.press("Control+k")
    await page.get_by_role("dialog").locator("input").wait_for()
    await keyboard.type("rqzdj")
    await page.get_by_role("option", name="燃气灶：登记上门").wait_for()
    await keyboard.press("Enter")
    await page.get_by_role("dialog", name="燃气灶：登记上门").wait_for()
    await keyboard.press("Escape")
    await page.get_by_role("dialog").wait_for(state="detached")


async def test_an_input_method_chooses_no_macro(desk: Any, chat: Any) -> None:
    agent, _ = await served(desk, chat)
    page = agent.page
    await agent.composer.fill("/")
    await page.get_by_role("option", name="燃气灶：登记上门").wait_for()
    method = await page.context.new_cdp_session(page)
    for end in range(1, 4):
        await method.send(
            "Input.imeSetComposition",
            {"text": "rqz"[:end], "selectionStart": end, "selectionEnd": end},
        )
    key = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 229}
    await method.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **key})
    await page.wait_for_timeout(300)
    assert await page.get_by_role("dialog").count() == 0
    assert "rqz" in await agent.composer.input_value()


async def test_a_reply_and_a_note_are_two_drafts(desk: Any, chat: Any) -> None:
    agent, _ = await served(desk, chat)
    page = agent.page
    await agent.composer.fill("给客户的话")
    await page.get_by_role("button", name="内部备注", exact=True).click()
    note = page.get_by_role("textbox", name="内部备注")
    assert await note.input_value() == ""
    async with page.expect_response(lambda answer: answer.url.endswith("/draft")):
        await note.fill("给同事的话")
    await page.get_by_role("button", name="回复", exact=True).click()
    assert await agent.composer.input_value() == "给客户的话"

    def kept(answer: Any) -> bool:
        return answer.url.endswith("/draft") and "给客户的话。" in (answer.request.post_data or "")

    async with page.expect_response(kept):
        await agent.composer.press("End")
        await page.keyboard.type("。")
    await page.reload()
    await expect(agent.composer).to_have_value("给客户的话。")
    await page.get_by_role("button", name="内部备注", exact=True).click()
    await expect(note).to_have_value("给同事的话")
