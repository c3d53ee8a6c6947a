"""How a brand looks: what is kept, who may change it, and where customers see it."""

import io
from uuid import UUID

import httpx
import pytest
from PIL import Image

from peakend.accounts import actions, queries
from peakend.conversations import actions as conversations
from peakend.conversations import queries as timeline
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from peakend.kernel.pictures import MAX_MARK_BYTES
from tests.accounts.people import Person, a_person
from tests.databases import make_organisation

LOOK = {
    "colour": "#8a4b12",
    "footer_zh": "邻家维修",
    "footer_en": "Next-door repairs",
    "links": [{"name_zh": "价目表", "name_en": "Prices", "url": "https://shop.example/p?a=1&b=2"}],
    "version": 0,
}


def a_mark(size: tuple[int, int] = (1200, 300)) -> bytes:
    out = io.BytesIO()
    Image.new("RGBA", size, (200, 0, 0, 0)).save(out, "PNG")
    return out.getvalue()


@pytest.fixture
async def boss(database: Database, client: httpx.AsyncClient, organisation: UUID) -> Person:
    return await a_person(database, client, organisation, role="admin")


@pytest.fixture
async def brand(database: Database, organisation: UUID) -> UUID:
    async with database.transaction(Actor.system(organisation)) as tx:
        return await actions.add_brand(tx, name="邻家维修", slug="next-door")


async def sends(person: Person, brand: UUID, which: str, data: bytes) -> httpx.Response:
    return await person.browser.post(
        f"/api/brands/{brand}/{which}", files={"file": ("m.png", data)}
    )


async def test_a_look_is_seen_by_customers_in_both_languages(
    client: httpx.AsyncClient, database: Database, boss: Person, brand: UUID
) -> None:
    before = (await boss.get(f"/brands/{brand}/look")).json()
    assert before["version"] == 0
    kept = (await boss.send("PUT", f"/brands/{brand}/look", LOOK)).json()
    assert (kept["colour"], kept["version"]) == ("#8a4b12", 1)
    logo = (await sends(boss, brand, "logo", a_mark())).json()
    icon = (await sends(boss, brand, "icon", a_mark((400, 200)))).json()
    assert (logo["logo_width"], logo["logo_height"]) == (480, 120)
    for path, size in ((icon["logo_url"], (480, 120)), (icon["icon_url"], (180, 180))):
        found = await client.get(path)
        assert (found.status_code, found.headers["content-type"]) == (200, "image/png")
        with Image.open(io.BytesIO(found.content)) as picture:
            assert (picture.size, picture.mode) == (size, "RGBA")

    chinese = (await client.get("/help/b/next-door?lang=zh-CN")).text
    english = (await client.get("/help/b/next-door?lang=en")).text
    for page in (chinese, english):
        assert f'src="{icon["logo_url"]}"' in page
        assert f'href="{icon["icon_url"]}"' in page
        assert 'href="https://shop.example/p?a=1&amp;b=2"' in page
    assert "价目表" in chinese
    assert "Next-door repairs" in english
    # Nothing of it on the pages of another brand.
    other = (await client.get("/help/b/main?lang=en")).text
    assert "Next-door repairs" not in other
    assert icon["logo_url"] not in other


async def test_a_channel_without_a_colour_has_its_brands(
    client: httpx.AsyncClient, database: Database, boss: Person, brand: UUID
) -> None:
    await boss.send("PUT", f"/brands/{brand}/look", LOOK)
    mark = (await sends(boss, brand, "icon", a_mark((64, 64)))).json()["icon_url"]
    async with database.transaction(Actor.system(boss.organisation_id)) as tx:
        changes = {"brand_id": brand, "look": {"colour": ""}}
        channel_id = await conversations.add_channel(tx, name="网页", changes=changes)
        key = (await timeline.need_channel(tx, channel_id)).key
    shown = (await client.get(f"/api/web/{key}/config")).json()
    assert shown["channel"]["look"]["colour"] == "#8a4b12"
    assert shown["brand"]["mark"] == mark
    assert shown["brand"]["footer_en"] == "Next-door repairs"
    assert shown["brand"]["links"] == LOOK["links"]
    line = (await boss.get(f"/channels/{channel_id}/script")).json()["html"]
    assert 'data-colour="#8a4b12"' in line


async def test_what_cannot_be_read_or_reached_is_refused(boss: Person, brand: UUID) -> None:
    link = LOOK["links"][0]  # type: ignore[index]
    for change, field in (
        ({"colour": "#ffe000"}, "colour"),
        ({"links": [link, link | {"url": "javascript:alert(1)"}]}, "links.1"),  # type: ignore[operator]
        ({"links": [link | {"url": "https://a@b.example/"}]}, "links.0"),  # type: ignore[operator]
        ({"links": [link | {"name_zh": " "}]}, "links.0"),  # type: ignore[operator]
    ):
        refused = await boss.send("PUT", f"/brands/{brand}/look", LOOK | change)
        assert refused.status_code == 422, change
        assert field in refused.json()["error"]["fields"]
    assert (await boss.get(f"/brands/{brand}/look")).json()["version"] == 0


async def test_only_pictures_within_bounds_are_kept(
    boss: Person, brand: UUID, client: httpx.AsyncClient
) -> None:
    for data in (b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"%PDF-1.7", a_mark()[:60]):
        assert (await sends(boss, brand, "logo", data)).status_code == 422
    big = a_mark() + b"\x00" * MAX_MARK_BYTES
    assert (await sends(boss, brand, "logo", big)).status_code == 413
    first = (await sends(boss, brand, "logo", a_mark())).json()["logo_url"]
    await sends(boss, brand, "logo", a_mark((300, 100)))
    assert (await client.get(first)).status_code == 404
    gone = await boss.send("DELETE", f"/brands/{brand}/logo")
    assert gone.json()["logo_url"] is None


async def test_an_old_look_never_overwrites_a_newer_one(
    database: Database, boss: Person, brand: UUID
) -> None:
    await boss.send("PUT", f"/brands/{brand}/look", LOOK)
    stale = await boss.send("PUT", f"/brands/{brand}/look", LOOK | {"footer_zh": "旧"})
    assert (stale.status_code, stale.json()["error"]["code"]) == (409, "accounts.look_changed")
    async with database.transaction(Actor.system(boss.organisation_id)) as tx:
        assert (await queries.brand_look(tx, brand)).footer_zh == "邻家维修"
        facts = await tx.value("SELECT count(*) FROM event WHERE type = 'BrandChanged'")
        assert facts == 1


async def test_other_houses_and_agents_do_not_reach_it(
    database: Database, client: httpx.AsyncClient, boss: Person, brand: UUID, organisation: UUID
) -> None:
    agent = await a_person(database, client, organisation)
    second = await make_organisation(database, "邻家")
    stranger = await a_person(database, client, second, role="admin")
    for method, path, body in (
        ("GET", "look", None),
        ("PUT", "look", LOOK),
        ("DELETE", "logo", None),
    ):
        assert (await agent.send(method, f"/brands/{brand}/{path}", body)).status_code == 403
        assert (await stranger.send(method, f"/brands/{brand}/{path}", body)).status_code == 404
