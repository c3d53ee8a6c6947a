"""What is promised to a customer: set, paused, carried over, warned of, broken, changed."""

from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from peakend.conversations import actions as conversations
from peakend.conversations import queries as found
from peakend.conversations.queries import ConversationRow
from peakend.customers import actions as customers
from peakend.customers import queries as customer_queries
from peakend.kernel.actors import Actor
from peakend.kernel.events import REACTION_BY_NAME
from peakend.kernel.ids import new_id
from peakend.kernel.paging import WrongCursor, cursor_encode
from peakend.routing import actions, queries
from peakend.routing.actions import PolicySettings
from tests.routing.floor import Floor

SAID = ("TargetWarned", "TargetBreached")


@pytest.fixture
async def agent(floor: Floor) -> Actor:
    hired = await floor.hire("lin", capacity=9)
    await floor.ready(hired)
    floor.wait(2)
    await floor.drain()
    return hired


async def shown(floor: Floor, conversation_id: UUID) -> ConversationRow:
    async with floor.tx() as tx:
        return (await found.rows(tx, [conversation_id]))[0]


async def left_s(floor: Floor, conversation_id: UUID) -> float | None:
    row = await shown(floor, conversation_id)
    return (row.due_at - floor.now).total_seconds() if row.due_at else None


async def says(floor: Floor, agent: Actor, conversation_id: UUID) -> None:
    async with floor.tx(agent) as tx:
        await conversations.reply(
            tx, conversation_id=conversation_id, client_id=new_id(), text="请稍候", by=agent
        )


async def writes_again(floor: Floor, conversation_id: UUID) -> None:
    await floor.writes((await floor.conversation(conversation_id)).customer_id)


async def told(floor: Floor) -> list[str]:
    return [f"{one.type} {one.payload['target']}" for one in await floor.facts(*SAID)]


async def promise(floor: Floor, **settings: Any) -> UUID:
    """Promise something before everything else."""
    async with floor.tx() as tx:
        policy = await actions.add_policy(tx, PolicySettings(**{"name": "x", **settings}))
        others = [one.id for one in await queries.policies(tx) if one.id != policy.id]
        await actions.order_policies(tx, [policy.id, *others])
    return policy.id


async def test_a_first_reply_is_warned_of_and_missed_once(floor: Floor, agent: Actor) -> None:
    conversation_id = await floor.writes()
    await floor.drain()
    row = await shown(floor, conversation_id)
    assert (row.target, await left_s(floor, conversation_id)) == ("first_reply", 60)
    assert row.warn_at == row.due_at - timedelta(seconds=15)
    floor.wait(44)
    await floor.drain()
    assert await told(floor) == []
    for _ in range(3):
        floor.wait(1)
        await floor.drain()
    assert await told(floor) == ["TargetWarned first_reply"]
    for _ in range(3):
        floor.wait(13)
        await floor.drain()
    await writes_again(floor, conversation_id)
    await floor.drain()
    assert await told(floor) == ["TargetWarned first_reply", "TargetBreached first_reply"]
    warned, breached = await floor.facts(*SAID)
    assert (warned.occurred_at, breached.occurred_at) == (row.warn_at, row.due_at)
    assert await left_s(floor, conversation_id) < 0
    # The answer, late as it is, does not say it again, and the next turn has a promise of its own.
    async with floor.tx(agent) as tx:
        await actions.pick(tx, conversation_id=conversation_id, by=agent)
    await says(floor, agent, conversation_id)
    assert (await shown(floor, conversation_id)).due_at is None
    await floor.drain()
    await writes_again(floor, conversation_id)
    await floor.drain()
    assert (await shown(floor, conversation_id)).target == "next_reply"
    assert await left_s(floor, conversation_id) == 180
    assert len(await told(floor)) == 2


async def test_a_clock_runs_again_where_the_only_answer_was_taken_back(
    floor: Floor, agent: Actor
) -> None:
    conversation_id = await floor.served(agent)
    before = await shown(floor, conversation_id)
    floor.wait(20)
    await says(floor, agent, conversation_id)
    await says(floor, agent, conversation_id)
    await floor.drain()
    assert (await shown(floor, conversation_id)).due_at is None
    async with floor.tx(agent) as tx:
        shown_now = await found.messages(tx, await floor.conversation(conversation_id))
    first, second = [one.id for one in shown_now if one.kind == "agent"]
    floor.wait(20)
    for message_id, waits in ((second, False), (first, True)):
        async with floor.tx(agent) as tx:
            await conversations.recall(tx, message_id=message_id, by=agent)
        await floor.drain()
        after = await shown(floor, conversation_id)
        assert (after.awaiting_since is not None, after.due_at is not None) == (waits, waits)
    assert (after.awaiting_since, after.target) == (before.awaiting_since, "first_reply")
    # Said once more, it is an answer to what was asked then.
    await says(floor, agent, conversation_id)
    await floor.drain()
    assert (await shown(floor, conversation_id)).due_at is None


async def test_an_answer_in_time_withdraws_everything(floor: Floor, agent: Actor) -> None:
    conversation_id = await floor.served(agent)
    await says(floor, agent, conversation_id)
    await floor.drain()
    for _ in range(3):
        floor.wait(600)
        await floor.drain()
    assert await told(floor) == []
    assert (await shown(floor, conversation_id)).due_at is None


@pytest.mark.parametrize(("wait_s", "late"), [(100, True), (20, False)])
async def test_a_worker_that_slept_tells_the_same(
    floor: Floor, agent: Actor, wait_s: int, late: bool
) -> None:
    conversation_id = await floor.served(agent)
    await says(floor, agent, conversation_id)
    await floor.drain()
    await writes_again(floor, conversation_id)
    floor.wait(1.6 * wait_s + 80)
    await says(floor, agent, conversation_id)
    await writes_again(floor, conversation_id)
    await floor.drain()
    assert await told(floor) == (["TargetBreached next_reply"] if late else [])
    # The turn that runs now has its own time.
    assert await left_s(floor, conversation_id) == 180
    if late:
        [fact] = await floor.facts(*SAID)
        assert fact.occurred_at == floor.now - timedelta(seconds=1.6 * wait_s + 81 - 180)


async def test_reactions_may_run_twice_and_in_any_order(floor: Floor, agent: Actor) -> None:
    conversation_id = await floor.served(agent)
    floor.wait(100)
    await says(floor, agent, conversation_id)
    await floor.drain()
    await writes_again(floor, conversation_id)
    await floor.drain()
    assert await told(floor) == ["TargetBreached first_reply"]
    before = await shown(floor, conversation_id)
    log = await floor.facts("ReplySent", "MessageReceived", "ConversationAssigned")
    names = {
        "ReplySent": "routing.stop_clock",
        "MessageReceived": "routing.start_clock",
        "ConversationAssigned": "routing.set_clock_anew",
    }
    for envelope in reversed(log):
        async with floor.tx() as tx:
            tx.cause = envelope
            await REACTION_BY_NAME[names[envelope.type]].run(tx, envelope.fact())
    assert await told(floor) == ["TargetBreached first_reply"]
    assert await shown(floor, conversation_id) == before


async def put_aside(floor: Floor, agent: Actor, conversation_id: UUID, for_s: int) -> None:
    async with floor.tx(agent) as tx:
        await conversations.snooze(
            tx,
            conversation_id=conversation_id,
            until=floor.now + timedelta(seconds=for_s),
            by=agent,
        )
    await floor.drain()


async def test_what_is_put_aside_takes_no_time(floor: Floor, agent: Actor) -> None:
    conversation_id = await floor.served(agent)
    before = await left_s(floor, conversation_id)
    await put_aside(floor, agent, conversation_id, 3600)
    assert (await shown(floor, conversation_id)).due_at is None
    floor.wait(3600)
    await floor.drain()
    assert await left_s(floor, conversation_id) == before
    assert await told(floor) == []


async def test_a_solution_counts_only_our_own_time(floor: Floor, agent: Actor) -> None:
    await promise(floor, resolve_s=600)
    conversation_id = await floor.served(agent)
    assert await left_s(floor, conversation_id) == 600 - 2
    floor.wait(98)
    await says(floor, agent, conversation_id)
    await floor.drain()
    floor.wait(5000)
    await writes_again(floor, conversation_id)
    await floor.drain()
    assert await left_s(floor, conversation_id) == 500
    # Closed and reopened it goes on where it was.
    floor.wait(100)
    await floor.close(conversation_id, agent)
    floor.wait(1000)
    await writes_again(floor, conversation_id)
    await floor.drain()
    row = await shown(floor, conversation_id)
    assert (row.state, row.target) == ("waiting", "resolve")
    assert await left_s(floor, conversation_id) == pytest.approx(400, abs=0.01)
    floor.wait(401)
    await floor.drain()
    assert await told(floor) == ["TargetBreached resolve"]


async def test_closing_unanswered_is_late_or_it_is_not(floor: Floor, agent: Actor) -> None:
    first = await floor.served(agent)
    second = await floor.served(agent)
    await floor.close(second, agent)
    floor.wait(100)
    await floor.close(first, agent)
    assert [one.conversation_id for one in await floor.facts("TargetBreached")] == [first]


async def night_hours(floor: Floor, opens: str = "09:00") -> UUID:
    week = {day: [[opens, "12:00"], ["13:00", "18:00"]] for day in ("mon", "tue", "wed", "thu")}
    async with floor.tx() as tx:
        return (
            await actions.save_hours(
                tx, name="日班", time_zone="Asia/Shanghai", week=week, holidays=[]
            )
        ).id


async def test_a_message_out_of_hours_is_due_when_people_are_there(
    floor: Floor, agent: Actor
) -> None:
    hours_id = await night_hours(floor)
    async with floor.tx() as tx:
        await actions.change_queue(tx, floor.queue_id, actions.QueueSettings(hours_id=hours_id))
    await floor.drain()
    floor.now = datetime.fromisoformat("2030-01-03T23:00:00+08:00")  # a Thursday
    conversation_id = await floor.writes()
    await floor.drain()
    row = await shown(floor, conversation_id)
    assert row.due_at == datetime.fromisoformat("2030-01-07T09:01:00+08:00")
    floor.now = datetime.fromisoformat("2030-01-07T08:59:59+08:00")
    await floor.drain()
    assert await told(floor) == []
    floor.wait(46)
    await floor.drain()
    assert await told(floor) == ["TargetWarned first_reply"]
    # When the hours change, so does what is due.
    async with floor.tx() as tx:
        await actions.save_hours(
            tx,
            hours_id=hours_id,
            name="日班",
            time_zone="Asia/Shanghai",
            week={"mon": [["14:00", "18:00"]]},
            holidays=[],
        )
    await floor.drain()
    row = await shown(floor, conversation_id)
    assert row.due_at == datetime.fromisoformat("2030-01-07T14:01:00+08:00")


async def test_round_the_clock_needs_no_hours(floor: Floor, agent: Actor) -> None:
    hours_id = await night_hours(floor)
    async with floor.tx() as tx:
        await actions.change_queue(tx, floor.queue_id, actions.QueueSettings(hours_id=hours_id))
    await promise(floor, first_reply_s=120, round_the_clock=True)
    floor.now = datetime.fromisoformat("2030-01-03T23:00:00+08:00")
    conversation_id = await floor.writes()
    await floor.drain()
    assert await left_s(floor, conversation_id) == 120


async def test_a_transfer_takes_the_promise_of_the_new_queue(floor: Floor, agent: Actor) -> None:
    async with floor.tx() as tx:
        other = (await actions.add_queue(tx, actions.QueueSettings(name="安装"))).id
    policy_id = await promise(floor, queue_ids=[other], first_reply_s=600)
    conversation_id = await floor.served(agent)
    floor.wait(20)
    before = await left_s(floor, conversation_id)
    await floor.transfer(agent, conversation_id, other, "queue")
    await floor.drain()
    # The customer has waited all that time: only the promise is another.
    assert await left_s(floor, conversation_id) == before + 540
    async with floor.tx() as tx:
        clock = await tx.value("SELECT policy_id FROM sla_clock")
    assert clock == policy_id


async def test_a_new_centre_gives_mails_hours(floor: Floor, agent: Actor) -> None:
    hours_id = await night_hours(floor)
    async with floor.tx() as tx:
        await actions.change_queue(tx, floor.queue_id, actions.QueueSettings(hours_id=hours_id))
    floor.now = datetime.fromisoformat("2030-01-03T16:00:00+08:00")  # a Thursday
    chat, mail = [await floor.writes() for _ in range(2)]
    async with floor.tx() as tx:
        await tx.run("UPDATE conversation SET channel_kind = 'mail' WHERE id = $1", mail)
    await floor.drain()
    assert await left_s(floor, chat) == 60 - 1
    # Two hours are left on Thursday; the others begin on Monday.
    assert (await shown(floor, mail)).due_at == datetime.fromisoformat("2030-01-07T11:00:02+08:00")
    floor.now = datetime.fromisoformat("2030-01-07T11:00:01+08:00")
    await floor.drain()
    said = await floor.facts("TargetBreached")
    assert [one.conversation_id for one in said] == [chat]


async def test_reason_and_tier_choose_the_promise(floor: Floor, agent: Actor) -> None:
    reason_id, above = new_id(), new_id()
    nodes = [
        conversations.ReasonNode(above, None, "安全", "Safety", 0, True),
        conversations.ReasonNode(reason_id, above, "漏气", "Leak", 0, True),
    ]
    async with floor.tx() as tx:
        await conversations.publish_reasons(tx, nodes=nodes, by=floor.system)
    await promise(floor, reason_ids=[above], first_reply_s=30)
    await promise(floor, tiers=["gold"], first_reply_s=45)
    conversation_id = await floor.served(agent)
    usual = await left_s(floor, conversation_id)
    async with floor.tx(agent) as tx:
        await conversations.set_reason(
            tx, conversation_id=conversation_id, reason_id=reason_id, by=agent
        )
    await floor.drain()
    assert await left_s(floor, conversation_id) == usual - 30
    customer_id = (await floor.conversation(conversation_id)).customer_id
    async with floor.tx() as tx:
        await tx.run("UPDATE customer SET tier = 'gold' WHERE id = $1", customer_id)
        card = await customer_queries.need_customer(tx, customer_id)
        await customers.change_customer(
            tx, customer_id=customer_id, version=card.version, name="王小姐"
        )
    await floor.drain()
    assert await left_s(floor, conversation_id) == usual - 15


async def test_a_change_of_policy_reaches_everybody_who_waits(
    floor: Floor, agent: Actor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("peakend.routing.actions.targets.AT_A_TIME", 2)
    waiting = [await floor.writes() for _ in range(5)]
    answered = await floor.served(agent)
    await says(floor, agent, answered)
    await floor.drain()
    _, policy = await _policies(floor)
    async with floor.tx() as tx:
        await actions.change_policy(tx, policy.id, PolicySettings(name="x", first_reply_s=900))
    await floor.drain()
    for conversation_id in waiting:
        row = await shown(floor, conversation_id)
        assert row.due_at == row.awaiting_since + timedelta(seconds=900)
    assert (await shown(floor, answered)).due_at is None
    async with floor.tx() as tx:
        await actions.delete_policy(tx, policy.id)
    await floor.drain()
    assert {(await shown(floor, one)).due_at for one in waiting} == {None}
    floor.wait(3600)
    await floor.drain()
    assert await told(floor) == []


async def _policies(floor: Floor) -> list[Any]:
    async with floor.tx() as tx:
        return await queries.policies(tx)


async def test_lists_by_time_left(floor: Floor, agent: Actor) -> None:
    """The soonest due first, then those that wait for nobody, page by page."""
    slow = await floor.customer("慢")
    async with floor.tx() as tx:
        await tx.run("UPDATE customer SET tier = 'gold' WHERE id = $1", slow)
    await promise(floor, tiers=["gold"], first_reply_s=3600)
    answered = [await floor.served(agent) for _ in range(2)]
    for one in answered:
        await says(floor, agent, one)
    last = await floor.writes(slow)
    soon = [await floor.writes() for _ in range(3)]
    await floor.drain()
    expected = [*soon, last, *reversed(answered)]
    boss = await floor.hire("boss", role="supervisor")
    for limit in (1, 2, 4, 100):
        seen: list[UUID] = []
        cursor = None
        while True:
            async with floor.tx(boss) as tx:
                page = await found.conversation_list(
                    tx, boss, "all", found.Filters(), order="due", cursor=cursor, limit=limit
                )
            seen += [row.id for row in page.items]
            cursor = page.next
            if cursor is None:
                break
        assert seen == expected, limit
    async with floor.tx(agent) as tx:
        page = await found.conversation_list(tx, agent, "all", found.Filters(), order="due")
    assert [row.id for row in page.items] == expected
    other = cursor_encode("due", floor.now.isoformat(), new_id())
    with pytest.raises(WrongCursor):
        async with floor.tx(boss) as tx:
            await found.conversation_list(tx, boss, "all", found.Filters(), cursor=other)


async def test_the_page_of_an_administrator(
    floor: Floor, client: httpx.AsyncClient, agent: Actor
) -> None:
    boss = await floor.hire("fang", role="admin")
    await floor.sign_in(client, agent)
    listed = await client.get("/api/sla-policies")
    given = [(one["channels"], one["first_reply_s"], one["next_reply_s"]) for one in listed.json()]
    assert given == [(["mail"], 14_400, 28_800), ([], 60, 180)]
    assert (await client.post("/api/sla-policies", json={"name": "x"})).status_code == 403
    await floor.sign_in(client, boss)
    path: Callable[[str], str] = "/api/sla-policies/{}".format
    form = {"name": "金卡", "tiers": ["gold"], "first_reply_s": 30, "queue_ids": []}
    made = await client.post("/api/sla-policies", json=form)
    assert made.status_code == 201, made.text
    policy = made.json()
    assert (policy["version"], policy["position"]) == (1, 3)
    mails, first = (one["id"] for one in listed.json())
    # What is added last stands behind what everybody is promised, and that is said.
    behind = [one["behind"] for one in (await client.get("/api/sla-policies")).json()]
    assert behind == [None, None, first]
    order = [policy["id"], mails, first]
    turned = await client.put(path("order"), json={"policy_ids": order})
    assert [one["id"] for one in turned.json()] == order
    behind = [one["behind"] for one in (await client.get("/api/sla-policies")).json()]
    assert behind == [None, None, None]
    assert (await client.put(path("order"), json={"policy_ids": [first]})).status_code == 409
    changed = await client.patch(path(policy["id"]), json={**form, "resolve_s": 7200, "version": 1})
    assert (changed.json()["resolve_s"], changed.json()["version"]) == (7200, 2)
    stale = await client.patch(path(policy["id"]), json={**form, "version": 1})
    assert stale.status_code == 409
    for wrong in (
        {"name": "x"},
        {"name": "x", "first_reply_s": 5},
        {"name": "x", "first_reply_s": 3_000_000},
        {"name": " ", "first_reply_s": 60},
        {"name": "x", "first_reply_s": 60, "channels": ["pigeon"]},
        {"name": "x", "first_reply_s": 60, "queue_ids": [str(new_id())]},
        {"name": "x", "first_reply_s": 60, "brand_ids": [str(new_id())]},
        {"name": "x", "first_reply_s": 60, "reason_ids": [str(new_id())]},
        {"name": "x", "first_reply_s": 60, "colour": "red"},
    ):
        assert (await client.post("/api/sla-policies", json=wrong)).status_code == 422, wrong
    assert (await client.delete(path(policy["id"]))).status_code == 204
    assert (await client.delete(path(policy["id"]))).status_code == 404
    kinds = [one.payload["what"] for one in await floor.facts("SlaPolicyChanged")]
    assert kinds == ["created", "created", "created", "ordered", "updated", "deleted"]


async def test_a_policy_is_for_kinds_of_channel(
    floor: Floor, client: httpx.AsyncClient, agent: Actor
) -> None:
    await floor.sign_in(client, await floor.hire("fang", role="admin"))
    mails, everybody = (await client.get("/api/sla-policies")).json()
    form = {"name": "金卡邮件", "tiers": ["gold"], "channels": ["mail"], "first_reply_s": 3600}
    made = (await client.post("/api/sla-policies", json=form)).json()
    assert made["channels"] == ["mail"]
    path = f"/api/sla-policies/{made['id']}"

    async def behind() -> str | None:
        found: str | None = (await client.get("/api/sla-policies")).json()[-1]["behind"]
        return found

    # Below the one for mails nothing of mails comes to hold.
    assert await behind() == mails["id"]
    changed = await client.patch(path, json={**form, "channels": ["web"]})
    assert (changed.json()["channels"], await behind()) == (["web"], everybody["id"])
    wrong = await client.patch(path, json={**form, "channels": ["web", "pigeon"]})
    assert (wrong.status_code, wrong.json()["error"]["fields"]) == (422, {"channels": "unknown"})
    cleared = await client.patch(path, json={**form, "channels": []})
    assert cleared.json()["channels"] == []
