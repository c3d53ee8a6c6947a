"""The health page: work that was given up is shown with what to do, and tried anew by one click."""

from typing import Any

import asyncpg
import pytest

from tests.browser.test_axe import faults

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def give_up(dsn: str) -> None:
    """Leave a reaction behind that failed too often; retried, it finds nothing to do."""
    connection = await asyncpg.connect(dsn)
    try:
        await connection.execute(
            "INSERT INTO job (organisation_id, id, name, run_at, state, attempt, last_error) "
            "SELECT organisation_id, gen_random_uuid(), 'routing.sweep', now(), 'dead', 5, "
            "'TimeoutError' FROM organisation ORDER BY created_at LIMIT 1"
        )
    finally:
        await connection.close()


async def test_given_up_work_is_shown_and_tried_anew(centre: Any, desk: Any) -> None:
    await give_up(centre.dsn)
    boss = await desk("admin", bypass_csp=True)
    await boss.go("/desk/admin/health")
    page = boss.page
    await page.get_by_text("1 个后台任务多次失败后已停止").wait_for()
    await page.get_by_text("数据没有丢失").wait_for()
    assert not await faults(page)
    row = page.get_by_role("row", name="routing.sweep")
    await row.get_by_role("button", name="重试").click()
    await page.get_by_text("正在重试 1 个任务").wait_for()
    await row.wait_for(state="detached")
    await page.get_by_text("没有失败的后台任务").wait_for()


async def test_what_can_be_mended_on_a_page_leads_there(desk: Any) -> None:
    boss = await desk("admin")
    page = boss.page

    async def amiss(route: Any) -> None:
        report = await (await route.fetch()).json()
        sign = {
            "code": "undelivered",
            "verdict": "doubtful",
            "text": "3 条没有送达",
            "advice": "看",
        }
        await route.fulfill(json=report | {"signs": [sign | {"advice": ""}]})

    await page.route("**/api/health-report", amiss)
    await boss.go("/desk/admin/health")
    line = page.get_by_role("listitem").filter(has_text="3 条没有送达")
    await line.get_by_role("link", name="Webhook").click()
    await page.wait_for_url("**/desk/admin/webhooks")
    await page.unroute("**/api/health-report")
