"""Running the parts of Peakend in one process: database, web, worker, demo; and ending them."""

import asyncio
import contextlib
import errno
import gc
import importlib
import os
import signal
import socket
from collections.abc import AsyncIterator, Awaitable, Callable, Iterator
from dataclasses import dataclass
from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Any

import asyncpg
import uvicorn

from peakend.entry.console import Steps, console, say, show_rows
from peakend.kernel import db, schema
from peakend.kernel.backups import Archiver
from peakend.kernel.db import Database
from peakend.kernel.errors import PeakendError
from peakend.kernel.postgres import EmbeddedPostgres, kept_dsn
from peakend.kernel.settings import settings

if TYPE_CHECKING:
    from peakend.entry.app import Application

GRACE_S = 2
DEMO = "peakend.entry.demo.run"


@dataclass(frozen=True, kw_only=True)
class Plan:
    """What one process runs."""

    host: str = "127.0.0.1"
    port: int = 8080
    web: bool = True
    worker: bool = True
    embedded: bool = True
    demo: bool = False
    simulation: bool = False

    @property
    def own_url(self) -> str:
        """Return the address under which this machine itself reaches the server."""
        host = "127.0.0.1" if self.host in ("0.0.0.0", "::", "") else self.host  # noqa: S104
        host = f"[{host}]" if ":" in host else host
        return f"http://{host}:{self.port}"

    @property
    def url(self) -> str:
        """Return the address that a person opens."""
        return settings.public_url or self.own_url


class PortTaken(PeakendError):
    """Another program listens there."""

    status = 503
    wording = "entry.cli.port_taken"


class PortRefused(PeakendError):
    """The system does not let us listen there."""

    status = 503
    wording = "entry.cli.port_refused"


class DatabaseAway(PeakendError):
    """There is no database to work with."""

    status = 503
    wording = "entry.cli.no_database"


async def run(plan: Plan) -> None:
    """Start what the plan names, serve until Ctrl-C or a part fails, and stop it all again."""
    stop = asyncio.Event()
    loop = asyncio.get_running_loop()
    for name in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        loop.add_signal_handler(name, stop.set)
    async with contextlib.AsyncExitStack() as stack:
        listener = stack.enter_context(_listen(plan.host, plan.port)) if plan.web else None
        settings.embedded = plan.embedded and not settings.database_url
        archiver = Archiver(settings.data_dir) if settings.embedded else None
        if archiver is not None:  # ends after the server, whose last words it still takes
            stack.push_async_callback(archiver.close)
        starting = asyncio.create_task(_start(plan, stack))
        await _first(starting, stop)
        if not starting.done():
            starting.cancel()
            with contextlib.suppress(asyncio.CancelledError):
                await starting
            return
        database, app, greet = starting.result()
        await _serve(plan, database, app, listener, greet, stop, archiver)
        console.print(say("entry.cli.stopping"))
    console.print(say("entry.cli.stopped"))


async def _start(
    plan: Plan, stack: contextlib.AsyncExitStack
) -> tuple[Database, "Application | None", Callable[[], None]]:
    """Bring everything up that must be there before the first request."""
    # While our own server comes up in a process of its own; another's may not be there at all.
    built = asyncio.create_task(asyncio.to_thread(_build, plan)) if plan.embedded else None
    with Steps() as steps:
        dsn = await _database(plan, stack, steps)
        own, settings.database_url = not settings.database_url, dsn
        if plan.embedded:
            steps.begin("entry.cli.tables")
            await schema.prepare(dsn, own=own)
        else:
            await schema.need_current(dsn)
        app = await built if built else _build(plan)
        database = await stack.enter_async_context(opened(dsn))
        if app is not None:
            app.use(database)
        repeated = importlib.import_module("peakend.entry.erasing").repeated
        await repeated(database, steps)
        logins: list[Any] = []
        if plan.demo and find_spec(DEMO) is not None:
            steps.begin("entry.cli.demo_data")
            logins = list(await importlib.import_module(DEMO).prepare(database, steps.begin) or ())
        link = await _set_up_link(plan, database)
    return database, app, lambda: _greet(plan, logins, link)


def _build(plan: Plan) -> "Application | None":
    """Read every context and build what this process serves; no database is needed for it."""
    importlib.import_module("peakend.entry.wiring").load()
    importlib.import_module("peakend.entry.worker")
    return importlib.import_module("peakend.entry.app").create() if plan.web else None


async def _database(plan: Plan, stack: contextlib.AsyncExitStack, steps: Steps) -> str:
    if settings.database_url:
        steps.begin("entry.cli.reaching_database")
        return settings.database_url
    if not plan.embedded:
        dsn = kept_dsn(settings.data_dir)
        if dsn is None or not await _answers(dsn):
            raise DatabaseAway
        return dsn
    postgres = EmbeddedPostgres(settings.data_dir)
    stack.push_async_callback(postgres.stop)
    return await postgres.start(steps.begin)


@contextlib.asynccontextmanager
async def opened(dsn: str) -> AsyncIterator[Database]:
    """Open the database of this process."""
    database = await Database(dsn).open(settings.pool_size)
    db.use(database)
    try:
        yield database
    finally:
        await database.close()


@contextlib.asynccontextmanager
async def reached(data_dir: Path) -> AsyncIterator[str]:
    """Give a short command an address: given, of a running server, or started for the while."""
    dsn = settings.database_url or kept_dsn(data_dir)
    if dsn is None:
        raise DatabaseAway
    if settings.database_url or await _answers(dsn):
        yield dsn
        return
    postgres = EmbeddedPostgres(data_dir)
    try:
        yield await postgres.start()
    finally:
        await postgres.stop()


async def _answers(dsn: str) -> bool:
    try:
        connection = await asyncpg.connect(dsn, timeout=3)
    except (OSError, TimeoutError, asyncpg.PostgresError):
        return False
    await connection.close()
    return True


async def _set_up_link(plan: Plan, database: Database) -> str | None:
    """Return the one-time link while there is no organisation yet."""
    if plan.demo or not plan.web:
        return None
    actions = importlib.import_module("peakend.accounts.actions")
    secret = await actions.offer_set_up(database)
    return f"{plan.url}/setup/{secret}" if secret else None


async def _serve(
    plan: Plan,
    database: Database,
    app: "Application | None",
    listener: socket.socket | None,
    greet: Callable[[], None],
    stop: asyncio.Event,
    archiver: Archiver | None,
) -> None:
    """Run every part until one ends or `stop` is set, then end them all within seconds."""
    parts: list[asyncio.Task[Any]] = []
    server: _Server | None = None
    if app is not None and listener is not None:
        server = _Server(_web_config(app, plan))
        parts.append(asyncio.create_task(server.serve([listener]), name="web"))
        await _first(asyncio.create_task(_started(server)), stop, *parts)
    if plan.worker:
        worker = importlib.import_module("peakend.entry.worker")
        parts.append(asyncio.create_task(worker.run(database, stop), name="worker"))
    if archiver is not None:
        parts.append(asyncio.create_task(archiver.run(stop), name="archive"))
    if plan.demo and find_spec(DEMO) is not None:
        lively = importlib.import_module(DEMO).live(
            database, plan.own_url, stop, simulation=plan.simulation
        )
        parts.append(asyncio.create_task(lively, name="demo"))
    _settle_memory()
    if not any(part.done() for part in parts) and not stop.is_set():
        greet()
        await _first(asyncio.gather(*(_watch(part) for part in parts)), stop, *parts)
    failed = [part for part in parts if part.done() and not part.cancelled() and part.exception()]
    stop.set()
    if server is not None:
        server.should_exit = True
    _, late = await asyncio.wait(parts, timeout=GRACE_S + 0.5)
    for part in late:
        part.cancel()
    await asyncio.gather(*parts, return_exceptions=True)
    for part in failed:
        raise part.exception() or RuntimeError(part.get_name())


def _settle_memory() -> None:
    """Keep what lives as long as the process out of every later look for rubbish."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(20_000, 20, 50)


async def _watch(part: asyncio.Task[Any]) -> None:
    await asyncio.wait([part])


async def _started(server: "_Server") -> None:
    while not server.started:  # noqa: ASYNC110  (uvicorn offers a flag only)
        await asyncio.sleep(0.01)


async def _first(waited: Awaitable[Any], stop: asyncio.Event, *parts: asyncio.Task[Any]) -> None:
    """Wait until something is done, a part ends early, or `stop` is set."""
    stopping = asyncio.create_task(stop.wait())
    tasks = [asyncio.ensure_future(waited), stopping, *parts]
    await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
    stopping.cancel()


class _Server(uvicorn.Server):
    """Uvicorn without signal handlers of its own: we stop the parts in our order."""

    @contextlib.contextmanager
    def capture_signals(self) -> Iterator[None]:
        """Leave the signals to us."""
        yield


def _web_config(app: Any, plan: Plan) -> uvicorn.Config:
    return uvicorn.Config(
        app,
        host=plan.host,
        port=plan.port,
        http="httptools",
        ws="websockets-sansio",
        ws_per_message_deflate=False,
        ws_max_size=64 * 1024,
        lifespan="on",
        log_config=None,
        access_log=False,
        server_header=False,
        proxy_headers=bool(settings.trusted_proxies),
        forwarded_allow_ips=sorted(settings.trusted_proxies),
        timeout_graceful_shutdown=GRACE_S,
    )


@contextlib.contextmanager
def _listen(host: str, port: int) -> Iterator[socket.socket]:
    """Take the port before anything else is started. Errors: PortTaken, PortRefused."""
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family, socket.SOCK_STREAM) as listener:
        if os.name == "posix":
            listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
            listener.listen(2048)
        except OSError as error:
            if error.errno == errno.EADDRINUSE:
                raise PortTaken(host=host, port=port, other=port + 1) from error
            raise PortRefused(host=host, port=port, reason=error.strerror) from error
        listener.setblocking(False)
        yield listener


def _greet(plan: Plan, logins: list[Any], link: str | None) -> None:
    if plan.web:
        pages = [("desk", "/desk"), ("help", "/help")]
        if plan.demo:
            pages.insert(1, ("shop", "/shop"))
        rows = [(say(f"entry.cli.page_{name}"), plan.url + path) for name, path in pages]
        show_rows("entry.cli.ready", ("entry.cli.page", "entry.cli.address"), rows)
    if logins:
        show_rows(
            "entry.cli.sign_in",
            ("entry.cli.role", "entry.cli.name", "entry.cli.login", "entry.cli.password"),
            [
                (say(f"entry.cli.role_{one.role}"), one.name, one.login, one.password)
                for one in logins
            ],
        )
        importlib.import_module(DEMO).greet()
    if link:
        console.print(say("entry.cli.set_up"))
        console.print(f"  {link}", style="bold", soft_wrap=True)
    console.print(say("entry.cli.how_to_stop"), style="dim")
