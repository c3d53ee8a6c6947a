"""Databases for tests: a server for the run, one template, clones made ahead of their use."""

import asyncio
import contextlib
import os
import queue
import shutil
import tempfile
import threading
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit, urlunsplit
from uuid import UUID

import asyncpg

AHEAD = 2
FAST = {
    "fsync": "off",
    "synchronous_commit": "off",
    "full_page_writes": "off",
    "wal_level": "minimal",
    "max_wal_senders": "0",
    "max_connections": "100",
    "shared_buffers": "128MB",
    "autovacuum": "off",
    "max_wal_size": "4GB",
}
WORKER = os.environ.get("PYTEST_XDIST_WORKER", "main")


@contextlib.contextmanager
def a_server() -> Iterator[str]:
    """Give the address of PEAKEND_TEST_DATABASE_URL, or of an own server that ends with the run."""
    if given := os.environ.get("PEAKEND_TEST_DATABASE_URL"):
        yield given
        return
    from peakend.kernel.postgres import EmbeddedPostgres

    with folder_for_server() as folder:
        postgres = EmbeddedPostgres(folder / "d", settings=FAST, durable=False)
        # Started from this very thread: the server ends with the thread that started it.
        dsn = asyncio.run(postgres.start())
        try:
            yield dsn
        finally:
            asyncio.run(postgres.stop())


@contextlib.contextmanager
def folder_for_server() -> Iterator[Path]:
    """A folder in memory where there is plenty, that the server's own user may pass through."""
    base = Path("/dev/shm")
    if not base.is_dir() or shutil.disk_usage(base).free < 4e9:
        base = Path(tempfile.gettempdir())
    for left in base.glob("peakend-test-*"):
        if not Path(f"/proc/{left.name.split('-')[2]}").exists():
            shutil.rmtree(left, ignore_errors=True)
    folder = Path(tempfile.mkdtemp(prefix=f"peakend-test-{os.getpid()}-", dir=base))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


class Databases:
    """Clones of one migrated template; a thread makes the next while a test runs."""

    def __init__(self, server: str) -> None:
        self._server = server
        self._template = f"peakend_template_{WORKER}"
        self._ready: queue.Queue[str | BaseException] = queue.Queue(AHEAD)
        self._used: queue.SimpleQueue[str] = queue.SimpleQueue()
        self._ending = threading.Event()
        self._made = 0
        self._thread = threading.Thread(target=asyncio.run, args=(self._work(),), daemon=True)
        self._thread.start()

    def take(self) -> str:
        """Return the address of a database that nobody has used."""
        found = self._ready.get(timeout=60)
        if isinstance(found, BaseException):
            self._ready.put(found)
            raise found
        return found

    def give_back(self, dsn: str) -> None:
        """Let a database be dropped when there is time."""
        self._used.put(dsn)

    def close(self) -> None:
        """Stop cloning and, on a server that outlives the run, drop what is left."""
        self._ending.set()
        with contextlib.suppress(queue.Empty):
            while True:
                self._ready.get_nowait()
        self._thread.join(10)

    async def _work(self) -> None:
        try:
            await self._make_template()
            connection = await asyncpg.connect(self._server)
            try:
                while not self._ending.is_set():
                    await self._clone(connection)
                    await self._drop_used(connection)
                if os.environ.get("PEAKEND_TEST_DATABASE_URL"):
                    await self._drop_all(connection)
            finally:
                await connection.close()
        except Exception as error:  # noqa: BLE001  (raised in the test that asks)
            self._ready.put(error)

    async def _make_template(self) -> None:
        from peakend.kernel import schema

        connection = await asyncpg.connect(self._server)
        try:
            await self._drop_all(connection)
            await connection.execute(f'CREATE DATABASE "{self._template}" TEMPLATE template0')
        finally:
            await connection.close()
        await schema.prepare(self._address(self._template))

    async def _clone(self, connection: Any) -> None:
        self._made += 1
        name = f"peakend_test_{WORKER}_{self._made}"
        await connection.execute(
            f'CREATE DATABASE "{name}" TEMPLATE "{self._template}" STRATEGY FILE_COPY'
        )
        while not self._ending.is_set():
            try:
                self._ready.put(self._address(name), timeout=0.2)
                return
            except queue.Full:
                await self._drop_used(connection)

    async def _drop_used(self, connection: Any) -> None:
        while not self._used.empty():
            name = urlsplit(self._used.get()).path[1:]
            await connection.execute(f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')

    async def _drop_all(self, connection: Any) -> None:
        names = await connection.fetch(
            "SELECT datname FROM pg_database WHERE datname = $1 OR datname LIKE $2",
            self._template,
            f"peakend\\_test\\_{WORKER}\\_%",
        )
        for row in names:
            await connection.execute(f'DROP DATABASE "{row["datname"]}" WITH (FORCE)')

    def _address(self, database: str) -> str:
        return urlunsplit(urlsplit(self._server)._replace(path=f"/{database}"))


async def make_organisation(database: Any, name: str = "安居家") -> UUID:
    """Make an organisation with a brand of its name and return its id."""
    from peakend.accounts.actions import create_organisation
    from peakend.kernel.actors import Actor
    from peakend.kernel.ids import new_id

    async with database.transaction(Actor.system(new_id())) as tx:
        return await create_organisation(tx, name=name)
