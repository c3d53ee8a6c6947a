"""Macros: what they would do, what they do, and that they do all of it or nothing."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import pytest

from peakend.accounts import actions as accounts
from peakend.assist import actions as assist
from peakend.assist import queries as assist_queries
from peakend.assist.rules.approvals import ApprovalRules
from peakend.automation import actions, queries
from peakend.automation.rules import Steps, Target, order, snoozed_to, steps_fault
from peakend.conversations import actions as conversations
from peakend.conversations import queries as shown
from peakend.conversations.queries import ConversationStale
from peakend.conversations.rules.rich import Rich
from peakend.kernel.actors import Actor
from peakend.kernel.errors import Conflict, Invalid, NotFound
from peakend.kernel.ids import new_id
from peakend.routing import actions as routing
from tests.automation.conftest import Bench

HELLO = "您好，{{ customer.name }}，我是{{ agent.name }}。"
ALL = ("ReplySent", "NoteAdded", "ConversationTagged", "ReasonSet", "PrioritySet")


async def test_a_preview_says_exactly_what_happens(bench: Bench) -> None:
    to = Target("queue", bench.floor.queue_id)
    macro_id = await bench.macro(
        reply=HELLO, note="会话{{ conversation.number }}", tag_ids=[bench.tag_id],
        reason_id=bench.reason_id, priority="high", end="transfer", to=to,
    )  # fmt: skip
    before = await bench.facts()
    seen = await bench.preview(macro_id)
    number = (await bench.floor.conversation(bench.conversation_id)).number
    assert seen.reply == "您好，王女士，我是linxi。"
    assert seen.note == f"会话{number}"
    assert [(step.what, step.names, step.blocked) for step in seen.steps] == [
        ("reply", [], None),
        ("note", [], None),
        ("tags", ["上门"], None),
        ("reason", ["点火故障"], None),
        ("priority", ["high"], None),
        ("transfer", ["燃气服务"], None),
    ]
    assert await bench.facts() == before


async def test_each_step_leaves_what_a_hand_would_leave(bench: Bench) -> None:
    macro_id = await bench.macro(
        reply=HELLO, note="记下", tag_ids=[bench.tag_id], reason_id=bench.reason_id,
        priority="high", end="snooze", snooze="hour",
    )  # fmt: skip
    before = await bench.facts()
    run_id = await bench.run(macro_id)
    after = await bench.facts_since(len(before))
    assert [kind for kind in after if kind in (*ALL, "ConversationSnoozed", "MacroRun")] == [
        *ALL,
        "ConversationSnoozed",
        "MacroRun",
    ]
    (fact,) = await bench.floor.facts("MacroRun")
    assert fact.payload["steps"] == ["reply", "note", "tags", "reason", "priority", "snooze"]
    assert fact.payload["edited"] is False
    assert (fact.agent_id, fact.conversation_id) == (bench.agent.id, bench.conversation_id)
    row = await bench.floor.conversation(bench.conversation_id)
    assert row.priority == "high"
    assert row.snoozed_until == bench.floor.now + timedelta(hours=1)
    by_hand = await bench.floor.served(bench.other)
    async with bench.floor.tx(bench.other) as tx:
        here: Any = {"conversation_id": by_hand, "by": bench.other}
        await conversations.reply(tx, client_id=new_id(), text="您好", **here)
        await conversations.note(tx, client_id=new_id(), text="记下", **here)
        await conversations.tag(tx, tag_ids=[bench.tag_id], **here)
        await conversations.set_reason(tx, reason_id=bench.reason_id, **here)
        await conversations.set_priority(tx, priority="high", **here)
        await conversations.snooze(tx, until=bench.floor.now + timedelta(hours=1), **here)
    await bench.floor.drain()
    for kind in (*ALL, "ConversationSnoozed"):
        ours, theirs = await bench.floor.facts(kind)
        assert ours.payload.keys() == theirs.payload.keys()
        assert (ours.leg_id is None) == (theirs.leg_id is None)
    assert run_id is not None


async def kept_card(bench: Bench, by: Actor | None = None, scope: str = "all") -> UUID:
    by = by or bench.boss
    async with bench.floor.tx(by) as tx:
        return await conversations.add_rich_template(
            tx, name="换电池", scope=scope, team_id=None, by=by,
            content=Rich(intro="您看哪天方便？", quick=["明天", "后天"]),
        )  # fmt: skip


async def test_a_card_is_seen_before_it_goes_and_goes_once(bench: Bench) -> None:
    card_id = await kept_card(bench)
    macro_id = await bench.macro(reply=HELLO, rich_template_id=card_id, note="记下")
    seen = await bench.preview(macro_id)
    assert seen.card is not None
    assert (seen.card.id, seen.card.content.quick) == (card_id, ["明天", "后天"])
    assert [(step.what, step.names, step.blocked) for step in seen.steps] == [
        ("reply", [], None), ("card", ["换电池"], None), ("note", [], None),
    ]  # fmt: skip
    run_id = await bench.run(macro_id, card_version=seen.card.version)
    await bench.run(macro_id, run_id=run_id, version=1)
    async with bench.floor.tx() as tx:
        row = await bench.floor.conversation(bench.conversation_id)
        said = [one for one in await shown.messages(tx, row, limit=20) if one.kind == "agent"]
    assert [(one.code, one.text.split("\n")[0]) for one in said] == [
        (None, "您好，王女士，我是linxi。"), ("rich", "您看哪天方便？"),
    ]  # fmt: skip
    (sent,) = await bench.floor.facts("RichMessageSent")
    assert sent.payload["template_id"] == str(card_id)
    (fact,) = await bench.floor.facts("MacroRun")
    assert fact.payload["steps"] == ["reply", "card", "note"]
    # Another card than the one that was looked at does not go.
    async with bench.floor.tx(bench.boss) as tx:
        await conversations.change_rich_template(
            tx, rich_template_id=card_id, changes={"content": Rich(intro="改过", quick=["好"])},
            by=bench.boss, version=seen.card.version,
        )  # fmt: skip
    with pytest.raises(actions.MacroStale):
        await bench.run(macro_id, card_version=seen.card.version)
    async with bench.floor.tx(bench.boss) as tx:
        await conversations.delete_rich_template(tx, rich_template_id=card_id, by=bench.boss)
    gone = await bench.preview(macro_id)
    assert gone.card is None
    assert gone.steps[1].blocked is not None
    with pytest.raises(actions.MacroBlocked):
        await bench.run(macro_id)


async def test_a_card_is_filled_in_before_it_is_seen(bench: Bench) -> None:
    async with bench.floor.tx(bench.boss) as tx:
        card_id = await conversations.add_rich_template(
            tx, name="约时间", scope="all", team_id=None, by=bench.boss,
            content=Rich(intro="{{ customer.name }}，您好", quick=["问{{ agent.name }}", "后天"]),
        )  # fmt: skip
    macro_id = await bench.macro(rich_template_id=card_id)
    seen = await bench.preview(macro_id)
    assert seen.card is not None
    assert (seen.card.content.intro, seen.card.content.quick) == (
        "王女士，您好", ["问linxi", "后天"],
    )  # fmt: skip

    async def called(name: str) -> None:
        row = await bench.floor.conversation(bench.conversation_id)
        async with bench.floor.tx(bench.boss) as tx:
            await tx.run("UPDATE customer SET name = $2 WHERE id = $1", row.customer_id, name)

    await called("王" * 1_000)
    blocked = (await bench.preview(macro_id)).steps[0].blocked
    assert blocked == "卡片前的话最多 1000 字，现为 1003 字，请改短"
    with pytest.raises(actions.MacroBlocked):
        await bench.run(macro_id)
    await called("王女士")
    await bench.run(macro_id)
    async with bench.floor.tx() as tx:
        row = await bench.floor.conversation(bench.conversation_id)
        said = [one for one in await shown.messages(tx, row, limit=20) if one.kind == "agent"]
    assert [one.text.split("\n")[0] for one in said] == ["王女士，您好"]


async def test_a_card_of_fewer_people_is_no_card_of_a_macro_for_all(bench: Bench) -> None:
    own = await kept_card(bench, scope="own")
    with pytest.raises(actions.CardOfFewer):
        await bench.macro(rich_template_id=own)
    assert await bench.macro(rich_template_id=own, scope="own")
    with pytest.raises(actions.WrongSteps):
        await bench.macro(by=bench.agent, rich_template_id=own, scope="own")


async def test_a_run_that_is_repeated_happens_once(bench: Bench) -> None:
    macro_id = await bench.macro(reply=HELLO, note="记下")
    run_id = await bench.run(macro_id)
    once = await bench.facts()
    await bench.run(macro_id, run_id=run_id, version=1)
    assert await bench.facts() == once


async def test_texts_may_be_changed_or_left_out(bench: Bench) -> None:
    macro_id = await bench.macro(reply=HELLO, note="记下")
    await bench.run(macro_id, reply="改过的话", note="")
    (sent,) = await bench.floor.facts("ReplySent")
    assert sent.payload["length"] == len("改过的话")
    assert await bench.floor.facts("NoteAdded") == []
    (fact,) = await bench.floor.facts("MacroRun")
    assert (fact.payload["steps"], fact.payload["edited"]) == (["reply"], True)
    with pytest.raises(actions.NothingToDo):
        await bench.run(macro_id, reply="", note=" ")
    only_reply = await bench.macro(reply=HELLO)
    with pytest.raises(Invalid):
        await bench.run(only_reply, note="没有这一步")


async def test_taking_answering_and_passing_on(bench: Bench) -> None:
    waiting = await bench.floor.writes()
    await bench.floor.drain()
    bench.conversation_id = waiting
    to = Target("agent", bench.other.id or UUID(int=0))
    macro_id = await bench.macro(take=True, reply=HELLO, note="请接", end="transfer", to=to)
    await bench.run(macro_id)
    async with bench.floor.tx() as tx:
        messages = await shown.messages(tx, await bench.floor.conversation(waiting), limit=20)
    said = [(one.kind, one.code) for one in messages]
    assert ("agent", None) in said
    assert ("system", "transferred_to_agent") in said
    # The note goes with the transfer, once.
    assert [one.text for one in messages if one.kind == "note"] == ["请接"]
    (request,) = await bench.floor.facts("TransferRequested")
    assert request.conversation_id == waiting


async def test_closing_needs_its_reason_and_can_be_undone(bench: Bench) -> None:
    macro_id = await bench.macro(reply=HELLO, end="close")
    seen = await bench.preview(macro_id)
    assert (seen.needs_reason, seen.needs_solved) == (True, True)
    before = await bench.facts()
    with pytest.raises(actions.SolvedNeeded):
        await bench.run(macro_id, reason_id=bench.reason_id)
    with pytest.raises(conversations.ReasonNeeded):
        await bench.run(macro_id, solved=True)
    assert await bench.facts() == before
    await bench.run(macro_id, reason_id=bench.reason_id, solved=True)
    row = await bench.floor.conversation(bench.conversation_id)
    assert (row.state, row.solved, row.reason_id) == ("closed", True, bench.reason_id)
    async with bench.floor.tx(bench.agent) as tx:
        await conversations.reopen(
            tx, conversation_id=bench.conversation_id, by=bench.agent, undo=True
        )
    assert (await bench.floor.conversation(bench.conversation_id)).state == "serving"


async def test_a_step_that_is_not_possible_stops_all(bench: Bench) -> None:
    gone = await bench.macro(reply=HELLO, tag_ids=[bench.tag_id])
    away = await bench.macro(
        reply=HELLO, end="transfer", to=Target("agent", bench.boss.id or UUID(int=0))
    )
    given = await bench.macro(
        reply=HELLO, end="assign", to=Target("agent", bench.other.id or UUID(int=0))
    )
    async with bench.floor.tx() as tx:
        await conversations.delete_tag(tx, tag_id=bench.tag_id)
    before = await bench.facts()
    for macro_id, what, why in (
        (gone, "tags", "宏中的标签已被删除"),
        (away, "transfer", "wangmin"),
        (given, "assign", "权限"),
    ):
        seen = await bench.preview(macro_id)
        assert [step.what for step in seen.steps if step.blocked] == [what]
        assert why in (next(step.blocked for step in seen.steps if step.blocked) or "")
        with pytest.raises(actions.MacroBlocked):
            await bench.run(macro_id)
    assert await bench.facts() == before
    async with bench.floor.tx() as tx:
        assert await tx.value("SELECT count(*) FROM macro_run") == 0


async def test_who_may_run_what(bench: Bench) -> None:
    macro_id = await bench.macro(reply=HELLO, end="close", reason_id=bench.reason_id, solved=True)
    seen = await bench.preview(macro_id, bench.other)
    assert [step.what for step in seen.steps if step.blocked] == ["reply", "close"]
    with pytest.raises(actions.MacroBlocked):
        await bench.run(macro_id, bench.other)
    await bench.run(macro_id, bench.boss)
    again = await bench.preview(macro_id)
    assert {step.blocked for step in again.steps if step.what in ("reply", "close")} == {
        "会话已结束"
    }


async def test_full_hands_are_said_beforehand(bench: Bench) -> None:
    macro_id = await bench.macro(take=True, reply=HELLO)
    for _ in range(2):
        await bench.floor.served(bench.agent)
    bench.conversation_id = await bench.floor.writes()
    await bench.floor.ready(bench.other, state="offline")
    await bench.floor.drain()
    seen = await bench.preview(macro_id)
    assert [step.what for step in seen.steps if step.blocked] == ["take"]
    before = await bench.facts()
    with pytest.raises(actions.MacroBlocked):
        await bench.run(macro_id)
    assert await bench.facts() == before


async def test_what_became_wrong_after_the_preview(bench: Bench) -> None:
    macro_id = await bench.macro(reply=HELLO, priority="urgent")
    seen = await bench.preview(macro_id)
    async with bench.floor.tx(bench.boss) as tx:
        await conversations.set_priority(
            tx, conversation_id=bench.conversation_id, priority="low", by=bench.boss
        )
    with pytest.raises(ConversationStale):
        await bench.run(macro_id, version=seen.conversation_version)
    async with bench.floor.tx(bench.boss) as tx:
        await actions.change_macro(
            tx, macro_id=macro_id, changes={"title": "别的"}, by=bench.boss, version=1
        )
    with pytest.raises(actions.MacroStale):
        await bench.run(macro_id, macro_version=1)
    assert await bench.floor.facts("ReplySent", "MacroRun") == []


async def test_a_second_transfer_needs_its_word(bench: Bench) -> None:
    macro_id = await bench.macro(end="transfer", to=Target("queue", bench.floor.queue_id))
    await bench.floor.transfer(bench.agent, bench.conversation_id, bench.other.id, note="请看")
    await bench.floor.drain()
    await bench.floor.accept(bench.other, bench.conversation_id)
    seen = await bench.preview(macro_id, bench.other)
    assert seen.needs_note
    with pytest.raises(routing.NoteNeeded):
        await bench.run(macro_id, bench.other)
    await bench.run(macro_id, bench.other, note="客户要燃气专员")
    assert len(await bench.floor.facts("TransferRequested")) == 2


async def test_own_team_and_all(bench: Bench) -> None:
    async with bench.floor.tx() as tx:
        team_id = await accounts.add_team(tx, name="一组")
    own = await bench.macro(bench.agent, scope="own", reply=HELLO)
    with pytest.raises(actions.NotYourMacro):
        await bench.macro(bench.agent, scope="all", reply=HELLO)
    async with bench.floor.tx(bench.boss) as tx:
        teams = await actions.add_macro(
            tx, shortcut="t", title="团队", steps=Steps(reply=HELLO), scope="team",
            team_id=team_id, language="zh-CN", by=bench.boss,
        )  # fmt: skip
        # Who keeps a team's macros sees them there, also from outside the team.
        kept = await queries.macros(tx, bench.boss, to_edit=True)
        assert [one.id for one in kept] == [teams]
        assert await queries.macros(tx, bench.boss) == []
    async with bench.floor.tx(bench.other) as tx:
        assert await queries.macros(tx, bench.other) == []
        with pytest.raises(NotFound):
            await queries.previewed(tx, own, bench.conversation_id, bench.other)
        with pytest.raises(NotFound):
            await actions.delete_macro(tx, macro_id=own, by=bench.other)
    async with bench.floor.tx(bench.agent) as tx:
        assert [one.typed for one in await queries.macros(tx, bench.agent)] == [
            "ranqizaoshangmen rqzsm"
        ]
        with pytest.raises(Conflict):
            await actions.change_macro(
                tx, macro_id=own, changes={"title": "x"}, by=bench.agent, version=9
            )
        await actions.delete_macro(tx, macro_id=own, by=bench.agent)
        assert await queries.macros(tx, bench.agent) == []


@pytest.mark.parametrize(
    ("steps", "fault"),
    [
        (Steps(), "steps"),
        (Steps(reply="x"), None),
        (Steps(end="transfer"), "to"),
        (Steps(reply="x", to=Target("queue", UUID(int=1))), "to"),
        (Steps(end="assign", to=Target("queue", UUID(int=1))), "to"),
        (Steps(end="snooze"), "snooze"),
        (Steps(reply="x", snooze="hour"), "snooze"),
        (Steps(reply="x", solved=True), "solved"),
        (Steps(end="close", solved=False), None),
    ],
)
def test_steps_that_fit(steps: Steps, fault: str | None) -> None:
    assert steps_fault(steps) == fault


def test_a_later_day_is_a_day_of_business() -> None:
    hour, tuesday, monday = (datetime(2026, 11, day, 9, tzinfo=UTC) for day in (20, 24, 30))
    times = [("hour", hour), ("tomorrow", tuesday), ("monday", monday)]
    assert [snoozed_to(one, times) for one in ("hour", "tomorrow", "monday")] == [
        hour,
        tuesday,
        monday,
    ]
    sunday = [("hour", hour), ("tomorrow", monday)]
    assert snoozed_to("monday", sunday) == monday
    assert snoozed_to("tomorrow", [("hour", hour)]) is None
    assert order(Steps(end="close", reply="x", take=True)) == ["take", "reply", "close"]


async def test_who_must_ask_sends_reply_and_card_to_a_senior_as_one(bench: Bench) -> None:
    async with bench.floor.tx() as tx:
        await assist.set_approval_rules(
            tx, rules=ApprovalRules(member_ids=[bench.agent.id or new_id()]), version=0
        )
    card_id = await kept_card(bench)
    macro_id = await bench.macro(reply=HELLO, rich_template_id=card_id, tag_ids=[bench.tag_id])
    seen = await bench.preview(macro_id)
    assert (seen.waits, [step.blocked for step in seen.steps]) == (True, [None, None, None])
    assert not (await bench.preview(macro_id, bench.other)).waits
    run_id = await bench.run(macro_id)
    assert await bench.floor.facts("ReplySent") == []
    async with bench.floor.tx(bench.boss) as tx:
        [waiting] = await assist_queries.waiting_approvals(tx, bench.boss)
    assert waiting.approval.id == run_id
    assert waiting.approval.rich == {
        "intro": "您好，王女士，我是linxi。\n\n您看哪天方便？", "quick": ["明天", "后天"],
    }  # fmt: skip
    async with bench.floor.tx(bench.boss) as tx:
        await assist.decide_approval(
            tx, approval_id=run_id, outcome="approved", by=bench.boss, seen_seq=99
        )
    (sent,) = await bench.floor.facts("RichMessageSent")
    assert (sent.payload["template_id"], sent.agent_id) == (str(card_id), bench.agent.id)
    # What would pass the conversation on would end what waits: it is not begun.
    closing = await bench.macro(reply=HELLO, end="close", solved=True, reason_id=bench.reason_id)
    assert [bool(step.blocked) for step in (await bench.preview(closing)).steps] == [
        True, False, False,
    ]  # fmt: skip
    with pytest.raises(actions.MacroBlocked):
        await bench.run(closing)
    await bench.run(closing, reply="")
    assert (await bench.floor.conversation(bench.conversation_id)).state == "closed"
