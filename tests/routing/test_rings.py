"""Who is able, who is allowed, and how the circle of those who are asked widens."""

from uuid import UUID

import httpx
import pytest

from peakend.accounts import actions as accounts
from peakend.accounts.actions.members import Changes
from peakend.kernel.actors import Actor
from peakend.routing import actions, queries
from peakend.routing.actions import OverflowToItself, QueueSettings
from tests.accounts.people import a_person
from tests.routing.floor import Floor


async def taught(floor: Floor, agent: Actor, *skill_ids: UUID) -> None:
    async with floor.tx() as tx:
        await accounts.change_member(
            tx, member_id=agent.id, changes=Changes(skill_ids=list(skill_ids))
        )


async def named(floor: Floor) -> tuple[UUID, UUID]:
    """Return a skill and an authority."""
    async with floor.tx() as tx:
        return (
            await accounts.add_skill(tx, name="点火维修"),
            await accounts.add_skill(tx, name="可批退款", authority=True),
        )


async def test_the_circle_widens_while_work_waits(floor: Floor) -> None:
    able, allowed = await named(floor)
    async with floor.tx() as tx:
        other = await actions.add_queue(tx, QueueSettings(name="物业"))
        await actions.change_queue(
            tx,
            floor.queue_id,
            QueueSettings(
                skills=[able, allowed],
                relax_after_s=60,
                overflow_after_s=120,
                overflow_queue_id=other.id,
            ),
        )
    skilled, permitted = await floor.hire("skilled"), await floor.hire("permitted")
    elsewhere = await floor.hire("elsewhere", serves=False)
    async with floor.tx() as tx:
        await actions.join_queues(tx, member_id=elsewhere.id, queue_ids=[other.id])
    await taught(floor, skilled, able)
    conversation_id = await floor.writes()
    await floor.drain()

    async def offered() -> UUID | None:
        async with floor.tx() as tx:
            await actions.sweep(tx)
        return (await floor.need_leg(conversation_id)).offered_to

    await floor.ready(skilled, permitted, elsewhere)
    await taught(floor, elsewhere, allowed)
    assert await offered() is None
    floor.wait(61)
    assert await offered() is None, "who may not is never asked"
    floor.wait(60)
    assert await offered() == elsewhere.id
    (made,) = await floor.facts("WorkOffered")
    assert (made.payload["ring"], made.payload["rule"]) == (2, 4)


async def test_who_is_allowed_is_asked_after_a_while(floor: Floor) -> None:
    able, allowed = await named(floor)
    async with floor.tx() as tx:
        settings = QueueSettings(skills=[able, allowed], relax_after_s=60)
        await actions.change_queue(tx, floor.queue_id, settings)
    agent = await floor.hire("agent")
    await taught(floor, agent, allowed)
    await floor.ready(agent)
    conversation_id = await floor.writes()
    await floor.drain()
    assert (await floor.need_leg(conversation_id)).state == "waiting"
    floor.wait(60)
    async with floor.tx() as tx:
        assert await actions.match(tx) == 1
        (decision,) = await queries.offers_made(tx, conversation_id)
    assert (decision.ring, decision.place, decision.waiting, decision.waited_s) == (1, 1, 1, 60)
    assert [one.id for one in decision.agents] == [agent.id]


async def test_a_long_line_for_nobody_holds_up_nobody(
    floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("peakend.routing.queries.work.TRIED_BESIDES", 0)
    _, allowed = await named(floor)
    async with floor.tx() as tx:
        await actions.change_queue(tx, floor.queue_id, QueueSettings(skills=[allowed]))
    first, *_ = [await floor.writes() for _ in range(3)]
    await floor.drain()
    async with floor.tx() as tx:
        await actions.change_queue(tx, floor.queue_id, QueueSettings(skills=[]))
    floor.wait(5)
    late = await floor.writes()
    await floor.drain()
    async with floor.tx() as tx:
        line = await queries.waiting(tx, 1)
    assert [leg.conversation_id for leg in line] == [first, late]
    assert [(leg.place, leg.in_line) for leg in line] == [(1, 4), (4, 4)]
    agent = await floor.hire("agent")
    await floor.ready(agent)
    await floor.drain()
    assert (await floor.need_leg(late)).offered_to == agent.id


async def test_a_queue_does_not_overflow_to_itself(floor: Floor) -> None:
    settings = QueueSettings(overflow_after_s=60, overflow_queue_id=floor.queue_id)
    with pytest.raises(OverflowToItself):
        async with floor.tx() as tx:
            await actions.change_queue(tx, floor.queue_id, settings)


async def test_one_can_read_why_it_came(floor: Floor, client: httpx.AsyncClient) -> None:
    boss = await a_person(floor.database, client, floor.organisation_id, "supervisor")
    first, second = await floor.hire("first"), await floor.hire("second")
    await floor.ready(first)
    floor.wait(30)
    await floor.ready(second)
    conversation_id = await floor.writes()
    await floor.drain()
    (told,) = (await boss.get(f"/conversations/{conversation_id}/decisions")).json()
    assert (told["queue_name"], told["ring"], told["last_agent"]) == ("燃气服务", 0, False)
    assert [(one["name"], one["load"]) for one in told["agents"]] == [("first", 0), ("second", 0)]
    idle = [one["idle_s"] for one in told["agents"]]
    assert idle[0] - idle[1] == 30
    assert told["candidates"] == 2
    assert told["named"] is None
    missing = await boss.get(f"/conversations/{UUID(int=7)}/decisions")
    assert missing.status_code == 404


async def test_who_was_named_on_passing_on_reads_so(
    floor: Floor, client: httpx.AsyncClient
) -> None:
    boss = await a_person(floor.database, client, floor.organisation_id, "supervisor")
    sender, target = await floor.hire("sender"), await floor.hire("target")
    await floor.ready(sender)
    conversation_id = await floor.served(sender)
    await floor.ready(target)
    await floor.transfer(sender, conversation_id, target.id)
    await floor.drain()
    told = (await boss.get(f"/conversations/{conversation_id}/decisions")).json()
    assert [(one["agents"][0]["name"], one["named"]) for one in told] == [
        ("sender", None),
        ("target", "agent"),
    ]
