"""A transfer that failed becomes a promise with an owner, and the customer is told of it, once."""

from uuid import UUID

from peakend.cases import actions, queries
from peakend.conversations import actions as conversations
from peakend.kernel.actors import Actor
from peakend.kernel.ids import new_id
from tests.cases.conftest import Desk


async def promised(desk: Desk, conversation_id: UUID) -> list[queries.PromiseView]:
    """Return what was promised in a conversation."""
    async with desk.tx() as tx:
        return await queries.promises_of_conversation(tx, conversation_id, desk.system)


async def said(desk: Desk, conversation_id: UUID) -> list[str]:
    """Return what the house told the customer by itself."""
    async with desk.tx() as tx:
        found: list[str] | None = await tx.value(
            "SELECT array_agg(text ORDER BY seq) FROM message WHERE conversation_id = $1"
            " AND author_kind = 'digital_agent'",
            conversation_id,
        )
    return found or []


async def test_a_transfer_nobody_took_is_promised_and_kept_by_the_answer(desk: Desk) -> None:
    talk = await desk.served(desk.agent)
    await desk.ready(desk.agent)
    await desk.transfer(desk.agent, talk, desk.queue_id, "queue")
    await desk.drain()
    desk.wait(3600)
    await desk.drain()
    [one] = await promised(desk, talk)
    assert (one.kind, one.state, one.owner_id) == ("call_back", "open", desk.agent.id)
    leg = next(leg for leg in await desk.legs(talk) if leg.state == "returned")
    for _ in range(2):
        async with desk.tx() as tx:
            await actions.promise_answer(
                tx, from_leg_id=leg.id, conversation_id=talk, owner_id=desk.agent.id,
                due_at=one.due_at,
            )  # fmt: skip
    assert len(await promised(desk, talk)) == 1
    desk.wait(60)
    async with desk.tx(desk.agent) as tx:
        await conversations.reply(
            tx, conversation_id=talk, client_id=new_id(), text="久等了，已经核实", by=desk.agent
        )
    desk.wait((one.due_at - desk.now).total_seconds() + 60)
    await desk.drain()
    kept = [fact.payload["in_time"] for fact in await desk.facts_of("PromiseKept")]
    assert kept == [True]
    assert await desk.facts_of("PromiseBroken") == []
    assert await desk.facts_of("PromiseWarned") == []


async def test_who_leaves_while_a_transfer_waits_is_called_back(desk: Desk) -> None:
    talk = await desk.served(desk.agent)
    await desk.ready(desk.agent)
    await desk.transfer(desk.agent, talk, desk.queue_id, "queue")
    leg = await desk.need_leg(talk)
    row = await desk.conversation(talk)
    visitor = Actor(
        organisation_id=desk.organisation_id, kind="visitor", name="", customer_id=row.customer_id
    )
    async with desk.tx() as tx:
        await conversations.close(tx, conversation_id=talk, by=visitor)
    await desk.drain()
    [one] = await promised(desk, talk)
    assert (one.kind, one.owner_id) == ("call_back", desk.agent.id)
    [told] = await said(desk, talk)
    assert "转接" in told
    for _ in range(2):
        async with desk.tx() as tx:
            await actions.remedy_abandoned(tx, leg_id=leg.id)
    assert len(await promised(desk, talk)) == len(await said(desk, talk)) == 1


async def test_who_leaves_an_ordinary_line_is_promised_nothing(desk: Desk) -> None:
    talk = await desk.writes()
    await desk.drain()
    async with desk.tx() as tx:
        await conversations.close(tx, conversation_id=talk, by=desk.system)
    await desk.drain()
    assert await promised(desk, talk) == []
