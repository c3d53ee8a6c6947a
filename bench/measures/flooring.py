"""What the board of the floor, its line and its reports cost beside a million conversations.

The floor is as large on both sides; what differs is the past behind it.
"""

import random
from contextlib import AsyncExitStack

import asyncpg

from bench.centre import Centre, make_centre
from bench.client import Client
from bench.cluster import a_cluster
from bench.figures import Figure, quantile
from bench.measures.growth import Work, asked, compared
from bench.measures.viewing import SIZES, filled
from bench.processes import Process, a_process

AGENTS = 40
WAITING = 100
DAYS = 90
LEGS = """
INSERT INTO work_item (organisation_id, id, conversation_id, queue_id, customer_id, state, live,
    entered_at, answered_at, agent_id, ended_at, outcome, told_low_s, told_high_s)
SELECT organisation_id, gen_random_uuid(), id, queue_id, customer_id, 'done', true,
    opened_at, opened_at + (number % 90) * interval '1 s', agent_id, closed_at, 'closed',
    number % 60, number % 60 + 30
FROM conversation WHERE state = 'closed'
"""
LINE = """
INSERT INTO work_item (organisation_id, id, conversation_id, queue_id, customer_id, state, live,
    entered_at)
SELECT organisation_id, gen_random_uuid(), id, queue_id, customer_id, 'waiting', true,
    now() - number % 600 * interval '1 s'
FROM conversation WHERE state <> 'closed' AND number > 1000000 ORDER BY number LIMIT $1
"""
SUMS = """
INSERT INTO metric_interval (organisation_id, interval_at, queue_id, entered, answered,
    answered_within, answered_wait_ms, ended, ended_digital)
SELECT organisation_id,
    date_bin('15 minutes', opened_at, timestamptz '2000-01-01 00:00Z') AS at, queue_id,
    count(*), count(*), count(*) - 1, count(*) * 9000, count(*), count(*) / 3
FROM conversation WHERE state = 'closed' AND queue_id IS NOT NULL
GROUP BY organisation_id, at, queue_id
"""
FACTS = """
INSERT INTO event (organisation_id, id, type, occurred_at, recorded_at, conversation_id, actor,
    payload)
SELECT organisation_id, gen_random_uuid(), 'ConversationClosed', closed_at, closed_at, id,
    'system', '{"from_state": "serving", "live": true}'
FROM conversation WHERE state = 'closed'
"""
HELPS = """
INSERT INTO help_offer (organisation_id, id, conversation_id, customer_id, agent_id, kind, seq,
    outcome, offered_at)
SELECT organisation_id, gen_random_uuid(), id, customer_id, agent_id,
    CASE WHEN number % 3 = 0 THEN 'teach' ELSE 'confirm' END, 1,
    CASE WHEN number % 2 = 0 THEN 'kept' ELSE 'dismissed' END, opened_at
FROM conversation WHERE number % 3 = 0
"""
APPROVALS = """
INSERT INTO reply_approval (organisation_id, id, conversation_id, writer_id, required, text,
    asked_at, asked_seq, state, decided_at)
SELECT organisation_id, gen_random_uuid(), id, agent_id, true, '好的', opened_at, 1, 'sent',
    opened_at + number % 600 * interval '1 s'
FROM conversation WHERE number % 5 = 0
"""
TABLES = ("work_item", "event", "help_offer", "reply_approval")


async def floor() -> list[Figure]:
    """Ask both sizes the same, one after the other; then the reports of the larger one."""
    async with AsyncExitStack() as stack:
        cluster = await stack.enter_async_context(a_cluster())
        sides, reports = [], []
        for size in SIZES:
            centre = await make_centre(
                await cluster.database(f"floor_{size}"), agents=AGENTS, queues=4, each=3
            )
            await filled(centre, size)
            await _behind(centre)
            web = await stack.enter_async_context(a_process("web", centre.address, cluster.folder))
            stack.push_async_callback(centre.database.close)
            sides.append(_works(centre, web))
            reports.append(_reports(centre, web))
        figures = await compared(sides)
        taken = await asked(reports[-1:], rounds=10)
    for name, (times,) in taken.items():
        detail = {"p50 s": quantile(times, 0.5) / 1000, "runs": len(times)}
        slowest = quantile(times, 1) / 1000
        figures.append(Figure(f"{name}, the slowest", slowest, "s", 2, "less", detail))
    return figures


async def _behind(centre: Centre) -> None:
    """Give every conversation that is over its leg, its facts and what reports count."""
    admin = await asyncpg.connect(centre.address)
    try:
        await admin.execute(
            "SET session_replication_role = replica; SET synchronous_commit = off;"
            "SET maintenance_work_mem = '512MB'"
        )
        indexes = await admin.fetch(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = ANY($1)"
            " AND indexname NOT LIKE 'pk_%'",
            TABLES,
        )
        for index in indexes:
            await admin.execute(f"DROP INDEX {index['indexname']}")
        for statement in (LEGS, SUMS, FACTS, HELPS, APPROVALS):
            await admin.execute(statement)
        await admin.execute(LINE, WAITING)
        for index in indexes:
            await admin.execute(index["indexdef"])
        await admin.execute(f"VACUUM (ANALYZE) {', '.join(TABLES)}, metric_interval")
        await admin.execute("CHECKPOINT")
    finally:
        await admin.close()


def _works(centre: Centre, web: Process) -> dict[str, Work]:
    client = Client(web.port, centre.lead.cookie)

    async def board(_: random.Random) -> bytes:
        return await client.get("/api/wallboard")

    async def line(_: random.Random) -> bytes:
        return await client.get("/api/floor/waiting")

    return {"wallboard": board, "what waits": line}


def _reports(centre: Centre, web: Process) -> dict[str, Work]:
    client = Client(web.port, centre.lead.cookie)

    def report(path: str) -> Work:
        async def ask(_: random.Random) -> bytes:
            return await client.get(f"/api/{path}?days={DAYS}")

        return ask

    return {
        f"report of {DAYS} days: waits as announced": report("announced-waits"),
        f"report of {DAYS} days: helps for agents": report("reply-helps/report"),
        f"report of {DAYS} days: approvals": report("approvals/report"),
    }
