"""Tags carried in by their name, and out again."""

from tests.exchange.conftest import Dock, counts


async def test_tags(dock: Dock) -> None:
    done = await dock.all_in("标签,颜色\n上门,#1f5fae\n催单,红\n回访,\n上门,\n", "tags")
    assert counts(done) == (2, 0, 0, 2)
    assert await dock.faults(done.id) == [
        (3, "颜色", "“红”不是颜色；请写成 #1f5fae 这样的六位色码"),
        (5, "标签", "与第 2 行重复；请只保留一行"),
    ]
    assert counts(await dock.all_in("标签,颜色\n上门,#177243\n", "tags")) == (0, 0, 1, 0)
    again = await dock.all_in("标签,颜色\n上门,#177243\n", "tags", rule="overwrite")
    assert counts(again) == (0, 1, 0, 0)
