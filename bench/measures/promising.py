"""Promises: ten thousand that end within one minute, and how soon one worker has said so."""

import time
from datetime import datetime, timedelta
from uuid import uuid4

import asyncpg
import msgspec

from bench.centre import Centre, make_centre
from bench.cluster import Cluster, a_cluster
from bench.figures import Figure
from peakend.kernel import clock
from peakend.kernel.worker import Worker

MANY = 10_000
MOMENTS = 60

# As many as were promised for the same minute, each second with the look that it asked for.
_LAID = """
INSERT INTO promise (id, customer_id, kind, words, made_at, owner_id, due_at, warn_at, warned_at)
SELECT gen_random_uuid(), $1, 'call_back', 'x', $2::timestamptz, $3,
       $2::timestamptz + make_interval(secs => n % 60), $2::timestamptz, $2::timestamptz
FROM generate_series(1, $4::int) n
"""
# The same by PostgreSQL alone: the rows changed and as many facts written, in one statement.
_PEER = """
WITH broken AS (
    UPDATE promise SET state = 'broken', broken_at = now(), version = version + 1
    WHERE state = 'open' AND due_at <= now() RETURNING id, customer_id, owner_id, due_at
)
INSERT INTO event (id, type, version, occurred_at, subject, customer_id, agent_id, actor, payload)
SELECT gen_random_uuid(), 'PromiseBroken', 1, due_at, id, customer_id, owner_id, 'system',
       jsonb_build_object('promise_id', id, 'kind', 'call_back', 'due_at', due_at)
FROM broken
"""
_LOOKS = """
INSERT INTO job (id, name, run_at, priority, unique_key, args, alone)
SELECT gen_random_uuid(), $1, $2::timestamptz + make_interval(secs => n), 3, $4::text || n, '{}',
       false
FROM generate_series(1, $3::int) n
"""


class Taken(msgspec.Struct):
    """What a drain took: on the wall, of the worker's own processor time and of the server's."""

    took_s: float
    own_s: float
    server_s: float


async def promises() -> list[Figure]:
    """Let one worker find all of them over, beside as many looks at none."""
    async with a_cluster() as cluster:
        centre = await make_centre(await cluster.database("promises"), agents=8, each=1)
        figures = await _broken(cluster, centre)
        await centre.database.close()
    return figures


async def _broken(cluster: Cluster, centre: Centre) -> list[Figure]:
    worker = Worker(centre.database)
    await worker.drain(100_000)
    empty = await _drained(cluster, centre, worker, 0)
    taken = await _drained(cluster, centre, worker, MANY)
    peer_s = await _peer(centre)
    detail = {
        "worker's CPU s": taken.own_s,
        "PostgreSQL's CPU s": taken.server_s,
        "looks at none s": empty.took_s,
        "PostgreSQL alone s": peer_s,
    }
    return [
        Figure(
            "10,000 promises of one minute are broken after", taken.took_s, "s", 5, "less", detail
        ),
        Figure(
            "the same ÷ PostgreSQL alone, one statement", taken.took_s / peer_s, "", None, "less"
        ),
    ]


async def _drained(cluster: Cluster, centre: Centre, worker: Worker, many: int) -> Taken:
    """Return what one worker takes for so many that were due within the same minute."""
    at = await _laid(centre, many)
    async with centre.tx() as tx:
        await tx.run(_LOOKS, "cases.look_at_promises", at, MOMENTS, f"{uuid4()}/")
    before, server_s, own_s = time.perf_counter(), cluster.cpu_s(), time.process_time()
    await worker.drain(MOMENTS * 4)
    taken = Taken(
        time.perf_counter() - before, time.process_time() - own_s, cluster.cpu_s() - server_s
    )
    async with centre.tx() as tx:
        left = await tx.value("SELECT count(*) FROM promise WHERE state = 'open'")
        said = await tx.value("SELECT count(*) FROM event WHERE type = 'PromiseBroken'")
    if left or said != many:
        raise RuntimeError(f"{left} promises were not found, {said} of {many} facts")
    return taken


async def _peer(centre: Centre) -> float:
    await _laid(centre, MANY)
    began = time.perf_counter()
    async with centre.tx() as tx:
        await tx.run(_PEER)
    return time.perf_counter() - began


async def _laid(centre: Centre, many: int) -> datetime:
    at = clock.now() - timedelta(minutes=2)
    async with centre.tx() as tx:
        customer_id = await tx.value("SELECT id FROM customer LIMIT 1")
        await tx.run(_LAID, customer_id, at, centre.agents[0].actor.id, many)
    admin = await asyncpg.connect(centre.address)
    try:
        await admin.execute("VACUUM (ANALYZE) promise")
        await admin.execute("CHECKPOINT")
    finally:
        await admin.close()
    return at
