"""What the pages of the help centre show, put together from knowledge, brands and channels."""

from typing import Any
from uuid import UUID

import msgspec

from peakend.accounts import queries as accounts
from peakend.conversations import queries as conversations
from peakend.kernel.db import Transaction
from peakend.knowledge import queries as knowledge
from peakend.knowledge.queries import Category, PublishedArticle
from peakend.portal.rules import description, worth_showing

MOST_ASKED = 6
RESULTS = 12
RELATED = 4


class HelpBrand(msgspec.Struct, frozen=True):
    """A brand as the help centre shows it."""

    id: UUID
    name: str
    slug: str
    colour: str


class Line(msgspec.Struct, frozen=True):
    """An article in a list."""

    slug: str
    title: str
    lead: str
    language: str
    brand_id: UUID | None
    article_id: UUID


class Shelf(msgspec.Struct, frozen=True):
    """A category with its articles."""

    slug: str
    name: str
    brand_id: UUID | None
    articles: list[Line]


class House(msgspec.Struct, frozen=True):
    """What every page needs: whose help centre it is, its brands, the way to a person."""

    name: str
    brands: list[HelpBrand]
    brand: HelpBrand | None
    look: accounts.BrandLook | None
    home: str | None
    chat_key: str | None
    phone: str | None


async def house(
    tx: Transaction, brand_slug: str | None = None, brand_id: UUID | None = None
) -> House:
    """Return what every page needs, for the brand named or shown."""
    organisation = await accounts.organisation(tx)
    brands = [HelpBrand(b.id, b.name, b.slug, b.colour) for b in await accounts.brands(tx)]
    brand = next((b for b in brands if b.slug == brand_slug or b.id == brand_id), None)
    if brand is None and len(brands) == 1:
        brand = brands[0]
    wanted = brand.id if brand else None
    channels = [
        c
        for c in await conversations.channels(tx)
        if c.active and c.kind == "web" and (wanted is None or c.brand_id in (None, wanted))
    ]
    channels.sort(key=lambda c: (c.brand_id != wanted, c.brand_id is not None))
    look: dict[str, Any] = channels[0].look if channels else {}
    return House(
        name=organisation.name,
        brands=brands,
        brand=brand,
        home=await accounts.home_of(tx, brand.id) if brand else None,
        look=await accounts.brand_look(tx, brand.id) if brand else None,
        chat_key=channels[0].key if channels else None,
        phone=str(look["phone"]) if look.get("phone") else None,
    )


async def brand_id_of(tx: Transaction, slug: str) -> UUID | None:
    """Return which brand an address names, or None."""
    return next((b.id for b in await accounts.brands(tx) if b.slug == slug), None)


def footer(look: accounts.BrandLook | None, language: str) -> tuple[str, list[dict[str, str]]]:
    """Return text and links of a brand's footer in a language; Chinese where the other is empty."""
    if look is None:
        return "", []
    english = language == "en"
    return (
        (look.footer_en if english else "") or look.footer_zh,
        [{"name": one.name_en if english else one.name_zh, "url": one.url} for one in look.links],
    )


async def shelves(tx: Transaction, brand_id: UUID | None, language: str) -> list[Shelf]:
    """Return the categories that have articles for a brand (all brands: None), in their order."""
    articles = await knowledge.published_list(tx, brand_id=brand_id)
    by_category: dict[UUID | None, list[Line]] = {}
    for article in articles:
        by_category.setdefault(article.category_id, []).append(line(article, language))
    return [
        Shelf(c.slug, category_name(c, language), c.brand_id, by_category[c.id])
        for c in await knowledge.categories(tx)
        if c.id in by_category
    ]


async def most_asked(tx: Transaction, brand_id: UUID | None, language: str) -> list[Line]:
    """Return what helped most, and before anybody voted what the editors put first."""
    articles = await knowledge.published_list(tx, brand_id=brand_id)
    order = sorted(enumerate(articles), key=lambda one: (one[1].unhelpful - one[1].helpful, one[0]))
    return [line(article, language) for _, article in order[:MOST_ASKED]]


async def results(
    tx: Transaction, text: str, brand: HelpBrand | None, brands: list[HelpBrand], language: str
) -> list[Line]:
    """Return the articles for a search, best first, and nothing rather than anything."""
    found: dict[UUID, tuple[float, PublishedArticle]] = {}
    for brand_id in [brand.id] if brand else [*(b.id for b in brands), None]:
        candidates, _ = await knowledge.answer_candidates(
            tx, brand_id=brand_id, audience="customer", text=text, limit=RESULTS
        )
        for one in candidates:
            if one.article.article_id not in found:
                found[one.article.article_id] = (one.near.score, one.article)
    ranked = sorted(found.values(), key=lambda one: -one[0])[:RESULTS]
    return [
        line(article, language) for _, article in ranked[: worth_showing([s for s, _ in ranked])]
    ]


async def related(
    tx: Transaction, article: PublishedArticle, language: str, brand_id: UUID | None = None
) -> list[Line]:
    """Return the neighbours of an article in its category, those of one brand where it is named."""
    if article.category_id is None:
        return []
    others = await knowledge.published_list(
        tx,
        brand_id=brand_id or article.brand_id,
        category_id=article.category_id,
        limit=RELATED + 1,
    )
    return [line(o, language) for o in others if o.article_id != article.article_id][:RELATED]


def line(article: PublishedArticle, language: str) -> Line:
    """Return an article as a list shows it to readers of a language."""
    told = knowledge.in_language(article, language)
    first = knowledge.extract(told.body).split("\n\n")[0]
    lead = description(knowledge.readable(first), 72)
    return Line(article.slug, told.title, lead, told.language, article.brand_id, article.article_id)


def category_name(category: Category, language: str) -> str:
    """Return a category's name in a language."""
    return (category.name_en if language == "en" else category.name_zh) or category.name_zh
