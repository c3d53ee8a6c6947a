"""Rich messages: what may be in them, what is left in plain words, and choices that count once."""

import asyncio
import io
from typing import Any
from uuid import UUID, uuid4

import msgspec
import pytest
from PIL import Image

from peakend.conversations import actions, queries
from peakend.conversations.actions.rich import words_for
from peakend.conversations.rules import rich as rules
from peakend.conversations.rules.rich import Rich, faults, good_link, money, plain, tidy
from peakend.kernel.errors import Conflict, Invalid, NotFound
from peakend.kernel.files import FileNotFound, save_file
from tests.conversations.conftest import Centre


def rich(**given: Any) -> Rich:
    return msgspec.convert(given, Rich)


def card(**given: Any) -> Rich:
    return rich(block={"type": "cards", "cards": [given]})


async def sends(centre: Centre, conversation_id: UUID, content: Rich, **more: Any) -> Any:
    async with centre.tx(centre.agent) as tx:
        return await actions.send_rich(
            tx, conversation_id=conversation_id, client_id=more.pop("client_id", uuid4()),
            content=content, by=centre.agent, **more,
        )  # fmt: skip


async def chooses(centre: Centre, message_id: UUID, choice: str, by: Any = None) -> Any:
    by = by or centre.visitor
    async with centre.tx(by) as tx:
        return await actions.choose(
            tx, message_id=message_id, choice=choice, channel_id=centre.channel_id, by=by
        )


async def picture(centre: Centre, by: Any, name: str = "灶.png") -> UUID:
    out = io.BytesIO()
    Image.new("RGB", (40, 30), "white").save(out, "PNG")
    async with centre.tx(by) as tx:
        return (await save_file(tx, out.getvalue(), name, purpose="message")).id


async def panel(centre: Centre) -> list[queries.VisitorMessage]:
    async with centre.tx(centre.visitor) as tx:
        view = await queries.visitor_state(tx, centre.visitor)
    assert view is not None
    return view.messages


@pytest.mark.parametrize(
    "url",
    [
        "http://shop.example/", "javascript:alert(1)", "data:text/html,x", "//shop.example",
        "https://user:pw@shop.example/", "https://shop.example\\@evil.example/",
        "https://shop.example/\n", "https://店.example/", "https:///x", "https://localhost/",
        "https://shop.example:99999/", "https://[::1]/", " https://shop.example/", "https://.",
    ],
)  # fmt: skip
def test_a_button_leads_to_https_only(url: str) -> None:
    assert not good_link(url)
    assert faults(tidy(card(title="x", buttons=[{"label": "看", "url": url}])))


def test_a_plain_https_address_is_good() -> None:
    assert good_link("https://shop.example:8443/orders/1?a=b#c")


def test_what_hides_or_turns_text_is_gone() -> None:
    kept = tidy(
        card(title="退\u202e款\u200b", text="a\x00b\r\nc", buttons=[{"label": " 好 \n 的 "}])
    )
    assert isinstance(kept.block, rules.Cards)
    tile = kept.block.cards[0]
    assert (tile.title, tile.text, tile.buttons[0].label) == ("退款", "ab\nc", "好 的")


@pytest.mark.parametrize(
    "content",
    [
        rich(), rich(intro="只有文字"), rich(quick=["好"]), card(), card(title=" \u200b"),
        card(title="x", buttons=[{"label": " "}]), card(title="half \ud800"),
        rich(block={"type": "order", "number": " "}),
        rich(block={"type": "step", "n": 3, "of": 2, "text": "x"}),
        rich(block={"type": "step", "n": 1, "of": 2, "text": "  "}),
    ],
)  # fmt: skip
async def test_what_is_incomplete_is_refused(centre: Centre, content: Rich) -> None:
    conversation_id = await centre.served()
    with pytest.raises(Invalid):
        await sends(centre, conversation_id, content)


def test_the_same_in_plain_words() -> None:
    content = rich(
        intro="您好",
        block={"type": "order", "number": "A1", "title": "灶具", "state": "已发货",
               "amount_fen": 1248000, "url": "https://a.example/1"},
        quick=["收到了", "没收到"],
    )  # fmt: skip
    assert plain(content, words_for("zh-CN")) == (
        "您好\n\n订单 A1\n灶具\n已发货\n金额 ¥12,480.00\nhttps://a.example/1\n\n"
        "可以回复：收到了 / 没收到"
    )
    step = rich(block={"type": "step", "n": 2, "of": 4, "text": "Turn the valve"})
    assert plain(step, words_for("en")) == "Step 2 of 4\nTurn the valve"
    assert money(5) == "¥0.05"


async def test_a_card_reaches_both_sides_with_its_picture_and_its_words(centre: Centre) -> None:
    conversation_id = await centre.served()
    file_id = await picture(centre, centre.agent)
    client_id = uuid4()
    content = card(title="更换电池", text="电池盒在左侧", file_id=str(file_id), buttons=[
        {"label": "看到了"}, {"label": "说明书", "url": "https://a.example/m"}])  # fmt: skip
    sent = await sends(centre, conversation_id, content, client_id=client_id)
    again = await sends(centre, conversation_id, content, client_id=client_id)
    assert again.id == sent.id
    shown = (await panel(centre))[-1]
    assert (shown.code, shown.kind) == ("rich", "agent")
    assert shown.text == "更换电池\n电池盒在左侧\n[看到了]\n[说明书] https://a.example/m"
    assert [file.id for file in shown.files] == [file_id]
    assert shown.params is not None
    assert shown.params["block"]["cards"][0]["file_id"] == str(file_id)
    (fact,) = await centre.facts("RichMessageSent")
    assert (fact["shape"], fact["cards"], fact["choices"], fact["pictures"]) == ("cards", 1, 1, 1)
    assert "更换电池" not in str(await centre.facts("ReplySent"))


async def test_others_files_and_what_is_no_picture_are_refused(centre: Centre) -> None:
    conversation_id = await centre.served()
    theirs = await picture(centre, centre.other)
    with pytest.raises(FileNotFound):
        await sends(centre, conversation_id, card(title="x", file_id=str(theirs)))
    async with centre.tx(centre.agent) as tx:
        text = (await save_file(tx, b"<svg onload=1>", "x.svg", purpose="message")).id
    with pytest.raises(Invalid):
        await sends(centre, conversation_id, card(title="x", file_id=str(text)))


async def test_a_choice_is_the_customers_message_and_counts_once(centre: Centre) -> None:
    conversation_id = await centre.served()
    asked = await sends(centre, conversation_id, rich(intro="方便吗", quick=["上午", "下午"]))
    first, second = await asyncio.gather(
        chooses(centre, asked.id, "q0"), chooses(centre, asked.id, "q1")
    )
    third = await chooses(centre, asked.id, "q1")
    assert first.id == second.id == third.id
    shown = await panel(centre)
    answers = [m for m in shown if m.kind == "customer" and m.seq > asked.seq]
    assert len(answers) == 1
    assert answers[0].text in ("上午", "下午")
    assert answers[0].params is not None
    assert answers[0].params["message_id"] == str(asked.id)
    assert answers[0].quote is not None
    assert answers[0].quote.id == asked.id
    (fact,) = await centre.facts("ChoiceMade")
    assert (fact["shape"], fact["message_id"]) == ("quick", str(asked.id))
    assert fact["choice"] in ("q0", "q1")


async def test_a_step_may_be_stuck_and_then_done(centre: Centre) -> None:
    conversation_id = await centre.served()
    step = rich(block={"type": "step", "n": 1, "of": 2, "text": "关闭阀门"})
    asked = await sends(centre, conversation_id, step)
    for choice in ("stuck", "stuck", "done"):
        await chooses(centre, asked.id, choice)
    said = [m.text for m in await panel(centre) if m.code == "chosen"]
    assert said == ["遇到问题", "已完成"]


async def test_only_what_is_offered_by_what_is_ones_own(centre: Centre, another: Any) -> None:
    conversation_id = await centre.served()
    content = card(title="x", buttons=[{"label": "看", "url": "https://a.example/"}])
    asked = await sends(centre, conversation_id, content)
    for choice in ("b0.0", "q0", "done"):
        with pytest.raises(Invalid):
            await chooses(centre, asked.id, choice)
    away = await another()
    await away.served()
    with pytest.raises(NotFound):
        await chooses(away, asked.id, "q0")
    async with centre.tx(centre.agent) as tx:
        note = await actions.note(
            tx, conversation_id=conversation_id, client_id=None, text="内部", by=centre.agent
        )
    with pytest.raises(NotFound):
        await chooses(centre, note.id, "q0")


async def test_a_recalled_card_offers_nothing(centre: Centre) -> None:
    conversation_id = await centre.served()
    asked = await sends(centre, conversation_id, rich(intro="方便吗", quick=["好"]))
    async with centre.tx(centre.agent) as tx:
        await actions.recall(tx, message_id=asked.id, by=centre.agent)
    with pytest.raises(Conflict):
        await chooses(centre, asked.id, "q0")
    assert (await panel(centre))[-1].params is None


async def test_a_template_keeps_its_own_picture(centre: Centre) -> None:
    conversation_id = await centre.served()
    file_id = await picture(centre, centre.supervisor)
    content = card(title="更换电池", file_id=str(file_id))
    async with centre.tx(centre.supervisor) as tx:
        template_id = await actions.add_rich_template(
            tx, name="换电池", content=content, scope="all", team_id=None, by=centre.supervisor
        )
    async with centre.tx(centre.agent) as tx:
        (template,) = await queries.rich_templates(tx, centre.agent)
    assert template.typed.startswith("huandianchi")
    own = template.pictures[0].id
    assert own != file_id
    # Only as this template's picture may the agent send it.
    with pytest.raises(FileNotFound):
        await sends(centre, conversation_id, template.content)
    sent = await sends(centre, conversation_id, template.content, template_id=template_id)
    assert sent.files is not None
    assert UUID(sent.files[0]["id"]) not in (own, file_id)
    async with centre.tx(centre.agent) as tx:
        await actions.recall(tx, message_id=sent.id, by=centre.agent)
    await sends(centre, conversation_id, template.content, template_id=template_id)


async def test_who_may_change_a_template(centre: Centre, another: Any) -> None:
    content = rich(intro="方便吗", quick=["好"])
    async with centre.tx(centre.agent) as tx:
        own = await actions.add_rich_template(
            tx, name="约时间", content=content, scope="own", team_id=None, by=centre.agent
        )
        with pytest.raises(actions.NotYourTemplate):
            await actions.add_rich_template(
                tx, name="约时间", content=content, scope="all", team_id=None, by=centre.agent
            )
    for by in (centre.other, (await another()).agent):
        async with centre.tx(by) if by is centre.other else centre.database.transaction(by) as tx:
            with pytest.raises(NotFound):
                await queries.rich_template(tx, own, by)
    async with centre.tx(centre.agent) as tx:
        await actions.change_rich_template(
            tx, rich_template_id=own, changes={"name": "约上门"}, by=centre.agent, version=1
        )
    with pytest.raises(Conflict):
        async with centre.tx(centre.agent) as tx:
            await actions.change_rich_template(
                tx, rich_template_id=own, changes={"name": "晚了"}, by=centre.agent, version=1
            )
    async with centre.tx(centre.agent) as tx:
        await actions.delete_rich_template(tx, rich_template_id=own, by=centre.agent)
        assert await queries.rich_templates(tx, centre.agent) == []
    whats = [fact["what"] for fact in await centre.facts("RichTemplateChanged")]
    assert whats == ["created", "updated", "deleted"]
