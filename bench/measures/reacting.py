"""Reactions: how quickly one worker drains them, and what enqueueing costs the one who writes."""

import asyncio
import time
from collections.abc import Iterator
from contextlib import contextmanager

from bench.centre import Centre, make_centre
from bench.cluster import Cluster, a_cluster
from bench.figures import Figure, console, mean_of
from bench.measures.posting import TEXT
from bench.web import bench_nothing, register
from peakend.conversations import actions
from peakend.kernel.db import Database, use
from peakend.kernel.events import REACTIONS
from peakend.kernel.ids import new_id
from peakend.kernel.worker import Worker

WAITING = 12_000
PAIRS = 3
TURN_S = 2

# As many facts and jobs as the app would have left behind had the worker been away.
LEFT = """
WITH e AS (
    INSERT INTO event (organisation_id, id, type, version, occurred_at, subject, conversation_id,
                       customer_id, agent_id, channel, queue_id, actor, payload)
    SELECT e.organisation_id, gen_random_uuid(), 'ReplySent', 1, now(), e.conversation_id,
           e.conversation_id, e.customer_id, e.agent_id, e.channel, e.queue_id, e.actor, e.payload
    FROM (SELECT * FROM event WHERE type = 'ReplySent' LIMIT 1) e, generate_series(1, $1::int)
    RETURNING organisation_id, id
)
INSERT INTO job (organisation_id, id, name, fact_id, run_at, priority, args, alone)
SELECT organisation_id, gen_random_uuid(), 'bench.bench_nothing', id, now(), 5, '{}', false FROM e
"""


async def reactions() -> list[Figure]:
    """Measure both in this process, over a database of its own."""
    async with a_cluster() as cluster:
        register()
        centre = await make_centre(await cluster.database("bench"), agents=8, each=1)
        await centre.database.close()
        database = await Database(centre.address).open(12, listen=False)
        use(database)
        centre.database = database
        kept = await _rate_kept(centre)
        drained = await _drained(cluster, centre)
        await database.close()
    return [drained, kept]


async def _drained(cluster: Cluster, centre: Centre) -> Figure:
    """Return how many jobs a second one worker ends when thousands wait."""
    import asyncpg

    worker = Worker(centre.database)
    await worker.drain(100_000)
    admin = await asyncpg.connect(centre.address)
    await admin.execute(LEFT, WAITING)
    await admin.execute("ANALYZE job")
    await admin.close()
    console.print(f"  {WAITING:,} reactions wait", style="dim")
    began, cpu = time.perf_counter(), time.process_time()
    server = cluster.cpu_s()
    done = await worker.drain(WAITING + 1000)
    took = time.perf_counter() - began
    detail = {
        "jobs": done,
        "worker ms each": (time.process_time() - cpu) / done * 1000,
        "PostgreSQL ms each": (cluster.cpu_s() - server) / done * 1000,
    }
    return Figure("no-op reactions drained by one worker", done / took, "/s", 3000, "more", detail)


async def _rate_kept(centre: Centre) -> Figure:
    """Return the rate of posting with the reaction queued over the rate without."""
    await _rate(centre)
    with_it, without = [], []
    for pair in range(PAIRS):
        console.print(f"  pair {pair + 1} of {PAIRS}", style="dim")
        for queued in (True, False) if pair % 2 else (False, True):
            if queued:
                with_it.append(await _rate(centre))
            else:
                with nobody_reacts():
                    without.append(await _rate(centre))
    detail = {"with /s": mean_of(with_it), "without /s": mean_of(without)}
    ratio = mean_of(with_it) / mean_of(without)
    return Figure("rate kept when enqueueing", ratio, "", 0.85, "more", detail)


@contextmanager
def nobody_reacts() -> Iterator[None]:
    """Take the empty reaction away for a while."""
    known = REACTIONS["ReplySent"]
    REACTIONS["ReplySent"] = [one for one in known if one.run is not bench_nothing]
    try:
        yield
    finally:
        REACTIONS["ReplySent"] = known


async def _rate(centre: Centre) -> float:
    until = time.perf_counter() + TURN_S
    done = 0

    async def write(n: int) -> None:
        nonlocal done
        by = centre.agents[n].actor
        assert by.id is not None
        conversation_id = centre.held[by.id][0]
        while time.perf_counter() < until:
            async with centre.tx(by) as tx:
                await actions.reply(
                    tx, conversation_id=conversation_id, client_id=new_id(), text=TEXT, by=by
                )
            done += 1

    await asyncio.gather(*(write(n) for n in range(len(centre.agents))))
    return done / TURN_S
