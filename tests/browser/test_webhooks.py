"""A webhook: a wrong address is said at its field, the secret is shown once, a test tells why."""

from typing import Any

import pytest
from playwright.async_api import expect

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_a_webhook_is_made_tested_and_removed(desk: Any) -> None:
    boss = await desk("admin")
    await boss.go("/desk/admin/webhooks")
    page = boss.page
    await page.get_by_role("button", name="新建 Webhook").first.click()
    box = page.get_by_role("dialog")
    await box.get_by_role("textbox", name="名称").fill("订单系统")
    address = box.get_by_role("textbox", name="地址")
    await address.fill("http://10.0.0.5/hook")
    await box.get_by_role("checkbox", name="评价", exact=True).check()
    await box.get_by_role("checkbox", name="会话结束").check()
    await box.get_by_role("button", name="新建 Webhook").click()
    await box.get_by_text("地址须以 https:// 开头").wait_for()
    await expect(address).to_be_focused()
    await address.fill("https://orders.example.invalid/hook")
    await box.get_by_role("button", name="新建 Webhook").click()
    secret = page.get_by_role("region", name="签名密钥")
    assert (await secret.inner_text()).startswith("whsec_")
    await page.get_by_role("button", name="已保存好").click()

    await page.get_by_role("heading", name="订单系统").wait_for()
    await page.get_by_text("2 种事件").wait_for()
    await page.get_by_text("还没有投递记录").wait_for()
    await page.get_by_role("button", name="发送测试").click()
    await page.get_by_role("alert").get_by_text("找不到域名 orders.example.invalid").wait_for()
    await page.get_by_role("button", name="暂停").click()
    await page.get_by_text("已暂停").wait_for()
    await page.reload()
    await page.get_by_role("button", name="恢复").wait_for()
    assert await page.get_by_text("whsec_").count() == 0
    await page.get_by_role("button", name="更多操作").click()
    await page.get_by_role("menuitem", name="删除").click()
    await page.get_by_role("dialog").get_by_role("button", name="删除").click()
    await page.get_by_text("还没有 Webhook").wait_for()
