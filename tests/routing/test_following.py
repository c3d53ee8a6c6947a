"""Work follows its conversation: what is put aside weighs nothing, what is urgent goes first."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import pytest

from peakend.conversations import actions as conversations
from peakend.kernel.actors import Actor
from peakend.routing import queries
from tests.routing.floor import Floor


async def load(floor: Floor, agent: Actor) -> int:
    async with floor.tx() as tx:
        return await queries.load_of(tx, agent.id)


async def put_aside(floor: Floor, agent: Actor, conversation_id: UUID) -> None:
    async with floor.tx(agent) as tx:
        await conversations.snooze(
            tx, conversation_id=conversation_id, until=floor.now + timedelta(hours=1), by=agent
        )
    await floor.drain()


async def test_what_is_put_aside_leaves_room(floor: Floor) -> None:
    agent = await floor.hire("lin", capacity=1)
    await floor.ready(agent)
    first = await floor.served(agent)
    second = await floor.writes()
    await floor.drain()
    assert (await floor.need_leg(second)).state == "waiting"
    await put_aside(floor, agent, first)
    assert (await floor.need_leg(second)).state == "offered"
    await floor.accept(agent, second)
    assert await load(floor, agent) == 1
    floor.wait(3601)
    await floor.drain()
    # What comes back counts again, also beyond the capacity.
    assert await load(floor, agent) == 2


@pytest.mark.parametrize("undo", [True, False])
async def test_a_closing_takes_it_back(floor: Floor, undo: Any) -> None:
    agent = await floor.hire("lin", capacity=1)
    await floor.ready(agent)
    first = await floor.served(agent)
    await put_aside(floor, agent, first)
    async with floor.tx(agent) as tx:
        await conversations.close(tx, conversation_id=first, by=agent)
    if undo:
        async with floor.tx(agent) as tx:
            await conversations.reopen(tx, conversation_id=first, by=agent, undo=True)
    await floor.drain()
    assert await load(floor, agent) == int(undo)


async def test_the_urgent_go_first(floor: Floor) -> None:
    agent = await floor.hire("lin", capacity=1)
    early, late = await floor.writes(), await floor.writes()
    await floor.drain()
    for priority, raised in (("high", 5), ("urgent", 15), ("urgent", 15)):
        async with floor.tx(agent) as tx:
            await conversations.set_priority(tx, conversation_id=late, priority=priority, by=agent)
        await floor.drain()
        leg = await floor.need_leg(late)
        assert (leg.priority, leg.raised) == (raised, raised)
    await floor.ready(agent)
    await floor.drain()
    assert (await floor.need_leg(late)).state == "offered"
    assert (await floor.need_leg(early)).state == "waiting"


async def test_a_new_wait_is_as_urgent(floor: Floor) -> None:
    agent = await floor.hire("lin")
    await floor.ready(agent)
    held = await floor.served(agent)
    async with floor.tx(agent) as tx:
        await conversations.set_priority(tx, conversation_id=held, priority="urgent", by=agent)
    async with floor.tx() as tx:
        await conversations.close(tx, conversation_id=held, by=floor.system)
    await floor.drain()
    async with floor.tx() as tx:
        await conversations.reopen(tx, conversation_id=held, by=floor.system)
    await floor.drain()
    leg = await floor.need_leg(held)
    assert leg.priority == 15
