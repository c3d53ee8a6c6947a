"""An agent marks a conversation as spam, blocks its sender, and takes both back."""

import pytest

from peakend.conversations import actions
from peakend.conversations.reactions import take_mail_let_in
from peakend.kernel.actors import Actor
from peakend.mail import actions as post
from peakend.mail import queries as boxes
from peakend.mail.events import MailLetIn
from tests.conversations.test_mailing import Box, box  # noqa: F401 (a fixture)


async def state_of(box: Box) -> str:  # noqa: F811
    row = await box.row("SELECT state FROM received_mail ORDER BY id DESC LIMIT 1")
    return str(row["state"])


async def test_spam_ends_without_a_reason_and_comes_back(box: Box) -> None:  # noqa: F811
    found = await box.take()
    assert found is not None
    system = Actor.system(box.centre.organisation_id)
    async with box.centre.tx() as tx:
        await actions.mark_spam(tx, conversation_id=found, by=system)
        # Twice is once.
        await actions.mark_spam(tx, conversation_id=found, by=system)
    assert (await box.conversation(found))["state"] == "closed"
    assert await state_of(box) == "spam"
    assert (await box.messages(found))[-1]["code"] == "staff_marked_spam"
    async with box.centre.tx() as tx:
        assert (await boxes.mail_blocks(tx)).items == []
        await actions.unmark_spam(tx, conversation_id=found, by=system)
    assert (await box.conversation(found))["state"] == "waiting"
    assert await state_of(box) == "received"
    assert (await box.messages(found))[-1]["code"] == "staff_no_spam"


async def test_who_is_blocked_is_not_heard_until_it_is_taken_back(box: Box) -> None:  # noqa: F811
    found = await box.take()
    assert found is not None
    system = Actor.system(box.centre.organisation_id)
    async with box.centre.tx() as tx:
        await actions.mark_spam(tx, conversation_id=found, by=system, blocks=True)
        [one] = (await boxes.mail_blocks(tx)).items
    assert (one.pattern, one.conversation_id) == ("liu@x.example", found)
    assert await box.take() is None
    assert await state_of(box) == "blocked"
    async with box.centre.tx() as tx:
        await actions.unmark_spam(tx, conversation_id=found, by=system)
        assert (await boxes.mail_blocks(tx)).items == []
    # What came in between is let in by hand, also where a program wrote it.
    async with box.centre.tx() as tx:
        [mail] = (await boxes.received_mails(tx, state="blocked")).items
        await post.let_in(tx, received_id=mail.id)
        fact = MailLetIn(received_id=mail.id, brand_id=mail.brand_id)
        await take_mail_let_in(tx, fact)
        await take_mail_let_in(tx, fact)
    said = [one["params"] for one in await box.messages(found)]
    row = await box.row(
        "SELECT count(*) AS n FROM message WHERE params->>'received_id' = $1", str(mail.id)
    )
    assert row["n"] == 1
    assert said


async def test_a_chat_is_no_spam(box: Box) -> None:  # noqa: F811
    found = await box.take()
    async with box.centre.tx() as tx:
        await tx.run("UPDATE conversation SET channel_kind = 'web' WHERE id = $1", found)
        assert found is not None
        with pytest.raises(actions.NotByMail):
            await actions.mark_spam(
                tx, conversation_id=found, by=Actor.system(box.centre.organisation_id)
            )
