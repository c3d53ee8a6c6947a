"""What a view costs among a million conversations: its list, and the counts of all views."""

import json
import random
from contextlib import AsyncExitStack
from urllib.parse import quote
from uuid import UUID

import asyncpg

from bench.centre import Centre, make_centre
from bench.client import Client
from bench.cluster import a_cluster
from bench.figures import Figure, console
from bench.measures.growth import Work, compared
from bench.processes import Process, a_process
from peakend.conversations import actions
from peakend.conversations.rules.views import Order, ViewFilter

SIZES = (10_000, 1_000_000)
OPEN_EVERY = 50
TAGGED_EVERY = 100
# Common, rare, in no conversation at all; by people, by promise, over what is closed.
VIEWS: list[tuple[ViewFilter, Order]] = [
    (ViewFilter(), "recent"),
    (ViewFilter(stages=["serving"], unread=True), "oldest"),
    (ViewFilter(holders=["me"]), "recent"),
    (ViewFilter(holders=["nobody"]), "recent"),
    (ViewFilter(priorities=["urgent"], languages=["en"]), "recent"),
    (ViewFilter(waiting_s=600), "due"),
    (ViewFilter(sla=["breached"]), "due"),
    (ViewFilter(tiers=["vip"]), "recent"),
    (ViewFilter(stages=["closed"], priorities=["urgent"]), "recent"),
    (ViewFilter(stages=["closed"], languages=["en"], unread=True), "recent"),
]
PAST = """
INSERT INTO conversation (organisation_id, id, number, channel_id, channel_kind, customer_id,
    queue_id, agent_id, state, language, last_seq, preview, last_message_at, opened_at, closed_at,
    unread, priority, awaiting_since)
SELECT $1::uuid, gen_random_uuid(), g + 1000000, $2::uuid, 'web', $3::uuid,
    ($4::uuid[])[1 + g % cardinality($4::uuid[])], ($5::uuid[])[1 + g % cardinality($5::uuid[])],
    CASE WHEN g % $6::int = 0 THEN 'serving' ELSE 'closed' END,
    CASE WHEN g % 701 = 0 THEN 'en' ELSE 'zh-CN' END, 3, '您好',
    now() - g * interval '20 s', now() - g * interval '21 s',
    CASE WHEN g % $6::int <> 0 THEN now() - g * interval '20 s' END,
    CASE WHEN g % 350 = 0 THEN 2 ELSE 0 END, CASE WHEN g % 900 = 0 THEN 'urgent' ELSE 'normal' END,
    CASE WHEN g % ($6::int * 2) = 0 THEN now() - g * interval '20 s' END
FROM generate_series(1, $7::int) g
"""
DUE = """
INSERT INTO conversation_due (organisation_id, conversation_id, target, due_at, warn_at)
SELECT organisation_id, id, 'next_reply', awaiting_since + interval '1 day', awaiting_since
FROM conversation WHERE awaiting_since IS NOT NULL AND number > 1000000
"""


async def views() -> list[Figure]:
    """Ask both sizes the same, one after the other, so that both meet the same machine."""
    async with AsyncExitStack() as stack:
        cluster = await stack.enter_async_context(a_cluster())
        sides = []
        for size in SIZES:
            centre = await make_centre(
                await cluster.database(f"views_{size}"), agents=8, queues=4, each=1
            )
            await _fill(centre, size)
            web = await stack.enter_async_context(a_process("web", centre.address, cluster.folder))
            stack.push_async_callback(centre.database.close)
            sides.append(await _works(centre, web))
        return await compared(sides)


async def _fill(centre: Centre, many: int) -> None:
    """Give the centre so many conversations; indexes are made when the rows are there."""
    console.print(f"  {many:,} conversations", style="dim")
    people = [one.actor.id for one in centre.agents]
    admin = await asyncpg.connect(centre.address)
    try:
        await admin.execute(
            "SET session_replication_role = replica; SET synchronous_commit = off;"
            "SET maintenance_work_mem = '512MB'"
        )
        customer_id: UUID = await admin.fetchval("SELECT id FROM customer LIMIT 1")
        indexes = await admin.fetch(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'conversation'"
            " AND indexname NOT LIKE 'pk_%'"
        )
        for index in indexes:
            await admin.execute(f"DROP INDEX {index['indexname']}")
        await admin.execute(
            PAST, centre.organisation_id, centre.channel_id, customer_id, centre.queues, people,
            OPEN_EVERY, many,
        )  # fmt: skip
        await admin.execute(DUE)
        for index in indexes:
            # One customer has them all, so only what may stand twice is unique here.
            if index["indexname"] != "uq_conversation_open":
                await admin.execute(index["indexdef"])
        await admin.execute("VACUUM (ANALYZE) conversation, conversation_due")
        await admin.execute("CHECKPOINT")
    finally:
        await admin.close()


async def _works(centre: Centre, web: Process) -> dict[str, Work]:
    """Return what people do with views, by name, over one database."""
    async with centre.tx(centre.lead.actor) as tx:
        for at, (given, order) in enumerate(VIEWS):
            await actions.add_view(
                tx, name=f"视图 {at}", given=given, order=order, columns=[], scope="all",
                team_id=None, by=centre.lead.actor,
            )  # fmt: skip
    clients = [Client(web.port, one.cookie) for one in (centre.lead, *centre.agents[:3])]

    async def found(chosen: random.Random) -> bytes:
        given, order = chosen.choice(VIEWS)
        asked = quote(json.dumps(_plain(given)))
        return await chosen.choice(clients).get(
            f"/api/conversations/found?limit=50&order={order}&filter={asked}"
        )

    async def counts(chosen: random.Random) -> bytes:
        return await chosen.choice(clients).get("/api/views/counts")

    return {"view": found, "counts of ten views": counts}


def _plain(given: ViewFilter) -> dict[str, object]:
    return {
        name: value
        for name in given.__struct_fields__
        if (value := getattr(given, name)) not in ([], False, None)
    }
