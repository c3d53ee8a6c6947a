"""A mail at the desk: what is asked of the world while it is read, and how it is read by keys."""

import asyncio
import contextlib
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import pytest
from playwright.async_api import expect

from tests.browser.centre import Centre
from tests.browser.test_axe import faults
from tests.mail.arrived import a_mail, arrived
from tests.mail.test_html import HOSTILE

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]
LETTER = (
    "<p>请看图。</p><img src='cid:one@x' alt='灶台' width='120' height='120'>"
    "<p>维修时间请回信，<a href='https://shop.example/'>我的订单</a></p>"
    "<img src='https://{host}/open.png' width='40' height='40'>"
    "<div>在 2026年11月20日，客服 写道：</div><blockquote>您好</blockquote>"
)


@contextlib.asynccontextmanager
async def stranger() -> AsyncIterator[tuple[str, list[str]]]:
    """Listen somewhere else, and note who calls."""
    called: list[str] = []

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        called.append((await reader.readline()).decode())
        writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield f"127.0.0.1:{server.sockets[0].getsockname()[1]}", called
    finally:
        server.close()


async def placed(centre: Centre, monkeypatch: pytest.MonkeyPatch, host: str = "") -> str:
    """Return a conversation with a mail; with `host` a hostile one that the cleaner let through."""
    from peakend.accounts.queries import organisation_ids
    from peakend.conversations import actions
    from peakend.conversations.queries import channels
    from peakend.customers.actions import start_visit
    from peakend.kernel.actors import Actor
    from peakend.kernel.db import Database
    from peakend.kernel.ids import new_id
    from peakend.kernel.settings import settings

    assert centre.log is not None
    monkeypatch.setattr(settings, "data_dir", Path(centre.log).parent)
    database = await Database(centre.dsn).open(1, listen=False)
    try:
        organisation_id = (await organisation_ids(database))[0]
        async with database.transaction(Actor.system(organisation_id)) as tx:
            channel = next(one for one in await channels(tx) if one.active)
            visit = await start_visit(tx, channel_id=channel.id, language="zh-CN")
            message = await actions.receive(
                tx, channel_id=channel.id, customer_id=visit.customer_id, client_id=new_id(),
                text="请看图。",
            )  # fmt: skip
            received_id = await arrived(
                tx, a_mail(LETTER.replace("{host}", host), invite=True), message.id, "failed"
            )
            await tx.run(
                "UPDATE received_content SET html = html || $2"
                " WHERE organisation_id = current_organisation() AND received_id = $1",
                received_id,
                "".join(f"<div>{one}</div>" for one in HOSTILE if host)
                .replace("https://evil.example", f"http://{host}")
                .replace("evil.example", host),
            )
        return str(message.conversation_id)
    finally:
        await database.close()


async def test_a_mail_asks_nobody_for_anything(
    centre: Centre, desk: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    async with stranger() as (host, called):
        conversation_id = await placed(centre, monkeypatch, host)
        await _read(centre, desk, conversation_id)
        assert called == []
    await _looks(desk, await placed(centre, monkeypatch))


async def _read(centre: Centre, desk: Any, conversation_id: str) -> None:
    lead = await desk("supervisor")
    page, asked, dialogs = lead.page, [], []
    lead.context.on("request", lambda request: asked.append(request.url))
    page.on("dialog", lambda dialog: dialogs.append(dialog.message))
    await lead.go(f"/desk/inbox/{conversation_id}?view=all")
    mail = lead.thread.get_by_role("region", name="邮件")
    await expect(mail.get_by_role("heading", name="灶台打不着火")).to_be_visible()
    await expect(mail.get_by_text("发件人很可能是冒用的")).to_be_visible()
    await expect(mail.get_by_role("group", name="日历邀请")).to_contain_text("上门维修, 第二次")
    await mail.get_by_role("button", name="查看整封邮件").press("Enter")
    reader = page.get_by_role("dialog", name="灶台打不着火")
    frame = reader.frame_locator("iframe")
    inside = frame.get_by_role("img", name="灶台")
    await expect(inside).to_have_js_property("naturalWidth", 1)
    await expect(frame.get_by_text("您好", exact=True)).to_be_hidden()
    await frame.get_by_label("显示引用的历史").press("Enter")
    await expect(frame.get_by_text("您好", exact=True)).to_be_visible()
    assert not any("/pictures/2" in one for one in asked)
    await expect(reader.get_by_role("button", name="总是显示")).to_have_count(0)
    await reader.get_by_role("button", name="显示图片").click()
    await expect(reader.get_by_text("无法显示")).to_be_visible()
    assert any("/pictures/2" in one for one in asked)
    assert dialogs == []
    assert page.url.startswith(centre.base)
    link = frame.get_by_role("link", name="我的订单")
    async with page.expect_popup() as opened:
        await link.click()
    leaving = await opened.value
    await expect(leaving.get_by_text("shop.example", exact=True)).to_be_visible()
    await leaving.close()
    await reader.get_by_role("button", name="关闭").press("Escape")
    await expect(reader).to_have_count(0)
    await expect(mail.get_by_role("button", name="查看整封邮件")).to_be_focused()


async def _looks(desk: Any, conversation_id: str) -> None:
    # What looks for faults needs a window in which no policy holds: nothing hostile comes here.
    narrow = await desk(
        "supervisor", bypass_csp=True, viewport={"width": 390, "height": 844}, locale="zh-CN"
    )
    await narrow.go(f"/desk/inbox/{conversation_id}?view=all")
    assert await faults(narrow.page) == []
    await narrow.page.get_by_role("button", name="查看整封邮件").click()
    await narrow.page.frame_locator("iframe").get_by_text("维修时间").wait_for()
    assert await faults(narrow.page) == []
    await narrow.page.keyboard.press("Escape")
    await expect(narrow.page.get_by_role("dialog")).to_have_count(0)
    await expect(narrow.thread.get_by_role("region", name="邮件")).to_be_visible()
