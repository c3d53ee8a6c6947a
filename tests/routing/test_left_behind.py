"""A conversation is reopened before the reaction to its closing has run."""

from peakend.conversations import actions as conversations
from peakend.routing import actions
from tests.routing.floor import Floor


async def test_who_was_served_waits_anew(floor: Floor) -> None:
    agent = await floor.hire("agent.one")
    await floor.ready(agent)
    customer = await floor.customer()
    conversation_id = await floor.writes(customer)
    async with floor.tx(agent) as tx:
        await actions.pick(tx, conversation_id=conversation_id, by=agent)
    before = await floor.leg(conversation_id)
    async with floor.tx() as tx:
        await conversations.close(tx, conversation_id=conversation_id, by=floor.system)
    await floor.writes(customer)
    await floor.drain()
    row, leg = await floor.conversation(conversation_id), await floor.leg(conversation_id)
    assert leg is not None
    assert leg.id != before.id
    assert row.leg_id == leg.id
    assert row.state == "waiting"
