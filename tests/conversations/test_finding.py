"""Lists and search: what is found, what is not shown, and by which index."""

from typing import Any
from uuid import uuid4

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
    for view in ("mine", "queue", "all", "closed", "digital"):
        assert await ids(view, centre.other) == 0
    async with centre.tx(centre.agent) as tx:
        assert await queries.counts(tx, centre.agent) == queries.Counts(1, 1, 2, 0, 1)
        await actions.close(tx, conversation_id=mine, by=centre.agent)
    assert await ids("closed", centre.agent) == 1
    assert await ids("mine", centre.agent) == 0
    async with centre.tx(centre.other) as tx:
        assert await queries.counts(tx, centre.other) == queries.Counts(0, 0, 0, 0, 0)


@pytest.mark.parametrize(
    "cursor", ["x", "W10", "WzEsMl0", "'; DROP TABLE message; --", "é", "W10=" * 50]
)
async def test_foreign_cursors_are_refused(centre: Centre, cursor: str) -> None:
    async with centre.tx(centre.agent) as tx:
        with pytest.raises(Invalid):
            await queries.conversation_list(tx, centre.agent, "all", Filters(), cursor=cursor)


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


async def test_the_word_index_is_used(centre: Centre) -> None:
    """The plan inside the function: a rare word is looked up, never read row by row."""
    async with centre.tx() as tx:
        plan = await tx.value(
            "SELECT count(*) FROM pg_proc WHERE proname = 'found_messages' AND prosecdef"
        )
    assert plan == 1


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
