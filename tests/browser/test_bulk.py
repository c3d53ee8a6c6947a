"""Several conversations chosen by key and mouse, one act on all of them, and its way back."""

from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_chosen_done_and_put_back(desk: Any, chat: Any) -> None:
    boss = await desk("supervisor")
    page = boss.page
    for _ in range(3):
        customer = await chat()
        await customer.says("灶台打不着火")
        await customer.sees("先看电池")
        await customer.wants_person()
        await customer.sees("正在为您安排人工客服")
    await boss.go("/desk/inbox?view=queue")
    rows = page.get_by_role("option")
    await rows.nth(2).wait_for()
    # The first by key, the others up to the third with shift.
    await page.keyboard.press("x")
    await page.get_by_text("已选 1 个").wait_for()
    # What is not seen any more is not acted on.
    await page.get_by_role("tab", name="智能").click()
    await page.get_by_text("已选 1 个").wait_for(state="detached")
    await page.get_by_role("tab", name="待接入").click()
    await rows.nth(2).wait_for()
    await page.evaluate("document.activeElement?.blur()")
    await page.keyboard.press("x")
    await page.get_by_text("已选 1 个").wait_for()
    await rows.nth(2).click(modifiers=["Shift"])
    await page.get_by_text("已选 3 个").wait_for()
    await page.get_by_role("button", name="操作", exact=True).click()
    await page.get_by_role("menuitem", name="优先级").click()
    box = page.get_by_role("dialog", name="优先级：3 个会话")
    await box.get_by_role("radio", name="紧急").click()
    await box.get_by_role("button", name="优先级").click()
    await page.get_by_text("优先级：已完成 3 个").wait_for()
    await rows.get_by_text("紧急").nth(2).wait_for()

    await page.reload()
    await page.get_by_role("button", name="撤销").click()
    await page.get_by_text("已撤销，3 个会话恢复原状").wait_for()
    await rows.nth(2).wait_for()
    await page.wait_for_function(
        "!document.querySelector('#conversation-list').innerText.includes('紧急')"
    )
    await page.get_by_role("button", name="收起").click()

    # The same in the table, and what does not fit is named.
    await boss.go("/desk/views")
    await page.get_by_role("checkbox").first.click()
    await page.get_by_text("已选 1 个").wait_for()
    await page.get_by_role("button", name="操作", exact=True).click()
    await page.get_by_role("menuitem", name="稍后处理").click()
    box = page.get_by_role("dialog", name="稍后处理：1 个会话")
    await box.get_by_role("radio").first.click()
    await box.get_by_role("button", name="稍后处理").click()
    await page.get_by_role("button", name="略过 1 个").click()
    await page.get_by_role("dialog", name="略过的会话").get_by_role("button").nth(1).wait_for()
