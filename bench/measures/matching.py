"""Matching: what it costs to decide who gets what, with a whole floor and a long line."""

import time

import asyncpg

from bench.centre import Centre, fill, make_centre
from bench.cluster import Cluster, a_cluster
from bench.figures import Figure, console
from peakend.kernel import clock
from peakend.kernel.db import Database, use
from peakend.routing import actions, queries
from peakend.routing.queries.work import as_waiting
from peakend.routing.rules.choice import choose

AGENTS, QUEUES, WAITING = 500, 20, 5_000
ROUNDS = 10
MESSAGES_EACH = 10

# Everybody waits at once, some since long and some urgent.
LINE = """
INSERT INTO work_item (organisation_id, id, conversation_id, queue_id, customer_id, state, live,
                       priority, entered_at)
SELECT organisation_id, gen_random_uuid(), id, queue_id, customer_id, 'waiting', true,
       number % 3 * 5, now() - (number % 900) * interval '1 second'
FROM conversation WHERE last_message_at IS NOT NULL AND state = 'serving'
"""
READY = """
INSERT INTO presence (organisation_id, member_id, state, since, idle_since, stays)
SELECT organisation_id, id, 'ready', now(), now() - (random() * 600) * interval '1 second', true
FROM member WHERE role = 'agent'
"""


async def matching() -> list[Figure]:
    """Measure the choice alone, and rounds of it in the database with one agent free each."""
    async with a_cluster() as cluster:
        console.print(f"  {AGENTS} agents, {WAITING:,} wait", style="dim")
        centre = await make_centre(
            await cluster.database("bench"), agents=AGENTS, queues=QUEUES, each=0
        )
        await fill(centre, WAITING * MESSAGES_EACH, lambda said: None, open_every=1)
        await centre.database.close()
        admin = await asyncpg.connect(centre.address)
        for statement in ("SET session_replication_role = replica", LINE, READY):
            await admin.execute(statement)
        await admin.execute("ANALYZE work_item, presence")
        await admin.close()
        database = await Database(centre.address).open(2, listen=False)
        use(database)
        centre.database = database
        choice = await _choice(centre)
        rounds = await _rounds(cluster, centre)
        await database.close()
    return [choice, rounds]


async def _choice(centre: Centre) -> Figure:
    """Return what the rule alone takes when everybody is free and everything is looked at."""
    async with centre.tx() as tx:
        ready = [seat.ready() for seat in await queries.seats(tx) if seat.role == "agent"]
        line = [as_waiting(leg, {}) for leg in await queries.waiting(tx, WAITING)]
    best = 1e9
    for _ in range(ROUNDS):
        began = time.process_time()
        made = len(choose(line, ready, clock.now()))
        best = min(best, time.process_time() - began)
    detail = {"agents": len(ready), "waiting": len(line), "offers": made}
    return Figure("choice for the whole floor", best * 1000, "ms CPU", 50, "less", detail)


async def _rounds(cluster: Cluster, centre: Centre) -> Figure:
    """Return app's and PostgreSQL's time of a round in which one agent has become free."""
    async with centre.tx() as tx:
        everybody = await actions.match(tx)
    app_s = server_s = 0.0
    for _ in range(ROUNDS):
        async with centre.tx() as tx:
            # One of those who were offered something has answered and has room again.
            await tx.run(
                "UPDATE work_item SET state = 'done', offered_to = NULL, ended_at = now() "
                "WHERE organisation_id = current_organisation() AND id = "
                "(SELECT id FROM work_item WHERE organisation_id = current_organisation()"
                " AND state = 'offered' ORDER BY id LIMIT 1)"
            )
        server, app = cluster.cpu_s(), time.process_time()
        async with centre.tx() as tx:
            made = await actions.match(tx)
        app_s += (time.process_time() - app) / ROUNDS
        server_s += (cluster.cpu_s() - server) / ROUNDS
        assert made == 1, "one agent was free"
    detail = {
        "app ms": app_s * 1000,
        "PostgreSQL ms": server_s * 1000,
        "offers of the first round": everybody,
    }
    return Figure("matching round", (app_s + server_s) * 1000, "ms CPU", 50, "less", detail)
