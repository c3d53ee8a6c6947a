"""How a reader wants pages, and the page made from it."""

import hashlib
import re
from functools import cache
from importlib import resources
from typing import Any
from uuid import UUID

import msgspec
from jinja2 import Environment, PackageLoader, select_autoescape
from litestar import Request, Response
from litestar.datastructures import Cookie

from peakend.accounts.queries import Door, came_by
from peakend.kernel.secrets import token as random_token
from peakend.kernel.settings import settings
from peakend.kernel.words import LANGUAGES, word
from peakend.portal import queries
from peakend.portal.rules import chosen_language, shades

READER = "peakend_reader"
LARGE = "peakend_large"
LANGUAGE = "peakend_language"
YEAR_S = 365 * 24 * 3600
Asking = Request[Any, Any, Any]


class View:
    """How a reader wants pages: language, large type; and the page made from it."""

    def __init__(
        self,
        request: Asking,
        root: str,
        slug: str = "",
        brand_id: UUID | None = None,
        door: Door | None = None,
    ) -> None:
        self.door = door
        self.request, self.root, self.brand_id = request, root, brand_id
        self.base = f"{root}/b/{slug}" if slug else root
        asked = request.query_params.get("lang", "")
        kept = request.cookies.get(LANGUAGE, "")
        self.language = chosen_language(asked, kept, request.headers.get("accept-language"))
        self.large = request.cookies.get(LARGE) == "1" or request.query_params.get("large") == "1"
        self._cookies: list[Cookie] = []

    def shows(self, brand_id: UUID | None) -> bool:
        """Say whether what belongs to a brand (none: to all) is seen here."""
        return self.brand_id is None or brand_id is None or brand_id == self.brand_id

    def reader(self) -> str:
        """Return the reader's random name, so that one reader counts once; made on first need."""
        known = self.request.cookies.get(READER, "")
        if 20 <= len(known) <= 100 and known.isascii():
            return known
        made = random_token()
        self._cookies.append(cookie_of(self.request, READER, made))
        return made

    def first(self, path: str = "") -> str:
        """Return the address of a page, of the first one where none is named."""
        chat = self.door is not None and self.door.serves == "chat"
        return f"{self.base}{path}" or ("/help" if chat else "/")

    def _canonical(self, house: queries.House, path: str) -> str:
        """Return a page's one address for search engines: at the brand's own host if it has one."""
        if self.door is not None:
            secure = is_secure(self.request)
            netloc = self.door.host if secure else self.request.headers.get("host", "")
            return f"{'https' if secure else 'http'}://{netloc}{self.first(path)}"
        if house.home:
            return f"https://{house.home}{re.sub('^/b/[^/]+$', '', path) or '/'}"
        return f"{settings.public_url}{self.root}{path}"

    def page(
        self, template: str, house: queries.House, *, status: int = 200, **shown: Any
    ) -> Response:
        """Return a page with its headers."""
        nonce = random_token()[:22]
        footer, links = queries.footer(house.look, self.language)
        path = self.request.url.path
        if self.door is not None and house.brand is not None:
            # At a brand's own host nothing is said of the house or of its other brands.
            house = msgspec.structs.replace(house, name=house.brand.name, brands=[house.brand])
        html = (
            _pages()
            .get_template(template)
            .render(
                house=house,
                base=self.base,
                first=self.first(),
                root=self.root,
                language=self.language,
                other=next(one for one in LANGUAGES if one != self.language),
                large=self.large,
                here=self.first(_inside(path)) if self.door else path,
                canonical=self._canonical(house, _inside(path)),
                nonce=nonce,
                style=f"/help/style.css?v={style_file()[1]}",
                own_footer=footer,
                own_links=links,
                shades=shades(house.brand.colour if house.brand else ""),
                say=lambda key, **params: word(f"portal.{key}", self.language, **params),
                **{"robots": "", **shown},
            )
        )
        policy = (
            f"default-src 'none'; style-src 'self' 'nonce-{nonce}'; img-src 'self'; "
            "media-src 'self'; form-action 'self'; base-uri 'none'; frame-ancestors 'self'"
        )
        headers = {"Content-Security-Policy": policy, "Cache-Control": "private, no-cache"}
        return Response(
            html, media_type="text/html", status_code=status, headers=headers, cookies=self._cookies
        )


def _inside(path: str) -> str:
    """Return a page's address without what it begins with: one article has one address."""
    return re.sub(r"^/help(?:/o/[^/]+)?(?:/b/[^/]+(?=/))?", "", path)


@cache
def style_file() -> tuple[bytes, str]:
    """Return the style sheet and a short digest of it."""
    data = (resources.files("peakend.portal") / "pages" / "help.css").read_bytes()
    return data, hashlib.sha256(data).hexdigest()[:12]


@cache
def _pages() -> Environment:
    return Environment(
        loader=PackageLoader("peakend.portal", "pages"),
        autoescape=select_autoescape(default=True),
        trim_blocks=True,
        lstrip_blocks=True,
    )


def is_secure(request: Asking) -> bool:
    """Say whether the reader's browser speaks https with us, perhaps through a proxy."""
    return settings.public_url.startswith("https:") or request.url.scheme == "https"


def cookie_of(request: Asking, name: str, value: str) -> Cookie:
    """Return a cookie for the help centre's pages alone."""
    return Cookie(
        key=name,
        value=value,
        path="/" if came_by(request.scope) else "/help",
        max_age=YEAR_S,
        httponly=True,
        samesite="lax",
        secure=is_secure(request),
    )
