"""The way to the database: one transaction a request or job, the tenant set in one place."""

import asyncio
import contextlib
import inspect
from collections.abc import AsyncIterator, Iterable, Sequence
from datetime import datetime
from functools import lru_cache
from typing import Any, TypeVar, cast
from uuid import UUID

import asyncpg
import msgspec

from peakend.kernel import clock
from peakend.kernel.actors import Actor
from peakend.kernel.events import Envelope, FromRow, from_row, write_records
from peakend.kernel.pokes import Pokes
from peakend.kernel.tables import metadata, reference, system_table, tenant_table

__all__ = [
    "Database",
    "SystemTransaction",
    "Transaction",
    "current",
    "metadata",
    "reference",
    "system_table",
    "tenant_table",
    "use",
]

T = TypeVar("T")

APP_ROLE = "peakend_app"
SYSTEM_ROLE = "peakend_system"


class _Connection(asyncpg.Connection):
    """A connection that needs no cleaning between uses: all that we set is transaction-local."""

    def get_reset_query(self) -> str:
        return ""

    async def reset(self, *, timeout: float | None = None) -> None:
        # Whoever is cancelled on the way into or out of a transaction leaves it open. As asyncpg
        # does not know of our BEGIN, it would end it, too, but log that as an error.
        if self.is_in_transaction():
            await self.execute("ROLLBACK", timeout=timeout)
        await super().reset(timeout=timeout)


class SystemTransaction:
    """A transaction of the cross-tenant role: it sees only tables declared open to it."""

    def __init__(self, connection: Any, now: datetime) -> None:
        self._connection = connection
        self.now = now

    async def all(self, row: type[T], sql: str, *args: Any) -> list[T]:
        """Return every row, decoded by column name."""
        return _decoded(row, await self._connection.fetch(sql, *args))

    async def one(self, row: type[T], sql: str, *args: Any) -> T | None:
        """Return the first row, or None."""
        record = await self._connection.fetchrow(sql, *args)
        return None if record is None else _decoded(row, (record,))[0]

    async def value(self, sql: str, *args: Any) -> Any:
        """Return the first column of the first row, or None."""
        return await self._connection.fetchval(sql, *args)

    async def run(self, sql: str, *args: Any) -> int:
        """Execute a statement and return how many rows it touched."""
        status: str = await self._connection.execute(sql, *args)
        count = status.rsplit(" ", 1)[-1]
        return int(count) if count.isdigit() else 0

    async def many(self, sql: str, rows: Iterable[tuple[Any, ...]]) -> None:
        """Execute a statement once for each row of arguments."""
        await self._connection.executemany(sql, rows)


class Transaction(SystemTransaction):
    """A unit of work of one actor in one organisation; facts recorded in it are written with it."""

    def __init__(self, connection: Any, actor: Actor, now: datetime) -> None:
        super().__init__(connection, now)
        self.actor = actor
        self.organisation_id: UUID = actor.organisation_id
        self.cause: Envelope | None = None
        self.records: list[Any] = []
        self.jobs: list[Any] = []
        self.wrote = False

    async def flush(self) -> None:
        """Write the facts and jobs gathered so far; the edge does it before the commit."""
        if self.records or self.jobs:
            self.wrote = True
            await write_records(self)

    async def one_with_fact(
        self, row: type[T], statement: tuple[str, str, str], args: Sequence[Any], fact: FromRow
    ) -> T | None:
        """Run a statement that writes one row or none, with the row's fact and its jobs in it."""
        sql, values = from_row(self, fact, statement, len(args) + 1)
        found = await self.one(row, sql, *args, *values)
        self.wrote = self.wrote or found is not None
        return found


class Database:
    """Two pools over one server: the app's role behind its walls, and the cross-tenant role."""

    def __init__(self, dsn: str) -> None:
        self.dsn = dsn
        self.pokes = Pokes(dsn)
        self._app: asyncpg.Pool | None = None
        self._system: asyncpg.Pool | None = None

    async def open(self, size: int = 12, *, listen: bool = True) -> "Database":
        """Connect; the pools grow on demand."""
        own = await _roles_sign_in(self.dsn)
        self._app = await _pool(self.dsn, APP_ROLE, size, own=own)
        self._system = await _pool(self.dsn, SYSTEM_ROLE, max(2, size // 3), own=own)
        if listen:
            await self.pokes.open()
        return self

    async def close(self) -> None:
        """Close every connection, waiting briefly for those in use."""
        await self.pokes.close()
        for pool in (self._app, self._system):
            if pool is not None:
                try:
                    await asyncio.wait_for(pool.close(), 3)
                except TimeoutError:
                    pool.terminate()

    @contextlib.asynccontextmanager
    async def transaction(
        self, actor: Actor, now: datetime | None = None
    ) -> AsyncIterator[Transaction]:
        """Open a transaction for an actor; it commits when the block ends well."""
        assert self._app is not None
        async with self._app.acquire() as connection:
            # The only place that sets the tenant. A UUID object prints as hex digits and dashes
            # only, so that BEGIN and the setting can share one round trip.
            await connection.execute(
                f"BEGIN; SET LOCAL peakend.organisation = '{UUID(int=actor.organisation_id.int)}'"
            )
            tx = Transaction(connection, actor, now or clock.now())
            try:
                yield tx
                await tx.flush()
                await connection.execute("COMMIT")
            except BaseException:
                await _roll_back(connection)
                raise
        if tx.wrote:
            self.pokes.poke()

    @contextlib.asynccontextmanager
    async def system(self, now: datetime | None = None) -> AsyncIterator[SystemTransaction]:
        """Open a transaction of the cross-tenant role."""
        assert self._system is not None
        async with self._system.acquire() as connection, connection.transaction():
            yield SystemTransaction(connection, now or clock.now())

    @contextlib.asynccontextmanager
    async def look(self, now: datetime | None = None) -> AsyncIterator[SystemTransaction]:
        """Give the cross-tenant role for reading: each statement sees its own moment."""
        assert self._system is not None
        async with self._system.acquire() as connection:
            yield SystemTransaction(connection, now or clock.now())


def _decoded(row: type[T], records: Sequence[Any]) -> list[T]:
    """Return records as rows, by place where the columns stand in the order of the fields."""
    if not records:
        return []
    names, kind = tuple(records[0].keys()), cast(Any, row)
    if _by_place(kind, names):
        return [row(*record) for record in records]
    return [row(**dict(zip(names, record, strict=True))) for record in records]


@lru_cache(maxsize=2048)
def _by_place(row: type, names: tuple[str, ...]) -> bool:
    try:
        taken = list(inspect.signature(row).parameters.values())
    except ValueError:
        return False
    first = taken[: len(names)]
    return [one.name for one in first] == list(names) and all(
        one.kind is one.POSITIONAL_OR_KEYWORD for one in first
    )


class _Slot(msgspec.Struct):
    database: Database | None = None


_slot = _Slot()


def use(database: Database) -> None:
    """Make this the database of the process; the edge does it once at the start."""
    _slot.database = database


def current() -> Database:
    """Return the database of the process. Errors: RuntimeError before the start."""
    if _slot.database is None:
        raise RuntimeError("the process has no database yet")
    return _slot.database


async def _roll_back(connection: Any) -> None:
    # A connection that the server has ended refuses even the question whether it is closed.
    with contextlib.suppress(asyncpg.PostgresError, asyncpg.InterfaceError, OSError):
        if not connection.is_closed():
            await connection.execute("ROLLBACK")


async def _roles_sign_in(dsn: str) -> bool:
    """Say whether the app's roles have sign-ins of their own; elsewhere we change into them."""
    connection = await asyncpg.connect(dsn, timeout=10)
    try:
        return bool(
            await connection.fetchval(
                "SELECT bool_and(rolcanlogin) FROM pg_roles WHERE rolname = ANY($1)",
                [APP_ROLE, SYSTEM_ROLE],
            )
        )
    finally:
        await connection.close()


async def _pool(dsn: str, role: str, size: int, *, own: bool) -> asyncpg.Pool:
    return await asyncpg.create_pool(
        dsn,
        user=role if own else None,
        min_size=1,
        max_size=size,
        init=_prepare,
        connection_class=_Connection,
        statement_cache_size=512,
        max_inactive_connection_lifetime=300,
        timeout=10,
        server_settings={
            "role": role,
            "application_name": "peakend",
            "idle_in_transaction_session_timeout": "10s",
            "statement_timeout": "30s",
            "jit": "off",
            # Disks without arms: elsewhere than in our own server the default keeps indexes unused.
            "random_page_cost": "1.1",
            "timezone": "UTC",
        },
    )


async def _prepare(connection: Any) -> None:
    """Let jsonb come and go as Python values."""
    await connection.set_type_codec(
        "jsonb",
        schema="pg_catalog",
        encoder=lambda value: b"\x01" + msgspec.json.encode(value),
        decoder=lambda raw: msgspec.json.decode(raw[1:]),
        format="binary",
    )
