"""Who is on the site: without a name, bounded, soon forgotten, only where it is wanted."""

from datetime import timedelta
from typing import Any
from uuid import uuid4

import httpx
import msgspec
import pytest

from peakend.conversations import actions, queries
from peakend.conversations.actions import browsing
from peakend.conversations.queries.visitor import forget_channels
from peakend.entry.app import create
from peakend.kernel import clock
from peakend.kernel.errors import Invalid
from tests.conversations.conftest import Centre


def looking(**given: Any) -> actions.Looking:
    return actions.Looking(**{"id": uuid4(), "url": "https://shop.example/a?token=1#x", **given})


async def sees(centre: Centre, seen: actions.Looking, now: Any = None) -> bool:
    async with centre.tx(None, now) as tx:
        return await actions.see_visitor(tx, channel_id=centre.channel_id, seen=seen)


async def here(centre: Centre, by: Any = None, **more: Any) -> queries.VisitorsHere:
    by = by or centre.supervisor
    async with centre.tx(by) as tx:
        return await queries.visitors_here(tx, by, **more)


async def test_a_page_without_its_secrets_and_the_host_it_came_from(centre: Centre) -> None:
    seen = looking(
        title="灶具\u202e", referrer="https://search.example/q?name=王", came_before=True
    )
    assert not await sees(centre, seen)
    assert await sees(centre, msgspec.structs.replace(seen, url="https://shop.example/b"))
    (one,) = (await here(centre)).items
    assert (one.url, one.title, one.referrer) == (
        "https://shop.example/b", "灶具", "search.example",
    )  # fmt: skip
    assert (one.pages, one.came_before, one.signed_in) == (2, True, False)
    for wrong in ({"url": "javascript:alert(1)"}, {"title": "\ud800"}, {"referrer": "\ud800"}):
        with pytest.raises(Invalid):
            await sees(centre, looking(**wrong))


async def test_the_newest_pages_in_their_order(centre: Centre) -> None:
    seen = looking(title="灶具")
    for at in range(25):
        one = msgspec.structs.replace(
            seen, url=f"https://shop.example/{at}?q=王", title=f"第{at}页"
        )
        # A tab that stays where it is tells of itself again.
        for _ in range(2):
            await sees(centre, one)
    (one,) = (await here(centre)).items
    assert one.pages == 25
    assert [page.title for page in one.trail] == [f"第{at}页" for at in range(5, 25)]
    assert one.trail[-1].url == "https://shop.example/24"


async def test_who_left_is_not_shown_and_then_forgotten(centre: Centre) -> None:
    now, facts = clock.now(), await centre.value("SELECT count(*) FROM event")
    await sees(centre, looking(), now - timedelta(minutes=11))
    await sees(centre, looking(), now - timedelta(minutes=5))
    await sees(centre, looking(), now)
    assert (await here(centre)).count == 1
    async with centre.tx() as tx:
        await actions.forget_visitors(tx)
    assert await centre.value("SELECT count(*) FROM browsing") == 2
    assert await centre.value("SELECT count(*) FROM event") == facts
    logged = "SELECT relpersistence FROM pg_class WHERE relname = 'browsing'"
    assert await centre.value(logged) in ("u", b"u")


async def test_there_is_room_for_so_many(centre: Centre, monkeypatch: Any) -> None:
    monkeypatch.setattr(browsing, "MOST_VISITORS", 2)
    for _ in range(3):
        await sees(centre, looking())
    first = await here(centre, limit=1)
    assert (first.count, len(first.items)) == (2, 1)
    second = await here(centre, limit=1, after=first.next)
    assert second.items[0].id != first.items[0].id
    assert second.next is None


async def test_whose_channel_it_is(centre: Centre, another: Any) -> None:
    await sees(centre, looking())
    assert (await here(centre, by=centre.agent)).count == 1
    assert (await here(centre, by=centre.other)).count == 0
    away = await another()
    assert (await here(away)).count == 0


async def test_a_tab_tells_only_where_the_house_wants_it(centre: Centre) -> None:
    key = await centre.value("SELECT key FROM channel")
    app = create(centre.database)
    browser = httpx.AsyncClient(
        transport=httpx.ASGITransport(app=app), base_url="http://testserver"
    )
    path = f"/api/web/{key}/visits"
    body = msgspec.json.encode(looking())
    headers = {"Content-Type": "text/plain", "Origin": "https://shop.example"}
    assert (await browser.post(path, content=body, headers=headers)).status_code == 403
    changes = {"domains": ["shop.example"]}
    async with centre.tx(centre.supervisor) as tx:
        await actions.change_channel(tx, channel_id=centre.channel_id, changes=changes)
    answer = await browser.post(path, content=body, headers=headers)
    assert answer.json() == {"next_s": 0, "invitation": None}
    assert await centre.value("SELECT count(*) FROM browsing") == 0
    async with centre.tx(centre.supervisor) as tx:
        await actions.change_channel(
            tx, channel_id=centre.channel_id, changes={"look": {"visitors": True}}
        )
        line = queries.script_line(
            "https://s.example", await queries.need_channel(tx, centre.channel_id), "#0b6b75"
        )
    assert "widget-here.js" in line
    forget_channels()
    answer = await browser.post(path, content=body, headers=headers)
    assert answer.json() == {"next_s": 20, "invitation": None}
    assert answer.headers["access-control-allow-origin"] == "https://shop.example"
    for wrong in (b"", b"{}", b"\xff", b'{"id":1}', b"[" * 3000):
        assert (await browser.post(path, content=wrong, headers=headers)).status_code == 422
    assert (await browser.post(path, content=b"x" * 5000, headers=headers)).status_code == 413
    assert (await here(centre)).count == 1
