"""What is promised to customers: set up by an admin, shown where the customer waits."""

from typing import Any

import pytest

from tests.browser.centre import Centre
from tests.browser.desk import HEADERS
from tests.browser.test_other_jobs import serving

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_a_promise_is_made_ordered_and_withdrawn(centre: Centre, desk: Any) -> None:
    page = (await desk("admin")).page
    await page.goto(centre.at("/desk/admin/sla"))
    await page.get_by_role("button", name="添加承诺").click()
    await page.get_by_label("承诺名称").fill("金卡优先")
    await page.get_by_label("首次回复").fill("0.5")
    await page.get_by_label("后续回复").fill("")
    await page.get_by_label("解决").fill("240")
    await page.get_by_role("button", name="客户等级").click()
    await page.get_by_role("option", name="金卡会员").click()
    await page.keyboard.press("Escape")
    form = page.get_by_role("dialog")
    await form.get_by_role("button", name="渠道").click()
    await page.get_by_role("option", name="邮件").click()
    await page.keyboard.press("Escape")
    meant = await form.get_by_role("status").inner_text()
    assert meant.startswith("邮件 · 金卡会员：30秒内首次回复、4小时内解决")
    await form.get_by_role("button", name="添加承诺").click()
    row = page.get_by_role("row", name="金卡优先")
    await row.get_by_text("30秒").wait_for()
    assert {"邮件", "金卡会员"} <= set((await row.inner_text()).split())
    assert "4小时" in await row.inner_text()
    # Below the one for all mails it never holds, and says so.
    await row.get_by_text("不会生效：上面的“邮件承诺”已全部包含").wait_for()
    up = page.get_by_role("button", name="上移“金卡优先”")
    await up.click()
    await page.get_by_role("row").nth(2).get_by_text("金卡优先").wait_for()
    await up.click()
    first = page.get_by_role("row").nth(1)
    await first.get_by_text("金卡优先").wait_for()
    assert await page.get_by_text("不会生效").count() == 0
    await page.reload()
    await first.get_by_text("金卡优先").click()
    page.once("dialog", lambda asked: asked.accept())
    await page.get_by_role("button", name="删除承诺").click()
    await page.get_by_text("已删除“金卡优先”").wait_for()
    await row.wait_for(state="detached")


async def test_the_clock_runs_while_the_customer_waits_for_us(
    centre: Centre, desk: Any, chat: Any
) -> None:
    admin = await desk("admin")
    form = {"name": "一分钟", "first_reply_s": 7200, "next_reply_s": 60}
    answer = await admin.context.request.post(
        centre.at("/api/sla-policies"), data=form, headers=HEADERS
    )
    policy = await answer.json()
    listed = await (await admin.context.request.get(centre.at("/api/sla-policies"))).json()
    ids = [policy["id"], *(one["id"] for one in listed if one["id"] != policy["id"])]
    await admin.context.request.put(
        centre.at("/api/sla-policies/order"), data={"policy_ids": ids}, headers=HEADERS
    )
    try:
        agent, customer, _ = await serving(desk, chat)
        clock = agent.page.locator("header span[title$=时限]")
        # Far away it says by when.
        await clock.get_by_text("前").wait_for()
        await agent.reply("您好")
        await clock.wait_for(state="detached")
        await customer.says("还是打不着")
        await clock.get_by_text("剩余 0:5").wait_for()
        assert await clock.get_attribute("title") == "回复时限"
    finally:
        path = centre.at(f"/api/sla-policies/{policy['id']}")
        await admin.context.request.delete(path, headers=HEADERS)
