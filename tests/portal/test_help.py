"""The help centre: public, whole without script, closed to what is not published."""

import re
from uuid import UUID

import httpx
import pytest

from peakend.accounts import actions as accounts
from peakend.conversations import actions as conversations
from peakend.conversations import queries as timeline
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from peakend.kernel.settings import settings
from peakend.kernel.worker import Worker
from peakend.knowledge import actions as knowledge
from peakend.knowledge import queries as knowledge_queries
from peakend.portal import rules
from tests.databases import make_organisation


@pytest.fixture
async def shown(database: Database, organisation: UUID) -> UUID:
    """Publish a little help centre and return its organisation."""
    by = Actor.system(organisation)
    async with database.transaction(by) as tx:
        gas = await accounts.add_brand(tx, name="安居燃气", slug="gas-1")
        category = await knowledge.save_category(tx, slug="hob", name_zh="灶具", name_en="Gas hobs")
        for slug, title, audience, publish in (
            ("hob", "燃气灶打不着火怎么办", "customer", True),
            ("secret", "补偿标准", "agent", True),
            ("draft", "未发布的文章", "customer", False),
        ):
            article_id = await knowledge.write_article(
                tx, title=title, slug=slug, by=by, category_id=category, brand_id=gas,
                audience=audience, body="看阀门。\n\n## 一\n\n甲\n\n## 二\n\n乙\n\n## 三\n\n丙",
                questions=["煤气灶打不着火"],
            )  # fmt: skip
            if publish:
                await knowledge.publish(tx, article_id=article_id, by=by)
    await Worker(database).drain()
    return organisation


@pytest.mark.parametrize(
    "path", ["/help", "/help/b/gas-1", "/help/c/hob", "/help/a/hob", "/help/search?q=打不着火"]
)
async def test_pages_are_there_in_both_languages(
    client: httpx.AsyncClient, shown: UUID, path: str
) -> None:
    join = "&" if "?" in path else "?"
    for language in ("zh-CN", "en"):
        page = await client.get(f"{path}{join}lang={language}")
        assert page.status_code == 200
        assert f'<html lang="{language}"' in page.text
        assert "燃气灶打不着火怎么办" in page.text
        assert "补偿标准" not in page.text
        assert "未发布" not in page.text
        assert "<script" not in page.text
        assert "portal." not in page.text
        assert "default-src 'none'" in page.headers["content-security-policy"]


async def test_an_article_in_both_languages_is_read_in_ones_own(
    client: httpx.AsyncClient, shown: UUID, database: Database
) -> None:
    by = Actor.system(shown)
    async with database.transaction(by) as tx:
        category = (await knowledge_queries.categories(tx))[0].id
        body = "先关阀门。\n\n## English: Close the valve\n\nTurn it."
        article_id = await knowledge.write_article(
            tx, title="怎样关阀门", slug="valve", by=by, category_id=category, body=body,
            audience="customer",
        )  # fmt: skip
        await knowledge.publish(tx, article_id=article_id, by=by)
    for path in ("/help", "/help/c/hob", "/help/a/valve"):
        chinese = (await client.get(f"{path}?lang=zh-CN")).text
        assert "怎样关阀门" in chinese
        assert "Close the valve" not in chinese
        english = (await client.get(f"{path}?lang=en")).text
        assert "Close the valve" in english
        assert "怎样关阀门" not in english
    assert "in Chinese only" not in english
    assert "Turn it." in english


@pytest.mark.parametrize(
    "path",
    ["/help/a/secret", "/help/a/draft", "/help/a/nothing", "/help/c/x", "/help/b/x", "/help/x/y"],
)
async def test_what_is_not_public_is_not_found(
    client: httpx.AsyncClient, shown: UUID, path: str
) -> None:
    page = await client.get(path)
    assert page.status_code == 404
    assert "text/html" in page.headers["content-type"]
    assert "补偿标准" not in page.text


async def test_each_organisation_has_a_help_centre(
    client: httpx.AsyncClient, shown: UUID, database: Database
) -> None:
    second = await make_organisation(database, "邻家")
    by = Actor.system(second)
    async with database.transaction(by) as tx:
        category = await knowledge.save_category(tx, slug="hob", name_zh="灶", name_en="Hobs")
        for slug, title in (("hob", "邻家的灶"), ("other", "另一篇")):
            article_id = await knowledge.write_article(
                tx, title=title, slug=slug, by=by, category_id=category, audience="customer",
                body="见[另一篇](article:other)。",
            )  # fmt: skip
            await knowledge.publish(tx, article_id=article_id, by=by)
        channel_id = await conversations.add_channel(tx, name="网页", changes={})
        key = (await timeline.need_channel(tx, channel_id)).key
    await Worker(database).drain()
    base = f"/help/o/{second}"
    for path in ("", "/c/hob", "/a/hob", "/search?q=灶", "/b/main"):
        page = await client.get(base + path)
        assert page.status_code == 200, path
        assert "邻家" in page.text
        assert "燃气灶打不着火" not in page.text
        links = re.findall(r'(?:href|action)="(/help[^"]*)"', page.text)
        assert all(one.startswith((base, "/help/style.css")) for one in links), links
        assert f'rel="canonical" href="{settings.public_url}{base}' in page.text
    assert "邻家的灶" in (await client.get(f"/help/o/{key}/a/hob")).text
    assert f'"{base}/a/other"' in (await client.get(f"{base}/a/hob")).text
    # The oldest keeps its short addresses, and is the same by its id.
    for path in ("/help/a/hob", f"/help/o/{shown}/a/hob"):
        page = await client.get(path)
        assert "燃气灶打不着火" in page.text
        assert f'rel="canonical" href="{settings.public_url}/help/a/hob"' in page.text
    for nobody in ("nobody", "00000000-0000-0000-0000-000000000000"):
        assert (await client.get(f"/help/o/{nobody}")).status_code == 404


async def test_a_long_article_has_its_contents(client: httpx.AsyncClient, shown: UUID) -> None:
    page = (await client.get("/help/a/hob?lang=zh-CN")).text
    assert "本页内容" in page
    assert 'href="#s3"' in page
    assert 'rel="canonical"' in page
    assert "og:title" in page


async def test_a_vote_needs_its_page_and_counts_once(
    client: httpx.AsyncClient, shown: UUID, database: Database
) -> None:
    async def votes() -> int:
        async with database.transaction(Actor.system(shown)) as tx:
            return int(await tx.value("SELECT helpful + unhelpful FROM article WHERE slug = 'hob'"))

    await client.post("/help/a/hob/votes", data={"helpful": "yes", "token": "x"})
    assert await votes() == 0
    page = (await client.get("/help/a/hob")).text
    found = re.search(r'name="token" value="([^"]+)"', page)
    assert found is not None
    for _ in range(2):
        answer = await client.post(
            "/help/a/hob/votes", data={"helpful": "yes", "token": found.group(1)}
        )
        assert answer.status_code == 303
    assert await votes() == 1


async def test_large_type_is_kept(client: httpx.AsyncClient, shown: UUID) -> None:
    answer = await client.get("/help/look?large=1&to=/help/a/hob")
    assert answer.status_code == 303
    assert answer.headers["location"] == "/help/a/hob"
    assert 'class="large"' in (await client.get("/help")).text


@pytest.mark.parametrize(
    "to",
    ["//evil.example", "https://evil.example", "/help//evil", "/helpful", "/help\r\nX: y", "\\\\e",
     "/help/../api", "javascript:x", "/help?x=\x00", ""],
)  # fmt: skip
def test_the_way_back_stays_here(to: str) -> None:
    assert rules.way_back(to) == "/help"


@pytest.mark.parametrize("to", ["/help", "/help/a/hob-1", "/help/search?q=%E7%81%B6&brand=gas"])
def test_a_way_back(to: str) -> None:
    assert rules.way_back(to) == to


@pytest.mark.parametrize("colour", ["#0b6b75", "#ffcc00", "#ffffff", "#000000", "#777777", "red"])
def test_a_brands_colour_is_readable_in_every_mode(colour: str) -> None:
    made = rules.shades(colour)
    assert rules.contrast(made["light"], rules.WHITE) >= 4.5
    assert rules.contrast(made["large"], rules.WHITE) >= 7
    assert rules.contrast(made["dark"], rules.DARK) >= 4.5
    assert rules.contrast(made["dark"], "#062024") >= 4.5


@pytest.mark.parametrize(
    "q", ["%", "' OR 1=1", "<script>alert(1)</script>", "\x00", "𠀀", "a" * 5000]
)
async def test_any_search_is_answered(client: httpx.AsyncClient, shown: UUID, q: str) -> None:
    page = await client.get("/help/search", params={"q": q})
    assert page.status_code == 200
    assert "<script" not in page.text


def test_results_stop_where_they_only_distract() -> None:
    assert rules.worth_showing([]) == 0
    assert rules.worth_showing([0.3]) == 0
    assert rules.worth_showing([2.0, 1.2, 0.7, 0.5]) == 2


@pytest.fixture
async def two_brands(database: Database, organisation: UUID) -> UUID:
    """Publish an article of each of two brands and one of both, in one category."""
    by = Actor.system(organisation)
    async with database.transaction(by) as tx:
        category = await knowledge.save_category(tx, slug="fee", name_zh="费用", name_en="Fees")
        brands = {
            name: await accounts.add_brand(tx, name=name, slug=slug, colour=colour)
            for name, slug, colour in (
                ("安居燃气", "gas", "#0b6b75"),
                ("安居到家", "home", "#7a2e8f"),
            )
        }
        for title, slug, brand in (
            ("燃气费怎么收", "gas-fee", "安居燃气"),
            ("保洁费怎么收", "home-fee", "安居到家"),
            ("怎样开发票", "invoice", None),
        ):
            article_id = await knowledge.write_article(
                tx, title=title, slug=slug, by=by, category_id=category, audience="customer",
                brand_id=brands[brand] if brand else None, body=f"{title}：请看账单。",
                questions=[title],
            )  # fmt: skip
            await knowledge.publish(tx, article_id=article_id, by=by)
        await conversations.add_channel(
            tx, name="燃气网页", changes={"brand_id": brands["安居燃气"]}
        )
    await Worker(database).drain()
    return organisation


@pytest.mark.parametrize("root", ["/help", "/help/o/{house}"])
async def test_a_brands_centre_shows_nothing_of_another(
    client: httpx.AsyncClient, two_brands: UUID, root: str
) -> None:
    base = root.format(house=two_brands)
    other = {"gas": "home", "home": "gas"}
    titles = {"gas": "燃气费怎么收", "home": "保洁费怎么收"}
    for slug in ("gas", "home"):
        here = f"{base}/b/{slug}"
        for path in ("", "/c/fee", "/search?q=费怎么收", f"/a/{slug}-fee", "/a/invoice"):
            page = await client.get(f"{here}{path}", follow_redirects=True)
            assert page.status_code == 200, path
            assert titles[other[slug]] not in page.text, path
            assert f"/b/{slug}/a/" in page.text or path.startswith("/a/"), path
        assert "怎样开发票" in (await client.get(f"{here}/c/fee")).text
        foreign = await client.get(f"{here}/a/{other[slug]}-fee")
        assert foreign.status_code == 404
        assert titles[other[slug]] not in foreign.text
        vote = await client.post(f"{here}/a/{other[slug]}-fee/votes", data={"helpful": "yes"})
        assert vote.status_code == 404
    # What a list links to is there; without a brand, too.
    for where in (base, f"{base}/b/gas"):
        listed = re.findall(r'<li><a href="([^"]+)"', (await client.get(where)).text)
        assert listed
        for link in listed:
            assert link.startswith(where.replace(base, "/help", 1) + "/a/")
            assert (await client.get(link)).status_code == 200
    # Each looks like itself, and only the one that has a chat offers it.
    gas, home = [(await client.get(f"{base}/b/{slug}")).text for slug in ("gas", "home")]
    assert "--brand:#0b6b75" in gas
    assert "--brand:#7a2e8f" in home
    assert "/w/" in gas
    assert "/w/" not in home
    # One article has one address, wherever it is read.
    shown = (await client.get(f"{base}/b/home/a/invoice")).text
    assert "/b/home/a/invoice" not in shown.split('rel="canonical"')[1].split(">")[0]
    assert (await client.get(f"{base}/b/nobody/a/invoice")).status_code == 404
