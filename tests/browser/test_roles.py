"""A role of the house's own: made, given to somebody, and felt on his open desk."""

from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.centre import Centre
from tests.browser.test_two_step import a_newcomer, knock

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_a_role_is_made_given_and_felt(centre: Centre, desk: Any, windows: Any) -> None:
    login = await a_newcomer(centre)
    other = await (await windows()).new_page()
    await knock(other, centre, login)
    await other.get_by_role("region", name="会话列表").wait_for()
    await other.get_by_role("link", name="设置").wait_for()

    boss = await desk("admin")
    await boss.go("/desk/admin/roles")
    page = boss.page
    await page.get_by_role("button", name="新建角色").click()
    box = page.get_by_role("dialog")
    name = f"新手 {login}"
    await box.get_by_role("textbox", name="角色名称").fill(name)
    await box.get_by_role("radio", name="只看自己的").check()
    await box.get_by_role("searchbox", name="查找权限").fill("快捷回复")
    await box.get_by_role("checkbox", name="使用快捷回复与宏").uncheck()
    await box.get_by_text("多 0 项，少 1 项").wait_for()
    await box.get_by_role("button", name="新建角色").click()
    await page.get_by_role("columnheader", name=name).wait_for()

    await boss.go("/desk/admin/members")
    await page.get_by_role("row").filter(has_text=login).click()
    drawer = page.get_by_role("dialog")
    await drawer.get_by_role("combobox", name="内置角色").click()
    await page.get_by_role("option", name="不使用内置角色").click()
    await drawer.get_by_role("button", name="自建角色").click()
    await page.get_by_role("option", name=name).click()
    await page.keyboard.press("Escape")
    await drawer.get_by_role("button", name="保存角色").click()
    await drawer.get_by_role("button", name="保存角色").wait_for(state="detached")
    # His desk is open all the while: what he may not do any more goes without a reload.
    await other.get_by_role("link", name="设置").wait_for(state="detached", timeout=10_000)

    await drawer.get_by_role("button", name="查看实际权限").click()
    rights = page.get_by_role("dialog", name="的实际权限")
    await rights.get_by_text("可以看到的会话：自己的").wait_for()
    await (
        rights.get_by_role("listitem")
        .filter(has_text="回复客户")
        .get_by_text(f"来自 {name}")
        .wait_for()
    )


async def test_no_higher_role_is_offered_in_place_of_one_that_cannot_be_given(desk: Any) -> None:
    boss = await desk("admin")
    page = boss.page

    async def fewer(route: Any) -> None:
        found = await (await route.fetch()).json()
        for one in found["built_in"]:
            one["grantable"] = one["key"] == "admin"
        await route.fulfill(json=found)

    await page.route("**/api/roles", fewer)
    await boss.go("/desk/admin/members")
    await page.get_by_role("button", name="邀请成员").click()
    box = page.get_by_role("dialog")
    await box.get_by_text("这里只列出您能授予的角色").wait_for()
    await box.get_by_role("textbox", name="姓名").fill("周倩")
    await box.get_by_role("textbox", name="登录名").fill("zhou.qian@example.com")
    await expect(box.get_by_role("radio", name="管理员")).not_to_be_checked()
    await expect(box.get_by_role("button", name="生成邀请链接")).to_be_disabled()
    await page.keyboard.press("Escape")
    await page.unroute("**/api/roles")
