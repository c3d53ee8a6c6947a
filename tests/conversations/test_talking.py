"""Quoting, taking back, signs: who may, what is left, and what is never shown again."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from peakend.conversations import actions, queries
from peakend.conversations.rules.talking import MOST_REACTIONS, may_quote, with_reaction
from peakend.kernel import clock
from peakend.kernel.errors import Conflict, Invalid, NotFound
from peakend.kernel.files import FileNotFound, need_file, save_file
from tests.conversations.conftest import Centre


async def replies(centre: Centre, conversation_id: UUID, text: str, **more: Any) -> Any:
    async with centre.tx(centre.agent) as tx:
        return await actions.reply(
            tx, conversation_id=conversation_id, client_id=uuid4(), text=text, by=centre.agent,
            **more,
        )  # fmt: skip


async def notes(centre: Centre, conversation_id: UUID, text: str, **more: Any) -> Any:
    by = more.pop("by", centre.agent)
    async with centre.tx(by) as tx:
        return await actions.note(
            tx, conversation_id=conversation_id, client_id=uuid4(), text=text, by=by, **more
        )


async def takes_back(centre: Centre, message_id: UUID, by: Any, now: Any = None) -> None:
    async with centre.tx(by, now) as tx:
        await actions.recall(tx, message_id=message_id, by=by)


async def desk(centre: Centre, conversation_id: UUID) -> list[queries.Message]:
    async with centre.tx(centre.agent) as tx:
        row = await queries.need_conversation(tx, conversation_id, centre.agent)
        return await queries.messages(tx, row)


async def panel(centre: Centre) -> list[queries.VisitorMessage]:
    async with centre.tx(centre.visitor) as tx:
        view = await queries.visitor_state(tx, centre.visitor)
    assert view is not None
    return view.messages


async def test_a_quote_is_seen_by_both_sides(centre: Centre) -> None:
    conversation_id = await centre.served("蓝色的还有吗")
    asked = (await desk(centre, conversation_id))[0]
    await replies(centre, conversation_id, "有", reply_to=asked.id)
    for shown in (await desk(centre, conversation_id), await panel(centre)):
        quote = shown[-1].quote
        assert quote is not None
        assert (quote.seq, quote.kind, quote.text) == (1, "customer", "蓝色的还有吗")
    answered = await centre.says("要这个", reply_to=(await panel(centre))[-1].id)
    async with centre.tx(centre.visitor) as tx:
        message, _ = await queries.visitor_answer(tx, centre.visitor, answered)
    assert message.quote is not None
    assert (message.quote.author_name, message.quote.text) == ("linxi", "有")


async def test_nothing_internal_is_quoted_to_a_customer(centre: Centre) -> None:
    conversation_id = await centre.served()
    internal = await notes(centre, conversation_id, "客户是熟人")
    with pytest.raises(Invalid):
        await replies(centre, conversation_id, "您好", reply_to=internal.id)
    kept = await centre.says("这是什么", reply_to=internal.id)
    assert kept.reply_to is None
    # Even if it were there, the customer's view would not show it.
    await centre.value("UPDATE message SET reply_to = $1 WHERE id = $2", internal.id, kept.id)
    assert (await panel(centre))[-1].quote is None


async def test_passing_on_is_a_note_and_stays_inside(centre: Centre, another: Any) -> None:
    conversation_id = await centre.served("我的密码是一二三")
    said = (await desk(centre, conversation_id))[0]
    away = await another()
    there = await away.served()
    with pytest.raises(NotFound):
        await notes(away, there, "看看", reply_to=said.id)
    with pytest.raises(NotFound):
        await notes(centre, conversation_id, "看看", by=centre.other, reply_to=said.id)
    async with centre.tx(centre.supervisor) as tx:
        elsewhere = await _second(centre, tx)
    with pytest.raises(Invalid):
        async with centre.tx(centre.supervisor) as tx:
            await actions.reply(
                tx, conversation_id=elsewhere, client_id=uuid4(), text="x",
                by=centre.supervisor, reply_to=said.id,
            )  # fmt: skip
    await notes(centre, elsewhere, "", by=centre.supervisor, reply_to=said.id)
    async with centre.tx(centre.supervisor) as tx:
        row = await queries.need_conversation(tx, elsewhere, centre.supervisor)
        passed = (await queries.messages(tx, row))[-1]
    assert passed.quote is not None
    assert passed.quote.conversation_id == conversation_id
    assert passed.quote.number == 1
    await takes_back(centre, said.id, centre.visitor)
    assert {f["message_id"] for f in await centre.facts("QuoteEmptied")} == {str(passed.id)}


async def _second(centre: Centre, tx: Any) -> UUID:
    """Return a conversation of another customer, with the supervisor."""
    from peakend.customers.actions import start_visit
    from peakend.kernel.ids import new_id

    visit = await start_visit(tx, channel_id=centre.channel_id, language="zh-CN")
    kept = await actions.receive(
        tx, channel_id=centre.channel_id, customer_id=visit.customer_id, client_id=new_id(),
        text="你好",
    )  # fmt: skip
    await actions.assign(
        tx, conversation_id=kept.conversation_id, agent_id=centre.supervisor.id,
        queue_id=centre.queue_id, leg_id=new_id(),
    )  # fmt: skip
    return kept.conversation_id


async def test_what_is_recalled_is_nowhere(centre: Centre) -> None:
    conversation_id = await centre.served("问一下")
    sent = await replies(centre, conversation_id, "发错的机密报价")
    await centre.says("好的", reply_to=sent.id)
    await centre.says("谢谢")
    await takes_back(centre, sent.id, centre.agent)
    await takes_back(centre, sent.id, centre.agent)
    shown = await desk(centre, conversation_id)
    assert (shown[1].text, shown[1].recalled_at is not None) == ("", True)
    assert shown[2].quote is not None
    assert (shown[2].quote.text, shown[2].quote.recalled) == ("", True)
    seen = await panel(centre)
    assert (seen[1].text, seen[1].recalled) == ("", True)
    assert seen[2].quote is not None
    assert (seen[2].quote.text, seen[2].quote.recalled) == ("", True)
    async with centre.tx(centre.agent) as tx:
        found = await queries.search(tx, centre.agent, "机密报价")
    assert found.messages.items == []
    assert "机密" not in str(shown) + str(seen)
    assert len(await centre.facts("MessageRecalled")) == 1
    assert len(await centre.facts("QuoteEmptied")) == 1
    with pytest.raises(Conflict):
        await replies(centre, conversation_id, "再说", reply_to=sent.id)


async def test_the_preview_is_what_was_said_before(centre: Centre) -> None:
    conversation_id = await centre.served("问一下")
    sent = await replies(centre, conversation_id, "发错的机密报价")

    async def row() -> queries.ConversationRow:
        async with centre.tx(centre.agent) as tx:
            return (await queries.rows(tx, [conversation_id], centre.agent))[0]

    assert (await row()).preview == "发错的机密报价"
    await takes_back(centre, sent.id, centre.agent)
    assert ((await row()).preview, (await row()).preview_kind) == ("问一下", "customer")
    await takes_back(centre, (await desk(centre, conversation_id))[0].id, centre.visitor)
    assert (await row()).preview == ""


async def test_who_may_take_back_and_until_when(centre: Centre) -> None:
    conversation_id = await centre.served()
    sent = await replies(centre, conversation_id, "您好")
    noted = await notes(centre, conversation_id, "写错了")
    asked = (await desk(centre, conversation_id))[0]
    for message, by in ((sent, centre.supervisor), (sent, centre.visitor), (asked, centre.agent)):
        with pytest.raises(Conflict):
            await takes_back(centre, message.id, by)
    with pytest.raises(NotFound):
        await takes_back(centre, sent.id, centre.other)
    with pytest.raises(NotFound):
        await takes_back(centre, noted.id, centre.visitor)
    with pytest.raises(NotFound):
        await takes_back(centre, uuid4(), centre.agent)
    with pytest.raises(Conflict):
        await takes_back(centre, sent.id, centre.agent, clock.now() + timedelta(seconds=130))
    await takes_back(centre, noted.id, centre.agent)
    await takes_back(centre, asked.id, centre.visitor)
    facts = await centre.facts("MessageRecalled")
    assert [(f["kind"], f["seq"]) for f in facts] == [("note", 3), ("customer", 1)]


async def test_a_file_goes_with_its_message(centre: Centre) -> None:
    conversation_id = await centre.served()
    async with centre.tx(centre.agent) as tx:
        file = await save_file(tx, b"%PDF-1.4 secret", "报价.pdf", purpose="message")
    sent = await replies(centre, conversation_id, "", file_ids=[file.id])

    async def opens(url: str) -> bool:
        query = dict(part.split("=") for part in url.partition("?")[2].split("&"))
        async with centre.database.system() as tx:
            try:
                await need_file(tx, file.id, query["e"], query["s"], clock.now())
            except FileNotFound:
                return False
        return True

    assert await opens(file.url)
    await takes_back(centre, sent.id, centre.agent)
    assert not await opens(file.url)
    with pytest.raises(NotFound):
        await replies(centre, conversation_id, "", file_ids=[file.id])
    by = centre.supervisor
    async with centre.tx(by) as tx:
        kept = await actions.original(tx, message_id=sent.id, reason="客户投诉核实", by=by)
    assert await opens(kept.files[0].url)


async def test_the_original_is_seen_for_a_reason_only(centre: Centre) -> None:
    conversation_id = await centre.served()
    sent = await replies(centre, conversation_id, "发错了")
    by = centre.supervisor
    with pytest.raises(NotFound):
        async with centre.tx(by) as tx:
            await actions.original(tx, message_id=sent.id, reason="客户投诉", by=by)
    await takes_back(centre, sent.id, centre.agent)
    with pytest.raises(Invalid):
        async with centre.tx(by) as tx:
            await actions.original(tx, message_id=sent.id, reason=" ", by=by)
    async with centre.tx(by) as tx:
        found = await actions.original(tx, message_id=sent.id, reason="客户投诉核实", by=by)
    assert found.text == "发错了"
    assert len(await centre.facts("RecalledMessageShown")) == 1
    assert await centre.value("SELECT reason FROM recalled_look") == "客户投诉核实"
    assert await centre.value("SELECT action FROM audit_entry ORDER BY at DESC") == (
        "message.original_shown"
    )


async def test_signs_of_both_sides(centre: Centre) -> None:
    conversation_id = await centre.served()
    sent = await replies(centre, conversation_id, "已经为您换货")

    async def reacts(message_id: UUID, code: Any, by: Any) -> None:
        async with centre.tx(by) as tx:
            await actions.react(tx, message_id=message_id, reaction=code, by=by)

    await reacts(sent.id, "thanks", centre.visitor)
    await reacts(sent.id, "heart", centre.visitor)
    await reacts(sent.id, "heart", centre.visitor)
    await reacts(sent.id, "like", centre.agent)
    on_desk = (await desk(centre, conversation_id))[1].reactions
    assert [(r.code, r.author.kind, r.author.name) for r in on_desk] == [
        ("heart", "customer", None),
        ("like", "member", "linxi"),
    ]
    assert [(r.code, r.own) for r in (await panel(centre))[1].reactions] == [
        ("heart", True),
        ("like", False),
    ]
    await reacts(sent.id, None, centre.visitor)
    assert len((await panel(centre))[1].reactions) == 1
    assert len(await centre.facts("MessageReacted")) == 4
    with pytest.raises(NotFound):
        await reacts(sent.id, "like", centre.other)
    noted = await notes(centre, conversation_id, "内部")
    with pytest.raises(NotFound):
        await reacts(noted.id, "like", centre.visitor)
    await reacts(noted.id, "like", centre.supervisor)
    await takes_back(centre, sent.id, centre.agent)
    assert (await panel(centre))[1].reactions == []
    with pytest.raises(Conflict):
        await reacts(sent.id, "like", centre.visitor)


async def test_who_asks_without_a_socket_hears_of_changes(centre: Centre) -> None:
    conversation_id = await centre.served()
    sent = await replies(centre, conversation_id, "发错了")
    await centre.says("什么")
    await takes_back(centre, sent.id, centre.agent)
    async with centre.tx(centre.visitor) as tx:
        view = await queries.visitor_state(tx, centre.visitor, after_seq=3, changed=True)
    assert view is not None
    assert [(m.seq, m.recalled) for m in view.messages] == [(2, True)]


def test_rules() -> None:
    assert not may_quote("note", into="agent", here=True)
    assert not may_quote("customer", into="agent", here=False)
    assert may_quote("note", into="note", here=False)
    assert not may_quote("system", into="note", here=True)
    full = [{"by": str(n), "code": "like"} for n in range(MOST_REACTIONS)]
    assert with_reaction(full, "new", "like") is None
    assert with_reaction(full, "0", None) == full[1:]
