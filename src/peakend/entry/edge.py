"""The edge: who calls, whether the route is open to them, their transaction, and error answers."""

import contextvars
import re
import uuid
from collections.abc import AsyncIterator, Callable
from typing import Any
from urllib.parse import urlsplit

import asyncpg
import msgspec
import structlog
from litestar import Request, Response
from litestar.connection import ASGIConnection
from litestar.exceptions import HTTPException, ValidationException
from litestar.handlers import BaseRouteHandler

from peakend.accounts.queries import (
    AddressRefused,
    actor_for_key,
    actor_for_session,
    cookie_name,
    key_may_come_from,
    may_come_from,
    need_fresh,
)
from peakend.customers.queries import actor_for_visitor
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from peakend.kernel.errors import Crossed, NotFound, PeakendError, Refused, SignInNeeded
from peakend.kernel.limits import spend
from peakend.kernel.permissions import FRESH, NEEDS
from peakend.kernel.settings import settings
from peakend.kernel.words import best_language, word

log = structlog.get_logger()
trace_id: contextvars.ContextVar[str] = contextvars.ContextVar("trace_id", default="")

# Set where PostgreSQL undid a transaction only because of another: it may run once more.
ROLLED_BACK = "peakend.rolled_back"
GONE = "peakend.gone"
"""In the scope once the one who asked has gone away."""
SAFE = frozenset({"GET", "HEAD", "OPTIONS"})
Connection = ASGIConnection[Any, Any, Any, Any]


class WrongOrigin(Refused):
    """A request that changes something came from a page that is not ours."""

    wording = "kernel.wrong_origin"


async def guard(connection: Connection, handler: BaseRouteHandler) -> None:
    """Let a request pass only where its route says so, and note who makes it."""
    need = handler.opt.get(NEEDS)
    if need is None:
        raise NotFound
    if need == "public":
        # Sign-in, set-up and invitation give a cookie: no other site may send a browser there.
        if _gives_cookie(connection):
            _same_origin(connection)
        return
    database: Database = connection.app.state.database
    if need == "visitor":
        scheme, _, token = connection.headers.get("authorization", "").partition(" ")
        actor = await actor_for_visitor(database, token) if scheme.lower() == "bearer" else None
        if actor is None:
            raise SignInNeeded
        connection.scope["actor"] = actor  # type: ignore[typeddict-unknown-key]
        return
    found = await key_holder(connection)
    if found is not None:
        if need == "member" and not _open_to_keys(connection):
            raise Refused
    else:
        found = await signed_in(connection)
        if found is None:
            raise SignInNeeded
        # Only browsers send cookies by themselves; a key is sent by who means it.
        _same_origin(connection)
    if need != "member" and not found.may(need):
        raise Refused
    if handler.opt.get(FRESH):
        await _need_fresh(connection, found)
    connection.scope["actor"] = found  # type: ignore[typeddict-unknown-key]


async def key_holder(connection: Connection) -> Actor | None:
    """Return for whom the API key of a request acts; None where there is no key.

    Errors: SignInNeeded for one that is not known, ApiKeyExpired, AddressRefused, TooMany.
    """
    scheme, _, secret = connection.headers.get("authorization", "").partition(" ")
    if scheme.lower() != "bearer":
        return None
    address = connection.client.host if connection.client else ""
    found = await actor_for_key(connection.app.state.database, secret.strip(), address)
    if found is None:
        raise SignInNeeded
    if not key_may_come_from(found, address):
        raise AddressRefused
    rate = found.per_minute / 60
    await spend(f"api_key:{found.actor.key_id}", rate=rate, burst=max(1, found.per_minute // 6))
    return found.actor


def _open_to_keys(connection: Connection) -> bool:
    """Say whether what is open to every member is open to keys: reading, but no sessions."""
    path = connection.scope["path"]
    own = path.startswith(("/api/session/", "/api/sessions", "/api/passkeys"))
    return connection.scope.get("method") in SAFE and not own


async def signed_in(connection: Connection) -> Actor | None:
    """Return the member whose session cookie came with the request. Errors: AddressRefused."""
    cookie = connection.cookies.get(cookie_name(is_secure(connection)))
    if not cookie:
        return None
    found = await actor_for_session(connection.app.state.database, cookie)
    if found is None:
        return None
    if not may_come_from(found, connection.client.host if connection.client else ""):
        raise AddressRefused
    return found.actor


async def _need_fresh(connection: Connection, actor: Actor) -> None:
    """Refuse who has not shown for a while who he is. Errors: Refused for a key, ProofNeeded."""
    if actor.key_id is not None:
        raise Refused
    cookie = connection.cookies.get(cookie_name(is_secure(connection)))
    await need_fresh(connection.app.state.database, actor, cookie)


def is_secure(connection: Connection) -> bool:
    """Say whether the browser speaks https with us, perhaps through a proxy that we trust."""
    return settings.public_url.startswith("https:") or connection.scope.get("scheme") == "https"


def _gives_cookie(connection: Connection) -> bool:
    path = connection.scope["path"]
    return path.startswith("/api/") and not path.startswith("/api/web/")


def _same_origin(connection: Connection) -> None:
    if connection.scope.get("method") in SAFE:
        return
    headers = connection.headers
    if headers.get("x-peakend") is None:
        raise WrongOrigin
    if headers.get("sec-fetch-site", "same-origin") not in ("same-origin", "none"):
        raise WrongOrigin
    if not own_origin(headers.get("origin"), headers.get("host", "")):
        raise WrongOrigin


def own_origin(origin: str | None, host: str) -> bool:
    """Say whether an Origin header names this very site (none at all is not a browser's page)."""
    if origin is None:
        return True
    if settings.public_url and origin == settings.public_url:
        return True
    parts = urlsplit(origin)
    return parts.scheme in ("http", "https") and parts.netloc == host


async def provide_actor(request: Request[Any, Any, Any]) -> Any:
    """Give a route its caller; None on public routes."""
    return request.scope.get("actor")


async def provide_database(request: Request[Any, Any, Any]) -> Any:
    """Give a route the database, for look-ups before anybody is known."""
    return request.app.state.database


async def provide_tx(request: Request[Any, Any, Any], actor: Any) -> AsyncIterator[Any]:
    """Give a route its transaction; it commits after the route, before the answer is sent.

    It asks for the actor, though the request holds it too: providers that need each other are
    awaited one after the other, others run as tasks of a group, which costs more than they do.
    """
    if actor is None:
        raise SignInNeeded
    database: Database = request.app.state.database
    async with database.transaction(actor) as tx:
        yield tx


def _answer(
    request: Request[Any, Any, Any],
    status: int,
    code: str,
    params: dict[str, Any] | None = None,
    fields: dict[str, str] | None = None,
) -> Response[Any]:
    actor = request.scope.get("actor")
    language = best_language(
        request.headers.get("accept-language") or getattr(actor, "language", None)
    )
    error: dict[str, Any] = {
        "code": code,
        "message": word(code, language, **(params or {})),
        "trace": trace_id.get(),
    }
    if fields:
        error["fields"] = fields
    headers = {}
    if params and params.get("retry_after_s"):
        headers["Retry-After"] = str(params["retry_after_s"])
    return Response({"error": error}, status_code=status, headers=headers)


def on_peakend_error(request: Request[Any, Any, Any], error: PeakendError) -> Response[Any]:
    """Answer an expected error in the caller's language."""
    if isinstance(error, Crossed):
        request.scope[ROLLED_BACK] = True  # type: ignore[literal-required]
    return _answer(request, error.status, error.wording, error.params, error.fields)


def on_http_error(request: Request[Any, Any, Any], error: HTTPException) -> Response[Any]:
    """Answer what the framework refuses, with names of fields and never their values."""
    if isinstance(error, ValidationException) or error.status_code == 400:
        extra = error.extra if isinstance(error.extra, list) else []
        fields = {_field(part): "invalid" for part in extra if isinstance(part, dict)}
        return _answer(request, 422, "kernel.invalid", fields=fields or None)
    codes = {401: "kernel.sign_in_needed", 403: "kernel.not_permitted", 404: "kernel.not_found",
             405: "kernel.method_not_allowed", 413: "kernel.too_large",
             429: "kernel.too_many"}  # fmt: skip
    if error.status_code >= 500 and request.scope.get(GONE):
        # The framework's fault for words that broke off; nobody is there to read an answer.
        return _answer(request, 408, "kernel.refused")
    if error.status_code >= 500:
        return on_fault(request, error)
    return _answer(request, error.status_code, codes.get(error.status_code, "kernel.refused"))


_MISSING = re.compile(r"field `([\w.]+)`")
_PATH = re.compile(r"at `\$\.([\w.\[\]]+)`")


def _field(part: dict[str, Any]) -> str:
    """Return the name of the field that a complaint is about, never its value."""
    message = str(part.get("message", ""))
    found = _PATH.search(message) or _MISSING.search(message)
    return found[1] if found else str(part.get("key", "body"))


def on_malformed(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Answer input that no rule could read."""
    return _answer(request, 422, "kernel.invalid")


def on_database_error(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Answer values that PostgreSQL cannot hold, and say plainly when it is away."""
    if isinstance(error, asyncpg.DataError | asyncpg.exceptions.DataError):
        return on_malformed(request, error)
    away = (
        asyncpg.PostgresConnectionError,
        asyncpg.CannotConnectNowError,
        asyncpg.InterfaceError,
        asyncpg.TooManyConnectionsError,
        asyncpg.AdminShutdownError,
        asyncpg.ReadOnlySQLTransactionError,
        asyncpg.QueryCanceledError,
        asyncpg.DiskFullError,
        ConnectionError,
        TimeoutError,
    )
    if isinstance(error, away):
        log.warning("the database is away", error=type(error).__name__, trace=trace_id.get())
        return _answer(request, 503, "kernel.unavailable", {"retry_after_s": 2})
    if isinstance(error, asyncpg.DeadlockDetectedError | asyncpg.SerializationError):
        return on_peakend_error(request, Crossed())
    return on_fault(request, error)


def on_fault(request: Request[Any, Any, Any], error: Exception) -> Response[Any]:
    """Answer our own fault: the caller gets a trace id, the log gets the rest."""
    log.error(
        "a request failed",
        trace=trace_id.get(),
        path=request.scope.get("path_template") or request.url.path.split("/")[1],
        error=type(error).__name__,
        exc_info=error,
    )
    return _answer(request, 500, "kernel.broken")


HANDLERS: dict[Any, Callable[..., Response[Any]]] = {
    PeakendError: on_peakend_error,
    HTTPException: on_http_error,
    msgspec.ValidationError: on_malformed,
    RecursionError: on_malformed,
    UnicodeError: on_malformed,
    asyncpg.PostgresError: on_database_error,
    asyncpg.InterfaceError: on_database_error,
    ConnectionError: on_database_error,
    TimeoutError: on_database_error,
    Exception: on_fault,
}


async def answer_at_the_end(scope: Any, send: Any) -> None:
    """Answer a request that the server's own end cuts off; whoever asks again asks the next one."""
    asked = dict(scope["headers"]).get(b"accept-language", b"").decode("latin-1")
    error = {
        "code": "kernel.unavailable",
        "message": word("kernel.unavailable", best_language(asked or None)),
        "trace": trace_id.get(),
    }
    headers = [(b"content-type", b"application/json"), (b"retry-after", b"2")]
    await send({"type": "http.response.start", "status": 503, "headers": headers})
    await send({"type": "http.response.body", "body": msgspec.json.encode({"error": error})})


def new_trace() -> str:
    """Return an id under which this request is found in the log."""
    return uuid.uuid4().hex[:12]
