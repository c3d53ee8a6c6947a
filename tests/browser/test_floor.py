"""A supervisor gives a waiting conversation to an agent, by keys or a drag, and takes it back."""

from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_a_conversation_is_given_and_goes_back(desk: Any, chat: Any) -> None:
    await (await desk()).ready()
    boss = await desk("supervisor")
    customer = await chat()
    await customer.says("灶台打不着")
    await customer.wants_person()
    page = boss.page
    await boss.go("/desk/floor")
    waiting = page.get_by_role("region", name="等待中").get_by_role("button", name="会话 #")
    hand = page.get_by_role("listitem").filter(has_text="王梅")
    held = hand.get_by_role("button", name="会话 #")

    # Escape puts it back, and the focus is where it was.
    await waiting.press("Enter")
    await page.get_by_text("会话就在这里").wait_for()
    await page.keyboard.press("Escape")
    await page.get_by_text("会话就在这里").wait_for(state="hidden")
    assert await waiting.evaluate("one => one === document.activeElement")

    await waiting.press("Enter")
    await hand.get_by_text("合适").wait_for()
    await page.get_by_role("button", name="交给王梅").press("Enter")
    await page.get_by_text("已交给王梅").wait_for()
    await held.wait_for()
    await page.get_by_role("button", name="撤销").click()
    await waiting.wait_for()

    await waiting.hover()
    await page.mouse.down()
    await hand.hover()
    # Whether it suits is said before it is dropped.
    await hand.get_by_text("合适").wait_for()
    await hand.hover()
    await page.mouse.up()
    await held.wait_for()
