"""Something waits for another pair of eyes: who is asked, once, in time, and done at once."""

import asyncio
from datetime import timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from peakend.cases import actions, queries
from peakend.cases.ports import Asked, provided
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, Transaction
from peakend.kernel.errors import Conflict
from peakend.kernel.ids import new_id
from tests.routing.floor import Floor


@pytest.fixture
async def floor(database: Database, organisation: UUID, monkeypatch: pytest.MonkeyPatch) -> Floor:
    # The engine alone: what the contexts above do with a decision has tests of its own.
    monkeypatch.setattr(provided, "decided", {})
    made = Floor(database, organisation)
    await made.open()
    return made


async def asks(floor: Floor, by: Actor, *, about: UUID | None = None, **more: Any) -> UUID:
    async with floor.tx(by) as tx:
        return await actions.ask(
            tx,
            kind=more.pop("kind", "compensation"),
            subject_id=about or new_id(),
            words=more.pop("words", "等了三天，客户要求补 200 元"),
            by=by,
            **more,
        )


async def decides(floor: Floor, by: Actor, request: UUID, approve: bool, words: str = "") -> None:
    async with floor.tx(by) as tx:
        await actions.decide(tx, request, approve, words, by=by)


async def inbox(floor: Floor, by: Actor, box: queries.Box = "waiting") -> list[UUID]:
    async with floor.tx(by) as tx:
        return [one.id for one in await queries.inbox(tx, by, box)]


async def state(floor: Floor, by: Actor, request: UUID) -> str:
    async with floor.tx(by) as tx:
        return (await queries.request_view(tx, request, by)).state


async def add(floor: Floor, **rule: Any) -> UUID:
    given = {"kind": "compensation", "name": "规则"} | rule
    async with floor.tx() as tx:
        return await actions.add_rule(tx, actions.RuleText(**given))


async def test_asked_decided_and_done_in_one_transaction(
    floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    agent, boss = await floor.hire("lin"), await floor.hire("boss", role="supervisor")
    done: list[tuple[Asked, bool]] = []

    async def do(tx: Transaction, request: Asked, approved: bool) -> None:
        done.append((request, approved))
        if request.answer == "超了":
            raise Conflict

    monkeypatch.setitem(provided.decided, "compensation", do)
    about = new_id()
    one = await asks(floor, agent, about=about, amount_fen=20_000)
    with pytest.raises(actions.AskedAlready):
        await asks(floor, agent, about=about)
    assert await inbox(floor, boss) == [one]
    assert await inbox(floor, agent) == []
    assert await inbox(floor, agent, "mine") == [one]
    # What doing it raises undoes the decision.
    with pytest.raises(Conflict):
        await decides(floor, boss, one, True, "超了")
    assert await state(floor, boss, one) == "waiting"
    floor.wait(90)
    await decides(floor, boss, one, True, "可以")
    request, approved = done[-1]
    assert (request.subject_id, request.state, request.amount_fen) == (about, "granted", 20_000)
    assert (approved, request.decided_by, request.currency) == (True, boss.id, "CNY")
    [fact] = await floor.facts("ApprovalGranted")
    assert (fact.payload["waited_s"], fact.agent_id) == (90, agent.id)
    assert "words" not in fact.payload
    with pytest.raises(actions.RequestSettled):
        await decides(floor, boss, one, False, "晚了")
    # The clock that runs out later finds it settled.
    floor.wait(3600)
    await floor.drain()
    assert await state(floor, boss, one) == "granted"
    assert await inbox(floor, boss, "decided") == [one]
    # It may be asked for again afterwards.
    assert await asks(floor, agent, about=about) != one


async def test_four_eyes_and_a_word_why(floor: Floor) -> None:
    boss, second = [await floor.hire(name, role="supervisor") for name in ("boss", "second")]
    one = await asks(floor, boss)
    assert await inbox(floor, boss) == []
    with pytest.raises(actions.FourEyes):
        await decides(floor, boss, one, True)
    with pytest.raises(actions.WhyRefused):
        await decides(floor, second, one, False, "  \n")
    await decides(floor, second, one, False, "没有凭证")
    async with floor.tx(boss) as tx:
        view = await queries.request_view(tx, one, boss)
    assert (view.state, view.answer, view.decider) == ("refused", "没有凭证", "second")


async def test_nobody_else_to_ask(floor: Floor) -> None:
    boss = await floor.hire("boss", role="supervisor")
    with pytest.raises(actions.NobodyToApprove):
        await asks(floor, boss)
    # The first rule names only who asks: those of the next are asked at once.
    admin = await floor.hire("admin", role="admin")
    await add(floor, by="members", member_ids=[boss.id])
    await add(floor, by="role", built_in="admin", place=1)
    one = await asks(floor, boss)
    assert await inbox(floor, admin) == [one]


async def test_what_nobody_decides_in_time_goes_up_and_runs_out(
    floor: Floor, monkeypatch: pytest.MonkeyPatch
) -> None:
    over: list[tuple[str, bool]] = []

    async def do(tx: Transaction, request: Asked, approved: bool) -> None:
        over.append((request.state, approved))

    monkeypatch.setitem(provided.decided, "compensation", do)
    agent, boss = await floor.hire("lin"), await floor.hire("boss", role="supervisor")
    admin = await floor.hire("admin", role="admin")
    await add(floor, by="role", built_in="supervisor", minutes=5)
    await add(floor, by="role", built_in="admin", minutes=10, place=1)
    one = await asks(floor, agent)
    assert (await inbox(floor, boss), await inbox(floor, admin)) == ([one], [])
    with pytest.raises(actions.NotAsked):
        await decides(floor, admin, one, True)
    floor.wait(299)
    await floor.drain()
    assert await inbox(floor, boss) == [one]
    floor.wait(1)
    await floor.drain()
    assert (await inbox(floor, boss), await inbox(floor, admin)) == ([], [one])
    [fact] = await floor.facts("ApprovalEscalated")
    assert (fact.payload["times"], fact.payload["member_ids"]) == (1, [str(admin.id)])
    # A timer that comes twice, or early, changes nothing.
    async with floor.tx() as tx:
        await actions.approval_due(tx, request_id=one)
    floor.wait(600)
    await floor.drain()
    assert over == [("expired", False)]
    assert await state(floor, agent, one) == "expired"
    assert len(await floor.facts("ApprovalExpired")) == 1
    with pytest.raises(actions.RequestSettled):
        await decides(floor, admin, one, True)


async def test_a_deputy_decides_for_a_while(floor: Floor) -> None:
    agent, boss = await floor.hire("lin"), await floor.hire("boss", role="supervisor")
    second = await floor.hire("second", role="supervisor")
    await add(floor, by="members", member_ids=[boss.id], minutes=60 * 24)
    one, two = await asks(floor, agent), await asks(floor, agent)
    with pytest.raises(actions.NotAsked):
        await decides(floor, second, one, True)

    async def names(to: Actor, hours: float, by: Actor = boss, **more: Any) -> UUID:
        async with floor.tx(by) as tx:
            until = floor.now + timedelta(hours=hours)
            return await actions.name_deputy(
                tx, to_id=to.id or new_id(), kinds=more.get("kinds", []), from_at=None,
                until_at=until, by=by,
            )  # fmt: skip

    for wrong in ((agent, 1), (boss, 1), (second, 0), (second, 24 * 91)):
        with pytest.raises(actions.WrongDeputy):
            await names(*wrong)
    await names(second, 1)
    assert set(await inbox(floor, second)) == {one, two}
    await decides(floor, second, one, True)
    [fact] = await floor.facts("ApprovalGranted")
    assert fact.payload["for_id"] == str(boss.id)
    # What the one he stands in for asked himself he may not decide for him.
    own = await asks(floor, second)
    assert own not in await inbox(floor, second)
    floor.wait(3601)
    assert await inbox(floor, second) == []
    with pytest.raises(actions.NotAsked):
        await decides(floor, second, two, True)
    again = await names(second, 2)
    with pytest.raises(actions.DeputyNotFound):
        async with floor.tx(second) as tx:
            await actions.end_deputy(tx, delegate_id=again, by=second)
    async with floor.tx(boss) as tx:
        await actions.end_deputy(tx, delegate_id=again, by=boss)
    assert await inbox(floor, second) == []


async def test_of_many_at_once_one_decides(floor: Floor, monkeypatch: pytest.MonkeyPatch) -> None:
    done: list[bool] = []

    async def do(tx: Transaction, request: Asked, approved: bool) -> None:
        done.append(approved)

    monkeypatch.setitem(provided.decided, "compensation", do)
    agent = await floor.hire("lin")
    bosses = [await floor.hire(f"boss{n}", role="supervisor") for n in range(4)]
    one = await asks(floor, agent)
    outcomes = await asyncio.gather(
        *(decides(floor, boss, one, n % 2 == 0, "看过了") for n, boss in enumerate(bosses * 3)),
        return_exceptions=True,
    )
    assert sum(outcome is None for outcome in outcomes) == 1
    assert {type(one) for one in outcomes if one is not None} == {actions.RequestSettled}
    assert len(done) == 1
    assert len(await floor.facts("ApprovalGranted", "ApprovalRefused")) == 1


async def test_taken_back(floor: Floor) -> None:
    agent, boss = await floor.hire("lin"), await floor.hire("boss", role="supervisor")
    about = new_id()
    one, two = await asks(floor, agent), await asks(floor, agent, about=about)
    with pytest.raises(queries.RequestNotFound):
        async with floor.tx(boss) as tx:
            await actions.withdraw(tx, request_id=one, by=boss)
    for _ in range(2):
        async with floor.tx(agent) as tx:
            await actions.withdraw(tx, request_id=one, by=agent)
    for _ in range(2):
        async with floor.tx() as tx:
            await actions.withdraw_about(tx, subject_id=about)
    assert await inbox(floor, boss) == []
    assert [fact.subject for fact in await floor.facts("ApprovalWithdrawn")] == [one, two]


async def test_by_http(floor: Floor, client: httpx.AsyncClient) -> None:
    agent, boss = await floor.hire("lin"), await floor.hire("boss", role="supervisor")
    other, admin = await floor.hire("other"), await floor.hire("admin", role="admin")
    one = await asks(floor, agent, amount_fen=500)
    await floor.sign_in(client, other)
    assert (await client.get(f"/api/case-approvals/{one}")).status_code == 404
    assert (await client.get("/api/case-approvals", params={"box": "x"})).status_code == 422
    assert (await client.get("/api/case-approvals")).json() == []
    await floor.sign_in(client, boss)
    [row] = (await client.get("/api/case-approvals")).json()
    assert (row["id"], row["asker"], row["may_decide"]) == (str(one), "lin", True)
    where = f"/api/case-approvals/{one}/decisions"
    refused = await client.post(where, json={"approve": False})
    assert refused.status_code == 422
    answer = await client.post(where, json={"approve": True, "words": "好"})
    assert (answer.status_code, answer.json()["state"]) == (200, "granted")
    assert (await client.post(where, json={"approve": True})).status_code == 409
    await floor.sign_in(client, admin)
    rule = {"kind": "exception", "name": "价保", "by": "team", "from_fen": 100}
    assert (await client.post("/api/case-approval-rules", json=rule)).status_code == 422
    rule |= {"by": "role", "built_in": "supervisor"}
    [added] = (await client.post("/api/case-approval-rules", json=rule)).json()
    assert (added["able"], added["then"], added["permission"]) == (1, "next", "")
    place = f"/api/case-approval-rules/{added['id']}"
    changed = await client.put(place, json=rule | {"minutes": 5, "version": 1})
    assert changed.json()[0]["minutes"] == 5
    stale = await client.put(place, json=rule | {"minutes": 6, "version": 1})
    assert stale.status_code == 409
    assert (await client.delete(place)).status_code == 204
    assert (await client.delete(place)).status_code == 404
