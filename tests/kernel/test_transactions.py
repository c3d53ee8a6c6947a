"""Transactions that are broken off leave connections as good as new."""

import asyncio
from typing import Any
from uuid import UUID

import asyncpg
import pytest

from peakend.kernel.actors import Actor
from peakend.kernel.db import Database


async def test_a_request_cancelled_anywhere_is_rolled_back_in_silence(
    database: Database, organisation: UUID
) -> None:
    """As at Ctrl-C: asyncpg takes a transaction left open for an error of the program."""
    said: list[dict[str, Any]] = []
    asyncio.get_running_loop().set_exception_handler(lambda _, context: said.append(context))

    async def request() -> None:
        async with database.transaction(Actor.system(organisation)) as tx:
            await tx.value("SELECT pg_sleep(0.002)")

    for step in range(120):
        task = asyncio.create_task(request())
        await asyncio.sleep(step * 0.00005)
        for _ in range(1 + step % 3):
            task.cancel()
            await asyncio.sleep(0)
        await asyncio.gather(task, return_exceptions=True)
    async with database.transaction(Actor.system(organisation)) as tx:
        assert await tx.value("SELECT 1") == 1
    # asyncpg's own cancelling over TCP may leave a future of its own behind; that is not ours.
    assert [one for one in said if "transaction" in one["message"]] == []


async def test_a_connection_that_the_server_ends_hides_nothing(
    database: Database, organisation: UUID
) -> None:
    """Work that took too long inside a transaction fails with its own error, not with ours."""

    async def work() -> None:
        async with database.transaction(Actor.system(organisation)) as tx:
            pid = await tx.value("SELECT pg_backend_pid()")
            # Only who is a superuser ends another's backend.
            server = await asyncpg.connect(database.dsn)
            assert await server.fetchval("SELECT pg_terminate_backend($1)", pid)
            await server.close()
            await asyncio.sleep(0.2)
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        await work()
    async with database.transaction(Actor.system(organisation)) as tx:
        assert await tx.value("SELECT 1") == 1
