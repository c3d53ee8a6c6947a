"""A real Chinese composition: the Enter that ends it sends nothing, here and there."""

from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def compose(page: Any, letters: str, words: str) -> None:
    """Type letters into an input method and take its words with Enter, as Chromium reports it."""
    input_method = await page.context.new_cdp_session(page)
    for end in range(1, len(letters) + 1):
        await input_method.send(
            "Input.imeSetComposition",
            {"text": letters[:end], "selectionStart": end, "selectionEnd": end},
        )
    key = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 229}
    await input_method.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **key})
    await input_method.send("Input.insertText", {"text": words})
    await input_method.send("Input.dispatchKeyEvent", {"type": "keyUp", **key})
    await page.wait_for_timeout(400)


async def plain_enter_while_composing(page: Any) -> None:
    """Some input methods report Enter as itself while they compose."""
    input_method = await page.context.new_cdp_session(page)
    await input_method.send(
        "Input.imeSetComposition", {"text": "zai", "selectionStart": 3, "selectionEnd": 3}
    )
    key = {"key": "Enter", "code": "Enter", "windowsVirtualKeyCode": 13}
    await input_method.send("Input.dispatchKeyEvent", {"type": "rawKeyDown", **key})
    await input_method.send("Input.dispatchKeyEvent", {"type": "keyUp", **key})
    await page.wait_for_timeout(200)
    await input_method.send("Input.insertText", {"text": "在"})
    await page.wait_for_timeout(100)


async def test_in_the_chat(chat: Any) -> None:
    customer = await chat()
    await customer.field.focus()
    await compose(customer.page, "nihao", "你好")
    await plain_enter_while_composing(customer.page)
    assert await customer.field.input_value() == "你好在"
    assert await customer.own.count() == 0
    await customer.field.press("Enter")
    await customer.own.get_by_text("你好在").wait_for()
    assert await customer.own.count() == 1


async def test_at_the_desk_where_enter_sends(desk: Any, chat: Any) -> None:
    agent = await desk()
    await agent.prefer(enter_sends=True)
    await agent.go("/desk/inbox")
    await agent.ready()
    customer = await chat()
    await customer.says("在吗")
    await customer.wants_person()
    await agent.accept()
    await agent.composer.focus()
    await compose(agent.page, "nihao", "您好")
    await plain_enter_while_composing(agent.page)
    assert await agent.composer.input_value() == "您好在"
    assert await agent.thread.get_by_text("您好在").count() == 0
    await agent.composer.press("Enter")
    await agent.thread.get_by_text("您好在").wait_for()
    assert await agent.composer.input_value() == ""
    await customer.sees("您好在")
    await agent.prefer(enter_sends=False)


async def test_the_command_menu(desk: Any) -> None:
    agent = await desk()
    await agent.page.keyboard.press("Control+k")
    box = agent.page.get_by_role("dialog")
    await box.get_by_role("textbox").or_(box.get_by_role("combobox")).first.wait_for()
    before = agent.page.url
    await compose(agent.page, "kehu", "客户")
    assert await box.is_visible()
    assert agent.page.url == before
