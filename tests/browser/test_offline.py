"""What is written without a connection arrives once, and in order."""

from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.desk import until

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
SAID = ("第一句", "第二句", "第三句")


async def test_a_customer_without_network(desk: Any, chat: Any) -> None:
    agent = await (await desk()).ready()
    customer = await chat()
    await customer.says("在吗")
    await customer.wants_person()
    await agent.accept()
    await customer.page.context.set_offline(True)
    for text in SAID:
        await customer.says(text)
    await customer.panel.locator(".msg.waits").nth(2).wait_for()
    await customer.page.context.set_offline(False)
    for text in SAID:
        await agent.thread.get_by_text(text, exact=True).first.wait_for()
    await customer.panel.locator(".msg.waits").first.wait_for(state="detached")
    await customer.page.wait_for_timeout(1500)
    assert await customer.own.locator(".bubble").all_inner_texts() == ["在吗", *SAID]
    for text in SAID:
        assert await agent.thread.get_by_text(text, exact=True).count() == 1


async def test_the_wish_for_a_person_outlives_the_network(desk: Any, chat: Any) -> None:
    agent = await (await desk()).ready()
    customer = await chat()
    await customer.says("在吗")
    await customer.panel.locator(".msg.digital").first.wait_for()
    await customer.page.context.set_offline(True)
    await customer.sees("网络已断开。")
    await customer.wants_person()
    await customer.page.context.set_offline(False)
    await agent.accept()


async def test_an_agent_without_network(desk: Any, chat: Any) -> None:
    agent = await (await desk()).ready()
    customer = await chat()
    await customer.says("在吗")
    await customer.wants_person()
    await agent.accept()
    await agent.context.set_offline(True)
    for text in SAID:
        await agent.reply(text)
    await agent.page.get_by_text("连接中断").first.wait_for()
    await agent.context.set_offline(False)
    for text in SAID:
        await customer.sees(text)
    await customer.page.wait_for_timeout(1500)
    said = await customer.panel.locator(".msg.agent .bubble").all_inner_texts()
    assert [text for text in said if text in SAID] == list(SAID)
    for text in SAID:
        assert await agent.thread.get_by_text(text, exact=True).count() == 1


async def test_a_half_written_answer_is_there_after_a_reload(desk: Any, chat: Any) -> None:
    agent = await (await desk()).ready()
    customer = await chat()
    await customer.says("在吗")
    await customer.wants_person()
    await agent.accept()
    await agent.composer.fill("还没写完的")
    await agent.page.wait_for_timeout(1500)
    await agent.page.evaluate("localStorage.clear(); sessionStorage.clear()")
    await agent.page.reload()
    await agent.composer.wait_for()
    await until(
        agent.page,
        "[...document.querySelectorAll('textarea')].some((one) => one.value === '还没写完的')",
    )
    # The last words too, typed in the moment of leaving.
    await agent.composer.fill("还没写完的，又加了几个字")
    await agent.page.reload()
    await expect(agent.composer).to_have_value("还没写完的，又加了几个字")


async def test_what_an_update_took_away_is_said(desk: Any, chat: Any) -> None:
    agent = await (await desk()).ready()
    customer = await chat()
    await customer.says("灶台打不着火")
    await customer.wants_person()
    await agent.accept()
    await agent.page.route(
        "**/desk/assets/SnoozeDialog-*.js", lambda call: call.fulfill(status=404)
    )
    await agent.composer.fill("写到一半")
    await agent.page.evaluate("document.activeElement?.blur()")
    await agent.page.keyboard.press("h")
    await agent.page.get_by_text("系统已更新").wait_for()
    await agent.page.unroute("**/desk/assets/SnoozeDialog-*.js")
    await agent.page.get_by_role("button", name="刷新").click()
    await expect(agent.composer).to_have_value("写到一半")


async def test_a_page_that_was_never_loaded_leaves_the_desk_where_it_is(desk: Any) -> None:
    admin = await desk("admin")
    await admin.page.get_by_role("link", name="知识库").first.wait_for()
    await admin.context.set_offline(True)
    await admin.page.get_by_role("link", name="知识库").first.click()
    await admin.page.get_by_text("无法连接服务器").first.wait_for()
    await admin.page.get_by_role("region", name="会话列表").wait_for()
    await admin.context.set_offline(False)
    await admin.page.get_by_role("link", name="知识库").first.click()
    search = admin.page.get_by_role("searchbox")
    await search.wait_for()
    # What is asked for without a network fails and says so; there are no bars for ever.
    await admin.context.set_offline(True)
    await search.fill("没有这样的文章")
    await admin.page.locator("main").get_by_text("加载失败").wait_for()
    await admin.context.set_offline(False)
    await admin.page.locator("main").get_by_text("没有符合条件的文章").wait_for()


async def test_the_desk_opens_without_a_network_and_says_so(desk: Any) -> None:
    agent = await desk(service_workers="allow")
    await agent.page.evaluate("navigator.serviceWorker.ready.then(() => true)")
    await agent.go("/desk/knowledge")
    await agent.context.set_offline(True)
    await agent.page.reload()
    await agent.page.get_by_text("无法连接服务器").first.wait_for()
    # So it does at a page that this browser never opened.
    other = await agent.context.new_page()
    await other.goto(agent.centre.at("/desk/views"))
    await other.get_by_text("无法连接服务器").first.wait_for()
    await agent.context.set_offline(False)
    await agent.page.get_by_role("button", name="重试").click()
    await agent.page.get_by_role("searchbox").wait_for()
