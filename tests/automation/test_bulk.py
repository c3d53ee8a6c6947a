"""One act on many conversations: done once, in portions, with reasons, and put back."""

from datetime import timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest

from peakend.automation import actions, queries
from peakend.automation.actions import bulk
from peakend.automation.rules.bulk import BulkArgs, args_fault, bulk_refusal
from peakend.automation.rules.macros import Standing
from peakend.conversations import actions as conversations
from peakend.conversations import queries as shown
from peakend.conversations.queries import ViewFilter
from peakend.kernel.actors import Actor
from tests.automation.conftest import Bench, Browser


async def waiting(bench: Bench, count: int) -> list[UUID]:
    """Let so many more customers write whom nobody serves yet."""
    ids = [await bench.floor.writes() for _ in range(count)]
    await bench.floor.drain()
    return ids


async def start(
    bench: Bench,
    what: Any,
    ids: list[UUID] | None,
    by: Actor | None = None,
    *,
    run_id: UUID | None = None,
    given: ViewFilter | None = None,
    **args: Any,
) -> UUID:
    by, run_id = by or bench.boss, run_id or uuid4()
    async with bench.floor.tx(by) as tx:
        rows = {row.id: row for row in await shown.rows(tx, ids or [], None)}
        await actions.start_bulk(
            tx, run_id=run_id, what=what, args=BulkArgs(**args),
            chosen=[(one, rows[one].version) for one in ids or []], given=given, by=by,
        )  # fmt: skip
    return run_id


async def seen(bench: Bench, run_id: UUID, by: Actor | None = None) -> queries.BulkRun:
    async with bench.floor.tx(by or bench.boss) as tx:
        return await queries.bulk_run(tx, run_id, by or bench.boss)


async def undo(bench: Bench, run_id: UUID) -> None:
    async with bench.floor.tx(bench.boss) as tx:
        await actions.undo_bulk(tx, run_id=run_id, by=bench.boss)
    await bench.floor.drain()


async def rows(bench: Bench, ids: list[UUID]) -> list[shown.ConversationRow]:
    async with bench.floor.tx() as tx:
        return await shown.rows(tx, ids, None)


async def whys(bench: Bench, run_id: UUID) -> dict[UUID, str]:
    async with bench.floor.tx(bench.boss) as tx:
        found = await queries.left_out(tx, run_id, bench.boss)
    return {one.conversation_id: one.why for one in found}


async def test_tags_for_all_and_back(bench: Bench) -> None:
    ids = await waiting(bench, 45)
    run_id = await start(bench, "tag", ids, tag_ids=[bench.tag_id])
    await bench.floor.drain()
    run = await seen(bench, run_id)
    assert (run.state, run.total, run.done, run.left_out) == ("done", 45, 45, 0)
    assert all([tag.id for tag in row.tags] == [bench.tag_id] for row in await rows(bench, ids))
    # One was changed since: it stays, the others are as they were.
    async with bench.floor.tx(bench.boss) as tx:
        await conversations.tag(tx, conversation_id=ids[0], tag_ids=[], by=bench.boss)
    await undo(bench, run_id)
    run = await seen(bench, run_id)
    assert (run.state, run.put_back, run.kept) == ("undone", 44, 1)
    assert await whys(bench, run_id) == {ids[0]: "操作之后又有改动，保持现状"}
    assert all(not row.tags for row in await rows(bench, ids))
    await undo(bench, run_id)
    assert (await seen(bench, run_id)).put_back == 44


async def test_a_tag_is_put_whatever_was_said_since(bench: Bench) -> None:
    ids = await waiting(bench, 2)
    run_id = await start(bench, "tag", ids, tag_ids=[bench.tag_id])
    async with bench.floor.tx(bench.boss) as tx:
        await conversations.set_priority(
            tx, conversation_id=ids[0], priority="urgent", by=bench.boss
        )
    await bench.floor.drain()
    run = await seen(bench, run_id)
    assert (run.done, run.left_out) == (2, 0)
    assert [row.priority for row in await rows(bench, ids)] == ["urgent", "normal"]


async def test_a_double_click_is_one_run(bench: Bench) -> None:
    ids = await waiting(bench, 2)
    run_id = await start(bench, "priority", ids, priority="urgent")
    assert run_id == await start(bench, "priority", ids, run_id=run_id, priority="urgent")
    await bench.floor.drain()
    async with bench.floor.tx() as tx:
        sql = "SELECT count(*) FROM event WHERE type = 'PrioritySet'"
        assert await tx.value(sql) == 2
        assert await tx.value("SELECT count(*) FROM event WHERE type = 'BulkStarted'") == 1
        sql = "SELECT DISTINCT actor FROM event WHERE type = 'PrioritySet'"
        # It is the person's doing, not the system's.
        assert await tx.value(sql) == f"member:{bench.boss.id}"
    # The run is nobody else's.
    with pytest.raises(queries.BulkRunNotFound):
        await start(bench, "priority", ids, bench.agent, run_id=run_id, priority="urgent")


async def test_each_row_is_checked_for_itself(bench: Bench) -> None:
    free, stale, closed = await waiting(bench, 3)
    run_id = uuid4()
    async with bench.floor.tx() as tx:
        await conversations.close(tx, conversation_id=closed, by=bench.floor.system)
    await start(
        bench, "snooze", [bench.conversation_id, free, stale, closed], bench.agent, run_id=run_id,
        until=bench.floor.now + timedelta(days=1),
    )  # fmt: skip
    async with bench.floor.tx() as tx:
        await conversations.set_priority(
            tx, conversation_id=stale, priority="low", by=bench.floor.system
        )
    await bench.floor.drain()
    run = await seen(bench, run_id, bench.agent)
    assert (run.state, run.done, run.left_out) == ("done", 1, 3)
    async with bench.floor.tx(bench.agent) as tx:
        left = {
            one.conversation_id: one.why for one in await queries.left_out(tx, run_id, bench.agent)
        }
    assert left[stale] == "选择之后会话有了变化"
    assert set(left) == {free, stale, closed}
    assert (await rows(bench, [bench.conversation_id]))[0].snoozed_until is not None


async def test_who_dies_in_a_portion_loses_none_and_does_none_twice(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    ids = await waiting(bench, 60)
    run_id = await start(bench, "tag", ids, tag_ids=[bench.tag_id])
    told, times = bulk._tell, 0

    async def dies(*args: Any, **more: Any) -> None:
        nonlocal times
        times += 1
        if times == 2:
            raise RuntimeError
        await told(*args, **more)

    monkeypatch.setattr(bulk, "_tell", dies)
    await bench.floor.drain()
    half = await seen(bench, run_id)
    assert (half.state, half.done) == ("running", 20)
    # Another worker goes on where the portion was not committed.
    bench.floor.wait(60)
    await bench.floor.drain()
    run = await seen(bench, run_id)
    assert (run.state, run.done) == ("done", 60)
    async with bench.floor.tx() as tx:
        sql = "SELECT count(*) FROM event WHERE type = 'ConversationTagged'"
        assert await tx.value(sql) == 60


async def test_all_that_match(bench: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    ids = await waiting(bench, 130)
    monkeypatch.setattr(bulk, "GATHERED_AT_ONCE", 50)
    given = ViewFilter(stages=["waiting"])
    run_id = await start(bench, "priority", None, given=given, priority="high")
    await bench.floor.drain()
    run = await seen(bench, run_id)
    assert (run.state, run.total, run.done) == ("done", 130, 130)
    assert {row.priority for row in await rows(bench, ids)} == {"high"}
    monkeypatch.setattr(bulk, "MOST_CHOSEN", 100)
    run_id = await start(bench, "priority", None, given=given, priority="low")
    await bench.floor.drain()
    assert (await seen(bench, run_id)).total == 100


async def test_closing_and_its_way_back(bench: Bench) -> None:
    ids = [bench.conversation_id, *(await waiting(bench, 1))]
    before = await rows(bench, ids)
    run_id = await start(bench, "close", ids, solved=True, reason_id=bench.reason_id)
    await bench.floor.drain()
    assert {row.state for row in await rows(bench, ids)} == {"closed"}
    bench.floor.wait(300)
    await undo(bench, run_id)
    after = await rows(bench, ids)
    assert [(r.state, r.agent_id) for r in after] == [(r.state, r.agent_id) for r in before]
    run = await seen(bench, run_id)
    assert (run.state, run.put_back) == ("undone", 2)


async def test_assigning_and_its_way_back(bench: Bench) -> None:
    (free,) = await waiting(bench, 1)
    ids = [bench.conversation_id, free]
    run_id = await start(bench, "assign", ids, agent_id=bench.other.id)
    await bench.floor.drain()
    assert {row.agent_id for row in await rows(bench, ids)} == {bench.other.id}
    await undo(bench, run_id)
    run = await seen(bench, run_id)
    assert (run.put_back, run.kept) == (2, 0)
    held, back = await rows(bench, ids)
    assert (held.agent_id, back.agent_id) != (bench.other.id, bench.other.id)


async def test_a_macro_for_many_and_no_way_back(bench: Bench) -> None:
    ids = await waiting(bench, 3)
    macro_id = await bench.macro(tag_ids=[bench.tag_id], priority="high", note="统一处理")
    run_id = await start(bench, "macro", ids, macro_id=macro_id)
    await bench.floor.drain()
    assert (await seen(bench, run_id)).done == 3
    assert {row.priority for row in await rows(bench, ids)} == {"high"}
    with pytest.raises(actions.NothingToUndo):
        await undo(bench, run_id)


async def test_too_late_is_too_late(bench: Bench) -> None:
    ids = await waiting(bench, 1)
    run_id = await start(bench, "priority", ids, priority="high")
    await bench.floor.drain()
    assert (await seen(bench, run_id)).undo_until is not None
    bench.floor.wait(700)
    with pytest.raises(actions.NothingToUndo):
        await undo(bench, run_id)


@pytest.mark.parametrize(
    ("what", "args", "fault"),
    [
        ("assign", {}, "agent_id"),
        ("tag", {}, "tag_ids"),
        ("close", {"solved": False}, None),
        ("reopen", {"solved": True}, "solved"),
        ("priority", {"priority": "low", "solved": True}, "solved"),
    ],
)
def test_arguments_fit(what: Any, args: dict[str, Any], fault: str | None) -> None:
    assert args_fault(what, BulkArgs(**args)) == fault


def test_rights_are_asked_for_each_row() -> None:
    mine = Standing(state="serving", agent_id=UUID(int=1), by_id=UUID(int=1), rights=frozenset())
    assert bulk_refusal("close", mine) == "kernel.not_permitted"


async def test_over_http(bench: Bench, browser: Browser) -> None:
    agent, boss = await browser(bench.agent), await browser(bench.boss)
    body: dict[str, Any] = {
        "client_id": str(uuid4()), "what": "priority", "args": {"priority": "high"},
        "chosen": [{"id": str(bench.conversation_id), "version": 1}],
    }  # fmt: skip
    made = await agent.post("/api/bulk-runs", json=body)
    assert (made.status_code, made.json()["total"]) == (202, 1)
    path = f"/api/bulk-runs/{body['client_id']}"
    assert (await boss.get(path)).status_code == 404
    assert (await boss.get(f"{path}/left-out")).status_code == 404
    assert (await boss.post(f"{path}/undos")).status_code == 404
    bench.floor.wait(60)
    await bench.floor.drain()
    assert (await agent.get("/api/bulk-runs")).json()[0]["left_out"] == 1
    left = (await agent.get(f"{path}/left-out", headers={"Accept-Language": "en"})).json()
    assert left[0]["why"] == "It changed after it was chosen"
    assert (await agent.post(f"{path}/undos")).status_code == 409
    for change in ({"chosen": []}, {"what": "x"}, {"args": {}}, {"filter": {}}):
        again = {**body, "client_id": str(uuid4()), **change}
        assert (await agent.post("/api/bulk-runs", json=again)).status_code == 422, change
    assign = {**body, "client_id": str(uuid4()), "what": "assign",
              "args": {"agent_id": str(bench.other.id)}}  # fmt: skip
    assert (await agent.post("/api/bulk-runs", json=assign)).status_code == 403
