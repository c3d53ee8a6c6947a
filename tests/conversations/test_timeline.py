"""Messages: order, repeats, state, facts; concurrently too."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import uuid4

import pytest

from peakend.accounts.queries import MemberNotFound
from peakend.conversations import actions, queries
from peakend.kernel import clock
from peakend.kernel.errors import Conflict, Crossed, Invalid, NotFound
from peakend.kernel.files import save_file
from peakend.kernel.ids import new_id
from tests.conversations.conftest import Centre


async def seqs(centre: Centre) -> list[int]:
    return await centre.value(
        "SELECT array_agg(seq ORDER BY seq) FROM message "
        "WHERE organisation_id = current_organisation()"
    )


async def test_first_word_starts_a_conversation(centre: Centre) -> None:
    first = await centre.says("你好")
    second = await centre.says("在吗")
    assert (first.seq, second.seq) == (1, 2)
    assert first.conversation_id == second.conversation_id
    assert len(await centre.facts("ConversationStarted")) == 1
    received = await centre.facts("MessageReceived")
    assert [f["first"] for f in received] == [True, False]
    assert "text" not in received[0]


async def test_reply_clears_what_was_waiting(centre: Centre) -> None:
    conversation_id = await centre.served()
    async with centre.tx(centre.agent) as tx:
        sent = await actions.reply(
            tx, conversation_id=conversation_id, client_id=uuid4(), text="您好", by=centre.agent
        )
        row = (await queries.rows(tx, [conversation_id], centre.agent))[0]
    assert sent.seq == 2
    assert (row.unread, row.awaiting_since, row.preview_kind) == (0, None, "agent")
    fact = (await centre.facts("ReplySent"))[0]
    assert fact["first"] is True
    assert fact["waited_ms"] >= 0


async def test_repeat_returns_the_first(centre: Centre) -> None:
    conversation_id = await centre.served()
    client_id = uuid4()
    kept = []
    for text in ("一", "二"):
        async with centre.tx(centre.agent) as tx:
            kept.append(
                await actions.reply(
                    tx,
                    conversation_id=conversation_id,
                    client_id=client_id,
                    text=text,
                    by=centre.agent,
                )
            )
    assert kept[0].id == kept[1].id
    assert kept[1].text == "一"
    assert len(await centre.facts("ReplySent")) == 1


async def test_same_message_twenty_times_at_once(centre: Centre) -> None:
    client_id = new_id()
    results = await asyncio.gather(
        *(centre.says("只发一次", client_id) for _ in range(20)), return_exceptions=True
    )
    assert all(isinstance(r, Crossed) or not isinstance(r, BaseException) for r in results)
    assert await seqs(centre) == [1]
    assert len(await centre.facts("MessageReceived")) == 1
    assert (await centre.says("只发一次", client_id)).seq == 1


async def test_many_writers_leave_no_gap(centre: Centre) -> None:
    conversation_id = await centre.served()

    async def write(number: int) -> None:
        if number % 2:
            await centre.says(f"问 {number}")
            return
        async with centre.tx(centre.agent) as tx:
            await actions.reply(
                tx,
                conversation_id=conversation_id,
                client_id=uuid4(),
                text=f"答 {number}",
                by=centre.agent,
            )

    await asyncio.gather(*(write(n) for n in range(30)))
    assert await seqs(centre) == list(range(1, 32))
    last = await centre.value("SELECT last_seq FROM conversation LIMIT 1")
    assert last == 31


async def test_message_during_close_is_never_lost(centre: Centre) -> None:
    for _ in range(8):
        conversation_id = await centre.served()

        async def close(wanted: Any = conversation_id) -> None:
            async with centre.tx(centre.agent) as tx:
                await actions.close(tx, conversation_id=wanted, by=centre.agent)

        client_id = new_id()
        results = await asyncio.gather(
            close(), centre.says("等一下", client_id), return_exceptions=True
        )
        assert not any(isinstance(r, BaseException) for r in results), results
        again = await centre.says("等一下", client_id)
        assert again.client_id == client_id
        state = await centre.value(
            "SELECT c.state FROM conversation c JOIN message m ON m.conversation_id = c.id "
            "WHERE m.client_id = $1",
            client_id,
        )
        # Either it came before the end, or it made the conversation go on.
        assert state in ("closed", "waiting")
        count = await centre.value("SELECT count(*) FROM message WHERE client_id = $1", client_id)
        assert count == 1


@pytest.mark.parametrize("text", ["", "   \n ", "\x00", "x" * 10_001, "\ud800", "a\udfff"])
async def test_what_is_no_message(centre: Centre, text: str) -> None:
    with pytest.raises(Invalid):
        await centre.says(text)
    assert await centre.value("SELECT count(*) FROM conversation") == 0


@pytest.mark.parametrize(
    ("text", "kept"),
    [
        ("a\x00b", "ab"),
        ("a\r\nb\rc", "a\nb\nc"),
        ("😀👨‍👩‍👧 𠮷野家", "😀👨‍👩‍👧 𠮷野家"),
        ("<img src=x onerror=alert(1)>", "<img src=x onerror=alert(1)>"),
        ("\x1b[31mred", "[31mred"),
    ],
)
async def test_text_is_kept_as_written(centre: Centre, text: str, kept: str) -> None:
    assert (await centre.says(text)).text == kept


async def test_only_the_holder_replies(centre: Centre) -> None:
    message = await centre.says("你好")
    for by, error in ((centre.agent, Conflict), (centre.other, NotFound)):
        async with centre.tx(by) as tx:
            with pytest.raises(error):
                await actions.reply(
                    tx,
                    conversation_id=message.conversation_id,
                    client_id=uuid4(),
                    text="x",
                    by=by,
                )
    assert await seqs(centre) == [1]


async def test_notes_and_mentions(centre: Centre) -> None:
    conversation_id = await centre.served()
    async with centre.tx(centre.agent) as tx:
        written = await actions.note(
            tx,
            conversation_id=conversation_id,
            client_id=uuid4(),
            text="@王敏 看一下",
            by=centre.agent,
            mentions=[centre.supervisor.id],
        )
        seen = await queries.visitor_state(tx, centre.visitor)
    assert written.mentions == [centre.supervisor.id]
    assert seen is not None
    assert [m.kind for m in seen.messages] == ["customer"]
    assert (await centre.facts("MemberMentioned"))[0]["member_id"] == str(centre.supervisor.id)
    async with centre.tx(centre.agent) as tx:
        with pytest.raises(MemberNotFound):
            await actions.note(
                tx,
                conversation_id=conversation_id,
                client_id=uuid4(),
                text="@谁",
                by=centre.agent,
                mentions=[uuid4()],
            )


async def test_files_of_others_cannot_be_sent(centre: Centre) -> None:
    conversation_id = await centre.served()
    async with centre.tx(centre.supervisor) as tx:
        theirs = await save_file(tx, b"%PDF-1.4 x", "价格.pdf", purpose="message")
    async with centre.tx(centre.agent) as tx:
        own = await save_file(tx, b"%PDF-1.4 y", "../../etc/passwd", purpose="message")
    for file_id in (theirs.id, uuid4()):
        async with centre.tx(centre.agent) as tx:
            with pytest.raises(NotFound):
                await actions.reply(
                    tx,
                    conversation_id=conversation_id,
                    client_id=uuid4(),
                    text="",
                    by=centre.agent,
                    file_ids=[file_id],
                )
    async with centre.tx(centre.agent) as tx:
        sent = await actions.reply(
            tx,
            conversation_id=conversation_id,
            client_id=uuid4(),
            text="",
            by=centre.agent,
            file_ids=[own.id],
        )
        shown = await queries.message_of(tx, sent)
    assert shown.files[0].url.startswith("/files/")
    assert "/" not in shown.files[0].name
    assert ".." not in shown.files[0].name


async def test_digital_agent_speaks_only_when_nobody_serves(centre: Centre) -> None:
    message = await centre.says("你好")
    client_id = uuid4()
    for _ in range(2):
        async with centre.tx() as tx:
            said = await actions.digital_reply(
                tx,
                conversation_id=message.conversation_id,
                text="请检查电池",
                sources=[{"article_id": str(uuid4()), "title": "灶具", "url": "/help/a"}],
                code="answer",
                client_id=client_id,
            )
    assert said.seq == 2
    assert await centre.value("SELECT awaiting_since IS NOT NULL FROM conversation") is True
    await centre.served("还是不行")
    async with centre.tx() as tx:
        with pytest.raises(Conflict):
            await actions.digital_reply(
                tx, conversation_id=message.conversation_id, text="再试一次"
            )


async def test_marks_move_forward_only(centre: Centre) -> None:
    conversation_id = await centre.served()
    async with centre.tx(centre.agent) as tx:
        await actions.reply(
            tx, conversation_id=conversation_id, client_id=uuid4(), text="好", by=centre.agent
        )
    for read, delivered in ((0, 2), (2, 0), (1, 1), (99, 99)):
        async with centre.tx(centre.visitor) as tx:
            await actions.mark_seen_by_customer(
                tx, by=centre.visitor, read_seq=read, delivered_seq=delivered
            )
    assert len(await centre.facts("MessagesDelivered")) == 1
    assert len(await centre.facts("MessagesRead")) == 1
    async with centre.tx(centre.agent) as tx:
        record = await queries.need_conversation(tx, conversation_id, centre.agent)
        states = [m.state for m in await queries.messages(tx, record)]
    assert states == ["read", "read"]


async def test_goes_on_or_starts_anew(centre: Centre) -> None:
    conversation_id = await centre.served()
    async with centre.tx(centre.agent) as tx:
        await actions.close(tx, conversation_id=conversation_id, by=centre.agent, solved=True)
    soon = await centre.says("谢谢，还有一个问题", now=clock.now() + timedelta(minutes=5))
    assert soon.conversation_id == conversation_id
    reopened = (await centre.facts("ConversationReopened"))[0]
    assert (reopened["by"], reopened["state"], reopened["undo"]) == ("visitor", "waiting", False)
    assert reopened["last_agent_id"] == str(centre.agent.id)
    async with centre.tx() as tx:
        await actions.close(tx, conversation_id=conversation_id, by=centre.supervisor)
    later = await centre.says("又是我", now=clock.now() + timedelta(hours=5))
    assert later.conversation_id != conversation_id
    numbers = await centre.value("SELECT array_agg(number ORDER BY number) FROM conversation")
    assert numbers == [1, 2]


async def test_repeats_at_once_in_an_open_conversation(centre: Centre) -> None:
    await centre.says("你好")
    client_id = new_id()
    results = await asyncio.gather(*(centre.says("一次", client_id) for _ in range(20)))
    assert len({r.id for r in results}) == 1
    assert await seqs(centre) == [1, 2]
    assert await centre.value("SELECT unread FROM conversation") == 2
