"""What the other tests stand on."""

import statistics
import time

import asyncpg


def test_a_database_for_each_test_is_quick(databases):
    """Units: seconds; what a test waits for, the clone being made ahead or not."""
    waited = []
    for _ in range(8):
        began = time.perf_counter()
        address = databases.take()
        waited.append(time.perf_counter() - began)
        databases.give_back(address)
    assert statistics.median(waited) <= 0.050, waited


async def test_databases_do_not_share_rows(databases):
    one, other = databases.take(), databases.take()
    connection = await asyncpg.connect(one)
    await connection.execute("CREATE TABLE only_here ()")
    await connection.close()
    connection = await asyncpg.connect(other)
    assert await connection.fetchval("SELECT to_regclass('only_here')") is None
    await connection.close()
    databases.give_back(one)
    databases.give_back(other)
