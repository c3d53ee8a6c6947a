"""What search engines ask for at a brand's own host: where not to go, and which pages there are."""

from html import escape

from litestar import Response, get

from peakend.accounts.queries import Door, came_by
from peakend.kernel.db import Database
from peakend.kernel.permissions import public
from peakend.knowledge import queries as knowledge
from peakend.portal.api.pages import WHY, PageMissing, guest
from peakend.portal.api.view import Asking, is_secure

NOT_THERE = ("/search", "/look", "/w/", "/api/", "/files/", "/r/")


@get("/help/robots.txt", opt=public(WHY), include_in_schema=False)
async def robots(request: Asking) -> Response[str]:
    """Say where search engines need not go."""
    home = _home(request)
    lines = ["User-agent: *", *(f"Disallow: {path}" for path in NOT_THERE)]
    text = "\n".join([*lines, f"Sitemap: {home}/sitemap.xml", ""])
    return Response(text, media_type="text/plain")


@get("/help/sitemap.xml", opt=public(WHY), include_in_schema=False)
async def sitemap(request: Asking, database: Database) -> Response[str]:
    """Name every page of the brand."""
    home = _home(request)
    door = _door(request)
    async with database.transaction(guest(door.organisation_id)) as tx:
        articles = await knowledge.published_list(tx, brand_id=door.brand_id)
        kept = {article.category_id for article in articles}
        shelves = [c.slug for c in await knowledge.categories(tx) if c.id in kept]
    rows = [f"<url><loc>{escape(home)}{'/help' if door.serves == 'chat' else '/'}</loc></url>"]
    rows += [f"<url><loc>{escape(f'{home}/c/{slug}')}</loc></url>" for slug in shelves]
    rows += [
        f"<url><loc>{escape(f'{home}/a/{one.slug}')}</loc>"
        f"<lastmod>{one.published_at.date().isoformat()}</lastmod></url>"
        for one in articles
    ]
    text = (
        '<?xml version="1.0" encoding="UTF-8"?>\n'
        '<urlset xmlns="http://www.sitemaps.org/schemas/sitemap/0.9">' + "".join(rows) + "</urlset>"
    )
    return Response(text, media_type="application/xml")


def _door(request: Asking) -> Door:
    """Return by which brand's host a request came. Errors: PageMissing where by none."""
    door = came_by(request.scope)
    if door is None:
        raise PageMissing
    return door


def _home(request: Asking) -> str:
    """Return what the addresses of a brand's own host begin with. Errors: PageMissing."""
    host = _door(request).host
    if is_secure(request):
        return f"https://{host}"
    return f"http://{request.headers.get('host', '')}"


routes = [robots, sitemap]
