"""The demo shop's routes. They answer only in the demo; everywhere else there is no shop."""

import hashlib
import hmac
import tomllib
from datetime import timedelta
from functools import cache, lru_cache
from importlib import resources
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape
from litestar import Request, Response, get
from litestar.exceptions import NotFoundException

from peakend.accounts.queries import brand_names, organisation_ids
from peakend.conversations.actions import new_identity_secret
from peakend.conversations.models import ChannelRecord
from peakend.conversations.queries import channel_by_key, channels
from peakend.conversations.queries.visitor import identity_secret
from peakend.customers.rules import identity_text
from peakend.kernel import clock
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from peakend.kernel.permissions import public
from peakend.kernel.settings import settings
from peakend.kernel.words import best_language, word

HERE = Path(str(resources.files("peakend.entry.shop")))
CONTENT = Path(str(resources.files("peakend.entry"))) / "demo" / "content"
IDENTITY_LIFE = timedelta(hours=12)
WHY = "the demo's shop window"
_KINDS = {".js": "text/javascript", ".css": "text/css"}
_pages = Environment(
    loader=FileSystemLoader(HERE),
    autoescape=select_autoescape(default=True, default_for_string=True),
    undefined=StrictUndefined,
)


@get("/shop", opt=public(WHY), include_in_schema=False)
async def shop(request: Request[Any, Any, Any], database: Database) -> Response[str]:
    """Show the shop's front page."""
    return await _page(request, database, "shop.html", {"service": None})


@get("/shop/services/{slug:str}", opt=public(WHY), include_in_schema=False)
async def service(request: Request[Any, Any, Any], slug: str, database: Database) -> Response[str]:
    """Show one service, so that the person who answers sees what was looked at."""
    found = next((s for s in _content()["service"] if s["slug"] == slug), None)
    if found is None:
        raise NotFoundException
    return await _page(request, database, "service.html", {"service": found})


@get(
    "/shop/identity/{key:str}",
    opt=public("signs one invented customer in"),
    include_in_schema=False,
)
async def identity(key: str, database: Database) -> dict[str, Any]:
    """Return who is signed in, signed with the channel's secret as a real shop's server would."""
    _only_in_demo()
    customer = _customer()
    fields: dict[str, Any] = {
        "id": customer["key"],
        "name": customer["name"],
        "phone": customer["phone"],
        "exp": int((clock.now() + IDENTITY_LIFE).timestamp()),
    }
    channel = await channel_by_key(database, key)
    async with database.transaction(Actor.system(channel.organisation_id)) as tx:
        secret = await identity_secret(tx, channel.id)
        if secret is None:
            secret = (await new_identity_secret(tx, channel_id=channel.id)).encode()
    signature = hmac.new(secret, identity_text(fields).encode(), hashlib.sha256)
    return {**fields, "hash": signature.hexdigest()}


@get("/shop/static/{name:str}", opt=public(WHY), include_in_schema=False)
async def static(name: str) -> Response[bytes]:
    """Return the page's own style or script."""
    path = HERE / "static" / name
    if path.suffix not in _KINDS or path.name != name or not path.is_file():
        raise NotFoundException
    headers = {"Cache-Control": "no-cache"}
    return Response(path.read_bytes(), media_type=_KINDS[path.suffix], headers=headers)


async def _page(
    request: Request[Any, Any, Any], database: Database, name: str, more: dict[str, Any]
) -> Response[str]:
    _only_in_demo()
    asked = request.query_params.get("lang")
    language = best_language(asked or request.headers.get("accept-language"))
    content, short = _content(), "en" if language == "en" else "zh"
    shown = more["service"]
    brand = content["brand"][shown["brand"] if shown else "gas"]["name"]["zh"]
    text = _pages.get_template(name).render(
        **more,
        content=content,
        customer=_customer(),
        channel=await _channel(database, brand),
        facts=_facts(),
        language=language,
        lang_query=f"?lang={asked}" if asked else "",
        other="zh-CN" if language == "en" else "en",
        say=lambda value: value[short],
        word=lambda key, **params: word(f"entry.shop.{key}", language, **params),
        money=_money,
        services={s["slug"]: s for s in content["service"]},
    )
    headers = {"Cache-Control": "no-cache", "Content-Language": language, "Vary": "Accept-Language"}
    return Response(text, media_type="text/html", headers=headers)


async def _channel(database: Database, brand: str) -> ChannelRecord | None:
    """Return the brand's own channel, or any."""
    for organisation_id in await organisation_ids(database):
        async with database.transaction(Actor.system(organisation_id)) as tx:
            found = [c for c in await channels(tx) if c.kind == "web" and c.active]
            names = await brand_names(tx)
        # False sorts first: the brand's own channel before those of others.
        found.sort(key=lambda c: names.get(c.brand_id) != brand if c.brand_id else True)
        if found:
            return found[0]
    return None


def _only_in_demo() -> None:
    if not settings.demo:
        raise NotFoundException


@lru_cache(maxsize=8)
def _read(name: str) -> dict[str, Any]:
    return tomllib.loads((CONTENT / name).read_text("utf-8"))


def _content() -> dict[str, Any]:
    return _read("shop.toml")


def _facts() -> dict[str, Any]:
    return _read("facts.toml")


@cache
def _customer() -> dict[str, Any]:
    key = _content()["customer"]["key"]
    return next(c for c in _read("people.toml")["customer"] if c["key"] == key)


def _money(fen: int) -> str:
    yuan, rest = divmod(fen, 100)
    return f"¥{yuan:,}.{rest:02d}" if rest else f"¥{yuan:,}"


routes = [shop, service, identity, static]
