"""Promises: ten thousand that end within one minute, and how soon one worker has said so."""

import time
from datetime import timedelta
from uuid import uuid4

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
_LOOKS = """
INSERT INTO job (id, name, run_at, priority, unique_key, args, alone)
SELECT gen_random_uuid(), $1, $2::timestamptz + make_interval(secs => n), 3, $4::text || n, '{}',
       false
FROM generate_series(1, $3::int) n
"""


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
    empty = await _drained(centre, worker, 0)
    server = cluster.cpu_s()
    took = await _drained(centre, worker, MANY)
    each = {
        "PostgreSQL ms each": (cluster.cpu_s() - server) / MANY * 1000,
        "looks at none s": empty,
    }
    return [
        Figure("10,000 promises of one minute are broken after", took, "s", 5, "less", each),
        Figure("all of them over as many looks at none", took / empty, "", None, "less"),
    ]


async def _drained(centre: Centre, worker: Worker, many: int) -> float:
    at = clock.now() - timedelta(minutes=2)
    async with centre.tx() as tx:
        customer_id = await tx.value("SELECT id FROM customer LIMIT 1")
        await tx.run(_LAID, customer_id, at, centre.agents[0].actor.id, many)
        await tx.run(
            _LOOKS.replace("'bench'", f"'{uuid4()}'"), "cases.look_at_promises", at, MOMENTS
        )
    began = time.perf_counter()
    await worker.drain(MOMENTS * 4)
    took = time.perf_counter() - began
    async with centre.tx() as tx:
        left = await tx.value(
            "SELECT count(*) FROM promise WHERE state = 'open' AND due_at < now()"
        )
    if left:
        raise RuntimeError(f"{left} promises were not found")
    return took
