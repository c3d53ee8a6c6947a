"""What is done less often than the main job, and must work as well."""

from datetime import UTC, datetime, timedelta
from importlib import resources
from typing import Any
from uuid import uuid4

import pytest

from tests.browser.centre import Centre
from tests.browser.desk import HEADERS, Desk, until

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]

CLIP = resources.files("peakend.entry.demo").joinpath("content/pictures/hob-valve.mp4")
MANY = 130
PASTE = """async () => {
  const canvas = document.createElement('canvas')
  canvas.width = 60
  canvas.height = 40
  const blob = await new Promise((made) => canvas.toBlob(made))
  const clipboardData = new DataTransfer()
  clipboardData.items.add(new File([blob], '屏幕.png', { type: 'image/png' }))
  const pasted = { clipboardData, bubbles: true, cancelable: true }
  document.querySelector('textarea').dispatchEvent(new ClipboardEvent('paste', pasted))
}"""
NOTICES = """
  window.shown = []
  window.Notification = class {
    static permission = 'default'
    static async requestPermission() {
      return (Notification.permission = window.answer)
    }
    constructor(title, options) { window.shown.push([title, options.body]) }
  }
  Object.defineProperty(document, 'hidden', { get: () => !!window.away })
"""


async def serving(desk: Any, chat: Any) -> tuple[Desk, Any, str]:
    """Bring a customer and an agent together; return the conversation's id too."""
    agent = await (await desk()).ready()
    customer = await chat()
    await customer.says("第一句话")
    await customer.wants_person()
    await agent.accept()
    return agent, customer, agent.page.url.rsplit("/", 1)[1].partition("?")[0]


async def write(desk: Desk, conversation: str, text: str, kind: str = "agent") -> None:
    """Write through the interface, as fast as it takes it."""
    said = {"client_id": str(uuid4()), "kind": kind, "text": text, "file_ids": [], "mentions": []}
    if kind == "note":
        said["mentions"] = [desk.centre.ids["agent"]]
    answer = await desk.context.request.post(
        desk.centre.at(f"/api/conversations/{conversation}/messages"), data=said, headers=HEADERS
    )
    assert answer.ok, await answer.text()


async def test_a_long_conversation_from_both_sides(desk: Any, chat: Any) -> None:
    agent, customer, conversation = await serving(desk, chat)
    for n in range(1, MANY + 1):
        await write(agent, conversation, f"说明{n}")
    await agent.thread.get_by_text(f"说明{MANY}", exact=True).wait_for()
    left = "(one) => one.scrollHeight - one.scrollTop - one.clientHeight"
    assert await agent.thread.evaluate(left) < 2, "a burst took the thread away from its end"

    await customer.open(shop=False)
    await customer.sees(f"说明{MANY}")
    log = customer.panel.get_by_role("log")
    first = customer.panel.get_by_text("第一句话", exact=True)
    assert await first.count() == 0
    for _ in range(60):
        await log.hover()
        await customer.page.mouse.wheel(0, -700)
        await customer.page.wait_for_timeout(100)
        if await first.count():
            break
    said = await customer.panel.locator(".msg .bubble").all_inner_texts()
    assert [text for text in said if text.startswith("说明")] == [
        f"说明{n}" for n in range(1, MANY + 1)
    ]
    assert await first.count() == 1


async def test_colleagues_know_of_each_other_after_a_reload(desk: Any, chat: Any) -> None:
    agent, customer, conversation = await serving(desk, chat)
    supervisor = await desk("supervisor")
    await supervisor.go(f"/desk/inbox/{conversation}?view=all")
    await agent.page.get_by_text("李文也在查看").wait_for()
    await supervisor.page.get_by_text("王梅也在查看").wait_for()
    await agent.page.reload()
    await agent.page.get_by_text("李文也在查看").wait_for()
    await customer.field.press_sequentially("正在写")
    await agent.thread.get_by_text("客户正在输入").wait_for()
    await agent.composer.press_sequentially("马上来")
    await customer.sees("王梅正在输入")


async def test_a_supervisor_assigns_what_waits(centre: Centre, desk: Any, chat: Any) -> None:
    agent, supervisor = await (await desk("colleague")).ready(), await desk("supervisor")
    customer = await chat()
    await customer.says("第一句话")
    await customer.wants_person()
    await customer.sees("正在为您安排人工客服")
    await supervisor.go("/desk/inbox?view=queue")
    await supervisor.page.get_by_role("option").first.click()
    await supervisor.page.get_by_role("log").get_by_text("第一句话").first.wait_for()
    await supervisor.page.keyboard.press("a")
    box = supervisor.page.get_by_role("dialog")
    await box.get_by_role("option", name="陈涛").click()
    await box.get_by_role("button", name="分配会话").last.click()
    await supervisor.page.get_by_text("已分配给陈涛").wait_for()
    await agent.page.get_by_text("新分配的会话").first.wait_for()
    await agent.page.get_by_role("button", name="查看").click()
    await agent.reply("您好，请讲。")
    await customer.sees("您好，请讲。")


async def test_an_invited_person_joins_and_serves(
    centre: Centre, desk: Any, chat: Any, windows: Any
) -> None:
    admin = await desk("admin")
    await admin.go("/desk/admin/members")
    await admin.page.get_by_role("button", name="邀请成员").click()
    box = admin.page.get_by_role("dialog")
    await box.get_by_role("textbox", name="姓名").fill("辛一鸣")
    await box.get_by_role("textbox", name="登录名").fill(f"xin.{uuid4().hex[:6]}")
    await box.get_by_role("button", name="生成邀请链接").click()
    link = await box.get_by_text("/invitation/").inner_text()

    page = await (await windows()).new_page()
    await page.goto(link)
    await page.get_by_role("textbox", name="密码").fill("Xin-yi-ming-2026")
    await page.get_by_role("button", name="加入机构").click()
    await page.get_by_role("region", name="会话列表").wait_for()
    me = await (await page.context.request.get(centre.at("/api/session"))).json()
    people = {"member_ids": [me["member"]["id"], centre.ids["agent"]], "team_ids": []}
    queue = f"/api/queues/{centre.ids['queue']}/members"
    answer = await admin.context.request.put(centre.at(queue), data=people, headers=HEADERS)
    assert answer.ok, await answer.text()
    newcomer = Desk(centre, page.context)
    newcomer.page = page
    await newcomer.ready()
    customer = await chat()
    await customer.says("第一句话")
    await customer.wants_person()
    await newcomer.accept()
    await newcomer.reply("我是辛一鸣。")
    await customer.sees("我是辛一鸣。")
    await page.context.request.put(
        centre.at("/api/presence/me"), data={"state": "offline"}, headers=HEADERS
    )
    people["member_ids"].pop(0)
    await admin.context.request.put(centre.at(queue), data=people, headers=HEADERS)

    other = await (await windows()).new_page()
    await other.goto(link)
    await other.get_by_role("alert").get_by_text("链接已失效或已使用").wait_for()


async def test_films_and_pasted_pictures_arrive(desk: Any, chat: Any) -> None:
    agent, customer, _ = await serving(desk, chat)
    await customer.panel.locator("input[type=file]").first.set_input_files(str(CLIP))
    await customer.panel.get_by_text("hob-valve.mp4").wait_for()
    await customer.panel.get_by_role("button", name="发送", exact=True).click()
    await agent.thread.locator("video").wait_for()
    await customer.panel.evaluate(PASTE)
    await customer.panel.get_by_text("屏幕.png").wait_for()
    await customer.says("屏幕这样")
    picture = agent.thread.get_by_role("button", name="查看图片 屏幕.png")
    await picture.wait_for()
    loaded = "[...document.querySelectorAll('[role=log] img')].some((one) => one.naturalWidth)"
    await until(agent.page, loaded)
    gap = await customer.own.last.evaluate(
        "(one) => one.querySelector('.picture').getBoundingClientRect().top"
        " - one.querySelector('.plain').getBoundingClientRect().bottom"
    )
    assert gap >= 8, "the picture sticks to the text"


async def test_outside_hours_a_time_is_promised(centre: Centre, desk: Any, chat: Any) -> None:
    admin = await desk("admin")
    away = (datetime.now(UTC) + timedelta(hours=8, days=2)).strftime("%a").lower()
    form = {"name": "只开一天", "time_zone": "Asia/Shanghai", "week": {away: [["09:00", "10:00"]]}}
    request = admin.context.request
    hours = await (
        await request.post(centre.at("/api/business-hours"), data=form, headers=HEADERS)
    ).json()
    queue = centre.at(f"/api/queues/{centre.ids['queue']}")
    try:
        answer = await request.patch(queue, data={"hours_id": hours["id"]}, headers=HEADERS)
        assert answer.ok, await answer.text()
        customer = await chat()
        await customer.says("第一句话")
        await customer.wants_person()
        await customer.sees("现在不在人工服务时间")
        await customer.sees("您的留言已收到")
        assert "留言已收到" in await customer.panel.locator("header").inner_text()
        assert await customer.panel.get_by_text("正在为您安排人工客服").count() == 0
    finally:
        await request.patch(queue, data={"hours_id": None}, headers=HEADERS)


async def test_notices_are_asked_for_and_shown(centre: Centre, desk: Any, chat: Any) -> None:
    agent, _, conversation = await serving(desk, chat)
    supervisor = await desk("supervisor")
    await agent.context.add_init_script(NOTICES)
    for answer in ("denied", "granted"):
        await agent.page.reload()
        await agent.page.evaluate(f"window.answer = '{answer}'")
        await agent.page.get_by_role("banner").get_by_role("button").last.click()
        await agent.page.get_by_role("menuitem", name="偏好设置").click()
        await agent.page.get_by_role("button", name="允许桌面通知").click()
        if answer == "denied":
            await agent.page.get_by_role("status").get_by_text("浏览器已阻止通知").wait_for()
    await agent.page.get_by_role("switch", name="页面不在前台时通知").wait_for()
    await agent.page.evaluate("window.away = true")
    await write(supervisor, conversation, "@王梅 请回电", kind="note")
    await until(agent.page, "window.shown.length > 0")
    assert await agent.page.evaluate("window.shown[0]") == ["收到李文的备注提醒", None]


async def test_a_signed_link_goes_on_elsewhere(desk: Any, chat: Any, windows: Any) -> None:
    agent, customer, _ = await serving(desk, chat)
    await customer.panel.get_by_role("button", name="更多").click()
    await customer.panel.get_by_role("button", name="在其他设备上继续").click()
    link = await customer.panel.get_by_role("textbox", name="在其他设备上继续").input_value()
    phone = await (await windows(viewport={"width": 390, "height": 844})).new_page()
    await phone.goto(link)
    await phone.get_by_text("第一句话", exact=True).wait_for()
    assert "resume" not in phone.url
    field = phone.get_by_role("textbox", name="请输入您的问题")
    await field.fill("换手机了")
    await field.press("Enter")
    await agent.thread.get_by_text("换手机了", exact=True).wait_for()


async def test_a_half_written_note_stays_with_its_customer(centre: Centre, desk: Any) -> None:
    supervisor = await desk("supervisor")
    await supervisor.go("/desk/inbox?view=closed")
    page = supervisor.page

    async def opens(name: str) -> None:
        # What other tests have closed stands before it in the list.
        row = page.get_by_role("option", name=name)
        await page.get_by_role("option").first.wait_for()
        while not await row.count():
            await page.locator("#conversation-list").evaluate(
                "(list) => { list.scrollTop = list.scrollHeight }"
            )
            await page.wait_for_timeout(50)
        await row.click()
        await page.get_by_role("heading", name=name).first.wait_for()

    await opens("周强")
    note = page.get_by_role("textbox", name="输入客户备注")
    await note.fill("住三楼")
    await opens("孙丽")
    await until(page, "[...document.querySelectorAll('aside textarea')].every((one) => !one.value)")
    await opens("周强")
    await until(
        page,
        "[...document.querySelectorAll('aside textarea')].some((one) => one.value === '住三楼')",
    )
