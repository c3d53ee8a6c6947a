"""A brand's look is changed on its page, shown there before it is saved, and met by customers."""

from typing import Any

import pytest

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_a_brands_look_is_seen_before_and_after_it_is_saved(desk: Any) -> None:
    boss = await desk("admin")
    page = boss.page
    await boss.go("/desk/admin/organisation")
    rows = page.get_by_role("region", name="品牌").get_by_role("row")
    await rows.nth(1).click()
    await page.get_by_role("textbox", name="页脚文字（中文）").fill("邻家服务，先报价再动工")
    await page.get_by_role("button", name="添加链接").click()
    await page.get_by_role("textbox", name="中文名称").fill("价目表")
    await page.get_by_role("textbox", name="地址", exact=True).fill("https://shop.example/prices")
    preview = page.get_by_role("region", name="预览")
    await preview.get_by_text("邻家服务，先报价再动工").wait_for()
    await preview.get_by_text("价目表").wait_for()
    async with page.expect_response(lambda one: one.request.method == "PUT") as answer:
        await page.get_by_role("button", name="保存修改").click()
    assert (await answer.value).status == 200

    await page.goto(boss.centre.at("/help/b/main?lang=zh-CN"))
    await page.get_by_text("邻家服务，先报价再动工").wait_for()
    link = page.get_by_role("link", name="价目表")
    assert await link.get_attribute("href") == "https://shop.example/prices"
