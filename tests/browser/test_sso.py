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
    # Roles from the provider: a value without a role of its own is refused with words.
    await page.get_by_label("角色来源").fill("groups")
    await page.get_by_role("button", name="保存修改").click()
    await page.get_by_text("请至少填写一个值及其对应的角色").wait_for()
    await page.get_by_role("button", name="添加一个值").click()
    await page.get_by_label("认证方的值").fill("客服主管")
    await page.get_by_role("checkbox", name="退出时一并退出认证方").click()
    await page.get_by_role("button", name="保存修改").click()
    await page.get_by_text("已保存").wait_for()
    await page.reload()
    await expect(page.get_by_label("认证方的值")).to_have_value("客服主管")
    # A member is offered to link himself, and the password is asked for first.
    await boss.go("/desk/security")
    await page.get_by_role("button", name="关联", exact=True).click()
    await page.get_by_role("dialog").get_by_label("当前密码").fill("nonsense-1")
    await page.keyboard.press("Enter")
    await page.get_by_role("dialog").get_by_role("alert").wait_for()
    await page.keyboard.press("Escape")
    # As it was, for whoever comes after.
    await boss.go("/desk/admin/sso")
    await page.get_by_label("角色来源").fill("")
    await page.get_by_role("checkbox", name="退出时一并退出认证方").click()
    await page.get_by_role("switch", name="在登录页提供").click()
    await page.get_by_role("button", name="保存修改").click()
    await page.get_by_text("已保存").wait_for()
