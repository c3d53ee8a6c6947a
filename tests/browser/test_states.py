"""What people see when they may not, when something fails, and when there is nothing."""

from typing import Any
from urllib.parse import urlsplit

import pytest

from tests.browser.centre import Centre
from tests.browser.desk import until
from tests.browser.places import STAFF

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_pages_say_when_one_may_not(centre: Centre, desk: Any) -> None:
    agent = await desk()
    me = await (await agent.context.request.get(centre.at("/api/session"))).json()
    refused = 0
    for place, permission in STAFF:
        await agent.go(place)
        await agent.page.locator("main").wait_for()
        shown = agent.page.get_by_text("没有查看权限")
        if permission is None or permission in me["permissions"]:
            await until(agent.page, "document.querySelector('main').innerText.trim().length > 0")
            assert await shown.count() == 0, place
        else:
            await shown.wait_for()
            refused += 1
    assert refused > 5


async def test_a_stranger_is_led_to_the_door_and_back(centre: Centre, windows: Any) -> None:
    page = await (await windows()).new_page()
    await page.goto(centre.at("/desk/wallboard"))
    await page.wait_for_url(lambda url: "/desk/login?next=" in url)
    await page.get_by_role("textbox", name="登录名").fill("li.wen")
    await page.get_by_role("textbox", name="密码").fill("not the password")
    await page.get_by_role("button", name="登录", exact=True).click()
    await page.get_by_role("alert").wait_for()
    assert "li.wen" not in await page.get_by_role("alert").inner_text()


@pytest.mark.parametrize(
    ("place", "route"),
    [
        ("/desk/inbox", "/api/conversations"),
        ("/desk/customers", "/api/customers"),
        ("/desk/wallboard", "/api/wallboard"),
        ("/desk/admin/members", "/api/members"),
        ("/desk/admin/queues", "/api/queues"),
    ],
)
async def test_a_failure_is_said_and_tried_again(desk: Any, place: str, route: str) -> None:
    admin = await desk("admin")
    fault = {"error": {"code": "kernel.broken", "message": "出错了", "trace": "abc123"}}

    async def fail(request: Any) -> None:
        # Until the button was pressed: pages also ask again by themselves.
        if await admin.page.evaluate("window.pressed === true"):
            await request.continue_()
        else:
            await request.fulfill(status=500, json=fault)

    def asked(url: str) -> bool:
        return urlsplit(url).path == route

    await admin.page.route(asked, fail)
    await admin.go(place)
    again = admin.page.get_by_role("button", name="重试").first
    await again.wait_for()
    await admin.page.evaluate(
        "document.addEventListener('click', () => { window.pressed = true }, true)"
    )
    await again.click()
    await again.wait_for(state="detached")


async def test_a_conversation_that_is_not_there(desk: Any) -> None:
    agent = await desk()
    await agent.go("/desk/inbox/00000000-0000-7000-8000-000000000000")
    await (
        agent.page.locator("main")
        .get_by_text("不存在")
        .or_(agent.page.locator("main").get_by_text("没有找到"))
        .or_(agent.page.locator("main").get_by_text("找不到"))
        .first.wait_for()
    )


@pytest.mark.parametrize("kind", ["customers", "companies"])
async def test_an_answer_is_an_answer_at_once(desk: Any, kind: str) -> None:
    admin = await desk("admin")
    nobody = "00000000-0000-7000-8000-000000000000"
    asked = []
    admin.page.on("request", lambda one: asked.append(urlsplit(one.url).path))
    await admin.go(f"/desk/{kind}/{nobody}")
    await admin.page.get_by_role("alert").get_by_text("内容可能已被移除").wait_for()
    # Who is asked four times keeps people before a grey page for seven seconds.
    assert asked.count(f"/api/{kind}/{nobody}") == 1


async def test_a_stale_write_is_a_conflict_not_an_overwrite(
    centre: Centre, desk: Any, chat: Any
) -> None:
    agent = await (await desk()).ready()
    customer = await chat()
    await customer.says("在吗")
    await customer.wants_person()
    await agent.accept()
    rows = await (await agent.context.request.get(centre.at("/api/conversations"))).json()
    row = rows["items"][0]
    answer = await agent.context.request.put(
        centre.at(f"/api/conversations/{row['id']}/tags"),
        data={"tag_ids": [], "version": row["version"] - 1},
        headers={"X-Peakend": "1"},
    )
    assert answer.status == 409
    assert (await answer.json())["error"]["code"] == "conversations.stale"


async def test_a_chat_that_is_switched_off_says_so(centre: Centre, windows: Any) -> None:
    page = await (await windows()).new_page()
    answer = await page.goto(centre.at("/w/no-such-key?lang=zh-CN"))
    assert answer.status == 404
    assert "停用" in await page.inner_text("body")
