"""Lists and search: what is found, what is not shown, and by which index."""

import asyncio
from typing import Any
from uuid import uuid4

import asyncpg
import pytest

from peakend.conversations import actions, queries
from peakend.conversations.queries import Filters
from peakend.conversations.rules import search as rules
from peakend.customers.actions import start_visit
from peakend.kernel.actors import Actor
from peakend.kernel.errors import Invalid
from peakend.kernel.ids import new_id
from tests.conversations.conftest import Centre


async def many(centre: Centre, texts: list[str]) -> list[Any]:
    """Let a customer each write one text."""
    found = []
    for text in texts:
        async with centre.tx() as tx:
            visit = await start_visit(tx, channel_id=centre.channel_id, language="zh-CN")
            found.append(
                await actions.receive(
                    tx,
                    channel_id=centre.channel_id,
                    customer_id=visit.customer_id,
                    client_id=new_id(),
                    text=text,
                )
            )
    return found


@pytest.mark.parametrize("by", ["supervisor", "agent"])
async def test_pages_meet_without_gap_or_double(centre: Centre, by: str) -> None:
    written = await many(centre, [f"第 {n} 位" for n in range(23)])
    actor: Actor = getattr(centre, by)
    seen, cursor = [], None
    for _ in range(10):
        async with centre.tx(actor) as tx:
            page = await queries.conversation_list(
                tx, actor, "all", Filters(), cursor=cursor, limit=5
            )
        seen += [row.id for row in page.items]
        cursor = page.next
        if cursor is None:
            break
    assert seen == [m.conversation_id for m in reversed(written)]


async def test_views_and_filters(centre: Centre) -> None:
    mine = await centre.served()
    await many(centre, ["等待中"])

    async def ids(view: Any, actor: Actor, **more: Any) -> int:
        async with centre.tx(actor) as tx:
            return len((await queries.conversation_list(tx, actor, view, Filters(**more))).items)

    assert await ids("mine", centre.agent) == 1
    assert await ids("queue", centre.agent) == 1
    assert await ids("all", centre.agent) == 2
    assert await ids("closed", centre.agent) == 0
    assert await ids("digital", centre.supervisor) == 0
    assert await ids("all", centre.supervisor, agent_id=centre.agent.id) == 1
    assert await ids("all", centre.supervisor, queue_id=centre.queue_id) == 2
    assert await ids("all", centre.supervisor, tag_id=uuid4()) == 0
    for view in ("mine", "snoozed", "queue", "all", "closed", "digital"):
        assert await ids(view, centre.other) == 0
    async with centre.tx(centre.agent) as tx:
        assert await queries.counts(tx, centre.agent) == queries.Counts(1, 0, 1, 0, 2, 0, 1)
        await actions.close(tx, conversation_id=mine, by=centre.agent)
    assert await ids("closed", centre.agent) == 1
    assert await ids("mine", centre.agent) == 0
    async with centre.tx(centre.other) as tx:
        assert await queries.counts(tx, centre.other) == queries.Counts(0, 0, 0, 0, 0, 0, 0)


@pytest.mark.parametrize(
    "cursor", ["x", "W10", "WzEsMl0", "'; DROP TABLE message; --", "é", "W10=" * 50]
)
async def test_foreign_cursors_are_refused(centre: Centre, cursor: str) -> None:
    async with centre.tx(centre.agent) as tx:
        with pytest.raises(Invalid):
            await queries.conversation_list(tx, centre.agent, "all", Filters(), cursor=cursor)


SCANS = "SELECT idx_scan FROM pg_stat_user_indexes WHERE indexrelname = 'ix_message_lexemes'"
TEXTS = [
    "燃气灶打不着火怎么办",
    "热水器 ERR-42 一直响",
    "My iPhone order 20260315 has not arrived",
    "着火了！快来人",
    "灶具的火很小",
    "１２３ 全角 ＡＢＣ",
    "百分之%_* 字符",
]


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("燃气", [0]),
        ("着火", [0, 3]),
        ("打不着", [0]),
        ('"着火了"', [3]),
        ("火", [0, 3, 4]),
        ("灶", [0, 4]),
        ("热水器 err", [1]),
        ("IPHONE", [2]),
        ("order iph", [2]),
        ("2026", [2]),
        ("123", [5]),
        ("abc 全角", [5]),
        ("没有这个", []),
        ("%", []),
        ("_", []),
        ("*", []),
        ("' | '燃气", [0]),
        ("<-> & ! ( ) : *", []),
        ("百分", [6]),
        ("燃气 iphone", []),
        ("", []),
    ],
)
async def test_search(centre: Centre, asked: str, found: list[int]) -> None:
    written = await many(centre, TEXTS)
    for actor in (centre.supervisor, centre.agent):
        async with centre.tx(actor) as tx:
            result = await queries.search(tx, actor, asked, kind="messages")
        assert [hit.message.id for hit in result.messages.items] == [
            written[n].id for n in reversed(found)
        ]
    async with centre.tx(centre.other) as tx:
        assert (await queries.search(tx, centre.other, asked)).messages.items == []


async def test_search_ends_at_the_tenants_wall(centre: Centre, another: Any) -> None:
    foreign = await another()
    await foreign.says("燃气灶的秘密")
    async with centre.tx(centre.supervisor) as tx:
        assert (await queries.search(tx, centre.supervisor, "秘密")).messages.items == []
    async with foreign.tx(foreign.supervisor) as tx:
        assert len((await queries.search(tx, foreign.supervisor, "秘密")).messages.items) == 1


async def test_search_pages(centre: Centre) -> None:
    written = await many(centre, [f"管道漏水 {n}" for n in range(12)])
    seen, cursor = [], None
    for _ in range(4):
        async with centre.tx(centre.agent) as tx:
            result = await queries.search(
                tx, centre.agent, "漏水", kind="messages", cursor=cursor, limit=5
            )
        seen += [hit.message.id for hit in result.messages.items]
        cursor = result.messages.next
        if cursor is None:
            break
    assert seen == [m.id for m in reversed(written)]


async def test_search_by_number(centre: Centre) -> None:
    written = await many(centre, ["一", "二"])
    async with centre.tx(centre.agent) as tx:
        result = await queries.search(tx, centre.agent, "#2", kind="conversations")
    assert [row.id for row in result.conversations.items] == [written[1].conversation_id]
    async with centre.tx(centre.other) as tx:
        hidden = await queries.search(tx, centre.other, "2", kind="conversations")
    assert hidden.conversations.items == []


async def test_rare_words_are_looked_up(centre: Centre, dsn: str) -> None:
    """Behind row-level security only the search's own role reaches the word index."""
    message = await centre.says("罕见鲲鹏")
    async with centre.tx() as tx:
        await tx.run(
            """
            INSERT INTO message (id, conversation_id, seq, kind, text, author_kind, at, lexemes)
            SELECT ('ffffffff-0000-7000-8000-' || lpad(to_hex(n), 12, '0'))::uuid, $1, n,
                   'customer', '管道漏水', 'customer', $2, array_to_tsvector($3::text[])
            FROM generate_series(2, 6001) n
            """,
            message.conversation_id,
            tx.now,
            rules.lexemes("管道漏水"),
        )
    owner = await asyncpg.connect(dsn)
    try:
        await owner.execute("ANALYZE message")
        before = await owner.fetchval(SCANS)
        for actor in (centre.agent, centre.supervisor):
            async with centre.tx(actor) as tx:
                rare = await queries.search(tx, actor, "鲲鹏", kind="messages")
                common = await queries.search(tx, actor, "漏水", kind="messages", limit=20)
            assert [hit.message.id for hit in rare.messages.items] == [message.id]
            assert [hit.message.seq for hit in common.messages.items] == list(range(6001, 5981, -1))
        await centre.database.close()  # the sessions give their counts when they end
        after = before
        for _ in range(50):
            after = await owner.fetchval(SCANS)
            if after > before:
                break
            await asyncio.sleep(0.05)
        assert after > before
    finally:
        await owner.close()


@pytest.mark.parametrize(
    ("text", "asked", "spans"),
    [
        ("燃气灶打不着火", "着火", [(5, 7)]),
        ("😀 着火", "着火", [(3, 5)]),
        ("Error error", "ERROR", [(0, 5), (6, 11)]),
        ("aaa", "b", []),
        ("İstanbul 着火", "着火", [(9, 11)]),
    ],
)
def test_highlights(text: str, asked: str, spans: list[tuple[int, int]]) -> None:
    assert rules.highlights(text, asked) == spans


def test_lexemes_are_bounded() -> None:
    assert (
        len(rules.lexemes("火" * 5_000 + "".join(chr(0x4E00 + n) for n in range(5_000)))) <= 4_000
    )
    assert max(map(len, rules.lexemes("x" * 10_000))) == rules.LONGEST_LEXEME
