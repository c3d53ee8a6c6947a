"""A table dropped, its columns mapped, tried, mended, let in; and one carried out."""

import io
import zipfile
from pathlib import Path
from typing import Any

import pytest

from peakend.kernel.lockbox import unlock

pytestmark = [pytest.mark.browser, pytest.mark.asyncio(loop_scope="session")]


async def test_a_table_in_and_out(desk: Any, tmp_path: Path) -> None:
    boss = await desk("admin")
    page = boss.page
    await boss.go("/desk/admin/exchange")
    table = "会员卡,姓名,手机\nX-9001,周小燕,13700009001\nX-9002,吴刚,1.37E+10\n".encode("gb18030")
    await page.locator("input[type=file]").set_input_files(
        {"name": "会员.csv", "mimeType": "text/csv", "buffer": table}
    )
    await page.get_by_text("按 GB18030 读取").wait_for()
    # One heading says nothing to us: it is mapped by hand.
    await page.get_by_text("这些列不会导入：会员卡").wait_for()
    await page.get_by_role("combobox", name="“客户编号”对应的列").click()
    await page.get_by_role("option", name="会员卡").click()
    await page.get_by_text("X-9001 · X-9002").wait_for()
    await page.get_by_role("button", name="试运行").click()
    await page.get_by_text("表格软件把号码改成了“1.37E+10”").wait_for()
    async with page.expect_download() as wrong:
        await page.get_by_role("button", name="下载有错的行").click()
    assert (await wrong.value).suggested_filename == "会员-wrong.csv"
    await page.get_by_role("button", name="导入 1 行").click()
    await page.get_by_text("导入已完成。").wait_for()

    await boss.go("/desk/admin/exchange?tab=out")
    await page.get_by_label("筛选").fill("周小燕")
    await page.get_by_role("button", name="导出客户").click()
    async with page.expect_download() as made:
        await page.get_by_role("button", name="下载").click()
    path = await (await made.value).path()
    assert "X-9001,周小燕,137****9001" in path.read_text("utf-8-sig")

    await boss.go("/desk/admin/exchange?tab=all")
    await page.get_by_label("用途").fill("换服务器")
    await page.get_by_role("button", name="导出整个机构").click()
    async with page.expect_download() as packed:
        await page.get_by_role("button", name="下载").click()
    passphrase = await page.get_by_role("region", name="口令").inner_text()
    unlock(Path(await (await packed.value).path()), passphrase, tmp_path / "house.zip")
    with zipfile.ZipFile(tmp_path / "house.zip") as archive:
        assert b"X-9001" not in archive.read("tables/identity.jsonl")
        assert "周小燕" in archive.read("tables/customer.jsonl").decode()


async def test_a_folder_of_articles_in(desk: Any) -> None:
    boss = await desk("admin")
    page = boss.page
    await boss.go("/desk/admin/exchange?kind=articles")
    data = io.BytesIO()
    with zipfile.ZipFile(data, "w") as archive:
        archive.writestr(
            "手册/搬家/order-a-move.md", "---\ntitle: 怎么预约搬家\n---\n\n提前两天。\n"
        )
        archive.writestr("手册/搬家/lost.md", "---\ntitle: 丢了\n---\n\n![](gone.png)\n")
    await page.locator("input[type=file]").set_input_files(
        {"name": "手册.zip", "mimeType": "application/zip", "buffer": data.getvalue()}
    )
    await page.get_by_text("手册/搬家/order-a-move.md").wait_for()
    await page.get_by_role("button", name="试运行").click()
    await page.get_by_text("压缩包里没有图片“gone.png”").wait_for()
    await page.get_by_role("cell", name="手册/搬家/lost.md").wait_for()
    await page.get_by_role("button", name="导入 1 篇").click()
    await page.get_by_text("导入已完成。").wait_for()
