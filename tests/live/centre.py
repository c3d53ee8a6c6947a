"""A running centre for tests of live push: a real server that can be restarted, and its people."""

import asyncio
import contextlib
import socket
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import uvicorn

from peakend.accounts import actions as accounts
from peakend.accounts import queries as account_queries
from peakend.customers import actions as customers
from peakend.entry.app import create
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, use
from peakend.kernel.worker import Worker
from tests.databases import make_organisation
from tests.routing.floor import Floor


class _Server(uvicorn.Server):
    @contextlib.contextmanager
    def capture_signals(self) -> Any:
        yield


class Running:
    """A web server and a worker in this process; both can be ended and begun again."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self.socket = socket.socket()
        self.socket.bind(("127.0.0.1", 0))
        self.socket.listen(256)
        self.socket.setblocking(False)
        self.port = self.socket.getsockname()[1]
        self.restarts = 0

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"

    async def start(self) -> None:
        self.database = await Database(self.dsn).open(8)
        use(self.database)
        self.app = create(self.database)
        config = uvicorn.Config(
            self.app, log_config=None, ws="websockets-sansio", lifespan="on",
            timeout_graceful_shutdown=1, ws_max_size=65536,
        )  # fmt: skip
        self.server = _Server(config)
        copy = self.socket.dup()
        self._web = asyncio.create_task(self.server.serve([copy]))
        self._stop = asyncio.Event()
        self._work = asyncio.create_task(Worker(self.database).run(self._stop))
        while not self.server.started:
            await asyncio.sleep(0.01)

    async def stop(self) -> None:
        self.server.should_exit = True
        self._stop.set()
        await asyncio.gather(self._web, self._work, return_exceptions=True)
        # An ended process leaves no connection open.
        for connection in list(self.server.server_state.connections):
            if connection.transport is not None:
                connection.transport.abort()
        await self.database.close()

    async def restart(self) -> None:
        self.restarts += 1
        await self.stop()
        await self.start()


class People:
    """The members and visitors of one organisation, with their sessions."""

    def __init__(self, floor: Floor) -> None:
        self.floor = floor
        self.cookies: dict[UUID, str] = {}
        self.key = ""

    async def begin(self) -> None:
        await self.floor.open()
        async with self.floor.tx() as tx:
            self.key = await tx.value("SELECT key FROM channel")

    async def hire(self, login: str, **more: Any) -> Actor:
        member = await self.floor.hire(login, **more)
        async with self.floor.tx() as tx:
            entry = await accounts.enter(tx, member_id=member.id)
        self.cookies[member.id] = f"{account_queries.cookie_name(False)}={entry.token}"
        return member

    async def visitor(self) -> str:
        async with self.floor.tx() as tx:
            visit = await customers.start_visit(
                tx, channel_id=self.floor.channel_id, language="zh-CN"
            )
        return str(visit.token)


async def insist(http: httpx.AsyncClient, method: str, path: str, **more: Any) -> httpx.Response:
    """Send until there is an answer, as a browser does that keeps what was typed."""
    while True:
        try:
            answer = await http.request(method, path, **more)
        except httpx.TransportError:
            await asyncio.sleep(0.05)
            continue
        if answer.status_code in (429, 502, 503):
            await asyncio.sleep(0.2)
            continue
        return answer


def message(text: str, **more: Any) -> dict[str, Any]:
    return {"client_id": str(uuid4()), "text": text, **more}


@contextlib.asynccontextmanager
async def centre(dsn: str) -> AsyncIterator[tuple[Running, People]]:
    """Give a running server with an empty floor behind it."""
    running = Running(dsn)
    await running.start()
    try:
        floor = Floor(running.database, await make_organisation(running.database))
        people = People(floor)
        await people.begin()
        yield running, people
    finally:
        await running.stop()
        running.socket.close()
