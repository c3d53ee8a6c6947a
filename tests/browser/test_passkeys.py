"""Passkeys with Chromium's own authenticator: added, then the way in, then beside the password."""

from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.async_api import expect

from tests.browser.centre import Centre
from tests.browser.test_two_step import PASSWORD, a_newcomer

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_a_passkey_from_adding_to_signing_in(centre: Centre, windows: Any) -> None:
    login = await a_newcomer(centre)
    # A number is no name that passkeys belong to: the same centre, by the name it has here.
    home = f"http://localhost:{urlsplit(centre.base).port}"
    context = await windows()
    page = await context.new_page()
    talk = await context.new_cdp_session(page)
    await talk.send("WebAuthn.enable")
    key = {
        "protocol": "ctap2",
        "transport": "internal",
        "hasResidentKey": True,
        "hasUserVerification": True,
        "isUserVerified": True,
        "automaticPresenceSimulation": True,
    }
    await talk.send("WebAuthn.addVirtualAuthenticator", {"options": key})

    async def knock() -> None:
        await page.get_by_role("textbox", name="登录名").fill(login)
        await page.get_by_role("textbox", name="密码").fill(PASSWORD)
        await page.keyboard.press("Enter")

    async def forgotten() -> None:
        # A page that stays open would hear of it, and go to the door by itself at the same time.
        await page.goto("about:blank")
        await context.clear_cookies()
        await page.goto(f"{home}/desk/login")

    await page.goto(f"{home}/desk/login")
    await knock()
    await page.get_by_role("region", name="会话列表").wait_for()
    await page.goto(f"{home}/desk/security")
    await page.get_by_text("还没有通行密钥").wait_for()
    await page.get_by_role("button", name="添加通行密钥").click()
    box = page.get_by_role("dialog")
    await box.get_by_role("textbox", name="名称").fill("办公室电脑")
    await box.get_by_role("textbox", name="当前密码").fill(PASSWORD)
    await box.get_by_role("button", name="添加通行密钥").click()
    codes = (await box.get_by_role("region", name="恢复码").inner_text()).split()
    assert len(codes) == 10
    # They are shown this once: neither a click beside them nor Escape takes them away.
    await page.mouse.click(5, 400)
    await page.keyboard.press("Escape")
    await box.get_by_role("button", name="已保存好").click()
    await page.get_by_role("cell", name="办公室电脑", exact=True).wait_for()

    # Without a word: the passkey says who it is.
    await forgotten()
    await page.get_by_role("button", name="使用通行密钥登录").click()
    await page.get_by_role("region", name="会话列表").wait_for()
    await page.goto(f"{home}/desk/security")
    here = page.get_by_role("row").filter(has_text="当前登录")
    await expect(here).to_contain_text("通行密钥")

    # After the password it is asked for, and a recovery code would do.
    await forgotten()
    await knock()
    await page.get_by_role("textbox", name="验证码或恢复码").wait_for()
    await page.get_by_role("button", name="使用通行密钥", exact=True).click()
    await page.get_by_role("region", name="会话列表").wait_for()
