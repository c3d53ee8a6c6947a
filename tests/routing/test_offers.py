"""Offers through actions and the worker: who is asked, who answers, what happens if nobody does."""

from datetime import timedelta

import pytest

from peakend.accounts import actions as accounts
from peakend.accounts.actions.members import Changes
from peakend.conversations import actions as conversations
from peakend.conversations import queries as timeline
from peakend.routing import actions
from peakend.routing.actions import HandsFull, OfferGone
from tests.routing.floor import Floor


async def test_work_is_offered_and_answered(floor: Floor) -> None:
    agent = await floor.hire("chen.jing")
    await floor.ready(agent)
    conversation_id = await floor.writes()
    await floor.drain()
    leg = await floor.need_leg(conversation_id)
    assert (leg.state, leg.offered_to, leg.offer, leg.live) == ("offered", agent.id, 1, True)

    floor.wait(7)
    await floor.accept(agent, conversation_id)
    row = await floor.conversation(conversation_id)
    assert (row.state, row.agent_id, row.leg_id) == ("serving", agent.id, leg.id)
    (answered,) = await floor.facts("WorkAnswered")
    assert answered.payload["within"] is True
    assert answered.payload["wait_s"] == pytest.approx(7, abs=0.01)
    assert (answered.leg_id, answered.agent_id) == (leg.id, agent.id)


async def test_accepting_twice_is_harmless_and_others_come_too_late(floor: Floor) -> None:
    agent, other = await floor.hire("agent.one"), await floor.hire("agent.two")
    await floor.ready(agent)
    conversation_id = await floor.writes()
    await floor.drain()
    first = await floor.accept(agent, conversation_id)
    async with floor.tx(agent) as tx:
        assert await actions.accept(tx, leg_id=first.id, offer=1, by=agent) == first
    with pytest.raises(OfferGone):
        async with floor.tx(other) as tx:
            await actions.accept(tx, leg_id=first.id, offer=1, by=other)
    assert len(await floor.facts("WorkAnswered")) == 1


async def test_an_unanswered_offer_goes_on_and_two_misses_mean_a_break(floor: Floor) -> None:
    sleeper, awake = await floor.hire("sleeper"), await floor.hire("awake")
    await floor.ready(sleeper)
    floor.wait(60)
    await floor.ready(awake)
    first = await floor.writes()
    await floor.drain()
    assert (await floor.need_leg(first)).offered_to == sleeper.id
    floor.wait(20)
    await floor.drain()
    assert (await floor.need_leg(first)).offered_to == awake.id
    await floor.accept(awake, first)

    second = await floor.writes()
    await floor.drain()
    assert (await floor.need_leg(second)).offered_to == sleeper.id
    floor.wait(21)
    await floor.drain()
    assert await floor.presence(sleeper) == "break not_answering"
    assert (await floor.need_leg(second)).offered_to == awake.id
    assert [fact.payload["misses"] for fact in await floor.facts("OfferExpired")] == [1, 2]


async def test_refused_work_goes_to_the_next_and_comes_back_after_a_while(floor: Floor) -> None:
    agent = await floor.hire("the.only.one")
    await floor.ready(agent)
    conversation_id = await floor.writes()
    await floor.drain()
    leg = await floor.need_leg(conversation_id)
    async with floor.tx(agent) as tx:
        await actions.refuse(tx, leg_id=leg.id, offer=leg.offer, by=agent)
    await floor.drain()
    assert (await floor.need_leg(conversation_id)).state == "waiting"
    floor.wait(61)
    async with floor.tx() as tx:
        await actions.sweep(tx)
    assert (await floor.need_leg(conversation_id)).offer == 2


async def test_capacity_and_one_offer_at_a_time(floor: Floor) -> None:
    agent = await floor.hire("busy.one", capacity=2)
    await floor.ready(agent)
    made = [await floor.writes() for _ in range(4)]
    await floor.drain()
    states = [(await floor.need_leg(each)).state for each in made]
    assert states == ["offered", "waiting", "waiting", "waiting"]
    for each in made[:2]:
        await floor.drain()
        await floor.accept(agent, each)
    await floor.drain()
    assert [(await floor.need_leg(each)).state for each in made[2:]] == ["waiting", "waiting"]
    with pytest.raises(HandsFull):
        async with floor.tx(agent) as tx:
            await actions.pick(tx, conversation_id=made[2], by=agent)
    async with floor.tx() as tx:
        await actions.set_capacity(tx, member_id=agent.id, capacity=3)
    await floor.drain()
    assert (await floor.need_leg(made[2])).offered_to == agent.id


async def test_skills_are_asked_for(floor: Floor) -> None:
    plain, skilled = await floor.hire("plain"), await floor.hire("skilled")
    async with floor.tx() as tx:
        skill_id = await accounts.add_skill(tx, name="壁挂炉")
        await accounts.change_member(
            tx, member_id=skilled.id, changes=Changes(skill_ids=[skill_id])
        )
        settings = actions.QueueSettings(skills=[skill_id])
        await actions.change_queue(tx, floor.queue_id, settings)
    await floor.ready(plain)
    conversation_id = await floor.writes()
    await floor.drain()
    assert (await floor.need_leg(conversation_id)).state == "waiting"
    await floor.ready(skilled)
    await floor.drain()
    assert (await floor.need_leg(conversation_id)).offered_to == skilled.id


async def test_the_last_agent_comes_first_within_a_day(floor: Floor) -> None:
    known, idle = await floor.hire("known"), await floor.hire("idle")
    customer_id = await floor.customer()
    await floor.ready(known)
    first = await floor.writes(customer_id)
    await floor.drain()
    await floor.accept(known, first)
    await floor.ready(idle)
    floor.wait(3600)
    await floor.close(first)
    floor.wait(3600)
    await floor.served(known)
    again = await floor.writes(customer_id)
    assert again != first
    await floor.drain()
    leg = await floor.need_leg(again)
    assert leg.offered_to == known.id
    assert leg.offer_last_agent
    assert (await floor.facts("WorkOffered"))[-1].payload["last_agent"] is True


async def test_leaving_while_waiting_is_abandonment(floor: Floor) -> None:
    customer_id = await floor.customer()
    conversation_id = await floor.writes(customer_id)
    await floor.drain()
    floor.wait(33)
    async with floor.tx() as tx:
        visitor = floor.system.__class__(
            organisation_id=floor.organisation_id,
            kind="visitor",
            customer_id=customer_id,
            channel_id=floor.channel_id,
        )
        await conversations.close_by_customer(tx, by=visitor)
    floor.wait(5)
    await floor.drain()
    (left,) = await floor.facts("WorkAbandoned")
    assert left.payload["wait_s"] == pytest.approx(33, abs=0.01)
    assert left.payload["within"] is False
    assert (await floor.legs(conversation_id))[0].state == "abandoned"


async def test_closing_ends_the_leg_and_undoing_goes_on_with_it(floor: Floor) -> None:
    agent = await floor.hire("agent")
    await floor.ready(agent)
    conversation_id = await floor.served(agent)
    leg = await floor.need_leg(conversation_id)
    await floor.close(conversation_id)
    assert (await floor.legs(conversation_id))[0].outcome == "closed"
    floor.wait(5)
    async with floor.tx(agent) as tx:
        await conversations.reopen(tx, conversation_id=conversation_id, by=agent, undo=True)
    await floor.drain()
    assert await floor.need_leg(conversation_id) == leg
    assert len(await floor.facts("WorkResumed")) == 1


async def test_undoing_before_the_reaction_changes_nothing(floor: Floor) -> None:
    agent = await floor.hire("agent")
    await floor.ready(agent)
    conversation_id = await floor.served(agent)
    leg = await floor.need_leg(conversation_id)
    async with floor.tx(agent) as tx:
        await conversations.close(tx, conversation_id=conversation_id, by=floor.system)
    async with floor.tx(agent) as tx:
        await conversations.reopen(tx, conversation_id=conversation_id, by=agent, undo=True)
    await floor.drain()
    assert await floor.need_leg(conversation_id) == leg


async def test_a_customer_who_comes_back_waits_again_and_an_agent_who_reopens_serves(
    floor: Floor,
) -> None:
    agent = await floor.hire("agent")
    await floor.ready(agent)
    customer_id = await floor.customer()
    first = await floor.writes(customer_id)
    await floor.drain()
    await floor.accept(agent, first)
    await floor.close(first)
    floor.wait(60)
    assert await floor.writes(customer_id) == first
    await floor.drain()
    assert (await floor.need_leg(first)).offered_to == agent.id
    await floor.accept(agent, first)
    await floor.close(first)
    floor.wait(60)
    async with floor.tx(agent) as tx:
        await conversations.reopen(tx, conversation_id=first, by=agent)
    await floor.drain()
    leg = await floor.need_leg(first)
    assert (leg.state, leg.agent_id) == ("serving", agent.id)
    assert (await floor.conversation(first)).leg_id == leg.id
    assert len(await floor.legs(first)) == 3


async def test_outside_hours_work_is_promised_and_not_offered_live(floor: Floor) -> None:
    async with floor.tx() as tx:
        hours = await actions.save_hours(
            tx, name="夜间", time_zone="Asia/Shanghai", week={}, holidays=[]
        )
        day = (floor.now + timedelta(days=1)).date().isoformat()
        hours = await actions.save_hours(
            tx,
            name="明天",
            time_zone="UTC",
            week={},
            holidays=[{"on": day, "name": "", "intervals": [["08:00", "20:00"]]}],
            hours_id=hours.id,
            version=hours.version,
        )
        settings = actions.QueueSettings(hours_id=hours.id, promise_s=3600)
        await actions.change_queue(tx, floor.queue_id, settings)
    conversation_id = await floor.writes()
    await floor.drain()
    leg = await floor.need_leg(conversation_id)
    assert not leg.live
    assert leg.promised_at is not None
    assert leg.promised_at.isoformat() == f"{day}T09:00:00+00:00"
    # Lists and counts tell it from those who wait now, until somebody has it.
    boss = await floor.hire("boss", role="supervisor")
    async with floor.tx(boss) as tx:
        (row,) = await timeline.rows(tx, [conversation_id], boss)
        assert (row.state, row.left_word) == ("waiting", True)
        found = await timeline.counts(tx, boss)
        assert (found.queue, found.left) == (1, 1)
    await floor.ready(boss)
    async with floor.tx(boss) as tx:
        await actions.pick(tx, conversation_id=conversation_id, by=boss)
    async with floor.tx(boss) as tx:
        assert not (await timeline.rows(tx, [conversation_id], boss))[0].left_word
        assert (await timeline.counts(tx, boss)).left == 0
