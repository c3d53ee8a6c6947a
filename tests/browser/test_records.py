"""Fields of the house's own, companies and links: defined by one, filled in by another."""

from typing import Any

import pytest

from tests.browser.desk import HEADERS, Desk

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def _send(desk: Desk, path: str, body: dict[str, Any]) -> Any:
    url = desk.centre.at(f"/api{path}")
    answer = await desk.context.request.post(url, data=body, headers=HEADERS)
    assert answer.ok, await answer.text()
    return await answer.json()


async def test_a_field_is_defined_filled_in_and_revealed(desk: Any) -> None:
    admin: Desk = await desk("admin")
    await admin.go("/desk/admin/fields")
    page = admin.page
    await page.get_by_role("button", name="新建字段").first.click()
    box = page.get_by_role("dialog", name="新建字段")
    await box.get_by_label("中文名称").fill("证件号")
    await box.get_by_label("英文名称").fill("Id number")
    await box.get_by_role("radio", name="个人信息").click()
    await box.get_by_role("button", name="新建字段").click()
    await box.wait_for(state="hidden")
    await page.get_by_role("cell", name="证件号", exact=True).wait_for()

    company = await _send(admin, "/companies", {"name": "云帆物业"})
    link = {
        "kind": "link", "name_zh": "订单系统", "name_en": "Orders", "url": "https://crm.example.com/",
        "variables": ["customer_id"],
    }  # fmt: skip
    await _send(admin, "/context-links", link)
    agent: Desk = await desk("agent")
    await agent.go("/desk/customers")
    page = agent.page
    await page.locator('a[href^="/desk/customers/"]').first.click()
    await page.get_by_role("button", name="填写").click()
    box = page.get_by_role("dialog", name="客户资料")
    await box.get_by_label("证件号").fill("320402199003071234")
    await box.get_by_role("button", name="保存").click()
    await box.wait_for(state="hidden")
    await page.get_by_text("32****1234").wait_for()
    assert "320402199003071234" not in await page.content()
    await page.get_by_role("button", name="显示证件号").click()
    await page.get_by_role("button", name="核对身份").click()
    await page.get_by_text("320402199003071234").wait_for()

    await page.get_by_role("button", name="加入公司").click()
    await page.get_by_role("button", name="加入公司").click()
    await page.keyboard.type("云帆")
    await page.get_by_role("option", name="云帆物业").click()
    await page.get_by_role("link", name="云帆物业").click()
    await page.wait_for_url(f"**/desk/companies/{company['id']}")
    await page.get_by_role("heading", name="全部会话").wait_for()
    await page.go_back()
    await page.get_by_role("button", name="订单系统").wait_for()
