"""Skills changed on the floor: what they would mean, that they hold at once, and who may not."""

from collections.abc import Collection
from uuid import UUID

import pytest

from peakend.accounts import actions as accounts
from peakend.accounts.queries import need_member
from peakend.kernel.actors import Actor
from peakend.routing import actions, queries
from tests.routing.floor import Floor


async def skill(floor: Floor, name: str, *, authority: bool = False) -> UUID:
    async with floor.tx() as tx:
        return await accounts.add_skill(tx, name=name, authority=authority)


async def asks_for(floor: Floor, *skills: UUID) -> None:
    async with floor.tx() as tx:
        settings = actions.QueueSettings(skills=list(skills))
        await actions.change_queue(tx, floor.queue_id, settings)


async def give(
    floor: Floor, by: Actor, to: Actor, skills: Collection[UUID], seen: Collection[UUID] = ()
) -> None:
    assert to.id is not None
    async with floor.tx(by) as tx:
        await accounts.set_skills(tx, member_id=to.id, skill_ids=skills, seen=seen)


async def test_a_skill_is_tried_given_and_routed_by(floor: Floor) -> None:
    boiler = await skill(floor, "壁挂炉")
    await asks_for(floor, boiler)
    boss, agent = await floor.hire("boss", role="supervisor"), await floor.hire("agent")
    await floor.ready(agent)
    conversation_id = await floor.writes()
    await floor.drain()
    assert (await floor.need_leg(conversation_id)).offered_to is None
    assert agent.id is not None
    async with floor.tx(boss) as tx:
        tried = await queries.skill_effect(tx, agent.id, [boiler])
    assert (tried.waiting, tried.now, tried.then, tried.alone) == (1, 0, 1, 0)
    await give(floor, boss, agent, [boiler])
    await floor.drain()
    assert (await floor.need_leg(conversation_id)).offered_to == agent.id
    (fact,) = await floor.facts("MemberSkillsChanged")
    assert fact.payload == {
        "member_id": str(agent.id), "added": [str(boiler)], "removed": [],
    }  # fmt: skip


async def test_taking_the_last_one_who_can_is_said_before(floor: Floor) -> None:
    boiler = await skill(floor, "壁挂炉")
    await asks_for(floor, boiler)
    boss, agent = await floor.hire("boss", role="supervisor"), await floor.hire("agent")
    await give(floor, boss, agent, [boiler])
    await floor.ready(agent, state="break")
    await floor.writes()
    await floor.drain()
    assert agent.id is not None
    async with floor.tx(boss) as tx:
        tried = await queries.skill_effect(tx, agent.id, [])
    assert (tried.now, tried.then, tried.alone) == (1, 0, 1)


async def test_a_stale_change_and_an_authority_are_refused(floor: Floor) -> None:
    boiler, refunds = await skill(floor, "壁挂炉"), await skill(floor, "可批退款", authority=True)
    boss, admin = (
        await floor.hire("boss", role="supervisor"),
        await floor.hire("fang", role="admin"),
    )
    agent = await floor.hire("agent")
    with pytest.raises(accounts.AuthorityNotYours):
        await give(floor, boss, agent, [refunds])
    await give(floor, admin, agent, [refunds])
    with pytest.raises(accounts.SkillsStale):
        await give(floor, boss, agent, [boiler])
    await give(floor, boss, agent, [boiler, refunds], [refunds])
    # The same again is no change.
    await give(floor, boss, agent, [boiler, refunds], [boiler, refunds])
    assert len(await floor.facts("MemberSkillsChanged")) == 2
    assert agent.id is not None
    async with floor.tx() as tx:
        assert set((await need_member(tx, agent.id)).skill_ids) == {boiler, refunds}
