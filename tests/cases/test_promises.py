"""Promises as they are made, moved, kept, broken and seen; ten thousand of a minute at once."""

from datetime import date, timedelta
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from peakend.cases import actions, queries
from peakend.kernel.actors import Actor
from tests.cases.conftest import Desk


async def promised(desk: Desk, by: Actor, **more: Any) -> UUID:
    """Promise something in two hours, or as said."""
    given: dict[str, Any] = {
        "kind": "call_back", "words": "今天下班前给您回电", "due_at": desk.now + timedelta(hours=2),
    }  # fmt: skip
    async with desk.tx(by) as tx:
        return await actions.make_promise(tx, by=by, **(given | more))


async def shown(desk: Desk, by: Actor, **more: Any) -> list[queries.PromiseView]:
    async with desk.tx(by) as tx:
        return (await queries.promise_page(tx, by, **more)).items


async def types(desk: Desk) -> list[str]:
    found = await desk.facts_of("Promise%")
    return [one.type for one in found]


async def test_a_promise_is_warned_of_and_broken_at_its_time(desk: Desk) -> None:
    conversation_id = await desk.served(desk.agent)
    promise_id = await promised(desk, desk.agent, conversation_id=conversation_id)
    row = await desk.conversation(conversation_id)
    [seen] = await shown(desk, desk.agent)
    assert (seen.id, seen.customer_id, seen.owner_id) == (
        promise_id, row.customer_id, desk.agent.id,
    )  # fmt: skip
    assert (seen.state, seen.standing) == ("open", "open")
    desk.wait(89 * 60)
    await desk.drain()
    assert await types(desk) == ["PromiseMade"]
    desk.wait(61)
    await desk.drain()
    assert await types(desk) == ["PromiseMade", "PromiseWarned"]
    assert [one.standing for one in await shown(desk, desk.agent, show="soon")] == ["soon"]
    desk.wait(30 * 60)
    await desk.drain()
    assert await types(desk) == ["PromiseMade", "PromiseWarned", "PromiseBroken"]
    [broken] = await desk.facts_of("PromiseBroken")
    assert broken.agent_id == desk.agent.id
    # Who leads is told by name.
    assert broken.payload["member_ids"] == [str(desk.boss.id)]
    assert [one.id for one in await shown(desk, desk.boss, show="broken", mine=False)] == [
        promise_id
    ]
    # Looking again says nothing twice.
    async with desk.tx() as tx:
        await actions.look_at_promises(tx)
    await desk.drain()
    assert len(await types(desk)) == 3


async def test_what_was_kept_in_time_is_never_broken(desk: Desk) -> None:
    promise_id = await promised(desk, desk.agent, customer_id=await desk.customer())
    async with desk.tx(desk.agent) as tx:
        await actions.keep_promise(tx, promise_id=promise_id, by=desk.agent, version=1)
    desk.wait(3 * 3600)
    await desk.drain()
    assert await types(desk) == ["PromiseMade", "PromiseKept"]
    with pytest.raises(actions.PromiseSettled):
        async with desk.tx(desk.agent) as tx:
            await actions.keep_promise(tx, promise_id=promise_id, by=desk.agent)


async def test_what_is_kept_late_stays_broken(desk: Desk) -> None:
    customer_id = await desk.customer()
    first = await promised(desk, desk.agent, customer_id=customer_id)
    second = await promised(desk, desk.agent, customer_id=customer_id)
    desk.wait(2 * 3600)
    # One was kept a moment after its time, before anybody looked.
    async with desk.tx(desk.agent) as tx:
        await actions.keep_promise(tx, promise_id=first, by=desk.agent)
    await desk.drain()
    async with desk.tx(desk.agent) as tx:
        await actions.keep_promise(tx, promise_id=second, by=desk.agent)
    assert sorted(await types(desk)) == [
        "PromiseBroken", "PromiseBroken", "PromiseKept", "PromiseKept", "PromiseMade",
        "PromiseMade",
    ]  # fmt: skip
    assert [one.payload["in_time"] for one in await desk.facts_of("PromiseKept")] == [False] * 2
    assert await shown(desk, desk.agent, show="broken") == []
    assert {one.state for one in await shown(desk, desk.agent, show="settled")} == {"broken"}
    today = desk.now.date()
    async with desk.tx(desk.boss) as tx:
        rates = await queries.promise_rates(
            tx, desk.boss, first=today - timedelta(days=1), last=today + timedelta(days=1)
        )
    assert (rates.whole.kept, rates.whole.broken, rates.whole.n, rates.whole.share) == (0, 2, 2, 0)


async def test_the_share_is_by_member_and_kind(desk: Desk) -> None:
    customer_id = await desk.customer()
    for by, kind, keeps in (
        (desk.agent, "call_back", True),
        (desk.agent, "visit", False),
        (desk.other, "call_back", True),
        (desk.other, "call_back", True),
    ):
        one = await promised(desk, by, customer_id=customer_id, kind=kind)
        if keeps:
            async with desk.tx(by) as tx:
                await actions.keep_promise(tx, promise_id=one, by=by)
    back = await promised(desk, desk.agent, customer_id=customer_id)
    async with desk.tx(desk.agent) as tx:
        await actions.withdraw_promise(tx, promise_id=back, why="customer", by=desk.agent)
    day = desk.now.date()
    desk.wait(3 * 3600)
    await desk.drain()
    span = {"first": day - timedelta(days=1), "last": day + timedelta(days=2)}
    async with desk.tx(desk.boss) as tx:
        rates = await queries.promise_rates(tx, desk.boss, **span)
    by_name = {one.name: (one.kept, one.broken, one.n, one.withdrawn) for one in rates.members}
    assert by_name == {"zhou.min": (1, 1, 2, 1), "sun.tao": (2, 0, 2, 0)}
    by_kind = {one.kind: one.share for one in rates.kinds}
    assert by_kind == {"call_back": 1.0, "visit": 0.0}
    # An agent without a team sees his own.
    async with desk.tx(desk.other) as tx:
        own = await queries.promise_rates(tx, desk.other, **span)
        assert [one.name for one in own.members] == ["sun.tao"]
        with pytest.raises(queries.WrongPeriod):
            await queries.promise_rates(
                tx, desk.other, first=date(2026, 1, 2), last=date(2026, 1, 1)
            )


async def test_a_promise_can_be_moved_until_its_time_is_over(desk: Desk) -> None:
    promise_id = await promised(desk, desk.agent, customer_id=await desk.customer())
    later = desk.now + timedelta(hours=8)
    async with desk.tx(desk.agent) as tx:
        await actions.move_promise(
            tx, promise_id=promise_id, by=desk.agent, due_at=later, version=1
        )
    with pytest.raises(queries.PromiseStale):
        async with desk.tx(desk.agent) as tx:
            await actions.move_promise(
                tx, promise_id=promise_id, by=desk.agent, due_at=later, version=1
            )
    desk.wait(3 * 3600)
    await desk.drain()
    # The timer of the earlier time changed nothing.
    assert await types(desk) == ["PromiseMade", "PromiseMoved"]
    desk.wait(6 * 3600)
    await desk.drain()
    assert (await types(desk))[-1] == "PromiseBroken"
    with pytest.raises(actions.PromiseSettled):
        async with desk.tx(desk.boss) as tx:
            await actions.move_promise(
                tx, promise_id=promise_id, by=desk.boss, due_at=desk.now + timedelta(days=1)
            )
    with pytest.raises(actions.PromiseSettled):
        async with desk.tx(desk.boss) as tx:
            await actions.withdraw_promise(tx, promise_id=promise_id, why="mistake", by=desk.boss)


async def test_nobody_reaches_a_strangers_promise(desk: Desk) -> None:
    promise_id = await promised(desk, desk.agent, customer_id=await desk.customer())
    assert await shown(desk, desk.other, mine=False) == []
    with pytest.raises(queries.PromiseNotFound):
        async with desk.tx(desk.other) as tx:
            await actions.keep_promise(tx, promise_id=promise_id, by=desk.other)


async def test_whoever_serves_the_customer_knows_and_may_keep_it(desk: Desk) -> None:
    conversation_id = await desk.served(desk.agent)
    promise_id = await promised(desk, desk.agent, conversation_id=conversation_id)
    colleague = await desk.hire("he.jun")
    async with desk.tx(colleague) as tx:
        [one] = await queries.promises_of_conversation(tx, conversation_id, colleague)
        assert one.id == promise_id
        with pytest.raises(actions.NotYourPromise):
            await actions.withdraw_promise(tx, promise_id=promise_id, why="mistake", by=colleague)
        await actions.keep_promise(tx, promise_id=promise_id, by=colleague)


async def test_the_same_request_again_promises_once(desk: Desk) -> None:
    given = {"customer_id": await desk.customer(), "client_id": uuid4()}
    assert await promised(desk, desk.agent, **given) == await promised(desk, desk.agent, **given)
    assert len(await types(desk)) == 1


@pytest.mark.parametrize(
    ("given", "error"),
    [
        ({"words": "  "}, actions.PromiseWordsNeeded),
        ({"words": "好" * 501}, actions.PromiseTooLong),
        ({"due_at": timedelta(seconds=30)}, actions.WrongPromiseTime),
        ({"due_at": timedelta(hours=-1)}, actions.WrongPromiseTime),
        ({"due_at": timedelta(days=181)}, actions.WrongPromiseTime),
    ],
)
async def test_what_cannot_be_promised(
    desk: Desk, given: dict[str, Any], error: type[Exception]
) -> None:
    if "due_at" in given:
        given = {"due_at": desk.now + given["due_at"]}
    customer_id = await desk.customer()
    with pytest.raises(error):
        await promised(desk, desk.agent, customer_id=customer_id, **given)


async def test_many_of_one_moment_are_broken_in_one_look(desk: Desk) -> None:
    customer_id = await desk.customer()
    await promised(desk, desk.agent, customer_id=customer_id)
    async with desk.tx() as tx:
        await tx.run(
            "INSERT INTO promise (id, customer_id, kind, words, made_at, owner_id, due_at, warn_at)"
            " SELECT gen_random_uuid(), $1, 'visit', 'x', $2::timestamptz, $3,"
            " $2::timestamptz + make_interval(secs => 60 + n % 60), $2::timestamptz"
            " FROM generate_series(1, 2500) n",
            customer_id, desk.now, desk.agent.id,
        )  # fmt: skip
    # The clock was put forward by a day: all of them at once, once each.
    desk.wait(24 * 3600)
    await desk.drain()
    async with desk.tx() as tx:
        assert await tx.value("SELECT count(*) FROM promise WHERE state = 'broken'") == 2501
        assert await tx.value("SELECT count(*) FROM event WHERE type = 'PromiseBroken'") == 2501


async def test_promises_over_http(desk: Desk, client: httpx.AsyncClient) -> None:
    conversation_id = await desk.served(desk.agent)
    await desk.sign_in(client, desk.agent)
    moments = (await client.get(f"/api/promise-moments?conversation_id={conversation_id}")).json()
    assert moments["presets"][0]["key"] == "half_hour"
    given = {
        "client_id": str(uuid4()), "kind": "visit", "words": "师傅明天上午上门",
        "due_at": moments["presets"][-1]["due_at"], "conversation_id": str(conversation_id),
    }  # fmt: skip
    answer = await client.post("/api/promises", json=given)
    assert answer.status_code == 201, answer.text
    assert (await client.post("/api/promises", json=given)).json() == answer.json()
    assert (await client.get("/api/promise-counts")).json() == {"open": 1, "soon": 0, "broken": 0}
    [one] = (await client.get("/api/promises")).json()["items"]
    assert one["words"] == "师傅明天上午上门"
    bad = await client.post("/api/promises", json=given | {"client_id": str(uuid4()), "kind": "x"})
    assert bad.status_code == 422
    gone = await client.post(f"/api/promises/{uuid4()}/keepings", json={"version": 1})
    assert gone.status_code == 404
    kept = await client.post(f"/api/promises/{one['id']}/keepings", json={"version": 1})
    assert kept.status_code == 204
    stale = await client.post(f"/api/promises/{one['id']}/keepings", json={"version": 1})
    assert stale.status_code == 409
    page = await client.get("/api/promises", params={"cursor": "x"})
    assert page.status_code == 422
