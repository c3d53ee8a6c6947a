"""Beside a conversation: whispers and questions, seen by staff only."""

from uuid import UUID

import httpx
import pytest

from peakend.assist import actions, queries
from peakend.conversations import queries as timeline
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from peakend.kernel.errors import PeakendError
from peakend.kernel.ids import new_id
from tests.routing.floor import Floor


@pytest.fixture
async def floor(database: Database, organisation: UUID) -> Floor:
    made = Floor(database, organisation)
    await made.open()
    return made


async def whisper(floor: Floor, by: Actor, here: UUID, text: str, client_id: UUID) -> UUID:
    async with floor.tx(by) as tx:
        return await actions.whisper(
            tx, conversation_id=here, client_id=client_id, text=text, by=by
        )


async def beside(floor: Floor, by: Actor, here: UUID) -> list[queries.SideThread]:
    async with floor.tx(by) as tx:
        return await queries.side_threads(tx, here, by)


async def test_only_agent_and_supervisors_see_a_whisper(floor: Floor) -> None:
    boss, agent, other = (
        await floor.hire("boss", role="supervisor"),
        await floor.hire("lin"),
        await floor.hire("zhao"),
    )
    await floor.ready(agent, other)
    here = await floor.served(agent)
    same = new_id()
    first = await whisper(floor, boss, here, "先道歉，再约上门时间", same)
    assert await whisper(floor, boss, here, "先道歉，再约上门时间", same) == first
    assert await whisper(floor, boss, here, "可以给 20 元券", new_id()) == first
    seen = await beside(floor, agent, here)
    assert [note.text for note in seen[0].notes] == ["先道歉，再约上门时间", "可以给 20 元券"]
    assert (seen[0].kind, seen[0].unread) == ("whisper", 2)
    assert await beside(floor, other, here) == []
    async with floor.tx() as tx:
        everything = await timeline.transcript(tx, here, 100)
    assert all("道歉" not in message.text for message in everything)
    facts = await floor.facts("SideNoteWritten")
    assert [fact.payload["member_ids"] for fact in facts] == [[str(agent.id)]] * 2
    assert all("text" not in fact.payload for fact in facts)
    async with floor.tx(agent) as tx:
        await actions.read_side_thread(tx, thread_id=first, seq=99, by=agent)
        await actions.add_side_note(tx, thread_id=first, client_id=new_id(), text="好的", by=agent)
    assert (await beside(floor, agent, here))[0].unread == 0
    assert (await beside(floor, boss, here))[0].unread == 1
    with pytest.raises(queries.SideThreadNotFound):
        async with floor.tx(other) as tx:
            await actions.add_side_note(
                tx, thread_id=first, client_id=new_id(), text="我也说", by=other
            )


async def test_nobody_hears_a_whisper_where_no_agent_is(floor: Floor) -> None:
    boss = await floor.hire("boss", role="supervisor")
    here = await floor.writes()
    with pytest.raises(actions.NobodyToWhisperTo):
        await whisper(floor, boss, here, "喂", new_id())


async def test_a_colleague_of_another_queue_is_asked_and_answers(floor: Floor) -> None:
    agent = await floor.hire("lin")
    expert, stranger = await floor.hire("he", serves=False), await floor.hire("su", serves=False)
    await floor.ready(agent)
    here = await floor.served(agent)
    asked = new_id()
    for _ in range(2):
        async with floor.tx(agent) as tx:
            await actions.ask(
                tx,
                conversation_id=here,
                client_id=asked,
                member_ids=[expert.id],  # type: ignore[list-item]
                text="E3 还能自己复位吗",
                by=agent,
            )
    async with floor.tx(expert) as tx:
        mine = await queries.my_side_threads(tx, expert, floor.now.replace(year=2000))
        view = await queries.side_view(tx, asked, expert)
    assert [(one.id, one.unread, len(one.notes)) for one in mine] == [(asked, 1, 1)]
    assert view.conversation.id == here
    assert view.messages[0].text == "您好，灶台打不着火"
    with pytest.raises(queries.SideThreadNotFound):
        async with floor.tx(stranger) as tx:
            await queries.side_view(tx, asked, stranger)
    async with floor.tx(expert) as tx:
        await actions.add_side_note(
            tx, thread_id=asked, client_id=new_id(), text="可以，长按 5 秒", by=expert
        )
    seen = (await beside(floor, agent, here))[0]
    assert seen.resolved_at is not None
    assert seen.unread == 1
    async with floor.tx(agent) as tx:
        await actions.resolve_side_thread(tx, thread_id=asked, resolved=False, by=agent)
    assert (await beside(floor, agent, here))[0].resolved_at is None
    assert [f.payload["resolved"] for f in await floor.facts("SideThreadResolved")] == [False]


async def test_wrong_questions(floor: Floor) -> None:
    agent = await floor.hire("lin")
    await floor.ready(agent)
    here = await floor.served(agent)
    for people, text in (([agent.id], "?"), ([new_id()], "?"), ([], "?")):
        with pytest.raises(PeakendError):
            async with floor.tx(agent) as tx:
                await actions.ask(
                    tx,
                    conversation_id=here,
                    client_id=new_id(),
                    member_ids=people,  # type: ignore[arg-type]
                    text=text,
                    by=agent,
                )


async def test_over_http(floor: Floor, client: httpx.AsyncClient) -> None:
    boss, agent = await floor.hire("boss", role="supervisor"), await floor.hire("lin")
    await floor.ready(agent)
    here = await floor.served(agent)
    await floor.sign_in(client, agent)
    sent = {"client_id": str(new_id()), "text": "先稳住"}
    assert (await client.post(f"/api/conversations/{here}/whispers", json=sent)).status_code == 403
    await floor.sign_in(client, boss)
    answer = await client.post(f"/api/conversations/{here}/whispers", json=sent)
    assert answer.status_code == 201
    thread = answer.json()["id"]
    await floor.sign_in(client, agent)
    seen = (await client.get(f"/api/conversations/{here}/watch")).json()["threads"]
    assert [note["text"] for note in seen[0]["notes"]] == ["先稳住"]
    assert (
        await client.post(f"/api/side-threads/{thread}/reads", json={"seq": 1})
    ).status_code == 204
    assert (await client.get("/api/side-threads")).json()[0]["unread"] == 0
    assert (await client.get(f"/api/side-threads/{new_id()}")).status_code == 404
    empty = {"client_id": str(new_id()), "text": "   "}
    wrong = await client.post(f"/api/side-threads/{thread}/notes", json=empty)
    assert wrong.status_code == 422
    assert "000" in wrong.json()["error"]["message"]
