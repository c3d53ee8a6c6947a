"""The session cookie: given, renewed, taken away; and what a request tells of the device."""

from typing import Any
from uuid import UUID

from litestar import Request, Response
from litestar.datastructures import Cookie
from msgspec import Struct

from peakend.accounts import actions, queries
from peakend.accounts.queries import Me, cookie_name
from peakend.accounts.rules import Step, device_of, session_life
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from peakend.kernel.errors import SignInNeeded
from peakend.kernel.settings import settings


class NextStep(Struct, frozen=True):
    """There is no session yet: the second step is a code, or setting two-step sign-in up."""

    step: Step
    token: str


def device(request: Request[Any, Any, Any]) -> actions.Device:
    """Return from where a request comes; behind a trusted proxy the address is its client's."""
    browser, system = device_of(request.headers.get("user-agent", ""))
    return actions.Device(browser, system, request.client.host if request.client else "")


async def session_id(request: Request[Any, Any, Any], database: Database) -> Any:
    """Return the id of the session that asks. Errors: SignInNeeded where it ended meanwhile."""
    found = await queries.actor_for_session(database, request.cookies.get(_cookie(request)))
    if found is None:
        raise SignInNeeded
    return found.session_id


async def signed_in_id(request: Request[Any, Any, Any], database: Database) -> UUID | None:
    """Return who is signed in in the browser that asks, if anybody is."""
    found = await queries.actor_for_session(database, request.cookies.get(_cookie(request)))
    return found.actor.id if found is not None else None


async def leave(request: Request[Any, Any, Any], database: Database) -> None:
    """End the session the browser came with: a new one never takes over an old token."""
    token = request.cookies.get(_cookie(request))
    found = await queries.actor_for_session(database, token)
    if found is not None:
        async with database.transaction(found.actor) as tx:
            await actions.sign_out(tx, session_id=found.session_id)
    queries.forget_token(token)


async def entered(
    request: Request[Any, Any, Any],
    database: Database,
    entry: actions.Entry | actions.Pending,
    status: int = 200,
) -> Response[Me | NextStep]:
    """Answer with the session that was opened, or with 202 and what is to be done first."""
    if isinstance(entry, actions.Pending):
        return Response(NextStep(entry.step, entry.token), status_code=202)
    me = await welcome(request, database, entry)
    return Response(me, status_code=status, cookies=[kept(request, entry)])


async def welcome(request: Request[Any, Any, Any], database: Database, entry: actions.Entry) -> Me:
    """Return what a member's screen begins with, and end the session the browser had before."""
    # Only now: a wrong password must not end the session that the browser has.
    await leave(request, database)
    async with database.transaction(Actor.system(entry.organisation_id)) as tx:
        return await queries.me(tx, entry.member_id)


def kept(request: Request[Any, Any, Any], entry: actions.Entry) -> Cookie:
    """Return the cookie of a new session."""
    return Cookie(
        key=_cookie(request),
        value=entry.token,
        path="/",
        max_age=int(session_life(entry.role).total_seconds()),
        httponly=True,
        secure=_secure(request),
        samesite="lax",
    )


def gone(request: Request[Any, Any, Any]) -> Cookie:
    """Return the cookie that takes a session's away."""
    return Cookie(key=_cookie(request), path="/", max_age=0, httponly=True, secure=_secure(request))


def _secure(request: Request[Any, Any, Any]) -> bool:
    return settings.public_url.startswith("https:") or request.scope.get("scheme") == "https"


def _cookie(request: Request[Any, Any, Any]) -> str:
    return cookie_name(_secure(request))
