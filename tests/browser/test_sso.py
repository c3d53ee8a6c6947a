"""Single sign-on: set up by an administrator, offered at the door, and what is wrong said there."""

from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.centre import Centre

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_it_is_set_up_and_offered_at_the_door(
    centre: Centre, desk: Any, windows: Any
) -> None:
    boss = await desk("admin")
    await boss.go("/desk/admin/sso")
    page = boss.page
    issuer = page.get_by_role("textbox", name="认证方地址")
    await issuer.fill("http://10.0.0.5")
    await page.get_by_role("textbox", name="客户端 ID").fill("peakend")
    await page.get_by_role("button", name="保存修改").click()
    await page.get_by_text("地址须以 https:// 开头").wait_for()
    await issuer.fill("https://id.example.invalid")
    await page.get_by_role("switch", name="在登录页提供").click()
    await page.get_by_role("button", name="保存修改").click()
    await page.get_by_text("请填写认证方给出的客户端密钥").wait_for()
    secret = page.get_by_label("客户端密钥")
    await secret.fill("s3cret")
    await page.get_by_role("button", name="保存修改").click()
    await page.get_by_text("已保存").wait_for()
    await expect(secret).to_have_value("")
    await page.get_by_role("button", name="检查认证方").click()
    await page.get_by_role("alert").get_by_text("找不到域名 id.example.invalid").wait_for()
    door = await (await windows()).new_page()
    await door.goto(centre.at("/desk/login?sso=unknown"))
    await door.get_by_text("您在这里还没有可用的账号").wait_for()
    await door.get_by_role("button", name="使用公司账号登录").click()
    await door.get_by_text("找不到域名 id.example.invalid").wait_for()
    # As it was, for whoever comes after.
    await page.get_by_role("switch", name="在登录页提供").click()
    await page.get_by_role("button", name="保存修改").click()
    await page.get_by_text("已保存").wait_for()
