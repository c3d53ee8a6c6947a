"""Two-step sign-in as a member meets it: turned on, asked for, a recovery code, a session ended."""

from typing import Any
from uuid import uuid4

import httpx
import pyotp
import pytest

from tests.browser.centre import Centre
from tests.browser.desk import HEADERS, cookies_of

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

PASSWORD = "Lamps-on-a-hill-7"


async def a_newcomer(centre: Centre) -> str:
    """Return the login of a member of this test's own, whose sessions nobody else needs."""
    await cookies_of(centre, "admin")
    login = f"liang.{uuid4().hex[:6]}"
    async with httpx.AsyncClient(base_url=centre.base, headers=HEADERS, timeout=30) as client:
        client.cookies.update(centre.cookies["admin"])
        asked = {"login": login, "name": "梁小满", "role": "agent"}
        link = (await client.post("/api/members/invitations", json=asked)).json()["link"]
        client.cookies.clear()
        path = f"/api/invitations/{link.rsplit('/', 1)[1]}"
        (await client.post(path, json={"password": PASSWORD})).raise_for_status()
    return login


async def knock(page: Any, centre: Centre, login: str) -> None:
    await page.goto(centre.at("/desk/login"))
    await page.get_by_role("textbox", name="登录名").fill(login)
    await page.get_by_role("textbox", name="密码").fill(PASSWORD)
    await page.keyboard.press("Enter")


async def test_two_steps_from_turning_on_to_a_recovery_code(centre: Centre, windows: Any) -> None:
    login = await a_newcomer(centre)
    page = await (await windows()).new_page()
    await knock(page, centre, login)
    await page.get_by_role("region", name="会话列表").wait_for()
    await page.goto(centre.at("/desk/security"))
    await page.get_by_role("button", name="开启两步登录").click()
    box = page.get_by_role("dialog")
    await box.get_by_role("textbox", name="当前密码").fill(PASSWORD)
    await box.get_by_role("button", name="下一步").click()
    await box.get_by_role("img", name="验证器二维码").wait_for()
    secret = "".join((await box.get_by_role("region", name="密钥").inner_text()).split())
    await box.get_by_role("textbox", name="再输入应用显示的验证码").fill(pyotp.TOTP(secret).now())
    await box.get_by_role("button", name="开启两步登录").click()
    codes = (await box.get_by_role("region", name="恢复码").inner_text()).split()
    assert len(codes) == 10
    await box.get_by_role("button", name="已保存好").click()
    await page.get_by_text("还剩 10 个恢复码").wait_for()

    other = await (await windows()).new_page()
    await knock(other, centre, login)
    field = other.get_by_role("textbox", name="验证码")
    await field.wait_for()
    assert await field.evaluate("(one) => one === document.activeElement")
    kept = await other.context.cookies()
    assert not [one for one in kept if "peakend" in one["name"]]
    await field.fill(codes[4])
    await other.keyboard.press("Enter")
    await other.get_by_text("已使用一个恢复码，还剩 9 个").wait_for()
    await other.get_by_role("region", name="会话列表").wait_for()

    await page.reload()
    await page.get_by_text("还剩 9 个恢复码").wait_for()
    await page.get_by_role("button", name="结束登录").click()
    await page.get_by_text("已结束 1 处登录").wait_for()
    await other.wait_for_url("**/desk/login**")
