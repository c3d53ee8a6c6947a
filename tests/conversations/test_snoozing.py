"""What is put aside, marked as unread, or more urgent than the rest."""

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from peakend.conversations import actions, queries
from peakend.conversations.actions import WrongTime
from peakend.conversations.queries import ConversationStale, Filters, NotYours
from peakend.conversations.rules.snoozing import times
from peakend.kernel import clock
from peakend.kernel.ids import new_id
from peakend.kernel.worker import Worker
from tests.accounts.people import a_person
from tests.conversations.conftest import Centre
from tests.conversations.test_desk_api import held_by

DAY = timedelta(days=1)


async def record_of(centre: Centre, conversation_id: UUID) -> Any:
    async with centre.tx() as tx:
        return await queries.need_conversation(tx, conversation_id, tx.actor)


async def snooze(centre: Centre, conversation_id: UUID, until: datetime, **more: Any) -> None:
    by = more.pop("by", centre.agent)
    async with centre.tx(by) as tx:
        await actions.snooze(tx, conversation_id=conversation_id, until=until, by=by, **more)


async def listed(centre: Centre, view: Any) -> list[UUID]:
    async with centre.tx(centre.agent) as tx:
        page = await queries.conversation_list(tx, centre.agent, view, Filters())
    return [row.id for row in page.items]


async def at(centre: Centre, moment: datetime) -> None:
    await Worker(centre.database, lambda: moment).drain()


async def whys(centre: Centre) -> list[str]:
    return [fact["why"] for fact in await centre.facts("ConversationWoken")]


async def test_it_leaves_mine_until_its_time(centre: Centre) -> None:
    conversation_id = await centre.served()
    until = clock.now() + DAY
    await snooze(centre, conversation_id, until)
    assert (await listed(centre, "mine"), await listed(centre, "snoozed")) == (
        [],
        [conversation_id],
    )
    assert await listed(centre, "all") == [conversation_id]
    async with centre.tx(centre.agent) as tx:
        assert await queries.counts(tx, centre.agent) == queries.Counts(0, 1, 0, 0, 1, 0, 0)
    await at(centre, until - timedelta(minutes=1))
    assert await listed(centre, "mine") == []
    for _ in range(2):
        await at(centre, until + timedelta(seconds=1))
    assert await listed(centre, "mine") == [conversation_id]
    row = await record_of(centre, conversation_id)
    assert row.woken_at is not None
    assert row.marked_unread
    assert await whys(centre) == ["timer"]


async def test_the_customer_wakes_it(centre: Centre) -> None:
    conversation_id = await centre.served()
    until = clock.now() + DAY
    await snooze(centre, conversation_id, until)
    async with centre.tx(centre.agent) as tx:
        await actions.reply(
            tx, conversation_id=conversation_id, client_id=new_id(), text="好", by=centre.agent
        )
    assert (await record_of(centre, conversation_id)).snoozed_until == until
    client_id = new_id()
    for _ in range(2):
        await centre.says("在吗", client_id)
    await centre.says("在吗？")
    row = await record_of(centre, conversation_id)
    assert (row.snoozed_until, row.woken_at is None) == (None, False)
    await at(centre, until + timedelta(seconds=1))
    assert await whys(centre) == ["customer"]


async def test_a_later_plan_makes_the_timer_void(centre: Centre) -> None:
    conversation_id = await centre.served()
    until = clock.now() + DAY
    await snooze(centre, conversation_id, until)
    await snooze(centre, conversation_id, until + DAY, by=centre.supervisor)
    await at(centre, until + timedelta(seconds=1))
    assert (await record_of(centre, conversation_id)).snoozed_until == until + DAY
    async with centre.tx(centre.agent) as tx:
        await actions.wake(tx, conversation_id=conversation_id, by=centre.agent)
        await actions.wake(tx, conversation_id=conversation_id, by=centre.agent)
    row = await record_of(centre, conversation_id)
    assert (row.snoozed_until, row.woken_at, row.marked_unread) == (None, None, False)
    assert await whys(centre) == ["member"]


@pytest.mark.parametrize("how", ["close", "queue", "assign"])
async def test_another_hand_ends_it(centre: Centre, how: str) -> None:
    conversation_id = await centre.served()
    until = clock.now() + DAY
    await snooze(centre, conversation_id, until)
    async with centre.tx(centre.supervisor) as tx:
        if how == "close":
            await actions.close(tx, conversation_id=conversation_id, by=centre.supervisor)
        elif how == "queue":
            await actions.place_in_queue(
                tx, conversation_id=conversation_id, queue_id=centre.queue_id, leg_id=new_id()
            )
        else:
            await actions.assign(
                tx, conversation_id=conversation_id, agent_id=centre.other.id, leg_id=new_id()
            )
    assert (await record_of(centre, conversation_id)).snoozed_until is None
    await at(centre, until + timedelta(seconds=1))
    assert await whys(centre) == ["member"]


async def test_who_may_put_aside_and_until_when(centre: Centre) -> None:
    waiting = (await centre.says("你好")).conversation_id
    until = clock.now() + DAY
    async with centre.tx() as tx:
        await actions.place_in_queue(
            tx, conversation_id=waiting, queue_id=centre.queue_id, leg_id=new_id()
        )
    with pytest.raises(NotYours):
        await snooze(centre, waiting, until)
    mine = await centre.served()
    version = (await record_of(centre, mine)).version
    for wrong in (clock.now(), clock.now() + 400 * DAY):
        with pytest.raises(WrongTime):
            await snooze(centre, mine, wrong)
    with pytest.raises(ConversationStale):
        await snooze(centre, mine, until, version=version - 1)
    await snooze(centre, mine, until, version=version)


async def test_unread_until_it_is_read_or_answered(centre: Centre) -> None:
    conversation_id = await centre.served()

    async def unread() -> int:
        async with centre.tx(centre.agent) as tx:
            return (await queries.counts(tx, centre.agent)).unread

    async def read(seq: int) -> None:
        async with centre.tx(centre.agent) as tx:
            await actions.mark_read_by_agent(
                tx, conversation_id=conversation_id, seq=seq, by=centre.agent
            )

    async def answer() -> None:
        async with centre.tx(centre.agent) as tx:
            await actions.reply(
                tx, conversation_id=conversation_id, client_id=new_id(), text="好", by=centre.agent
            )

    async def mark() -> None:
        async with centre.tx(centre.agent) as tx:
            await actions.mark_unread(tx, conversation_id=conversation_id, by=centre.agent)

    # What was read is unread no longer, though it still waits for its answer.
    assert await unread() == 1
    await read(0)
    assert await unread() == 1
    await read(99)
    assert await unread() == 0
    assert await centre.value("SELECT awaiting_since FROM conversation") is not None
    await mark()
    assert await unread() == 1
    await answer()
    assert await unread() == 0
    await mark()
    await mark()
    assert await unread() == 1
    await read(2)
    assert await unread() == 0
    await mark()
    await answer()
    assert await unread() == 0
    assert len(await centre.facts("MarkedUnread")) == 3
    async with centre.tx(centre.supervisor) as tx:
        with pytest.raises(NotYours):
            await actions.mark_unread(tx, conversation_id=conversation_id, by=centre.supervisor)


async def test_over_http(centre: Centre, client: httpx.AsyncClient) -> None:
    agent = await a_person(centre.database, client, centre.organisation_id, "agent")
    path = f"/conversations/{await held_by(centre, agent)}"
    offered = (await agent.get(f"{path}/snooze-times")).json()
    assert [one["when"] for one in offered][:1] == ["hour"]
    assert [one["at"] for one in offered] == sorted(one["at"] for one in offered)
    row = (await agent.send("PUT", f"{path}/priority", {"priority": "urgent"})).json()
    assert row["priority"] == "urgent"
    stale = {"priority": "low", "version": row["version"] - 1}
    assert (await agent.send("PUT", f"{path}/priority", stale)).status_code == 409
    assert (await agent.send("PUT", f"{path}/priority", {"priority": "x"})).status_code == 422
    # A time without an offset is the organisation's: 09:00 in Shanghai is 01:00 in Greenwich.
    day = (clock.now() + 2 * DAY).date()
    row = (await agent.send("POST", f"{path}/snoozes", {"until": f"{day}T09:00:00"})).json()
    assert row["snoozed_until"] == f"{day}T01:00:00Z"
    past = await agent.send("POST", f"{path}/snoozes", {"until": "2020-01-01T09:00:00Z"})
    assert (past.status_code, past.json()["error"]["code"]) == (422, "conversations.wrong_time")
    assert [one["id"] for one in (await agent.get("/conversations?view=snoozed")).json()["items"]]
    row = (await agent.send("POST", f"{path}/wakings", {"version": row["version"]})).json()
    assert row["snoozed_until"] is None
    assert (await agent.send("POST", f"{path}/unread-marks")).json()["unread"] == 1


def test_the_times_follow_the_house_and_its_hours() -> None:
    def nine(at: datetime) -> datetime | None:
        """Open from nine in Shanghai, never on a weekend."""
        day = at + timedelta(hours=8)
        while day.weekday() > 4:
            day += timedelta(days=1)
        return day.replace(hour=1, minute=0, tzinfo=UTC)

    def offered(text: str) -> list[tuple[str, str]]:
        found = times(datetime.fromisoformat(text), "Asia/Shanghai", nine)
        return [(when, at.isoformat()[5:16]) for when, at in found]

    always = times(datetime.fromisoformat("2026-11-18T02:00Z"), "Asia/Shanghai", lambda at: at)
    assert always[2] == ("tomorrow", datetime(2026, 11, 19, 1, tzinfo=UTC))
    # 2026-11-18 is a Wednesday.
    assert offered("2026-11-18T02:00Z") == [
        ("hour", "11-18T03:00"), ("afternoon", "11-18T06:00"), ("tomorrow", "11-19T01:00"),
        ("monday", "11-23T01:00"),
    ]  # fmt: skip
    assert [one[0] for one in offered("2026-11-18T05:00Z")][1] == "evening"
    assert [one[0] for one in offered("2026-11-18T12:00Z")] == ["hour", "tomorrow", "monday"]
    assert offered("2026-11-20T12:00Z")[1:] == [("monday", "11-23T01:00")]
    assert offered("2026-11-22T12:00Z")[1:] == [("tomorrow", "11-23T01:00")]
