"""Transfers and their way back, picking, taking over, assigning, presence."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import pytest

from peakend.accounts import actions as accounts
from peakend.conversations import actions as conversations
from peakend.conversations.queries import visitor_state
from peakend.kernel.actors import Actor
from peakend.kernel.ids import new_id
from peakend.routing import actions
from peakend.routing.actions import AgentAway, HeldByColleague, NoteNeeded, NotHeld
from peakend.routing.rules.hours import parse_hours, reply_by
from tests.routing.floor import Floor


async def test_a_transfer_carries_the_context_and_is_offered_to_its_target(floor: Floor) -> None:
    sender, target = await floor.hire("sender"), await floor.hire("target", serves=False)
    await floor.ready(sender, target)
    conversation_id = await floor.served(sender)
    await floor.transfer(sender, conversation_id, target.id, note="客户已换过电池，仍打不着火")
    await floor.drain()
    leg = await floor.need_leg(conversation_id)
    assert (leg.offered_to, leg.return_to, leg.transfers) == (target.id, sender.id, 1)
    await floor.accept(target, conversation_id)
    (note,) = await floor.facts("NoteAdded")
    (line,) = await floor.facts("SystemMessageAdded")
    assert (note.agent_id, line.payload["code"]) == (sender.id, "transferred_to_agent")
    assert [leg.outcome for leg in await floor.legs(conversation_id)] == ["transferred", None]
    floor.wait(300)
    await floor.drain()
    assert (await floor.need_leg(conversation_id)).agent_id == target.id
    assert await floor.facts("TransferReturned") == []


async def test_a_transfer_nobody_takes_returns_with_an_alarm(floor: Floor) -> None:
    sender, target = await floor.hire("sender"), await floor.hire("target")
    await floor.ready(sender, target)
    conversation_id = await floor.served(sender)
    await floor.transfer(sender, conversation_id, target.id)
    await floor.drain()
    await floor.ready(target, state="break")
    floor.wait(179)
    await floor.drain()
    assert (await floor.need_leg(conversation_id)).state == "waiting"
    floor.wait(2)
    await floor.drain()
    leg = await floor.need_leg(conversation_id)
    assert (leg.state, leg.agent_id) == ("serving", sender.id)
    (alarm,) = await floor.facts("TransferReturned")
    assert (alarm.agent_id, alarm.leg_id, alarm.payload["why"]) == (sender.id, leg.id, "nobody")
    states = [each.state for each in await floor.legs(conversation_id)]
    assert states == ["done", "returned", "serving"]
    # The customer hears that we are sorry and by when somebody answers; the sender answers for it.
    (promise,) = await floor.facts("ReplyPromised")
    promised_at = (floor.now + timedelta(minutes=15)).isoformat(timespec="seconds")
    assert promise.payload["owner_id"] == str(sender.id)
    assert datetime.fromisoformat(promise.payload["promised_at"]).isoformat() == promised_at
    assert await _told(floor, conversation_id) == [
        ("transfer_failed", {"promised_at": promised_at, "to_id": str(sender.id)})
    ]


async def _told(floor: Floor, conversation_id: UUID) -> list[tuple[str, dict[str, str]]]:
    """Return what the customer is shown of a transfer that failed."""
    customer_id = (await floor.conversation(conversation_id)).customer_id
    visitor = Actor(
        organisation_id=floor.organisation_id,
        kind="visitor",
        customer_id=customer_id,
        channel_id=floor.channel_id,
    )
    async with floor.tx(visitor) as tx:
        view = await visitor_state(tx, visitor)
    assert view is not None
    lines = [(m.code or "", m.params or {}) for m in view.messages if m.kind == "system"]
    return [line for line in lines if line[0].startswith("transfer_failed")]


def test_a_promise_is_made_in_open_time() -> None:
    hours = parse_hours("Asia/Shanghai", {"mon": [["08:30", "18:00"]]}, [])
    evening = datetime(2026, 11, 23, 9, 50, tzinfo=UTC)  # a Monday, ten minutes before the end
    assert reply_by(hours, evening) == datetime(2026, 11, 30, 0, 35, tzinfo=UTC)
    assert reply_by(None, evening) == evening + timedelta(minutes=15)


async def test_a_refused_transfer_returns_at_once(floor: Floor) -> None:
    sender, target = await floor.hire("sender"), await floor.hire("target")
    await floor.ready(sender, target)
    conversation_id = await floor.served(sender)
    await floor.transfer(sender, conversation_id, target.id)
    await floor.drain()
    leg = await floor.need_leg(conversation_id)
    async with floor.tx(target) as tx:
        await actions.refuse(tx, leg_id=leg.id, offer=leg.offer, by=target)
    await floor.drain()
    assert (await floor.need_leg(conversation_id)).agent_id == sender.id


async def test_a_returning_transfer_whose_sender_left_waits_in_front(floor: Floor) -> None:
    sender, other = await floor.hire("sender"), await floor.hire("other")
    await floor.ready(sender)
    conversation_id = await floor.served(sender)
    await floor.transfer(sender, conversation_id, floor.queue_id, kind="queue")
    await floor.ready(sender, state="offline")
    newer = await floor.writes()
    floor.wait(181)
    await floor.drain()
    assert (await floor.facts("TransferReturned"))[0].payload["why"] == "sender_away"
    assert (await floor.facts("ReplyPromised"))[0].payload["owner_id"] is None
    assert [code for code, _ in await _told(floor, conversation_id)] == ["transfer_failed_away"]
    await floor.ready(other)
    await floor.drain()
    assert (await floor.need_leg(conversation_id)).offered_to == other.id
    assert (await floor.need_leg(newer)).state == "waiting"


async def test_a_second_transfer_needs_its_reason(floor: Floor) -> None:
    sender, second, third = [await floor.hire(f"agent.{n}") for n in range(3)]
    await floor.ready(sender, second, third)
    conversation_id = await floor.served(sender)

    async def transfer(by: object, to: object, note: str) -> None:
        async with floor.tx(by) as tx:  # type: ignore[arg-type]
            await actions.transfer(
                tx,
                conversation_id=conversation_id,
                kind="agent",
                to_id=to.id,  # type: ignore[attr-defined]
                note=note,
                version=None,
                by=by,  # type: ignore[arg-type]
            )
        await floor.drain()

    await transfer(sender, second, "")
    await floor.accept(second, conversation_id)
    with pytest.raises(NoteNeeded):
        await transfer(second, third, " ")
    await transfer(second, third, "需要壁挂炉专员")
    assert (await floor.need_leg(conversation_id)).transfers == 2
    with pytest.raises(NotHeld):
        await transfer(second, sender, "再转")


async def test_nothing_is_passed_to_who_is_away(floor: Floor) -> None:
    sender, away = await floor.hire("sender"), await floor.hire("away")
    await floor.ready(sender)
    conversation_id = await floor.served(sender)
    with pytest.raises(AgentAway):
        async with floor.tx(sender) as tx:
            await actions.transfer(
                tx,
                conversation_id=conversation_id,
                kind="agent",
                to_id=away.id,
                note="",
                version=None,
                by=sender,
            )
    assert (await floor.need_leg(conversation_id)).agent_id == sender.id


async def test_giving_back_lets_somebody_else_take_it(floor: Floor) -> None:
    first, second = await floor.hire("first"), await floor.hire("second")
    await floor.ready(first, second)
    conversation_id = await floor.served(first)
    async with floor.tx(first) as tx:
        await actions.release(tx, conversation_id=conversation_id, by=first)
    await floor.drain()
    assert (await floor.need_leg(conversation_id)).offered_to == second.id


async def test_a_pick_beats_an_offer_to_somebody_else(floor: Floor) -> None:
    asked, quick = await floor.hire("asked"), await floor.hire("quick")
    await floor.ready(asked)
    conversation_id = await floor.writes()
    await floor.drain()
    async with floor.tx(quick) as tx:
        await actions.pick(tx, conversation_id=conversation_id, by=quick)
    assert (await floor.need_leg(conversation_id)).agent_id == quick.id
    (gone,) = await floor.facts("OfferWithdrawn")
    assert (gone.agent_id, gone.payload["why"]) == (asked.id, "taken")


async def test_only_supervisors_take_over_from_a_person(floor: Floor) -> None:
    agent, colleague = await floor.hire("agent"), await floor.hire("colleague")
    boss = await floor.hire("boss", role="supervisor", capacity=0)
    await floor.ready(agent)
    conversation_id = await floor.served(agent)
    with pytest.raises(HeldByColleague):
        async with floor.tx(colleague) as tx:
            await actions.pick(tx, conversation_id=conversation_id, by=colleague)
    async with floor.tx(boss) as tx:
        await actions.pick(tx, conversation_id=conversation_id, by=boss)
    assert (await floor.conversation(conversation_id)).agent_id == boss.id
    taken = (await floor.facts("WorkTaken"))[-1]
    assert taken.payload["from_agent_id"] == str(agent.id)


async def test_a_supervisor_assigns(floor: Floor) -> None:
    agent = await floor.hire("agent", capacity=0)
    boss = await floor.hire("boss", role="supervisor")
    conversation_id = await floor.writes()
    await floor.drain()
    with pytest.raises(AgentAway):
        async with floor.tx(boss) as tx:
            await actions.assign(tx, conversation_id=conversation_id, agent_id=agent.id, by=boss)
    await floor.ready(agent)
    async with floor.tx(boss) as tx:
        await actions.assign(tx, conversation_id=conversation_id, agent_id=agent.id, by=boss)
    assert (await floor.need_leg(conversation_id)).agent_id == agent.id
    assert (await floor.facts("WorkAnswered"))[0].payload["how"] == "assigned"


async def test_presence_survives_a_reload_and_ends_when_every_tab_is_gone(floor: Floor) -> None:
    agent = await floor.hire("agent")
    async with floor.tx(agent) as tx:
        await actions.set_presence(tx, member_id=agent.id, state="ready")
    conversation_id = await floor.writes()
    await floor.drain()

    async def look(tabs: int) -> str:
        async with floor.database.system(floor.now) as tx:
            await tx.run("DELETE FROM live_socket")
            for number in range(tabs):
                await tx.run(
                    "INSERT INTO live_socket (organisation_id, id, member_id, process, seen_at)"
                    " VALUES ($1, gen_random_uuid(), $2, $3, $4)",
                    floor.organisation_id,
                    agent.id,
                    str(number),
                    floor.now,
                )
        async with floor.tx() as tx:
            await actions.notice_who_left(tx)
        return await floor.presence(agent)

    assert await look(tabs=2) == "ready"
    assert await look(tabs=0) == "ready"
    floor.wait(25)
    assert await look(tabs=1) == "ready"
    floor.wait(25)
    assert await look(tabs=0) == "ready"
    floor.wait(29)
    assert await look(tabs=0) == "ready"
    floor.wait(1)
    assert await look(tabs=0) == "offline tabs_closed"
    await floor.drain()
    leg = await floor.need_leg(conversation_id)
    assert (leg.state, leg.offered_to) == ("waiting", None)


async def test_wrap_up_follows_the_last_talk(floor: Floor) -> None:
    agent = await floor.hire("agent")
    await floor.ready(agent)
    async with floor.tx() as tx:
        await actions.change_queue(tx, floor.queue_id, actions.QueueSettings(wrap_up_s=45))
    first, second = await floor.served(agent), await floor.served(agent)
    await floor.close(first)
    assert await floor.presence(agent) == "ready"
    await floor.close(second)
    assert await floor.presence(agent) == "wrap_up"
    waiting = await floor.writes()
    await floor.drain()
    assert (await floor.need_leg(waiting)).state == "waiting"
    floor.wait(46)
    async with floor.tx() as tx:
        await actions.sweep(tx)
    assert await floor.presence(agent) == "ready"
    assert (await floor.need_leg(waiting)).offered_to == agent.id


async def test_whose_agent_left_is_given_to_somebody_else(floor: Floor) -> None:
    gone, other = await floor.hire("gone"), await floor.hire("other")
    await floor.ready(gone)
    waiting, answered = await floor.served(gone), await floor.served(gone)
    async with floor.tx(gone) as tx:
        await conversations.reply(
            tx, conversation_id=answered, client_id=new_id(), text="好的", by=gone
        )
    await floor.ready(other)
    await floor.ready(gone, state="offline")
    floor.wait(119)
    async with floor.tx() as tx:
        await actions.sweep(tx)
    assert (await floor.need_leg(waiting)).agent_id == gone.id
    floor.wait(1)
    async with floor.tx() as tx:
        await actions.sweep(tx)
    await floor.drain()
    leg = await floor.need_leg(waiting)
    assert (leg.state, leg.offered_to) == ("offered", other.id)
    assert (await floor.need_leg(answered)).agent_id == gone.id
    (alarm,) = await floor.facts("WorkRescued")
    assert alarm.agent_id == gone.id


async def test_a_team_gets_what_is_passed_to_it(floor: Floor) -> None:
    sender, mate, stranger = [await floor.hire(f"agent.{n}") for n in range(3)]
    await floor.ready(sender, mate, stranger)
    async with floor.tx() as tx:
        team_id = await accounts.add_team(tx, name="夜班", member_ids=[mate.id])
    conversation_id = await floor.served(sender)
    await floor.transfer(sender, conversation_id, team_id, kind="team")
    await floor.drain()
    assert (await floor.need_leg(conversation_id)).offered_to == mate.id


async def test_a_person_takes_over_from_the_digital_agent(floor: Floor) -> None:
    boss = await floor.hire("boss", role="supervisor")
    async with floor.tx() as tx:
        floor.channel_id = await conversations.add_channel(
            tx, name="网页二", changes={"queue_id": floor.queue_id, "digital": True}
        )
    conversation_id = await floor.writes()
    assert (await floor.conversation(conversation_id)).state == "digital"
    async with floor.tx(boss) as tx:
        await actions.pick(tx, conversation_id=conversation_id, by=boss)
    await floor.drain()
    row = await floor.conversation(conversation_id)
    assert (row.state, row.agent_id) == ("serving", boss.id)
    assert (await floor.facts("WorkTaken"))[0].payload["source"] == "digital"
    assert await floor.facts("WorkAnswered") == []
