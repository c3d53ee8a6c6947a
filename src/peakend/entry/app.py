"""The web application: routes of every context behind one edge, sockets beside them."""

import asyncio
import contextlib
import importlib
from collections.abc import AsyncIterator
from importlib.util import find_spec
from typing import Any

from litestar import Litestar, Router
from litestar.di import Provide
from litestar.handlers import BaseRouteHandler
from litestar.openapi import OpenAPIConfig

from peakend.entry import health, statics, wiring
from peakend.entry.documenting import DescribedWithErrors, operation_id
from peakend.entry.edge import (
    GONE,
    HANDLERS,
    ROLLED_BACK,
    answer_at_the_end,
    guard,
    new_trace,
    provide_actor,
    provide_database,
    provide_tx,
    trace_id,
)
from peakend.entry.fronts import Fronts, nobody_here
from peakend.entry.live import Hub
from peakend.entry.sockets import Sockets
from peakend.entry.watching import watch
from peakend.kernel.db import Database, use
from peakend.kernel.permissions import NEEDS, public
from peakend.kernel.settings import VERSION, settings

MAX_BODY = 1024 * 1024
KEPT_BODY = 64 * 1024
TRIES = 3
PAGES = ("health_report", "widget_pages", "shop.page")
PAGES_AT = ("/help", "/r/", "/g/", "/p/", "/w-proof/", "/leaving")

SECURITY = [
    (b"x-content-type-options", b"nosniff"),
    (b"referrer-policy", b"strict-origin-when-cross-origin"),
    (b"cross-origin-opener-policy", b"same-origin"),
    (b"permissions-policy", b"geolocation=(), payment=(), usb=()"),
]
POLICY = (
    b"default-src 'self'; script-src 'self'; style-src 'self' 'unsafe-inline'; "
    b"img-src 'self' data: blob:; object-src 'none'; base-uri 'none'; form-action 'self'; "
    b"frame-ancestors 'none'"
)


class Undeclared(RuntimeError):
    """A route does not say who may call it; the app does not start with such a route."""


class Again:
    """Runs a request anew whose transaction PostgreSQL undid because of another (a deadlock)."""

    def __init__(self, receive: Any) -> None:
        self._receive = receive
        self._heard: list[Any] = []
        self._next = 0
        self._left = TRIES
        self.answered = False
        self.scope: Any = {ROLLED_BACK: True}

    def begins(self, scope: Any) -> bool:
        """Say whether the request is to be run now, with a scope of its own."""
        if not self.scope.get(ROLLED_BACK) or not self._left:
            return False
        self._left -= 1
        self._next = 0
        self.scope = dict(scope)
        return True

    def swallows(self, message: Any) -> bool:
        """Say whether an answer is kept back because there is another try."""
        return bool(self.scope.get(ROLLED_BACK)) and self._left > 0

    async def receive(self) -> Any:
        """Give the request's parts, those heard before first; a long body is not kept."""
        if self._next < len(self._heard):
            self._next += 1
            return self._heard[self._next - 1]
        message = await self._receive()
        if message["type"] == "http.disconnect":
            self.scope[GONE] = True
        if self._left and message["type"] == "http.request":
            self._heard.append(message)
            self._next += 1
            if sum(len(part.get("body", b"")) for part in self._heard) > KEPT_BODY:
                self._left, self._heard, self._next = 0, [], 0
        return message


class Application:
    """The ASGI application: HTTP goes to the router, sockets to the hub, all with a trace id."""

    def __init__(self, http: Litestar) -> None:
        self.http = http
        self.state = http.state
        self.fronts = Fronts()

    def use(self, database: Database) -> None:
        """Serve from this database; it is closed by who opened it."""
        use(database)
        hub = Hub(database)
        self.state.database = database
        self.state.hub = hub
        self.state.sockets = Sockets(hub)
        self.fronts.use(database)

    async def __call__(self, scope: Any, receive: Any, send: Any) -> None:
        """Serve one connection."""
        nobodys = scope["type"] != "lifespan" and await self.fronts.turn(scope)
        if scope["type"] == "websocket":
            await self.state.sockets(scope, receive, send)
            return
        if scope["type"] != "http":
            await self.http(scope, receive, send)
            return
        trace = new_trace()
        trace_id.set(trace)

        again = Again(receive)

        async def send_with_headers(message: Any) -> None:
            if again.swallows(message):
                return
            if message["type"] == "http.response.start":
                again.answered = True
                headers = message.setdefault("headers", [])
                names = {name.lower() for name, _ in headers}
                extra = [*SECURITY, (b"x-trace-id", trace.encode())]
                if b"content-security-policy" not in names:
                    extra.append((b"content-security-policy", POLICY))
                    extra.append((b"x-frame-options", b"DENY"))
                message["headers"] = list(headers) + [e for e in extra if e[0] not in names]
            await send(message)

        if nobodys:
            again.scope = scope
            await nobody_here(scope, send_with_headers)
            return
        try:
            while again.begins(scope):
                await self.http(again.scope, again.receive, send_with_headers)
        except asyncio.CancelledError:
            if again.answered:
                raise
            await answer_at_the_end(scope, send_with_headers)


class Registered(Router):
    """A router that is registered once, so that no deep copy of all its routes is needed."""

    def __deepcopy__(self, memo: Any) -> "Registered":
        """Return itself."""
        return self


def create(database: Database | None = None) -> Application:
    """Return the application; without a database it opens the one of the settings."""
    wiring.load()
    pages: list[Any] = [*statics.routes, *health.routes]
    for name in PAGES:
        if _exists(f"peakend.entry.{name}"):
            pages += importlib.import_module(f"peakend.entry.{name}").routes
    api: list[Any] = []
    others: list[Any] = []
    for route in wiring.routes():
        (others if _outside_api(route) else api).append(route)
    http = Litestar(
        route_handlers=[Registered("/api", route_handlers=api), *others, *pages],
        dependencies={
            "tx": Provide(provide_tx),
            "actor": Provide(provide_actor),
            "database": Provide(provide_database),
        },
        guards=[guard],
        exception_handlers=HANDLERS,
        lifespan=[lambda _: _lifespan(app)],
        openapi_config=OpenAPIConfig(
            title="Peakend 峰终",
            version=VERSION,
            openapi_router=Router(
                "/api/schema",
                route_handlers=[],
                opt=public("no data in it"),
                include_in_schema=False,
            ),
            operation_id_creator=operation_id,
            render_plugins=[DescribedWithErrors()],
        ),
        request_max_body_size=MAX_BODY,
        logging_config=None,
        debug=False,
    )
    check_declared(http)
    app = Application(http)
    if database is not None:
        app.use(database)
    return app


def _exists(name: str) -> bool:
    try:
        return find_spec(name) is not None
    except ModuleNotFoundError:
        return False


def _outside_api(route: Any) -> bool:
    """Say whether a context's route is a page with an address of its own (help centre, rating)."""
    return all(path.startswith(PAGES_AT) for path in route.paths)


def check_declared(http: Litestar) -> None:
    """Fail for a route that does not declare who may call it. Errors: Undeclared."""
    for route in http.routes:
        for handler in getattr(route, "route_handlers", ()):
            if not _declares(handler):
                raise Undeclared(f"{route.path} ({handler.handler_name})")


def _declares(handler: BaseRouteHandler) -> bool:
    # Litestar answers OPTIONS by itself, without touching anything of ours.
    return NEEDS in handler.opt or getattr(handler, "http_methods", None) == {"OPTIONS"}


@contextlib.asynccontextmanager
async def _lifespan(app: Application) -> AsyncIterator[None]:
    own = None
    if "database" not in app.state:
        own = await Database(settings.database_url).open(settings.pool_size)
        app.use(own)
    hub = app.state.hub
    reader = asyncio.create_task(hub.run(), name="live")
    watcher = asyncio.create_task(watch(hub), name="rights of sockets")
    try:
        yield
    finally:
        watcher.cancel()
        reader.cancel()
        with contextlib.suppress(asyncio.CancelledError):
            await reader
        if own is not None:
            await own.close()
