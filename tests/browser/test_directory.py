"""Somebody able and allowed to solve it: written down, found while passing on, and noted."""

from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_an_entry_is_written_verified_found_and_noted(desk: Any, chat: Any) -> None:
    boss, agent = await desk("supervisor"), await (await desk()).ready()
    page = boss.page
    await boss.go("/desk/directory")
    await page.get_by_role("button", name="新增", exact=True).click()
    form = page.get_by_role("dialog")
    await form.get_by_label("名称（中文）").fill("燃气抢修中心")
    await form.get_by_label("能解决").fill("漏气停气的上门抢修")
    await form.get_by_label("电话").fill("400-000-0001")
    await form.get_by_role("button", name="新增条目").click()
    await page.get_by_role("heading", name="燃气抢修中心").wait_for()
    await page.get_by_role("button", name="今天已核实").click()
    await page.get_by_text("已核实“燃气抢修中心”").wait_for()

    customer = await chat()
    await customer.says("家里漏气了")
    await customer.wants_person()
    await agent.accept()
    await agent.page.keyboard.press("Escape")
    await agent.page.keyboard.press("t")
    box = agent.page.get_by_role("dialog")
    # By what it solves, whichever tab is open.
    await box.get_by_role("textbox", name="搜索").fill("上门抢修")
    await box.get_by_role("option", name="燃气抢修中心").click()
    await box.get_by_text("400-000-0001").wait_for()
    await box.get_by_role("textbox", name="备注").fill("半小时内到")
    await box.get_by_role("button", name="记入备注").click()
    await agent.thread.get_by_text("已联系燃气抢修中心（400-000-0001）").wait_for()
    await agent.thread.get_by_text("半小时内到").wait_for()

    # Taken away, and back with one click.
    await page.get_by_role("button", name="更多操作").click()
    await page.get_by_role("menuitem", name="移除条目").click()
    await page.get_by_text("已移除“燃气抢修中心”").wait_for()
    await page.get_by_role("button", name="撤销").click()
    await page.get_by_role("region", name="条目列表").get_by_text("燃气抢修中心").wait_for()
