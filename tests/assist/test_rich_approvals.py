"""Cards, orders, steps and replies to choose from wait for a senior as words do."""

import io
from typing import Any
from uuid import UUID

import httpx
import msgspec
import pytest
from PIL import Image

from peakend.assist import queries
from peakend.conversations import actions as conversations
from peakend.conversations import queries as timeline
from peakend.conversations.queries import Rich
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from peakend.kernel.errors import Invalid
from peakend.kernel.files import FileNotFound, save_file
from peakend.kernel.ids import new_id
from tests.assist.test_approvals import asks, beside, decides, people, requires
from tests.routing.floor import Floor


@pytest.fixture
async def floor(database: Database, organisation: UUID) -> Floor:
    made = Floor(database, organisation)
    await made.open()
    return made


def rich(**given: Any) -> Rich:
    return msgspec.convert(given, Rich)


def card(title: str, file_id: UUID | None = None) -> Rich:
    tile = {"title": title, "file_id": file_id and str(file_id), "buttons": [{"label": "好"}]}
    return rich(intro="您看", block={"type": "cards", "cards": [tile]})


async def picture(floor: Floor, by: Actor, name: str) -> UUID:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(out, "PNG")
    async with floor.tx(by) as tx:
        return (await save_file(tx, out.getvalue(), name, purpose="message")).id


async def sent(floor: Floor, here: UUID) -> list[timeline.Message]:
    async with floor.tx() as tx:
        return [m for m in await timeline.transcript(tx, here, 100) if m.kind == "agent"]


SHAPES = {
    "cards": card("换电池"),
    "order": rich(block={"type": "order", "number": "A1", "amount_fen": 1200}),
    "step": rich(block={"type": "step", "n": 1, "of": 2, "text": "关阀门"}),
    "quick": rich(intro="哪天方便", quick=["明天", "后天"]),
}


@pytest.mark.parametrize("shape", SHAPES)
async def test_it_goes_exactly_as_it_was_seen(floor: Floor, shape: str) -> None:
    boss, agent, here = await people(floor)
    await requires(floor, member_ids=[agent.id])
    content = SHAPES[shape]
    with pytest.raises(queries.ApprovalNeeded):
        async with floor.tx(agent) as tx:
            await conversations.send_rich(
                tx, conversation_id=here, client_id=new_id(), content=content, by=agent
            )
    one = await asks(floor, agent, here, "", content=content)
    assert await sent(floor, here) == []
    [waits] = await beside(floor, boss, here)
    assert waits.rich is not None
    assert waits.text
    assert await floor.facts("RichMessageSent") == []
    await decides(floor, boss, one, "approved")
    [message] = await sent(floor, here)
    assert (message.code, message.params, message.text) == ("rich", waits.rich, waits.text)
    [fact] = await floor.facts("RichMessageSent")
    assert (fact.payload["shape"], fact.agent_id, fact.actor) == (shape, agent.id, boss.label)
    [reply] = await floor.facts("ReplySent")
    assert (reply.agent_id, reply.leg_id) == (agent.id, fact.leg_id)


async def test_its_pictures_are_the_writers_and_are_seen_before(floor: Floor) -> None:
    boss, agent, here = await people(floor)
    own, theirs = await picture(floor, agent, "灶.png"), await picture(floor, boss, "别人.png")
    with pytest.raises(FileNotFound):
        await asks(floor, agent, here, "", content=card("灶", theirs))
    one = await asks(floor, agent, here, "", content=card("灶", own))
    [waits] = await beside(floor, boss, here)
    assert [(file.id, file.name) for file in waits.pictures] == [(own, "灶.png")]
    assert waits.pictures[0].thumb_url or waits.pictures[0].url
    assert waits.files == []
    await decides(floor, boss, one, "approved")
    [message] = await sent(floor, here)
    assert [file.id for file in message.files] == [own]


async def test_a_senior_changes_it_with_the_pictures_it_had(floor: Floor) -> None:
    boss, agent, here = await people(floor)
    own, strange = await picture(floor, agent, "灶.png"), await picture(floor, agent, "另一.png")
    one = await asks(floor, agent, here, "", content=card("退 20 元", own))
    with pytest.raises(Invalid):
        await decides(floor, boss, one, "changed", text="只有字")
    with pytest.raises(FileNotFound):
        await decides(floor, boss, one, "changed", content=card("退 10 元", strange))
    assert await sent(floor, here) == []
    mine = await picture(floor, boss, "新.png")
    tiles = [{"title": "退 10 元", "file_id": str(own)}, {"title": "说明", "file_id": str(mine)}]
    better = rich(intro="您看", block={"type": "cards", "cards": tiles})
    await decides(floor, boss, one, "changed", content=better)
    [message] = await sent(floor, here)
    assert message.text == "您看\n\n退 10 元\n\n说明"
    assert [file.id for file in message.files] == [own, mine]
    async with floor.tx(boss) as tx:
        view = await queries.approval_view(tx, one, boss)
    assert view.approval.text.startswith("您看\n\n退 20 元")
    assert view.approval.sent_text == message.text
    assert view.approval.rich is not None


async def test_what_is_not_changed_is_not_called_changed(floor: Floor) -> None:
    boss, agent, here = await people(floor)
    one = await asks(floor, agent, here, "", content=SHAPES["step"])
    await decides(floor, boss, one, "changed", content=SHAPES["step"])
    async with floor.tx(boss) as tx:
        assert (await queries.approval_view(tx, one, boss)).approval.sent_text is None


async def test_returned_it_comes_back_whole_and_may_be_sent_anew(floor: Floor) -> None:
    boss, agent, here = await people(floor)
    own = await picture(floor, agent, "灶.png")
    one = await asks(floor, agent, here, "", content=card("灶", own))
    await decides(floor, boss, one, "returned", why="图不对")
    [back] = await beside(floor, agent, here)
    assert (back.state, back.rich and back.rich["intro"]) == ("returned", "您看")
    assert [file.id for file in back.pictures] == [own]
    two = await asks(floor, agent, here, "", content=card("灶台", own))
    await decides(floor, boss, two, "approved")
    assert [message.text for message in await sent(floor, here)] == ["您看\n\n灶台\n[好]"]


async def test_over_http_words_stand_in_the_content(
    floor: Floor, client: httpx.AsyncClient
) -> None:
    _, agent, here = await people(floor)
    await floor.sign_in(client, agent)
    path = f"/api/conversations/{here}/approvals"
    given = {"client_id": str(new_id()), "content": {"intro": "哪天", "quick": ["明天"]}}
    assert (await client.post(path, json={**given, "text": "又一句"})).status_code == 422
    empty = {**given, "content": {"intro": "哪天"}}
    assert (await client.post(path, json=empty)).status_code == 422
    answer = await client.post(path, json=given)
    assert answer.json()["rich"] == {"intro": "哪天", "quick": ["明天"]}
