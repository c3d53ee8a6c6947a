"""What was told about the wait, held against what it became."""

from peakend.conversations import actions as conversations
from peakend.kernel.actors import Actor
from peakend.routing import actions, queries
from tests.routing.floor import Floor


async def test_what_was_told_is_held_against_the_wait(floor: Floor) -> None:
    agent = await floor.hire("agent")
    # Nobody is there: nothing is announced, and nothing held against it.
    silent = await floor.writes()
    await floor.drain()
    await floor.ready(agent)
    await floor.drain()
    await floor.accept(agent, silent)

    soon = await floor.writes()
    await floor.drain()
    floor.wait(10)
    await floor.accept(agent, soon)
    late = await floor.writes()
    await floor.drain()
    floor.wait(95)
    async with floor.tx(agent) as tx:
        await actions.pick(tx, conversation_id=late, by=agent)
    customer_id = await floor.customer("李女士")
    await floor.writes(customer_id)
    await floor.drain()
    visitor = Actor(
        organisation_id=floor.organisation_id,
        kind="visitor",
        customer_id=customer_id,
        channel_id=floor.channel_id,
    )
    async with floor.tx() as tx:
        await conversations.close_by_customer(tx, by=visitor)
    await floor.drain()

    told = {
        fact.conversation_id: (fact.payload["told_low_s"], fact.payload["told_high_s"])
        for fact in await floor.facts("WorkQueued")
    }
    assert told[silent] == (None, None)
    assert told[soon] == told[late] == (0, 30)
    async with floor.tx() as tx:
        (one,) = await queries.announced_waits(tx, days=30)
    assert (one.name, one.answered, one.abandoned) == ("燃气服务", 2, 1)
    assert (one.within_low, one.within_high) == (0, 1)
    assert (one.told_low_s, one.told_high_s) == (0, 30)
    assert one.real_p50_s == 52.5
    assert one.bias_s == 52.5


async def test_only_the_last_days_count(floor: Floor) -> None:
    agent = await floor.hire("agent")
    await floor.ready(agent)
    conversation_id = await floor.writes()
    await floor.drain()
    await floor.accept(agent, conversation_id)
    floor.wait(8 * 86_400)
    async with floor.tx() as tx:
        assert await queries.announced_waits(tx, days=7) == []
        assert len(await queries.announced_waits(tx, days=9)) == 1
