"""An agent marks a conversation as spam, blocks its sender, and takes both back."""

from typing import Any
from uuid import UUID

import pytest

from peakend.conversations import actions
from peakend.conversations.reactions import take_mail_let_in
from peakend.customers.actions import merge_customers
from peakend.customers.queries import need_customer, parts_of
from peakend.kernel.actors import Actor
from peakend.kernel.personal import HELD, erased
from peakend.mail import actions as post
from peakend.mail import queries as boxes
from peakend.mail.events import MailLetIn
from tests.conversations.boxes import Box


async def state_of(box: Box) -> str:
    row = await box.row("SELECT state FROM received_mail ORDER BY id DESC LIMIT 1")
    return str(row["state"])


async def test_spam_ends_without_a_reason_and_comes_back(box: Box) -> None:
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


async def test_who_is_blocked_is_not_heard_until_it_is_taken_back(box: Box) -> None:
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


async def test_a_chat_is_no_spam(box: Box) -> None:
    found = await box.take()
    async with box.centre.tx() as tx:
        await tx.run("UPDATE conversation SET channel_kind = 'web' WHERE id = $1", found)
        assert found is not None
        with pytest.raises(actions.NotByMail):
            await actions.mark_spam(
                tx, conversation_id=found, by=Actor.system(box.centre.organisation_id)
            )


async def test_a_form_writes_for_people_once_somebody_says_so(box: Box) -> None:
    form: dict[str, Any] = {"sender": "noreply@shop.example", "Auto_Submitted": "auto-generated"}
    assert await box.take("订单问题", **form) is None
    async with box.centre.tx() as tx:
        [mail] = (await boxes.received_mails(tx, state="programs")).items
        await post.take_for_person(tx, received_id=mail.id)
        fact = MailLetIn(received_id=mail.id, brand_id=mail.brand_id)
        await take_mail_let_in(tx, fact)
        await take_mail_let_in(tx, fact)
        assert (await boxes.received_mails(tx, state="programs")).items == []
    begun = await box.row("SELECT count(*) AS n FROM conversation WHERE channel_kind = 'mail'")
    assert begun["n"] == 1
    found = await box.take("再问一次", **form)
    assert found is not None
    assert [one["kind"] for one in await box.messages(found)] == ["customer"]
    # What answers a mail of ours by itself stays a program's: no message, no clock.
    await box.answered(found)
    before = await box.conversation(found)
    assert await box.take("收到", In_Reply_To="<ours@mail.example.com>", **form) == found
    assert [one["kind"] for one in await box.messages(found)][-1] == "system"
    after = await box.conversation(found)
    assert (after["unread"], after["state"]) == (before["unread"], before["state"])


async def test_mails_and_blocks_go_with_whom_their_customer_became(box: Box) -> None:
    theirs = await box.take(sender="wu@y.example")
    mine = await box.take(sender="liu@x.example")
    assert theirs is not None
    assert mine is not None
    survivor = UUID((await box.conversation(mine))["customer_id"])
    absorbed = UUID((await box.conversation(theirs))["customer_id"])
    async with box.centre.tx() as tx:
        text = post.BlockText(pattern="wu@y.example")
        await post.block(tx, block=text, conversation_id=theirs, customer_id=absorbed)
        one, two = await need_customer(tx, survivor), await need_customer(tx, absorbed)
        await merge_customers(
            tx, survivor_id=survivor, absorbed_id=absorbed, version=one.version,
            absorbed_version=two.version,
        )  # fmt: skip
        await tx.run("UPDATE mail_block SET expires_at = $1", tx.now)
    # Who wrote as either of them is one now: his answer goes on where it was begun.
    for sender, here in (("wu@y.example", theirs), ("liu@x.example", mine)):
        name = await box.row(
            "SELECT r.message_id FROM received_mail r JOIN message_mail mm ON mm.received_id = r.id"
            " JOIN message m ON m.id = mm.message_id WHERE m.conversation_id = $1 LIMIT 1",
            here,
        )
        assert await box.take(sender=sender, In_Reply_To=f"<{name['message_id']}>") == here
    # Who erases the one erases what is kept of the other, and the block goes on without words.
    async with box.centre.tx() as tx:
        people = await parts_of(tx, survivor)
        for held in HELD:
            if held.table in ("received_mail", "received_content", "mail_block"):
                await erased(tx, held, people)
    async with box.centre.tx() as tx:
        assert await tx.value("SELECT count(*) FROM received_mail WHERE from_email <> ''") == 0
        assert await tx.value("SELECT array_agg(pattern) FROM mail_block") == [""]
