"""The floor in a supervisor's hands: what suits whom, moving, and going back to where it was."""

from datetime import timedelta
from uuid import UUID

import httpx
import pytest

from peakend.accounts import actions as accounts
from peakend.accounts.actions.members import Changes
from peakend.conversations import actions as conversations
from peakend.kernel import clock
from peakend.routing import actions, queries
from peakend.routing.actions import ElsewhereByNow, QueueSettings
from tests.routing.floor import Floor


async def another_queue(floor: Floor, name: str = "家电维修") -> UUID:
    async with floor.tx() as tx:
        return (await actions.add_queue(tx, QueueSettings(name=name))).id


async def test_who_waits_goes_on_waiting_in_another_queue(floor: Floor) -> None:
    boss = await floor.hire("boss", role="supervisor", serves=False)
    second = await another_queue(floor)
    moved = await floor.writes()
    await floor.drain()
    before = await floor.need_leg(moved)
    floor.wait(60)
    for _ in range(2):
        async with floor.tx(boss) as tx:
            await actions.move(tx, conversation_id=moved, queue_id=second, by=boss)
        await floor.drain()
    after = await floor.need_leg(moved)
    assert (after.queue_id, after.entered_at) == (second, before.entered_at)
    assert len(await floor.legs(moved)) == 2, "moving it there again changes nothing"
    assert (await floor.conversation(moved)).queue_id == second
    async with floor.tx(boss) as tx:
        with pytest.raises(ElsewhereByNow):
            await actions.move(
                tx, conversation_id=moved, queue_id=floor.queue_id, by=boss, leg_id=before.id
            )
        with pytest.raises(ElsewhereByNow):
            await actions.assign(
                tx, conversation_id=moved, agent_id=boss.id, by=boss, leg_id=before.id
            )


async def test_what_is_taken_from_an_agent_goes_back(floor: Floor) -> None:
    boss = await floor.hire("boss", role="supervisor", serves=False)
    agent = await floor.hire("agent", capacity=1)
    await floor.ready(agent)
    held = await floor.served(agent)
    second = await another_queue(floor)
    async with floor.tx(boss) as tx:
        leg_id = await actions.move(tx, conversation_id=held, queue_id=second, by=boss)
    await floor.drain()
    leg = await floor.need_leg(held)
    assert (leg.id, leg.state, leg.queue_id, leg.priority) == (leg_id, "waiting", second, 10)
    async with floor.tx(boss) as tx:
        await actions.assign(tx, conversation_id=held, agent_id=agent.id, by=boss, leg_id=leg_id)
    await floor.drain()
    assert (await floor.need_leg(held)).agent_id == agent.id
    async with floor.tx() as tx:
        told = await tx.value("SELECT array_agg(action ORDER BY id) FROM audit_entry")
    assert [one for one in told if one.startswith("conversation.")] == [
        "conversation.moved",
        "conversation.assigned",
    ]


async def test_what_speaks_against_whom(floor: Floor) -> None:
    async with floor.tx() as tx:
        able = await accounts.add_skill(tx, name="点火维修")
        allowed = await accounts.add_skill(tx, name="可批退款", authority=True)
        settings = QueueSettings(skills=[able, allowed])
        await actions.change_queue(tx, floor.queue_id, settings)
    people = {name: await floor.hire(name, capacity=1) for name in ("both", "able", "full", "gone")}
    people["other"] = await floor.hire("other", serves=False)
    closed = await another_queue(floor)
    async with floor.tx() as tx:
        await actions.open_or_close(tx, closed, is_open=False)
        for name, skills in (
            ("both", [able, allowed]),
            ("able", [able]),
            ("full", [able, allowed]),
        ):
            changes = Changes(skill_ids=skills)
            await accounts.change_member(tx, member_id=people[name].id, changes=changes)
        await actions.join_queues(tx, member_id=people["other"].id, queue_ids=[closed])
    await floor.ready(people["full"])
    await floor.served(people["full"])
    waits = await floor.writes()
    await floor.drain()
    await floor.ready(people["able"], people["other"])
    await floor.ready(people["both"])
    async with floor.tx() as tx:
        found = await queries.fits(tx, waits)
    by_id = {one.id: one for one in found.agents}
    lacks = {name: by_id[who.id].lacks for name, who in people.items() if who.id in by_id}
    assert lacks == {
        "both": [],
        "able": ["authority"],
        "full": ["full"],
        "gone": ["offline"],
        "other": ["authority", "skill", "queue"],
    }
    assert by_id[people["able"].id].missing == ["可批退款"]
    queues = {one.id: (one.lacks, one.ready) for one in found.queues}
    assert queues == {floor.queue_id: (["here"], 2), closed: (["closed"], 1)}


async def test_the_floor_over_http(floor: Floor, client: httpx.AsyncClient) -> None:
    floor.now = clock.now() - timedelta(seconds=5)
    boss = await floor.hire("boss", role="supervisor")
    agent = await floor.hire("agent")
    second = await another_queue(floor)
    waits = await floor.writes()
    await floor.drain()
    await floor.sign_in(client, boss)
    (line,) = (await client.get("/api/floor/waiting")).json()
    assert (line["id"], line["queue_id"]) == (str(waits), str(floor.queue_id))
    address = f"/api/conversations/{waits}"
    fits = (await client.get(f"{address}/fits")).json()
    assert {one["id"]: one["lacks"] for one in fits["queues"]}[str(second)] == ["nobody"]
    body = {"queue_id": str(second), "leg_id": line["leg_id"]}
    moved = await client.post(f"{address}/moves", json=body)
    assert (moved.status_code, moved.json()["queue_id"]) == (200, str(second))
    assert (await client.post(f"{address}/moves", json=body)).status_code == 409
    stale = {"agent_id": str(agent.id), "leg_id": line["leg_id"]}
    assert (await client.post(f"{address}/assignments", json=stale)).status_code == 409
    unknown = {"queue_id": str(UUID(int=5))}
    assert (await client.post(f"{address}/moves", json=unknown)).status_code == 404
    async with floor.tx() as tx:
        await conversations.close(tx, conversation_id=waits, by=floor.system)
    again = await client.post(f"{address}/moves", json={"queue_id": str(second)})
    assert again.status_code == 409
    await floor.sign_in(client, agent)
    assert (await client.get("/api/floor/waiting")).status_code == 403
