"""Who holds a conversation, how it ends, goes on, is labelled."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from peakend.conversations import actions, queries
from peakend.conversations.actions.closing import (
    OtherIsOpen,
    ReasonNeeded,
    TooLateToUndo,
    UnknownReason,
)
from peakend.conversations.queries import ConversationNotFound, ConversationStale
from peakend.conversations.rules.reasons import ReasonNode
from peakend.kernel import clock
from peakend.kernel.errors import Conflict, Invalid, NotFound
from peakend.kernel.ids import new_id
from tests.conversations.conftest import Centre


async def record_of(centre: Centre, conversation_id: UUID) -> Any:
    async with centre.tx() as tx:
        return await queries.need_conversation(tx, conversation_id, tx.actor)


async def reasons(centre: Centre, count: int = 2) -> list[UUID]:
    ids = [uuid4() for _ in range(count)]
    async with centre.tx(centre.supervisor) as tx:
        await actions.publish_reasons(
            tx,
            nodes=[
                ReasonNode(i, None, f"原因{n}", f"Reason {n}", n, True) for n, i in enumerate(ids)
            ],
            by=centre.supervisor,
        )
    return ids


async def test_queue_then_agent_then_back(centre: Centre) -> None:
    message = await centre.says("你好")
    conversation_id, leg = message.conversation_id, new_id()
    async with centre.tx() as tx:
        await actions.place_in_queue(
            tx, conversation_id=conversation_id, queue_id=centre.queue_id, leg_id=leg
        )
    for _ in range(2):  # twice is once
        async with centre.tx() as tx:
            await actions.assign(
                tx, conversation_id=conversation_id, agent_id=centre.agent.id, leg_id=leg
            )
    row = await record_of(centre, conversation_id)
    assert (row.state, row.agent_id, row.leg_id) == ("serving", centre.agent.id, leg)
    assert len(await centre.facts("ConversationAssigned")) == 1
    async with centre.tx() as tx:
        await actions.place_in_queue(
            tx, conversation_id=conversation_id, queue_id=centre.queue_id, leg_id=new_id()
        )
    row = await record_of(centre, conversation_id)
    assert (row.state, row.agent_id, row.last_agent_id) == ("waiting", None, centre.agent.id)
    released = await centre.value(
        "SELECT agent_id FROM event WHERE type = 'ConversationReleased' AND leg_id = $1", leg
    )
    assert released == centre.agent.id


async def test_transfer_to_a_colleague_names_who_let_go(centre: Centre) -> None:
    conversation_id = await centre.served()
    async with centre.tx() as tx:
        await actions.assign(
            tx, conversation_id=conversation_id, agent_id=centre.supervisor.id, leg_id=new_id()
        )
    assigned = (await centre.facts("ConversationAssigned"))[-1]
    assert assigned["previous_agent_id"] == str(centre.agent.id)
    assert len(await centre.facts("ConversationReleased")) == 1


async def test_assign_to_a_stranger_writes_nothing(centre: Centre) -> None:
    message = await centre.says("你好")
    async with centre.tx() as tx:
        with pytest.raises(NotFound):
            await actions.assign(
                tx, conversation_id=message.conversation_id, agent_id=uuid4(), leg_id=None
            )
    assert (await record_of(centre, message.conversation_id)).state == "waiting"


async def test_close_asks_for_a_reason_where_there_are_some(centre: Centre) -> None:
    conversation_id = await centre.served()
    first, _ = await reasons(centre)
    for wrong, error in ((None, ReasonNeeded), (uuid4(), UnknownReason)):
        async with centre.tx(centre.agent) as tx:
            with pytest.raises(error):
                await actions.close(
                    tx, conversation_id=conversation_id, by=centre.agent, reason_id=wrong
                )
    async with centre.tx(centre.agent) as tx:
        await actions.close(
            tx, conversation_id=conversation_id, by=centre.agent, reason_id=first, solved=True
        )
        row = (await queries.rows(tx, [conversation_id], centre.agent))[0]
    assert (row.state, row.reason_id, row.reason_label, row.solved) == (
        "closed",
        first,
        "原因0",
        True,
    )
    closed = (await centre.facts("ConversationClosed"))[0]
    assert (closed["from_state"], closed["by"], closed["messages"]) == ("serving", "member", 1)
    # A new tree does not change what the old conversation was about.
    await reasons(centre)
    async with centre.tx(centre.agent) as tx:
        assert (await queries.rows(tx, [conversation_id], centre.agent))[0].reason_label == "原因0"


async def test_customers_and_the_system_close_without_reason(centre: Centre) -> None:
    await reasons(centre)
    message = await centre.says("算了")
    async with centre.tx(centre.visitor) as tx:
        assert await actions.close_by_customer(tx, by=centre.visitor) == message.conversation_id
    async with centre.tx(centre.visitor) as tx:
        assert await actions.close_by_customer(tx, by=centre.visitor) is None


async def test_undo_restores_agent_and_leg(centre: Centre) -> None:
    conversation_id = await centre.served()
    before = await record_of(centre, conversation_id)
    async with centre.tx(centre.agent) as tx:
        await actions.close(tx, conversation_id=conversation_id, by=centre.agent)
    for _ in range(2):
        async with centre.tx(centre.agent) as tx:
            await actions.reopen(tx, conversation_id=conversation_id, by=centre.agent, undo=True)
    after = await record_of(centre, conversation_id)
    assert (after.state, after.agent_id, after.leg_id) == (
        "serving",
        before.agent_id,
        before.leg_id,
    )
    assert [f["undo"] for f in await centre.facts("ConversationReopened")] == [True]


async def test_undo_has_its_time(centre: Centre) -> None:
    conversation_id = await centre.served()
    async with centre.tx(centre.agent) as tx:
        await actions.close(tx, conversation_id=conversation_id, by=centre.agent)
    later = clock.now() + timedelta(seconds=30)
    async with centre.tx(centre.agent, later) as tx:
        with pytest.raises(TooLateToUndo):
            await actions.reopen(tx, conversation_id=conversation_id, by=centre.agent, undo=True)
    async with centre.tx(centre.agent, later) as tx:
        await actions.reopen(tx, conversation_id=conversation_id, by=centre.agent)
    row = await record_of(centre, conversation_id)
    assert (row.state, row.agent_id, row.leg_id) == ("serving", centre.agent.id, None)


async def test_no_second_open_conversation_by_reopening(centre: Centre) -> None:
    conversation_id = await centre.served()
    async with centre.tx(centre.agent) as tx:
        await actions.close(tx, conversation_id=conversation_id, by=centre.agent)
    await centre.says("新的事", now=clock.now() + timedelta(hours=2))
    async with centre.tx(centre.agent) as tx:
        with pytest.raises(OtherIsOpen):
            await actions.reopen(tx, conversation_id=conversation_id, by=centre.agent)


async def test_stale_writes_are_conflicts(centre: Centre) -> None:
    conversation_id = await centre.served()
    version = (await record_of(centre, conversation_id)).version
    await centre.says("还有")
    async with centre.tx(centre.agent) as tx:
        with pytest.raises(ConversationStale):
            await actions.close(
                tx, conversation_id=conversation_id, by=centre.agent, version=version
            )
    async with centre.tx(centre.agent) as tx:
        with pytest.raises(ConversationStale):
            await actions.tag(
                tx, conversation_id=conversation_id, tag_ids=[], by=centre.agent, version=version
            )


async def test_two_close_at_once_one_wins(centre: Centre) -> None:
    conversation_id = await centre.served()

    async def close(by: Any) -> None:
        async with centre.tx(by) as tx:
            await actions.close(tx, conversation_id=conversation_id, by=by)

    results = await asyncio.gather(
        close(centre.agent), close(centre.supervisor), return_exceptions=True
    )
    assert sum(isinstance(r, Conflict) for r in results) == 1
    assert len(await centre.facts("ConversationClosed")) == 1


async def test_tags(centre: Centre, another: Any) -> None:
    conversation_id = await centre.served()
    async with centre.tx(centre.supervisor) as tx:
        urgent = await actions.add_tag(tx, name="紧急", colour="#c0392b")
        safety = await actions.add_tag(tx, name="安全", colour="#16a085")
        with pytest.raises(Conflict):
            await actions.add_tag(tx, name="紧急", colour="#000000")
    async with centre.tx(centre.agent) as tx:
        await actions.tag(
            tx, conversation_id=conversation_id, tag_ids=[urgent, safety, urgent], by=centre.agent
        )
        await actions.tag(tx, conversation_id=conversation_id, tag_ids=[safety], by=centre.agent)
        row = (await queries.rows(tx, [conversation_id], centre.agent))[0]
    assert [t.name for t in row.tags] == ["安全"]
    facts = await centre.facts("ConversationTagged")
    assert (len(facts[0]["added"]), facts[1]["removed"]) == (2, [str(urgent)])
    foreign = await another()
    async with foreign.tx(foreign.supervisor) as tx:
        theirs = await actions.add_tag(tx, name="别家", colour="#000000")
    async with centre.tx(centre.agent) as tx:
        with pytest.raises(NotFound):
            await actions.tag(
                tx, conversation_id=conversation_id, tag_ids=[theirs], by=centre.agent
            )


async def test_drafts_are_each_persons_own(centre: Centre) -> None:
    conversation_id = await centre.served()
    for by, text in ((centre.agent, "我的草稿"), (centre.supervisor, "主管的草稿")):
        async with centre.tx(by) as tx:
            await actions.save_draft(
                tx, conversation_id=conversation_id, text=text, kind="agent", by=by
            )
    async with centre.tx(centre.agent) as tx:
        card = await queries.conversation(tx, conversation_id, centre.agent)
        assert [(one.kind, one.text) for one in card.drafts] == [("agent", "我的草稿")]
        await actions.save_draft(
            tx, conversation_id=conversation_id, text="", kind="agent", by=centre.agent
        )
        assert (await queries.conversation(tx, conversation_id, centre.agent)).drafts == []
        with pytest.raises(Invalid):
            await actions.save_draft(
                tx, conversation_id=conversation_id, text="x" * 10_001, kind="note",
                by=centre.agent,
            )  # fmt: skip


async def test_sight(centre: Centre, another: Any) -> None:
    conversation_id = await centre.served()
    foreign = await another()
    for by in (centre.other, foreign.agent, foreign.supervisor, foreign.visitor):
        async with foreign.database.transaction(by) as tx:
            with pytest.raises(ConversationNotFound):
                await queries.need_conversation(tx, conversation_id, by)
            assert await queries.rows(tx, [conversation_id], by) == []
    for by in (centre.agent, centre.supervisor, centre.visitor):
        async with centre.tx(by) as tx:
            assert (await queries.need_conversation(tx, conversation_id, by)).id == conversation_id


async def test_canned_replies(centre: Centre) -> None:
    conversation_id = await centre.served()
    async with centre.tx(centre.agent) as tx:
        own = await actions.add_canned_reply(
            tx,
            shortcut="hi",
            title="问候",
            body="{{customer.name | default: '客'}}，我是{{agent.name}}，{{organisation.name}}",
            scope="own",
            team_id=None,
            language="zh-CN",
            by=centre.agent,
        )
        text = await queries.rendered_reply(tx, own, conversation_id, centre.agent)
    assert "我是linxi，安居家" in text
    async with centre.tx(centre.other) as tx:
        assert await queries.canned_replies(tx, centre.other) == []
        with pytest.raises(NotFound):
            await actions.delete_canned_reply(tx, canned_reply_id=own, by=centre.other)
    for body in (
        "{% for i in (1..100000000) %}x{% endfor %}",
        "{% include 'secrets' %}",
        "{{ agent.__class__ }}",
        "{{ settings.key }}",
        "{{7*7}}",
        "{% assign x = 'y' %}",
        "{{ agent.name",
        "{{ agent.name | replace: 'a', 'b' }}",
    ):
        async with centre.tx(centre.agent) as tx:
            with pytest.raises(Invalid):
                await actions.change_canned_reply(
                    tx, canned_reply_id=own, changes={"body": body}, by=centre.agent
                )


async def test_who_shares_sees_what_a_team_has(centre: Centre) -> None:
    """A supervisor outside the team keeps its replies; nobody else's own are shown to anybody."""
    from peakend.accounts.actions import add_team

    given: dict[str, Any] = {"title": "燃气灶", "body": "您好", "language": "zh-CN"}
    async with centre.tx() as tx:
        team_id = await add_team(tx, name="一组")
    async with centre.tx(centre.agent) as tx:
        await actions.add_canned_reply(
            tx, shortcut="mine", scope="own", team_id=None, by=centre.agent, **given
        )
    boss = centre.supervisor
    async with centre.tx(boss) as tx:
        kept = await actions.add_canned_reply(
            tx, shortcut="team", scope="team", team_id=team_id, by=boss, **given
        )
        assert (await queries.need_canned_reply(tx, kept, boss)).typed == "ranqizao rqz"
        to_edit = await queries.canned_replies(tx, boss, to_edit=True)
        assert [one.shortcut for one in to_edit] == ["team"]
        assert await queries.canned_replies(tx, boss) == []
    async with centre.tx(centre.agent) as tx:
        found = await queries.canned_replies(tx, centre.agent, to_edit=True)
        assert [one.shortcut for one in found] == ["mine"]


@pytest.mark.parametrize(
    ("shape", "fault"),
    [
        ([("a", None), ("a", None)], "twice"),
        ([("a", "b")], "orphan"),
        ([("a", "b"), ("b", "a")], "loop"),
        ([("a", None), ("b", "a"), ("c", "b"), ("d", "c"), ("e", "d")], "deep"),
        ([("a", None), ("b", "a")], None),
        ([], None),
    ],
)
def test_trees(shape: list[tuple[str, str | None]], fault: str | None) -> None:
    from peakend.conversations.rules.reasons import tree_fault

    ids = {name: uuid4() for name in "abcde"}
    nodes = [
        ReasonNode(ids[name], ids[parent] if parent else None, name, "", 0, True)
        for name, parent in shape
    ]
    assert tree_fault(nodes) == fault
