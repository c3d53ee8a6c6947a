"""A conversation goes wrong: the supervisor sees it, whispers, takes over, hands it back."""

from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_from_the_first_bad_word_to_the_way_back(desk: Any, chat: Any) -> None:
    agent = await (await desk()).ready()
    boss = await desk("supervisor")
    await boss.go("/desk/interventions")
    await boss.page.get_by_text("没有需要干预的会话").wait_for()
    customer = await chat()
    await customer.says("灶台打不着火")
    await customer.wants_person()
    await agent.accept()
    await customer.says("等了半天没人管，太差了")

    # It comes by itself, with its reason in words.
    item = boss.page.get_by_role("listitem").filter(has_text="有不满的话1次").first
    await item.wait_for()
    await boss.page.keyboard.press("j")
    whisper = boss.page.get_by_role("textbox", name="给王梅发密语")
    await whisper.fill("先道歉，再约今天上门")
    await whisper.press("Enter")
    heard = agent.page.get_by_role("region", name="密语：李文")
    await heard.get_by_text("先道歉，再约今天上门").wait_for()
    answer = heard.get_by_role("textbox", name="写给李文")
    await answer.fill("好的，马上")
    await answer.press("Enter")
    await boss.page.get_by_text("好的，马上").wait_for()
    await customer.page.wait_for_timeout(300)
    assert await customer.panel.get_by_text("先道歉").count() == 0

    await boss.page.get_by_role("button", name="接管会话").click()
    await boss.page.get_by_text("从王梅手里接管").wait_for()
    await boss.reply("我是主管李文，今天一定安排好")
    await customer.sees("我是主管李文")
    await boss.page.get_by_role("button", name="交还王梅").click()
    await boss.page.get_by_text("已交还王梅").first.wait_for()
    await agent.page.get_by_role("button", name="结束会话").first.wait_for()

    await boss.page.get_by_role("button", name="不用干预").first.click()
    await boss.page.get_by_role("menuitem", name="已经处理").click()
    await boss.page.get_by_text("没有需要干预的会话").wait_for()
    await boss.page.get_by_role("button", name="撤销").click()
    await item.wait_for()
