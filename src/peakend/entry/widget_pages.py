"""The launcher, the panel and its parts; each channel says who may hold its panel in a frame."""

import gzip
import html
from functools import lru_cache
from pathlib import Path
from typing import Any

from litestar import Request, Response, get
from litestar.exceptions import NotFoundException

from peakend.accounts.queries import Door, came_by
from peakend.conversations.queries import KeyedChannel, UnknownKey, brand_of, channel_by_key
from peakend.entry.statics import YEAR
from peakend.kernel.actors import Actor
from peakend.kernel.built import built_folder
from peakend.kernel.db import Database
from peakend.kernel.permissions import public
from peakend.kernel.words import best_language, word

_KINDS = {".js": "text/javascript", ".css": "text/css"}
PANEL_POLICY = (
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' blob: data:; "
    "media-src 'self' blob:; connect-src 'self'; base-uri 'none'; form-action 'none'; "
    "frame-ancestors "
)


def _folder() -> Path:
    return built_folder("widget")


@lru_cache(maxsize=64)
def _zipped(path: Path, stamp: float) -> bytes:
    return gzip.compress(path.read_bytes(), 9)


def _file(request: Request[Any, Any, Any], name: str, cache: str) -> Response[bytes]:
    path = _folder() / name
    if path.suffix not in _KINDS or path.name != name or not path.is_file():
        raise NotFoundException
    headers = {
        "Cache-Control": cache,
        "Vary": "Accept-Encoding",
        # The launcher is a script of other sites' pages.
        "Cross-Origin-Resource-Policy": "cross-origin",
    }
    if "gzip" not in request.headers.get("accept-encoding", ""):
        return Response(path.read_bytes(), media_type=_KINDS[path.suffix], headers=headers)
    headers["Content-Encoding"] = "gzip"
    data = _zipped(path, path.stat().st_mtime)
    return Response(data, media_type=_KINDS[path.suffix], headers=headers)


@get("/widget.js", opt=public("the launcher for other sites' pages"), include_in_schema=False)
async def launcher(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Return the launcher; its address never changes, so browsers ask again after ten minutes."""
    return _file(request, "widget.js", "public, max-age=600")


@get(
    "/widget-here.js",
    opt=public("what tells who is on the site, for pages that want it"),
    include_in_schema=False,
)
async def here(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Return the script that tells which page is looked at; its address never changes."""
    return _file(request, "widget-here.js", "public, max-age=600")


@get(
    "/widget-invite.js",
    opt=public("the bubble of an invitation, without any data"),
    include_in_schema=False,
)
async def invite(request: Request[Any, Any, Any]) -> Response[bytes]:
    """Return the bubble; a module, so pages of other sites need leave to read it."""
    answer = _file(request, "widget-invite.js", "public, max-age=600")
    answer.headers["Access-Control-Allow-Origin"] = "*"
    return answer


@get(
    "/widget-assets/{name:str}",
    opt=public("parts of the panel, without any data"),
    include_in_schema=False,
)
async def asset(request: Request[Any, Any, Any], name: str) -> Response[bytes]:
    """Return a part of the panel; its name holds a digest of its content."""
    return _file(request, name, YEAR)


@get(
    "/w/{key:str}",
    opt=public("the empty panel; data needs a visitor token"),
    include_in_schema=False,
)
async def panel(request: Request[Any, Any, Any], key: str, database: Database) -> Response[str]:
    """Return the panel's page: a frame on the channel's domains, or full screen by itself."""
    asked = request.query_params.get("lang") or request.headers.get("accept-language")
    language = best_language(asked)
    try:
        channel = await channel_by_key(database, key)
    except UnknownKey:
        return _gone(language)
    door = came_by(request.scope)
    if door is not None and not _behind(door, channel):
        return _gone(language)
    path = _folder() / "panel.html"
    if not path.is_file():
        raise NotFoundException
    title = channel.look.get("title_en" if language == "en" else "title_zh") or channel.name
    values = {
        "__LANG__": language,
        "__KEY__": channel.key,
        "__ICON__": await _icon(database, channel),
        "__TITLE__": str(title),
        "__NOSCRIPT__": word("entry.panel_needs_script", language),
    }
    text = path.read_text("utf-8")
    for name, value in values.items():
        text = text.replace(name, html.escape(value, quote=True))
    return Response(
        text,
        media_type="text/html",
        headers={
            "Content-Security-Policy": PANEL_POLICY + channel.frame_ancestors,
            "Cache-Control": "no-cache",
            # A link that resumes a conversation must not travel on in a Referer.
            "Referrer-Policy": "no-referrer",
            "Permissions-Policy": "camera=(self), microphone=(self), geolocation=()",
        },
    )


def _behind(door: Door, channel: KeyedChannel) -> bool:
    """Say whether a channel belongs to the brand whose host was asked."""
    own = channel.brand_id in (None, door.brand_id)
    return own and channel.organisation_id == door.organisation_id


async def _icon(database: Database, channel: KeyedChannel) -> str:
    """Return the mark of the channel's brand for the browser's tab, or the house's own."""
    async with database.transaction(Actor.system(channel.organisation_id)) as tx:
        brand = await brand_of(tx, channel)
    return brand.icon_url if brand and brand.icon_url else "/favicon.ico"


def _gone(language: str) -> Response[str]:
    text = html.escape(word("entry.panel_gone", language))
    page = (
        f'<!doctype html><html lang="{language}"><meta charset="utf-8"><title>{text}</title>{text}'
    )
    return Response(page, status_code=404, media_type="text/html")


routes = [launcher, here, invite, asset, panel]
