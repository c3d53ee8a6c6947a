"""Improvements from what people come back for, measured; gaps by reason; thanks that are sent."""

from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from peakend.complaints import actions, queries
from peakend.conversations import actions as conversations
from peakend.conversations import queries as timeline
from peakend.conversations.rules.reasons import ReasonNode
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from peakend.kernel.ids import new_id
from tests.routing.floor import Floor


@pytest.fixture
async def floor(database: Database, organisation: UUID) -> Floor:
    made = Floor(database, organisation)
    await made.open()
    return made


async def reasons(floor: Floor) -> tuple[UUID, UUID, UUID]:
    """Return a root reason, one below it and another root."""
    root, leaf, other = new_id(), new_id(), new_id()
    nodes = [(root, None, "灶具"), (leaf, root, "打不着火"), (other, None, "账单")]
    async with floor.tx() as tx:
        await conversations.publish_reasons(
            tx,
            nodes=[ReasonNode(id_, parent, name, "", n, True)
                   for n, (id_, parent, name) in enumerate(nodes)],
            by=floor.system,
        )  # fmt: skip
    return root, leaf, other


async def contact(floor: Floor, customer: UUID, reason: UUID) -> None:
    floor.wait(3600)
    here = await floor.writes(customer)
    async with floor.tx() as tx:
        await conversations.close(tx, conversation_id=here, by=floor.system, reason_id=reason)
    await floor.drain()


async def opened(floor: Floor, by: Actor, **more: Any) -> UUID:
    async with floor.tx(by) as tx:
        given = {"title": "换点火针供应商"} | more
        return await actions.open_improvement(tx, actions.ImprovementText(**given), by=by)


async def view(floor: Floor, by: Actor, one: UUID) -> queries.ImprovementView:
    async with floor.tx(by) as tx:
        return await queries.improvement_view(tx, one, by)


async def moves(floor: Floor, by: Actor, one: UUID, state: str, **more: Any) -> None:
    row = (await view(floor, by, one)).improvement
    names = actions.ImprovementChange.__struct_fields__
    given = {name: getattr(row, name) for name in names} | {"state": state} | more
    async with floor.tx(by) as tx:
        await actions.change_improvement(
            tx, improvement_id=one, item=actions.ImprovementChange(**given),
            version=row.version, by=by,
        )  # fmt: skip


async def test_proposed_opened_done_and_measured(floor: Floor) -> None:
    boss = await floor.hire("boss", role="supervisor")
    root, leaf, other = await reasons(floor)
    people = [await floor.customer(f"客户{n}") for n in range(4)]
    for person in people:
        await contact(floor, person, leaf)
        await contact(floor, person, leaf)
    for person in people[:2]:
        await contact(floor, person, other)
    floor.wait(1)
    async with floor.tx(boss) as tx:
        [found] = await queries.proposals(tx, boss)
    assert (found.reason_id, found.contacts, found.customers, found.repeats) == (leaf, 8, 4, 4)
    assert found.per_100 == 80
    floor.wait(86_400)
    one = await opened(floor, boss, reason_id=root, owner_id=boss.id)
    async with floor.tx(boss) as tx:
        # The reason above has one, the reason itself has none yet.
        assert [p.reason_id for p in await queries.proposals(tx, boss)] == [leaf]
    first = await view(floor, boss, one)
    assert first.before is not None
    # The reason's whole family counts.
    assert (first.before.contacts, first.before.all, first.before.repeats) == (8, 10, 4)
    assert (first.after, first.change) == (None, None)
    with pytest.raises(actions.WrongMove):
        await moves(floor, boss, one, "checked")
    await moves(floor, boss, one, "doing")
    await moves(floor, boss, one, "done")
    floor.wait(86_400 * 2)
    await contact(floor, people[0], leaf)
    done = await view(floor, boss, one)
    assert done.after is not None
    assert done.change is not None
    assert (done.after.contacts, done.after.all, done.change.effect) == (1, 1, "too_few")
    assert done.improvement.after_from == done.improvement.before_until + timedelta(days=2)
    await moves(floor, boss, one, "checked", check_words="样本太少，再看一个月")
    [fact] = await floor.facts("ImprovementChecked")
    assert (fact.payload["effect"], fact.payload["before_contacts"]) == ("too_few", 8)
    assert (await view(floor, boss, one)).improvement.effect == "too_few"
    await moves(floor, boss, one, "doing")
    again = (await view(floor, boss, one)).improvement
    assert (again.effect, again.done_at, again.after_from) == (None, None, None)


async def test_who_may_change_what(floor: Floor) -> None:
    boss, agent = await floor.hire("boss", role="supervisor"), await floor.hire("lin")
    one = await opened(floor, agent, owner_id=boss.id, kind="simplify")
    # Whoever does not manage them proposes.
    assert (await view(floor, agent, one)).improvement.owner_id is None
    with pytest.raises(actions.NotYourImprovement):
        await moves(floor, agent, one, "doing")
    await moves(floor, boss, one, "open", owner_id=agent.id)
    await moves(floor, agent, one, "doing")
    with pytest.raises(actions.NotYourImprovement):
        await moves(floor, agent, one, "doing", owner_id=None)
    stale = (await view(floor, boss, one)).improvement
    await moves(floor, agent, one, "done")
    names = actions.ImprovementChange.__struct_fields__
    item = actions.ImprovementChange(**{name: getattr(stale, name) for name in names})
    with pytest.raises(actions.ImprovementStale):
        async with floor.tx(boss) as tx:
            await actions.change_improvement(
                tx, improvement_id=one, item=item, version=stale.version, by=boss
            )
    day = stale.before_until
    for wrong in (
        {"before_from": day + timedelta(days=1)},
        {"after_from": None},
        {"after_from": day, "after_until": day},
        {"reason_id": new_id()},
        {"owner_id": new_id()},
    ):
        with pytest.raises(actions.WrongImprovement):
            await moves(floor, boss, one, "done", **wrong)


async def test_a_known_gap_is_found_by_the_reason_of_a_conversation(
    floor: Floor, client: httpx.AsyncClient
) -> None:
    boss, agent = await floor.hire("boss", role="supervisor"), await floor.hire("lin")
    root, leaf, other = await reasons(floor)
    await floor.ready(agent)
    here = await floor.served(agent)
    await floor.sign_in(client, boss)
    gap = {"title": "视频认错型号", "workaround": "请客户报铭牌上的型号", "reason_id": str(root)}
    [made] = (await client.post("/api/known-gaps", json=gap)).json()
    where = f"/api/conversations/{here}/leeway"
    assert (await client.get(where)).json()["gaps"] == []
    async with floor.tx() as tx:
        await conversations.set_reason(tx, conversation_id=here, reason_id=leaf, by=floor.system)
    assert [g["title"] for g in (await client.get(where)).json()["gaps"]] == ["视频认错型号"]
    for reason, count in ((leaf, 1), (root, 1), (other, 0)):
        found = await client.get("/api/known-gaps", params={"reason_id": str(reason)})
        assert len(found.json()) == count
    place = f"/api/known-gaps/{made['id']}"
    changed = await client.put(place, json=gap | {"title": "型号认错", "version": 1})
    assert changed.json()[0]["title"] == "型号认错"
    assert (await client.put(place, json=gap | {"version": 1})).status_code == 409
    await floor.sign_in(client, agent)
    assert (await client.delete(place)).status_code == 403
    await floor.sign_in(client, boss)
    assert (await client.delete(place)).status_code == 204
    assert (await client.get(where)).json()["gaps"] == []


async def test_a_customer_is_thanked_once_in_the_conversation(floor: Floor) -> None:
    agent, other = await floor.hire("lin"), await floor.hire("other", serves=False)
    await floor.ready(agent)
    here, same = await floor.served(agent), new_id()

    async def thanks(by: Actor, flaw: str = "视频里的型号错了") -> None:
        async with floor.tx(by) as tx:
            await actions.thank(
                tx, conversation_id=here, client_id=same, words="谢谢您指出来，已交给负责人",
                flaw=flaw, by=by,
            )  # fmt: skip

    with pytest.raises(timeline.ConversationNotFound):
        await thanks(other)
    with pytest.raises(actions.WordsNeeded):
        await thanks(agent, " ")
    for _ in range(2):
        await thanks(agent)
    async with floor.tx(agent) as tx:
        said = [m.text for m in await timeline.transcript(tx, here, 50) if m.kind == "agent"]
        kept = await queries.thanks_said(tx, agent, conversation_id=here)
    assert said == ["谢谢您指出来，已交给负责人"]
    assert [(one.by, one.flaw, one.words) for one in kept] == [("lin", "视频里的型号错了", said[0])]
    assert len(await floor.facts("CustomerThanked")) == 1
