"""A card that stands in the composer is part of the draft: kept, taken out, erased with it."""

from typing import Any
from uuid import UUID, uuid4

import pytest

from peakend.conversations import actions, queries
from peakend.conversations.queries import Rich
from peakend.conversations.rules.rich import Cards, HeldCard
from peakend.kernel.errors import Invalid
from peakend.kernel.files import FileNotFound
from tests.conversations.conftest import Centre
from tests.conversations.test_canned_cards import keep
from tests.conversations.test_rich import card, picture, rich


async def keeps(centre: Centre, here: UUID, text: str, content: Rich | None, **more: Any) -> None:
    by = more.pop("by", centre.agent)
    kind = more.pop("kind", "agent")
    async with centre.tx(by) as tx:
        await actions.save_draft(
            tx, conversation_id=here, text=text, kind=kind, by=by,
            card=HeldCard(content=content, **more) if content is not None else None,
        )  # fmt: skip


async def kept(centre: Centre, here: UUID, by: Any = None) -> list[Any]:
    async with centre.tx(by or centre.agent) as tx:
        return (await queries.conversation(tx, here, by or centre.agent)).drafts


async def test_it_is_kept_with_the_words_and_without(centre: Centre) -> None:
    here = await centre.served()
    file_id = await picture(centre, centre.agent)
    content = card(title="电池盒", file_id=str(file_id))
    await keeps(centre, here, "您看这个", content)
    [draft] = await kept(centre, here)
    assert (draft.text, draft.card.content) == ("您看这个", content)
    assert [one.id for one in draft.card.pictures] == [file_id]
    await keeps(centre, here, "", rich(quick=["明天", "后天"]))
    [draft] = await kept(centre, here)
    assert (draft.text, draft.card.content.quick) == ("", ["明天", "后天"])
    assert await kept(centre, here, centre.supervisor) == []


async def test_it_goes_when_it_is_taken_out(centre: Centre) -> None:
    here = await centre.served()
    await keeps(centre, here, "留着", card(title="x"))
    await keeps(centre, here, "留着", None)
    [draft] = await kept(centre, here)
    assert (draft.text, draft.card) == ("留着", None)
    await keeps(centre, here, "", card(title="x"))
    await keeps(centre, here, "", None)
    assert await kept(centre, here) == []


async def test_nobody_sees_another_ones_picture_by_it(centre: Centre) -> None:
    here = await centre.served()
    theirs = await picture(centre, centre.supervisor)
    with pytest.raises(FileNotFound):
        await keeps(centre, here, "", card(title="x", file_id=str(theirs)))
    canned_id = await keep(
        centre, card(title="x", file_id=str(await picture(centre, centre.agent)))
    )
    async with centre.tx(centre.agent) as tx:
        lent = (await queries.need_canned_reply(tx, canned_id, centre.agent)).card
    assert lent is not None
    with pytest.raises(FileNotFound):
        await keeps(centre, here, "", lent, by=centre.supervisor)
    await keeps(centre, here, "", lent, canned_reply_id=canned_id)
    [draft] = await kept(centre, here)
    assert draft.card.canned_reply_id == canned_id
    assert len(draft.card.pictures) == 1


@pytest.mark.parametrize("content", [Rich(), rich(quick=["half \ud800"])])
async def test_what_is_no_card_is_refused(centre: Centre, content: Rich) -> None:
    here = await centre.served()
    with pytest.raises(Invalid):
        await keeps(centre, here, "x", content)


async def test_a_note_holds_no_card(centre: Centre) -> None:
    here = await centre.served()
    with pytest.raises(Invalid):
        await keeps(centre, here, "x", card(title="x"), kind="note")


async def test_its_own_pictures_are_erased_with_it_and_no_others(centre: Centre) -> None:
    here = await centre.served()
    own, lent = await picture(centre, centre.agent), await picture(centre, centre.agent)
    canned_id = await keep(centre, card(title="x", file_id=str(lent)))
    async with centre.tx(centre.agent) as tx:
        content = (await queries.need_canned_reply(tx, canned_id, centre.agent)).card
    assert content is not None
    assert isinstance(content.block, Cards)
    [tile] = content.block.cards
    both = card(title="x", file_id=str(own))
    assert isinstance(both.block, Cards)
    both.block.cards.append(tile)
    await keeps(centre, here, "", both, canned_reply_id=canned_id)
    async with centre.tx(centre.supervisor) as tx:
        await actions.clear_conversations(tx, ids=[here], why="erasure", on=tx.now.date())
        left = await tx.value(
            "SELECT array_agg(id) FROM file WHERE id = ANY($1)", [own, tile.file_id, uuid4()]
        )
    assert left == [tile.file_id]
    assert await kept(centre, here) == []
