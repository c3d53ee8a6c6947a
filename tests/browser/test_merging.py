"""Two customers who are one: seen beside the conversation, compared, merged, and parted again."""

from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.desk import HEADERS

# As long as everything else here waits: a slow machine is no failure.
expect.set_options(timeout=30_000)
pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
ACCOUNT = {"key": "account", "label": "户号", "value": "00012345", "privacy": "personal"}


async def knows(agent: Any, customer_id: str, **changes: Any) -> None:
    """Let somebody at another desk write down what is known of a customer."""
    request, at = agent.context.request, agent.centre.at
    card = await (await request.get(at(f"/api/customers/{customer_id}"))).json()
    answer = await request.patch(
        at(f"/api/customers/{customer_id}"),
        data={"version": card["version"], **changes},
        headers=HEADERS,
    )
    assert answer.ok, await answer.text()


async def met_before(agent: Any, name: str) -> str:
    """Return a customer who was here by that name."""
    request, at = agent.context.request, agent.centre.at
    come = await request.post(at("/api/web/{key}/sessions"), data={"identity": {"name": name}})
    assert come.ok, await come.text()
    found = await (await request.get(at("/api/customers"), params={"q": name})).json()
    return str(found["items"][0]["id"])


async def test_a_likely_twin_is_compared_and_merged_and_parted(desk: Any, chat: Any) -> None:
    agent = await (await desk()).ready()
    customer = await chat()
    await customer.says("灶台打不着火")
    await customer.wants_person()
    await agent.accept()
    page, at = agent.page, agent.centre.at
    aside = page.get_by_role("complementary", name="客户资料")
    link = aside.get_by_role("heading", level=2).get_by_role("link")
    guest = str(await link.get_attribute("href")).rsplit("/", 1)[1]
    twin = await met_before(agent, "马小雨")
    await knows(agent, twin, attributes=[ACCOUNT])
    await knows(agent, guest, name="马小雨（手机）", attributes=[ACCOUNT])
    await page.get_by_role("heading", level=1).get_by_text("马小雨（手机）").wait_for()
    await expect(aside.get_by_text("可能与")).to_have_count(0)
    await knows(agent, guest, name="马小雨")
    await aside.get_by_text("可能与马小雨是同一位客户").wait_for()
    await aside.get_by_text("户号相同").wait_for()
    await aside.get_by_role("button", name="对比并合并").click()
    box = page.get_by_role("dialog", name="合并客户")
    await box.get_by_text("没有共同的已验证身份").wait_for()
    await box.get_by_role("radiogroup", name="保留哪一位").get_by_role("radio").nth(1).check()
    await box.get_by_role("button", name="合并为一位客户").dblclick()
    await box.wait_for(state="detached")

    # The open conversation shows who it is now, without being loaded anew.
    await expect(link).to_have_attribute("href", f"/desk/customers/{twin}")
    await aside.get_by_text("已并入马小雨").wait_for()
    # What the customer says goes on where it was, in a panel that was open all the time.
    await customer.says("还在吗")
    await agent.thread.get_by_text("还在吗").wait_for()
    await agent.reply("在的")
    await customer.sees("在的")
    # The address of who was merged leads on.
    await agent.go(f"/desk/customers/{guest}")
    await page.wait_for_url(at(f"/desk/customers/{twin}"))
    await page.get_by_role("button", name="撤销合并").click()
    await page.get_by_text("马小雨已恢复为单独的客户").first.wait_for()
    await agent.go(f"/desk/customers/{guest}")
    await page.get_by_text("可能与马小雨是同一位客户").wait_for()
    await expect(page).to_have_url(at(f"/desk/customers/{guest}"))
    await page.get_by_role("button", name="不是同一人").click()
    await expect(page.get_by_text("可能与")).to_have_count(0)


async def test_a_matter_is_split_and_joined_again_beside_the_customer(desk: Any, chat: Any) -> None:
    agent = await (await desk()).ready()
    customer = await chat()
    await customer.says("灶台打不着火")
    await customer.wants_person()
    await agent.accept()
    page = agent.page
    await agent.reply("请先看电池")
    await customer.sees("请先看电池")
    await agent.page.keyboard.press("Escape")
    await agent.page.keyboard.press("n")
    await page.get_by_role("textbox", name="内部备注").fill("打过两次电话")
    await agent.page.keyboard.press("Control+Enter")
    await agent.thread.get_by_text("打过两次电话").wait_for()
    await customer.says("另外我要退货")
    await agent.thread.get_by_text("另外我要退货").wait_for()
    first = page.url

    await page.get_by_role("button", name="更多操作").click()
    await page.get_by_role("menuitem", name="拆分会话").click()
    box = page.get_by_role("dialog", name="哪些消息是另一件事")
    # What the customer never sees is named as such.
    await box.get_by_text("内部备注：打过两次电话").wait_for()
    await box.get_by_role("checkbox", name="另外我要退货").check()
    await box.get_by_role("button", name="拆分 1 条消息").dblclick()
    await box.wait_for(state="detached")
    # The words left this thread without its being loaded anew; they are one notice away.
    await expect(agent.thread.get_by_text("另外我要退货")).to_have_count(0)
    await agent.thread.get_by_text("部分消息已拆分为会话").wait_for()
    elsewhere = page.get_by_role("region", name="该客户的另一个会话")
    await elsewhere.get_by_text("另外我要退货").wait_for()
    await elsewhere.get_by_role("button", name="打开").click()
    await agent.thread.get_by_text("另外我要退货").wait_for()
    assert page.url != first
    # The customer goes on about it in the panel that was open all the time, and gets one answer.
    await customer.says("怎么退")
    await agent.thread.get_by_text("怎么退").wait_for()
    await agent.reply("已为您登记退货")
    await customer.sees("已为您登记退货")
    await page.go_back()
    await elsewhere.get_by_text("已为您登记退货").wait_for()

    other = await page.evaluate("location.href")
    await elsewhere.get_by_role("button", name="合并到这里").dblclick()
    for words in ("另外我要退货", "怎么退", "已为您登记退货", "请先看电池"):
        await expect(agent.thread.get_by_text(words)).to_have_count(1)
    # The way back stands there until somebody goes on.
    await elsewhere.get_by_role("button", name="撤销合并").wait_for()
    await customer.says("谢谢")
    await agent.thread.get_by_text("谢谢").wait_for()
    await expect(elsewhere).to_have_count(0)
    for words in ("另外我要退货", "怎么退", "已为您登记退货", "请先看电池", "谢谢"):
        await expect(customer.panel.get_by_text(words)).to_have_count(1)
    assert page.url == other
