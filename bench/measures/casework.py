"""What cases cost at two hundred thousand open ones: list, board, counts beside two thousand."""

import random
from contextlib import AsyncExitStack

import asyncpg

from bench.centre import Centre, make_centre
from bench.client import Client
from bench.cluster import a_cluster
from bench.figures import Figure, console
from bench.measures.growth import Work, compared
from bench.processes import Process, a_process

SIZES = (2_000, 200_000)
# So many open ones, and as many that are over.
OPEN_EVERY = 2
EACH = 4
PAGES = (
    "", "?owner_id={me}", "?nobody=true", "?late=true", "?priority=urgent", "?brand_id={brand}",
    "?shown=closed", "?shown=done", "?q=W-{number}",
)  # fmt: skip
BOARDS = ("", "?owner_id={me}", "?brand_id={brand}", "?late=true")
PEOPLE = """
INSERT INTO customer (organisation_id, id, name, folded, tier, language, since, attributes,
    preferences, known)
SELECT $1, gen_random_uuid(), '客户' || g, '客户' || g, 'standard', 'zh-CN', now(), '[]', '{}', true
FROM generate_series(1, $2::int) g
"""
CASES = """
WITH person AS (SELECT id, row_number() OVER () - 1 AS at FROM customer),
made AS (
    SELECT g, now() - g * interval '90 s' AS opened, g % $6::int = 0 AS is_open
    FROM generate_series(1, $7::int) g
)
INSERT INTO service_case (organisation_id, id, number, brand_id, customer_id, queue_id, title,
    priority, state, owner_id, due_at, warn_at, opened_at, opened_by, done_at, informed_at,
    closed_at, closed_how, updated_at)
SELECT $1::uuid, gen_random_uuid(), g, $2::uuid, person.id,
    ($3::uuid[])[1 + g / $6::int % cardinality($3::uuid[])], '灶具打不着火',
    CASE WHEN g % 900 = 0 THEN 'urgent' ELSE 'normal' END,
    CASE WHEN NOT is_open THEN 'closed' ELSE (ARRAY['open', 'working', 'waiting', 'done'])
        [1 + g / 16 % 4] END,
    CASE WHEN g % 11 <> 0 THEN ($4::uuid[])[1 + g % cardinality($4::uuid[])] END,
    CASE WHEN is_open AND g % 3 = 0 THEN now() - interval '1 hour'
        ELSE now() + g * interval '1 s' END,
    opened, opened, $5::uuid, CASE WHEN NOT is_open THEN opened END,
    CASE WHEN NOT is_open THEN opened END, CASE WHEN NOT is_open THEN opened END,
    CASE WHEN NOT is_open THEN 'informed' END, opened
FROM made JOIN person ON person.at = g::bigint * 7919 % (SELECT count(*) FROM person)
"""


async def cases() -> list[Figure]:
    """Ask both sizes the same, one after the other, so that both meet the same machine."""
    async with AsyncExitStack() as stack:
        cluster = await stack.enter_async_context(a_cluster())
        sides = []
        for size in SIZES:
            address = await cluster.database(f"cases_{size}")
            centre = await make_centre(address, agents=8, queues=4, each=1)
            await _filled(centre, size)
            web = await stack.enter_async_context(a_process("web", address, cluster.folder))
            stack.push_async_callback(centre.database.close)
            sides.append(await _works(centre, web, size))
        return await compared(sides, "200 k open ÷ at 2 k")


async def _filled(centre: Centre, many: int) -> None:
    console.print(f"  {many:,} open cases", style="dim")
    agents = [one.actor.id for one in centre.agents]
    admin = await asyncpg.connect(centre.address)
    try:
        await admin.execute("SET session_replication_role = replica; SET synchronous_commit = off")
        await admin.execute(PEOPLE, centre.organisation_id, many // EACH)
        brand_id = await admin.fetchval("SELECT id FROM brand LIMIT 1")
        await admin.execute(
            CASES, centre.organisation_id, brand_id, centre.queues, agents,
            centre.lead.actor.id, OPEN_EVERY, many * OPEN_EVERY,
        )  # fmt: skip
        await admin.execute("VACUUM (ANALYZE) service_case, customer")
        await admin.execute("CHECKPOINT")
    finally:
        await admin.close()


async def _works(centre: Centre, web: Process, many: int) -> dict[str, Work]:
    """Return what people do with cases, by name, over one database."""
    people = (centre.lead, *centre.agents[:3])
    clients = [(Client(web.port, one.cookie), one.actor.id) for one in people]
    admin = await asyncpg.connect(centre.address)
    try:
        brand = await admin.fetchval("SELECT id FROM brand LIMIT 1")
        ids = [
            row["id"]
            for row in await admin.fetch("SELECT id FROM service_case ORDER BY number LIMIT 500")
        ]
    finally:
        await admin.close()

    async def asked(chosen: random.Random, path: str, of: tuple[str, ...]) -> bytes:
        client, me = chosen.choice(clients)
        number = chosen.randrange(1, many)
        return await client.get(path + chosen.choice(of).format(me=me, brand=brand, number=number))

    async def page(chosen: random.Random) -> bytes:
        return await asked(chosen, "/api/cases", PAGES)

    async def board(chosen: random.Random) -> bytes:
        return await asked(chosen, "/api/case-board", BOARDS)

    async def counts(chosen: random.Random) -> bytes:
        return await asked(chosen, "/api/case-counts", ("",))

    async def opened(chosen: random.Random) -> bytes:
        return await clients[0][0].get(f"/api/cases/{chosen.choice(ids)}")

    return {"case list": page, "case board": board, "case counts": counts, "case": opened}
