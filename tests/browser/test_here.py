"""Who is on the site: the host page tells, the desk shows, nobody has a name."""

from typing import Any

import pytest

from tests.browser.desk import HEADERS
from tests.browser.test_axe import faults

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_a_visitor_is_seen_where_the_house_wants_it(desk: Any, chat: Any) -> None:
    boss = await desk("admin", bypass_csp=True)
    api = boss.context.request
    channels = await (await api.get(boss.centre.at("/api/channels"))).json()
    mine = next(one for one in channels if one["key"] == boss.centre.key)
    await boss.go(f"/desk/admin/channels/{mine['id']}")
    await boss.page.get_by_role("switch", name="显示在线访客").click()
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
        row = boss.page.get_by_role("row").filter(has_text="已登录")
        await row.first.wait_for()
        assert not await faults(boss.page)
    finally:
        answer = await api.patch(
            boss.centre.at(f"/api/channels/{mine['id']}"),
            data={"look": {"visitors": False}},
            headers=HEADERS,
        )
        assert answer.ok, await answer.text()
