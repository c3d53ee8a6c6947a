"""Who is on the site: the host page tells, the desk shows and invites, nobody has a name."""

from typing import Any

import pytest

from tests.browser.desk import HEADERS, until
from tests.browser.test_axe import faults

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_a_visitor_is_seen_and_invited_where_the_house_wants_it(
    desk: Any, chat: Any, windows: Any
) -> None:
    boss = await desk("admin", bypass_csp=True)
    api = boss.context.request
    channels = await (await api.get(boss.centre.at("/api/channels"))).json()
    mine = next(one for one in channels if one["key"] == boss.centre.key)
    await boss.go(f"/desk/admin/channels/{mine['id']}")
    await boss.page.get_by_role("switch", name="显示在线访客").click()
    await boss.page.get_by_role("switch", name="允许坐席邀请访客对话").click()
    async with boss.page.expect_response("**/api/channels/*") as saved:
        await boss.page.get_by_role("button", name="保存修改").click()
    assert (await saved.value).ok
    try:
        await boss.go("/desk/admin/visitors")
        await boss.page.get_by_text("现在没有访客").wait_for()
        customer = await chat(shop=True)
        async with customer.page.expect_response("**/visits") as told:
            await customer.page.reload()
        assert (await told.value).status == 200
        row = boss.page.get_by_role("row").filter(has_text="家里的事")
        await row.first.wait_for()
        assert not await faults(boss.page)
        await customer.page.close()
        await _invited(boss, await (await windows(bypass_csp=True)).new_page())
    finally:
        answer = await api.patch(
            boss.centre.at(f"/api/channels/{mine['id']}"),
            data={"look": {"visitors": False, "invite": False}},
            headers=HEADERS,
        )
        assert answer.ok, await answer.text()


async def _invited(boss: Any, page: Any) -> None:
    """Let somebody who only looks be invited, say yes, and stand in the conversation."""
    await boss.ready()
    async with page.expect_response("**/visits"):
        await page.goto(boss.centre.at("/shop"))
    await until(page, "!!window.peakend")
    async with boss.page.expect_response("**/api/visitors*"):
        await boss.page.reload()
    await boss.page.get_by_role("button", name="邀请对话").first.click()
    dialog = boss.page.get_by_role("dialog")
    await dialog.get_by_label("邀请内容").fill("您好，需要帮您挑选吗？")
    assert not await faults(boss.page)
    await dialog.get_by_label("邀请内容").press("Control+Enter")
    await boss.page.get_by_text("已邀请，待回应").wait_for()
    # Whoever comes back to the tab hears at once.
    await page.evaluate("document.dispatchEvent(new Event('visibilitychange'))")
    await page.get_by_text("您好，需要帮您挑选吗？").wait_for()
    assert not await faults(page)
    async with page.expect_event("frameattached"):
        await page.get_by_role("button", name="开始对话").click()
    panel = next(frame for frame in page.frames if frame != page.main_frame)
    await panel.get_by_text("您好，需要帮您挑选吗？").wait_for()
    await boss.page.get_by_text("已接受").wait_for()
    await boss.page.get_by_role("link", name="查看会话").click()
    await boss.page.locator("main").get_by_text("您好，需要帮您挑选吗？").first.wait_for()
