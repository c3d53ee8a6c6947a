"""A reply promised after a transfer that failed: its clock runs where people look, until kept."""

from uuid import UUID

import pytest

from peakend.conversations import queries as found
from peakend.conversations.queries import ConversationRow
from peakend.kernel.actors import Actor
from tests.routing.floor import Floor
from tests.routing.test_promises import promise, says, told, writes_again


async def shown(floor: Floor, conversation_id: UUID) -> ConversationRow:
    async with floor.tx() as tx:
        return (await found.rows(tx, [conversation_id]))[0]


@pytest.fixture
async def sender(floor: Floor) -> Actor:
    hired = await floor.hire("sender", capacity=9)
    await floor.ready(hired)
    return hired


async def failed(floor: Floor, sender: Actor, *, answered: bool) -> UUID:
    """Pass a conversation on to nobody, and let it come back."""
    conversation_id = await floor.served(sender)
    if answered:
        await says(floor, sender, conversation_id)
        await floor.drain()
    away = await floor.hire("away", serves=False)
    await floor.ready(away)
    await floor.transfer(sender, conversation_id, away.id)
    await floor.drain()
    await floor.ready(away, state="break")
    floor.wait(181)
    await floor.drain()
    assert (await floor.need_leg(conversation_id)).agent_id == sender.id
    return conversation_id


async def test_what_was_promised_runs_where_people_look(floor: Floor, sender: Actor) -> None:
    conversation_id = await failed(floor, sender, answered=True)
    row = await shown(floor, conversation_id)
    assert row.due_at is not None
    assert (row.target, (row.due_at - floor.now).total_seconds()) == ("promised", 900)
    # Whoever writes again in between waits for the same reply.
    await writes_again(floor, conversation_id)
    await floor.drain()
    assert (await shown(floor, conversation_id)).due_at == row.due_at
    await says(floor, sender, conversation_id)
    await floor.drain()
    assert (await shown(floor, conversation_id)).due_at is None
    floor.wait(2000)
    await floor.drain()
    assert "TargetBreached promised" not in await told(floor)


async def test_a_promise_that_is_broken_is_said_once(floor: Floor, sender: Actor) -> None:
    conversation_id = await failed(floor, sender, answered=True)
    for wait_s in (700, 250, 250):
        floor.wait(wait_s)
        await floor.drain()
    said = [one for one in await told(floor) if one.endswith("promised")]
    assert said == ["TargetWarned promised", "TargetBreached promised"]
    broken = (await floor.facts("TargetBreached"))[-1]
    assert broken.payload["policy_id"] is None
    assert broken.agent_id == sender.id
    await says(floor, sender, conversation_id)
    await floor.drain()
    assert (await told(floor)).count("TargetBreached promised") == 1
    # The next turn owes what the policy says.
    await writes_again(floor, conversation_id)
    await floor.drain()
    assert (await shown(floor, conversation_id)).target == "next_reply"


async def test_it_stands_before_what_the_customer_was_not_told(floor: Floor, sender: Actor) -> None:
    await promise(floor, first_reply_s=600)
    conversation_id = await failed(floor, sender, answered=False)
    assert (await shown(floor, conversation_id)).target == "promised"
    # What the policy owes is told all the same.
    floor.wait(500)
    await floor.drain()
    assert (await shown(floor, conversation_id)).target == "promised"
    assert "TargetBreached first_reply" in await told(floor)


async def test_a_house_that_promises_nothing_keeps_this_one(floor: Floor, sender: Actor) -> None:
    async with floor.tx() as tx:
        await tx.run("UPDATE sla_policy SET active = false")
    conversation_id = await failed(floor, sender, answered=True)
    assert (await shown(floor, conversation_id)).target == "promised"
    await floor.close(conversation_id)
    assert (await shown(floor, conversation_id)).due_at is None
