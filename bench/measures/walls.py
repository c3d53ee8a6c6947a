"""What a database of its own costs a test."""

import asyncio
import statistics
import time

from bench.figures import Figure

MANY = 25


async def database_per_test() -> list[Figure]:
    """Take databases as the tests do, each in use for a moment."""
    return await asyncio.to_thread(_measured)


def _measured() -> list[Figure]:
    from tests.databases import Databases, a_server

    with a_server() as dsn:
        databases = Databases(dsn)
        try:
            databases.give_back(databases.take())
            waited = []
            for _ in range(MANY):
                began = time.perf_counter()
                address = databases.take()
                waited.append((time.perf_counter() - began) * 1000)
                databases.give_back(address)
        finally:
            databases.close()
    detail = {"databases": MANY, "longest ms": max(waited)}
    return [Figure("database per test", statistics.median(waited), "ms", 50, "less", detail)]
