"""Overflow: what it does to those who wait, and what it would have done before."""

from datetime import UTC, datetime, timedelta
from uuid import UUID

import httpx
from hypothesis import given, settings
from hypothesis import strategies as st

from peakend.kernel import clock
from peakend.kernel.actors import Actor
from peakend.routing import actions
from peakend.routing.actions import QueueSettings
from peakend.routing.rules.choice import Ready, Rings, Waiting
from peakend.routing.rules.overflow import Hands, Stay, replay
from tests.routing.floor import Floor

NOW = datetime(2026, 11, 20, 9, tzinfo=UTC)
FIRST, SECOND = UUID(int=1), UUID(int=2)


def at(seconds: float) -> datetime:
    return NOW + timedelta(seconds=seconds)


def stay(number: int, entered_s: float, waited_s: float, handle_s: float | None = 60) -> Stay:
    work = Waiting(leg_id=UUID(int=100 + number), queue_id=FIRST, entered_at=at(entered_s))
    return Stay(work=work, until=at(entered_s + waited_s), handle_s=handle_s)


def helper(*there: tuple[float, float], capacity: int = 1, queue: UUID = SECOND) -> Hands:
    agent = Ready(
        agent_id=UUID(int=9), queue_ids=frozenset({queue}), skills=frozenset(), load=0,
        capacity=capacity, idle_since=NOW,
    )  # fmt: skip
    return Hands(agent=agent, there=[(at(start), at(end)) for start, end in there], held=())


LATE = Rings(overflow_after_s=90, overflow_queue_id=SECOND)
MANY = Rings(overflow_over=2, overflow_queue_id=SECOND)


def test_who_waited_longer_would_have_been_served_by_a_free_place() -> None:
    """Three waited 200, 80 and 300 s; a place of the second queue was free from second 0."""
    past = [stay(1, 0, 200), stay(2, 10, 80), stay(3, 1000, 300)]
    found = replay(past, [helper((0, 5000))], LATE, 60)
    assert (found.entered, found.flowed, found.reached) == (3, 2, 2)
    assert (found.waited_s, found.would_have_waited_s) == (250, 90)


def test_a_place_is_used_once_and_only_while_somebody_was_there() -> None:
    past = [stay(1, 0, 400, handle_s=100), stay(2, 1, 400), stay(3, 2, 95)]
    found = replay(past, [helper((0, 1000))], LATE, 60)
    # The first at 90 s, for 100 s; the second at 190 s, 189 s after it came; the third left.
    assert (found.flowed, found.reached) == (3, 2)
    assert found.would_have_waited_s == (90 + 189 + 95) / 3
    assert replay(past, [helper()], LATE, 60).reached == 0
    assert replay(past, [helper((0, 1000), queue=FIRST)], Rings(), 60).flowed == 0


def test_too_many_flow_over_from_the_front() -> None:
    past = [stay(n, n, 100) for n in range(5)]
    found = replay(past, [helper((0, 1000), capacity=9)], MANY, 60)
    # With the third, fourth and fifth the first, second and third are above two.
    assert (found.flowed, found.reached) == (3, 3)
    assert found.would_have_waited_s == 2


@settings(max_examples=60, deadline=None)
@given(
    st.lists(st.tuples(st.integers(0, 900), st.integers(1, 900)), max_size=20),
    st.builds(
        Rings,
        overflow_after_s=st.none() | st.integers(1, 400),
        overflow_over=st.none() | st.integers(1, 5),
        overflow_queue_id=st.just(SECOND),
    ),
    st.lists(st.tuples(st.integers(0, 900), st.integers(901, 2000)), max_size=2),
)
def test_nobody_would_have_waited_longer(
    past: list[tuple[int, int]], rings: Rings, there: list[tuple[int, int]]
) -> None:
    stays = [stay(n, entered, waited) for n, (entered, waited) in enumerate(past)]
    found = replay(stays, [helper(*there, capacity=2)], rings, 60)
    assert found.reached <= found.flowed <= found.entered == len(past)
    if found.waited_s is not None and found.would_have_waited_s is not None:
        assert found.would_have_waited_s <= found.waited_s + 1e-6


async def a_second_queue(floor: Floor, **settings: object) -> tuple[UUID, Actor]:
    """Return a queue that helps out, and its only agent."""
    agent = await floor.hire("helper", serves=False, capacity=1)
    async with floor.tx() as tx:
        second = await actions.add_queue(tx, QueueSettings(name="家电维修"))
        await actions.join_queues(tx, member_id=agent.id, queue_ids=[second.id])
        given = QueueSettings(overflow_queue_id=second.id, **settings)  # type: ignore[arg-type]
        await actions.change_queue(tx, floor.queue_id, given)
    return second.id, agent


async def test_more_than_so_many_flow_over_and_the_decision_says_so(floor: Floor) -> None:
    second, agent = await a_second_queue(floor, overflow_over=2)
    first = await floor.writes()
    others = [await floor.writes() for _ in range(2)]
    async with floor.tx() as tx:
        await actions.open_or_close(tx, second, is_open=False)
    await floor.ready(agent)
    await floor.drain()
    assert await floor.facts("WorkOffered") == [], "nothing flows to a closed queue"
    async with floor.tx() as tx:
        await actions.open_or_close(tx, second, is_open=True)
    await floor.drain()
    assert (await floor.need_leg(first)).offered_to == agent.id
    (made,) = await floor.facts("WorkOffered")
    assert (made.payload["ring"], made.payload["rule"], made.payload["waiting"]) == (3, 4, 3)
    await floor.accept(agent, first)
    await floor.close(first, agent)
    await floor.drain()
    # Two wait: the queue keeps them, though the helper is free again.
    assert [(await floor.need_leg(one)).state for one in others] == ["waiting", "waiting"]


async def test_the_effect_is_shown_before_it_is_saved(
    floor: Floor, client: httpx.AsyncClient
) -> None:
    floor.now -= timedelta(hours=1)
    own = await floor.hire("own", capacity=1)
    boss = await floor.hire("boss", role="supervisor")
    second, helper = await a_second_queue(floor)
    await floor.ready(helper)
    waited = await floor.writes()
    floor.wait(299)
    async with floor.tx(own) as tx:
        await actions.pick(tx, conversation_id=waited, by=own)
    floor.wait(60)
    await floor.close(waited, own)
    floor.now = clock.now() - timedelta(seconds=5)
    for _ in range(3):
        await floor.writes()
    await floor.drain()
    await floor.sign_in(client, boss)
    address = f"/api/queues/{floor.queue_id}/overflow-previews"
    asked = {"overflow_queue_id": str(second), "overflow_after_s": 120, "overflow_over": 1}
    shown = (await client.post(address, json=asked)).json()
    assert shown["now"] == {"waiting": 3, "asked": 2, "offered": 1}
    before = shown["before"]
    assert (before["entered"], before["flowed"], before["reached"]) == (1, 1, 1)
    assert (round(before["waited_s"]), round(before["would_have_waited_s"])) == (299, 120)
    never = (await client.post(address, json={"overflow_queue_id": str(second)})).json()
    assert (never["now"]["asked"], never["before"]["flowed"]) == (0, 0)
    strange = {"overflow_queue_id": str(UUID(int=7)), "overflow_over": 1}
    assert (await client.post(address, json=strange)).status_code == 404
    await floor.sign_in(client, own)
    assert (await client.post(address, json=asked)).status_code == 403
