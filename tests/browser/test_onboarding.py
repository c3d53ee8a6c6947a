"""The checklist of a new house and its sample: put in, looked through, taken away, found again."""

from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_a_sample_comes_and_goes_and_the_checklist_is_found_again(desk: Any) -> None:
    boss = await desk("admin")
    page = boss.page
    await boss.go("/desk/admin?start=1")
    await page.get_by_role("heading", name="开始使用").wait_for()
    await page.get_by_role("link", name="去试试").wait_for()
    await page.get_by_role("button", name="放入示例数据").click()
    await page.get_by_role("button", name="拿走示例数据").click()
    dialog = page.get_by_role("dialog")
    await dialog.get_by_text("会拿走：4 位客户").wait_for()
    await dialog.get_by_role("button", name="拿走示例数据").click()
    await page.get_by_role("button", name="放入示例数据").wait_for()
    await page.get_by_role("button", name="收起这一页").click()
    await page.wait_for_url("**/desk/admin/organisation")
    await page.get_by_role("link", name="开始使用").click()
    await page.get_by_role("button", name="重新放出来").click()
    await page.get_by_role("button", name="收起这一页").wait_for()
