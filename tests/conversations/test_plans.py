"""What PostgreSQL does for a message and for a list, whatever the number of rows."""

import json
from datetime import timedelta
from typing import Any
from uuid import UUID

import asyncpg
import msgspec

from peakend.conversations import actions, queries
from peakend.conversations.events import ReplySent
from peakend.kernel import clock
from peakend.kernel.events import ENVELOPE_COLUMNS, REACTIONS, Envelope, Reacting
from peakend.kernel.ids import new_id

HOT = """
SELECT n_tup_upd, n_tup_hot_upd FROM pg_stat_xact_user_tables WHERE relname = 'conversation'
"""
FILL = """
INSERT INTO conversation (organisation_id, id, number, channel_id, channel_kind, customer_id,
                          agent_id, queue_id, state, language, last_message_at, opened_at)
SELECT organisation_id, gen_random_uuid(), 1000 + n, channel_id, channel_kind, customer_id,
       agent_id, queue_id, 'serving', language, last_message_at - n * interval '7 seconds',
       opened_at
FROM conversation, generate_series(1, 5000) n WHERE id = $1
"""


async def test_messages_within_a_minute_touch_no_index(centre) -> None:
    conversation_id = await centre.served()
    begin = clock.now().replace(second=0, microsecond=0) + timedelta(minutes=1)
    async with centre.tx(centre.agent, begin) as tx:
        before = (await tx._connection.fetchrow(HOT)).values()
        for _ in range(10):
            await actions.reply(
                tx, conversation_id=conversation_id, client_id=new_id(), text="好", by=centre.agent
            )
        after = (await tx._connection.fetchrow(HOT)).values()
    # The first one of a new minute moves the row in the lists.
    assert [b - a for a, b in zip(before, after, strict=True)] == [10, 9]


async def test_a_list_reads_little_more_than_it_shows(centre, dsn: str) -> None:
    conversation_id = await centre.served()
    await _fill(dsn, conversation_id)
    for view in ("mine", "all"):
        pages = await _pages(centre, view, 4)
        seen = [row for page in pages for row in page]
        assert len({row.id for row in seen}) == 200
        assert [row.last_message_at for row in seen] == sorted(
            (row.last_message_at for row in seen), reverse=True
        )
        most = await _most_read(centre, view)
        assert most < 200, view


ASIDE = """
UPDATE conversation SET snoozed_until = now() + number * interval '1 second' WHERE number % 10 > 0
"""


async def test_what_is_put_aside_costs_mine_nothing(centre, dsn: str) -> None:
    conversation_id = await centre.served()
    await _fill(dsn, conversation_id, ASIDE)
    for view in ("mine", "snoozed"):
        pages = await _pages(centre, view, 4)
        assert len({row.id for page in pages for row in page}) == 200
        assert await _most_read(centre, view) < 200, view
    pages = await _pages(centre, "snoozed", 4)
    soonest = [row.snoozed_until for page in pages for row in page]
    assert soonest == sorted(soonest)
    async with centre.tx(centre.agent) as tx:
        found = await queries.counts(tx, centre.agent)
    assert (found.mine, found.snoozed, found.all) == (500, 1_000, 1_000)


async def test_counts_read_no_more_than_they_count_to(centre, dsn: str) -> None:
    conversation_id = await centre.served()
    await _fill(dsn, conversation_id)
    actor = centre.supervisor
    async with centre.tx(actor) as tx:
        found = await queries.counts(tx, actor)
        assert (found.queue, found.all) == (0, 1_000)
        assert await _rows_read(tx, lambda: queries.counts(tx, actor)) <= 1_000


async def _fill(dsn: str, conversation_id: UUID, then: str = "SELECT") -> None:
    """Put five thousand conversations beside one, as the owner of the tables."""
    owner = await asyncpg.connect(dsn)
    try:
        for table in ("conversation", "conversation_due"):
            await owner.execute(f"ALTER TABLE {table} NO FORCE ROW LEVEL SECURITY")
        await owner.execute("DROP INDEX uq_conversation_open")
        await owner.execute(FILL, conversation_id)
        await owner.execute(then)
        for table in ("conversation", "conversation_due"):
            await owner.execute(f"ALTER TABLE {table} FORCE ROW LEVEL SECURITY")
            await owner.execute(f"ANALYZE {table}")
    finally:
        await owner.close()


async def _pages(centre: Any, view: Any, many: int) -> list[list[Any]]:
    found: list[list[Any]] = []
    cursor = None
    for _ in range(many):
        async with centre.tx(centre.supervisor if view == "all" else centre.agent) as tx:
            page = await queries.conversation_list(
                tx, tx.actor, view, queries.Filters(), cursor=cursor
            )
        found.append(page.items)
        cursor = page.next
    return found


async def _most_read(centre: Any, view: Any, order: Any = "recent") -> int:
    """Return the most rows that a step of the list's own statement reads."""
    actor = centre.supervisor if view == "all" else centre.agent
    async with centre.tx(actor) as tx:
        return await _rows_read(
            tx,
            lambda: queries.conversation_list(tx, actor, view, queries.Filters(), order=order),
        )


async def _rows_read(tx: Any, ask: Any) -> int:
    asked: list[tuple[str, tuple[Any, ...]]] = []
    all_rows = tx.all

    async def record(row: Any, sql: str, *args: Any) -> Any:
        asked.append((sql, args))
        return await all_rows(row, sql, *args)

    tx.all = record
    await ask()
    tx.all = all_rows
    sql, args = asked[0]
    plan = await tx.value("EXPLAIN (ANALYZE, FORMAT JSON) " + sql, *args)
    nodes = _nodes((json.loads(plan) if isinstance(plan, str) else plan)[0]["Plan"])
    lost = "Rows Removed by Filter"
    return max(
        int((node["Actual Rows"] + node.get(lost, 0)) * node["Actual Loops"]) for node in nodes
    )


def _nodes(plan: dict[str, Any]) -> list[dict[str, Any]]:
    return [plan, *(node for part in plan.get("Plans", []) for node in _nodes(part))]


async def test_a_message_its_fact_and_its_jobs_are_one_statement(centre, monkeypatch) -> None:
    conversation_id = await centre.served()
    sent: list[str] = []
    connection = asyncpg.Connection
    for name in ("execute", "fetch", "fetchrow", "fetchval", "executemany"):
        whole = getattr(connection, name)

        async def noted(self, sql, *rest, _whole=whole, **more):
            sent.append(" ".join(sql.split())[:40])
            return await _whole(self, sql, *rest, **more)

        monkeypatch.setattr(connection, name, noted)
    async with centre.tx(centre.agent) as tx:
        sent.clear()
        await actions.reply(
            tx, conversation_id=conversation_id, client_id=new_id(), text="好", by=centre.agent
        )
        assert len(sent) == 1
        assert tx.wrote
    assert sent[1:] == ["COMMIT"]


async def test_the_statement_writes_the_fact_whole(centre, monkeypatch) -> None:
    reacting = [Reacting("one.counts", _nothing, alone=False, priority=5)]
    reacting.append(Reacting("two.sends", _nothing, True, 2, (("waited_ms", ...), ("length", 2))))
    reacting.append(Reacting("three.first", _nothing, False, 5, (("first", False),)))
    reacting.append(Reacting("four.long", _nothing, False, 5, (("length", 3),)))
    monkeypatch.setitem(REACTIONS, "ReplySent", reacting)
    conversation_id = await centre.served()
    client_id = new_id()
    async with centre.tx(centre.agent) as tx:
        kept = await actions.reply(
            tx, conversation_id=conversation_id, client_id=client_id, text="在的", by=centre.agent
        )
        again = await actions.reply(
            tx, conversation_id=conversation_id, client_id=client_id, text="在的", by=centre.agent
        )
        assert again.id == kept.id
        row = await queries.conversation(tx, conversation_id, centre.agent)
        (envelope,) = await tx.all(
            Envelope,
            f"SELECT {ENVELOPE_COLUMNS} FROM event WHERE payload ->> 'message_id' = $1",
            str(kept.id),
        )
        jobs = await tx.all(
            _Job, "SELECT name, priority, alone FROM job WHERE fact_id = $1", envelope.id
        )
    assert envelope.fact() == ReplySent(
        conversation_id=conversation_id,
        customer_id=row.customer.id,
        channel="web",
        message_id=kept.id,
        seq=kept.seq,
        agent_id=centre.agent.id,
        leg_id=row.leg_id,
        queue_id=row.queue_id,
        first=True,
        waited_ms=envelope.payload["waited_ms"],
        length=2,
        files=0,
    )
    assert envelope.payload["waited_ms"] >= 0
    assert (envelope.subject, envelope.actor) == (conversation_id, f"member:{centre.agent.id}")
    assert envelope.occurred_at == kept.at
    assert sorted(jobs) == [_Job("one.counts", 5, False), _Job("two.sends", 2, True)]


async def _nothing(tx: object, fact: object) -> None:
    """React by doing nothing."""


class _Job(msgspec.Struct, frozen=True, order=True):
    name: str
    priority: int
    alone: bool


DUE = """
INSERT INTO conversation_due (organisation_id, conversation_id, target, due_at, warn_at)
SELECT organisation_id, id, 'next_reply', last_message_at, last_message_at
FROM conversation WHERE state = 'serving'
"""
WAITS = "UPDATE conversation SET awaiting_since = last_message_at"


async def test_a_list_by_time_left_reads_little_more_than_it_shows(centre, dsn: str) -> None:
    conversation_id = await centre.served()
    await _fill(dsn, conversation_id, f"DELETE FROM conversation_due; {WAITS}; {DUE}")
    seen = []
    cursor = None
    for _ in range(4):
        async with centre.tx(centre.supervisor) as tx:
            page = await queries.conversation_list(
                tx, tx.actor, "all", queries.Filters(), order="due", cursor=cursor
            )
        seen += page.items
        cursor = page.next
    assert len({row.id for row in seen}) == 200
    assert [row.due_at for row in seen] == sorted(row.due_at for row in seen)
    assert await _most_read(centre, "all", "due") < 200
