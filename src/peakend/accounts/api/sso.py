"""Routes of single sign-on: what the house says of its provider, setting out, and coming back."""

from typing import Annotated, Any
from urllib.parse import urlencode
from uuid import UUID

from litestar import Request, Response, get, post, put
from litestar.datastructures import Cookie
from litestar.response import Redirect
from msgspec import Meta, Struct

from peakend.accounts import actions, queries
from peakend.accounts.actions.sso import SsoText
from peakend.accounts.actions.sso_asking import SsoBroken, discovered
from peakend.accounts.api.cookies import device, kept, leave, signed_in_id
from peakend.accounts.models import SsoProvider
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, Transaction
from peakend.kernel.errors import PeakendError
from peakend.kernel.outgoing import Outgoing
from peakend.kernel.permissions import needs, public
from peakend.kernel.settings import settings

COOKIE_S = 600
CALLBACK = "/api/sso/return"
AFTER = "/desk/login"
# Before the cookie's secret where a member, signed in already, links himself.
LINKING = "link."


class SsoView(Struct, frozen=True, kw_only=True):
    """The provider as it is set, without its secret; what the provider is told of addresses."""

    provider: SsoProvider | None
    has_secret: bool
    linked: int
    redirect: str
    after: str


class SsoSecret(Struct, forbid_unknown_fields=True):
    """The client's secret, as the provider gave it."""

    secret: Annotated[str, Meta(min_length=1, max_length=1000)]


class SsoCheck(Struct, frozen=True):
    """Whether the provider answers as one should; `issuer` is how it names itself."""

    issuer: str
    signs_out: bool


class SsoStart(Struct, forbid_unknown_fields=True):
    """Of which house."""

    house_id: UUID


class SsoGo(Struct, frozen=True):
    """Where the browser goes now."""

    url: str


@get("/sso", opt=needs("settings.manage"))
async def read_sso(request: Request[Any, Any, Any], tx: Transaction) -> SsoView:
    """Return how single sign-on is set."""
    return await _view(request, tx)


@put("/sso", opt=needs("settings.manage"))
async def set_sso(request: Request[Any, Any, Any], tx: Transaction, data: SsoText) -> SsoView:
    """Name the provider, turn single sign-on on or off, or let nobody in by password."""
    await actions.set_sso(tx, given=data)
    return await _view(request, tx)


@put("/sso/secret", status_code=204, opt=needs("settings.manage"))
async def set_sso_secret(tx: Transaction, data: SsoSecret) -> None:
    """Keep the client's secret; it is never shown again."""
    await actions.set_sso_secret(tx, secret=data.secret)


@post("/sso/checks", status_code=200, opt=needs("settings.manage"))
async def check_sso(actor: Actor, database: Database) -> SsoCheck:
    """Ask the provider what it is, and say exactly what is wrong."""
    async with database.transaction(actor) as tx:
        provider = await queries.sso_provider(tx)
    if provider is None:
        raise queries.NoSso
    actions.forget_providers()
    found = await discovered(provider.issuer)
    return SsoCheck(found.issuer, bool(found.end_session_endpoint))


@get("/sso/ways", opt=public("the sign-in page shows it before anybody is known"))
async def sso_ways(database: Database, house: UUID | None = None) -> list[queries.SsoWay]:
    """Return the single sign-on that the sign-in page offers, if there is one."""
    found = await queries.sso_way(database, house)
    return [found] if found else []


@post("/sso/departures", status_code=200, opt=public("it is how a member signs in; limited"))
async def set_out(
    request: Request[Any, Any, Any], database: Database, data: SsoStart
) -> Response[SsoGo]:
    """Set out to the provider; the cookie ties the return to this browser."""
    begun = await actions.set_out(
        database,
        house_id=data.house_id,
        redirect=redirect_of(request),
        address=device(request).address,
    )
    return Response(SsoGo(begun.url), cookies=[sso_cookie(request, begun.browser)])


@get(
    CALLBACK.removeprefix("/api"),
    opt=public("the state, the cookie and the code are the way in"),
    status_code=302,
)
async def come_back(request: Request[Any, Any, Any], database: Database) -> Redirect:
    """Take somebody in who comes from the provider, link him, or lead him back to the page."""
    asked = request.query_params
    browser = request.cookies.get(_name(request), "")
    cookies = [sso_cookie(request, "")]
    page = "/desk/security" if browser.startswith(LINKING) else AFTER
    if asked.get("error") and not asked.get("code"):
        return _door(page, "refused", cookies)
    try:
        entry = await actions.come_back(
            database,
            state=asked.get("state", ""),
            browser=browser.removeprefix(LINKING),
            code=asked.get("code", "")[:4000],
            issuer=asked.get("iss"),
            redirect=redirect_of(request),
            device=device(request),
            here=await signed_in_id(request, database),
        )
    except Outgoing:
        return _door(page, "unreachable", cookies)
    except SsoBroken as error:
        # Told apart, because whoever runs the machines mends it, and nobody else can.
        clocks = error.params.get("what") in ("iat", "exp", "nbf")
        return _door(page, "clock" if clocks else "broken", cookies)
    except PeakendError as error:
        return _door(page, _DOORS.get(error.wording, "gone"), cookies)
    if isinstance(entry, actions.Linked):
        return _door("/desk/security", "linked", cookies)
    if isinstance(entry, actions.Pending):
        # In the part of the address that is never sent anywhere; it opens nothing without a code.
        return Redirect(f"/desk/login#{entry.step}.{entry.token}", cookies=cookies)
    await leave(request, database)
    return Redirect("/desk/", cookies=[*cookies, kept(request, entry)])


_DOORS = {
    "accounts.sso_unknown": "unknown",
    "accounts.address_refused": "address",
    "accounts.no_sso": "off",
    "accounts.sso_no_role": "no_role",
    "accounts.sso_taken": "taken",
    "accounts.wrong_login": "unknown",
    "kernel.too_many": "often",
}


def _door(page: str, why: str, cookies: list[Cookie]) -> Redirect:
    return Redirect(f"{page}?{urlencode({'sso': why})}", cookies=cookies)


async def _view(request: Request[Any, Any, Any], tx: Transaction) -> SsoView:
    provider = await queries.sso_provider(tx)
    linked = 0
    if provider is not None:
        issuer = provider.issuer.rstrip("/")
        linked = await queries.links_to(tx, issuer) + await queries.links_to(tx, issuer + "/")
    return SsoView(
        provider=provider,
        has_secret=await queries.has_sso_secret(tx),
        linked=linked,
        redirect=redirect_of(request),
        after=address_after(request),
    )


def redirect_of(request: Request[Any, Any, Any]) -> str:
    """Return the address to which the provider sends browsers back."""
    return _base(request) + CALLBACK


def address_after(request: Request[Any, Any, Any]) -> str:
    """Return the address to which the provider sends browsers that signed out there."""
    return _base(request) + AFTER


def _base(request: Request[Any, Any, Any]) -> str:
    return settings.public_url or f"{request.url.scheme}://{request.headers.get('host', '')}"


def _secure(request: Request[Any, Any, Any]) -> bool:
    return settings.public_url.startswith("https:") or request.scope.get("scheme") == "https"


def _name(request: Request[Any, Any, Any]) -> str:
    return "__Host-peakend-sso" if _secure(request) else "peakend-sso"


def sso_cookie(request: Request[Any, Any, Any], value: str) -> Cookie:
    """Return the cookie that ties the return to this browser; an empty one takes it away."""
    return Cookie(
        key=_name(request),
        value=value,
        path="/",
        max_age=COOKIE_S if value else 0,
        httponly=True,
        secure=_secure(request),
        samesite="lax",
    )


routes: list[Any] = [read_sso, set_sso, set_sso_secret, check_sso, sso_ways, set_out, come_back]
