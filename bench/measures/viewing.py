"""What a view costs among a million conversations: its list, and the counts of all views."""

import random
from contextlib import AsyncExitStack
from urllib.parse import quote
from uuid import UUID

import asyncpg
import msgspec

from bench.centre import Centre, make_centre
from bench.client import Client
from bench.cluster import a_cluster
from bench.figures import Figure, console
from bench.measures.growth import Work, compared
from bench.processes import Process, a_process
from peakend.conversations import actions
from peakend.conversations.rules.views import FieldCondition, Order, ViewFilter
from peakend.profiles import actions as profiles

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
# One customer for so many conversations, and every seventh has a field filled in.
EACH = 5
PEOPLE = """
INSERT INTO customer (organisation_id, id, name, folded, tier, language, since, attributes,
    preferences, known)
SELECT $1, gen_random_uuid(), '客户' || g, '客户' || g,
    CASE WHEN g % 200 = 0 THEN 'vip' ELSE 'standard' END, 'zh-CN', now(), '[]', '{}', true
FROM generate_series(1, $2::int) g
"""
HELD = """
INSERT INTO profile_value (organisation_id, owner_id, field_id, number, at)
SELECT organisation_id, id, $1, abs(hashtext(id::text)) % 100, now()
FROM {of} WHERE abs(hashtext(id::text)) % 7 = 0
"""
PAST = """
WITH person AS (SELECT id, row_number() OVER () - 1 AS at FROM customer)
INSERT INTO conversation (organisation_id, id, number, channel_id, channel_kind, customer_id,
    queue_id, agent_id, state, language, last_seq, preview, last_message_at, opened_at, closed_at,
    unread, priority, awaiting_since)
SELECT $1::uuid, gen_random_uuid(), g + 1000000, $2::uuid, 'web',
    person.id,
    ($3::uuid[])[1 + g % cardinality($3::uuid[])], ($4::uuid[])[1 + g % cardinality($4::uuid[])],
    CASE WHEN g % $5::int = 0 THEN 'serving' ELSE 'closed' END,
    CASE WHEN g % 701 = 0 THEN 'en' ELSE 'zh-CN' END, 3, '您好',
    now() - g * interval '20 s', now() - g * interval '21 s',
    CASE WHEN g % $5::int <> 0 THEN now() - g * interval '20 s' END,
    CASE WHEN g % 350 = 0 THEN 2 ELSE 0 END, CASE WHEN g % 900 = 0 THEN 'urgent' ELSE 'normal' END,
    CASE WHEN g % ($5::int * 2) = 0 THEN now() - g * interval '20 s' END
FROM generate_series(1, $6::int) g
JOIN person ON person.at = g::bigint * 7919 % (SELECT count(*) FROM person)
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
            fields = await filled(centre, size)
            web = await stack.enter_async_context(a_process("web", centre.address, cluster.folder))
            stack.push_async_callback(centre.database.close)
            sides.append(await _works(centre, web, fields))
        return await compared(sides)


async def filled(centre: Centre, many: int) -> list[UUID]:
    """Give the centre so many conversations; indexes are made when the rows are there.

    Return two fields of its own, one of customers and one of conversations.
    """
    console.print(f"  {many:,} conversations", style="dim")
    agents = [one.actor.id for one in centre.agents]
    async with centre.tx() as tx:
        fields = [
            await profiles.add_field(
                tx, of=of, type_id=None, key="score", kind="number", label_zh="分数",
                label_en="Score", help_zh="", help_en="", privacy="internal", mask="auto",
                required=False, options=[], pattern="", least=None, most=None,
            )
            for of in ("customer", "conversation")
        ]  # fmt: skip
    admin = await asyncpg.connect(centre.address)
    try:
        await admin.execute(
            "SET session_replication_role = replica; SET synchronous_commit = off;"
            "SET maintenance_work_mem = '512MB'"
        )
        await admin.execute(PEOPLE, centre.organisation_id, many // EACH)
        indexes = await admin.fetch(
            "SELECT indexname, indexdef FROM pg_indexes WHERE tablename = 'conversation'"
            " AND indexname NOT LIKE 'pk_%'"
        )
        for index in indexes:
            await admin.execute(f"DROP INDEX {index['indexname']}")
        await admin.execute(
            PAST, centre.organisation_id, centre.channel_id, centre.queues, agents,
            OPEN_EVERY, many,
        )  # fmt: skip
        await admin.execute(DUE)
        for of, field_id in zip(("customer", "conversation"), fields, strict=True):
            await admin.execute(HELD.format(of=of), field_id)
        for index in indexes:
            # A customer has several at once, so only what may stand twice is unique here.
            if index["indexname"] != "uq_conversation_open":
                await admin.execute(index["indexdef"])
        tables = "conversation, conversation_due, customer, profile_value"
        await admin.execute(f"VACUUM (ANALYZE) {tables}")
        await admin.execute("CHECKPOINT")
    finally:
        await admin.close()
    return fields


async def _works(centre: Centre, web: Process, fields: list[UUID]) -> dict[str, Work]:
    """Return what people do with views, by name, over one database."""
    by_field = [
        ViewFilter(fields=[FieldCondition(field_id=one, least=least)])
        for one in fields
        for least in (10, 1000)
    ]
    async with centre.tx(centre.lead.actor) as tx:
        for at, (given, order) in enumerate([*VIEWS, *((one, "recent") for one in by_field)]):
            await actions.add_view(
                tx, name=f"视图 {at}", given=given, order=order, columns=[], scope="all",
                team_id=None, by=centre.lead.actor,
            )  # fmt: skip
    clients = [Client(web.port, one.cookie) for one in (centre.lead, *centre.agents[:3])]

    async def found(chosen: random.Random) -> bytes:
        return await ask(chosen, *chosen.choice(VIEWS))

    async def sifted(chosen: random.Random) -> bytes:
        return await ask(chosen, chosen.choice(by_field), "recent")

    async def ask(chosen: random.Random, given: ViewFilter, order: Order) -> bytes:
        asked = quote(msgspec.json.encode(given))
        return await chosen.choice(clients).get(
            f"/api/conversations/found?limit=50&order={order}&filter={asked}"
        )

    async def counts(chosen: random.Random) -> bytes:
        return await chosen.choice(clients).get("/api/views/counts")

    return {
        "view": found, "view by a custom field": sifted,
        f"counts of {len(VIEWS) + len(by_field)} views": counts,
    }  # fmt: skip
