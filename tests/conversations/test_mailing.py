"""A mail that came finds its conversation, its writer and nobody else's."""

import asyncio
import base64
from uuid import UUID, uuid4

import pytest

from peakend.conversations import actions
from peakend.conversations.queries.threading import conversation_mail, tag_of
from peakend.conversations.rules.threading import header_digest, tag_for, tagged, tags_in, untagged
from peakend.customers.actions import add_identity
from peakend.mail import actions as post
from peakend.mail import queries as boxes
from peakend.routing import actions as routing
from tests.conversations.boxes import Box

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAYAAAAfFcSJAAAADUlEQVR42mNk+M9QDwADhgGAWjR9awAAAABJRU5ErkJg"
    "gg=="
)


async def test_a_mail_begins_a_conversation_of_its_writer(box: Box) -> None:
    received_id = await box.come()
    async with box.centre.tx() as tx:
        found = await actions.take_mail(tx, received_id=received_id)
        assert found is not None
        # Told twice, done once.
        assert await actions.take_mail(tx, received_id=received_id) is None
        about = await conversation_mail(tx, found)
        assert about is not None
        assert (about.mailbox_id, about.subject) == (box.mailbox_id, "维修")
    row = await box.conversation(found)
    assert (row["channel_kind"], row["state"], row["unread"]) == ("mail", "waiting", 1)
    assert (row["language"], row["preview"]) == ("zh-CN", "维修 热水器坏了")
    [message] = await box.messages(found)
    assert (message["kind"], message["text"], message["code"]) == ("customer", "热水器坏了", "mail")
    assert message["params"] == {"received_id": str(received_id)}
    customer = await box.row("SELECT * FROM customer WHERE id = $1", UUID(row["customer_id"]))
    assert (customer["name"], customer["verified"]) == ("Liu", False)
    mail = await box.row("SELECT customer_id FROM received_mail WHERE id = $1", received_id)
    assert mail["customer_id"] == row["customer_id"]


async def test_an_answer_goes_on_and_a_new_matter_begins_anew(box: Box) -> None:
    first = await box.take(Message_ID="<a@x.example>")
    assert await box.take("还是不行", In_Reply_To="<a@x.example>") == first
    assert await box.take("再问", References="<zzz@x.example> <m2@x.example>") == first
    other = await box.take("发票", Subject="发票")
    assert other not in (None, first)
    one, two = await box.conversation(first), await box.conversation(other)
    assert one["customer_id"] == two["customer_id"]
    assert (one["beside"], two["beside"]) == (False, True)
    assert [m["text"] for m in await box.messages(first)] == ["热水器坏了", "还是不行", "再问"]


async def test_an_answer_may_be_read_before_what_it_answers(box: Box) -> None:
    second = await box.take("还是不行", Message_ID="<b@x.example>", In_Reply_To="<a@x.example>")
    assert await box.take("热水器坏了", Message_ID="<a@x.example>") == second
    # What both answer never came.
    third = await box.take("发票", Message_ID="<c@x.example>", References="<gone@x.example>")
    assert await box.take("发票呢", References="<gone@x.example> <c2@x.example>") == third
    other = await box.take("我是别人", sender="eve@y.example", References="<gone@x.example>")
    assert other not in (second, third)


async def test_mails_of_one_sender_read_at_once_find_each_other(box: Box) -> None:
    first = await box.come(Message_ID="<a@x.example>")
    second = await box.come("还有一件事", In_Reply_To="<a@x.example>")

    async def takes() -> UUID | None:
        async with box.centre.tx() as tx:
            return await actions.take_mail(tx, received_id=second)

    async with box.centre.tx() as tx:
        found = await actions.take_mail(tx, received_id=first)
        other = asyncio.create_task(takes())
        while not await tx.value(
            "SELECT EXISTS (SELECT FROM pg_locks l JOIN pg_database d ON d.oid = l.database"
            " WHERE NOT l.granted AND l.locktype = 'advisory' AND d.datname = current_database())"
        ):
            await asyncio.sleep(0.01)
    assert await other == found


@pytest.mark.parametrize("way", ["id", "tag", "number"])
async def test_a_stranger_who_knows_an_id_begins_anew(box: Box, way: str) -> None:
    first = await box.take(Message_ID="<a@x.example>")
    number = (await box.conversation(first))["number"]
    async with box.centre.tx() as tx:
        tag = await tag_of(tx, number)
    heads = {
        "id": {"In_Reply_To": "<a@x.example>"},
        "tag": {"To": tagged("service@mail.example.com", tag)},
        "number": {"Subject": f"Re: [#{number}] 维修"},
    }[way]
    other = await box.take("我是别人", sender="eve@y.example", **heads)
    assert other not in (None, first)
    assert len(await box.messages(first)) == 1
    assert (await box.conversation(first))["customer_id"] != (await box.conversation(other))[
        "customer_id"
    ]
    lines = [m for m in await box.messages(other) if m["kind"] == "system"]
    if way == "number":
        assert lines == []
    else:
        [line] = lines
        assert (line["code"], line["params"]) == (
            "staff_mail_possible", {"number": number, "id": str(first)},
        )  # fmt: skip


async def test_a_tag_of_ours_leads_back_and_a_made_one_nowhere(box: Box) -> None:
    first = await box.take()
    number = (await box.conversation(first))["number"]
    async with box.centre.tx() as tx:
        tag = await tag_of(tx, number)
    assert await box.take("回复", To=f"<{tagged('service@mail.example.com', tag)}>") == first
    forged = tag_for(number, b"\0" * 8)
    assert await box.take("伪造", To=f"<{tagged('service@mail.example.com', forged)}>") != first


async def test_what_was_closed_goes_on_or_is_followed(box: Box) -> None:
    first = await box.take(Message_ID="<a@x.example>")
    await box.close(first, days_ago=3)
    assert await box.take("又坏了", In_Reply_To="<a@x.example>") == first
    assert (await box.conversation(first))["state"] == "waiting"
    await box.close(first, days_ago=31)
    later = await box.take("一个月后", In_Reply_To="<a@x.example>")
    assert later != first
    [line] = [m for m in await box.messages(later) if m["kind"] == "system"]
    assert line["code"] == "staff_mail_follows"


async def test_mail_of_programs_stands_beside_what_it_is_about(box: Box) -> None:
    first = await box.take()
    assert first is not None
    await box.answered(first, "ours@mail.example.com")
    before = await box.conversation(first)
    away = {"Auto_Submitted": "auto-replied", "In_Reply_To": "<ours@mail.example.com>"}
    assert await box.take("我在休假", **away) == first
    row = await box.conversation(first)
    for name in ("state", "unread", "awaiting_since", "agent_id", "last_message_at", "preview"):
        assert row[name] == before[name], name
    assert (await box.messages(first))[-1]["code"] == "staff_mail_automatic"
    # What a customer's mail is answered by without us is about nothing of ours.
    assert await box.take("x", Auto_Submitted="auto-replied", In_Reply_To="<m1@x.example>") is None
    assert await box.take("通知", Auto_Submitted="auto-generated") is None
    # Somebody has looked, and knows better.
    made = await box.take("通知", Auto_Submitted="auto-generated", as_person=True)
    assert made is not None


REPORT = """--b
Content-Type: text/plain; charset=utf-8

The mail could not be delivered.
--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.x.example

Final-Recipient: rfc822; liu@x.example
Action: {action}
Status: {status}
--b
Content-Type: text/rfc822-headers

Message-ID: <{id}>
Subject: x
--b--
"""


@pytest.mark.parametrize(
    ("action", "status", "state", "code"),
    [
        ("failed", "5.1.1", "bounced", "bounced_5"),
        ("failed", "4.4.7", "bounced", "bounced_4"),
        ("delayed", "4.4.7", "sent", ""),
    ],
)
async def test_a_report_marks_the_mail_that_did_not_arrive(
    box: Box, action: str, status: str, state: str, code: str
) -> None:
    first = await box.take()
    assert first is not None
    mail_id = await box.sent()
    await box.answered(first, f"{mail_id}@mail.example.com")
    report = REPORT.format(action=action, status=status, id=f"{mail_id}@mail.example.com")
    kind = 'multipart/report; report-type=delivery-status; boundary="b"'
    found = await box.take(report, sender="mailer-daemon@mx.x.example", Content_Type=kind)
    assert found == first
    assert (await box.messages(first))[-1]["code"] == "staff_mail_returned"
    mail = await box.row("SELECT state, code FROM mail WHERE id = $1", mail_id)
    assert (mail["state"], mail["code"]) == (state, code)
    facts = await box.row("SELECT count(*) AS n FROM event WHERE type = 'MailBounced'")
    assert facts["n"] == (state == "bounced")


async def test_a_mail_of_our_own_that_comes_back_is_nobodys(box: Box) -> None:
    mail_id = await box.sent()
    assert await box.take(Message_ID=f"<{mail_id}@mail.example.com>") is None
    # Whoever only writes such an id down is read like others.
    assert await box.take(Message_ID=f"<{mail_id}@elsewhere.example>") is not None


async def test_an_unproved_address_joins_nobody_to_a_visitor(box: Box) -> None:
    visitor = box.centre.visitor
    async with box.centre.tx() as tx:
        await add_identity(tx, customer_id=visitor.customer_id, kind="email", value="liu@x.example")
    found = await box.take()
    assert (await box.conversation(found))["customer_id"] != str(visitor.customer_id)


async def test_a_proved_address_is_its_owner(box: Box) -> None:
    visitor = box.centre.visitor
    async with box.centre.tx() as tx:
        await add_identity(
            tx, customer_id=visitor.customer_id, kind="email", value="liu@x.example", verified=True
        )
    found = await box.take()
    assert (await box.conversation(found))["customer_id"] == str(visitor.customer_id)


async def test_a_chat_goes_on_by_mail(box: Box) -> None:
    visitor = box.centre.visitor
    async with box.centre.tx() as tx:
        message = await actions.receive(
            tx, channel_id=visitor.channel_id, customer_id=visitor.customer_id,
            client_id=uuid4(), text="在吗",
        )  # fmt: skip
        await add_identity(tx, customer_id=visitor.customer_id, kind="email", value="liu@x.example")
    await box.answered(message.conversation_id, "chat@mail.example.com")
    found = await box.take("收到了", In_Reply_To="<chat@mail.example.com>")
    assert found == message.conversation_id
    # By which way he wrote last; his panel shows it as before.
    row = await box.conversation(found)
    assert (row["channel_kind"], row["channel_id"]) == ("mail", str(visitor.channel_id))
    assert (await box.messages(found))[-1]["text"] == "收到了"


async def test_files_are_the_messages_but_for_those_the_page_shows(box: Box) -> None:
    picture = base64.b64encode(PIXEL).decode()
    body = (
        "--b\r\nContent-Type: multipart/related; boundary=c\r\n\r\n--c\r\n"
        'Content-Type: text/html\r\n\r\n<p>see</p><img src="cid:one@x">\r\n--c\r\n'
        "Content-Type: image/png; name=one.png\r\nContent-ID: <one@x>\r\n"
        f"Content-Transfer-Encoding: base64\r\n\r\n{picture}\r\n--c--\r\n--b\r\n"
        "Content-Type: application/pdf; name=bill.pdf\r\nContent-Disposition: attachment\r\n"
        "Content-Transfer-Encoding: base64\r\n\r\nJVBERi0xLjQK\r\n--b--\r\n"
    )
    received_id = await box.come(body, Content_Type="multipart/mixed; boundary=b")
    async with box.centre.tx() as tx:
        found = await actions.take_mail(tx, received_id=received_id)
        content = await boxes.need_content(tx, received_id)
    assert [(one.name, one.shown) for one in content.attachments] == [
        ("one.png", True), ("bill.pdf", False),
    ]  # fmt: skip
    [message] = await box.messages(found)
    assert [one["name"] for one in message["files"]] == ["bill.pdf"]


async def test_two_mails_of_a_stranger_are_of_one_customer(box: Box) -> None:
    one, two = await box.take(), await box.take("另一件事", Subject="另一件")
    assert (await box.conversation(one))["customer_id"] == (await box.conversation(two))[
        "customer_id"
    ]


async def test_what_was_said_goes_with_the_conversation(box: Box) -> None:
    received_id = await box.come()
    async with box.centre.tx() as tx:
        found = await actions.take_mail(tx, received_id=received_id)
        assert found is not None
        await actions.clear_conversations(tx, ids=[found], why="retention", on=tx.now.date())
    left = await box.row(
        "SELECT (SELECT count(*) FROM received_content) AS said,"
        " (SELECT count(*) FROM message_mail) AS noted,"
        " (SELECT subject FROM conversation_mail) AS subject,"
        " (SELECT from_email || subject || message_id FROM received_mail) AS came"
    )
    assert left == {"said": 0, "noted": 0, "subject": "", "came": ""}


async def test_a_mailbox_leads_its_channel(box: Box) -> None:
    async with box.centre.tx() as tx:
        brand_id = (await boxes.need_mailbox(tx, box.mailbox_id)).brand_id
        await post.switch_mailbox(tx, mailbox_id=box.mailbox_id, active=False)
        assert not (
            await actions.follow_mailbox(tx, mailbox_id=box.mailbox_id, brand_id=brand_id)
        ).active
        await post.remove_mailbox(tx, mailbox_id=box.mailbox_id)
        gone = await actions.follow_mailbox(tx, mailbox_id=box.mailbox_id, brand_id=brand_id)
        assert (gone.name, gone.active, gone.mailbox_id) == ("客服邮箱", False, box.mailbox_id)


def test_tags() -> None:
    tag = tag_for(12345, b"12345678")
    assert untagged(tag) == (12345, b"12345678")
    address = tagged("service@x.example", tag)
    assert tags_in([address, "a+b@x.example", "plain@x.example"]) == [tag]
    long = "a" * 50 + "@x.example"
    assert tagged(long, tag) == long
    assert untagged("x") is None
    assert header_digest("<A@x.Example>") == header_digest("a@x.example")


async def test_of_a_mailboxs_channel_only_its_work_is_set(box: Box) -> None:
    async with box.centre.tx() as tx:
        brand_id = (await boxes.need_mailbox(tx, box.mailbox_id)).brand_id
        channel = await actions.follow_mailbox(tx, mailbox_id=box.mailbox_id, brand_id=brand_id)
        for changes in ({"name": "别名"}, {"active": False}, {"digital": True}, {"look": {}}):
            with pytest.raises(actions.OfAMailbox):
                await actions.change_channel(tx, channel_id=channel.id, changes=changes)
        with pytest.raises(actions.OfAMailbox):
            await actions.new_identity_secret(tx, channel_id=channel.id)
        queue = await routing.add_queue(tx, routing.QueueSettings(name="邮件"))
        await actions.change_channel(tx, channel_id=channel.id, changes={"queue_id": queue.id})
    found = await box.take()
    assert (await box.conversation(found))["queue_id"] == str(queue.id)
