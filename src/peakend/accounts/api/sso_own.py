"""One's own link to the provider, and signing out there too."""

from typing import Any

from litestar import Request, Response, get, post
from msgspec import Struct

from peakend.accounts import actions, queries
from peakend.accounts.api.cookies import device, gone, leave, session_id
from peakend.accounts.api.sessions import Password
from peakend.accounts.api.sso import LINKING, SsoGo, address_after, redirect_of, sso_cookie
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, Transaction
from peakend.kernel.permissions import signed_in


class SsoProof(Struct, forbid_unknown_fields=True):
    """One's own password, asked for again."""

    password: Password


@get("/session/sso", opt=signed_in())
async def read_own_sso(actor: Actor, tx: Transaction) -> list[queries.SsoOwn]:
    """Return how one stands with the provider of the house; nothing where there is none."""
    assert actor.id is not None
    found = await queries.own_sso(tx, actor.id)
    return [found] if found else []


@post("/session/sso/departures", status_code=200, opt=signed_in())
async def set_out_to_link(
    request: Request[Any, Any, Any], actor: Actor, database: Database, data: SsoProof
) -> Response[SsoGo]:
    """Set out to the provider to be known there; the session and the cookie tie the return."""
    begun = await actions.set_out_to_link(
        database,
        actor=actor,
        password=data.password,
        redirect=redirect_of(request),
        address=device(request).address,
    )
    cookie = sso_cookie(request, LINKING + begun.browser)
    return Response(SsoGo(begun.url), cookies=[cookie])


@post("/session/sso/removals", status_code=204, opt=signed_in())
async def unlink_sso(tx: Transaction, data: SsoProof) -> None:
    """Take one's own link to the provider away."""
    await actions.unlink(tx, password=data.password)


@post("/session/endings", status_code=200, opt=signed_in())
async def end_session(
    request: Request[Any, Any, Any], actor: Actor, database: Database
) -> Response[SsoGo]:
    """Sign out, and say where the browser goes: to the provider, where the house wants that."""
    held = await session_id(request, database)
    async with database.transaction(actor) as tx:
        way = await actions.way_out(tx, held)
    await leave(request, database)
    url = ""
    if way is not None:
        url = await actions.end_there(actor.organisation_id, way, address_after(request))
    return Response(SsoGo(url or "/desk/login"), cookies=[gone(request)])


routes: list[Any] = [read_own_sso, set_out_to_link, unlink_sso, end_session]
