"""Articles as a zip of Markdown files: in with pictures, out, and in again without a change."""

import io
import zipfile
from pathlib import Path

import httpx
import pytest
from PIL import Image

from peakend.exchange import actions, queries
from peakend.kernel.errors import PeakendError
from tests.exchange.conftest import Dock, counts
from tests.exchange.test_articles import carried_out


def picture(colour: str, form: str = "PNG") -> bytes:
    """Return a small picture."""
    out = io.BytesIO()
    Image.new("RGB", (40, 20), colour).save(out, form)
    return out.getvalue()


def zipped(files: dict[str, str | bytes]) -> bytes:
    """Return files as a zip."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in files.items():
            archive.writestr(name, data)
    return out.getvalue()


def files_of(data: bytes) -> dict[str, bytes]:
    """Return what lies in a zip."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


HOUSE: dict[str, str | bytes] = {
    "returns/README.md": "---\ntitle: 退换货\ntitle_en: Returns\nposition: 4\n---\n",
    "returns/refund-time.md": "---\ntitle: 退款多久到账\nstatus: published\nquestions:\n"
    "  - 退款什么时候到；钱多久退\n---\n\n先看图：\n\n![一张图](images/a.png)\n\n"
    "再看[寄回](send.md)。\n",
    "returns/send.md": "---\ntitle: 怎么寄回\naudience: agent\npictures: [images/b.jpg]\n"
    "---\n\n寄到仓库。\n",
    "returns/images/a.png": picture("red"),
    "returns/images/b.jpg": picture("blue", "JPEG"),
    "faq.md": "---\ntitle: 常见问题\nlang: zh\n---\n\n无\n",
}


async def test_in_and_out_and_in_again(dock: Dock, browser: httpx.AsyncClient) -> None:
    done = await dock.all_in(zipped(HOUSE), "articles", "overwrite")
    assert counts(done) == (3, 0, 0, 0)
    refund = await dock.value("SELECT to_jsonb(a) FROM article a WHERE slug = 'refund-time'")
    assert isinstance(refund, dict)
    assert refund["state"] == "published"
    assert refund["questions"] == ["退款什么时候到；钱多久退"]
    assert f"![一张图](file:{refund['picture_ids'][0]})" in refund["body"]
    assert "[寄回](article:send)" in refund["body"]
    category = await dock.value("SELECT to_jsonb(c) FROM article_category c")
    assert isinstance(category, dict)
    assert (category["slug"], category["name_zh"], category["name_en"], category["position"]) == (
        "returns", "退换货", "Returns", 4,
    )  # fmt: skip
    # The same folder again changes nothing and stores no picture twice.
    pictures = await dock.value("SELECT count(*) FROM file WHERE purpose = 'article'")
    assert pictures == 2
    assert counts(await dock.all_in(zipped(HOUSE), "articles", "overwrite")) == (0, 0, 3, 0)
    assert await dock.value("SELECT count(*) FROM file WHERE purpose = 'article'") == 2
    out = await carried_out(dock, browser, "articles", "md")
    first = files_of(out)
    assert set(first) == {
        "returns/README.md", "returns/refund-time.md", "returns/send.md", "faq.md",
        "returns/images/refund-time-1.png", "returns/images/send-1.jpg",
    }  # fmt: skip
    assert "[寄回](send.md)" in first["returns/refund-time.md"].decode()
    assert counts(await dock.all_in(out, "articles", "overwrite")) == (0, 0, 3, 0)
    # Into an empty house, and out of that: the same files, byte for byte.
    async with dock.floor.tx() as tx:
        await tx.run("DELETE FROM article")
        await tx.run("DELETE FROM article_category")
        await tx.run("DELETE FROM file WHERE purpose = 'article'")
    assert counts(await dock.all_in(out, "articles")) == (3, 0, 0, 0)
    again = files_of(await carried_out(dock, browser, "articles", "md"))
    # A photograph is written anew when it comes in, as at the desk.
    assert {name: data for name, data in again.items() if not name.endswith(".jpg")} == {
        name: data for name, data in first.items() if not name.endswith(".jpg")
    }


async def test_a_trial_stores_nothing(dock: Dock) -> None:
    run_id = await dock.take(zipped(HOUSE), "articles")
    tried = await dock.check(run_id, mapping={"title": 0})
    assert (counts(tried), tried.state, tried.encoding) == ((3, 0, 0, 0), "checked", "zip")
    assert await dock.value("SELECT count(*) FROM article") == 0
    assert await dock.value("SELECT count(*) FROM file WHERE purpose = 'article'") == 0
    # What was written to the disk on the way goes again.
    assert await dock.value("SELECT count(*) FROM file_gone") >= 2


async def test_what_is_wrong_says_file_and_line(dock: Dock) -> None:
    run_id = await dock.take(
        zipped(
            {
                "a/good.md": "---\ntitle: 好\n---\n\n正文",
                "a/lost.md": "---\ntitle: 丢\n---\n\n一\n\n![](gone.png)\n",
                "a/fake.md": "---\ntitle: 假\n---\n![](fake.png)",
                "a/fake.png": b"no picture at all",
                "a/reader.md": "---\ntitle: 读者\naudience: 机器人\n---\n正文",
                "a/broken.md": "---\ntitle: 'x\n---\n正文",
                "a/one.md": "---\nslug: same\n---\n正文",
                "a/two.md": "---\nslug: same\n---\n正文",
                "a/state.md": "---\ntitle: 空\nstatus: published\n---\n",
            }
        ),
        "articles",
    )
    tried = await dock.check(run_id)
    assert counts(tried) == (1, 0, 0, 7)
    async with dock.floor.tx(dock.admin) as tx:
        found = await queries.faults(tx, run_id, dock.admin, after=-1)
    assert [(one.file, one.line, one.column) for one in found] == [
        ("a/broken.md", 2, "标题"),
        ("a/fake.md", 4, "正文"),
        ("a/lost.md", 7, "正文"),
        ("a/one.md", 2, "网址名"),
        ("a/reader.md", 3, "谁可以看"),
        ("a/state.md", 3, "状态"),
        ("a/two.md", 2, "网址名"),
    ]
    assert found[2].why == "压缩包里没有图片“gone.png”；请检查路径，或把图片一起放进压缩包"
    assert found[3].why == "与“a/two.md”的网址名相同；请改掉其中一个"
    # The others are let in all the same.
    done = await dock.start(run_id)
    assert counts(done) == (1, 0, 0, 7)


@pytest.mark.parametrize(
    ("files", "wording"),
    [
        ({"../x.md": "x"}, "kernel.pack_unsafe"),
        ({"x.md": "x" * 3_000_000}, "kernel.pack_too_large"),
        ({"x.txt": "x"}, "knowledge.pack_empty"),
    ],
)
async def test_a_hostile_zip_is_refused(
    dock: Dock, files: dict[str, str | bytes], wording: str
) -> None:
    with pytest.raises(PeakendError) as refused:
        await dock.take(zipped(files), "articles")
    assert refused.value.wording == wording


async def test_only_articles_are_a_folder(
    dock: Dock, browser: httpx.AsyncClient, tmp_path: Path
) -> None:
    with pytest.raises(PeakendError) as refused:
        await dock.take(zipped({"x.md": "x"}), "customers")
    assert refused.value.wording == "exchange.folder_elsewhere"
    asked = await browser.post(
        "/api/exports",
        json={"client_id": "018f3a52-0000-7000-8000-000000000001", "kind": "tags", "format": "md"},
    )
    assert asked.status_code == 422
    kinds = (await browser.get("/api/import-kinds")).json()
    assert [one["code"] for one in kinds if one["folder"]] == ["articles"]


async def test_the_folder_goes_with_its_run(dock: Dock) -> None:
    await dock.take(zipped(HOUSE), "articles")
    assert await dock.value("SELECT count(*) FROM file WHERE purpose = 'import'") == 2
    dock.floor.wait(9 * 24 * 3600)
    async with dock.floor.tx() as tx:
        await actions.sweep(tx)
    assert await dock.value("SELECT count(*) FROM file WHERE purpose = 'import'") == 0
