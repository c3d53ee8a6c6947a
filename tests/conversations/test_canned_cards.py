"""A canned reply carries a card: kept with its own picture, lent to who sends it."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from peakend.conversations import actions, queries
from peakend.conversations.queries import Rich
from peakend.kernel.files import FileNotFound
from tests.conversations.conftest import Centre
from tests.conversations.test_rich import card, panel, picture, rich, sends


async def keep(centre: Centre, content: Rich | None, **more: Any) -> UUID:
    given = {"shortcut": "dc", "title": "换电池", "body": "{{customer.name}}您好", **more}
    async with centre.tx(centre.agent) as tx:
        return await actions.add_canned_reply(
            tx, scope="own", team_id=None, language="zh-CN", by=centre.agent, card=content,
            **given,
        )  # fmt: skip


async def ready(centre: Centre, conversation_id: UUID) -> queries.ReadyReply:
    async with centre.tx(centre.agent) as tx:
        [found] = await queries.ready_replies(tx, conversation_id, centre.agent)
    return found


async def test_it_is_lent_with_its_picture_and_keeps_it(centre: Centre) -> None:
    here = await centre.served()
    file_id = await picture(centre, centre.agent)
    canned_id = await keep(centre, card(title="电池盒", file_id=str(file_id)))
    one = await ready(centre, here)
    assert one.card is not None
    [kept] = one.pictures
    assert kept.id != file_id
    content = Rich(intro=one.text, block=one.card.block)
    with pytest.raises(FileNotFound):
        await sends(
            centre, here, Rich(intro="x", block=card(title="x", file_id=str(uuid4())).block)
        )
    await sends(centre, here, content, canned_reply_id=canned_id)
    shown = (await panel(centre))[-1]
    assert shown.text.endswith("您好\n\n电池盒")
    assert shown.files[0].id not in (kept.id, file_id)
    assert (await ready(centre, here)).pictures[0].id == kept.id


async def test_changing_words_leaves_the_card_and_nothing_takes_it_out(centre: Centre) -> None:
    here = await centre.served()
    canned_id = await keep(centre, rich(quick=["明天", "后天"], intro="这里不留话"))
    assert (await ready(centre, here)).card == Rich(quick=["明天", "后天"])

    async def change(**changes: Any) -> None:
        async with centre.tx(centre.agent) as tx:
            await actions.change_canned_reply(
                tx, canned_reply_id=canned_id, changes=changes, by=centre.agent
            )

    await change(body="您哪天方便？")
    assert (await ready(centre, here)).card == Rich(quick=["明天", "后天"])
    with pytest.raises(actions.WrongRich):
        await change(body="长" * 1_001)
    with pytest.raises(actions.WrongRich):
        await change(card=Rich())
    await change(card=None)
    assert (await ready(centre, here)).card is None
