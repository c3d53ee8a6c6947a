"""Pages of the help centre. Everything works with links and forms alone."""

from typing import Any
from uuid import UUID

from litestar import Response, get, post
from litestar.response import Redirect

from peakend.accounts.queries import came_by, organisation_ids
from peakend.conversations.queries import UnknownKey, channel_by_key
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, Transaction
from peakend.kernel.errors import NotFound
from peakend.kernel.limits import allow
from peakend.kernel.permissions import public
from peakend.kernel.secrets import sign, verify
from peakend.kernel.words import LANGUAGES
from peakend.knowledge import actions as knowledge_actions
from peakend.knowledge import queries as knowledge
from peakend.portal import queries
from peakend.portal.api.view import (
    LANGUAGE,
    LARGE,
    READER,
    Asking,
    View,
    cookie_of,
    style_file,
)
from peakend.portal.rules import description, way_back

WHY = "published articles for customers are for everybody"
ONE = "/help/o/{house:str}"
BRAND = "/b/{brand:str}"


class PageMissing(NotFound):
    """There is no such page in the help centre."""

    wording = "portal.missing"


def both(path: str) -> list[str]:
    """Return a page's addresses: of the first organisation, and of any by its id or a channel.

    Each of them also below a brand, where nothing of another brand is seen.
    """
    return [root + brand + path for root in ("/help", ONE) for brand in ("", BRAND)]


@get(both(""), opt=public(WHY), include_in_schema=False)
async def first_page(request: Asking, database: Database) -> Response:
    async def show(tx: Transaction, view: View) -> Response:
        house = await queries.house(tx, brand_id=view.brand_id)
        brand_id = house.brand.id if house.brand else None
        return view.page(
            "home.html",
            house,
            shelves=await queries.shelves(tx, brand_id, view.language),
            asked=await queries.most_asked(tx, brand_id, view.language),
        )

    return await _shown(request, database, show)


@get(both("/c/{slug:str}"), opt=public(WHY), include_in_schema=False)
async def category_page(request: Asking, database: Database, slug: str) -> Response:
    async def show(tx: Transaction, view: View) -> Response:
        category = await knowledge.category_by_slug(tx, slug)
        if category is None or not view.shows(category.brand_id):
            return await _missing(tx, view)
        articles = await knowledge.published_list(
            tx, brand_id=view.brand_id, category_id=category.id
        )
        house = await queries.house(tx, brand_id=view.brand_id or category.brand_id)
        name = queries.category_name(category, view.language)
        return view.page(
            "category.html",
            house,
            name=name,
            articles=[queries.line(a, view.language) for a in articles],
        )

    return await _shown(request, database, show)


@get(both("/a/{slug:str}"), opt=public(WHY), include_in_schema=False)
async def article_page(request: Asking, database: Database, slug: str) -> Response:
    async def show(tx: Transaction, view: View) -> Response:
        article = await knowledge.published_by_slug(tx, slug)
        if article is None or not view.shows(article.brand_id):
            return await _missing(tx, view)
        house = await queries.house(tx, brand_id=view.brand_id or article.brand_id)
        shelf = next(
            (c for c in await knowledge.categories(tx) if c.id == article.category_id), None
        )
        told = knowledge.in_language(article, view.language)
        shown = await knowledge.rendered(tx, told.body, article.picture_ids, article.video_id)
        reader = view.reader()
        return view.page(
            "article.html",
            house,
            article=article,
            told=told,
            shown=shown,
            body=shown.html.replace('href="/help/a/', f'href="{view.base}/a/'),
            lead=description(knowledge.readable(knowledge.extract(told.body))),
            shelf=shelf,
            shelf_name=queries.category_name(shelf, view.language) if shelf else "",
            related=await queries.related(tx, article, view.language, view.brand_id),
            vote=sign("help-vote", article.article_id, reader),
            voted="voted" in request.query_params,
        )

    return await _shown(request, database, show)


@get(both("/search"), opt=public(WHY), include_in_schema=False)
async def search_page(request: Asking, database: Database) -> Response:
    text = request.query_params.get("q", "").replace("\x00", "").strip()[:200]

    async def show(tx: Transaction, view: View) -> Response:
        named = None if view.brand_id else request.query_params.get("brand") or None
        house = await queries.house(tx, brand_slug=named, brand_id=view.brand_id)
        free = await allow(f"help-search:{_address(request)}", rate=2, burst=40)
        found = (
            await queries.results(tx, text, house.brand, house.brands, view.language)
            if text and free
            else []
        )
        brand_id = house.brand.id if house.brand else None
        return view.page(
            "search.html",
            house,
            q=text,
            found=found,
            asked=[] if found else await queries.most_asked(tx, brand_id, view.language),
            robots="noindex",
        )

    return await _shown(request, database, show)


@post(both("/a/{slug:str}/votes"), opt=public(WHY), include_in_schema=False)
async def vote(request: Asking, database: Database, slug: str) -> Response:
    form = await request.form()
    reader = request.cookies.get(READER, "")
    signature, helpful = str(form.get("token", ""))[:80], str(form.get("helpful", ""))
    organisation_id, base = await organisation_of(request, database)
    counted = await allow(f"help-vote:{_address(request)}", rate=0.2, burst=20)
    async with database.transaction(guest(organisation_id)) as tx:
        view = await _view(tx, request, base)
        article = await knowledge.published_by_slug(tx, slug) if view else None
        if view is None or article is None or not view.shows(article.brand_id):
            return await _missing(tx, view or View(request, base))
        signed = bool(reader) and verify(signature, "help-vote", article.article_id, reader)
        if signed and counted and helpful in ("yes", "no"):
            await knowledge_actions.judge(
                tx,
                article_id=article.article_id,
                helpful=helpful == "yes",
                voter=reader[:100],
                place="help",
            )
    return Redirect(f"{view.base}/a/{article.slug}?voted=1#helpful", status_code=303)


@get(both("/look"), opt=public(WHY), include_in_schema=False)
async def look(request: Asking) -> Response:
    """Keep large type or a language, and go back; a link, so that it works without script."""
    own = came_by(request.scope) is not None
    back = way_back(request.query_params.get("to", ""), "" if own else "/help")
    cookies = []
    if (large := request.query_params.get("large")) in ("0", "1"):
        cookies.append(cookie_of(request, LARGE, large))
    if (language := request.query_params.get("lang")) in LANGUAGES:
        cookies.append(cookie_of(request, LANGUAGE, language))
    return Redirect(back, status_code=303, cookies=cookies, headers={"Cache-Control": "no-store"})


@get("/help/style.css", opt=public(WHY), include_in_schema=False)
async def style() -> Response:
    return Response(
        style_file()[0],
        media_type="text/css",
        headers={"Cache-Control": "public, max-age=31536000, immutable"},
    )


@get(["/help/{rest:path}", ONE + "/{rest:path}"], opt=public(WHY), include_in_schema=False)
async def missing_page(request: Asking, database: Database, rest: str) -> Response:
    return await _shown(request, database, _missing)


async def _shown(request: Asking, database: Database, show: Any) -> Response:
    """Open the reading transaction of a page; before the set-up there is nothing to show."""
    organisation_id, base = await organisation_of(request, database)
    async with database.transaction(guest(organisation_id)) as tx:
        view = await _view(tx, request, base)
        if view is None:
            return await _missing(tx, View(request, base))
        answer: Response = await show(tx, view)
        return answer


async def _view(tx: Transaction, request: Asking, base: str) -> View | None:
    """Return how pages are wanted; None where the address names a brand that is not there."""
    door = came_by(request.scope)
    if door is not None:
        return View(request, base, brand_id=door.brand_id, door=door)
    slug = request.path_params.get("brand")
    if slug is None:
        return View(request, base)
    brand_id = await queries.brand_id_of(tx, str(slug))
    return View(request, base, str(slug), brand_id) if brand_id else None


async def _missing(tx: Transaction, view: View) -> Response:
    house = await queries.house(tx, brand_id=view.brand_id)
    asked = await queries.most_asked(tx, view.brand_id, view.language)
    return view.page("missing.html", house, asked=asked, status=404, robots="noindex")


async def organisation_of(request: Asking, database: Database) -> tuple[UUID, str]:
    """Return whose page is asked for, and what the addresses of its pages begin with.

    Where there is one organisation, and for the oldest of several, that is /help alone.
    """
    door = came_by(request.scope)
    if door is not None:
        return door.organisation_id, ""
    found = await organisation_ids(database)
    if not found:
        raise PageMissing
    named = request.path_params.get("house")
    wanted = await _named(database, str(named), found) if named is not None else found[0]
    return wanted, "/help" if wanted == found[0] else f"/help/o/{wanted}"


async def _named(database: Database, name: str, known: list[UUID]) -> UUID:
    """Return the organisation of an id or of a channel's public key. Errors: PageMissing."""
    match = next((one for one in known if str(one) == name), None)
    if match is not None:
        return match
    try:
        return (await channel_by_key(database, name)).organisation_id
    except UnknownKey as error:
        raise PageMissing from error


def guest(organisation_id: UUID) -> Actor:
    return Actor(organisation_id=organisation_id, kind="visitor")


def _address(request: Asking) -> str:
    return request.client.host if request.client else ""


routes = [
    first_page,
    category_page,
    article_page,
    search_page,
    vote,
    look,
    style,
    missing_page,
]
