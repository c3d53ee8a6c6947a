"""Each wait in a line is kept, whoever asks, and its customer can see the proof."""

import httpx
import pytest

from peakend.complaints import actions, queries
from peakend.conversations import actions as conversations
from peakend.kernel.db import Database
from peakend.kernel.ids import new_id
from tests.routing.floor import Floor


@pytest.fixture
async def floor(database: Database, organisation) -> Floor:
    made = Floor(database, organisation)
    await made.open()
    return made


async def shown(floor: Floor, conversation_id, by=None) -> list[queries.Wait]:
    """Return the waits of a conversation as somebody sees them."""
    by = by or floor.system
    async with floor.tx(by) as tx:
        return await queries.waits_of_conversation(tx, conversation_id, by)


async def test_a_wait_is_kept_until_somebody_answers(floor: Floor) -> None:
    agent = await floor.hire("linxi")
    talk = await floor.writes()
    await floor.drain()
    (waiting,) = await shown(floor, talk)
    assert (waiting.until_at, waiting.outcome, waiting.queue_name) == (None, None, "燃气服务")
    began = floor.now
    floor.wait(95)
    async with floor.tx(agent) as tx:
        from peakend.routing import actions as routing

        await routing.pick(tx, conversation_id=talk, by=agent)
    await floor.drain()
    (done,) = await shown(floor, talk)
    assert (done.outcome, done.waited_s, done.agent_name) == ("answered", 95, "linxi")
    assert done.until_at is not None
    assert (done.until_at - began).total_seconds() == 95
    (ended,) = await floor.facts("WaitEnded")
    assert ended.payload["waited_s"] == 95
    # Whatever comes again or late says the same.
    leg = (await floor.legs(talk))[0]
    for _ in range(2):
        async with floor.tx() as tx:
            await actions.keep_wait(tx, leg_id=leg.id)
    assert await shown(floor, talk) == [done]
    assert len(await floor.facts("WaitEnded")) == 1


async def test_who_leaves_has_waited_too(floor: Floor) -> None:
    talk = await floor.writes()
    await floor.drain()
    floor.wait(40)
    async with floor.tx() as tx:
        await conversations.close(tx, conversation_id=talk, by=floor.system)
    await floor.drain()
    (done,) = await shown(floor, talk)
    assert done.outcome in ("left", "closed")
    assert done.waited_s == 40


async def test_nobody_reads_waits_of_what_he_does_not_see(
    floor: Floor, client: httpx.AsyncClient
) -> None:
    agent = await floor.hire("linxi")
    stranger = await floor.hire("zhaoyu", serves=False)
    talk = await floor.served(agent)
    (one,) = await shown(floor, talk)
    await floor.sign_in(client, stranger)
    assert (await client.get("/api/waits")).json()["items"] == []
    assert (await client.get(f"/api/conversations/{talk}/waits")).status_code == 404
    assert (await client.post(f"/api/waits/{one.id}/proofs")).status_code == 404
    await floor.sign_in(client, agent)
    found = (await client.get("/api/waits", params={"outcome": "answered"})).json()["items"]
    assert [item["id"] for item in found] == [str(one.id)]
    assert (await client.get("/api/waits", params={"over": "true"})).json()["items"] == []
    assert (await client.get("/api/waits", params={"cursor": "x"})).status_code == 422
    for wrong in ({"outcome": "x"}, {"since": "yesterday"}):
        assert (await client.get("/api/waits", params=wrong)).status_code in (400, 422), wrong


async def test_the_list_goes_on_page_by_page(floor: Floor, monkeypatch) -> None:
    monkeypatch.setattr("peakend.complaints.queries.waits.MOST_ROWS", 2)
    talks = [await floor.writes() for _ in range(5)]
    await floor.drain()
    seen, cursor = [], None
    async with floor.tx() as tx:
        while True:
            page = await queries.waits_found(tx, floor.system, queries.WaitSearch(), cursor)
            seen += [one.conversation_id for one in page.items]
            if (cursor := page.next) is None:
                break
    assert seen == talks[::-1]


async def test_the_customer_reads_the_proof_until_it_is_taken_back(
    floor: Floor, client: httpx.AsyncClient
) -> None:
    agent = await floor.hire("linxi")
    talk = await floor.served(agent)
    (one,) = await shown(floor, talk)
    await floor.sign_in(client, agent)
    given = (await client.post(f"/api/waits/{one.id}/proofs")).json()
    assert given["wait"]["proof_until"] is not None
    path = "/w-proof/" + given["url"].split("/w-proof/")[1]
    client.cookies.clear()
    page = await client.get(path)
    assert page.status_code == 200
    assert page.headers["cache-control"] == "no-store"
    assert "等待记录" in page.text
    assert "Record of your wait" in (await client.get(path, params={"lang": "en"})).text
    at = path.index(".") - 4
    forged = path[:at] + ("A" if path[at] != "A" else "B") + path[at + 1 :]
    assert (await client.get(forged)).status_code == 404
    await floor.sign_in(client, agent)
    assert (await client.delete(f"/api/waits/{one.id}/proofs")).json()["proof_until"] is None
    assert (await client.get(path)).status_code == 404
    # The next link is another one.
    again = (await client.post(f"/api/waits/{one.id}/proofs")).json()["url"]
    assert not again.endswith(path)
    assert (await client.get(path)).status_code == 404
    assert (await client.post(f"/api/waits/{new_id()}/proofs")).status_code == 404
