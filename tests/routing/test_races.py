"""Two at once: matchers, acceptances, expiries, picks. Nothing is offered twice."""

import asyncio
from collections import Counter
from uuid import UUID

from peakend.kernel.actors import Actor
from peakend.kernel.errors import PeakendError
from peakend.routing import actions, queries
from tests.routing.floor import Floor


async def test_matchers_at_once_offer_each_leg_once_and_exceed_nothing(floor: Floor) -> None:
    agents = [await floor.hire(f"agent.{n}", capacity=2) for n in range(4)]
    await floor.ready(*agents)
    made = [await floor.writes() for _ in range(12)]
    async with floor.tx() as tx:
        for conversation_id in made:
            await actions.enqueue(tx, conversation_id)

    async def match() -> None:
        async with floor.tx() as tx:
            await actions.match(tx)

    for _ in range(3):
        await asyncio.gather(*(match() for _ in range(4)))
        offers = Counter(
            fact.leg_id for fact in await floor.facts("WorkOffered") if fact.payload["offer"] == 1
        )
        assert max(offers.values()) == 1
        for agent in agents:
            async with floor.tx(agent) as tx:
                offered = await queries.offers_of(tx, agent.id)
                assert len(offered) <= 1
                assert await queries.load_of(tx, agent.id) <= 2
                for leg in offered:
                    await actions.accept(tx, leg_id=leg.id, offer=leg.offer, by=agent)
    held = Counter([(await floor.need_leg(each)).agent_id for each in made])
    held.pop(None)
    assert sorted(held.values()) == [2, 2, 2, 2]
    assert len(await floor.facts("WorkAnswered")) == 8


async def _outcomes(*attempts: object) -> list[str]:
    results = await asyncio.gather(*attempts, return_exceptions=True)  # type: ignore[call-overload]
    for result in results:
        if isinstance(result, BaseException) and not isinstance(result, PeakendError):
            raise result
    return [type(result).__name__ for result in results]


async def _accept(floor: Floor, agent: Actor, leg_id: UUID, offer: int) -> None:
    async with floor.tx(agent) as tx:
        await actions.accept(tx, leg_id=leg_id, offer=offer, by=agent)


async def _expire(floor: Floor, leg_id: UUID, offer: int) -> None:
    async with floor.tx() as tx:
        await actions.expire_offer(tx, leg_id=leg_id, offer=offer)


async def _pick(floor: Floor, agent: Actor, conversation_id: UUID) -> None:
    async with floor.tx(agent) as tx:
        await actions.pick(tx, conversation_id=conversation_id, by=agent)


async def test_accepting_against_expiring(floor: Floor) -> None:
    agent = await floor.hire("agent", capacity=50)
    await floor.ready(agent)
    for round_ in range(12):
        conversation_id = await floor.writes()
        await floor.drain()
        leg = await floor.need_leg(conversation_id)
        assert leg.offered_to == agent.id
        floor.wait(20)
        attempts = [_accept(floor, agent, leg.id, leg.offer), _expire(floor, leg.id, leg.offer)]
        await _outcomes(*(attempts if round_ % 2 else reversed(attempts)))
        answered = [f for f in await floor.facts("WorkAnswered") if f.leg_id == leg.id]
        expired = [f for f in await floor.facts("OfferExpired") if f.leg_id == leg.id]
        assert len(answered) + len(expired) == 1
        after = await floor.need_leg(conversation_id)
        assert (after.state == "serving") == bool(answered)
        async with floor.tx(agent) as tx:
            await actions.pick(tx, conversation_id=conversation_id, by=agent)
        await floor.ready(agent)


async def test_picking_against_being_offered(floor: Floor) -> None:
    asked, quick = await floor.hire("asked", capacity=50), await floor.hire("quick", capacity=50)
    for _ in range(10):
        await floor.ready(asked)
        conversation_id = await floor.writes()
        async with floor.tx() as tx:
            await actions.enqueue(tx, conversation_id)

        async def match() -> None:
            async with floor.tx() as tx:
                await actions.match(tx)

        outcomes = await _outcomes(match(), _pick(floor, quick, conversation_id), match())
        assert outcomes == ["NoneType"] * 3
        leg = await floor.need_leg(conversation_id)
        assert (leg.state, leg.agent_id, leg.offered_to) == ("serving", quick.id, None)
    assert len(await floor.facts("WorkAnswered")) == 10


async def test_of_many_who_pick_one_gets_it(floor: Floor) -> None:
    agents = [await floor.hire(f"agent.{n}") for n in range(4)]
    await floor.ready(*agents, state="break")
    conversation_id = await floor.writes()
    await floor.drain()
    outcomes = await _outcomes(*(_pick(floor, agent, conversation_id) for agent in agents))
    assert sorted(outcomes) == ["HeldByColleague"] * 3 + ["NoneType"]
    assert len(await floor.facts("WorkAnswered")) == 1


async def test_one_agent_who_picks_many_at_once_stays_within_capacity(floor: Floor) -> None:
    agent = await floor.hire("greedy", capacity=2)
    await floor.ready(agent, state="break")
    made = [await floor.writes() for _ in range(4)]
    await floor.drain()
    outcomes = await _outcomes(*(_pick(floor, agent, each) for each in made))
    assert sorted(outcomes) == ["HandsFull", "HandsFull", "NoneType", "NoneType"]


async def test_asking_twice_to_wait_makes_one_leg(floor: Floor) -> None:
    conversation_id = await floor.writes()

    async def enqueue() -> UUID | None:
        async with floor.tx() as tx:
            return await actions.enqueue(tx, conversation_id)

    legs = await asyncio.gather(*(enqueue() for _ in range(4)))
    await floor.drain()
    assert len(set(legs)) == 1
    assert len(await floor.legs(conversation_id)) == 1
    assert len(await floor.facts("WorkQueued")) == 1
