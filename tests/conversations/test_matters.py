"""Conversations of one customer merged into one timeline, split in two, linked; nothing is lost."""

import asyncio
import json
from typing import Any
from uuid import UUID, uuid4

import pytest

from peakend.conversations import actions, queries
from peakend.conversations.actions.closing import MergedAway
from peakend.conversations.actions.joining import (
    JoinStands,
    NotWithPeople,
    OtherCustomer,
    SameConversation,
)
from peakend.conversations.actions.splitting import NothingToSplit
from peakend.conversations.queries.access import (
    ConversationIsClosed,
    ConversationNotFound,
    ConversationStale,
    NotYours,
)
from peakend.customers import actions as customers
from peakend.kernel.actors import Actor
from peakend.kernel.ids import new_id
from tests.conversations.conftest import Centre


async def on_another_channel(centre: Centre, name: str = "公众号") -> Actor:
    """Return the same customer on another channel."""
    async with centre.tx() as tx:
        channel_id = await actions.add_channel(tx, name=name, changes={"digital": False})
        await tx.run(
            "UPDATE channel SET queue_id = $2"
            " WHERE organisation_id = current_organisation() AND id = $1",
            channel_id,
            centre.queue_id,
        )
        visit = await customers.start_visit(tx, channel_id=channel_id, language="zh-CN")
        await tx.run(
            "UPDATE visitor SET customer_id = $2"
            " WHERE organisation_id = current_organisation() AND id = $1",
            visit.visitor_id,
            centre.visitor.customer_id,
        )
    return Actor(
        organisation_id=centre.organisation_id, kind="visitor", id=visit.visitor_id,
        customer_id=centre.visitor.customer_id, channel_id=channel_id,
    )  # fmt: skip


async def says(centre: Centre, who: Actor, text: str, client_id: UUID | None = None) -> Any:
    async with centre.tx(who) as tx:
        return await actions.receive(
            tx, channel_id=who.channel_id, customer_id=who.customer_id,
            client_id=client_id or new_id(), text=text,
        )  # fmt: skip


async def held(centre: Centre, conversation_id: UUID, agent: Actor | None = None) -> None:
    async with centre.tx() as tx:
        await actions.assign(
            tx, conversation_id=conversation_id, agent_id=(agent or centre.agent).id,
            queue_id=centre.queue_id, leg_id=new_id(),
        )  # fmt: skip


async def replies(centre: Centre, conversation_id: UUID, text: str) -> Any:
    async with centre.tx(centre.agent) as tx:
        return await actions.reply(
            tx, conversation_id=conversation_id, client_id=new_id(), text=text, by=centre.agent
        )


async def two(centre: Centre) -> tuple[UUID, UUID, Actor]:
    """Return two conversations of one customer on two channels, held by the agent."""
    second = await on_another_channel(centre)
    one = (await centre.says("灶打不着火")).conversation_id
    other = (await says(centre, second, "灶坏了，在吗")).conversation_id
    await held(centre, one)
    await replies(centre, one, "请先看电池")
    await held(centre, other)
    await says(centre, second, "没人理我")
    await centre.says("电池是新的")
    return one, other, second


async def merge(centre: Centre, into: UUID, gone: UUID, **more: Any) -> UUID:
    by = more.pop("by", centre.agent)
    async with centre.tx(by) as tx:
        return await actions.merge_conversations(tx, into_id=into, absorbed_id=gone, by=by, **more)


async def texts(centre: Centre, conversation_id: UUID) -> list[str]:
    return list(
        await centre.value(
            "SELECT coalesce(array_agg(coalesce(nullif(text, ''), code) ORDER BY seq), '{}')"
            " FROM message WHERE conversation_id = $1",
            conversation_id,
        )
    )


async def view(centre: Centre, who: Actor) -> Any:
    async with centre.tx(who) as tx:
        return await queries.visitor_state(tx, who)


async def dump(centre: Centre) -> list[Any]:
    """Return conversations and messages, without versions and layouts."""
    return [
        json.loads(
            await centre.value(
                f"SELECT jsonb_agg(r ORDER BY r::text)::text"
                f" FROM (SELECT to_jsonb(t) - '{{version,layout}}'::text[] AS r FROM {table} t) x"
            )
        )
        for table in ("conversation", "message")
    ]


async def compact(centre: Centre) -> None:
    """Check that every conversation numbers its messages from 1 without gaps."""
    wrong = await centre.value(
        "SELECT count(*) FROM conversation c WHERE c.last_seq <> (SELECT count(*) FROM message m"
        " WHERE m.conversation_id = c.id) OR c.last_seq <> (SELECT coalesce(max(seq), 0)"
        " FROM message m WHERE m.conversation_id = c.id)"
    )
    assert wrong == 0


async def undoable(centre: Centre, into: UUID) -> list[UUID | None]:
    """Return the merges that the side of a conversation offers to take back."""
    async with centre.tx(centre.agent) as tx:
        beside = await queries.related(tx, into, centre.agent)
    return [one.merge_id for one in beside if "merged" in one.relations]


async def test_two_channels_become_one_timeline_in_the_order_of_time(centre: Centre) -> None:
    one, other, second = await two(centre)
    merge_id = await merge(centre, one, other)
    assert await texts(centre, one) == [
        "灶打不着火", "灶坏了，在吗", "请先看电池", "没人理我", "电池是新的", "staff_merged_here",
    ]  # fmt: skip
    assert await texts(centre, other) == ["staff_merged_into"]
    await compact(centre)
    async with centre.tx(centre.agent) as tx:
        row = await queries.need_conversation(tx, one, centre.agent)
        gone = await queries.need_conversation(tx, other, centre.agent)
    assert (row.preview, row.unread, row.state) == ("电池是新的", 3, "serving")
    assert row.agent_read_seq == 1
    assert (gone.state, gone.merged_into_id, gone.unread) == ("closed", one, 0)
    origins = "SELECT count(*) FROM message WHERE conversation_id = $1 AND origin_id = $2"
    assert await centre.value(origins, one, other) == 2
    # Both panels go on in the one that stays, and what is written there arrives there.
    for who in (centre.visitor, second):
        shown = await view(centre, who)
        assert (shown.id, shown.layout) == (one, 1)
        assert [m.text for m in shown.messages] == [
            "灶打不着火", "灶坏了，在吗", "请先看电池", "没人理我", "电池是新的",
        ]  # fmt: skip
    assert (await says(centre, second, "好的")).conversation_id == one
    assert (await centre.says("也好")).conversation_id == one
    await replies(centre, one, "一起答复")
    assert (await view(centre, second)).messages[-1].text == "一起答复"
    (absorbed,) = await centre.facts("ConversationAbsorbed")
    assert absorbed["merge_id"] == str(merge_id)
    assert await centre.facts("ConversationClosed") == []


async def test_a_repeat_of_what_was_sent_before_the_merge_stands_once(centre: Centre) -> None:
    one, _, second = await two(centre)
    client_id = new_id()
    first = await says(centre, second, "发了两遍", client_id)
    await merge(centre, one, first.conversation_id)
    again = await says(centre, second, "发了两遍", client_id)
    assert (again.id, again.conversation_id) == (first.id, one)
    assert (await texts(centre, one)).count("发了两遍") == 1


async def test_undone_at_once_everything_is_as_it_was(centre: Centre) -> None:
    one, other, second = await two(centre)
    before = await dump(centre)
    merge_id = await merge(centre, one, other)
    assert await undoable(centre, one) == [merge_id]
    for _ in range(2):
        async with centre.tx(centre.agent) as tx:
            assert await actions.part_conversations(tx, merge_id=merge_id, by=centre.agent) == one
    assert await dump(centre) == before
    await compact(centre)
    assert (await view(centre, second)).id == other
    (restored,) = await centre.facts("ConversationRestored")
    assert restored["state"] == "serving"


async def test_what_was_said_since_lets_the_merge_stand(centre: Centre) -> None:
    one, other, _ = await two(centre)
    merge_id = await merge(centre, one, other)
    await centre.says("还在吗")
    assert await undoable(centre, one) == [None]
    with pytest.raises(JoinStands):
        async with centre.tx(centre.agent) as tx:
            await actions.part_conversations(tx, merge_id=merge_id, by=centre.agent)
    with pytest.raises(MergedAway):
        async with centre.tx(centre.agent) as tx:
            await actions.reopen(tx, conversation_id=other, by=centre.agent)


async def test_what_may_not_be_merged(centre: Centre) -> None:
    one, other, _ = await two(centre)
    with pytest.raises(SameConversation):
        await merge(centre, one, one)
    with pytest.raises(ConversationStale):
        await merge(centre, one, other, version=99)
    with pytest.raises(ConversationNotFound):
        await merge(centre, one, uuid4())
    await held(centre, other, centre.supervisor)
    with pytest.raises(NotYours):
        await merge(centre, one, other)
    async with centre.tx() as tx:
        await actions.release(tx, conversation_id=one, state="digital")
    with pytest.raises(NotWithPeople):
        await merge(centre, one, other, by=centre.supervisor)
    stranger = await on_another_channel(centre, "别处")
    async with centre.tx() as tx:
        else_id = await customers.add_customer(tx, name="别人")
    stranger = Actor(
        organisation_id=stranger.organisation_id, kind="visitor", id=stranger.id,
        customer_id=else_id, channel_id=stranger.channel_id,
    )  # fmt: skip
    theirs = (await says(centre, stranger, "我是别人")).conversation_id
    with pytest.raises(OtherCustomer):
        await merge(centre, other, theirs, by=centre.supervisor)
    async with centre.tx(centre.supervisor) as tx:
        await actions.close(tx, conversation_id=other, by=centre.supervisor)
    with pytest.raises(ConversationIsClosed):
        await merge(centre, one, other, by=centre.supervisor)


async def test_words_during_a_merge_are_neither_lost_nor_doubled(centre: Centre) -> None:
    one, other, second = await two(centre)
    done = await asyncio.gather(
        merge(centre, one, other),
        *(says(centre, second, f"第{n}句") for n in range(4)),
        *(centre.says(f"又{n}句") for n in range(4)),
        return_exceptions=True,
    )
    assert not [x for x in done if isinstance(x, Exception)], done
    found = await texts(centre, one)
    assert sorted(t for t in found if t[0] in "第又") == sorted(
        [f"第{n}句" for n in range(4)] + [f"又{n}句" for n in range(4)]
    )
    await compact(centre)


async def test_a_chain_of_merges_leads_to_the_last(centre: Centre) -> None:
    one, other, second = await two(centre)
    third = await on_another_channel(centre, "小程序")
    last = (await says(centre, third, "第三处")).conversation_id
    await held(centre, last)
    await merge(centre, one, other)
    merge_id = await merge(centre, last, one)
    for who in (centre.visitor, second, third):
        assert (await view(centre, who)).id == last
        assert (await says(centre, who, "到")).conversation_id == last
    assert "灶坏了，在吗" in await texts(centre, last)
    with pytest.raises(JoinStands):
        async with centre.tx(centre.agent) as tx:
            await actions.part_conversations(tx, merge_id=merge_id, by=centre.agent)


async def split(centre: Centre, conversation_id: UUID, *words: str) -> UUID:
    ids = await centre.value(
        "SELECT coalesce(array_agg(id), '{}') FROM message"
        " WHERE conversation_id = $1 AND text = ANY($2::text[])",
        conversation_id,
        list(words),
    )
    async with centre.tx(centre.agent) as tx:
        return await actions.split_conversation(
            tx, conversation_id=conversation_id, message_ids=ids, by=centre.agent
        )


async def test_another_matter_gets_a_conversation_of_its_own(centre: Centre) -> None:
    one = await centre.served("灶打不着火")
    await replies(centre, one, "请先看电池")
    await centre.says("电池是新的")
    await centre.says("对了，我还想退货")
    other = await split(centre, one, "对了，我还想退货")
    assert await texts(centre, one) == [
        "灶打不着火", "请先看电池", "电池是新的", "staff_split_off",
    ]  # fmt: skip
    assert await texts(centre, other) == ["对了，我还想退货", "staff_split_from"]
    await compact(centre)
    async with centre.tx(centre.agent) as tx:
        kept = await queries.need_conversation(tx, one, centre.agent)
        new = await queries.need_conversation(tx, other, centre.agent)
        about = await queries.related(tx, one, centre.agent)
    assert (kept.preview, kept.unread, kept.state) == ("电池是新的", 1, "serving")
    assert (new.preview, new.unread, new.state) == ("对了，我还想退货", 1, "serving")
    assert (new.agent_id, new.customer_id) == (centre.agent.id, kept.customer_id)
    assert new.number > kept.number
    assert kept.awaiting_since is not None
    assert new.awaiting_since is not None
    assert new.awaiting_since > kept.awaiting_since
    assert [(r.id, r.relations) for r in about] == [(other, ["open", "split"])]
    # The panel is where the newest words went; an answer in the other one brings it there.
    assert (await view(centre, centre.visitor)).id == other
    assert (await centre.says("怎么退")).conversation_id == other
    await replies(centre, one, "师傅明天到")
    assert (await view(centre, centre.visitor)).id == one
    assert (await centre.says("好")).conversation_id == one
    # Merging is the way back.
    await merge(centre, one, other)
    assert "怎么退" in await texts(centre, one)
    moved = "SELECT count(*) FROM message WHERE text = '对了，我还想退货' AND origin_id IS NULL"
    assert await centre.value(moved) == 1


async def test_a_split_takes_some_and_leaves_some(centre: Centre) -> None:
    one = await centre.served("灶打不着火")
    with pytest.raises(NothingToSplit):
        await split(centre, one, "灶打不着火")
    with pytest.raises(NothingToSplit):
        await split(centre, one)
    with pytest.raises(NothingToSplit):
        async with centre.tx(centre.agent) as tx:
            await actions.split_conversation(
                tx, conversation_id=one, message_ids=[uuid4()], by=centre.agent
            )


async def test_what_was_answered_elsewhere_is_seen(centre: Centre) -> None:
    one, other, _ = await two(centre)
    await replies(centre, other, "师傅明天 9 点到")
    async with centre.tx(centre.agent) as tx:
        (found,) = await queries.related(tx, one, centre.agent)
        await actions.link_conversations(tx, conversation_id=one, other_id=other, by=centre.agent)
        await actions.link_conversations(tx, conversation_id=other, other_id=one, by=centre.agent)
        (linked,) = await queries.related(tx, other, centre.agent)
    assert (found.id, found.relations, found.answer) == (other, ["open"], "师傅明天 9 点到")
    assert (found.agent_name, found.answered_by, found.reachable) == ("linxi", "linxi", True)
    assert (linked.id, linked.relations) == (one, ["linked", "open"])
    assert len(await centre.facts("ConversationsLinked")) == 2
    async with centre.tx(centre.supervisor) as tx:
        await actions.close(tx, conversation_id=other, by=centre.supervisor)
        await actions.unlink_conversations(
            tx, conversation_id=one, other_id=other, by=centre.supervisor
        )
    async with centre.tx(centre.agent) as tx:
        (found,) = await queries.related(tx, one, centre.agent)
    assert (found.relations, found.answer) == (["answered"], "师傅明天 9 点到")
