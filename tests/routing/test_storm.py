"""A storm of everything at once: afterwards legs and conversations tell the same story."""

import asyncio
import random

import asyncpg

from peakend.conversations import actions as conversations
from peakend.kernel.actors import Actor
from peakend.kernel.errors import PeakendError
from peakend.routing import actions, queries
from tests.routing.floor import Floor

STEPS = 25


async def _act(floor: Floor, agent: Actor, chance: random.Random) -> None:
    """Let an agent do something that may be allowed at this moment."""
    async with floor.tx(agent) as tx:
        held = await queries.held_by(tx, agent.id)
        offered = await queries.offers_of(tx, agent.id)
        waiting = await queries.waiting(tx)
        what = chance.choice(("accept", "refuse", "pick", "transfer", "release", "close", "away"))
        if what == "accept" and offered:
            await actions.accept(tx, leg_id=offered[0].id, offer=offered[0].offer, by=agent)
        elif what == "refuse" and offered:
            await actions.refuse(tx, leg_id=offered[0].id, offer=offered[0].offer, by=agent)
        elif what == "pick" and waiting:
            conversation_id = chance.choice(waiting).conversation_id
            await actions.pick(tx, conversation_id=conversation_id, by=agent)
        elif what == "transfer" and held:
            await actions.transfer(
                tx,
                conversation_id=held[0].conversation_id,
                kind="queue",
                to_id=floor.queue_id,
                note="换人",
                version=None,
                by=agent,
            )
        elif what == "release" and held:
            await actions.release(tx, conversation_id=held[0].conversation_id, by=agent)
        elif what == "close" and held:
            await conversations.close(tx, conversation_id=held[0].conversation_id, by=floor.system)
        elif what == "away":
            state = chance.choice(("ready", "ready", "break"))
            await actions.set_presence(tx, member_id=agent.id, state=state, stays=True)  # type: ignore[arg-type]


async def test_legs_and_conversations_agree_after_a_storm(floor: Floor) -> None:
    agents = [await floor.hire(f"agent.{n}", capacity=2) for n in range(5)]
    await floor.ready(*agents)
    customers = [await floor.customer() for _ in range(8)]
    made = set()
    broken: list[BaseException] = []

    async def person(number: int) -> None:
        chance = random.Random(number)
        for _ in range(STEPS):
            try:
                if number < len(agents):
                    await _act(floor, agents[number], chance)
                elif number == len(agents):
                    made.add(await floor.writes(chance.choice(customers)))
                else:
                    await floor.drain()
                    async with floor.tx() as tx:
                        await actions.sweep(tx)
            except (PeakendError, asyncpg.DeadlockDetectedError) as refused:
                if isinstance(refused, asyncpg.DeadlockDetectedError):
                    broken.append(refused)
            await asyncio.sleep(0)

    await asyncio.gather(*(person(number) for number in range(len(agents) + 3)))
    floor.wait(3600)
    await floor.drain()
    assert broken == []
    for conversation_id in made:
        row, leg = await floor.conversation(conversation_id), await floor.leg(conversation_id)
        if row.state == "closed":
            assert leg is None
            continue
        assert leg is not None
        assert row.leg_id == leg.id
        assert (row.state, row.agent_id) == (
            "serving" if leg.state == "serving" else "waiting",
            leg.agent_id,
        )
    async with floor.tx() as tx:
        dead = await tx.value("SELECT count(*) FROM job WHERE state = 'dead'")
    assert dead == 0
    ends = [
        fact.leg_id
        for fact in await floor.facts("WorkAnswered", "WorkAbandoned")
        if fact.payload["live"]
    ]
    assert len(ends) == len(set(ends)), "a leg ended its waiting twice"
