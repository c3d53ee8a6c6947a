"""A mail at the desk: an input method, who is new is asked about, taken back, sent again."""

from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.centre import Centre
from tests.browser.desk import HEADERS
from tests.browser.test_composition import compose, plain_enter_while_composing

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def sends_mail(centre: Centre, context: Any) -> None:
    """Give the brand a server; nothing is handed over while these tests look."""
    brands = await (await context.request.get(centre.at("/api/mail-servers"))).json()
    body = {
        "host": "mail.example.com", "port": 587, "tls": "starttls", "login": "",
        "sender_email": "care@mail.example.com", "sender_name_zh": "客服",
        "sender_name_en": "Care", "version": 0,
    }  # fmt: skip
    for one in brands["brands"]:
        answer = await context.request.put(
            centre.at(f"/api/mail-servers/{one['brand_id']}"), data=body, headers=HEADERS
        )
        assert answer.ok, await answer.text()


async def known_by(page: Any, email: str) -> None:
    """Let the desk hear of an address of the customer."""

    async def answer(route: Any) -> None:
        found = await (await route.fetch()).json()
        found |= {"to": [{"email": email, "name": "刘女士"}], "known": [email]}
        await route.fulfill(json=found)

    await page.route("**/api/conversations/*/answering", answer)


async def test_a_mail_is_written_taken_back_and_sent(desk: Any, chat: Any, centre: Centre) -> None:
    await sends_mail(centre, (await desk("admin")).context)
    agent = await (await desk()).ready()
    page = agent.page
    await known_by(page, "liu@example.org")
    customer = await chat()
    await customer.says("请把发票发到我的邮箱")
    await customer.wants_person()
    await agent.accept()
    await page.get_by_role("button", name="用邮件回复").click()
    body = page.get_by_role("textbox", name="邮件正文")
    await body.wait_for()
    await body.focus()
    await page.keyboard.type("1 ")
    await compose(page, "fapiao", "发票")
    await plain_enter_while_composing(page)
    await page.keyboard.press("Control+b")
    await page.keyboard.type("AB-12")
    await expect(body).to_contain_text("1 发票在AB-12")
    await page.get_by_role("button", name="抄送", exact=True).click()
    await page.get_by_role("textbox", name="抄送").fill("cai@example.org；")
    await body.press("Control+Enter")
    asked = page.get_by_role("dialog", name="这 1 个地址还没有参与过这段对话")
    # On a narrow screen Escape leaves the conversation; a dialog over it is left first.
    size = page.viewport_size
    await page.set_viewport_size({"width": 800, "height": 720})
    await asked.get_by_role("button", name="取消").press("Escape")
    await expect(asked).to_be_hidden()
    await expect(body).to_be_visible()
    await page.set_viewport_size(size)
    await body.press("Control+Enter")
    await asked.get_by_role("button", name="发给这 1 个地址").click()
    await page.get_by_text("秒后发出").wait_for()
    await expect(body).not_to_contain_text("发票")
    await page.get_by_role("button", name="撤销", exact=True).first.click()
    await expect(body.locator("strong")).to_have_text("AB-12")
    await page.get_by_role("button", name="移除 cai@example.org").wait_for()
    # What came back stays through a reload, and goes as it stood there.
    await page.reload()
    await expect(body.locator("strong")).to_have_text("AB-12")
    async with page.expect_request(
        lambda one: one.method == "POST" and one.url.endswith("/messages")
    ) as sent:
        await page.get_by_role("button", name="发送邮件").click()
        await asked.get_by_role("button", name="发给这 1 个地址").click()
    mail = (await sent.value).post_data_json["mail"]
    assert [one["email"] for one in mail["to"] + mail["cc"]] == [
        "liu@example.org",
        "cai@example.org",
    ]
    assert "<strong>AB-12</strong>" in mail["html"]
    await page.get_by_text("秒后发出").wait_for()
