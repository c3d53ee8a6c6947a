"""Counts folded from facts, the wallboard and the explanation, against what was done."""

from datetime import timedelta
from typing import Any

import httpx
import pytest

from peakend.conversations.actions import close_by_customer
from peakend.insight import actions, queries
from peakend.insight.rules import Counts, total
from peakend.kernel.actors import Actor
from peakend.kernel.events import REACTION_BY_NAME
from peakend.routing import actions as routing
from tests.routing.floor import Floor


async def a_day(floor: Floor) -> dict[str, Any]:
    """Two answered within 20 s, one late, one left; one more waits, one is served."""
    floor.now = floor.now.replace(hour=6, minute=7, second=0)
    agent = await floor.hire("agent", capacity=9)
    await floor.ready(agent)
    served = []
    for wait_s in (5, 20, 34):
        conversation_id = await floor.writes()
        await floor.drain()
        floor.wait(wait_s)
        async with floor.tx(agent) as tx:
            await routing.pick(tx, conversation_id=conversation_id, by=agent)
        await floor.drain()
        served.append(conversation_id)
    await floor.ready(agent, state="break")
    customer_id = await floor.customer()
    left = await floor.writes(customer_id)
    await floor.drain()
    floor.wait(40)
    visitor = Actor(
        organisation_id=floor.organisation_id,
        kind="visitor",
        customer_id=customer_id,
        channel_id=floor.channel_id,
    )
    async with floor.tx(visitor) as tx:
        await close_by_customer(tx, by=visitor)
    await floor.drain()
    await floor.close(served[0])
    waiting = await floor.writes()
    await floor.drain()
    floor.wait(12)
    return {"agent": agent, "served": served, "left": left, "waiting": waiting}


EXPECTED = Counts(
    entered=5,
    answered=3,
    answered_within=2,
    abandoned=1,
    answered_wait_ms=59_000,
    ended=1,
)


async def counted(floor: Floor) -> Counts:
    async with floor.tx() as tx:
        start, end = await queries.day_of(tx, tx.now)
        return total(row.counts for row in await queries.intervals(tx, start, end))


async def test_counts_are_those_of_the_day(floor: Floor) -> None:
    await a_day(floor)
    assert await counted(floor) == EXPECTED
    async with floor.tx() as tx:
        await actions.add_up(tx)
    assert await counted(floor) == EXPECTED
    async with floor.tx() as tx:
        start, end = await queries.day_of(tx, tx.now)
        assert await actions.differences(tx, start, end) == {}
        assert await tx.value("SELECT count(*) FROM metric_part WHERE NOT merged") == 0


async def test_facts_that_come_twice_and_in_any_order_count_once(floor: Floor) -> None:
    await a_day(floor)
    facts = await floor.facts("WorkQueued", "WorkAnswered", "WorkAbandoned", "ConversationClosed")
    count = REACTION_BY_NAME["insight.count_work"].run
    for again in (reversed(facts), facts):
        for fact in again:
            async with floor.tx() as tx:
                tx.cause = fact
                await count(tx, fact.fact())
    assert await counted(floor) == EXPECTED
    async with floor.tx() as tx:
        await tx.run("DELETE FROM metric_part")
    for fact in reversed(facts):
        async with floor.tx() as tx:
            tx.cause = fact
            await count(tx, fact.fact())
    assert await counted(floor) == EXPECTED


async def test_the_wallboard_tells_the_floor(floor: Floor, client: httpx.AsyncClient) -> None:
    day = await a_day(floor)
    async with floor.tx() as tx:
        board = await queries.wallboard(tx)
    (queue,) = board.queues
    assert (queue.waiting, queue.longest_s) == (1, 12)
    assert (queue.entered, queue.offered, queue.answered, queue.abandoned) == (5, 4, 3, 1)
    assert queue.service_level.value == pytest.approx(0.5)
    assert queue.service_level.n == 4
    assert queue.abandonment == pytest.approx(0.25)
    assert queue.asa_s == pytest.approx(59 / 3)
    assert queue.rail == "missed"
    assert board.total.offered == 4
    (agent,) = board.agents
    assert (agent.id, agent.state, agent.load) == (day["agent"].id, "break", 2)
    assert {held.id for held in agent.conversations} == set(day["served"][1:])
    assert (board.digital.share, board.digital.n) == (0.0, 1)
    assert board.watermark_at == floor.now
    assert sum(part.n for part in board.service_level_by_interval) == 4

    boss = await floor.hire("boss", role="supervisor", serves=False)
    await floor.sign_in(client, boss)
    answer = await client.get("/api/wallboard")
    assert answer.status_code == 200, answer.text
    assert answer.json()["target"]["floor"] == 0.8


async def test_what_is_not_counted_yet_holds_the_watermark_back(floor: Floor) -> None:
    await floor.writes()
    async with floor.tx() as tx:
        leg = await routing.enqueue(tx, (await floor.conversation_ids())[0])
    assert leg is not None
    async with floor.tx() as tx:
        recorded_at = await tx.value("SELECT recorded_at FROM event WHERE type = 'WorkQueued'")
        assert await queries.watermark(tx) == recorded_at
    await floor.drain()
    async with floor.tx() as tx:
        assert await queries.watermark(tx) == tx.now


async def test_a_measure_explains_itself(floor: Floor, client: httpx.AsyncClient) -> None:
    await a_day(floor)
    boss = await floor.hire("boss", role="supervisor", serves=False)
    async with floor.tx() as tx:
        told = await queries.explanation(tx, "sla.offered", "en")
    assert told.today.value == pytest.approx(0.5)
    assert sum(fact.above for fact in told.facts) == 2
    assert sum(fact.below for fact in told.facts) == 4
    assert told.formula.startswith("F3")
    assert len(told.last) == 7
    await floor.sign_in(client, boss)
    answer = await client.get("/api/metrics/sla.offered/explanation")
    assert answer.status_code == 200, answer.text
    assert answer.json()["name"] == "服务水平"
    assert (await client.get("/api/metrics/nothing/explanation")).status_code == 404


async def test_every_measure_has_its_words(floor: Floor) -> None:
    async with floor.tx() as tx:
        for key in queries.METRICS:
            for language in ("zh-CN", "en"):
                told = await queries.explanation(tx, key, language)
                assert all((told.name, told.definition, told.formula, told.example))
                assert told.name != key


async def test_work_outside_hours_is_not_offered_work(floor: Floor) -> None:
    async with floor.tx() as tx:
        await routing.open_or_close(tx, floor.queue_id, is_open=False)
    agent = await floor.hire("agent")
    conversation_id = await floor.writes()
    await floor.drain()
    floor.wait(3000)
    async with floor.tx(agent) as tx:
        total = (await queries.wallboard(tx)).total
    # A message left waits for the morning: nobody waits at the door, and no wait is too long.
    assert (total.waiting, total.left, total.longest_s, total.oldest_at) == (0, 1, 0, None)
    async with floor.tx(agent) as tx:
        await routing.pick(tx, conversation_id=conversation_id, by=agent)
    await floor.drain()
    assert await counted(floor) == Counts()


async def test_old_parts_are_forgotten_and_their_counts_stay(floor: Floor) -> None:
    await a_day(floor)
    async with floor.tx() as tx:
        await actions.add_up(tx)
    kept = await counted(floor)
    async with floor.database.transaction(floor.system, floor.now + timedelta(days=9)) as tx:
        assert await actions.forget_old(tx) > 0
    assert await counted(floor) == kept
