"""Breaking a policy for a customer: asked, let pass by another, closed, learnt from."""

from uuid import UUID

import httpx
import pytest

from peakend.cases import actions as cases
from peakend.complaints import actions, queries
from peakend.conversations.queries import ConversationNotFound
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from tests.routing.floor import Floor


@pytest.fixture
async def floor(database: Database, organisation: UUID) -> Floor:
    made = Floor(database, organisation)
    await made.open()
    return made


async def catalogue(floor: Floor, name: str = "价保 7 天", limit: int | None = 10_000) -> UUID:
    async with floor.tx() as tx:
        return await actions.add_policy(tx, actions.PolicyText(name=name, limit_fen=limit))


async def asks(floor: Floor, by: Actor, policy: UUID, here: UUID, cost: int = 12_000) -> UUID:
    async with floor.tx(by) as tx:
        return await actions.ask_exception(
            tx, policy_id=policy, conversation_id=here, reason="第八天降价，老客户",
            cost_fen=cost, by=by,
        )  # fmt: skip


async def view(floor: Floor, by: Actor, one: UUID) -> queries.PolicyException:
    async with floor.tx(by) as tx:
        return await queries.exception_view(tx, one, by)


async def decides(floor: Floor, by: Actor, one: UUID, approve: bool) -> None:
    request = (await view(floor, by, one)).request_id
    assert request is not None
    async with floor.tx(by) as tx:
        await cases.decide(tx, request, approve, "看过了", by=by)


async def test_asked_let_pass_closed_and_learnt(floor: Floor) -> None:
    boss, agent = await floor.hire("boss", role="supervisor"), await floor.hire("lin")
    await floor.ready(agent)
    here = await floor.served(agent)
    policy, other = await catalogue(floor), await catalogue(floor, "超期退货", None)
    one, two = await asks(floor, agent, policy, here), await asks(floor, agent, policy, here, 500)
    three = await asks(floor, agent, other, here, 900)
    shown = await view(floor, agent, one)
    assert (shown.state, shown.over, shown.may_close, shown.customer) == (
        "waiting", True, False, "王女士",
    )  # fmt: skip
    with pytest.raises(actions.NotGranted):
        await close(floor, agent, one)
    with pytest.raises(cases.FourEyes):
        await decides(floor, agent, one, True)
    await decides(floor, boss, one, True)
    await decides(floor, boss, two, False)
    assert (await view(floor, agent, two)).answer == "看过了"
    await close(floor, agent, one)
    with pytest.raises(actions.NotGranted):
        await close(floor, agent, one)
    async with floor.tx(agent) as tx:
        await actions.withdraw_exception(tx, exception_id=three, by=agent)
    assert (await view(floor, agent, three)).state == "withdrawn"
    async with floor.tx(boss) as tx:
        [most, least] = await queries.learnt(tx, boss, days=30)
    assert (most.name, most.asked, most.granted, most.refused, most.closed) == (
        "价保 7 天", 2, 1, 1, 1,
    )  # fmt: skip
    assert (most.cost_fen, most.saved_fen, most.kept, most.over) == (11_000, 80_000, 1, 1)
    assert (least.asked, least.granted, least.cost_fen) == (1, 0, 0)
    [fact] = await floor.facts("ExceptionClosed")
    assert (fact.payload["cost_fen"], fact.payload["saved_fen"]) == (11_000, 80_000)
    assert [f.payload["state"] for f in await floor.facts("ExceptionSettled")] == [
        "granted", "refused", "withdrawn",
    ]  # fmt: skip


async def close(floor: Floor, by: Actor, one: UUID) -> None:
    async with floor.tx(by) as tx:
        await actions.close_exception(
            tx, exception_id=one, cost_fen=11_000, saved_fen=80_000, outcome="kept",
            words="客户续订一年", by=by,
        )  # fmt: skip


async def test_what_nobody_lets_pass_in_time_has_run_out(floor: Floor) -> None:
    await floor.hire("boss", role="supervisor")
    agent = await floor.hire("lin")
    await floor.ready(agent)
    here = await floor.served(agent)
    one = await asks(floor, agent, await catalogue(floor), here)
    floor.wait(3600)
    await floor.drain()
    assert (await view(floor, agent, one)).state == "expired"


async def test_out_of_sight_and_out_of_use(floor: Floor, client: httpx.AsyncClient) -> None:
    boss, agent = await floor.hire("boss", role="supervisor"), await floor.hire("lin")
    other = await floor.hire("other", serves=False)
    await floor.ready(agent)
    here, policy = await floor.served(agent), await catalogue(floor)
    one = await asks(floor, agent, policy, here)
    with pytest.raises(ConversationNotFound):
        await asks(floor, other, policy, here)
    await floor.sign_in(client, other)
    assert (await client.get("/api/policy-exceptions")).json()["items"] == []
    body = {"cost_fen": 1, "outcome": "kept"}
    for path in (f"/api/policy-exceptions/{one}/closings", f"/api/conversations/{here}/leeway"):
        got = await (client.get(path) if "leeway" in path else client.post(path, json=body))
        assert got.status_code == 404
    assert (await client.get("/api/policy-exceptions/report")).status_code == 403
    await floor.sign_in(client, boss)
    listed = (await client.get("/api/policy-exceptions", params={"standing": "waiting"})).json()
    assert [row["id"] for row in listed["items"]] == [str(one)]
    wrong = await client.get("/api/policy-exceptions", params={"cursor": "WzEsMl0"})
    assert wrong.status_code == 422
    assert (await client.delete(f"/api/policies/{policy}")).status_code == 204
    assert (await client.get("/api/policies")).json() == []
    await floor.sign_in(client, agent)
    late = await client.post(
        f"/api/conversations/{here}/exceptions",
        json={"policy_id": str(policy), "reason": "x", "cost_fen": 1},
    )
    assert late.status_code == 409
    beside = (await client.get(f"/api/conversations/{here}/leeway")).json()
    assert [row["policy"] for row in beside["exceptions"]] == ["价保 7 天"]


async def test_pages_of_exceptions(floor: Floor, client: httpx.AsyncClient) -> None:
    boss, agent = await floor.hire("boss", role="supervisor"), await floor.hire("lin")
    await floor.ready(agent)
    here, policy = await floor.served(agent), await catalogue(floor)
    made = []
    for _ in range(52):
        floor.wait(1)
        made.append(str(await asks(floor, agent, policy, here, 1)))
    await floor.sign_in(client, boss)
    first = (await client.get("/api/policy-exceptions")).json()
    more = (await client.get("/api/policy-exceptions", params={"cursor": first["next"]})).json()
    assert [row["id"] for row in first["items"] + more["items"]] == made[::-1]
    assert more["next"] is None
