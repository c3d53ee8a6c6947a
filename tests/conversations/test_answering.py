"""Replies that go by mail: from a chat, in a conversation by mail, taken back, tried anew."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import pytest

from peakend.accounts.queries import brands
from peakend.conversations import actions, queries
from peakend.conversations.ports import provided
from peakend.conversations.queries import MailGiven
from peakend.conversations.rules.answering import MailPerson, whom_to_answer
from peakend.customers.actions import add_identity
from peakend.kernel.db import Database
from peakend.kernel.files import save_file
from peakend.kernel.ids import new_id
from peakend.kernel.scans import FileInfected, FileNotSeen, FileWaits
from peakend.kernel.settings import settings
from peakend.kernel.worker import Worker
from peakend.mail import actions as mail
from peakend.mail import queries as mails
from peakend.mail.actions import Postman, ServerText
from tests.conversations.conftest import Centre, make_centre
from tests.mail.servers import Box, a_server


@pytest.mark.parametrize(
    ("sender", "reply_to", "known", "chosen"),
    [
        ("a@x.example", "", (), "a@x.example"),
        ("a@x.example", "b@x.example", (), "b@x.example"),
        ("a@x.example", "b@y.example", (), "a@x.example"),
        ("a@x.example", "B@y.example", ("b@y.example",), "B@y.example"),
        ("a@x.example", "b@sub.x.example", (), "a@x.example"),
        ("a", "b", (), "a"),
    ],
)
def test_another_address_is_answered_only_where_it_belongs(
    sender: str, reply_to: str, known: tuple[str, ...], chosen: str
) -> None:
    assert whom_to_answer(sender, reply_to, known) == chosen


class Desk:
    """A centre whose brand sends by a server on loopback, and its postman."""

    def __init__(self, centre: Centre, box: Box) -> None:
        self.centre, self.box = centre, box
        self.at = datetime.now(UTC)
        self.postman = Postman(centre.database, lambda: self.at)

    def tx(self, actor: Any = None) -> Any:
        return self.centre.tx(actor, self.at)

    async def reply(self, here: UUID, text: str = "明天上午上门。", **more: Any) -> Any:
        agent = more.pop("by", self.centre.agent)
        client_id = more.pop("client_id", None) or new_id()
        async with self.tx(agent) as tx:
            return await actions.reply(
                tx, conversation_id=here, client_id=client_id, text=text, by=agent, **more
            )

    async def listed(self, here: UUID) -> list[Any]:
        async with self.tx(self.centre.agent) as tx:
            row = await queries.need_conversation(tx, here, self.centre.agent)
            return await queries.messages(tx, row)

    async def carry(self, later_s: float = 11) -> int:
        self.at += timedelta(seconds=later_s)
        return await self.postman.carry()

    async def works(self) -> None:
        await Worker(self.centre.database, lambda: self.at).drain()

    async def undo(self, here: UUID, message_id: UUID, by: Any = None) -> actions.Undone:
        agent = by or self.centre.agent
        async with self.tx(agent) as tx:
            return await actions.undo_mail(
                tx, conversation_id=here, message_id=message_id, by=agent
            )


@pytest.fixture
async def desk(
    database: Database, data_dir: Any, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[Desk]:
    async with a_server(monkeypatch) as box:
        centre = await make_centre(database)
        made = Desk(centre, box)
        async with made.tx() as tx:
            await mail.set_server(
                tx,
                server=ServerText(
                    brand_id=(await brands(tx))[0].id, host="127.0.0.1", port=box.port, tls="none",
                    login="", sender_email="service@mail.example.com",
                    sender_name_zh="安居家客服", sender_name_en="Home Care",
                ),
            )  # fmt: skip
            await add_identity(
                tx, customer_id=centre.visitor.customer_id, kind="email", value="liu@example.org"
            )
        yield made


async def test_a_chat_goes_on_by_mail_where_somebody_wants_it(desk: Desk) -> None:
    here = await desk.centre.served()
    chat = await desk.reply(here)
    sent = await desk.reply(here, mail=MailGiven())
    assert (chat.code, sent.code) == (None, "mail")
    await desk.carry()
    assert desk.box.to == [["liu@example.org"]]
    found = desk.box.mail()
    number = await desk.centre.value("SELECT number FROM conversation WHERE id = $1", here)
    assert found["subject"] == f"您的咨询（编号 {number}）"
    plain = found.get_body(("plain",))
    assert plain is not None
    # What the agent adds below goes along, the message itself holds his words only.
    assert plain.get_content().replace("\r", "") == "明天上午上门。\n\nlinxi\n安居家\n"
    assert sent.text == "明天上午上门。"
    await desk.works()
    asked, first, second = await desk.listed(here)
    assert (asked.mail, first.mail) == (None, None)
    assert (second.mail.direction, second.mail.state, second.mail.code) == ("out", "sent", "")
    moved = await desk.centre.facts("AnswerMailMoved")
    assert [(one["message_id"], one["state"]) for one in moved] == [(str(sent.id), "sent")]


async def test_a_repeat_sends_nothing_twice(desk: Desk) -> None:
    here, same = await desk.centre.served(), new_id()
    first = await desk.reply(here, client_id=same, mail=MailGiven())
    again = await desk.reply(here, client_id=same, mail=MailGiven())
    assert (again.id, again.code, again.params) == (first.id, first.code, first.params)
    assert await desk.carry() == 1


async def test_without_a_server_nothing_is_written(desk: Desk) -> None:
    here = await desk.centre.served()
    async with desk.tx() as tx:
        await mail.switch_server(tx, brand_id=(await brands(tx))[0].id, active=False)
    with pytest.raises(mail.NoMailServer):
        await desk.reply(here, mail=MailGiven())
    assert len(await desk.listed(here)) == 1
    assert await desk.centre.facts("ReplySent") == []


async def test_who_has_no_address_is_not_mailed(desk: Desk) -> None:
    here = await desk.centre.served()
    await desk.centre.value("DELETE FROM identity RETURNING 1")
    with pytest.raises(actions.NobodyToMail):
        await desk.reply(here, mail=MailGiven())


async def test_a_part_of_an_address_is_no_address(desk: Desk) -> None:
    here = await desk.centre.served()
    for email in ("x***@example.org", "l***@example.org"):
        given = MailGiven(to=[MailPerson(email)])
        if email.startswith("x"):
            with pytest.raises(actions.HiddenAddress):
                await desk.reply(here, mail=given)
        else:
            await desk.reply(here, mail=given)
    async with desk.tx() as tx:
        await add_identity(
            tx, customer_id=desk.centre.visitor.customer_id, kind="email", value="lu@example.org"
        )
    # Two that look alike: which one is meant, nobody knows.
    with pytest.raises(actions.HiddenAddress):
        await desk.reply(here, mail=given)


async def test_html_is_judged_as_words_are(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    judged: list[str] = []

    async def wording(tx: Any, text: str) -> None:
        judged.append(text)

    monkeypatch.setattr(provided, "wording", wording)
    here = await desk.centre.served()
    given = MailGiven(html="<p>保证<b>今天</b>到账</p><blockquote>旧话</blockquote>")
    sent = await desk.reply(here, "今天", mail=given)
    assert judged == ["保证今天到账", "今天"]
    assert sent.text == "今天"
    assert (await desk.reply(here, "", mail=given)).text == "保证今天到账"


async def test_a_mail_is_taken_back_into_the_draft(desk: Desk) -> None:
    here = await desk.centre.served()
    given = MailGiven(
        cc=[MailPerson("wu@example.org", "吴")], bcc=[MailPerson("boss@example.org")],
        subject="上门时间", html="<p>明天<b>上午</b>上门。</p>",
    )  # fmt: skip
    waits = await desk.centre.value("SELECT awaiting_since FROM conversation WHERE id = $1", here)
    sent = await desk.reply(here, mail=given)
    undone = await desk.undo(here, sent.id)
    assert undone.text == "明天上午上门。"
    assert undone.mail is not None
    assert (undone.mail.cc, undone.mail.bcc) == (given.cc, given.bcc)
    assert (undone.mail.subject, undone.mail.html) == ("上门时间", given.html)
    # Whose address was filled in for him, and is hidden elsewhere, is not told here.
    assert [one.email for one in undone.mail.to] == ["l***@example.org"]
    again = await desk.undo(here, sent.id)
    assert again.text == "明天上午上门。"
    assert await desk.carry() == 0
    message = (await desk.listed(here))[-1]
    assert (message.text, message.mail, message.recalled_at is not None) == ("", None, True)
    # The customer waits again, since he wrote.
    assert (
        await desk.centre.value("SELECT awaiting_since FROM conversation WHERE id = $1", here)
        == waits
    )
    async with desk.tx(desk.centre.agent) as tx:
        shown = await queries.conversation(tx, here, desk.centre.agent)
    assert [(one.text, one.mail) for one in shown.drafts] == [("明天上午上门。", undone.mail)]
    resent = await desk.reply(here, undone.text, mail=undone.mail)
    assert await desk.carry() == 1
    # What he sees of an address is enough to write to it.
    assert desk.box.to == [["liu@example.org", "wu@example.org", "boss@example.org"]]
    assert desk.box.mail()["subject"] == "上门时间"
    assert resent.id != sent.id


async def test_what_was_begun_since_is_not_overwritten(desk: Desk) -> None:
    here = await desk.centre.served()
    sent = await desk.reply(here, mail=MailGiven())
    async with desk.tx(desk.centre.agent) as tx:
        await actions.save_draft(
            tx, conversation_id=here, text="还有", kind="agent", by=desk.centre.agent
        )
    assert (await desk.undo(here, sent.id)).text == "明天上午上门。"
    async with desk.tx(desk.centre.agent) as tx:
        shown = await queries.conversation(tx, here, desk.centre.agent)
    assert [one.text for one in shown.drafts] == ["还有"]


@pytest.mark.parametrize(("kept", "left"), [("明天上午上门。", []), ("还有", ["还有"])])
async def test_what_was_sent_as_it_stands_is_no_draft_any_more(
    desk: Desk, kept: str, left: list[str]
) -> None:
    here = await desk.centre.served()
    async with desk.tx(desk.centre.agent) as tx:
        await actions.save_draft(
            tx, conversation_id=here, text=kept, kind="agent", by=desk.centre.agent,
            mail=MailGiven(html=f"<p>{kept}</p>"),
        )  # fmt: skip
    await desk.reply(here, mail=MailGiven())
    async with desk.tx(desk.centre.agent) as tx:
        shown = await queries.conversation(tx, here, desk.centre.agent)
    assert [one.text for one in shown.drafts] == left


async def test_a_draft_shows_the_pictures_of_its_writer_alone(desk: Desk) -> None:
    here = await desk.centre.served()
    async with desk.tx(desk.centre.agent) as tx:
        own = await save_file(tx, b"%PDF-1.4 x", "a.pdf", purpose="message")
    async with desk.tx(desk.centre.visitor) as tx:
        other = await save_file(tx, b"%PDF-1.4 y", "b.pdf", purpose="message")
    html = "".join(f'<p><img src="cid:{one}"></p>' for one in (own.id, other.id, own.id, "x"))
    async with desk.tx(desk.centre.agent) as tx:
        await actions.save_draft(
            tx, conversation_id=here, text="见图", kind="agent", by=desk.centre.agent,
            mail=MailGiven(html=html),
        )  # fmt: skip
        shown = await queries.conversation(tx, here, desk.centre.agent)
    assert [[file.id for file in one.pictures] for one in shown.drafts] == [[own.id]]


async def test_too_late_not_mine_and_no_mail(desk: Desk) -> None:
    here = await desk.centre.served()
    sent, chat = await desk.reply(here, mail=MailGiven()), await desk.reply(here)
    with pytest.raises(actions.NotYourMessage):
        await desk.undo(here, sent.id, desk.centre.supervisor)
    with pytest.raises(queries.MessageNotFound):
        await desk.undo(here, sent.id, desk.centre.other)
    with pytest.raises(queries.MessageNotFound):
        await desk.undo(new_id(), sent.id)
    with pytest.raises(actions.NoMail):
        await desk.undo(here, chat.id)
    await desk.carry()
    with pytest.raises(mail.HandedOver):
        await desk.undo(here, sent.id)
    # Nor by the way of messages, though its two minutes are not over.
    with pytest.raises(mail.HandedOver):
        async with desk.tx(desk.centre.agent) as tx:
            await actions.recall(tx, message_id=sent.id, by=desk.centre.agent)
    assert (await desk.listed(here))[1].text == "明天上午上门。"


async def test_recalling_a_waiting_mail_takes_it_back(desk: Desk) -> None:
    here = await desk.centre.served()
    sent = await desk.reply(here, mail=MailGiven())
    async with desk.tx(desk.centre.agent) as tx:
        await actions.recall(tx, message_id=sent.id, by=desk.centre.agent)
    assert await desk.carry() == 0


async def test_what_failed_says_why_and_is_tried_anew(desk: Desk) -> None:
    here = await desk.centre.served()
    sent = await desk.reply(here, mail=MailGiven())
    desk.box.recipient = "550 5.1.1 nobody"
    await desk.carry()
    await desk.works()
    found = (await desk.listed(here))[-1].mail
    assert (found.state, found.code) == ("failed", "recipient_refused")
    desk.box.recipient = ""
    for _ in range(2):
        async with desk.tx(desk.centre.agent) as tx:
            await actions.retry_mail(
                tx, conversation_id=here, message_id=sent.id, by=desk.centre.agent
            )
    await desk.works()
    assert (await desk.listed(here))[-1].mail.state == "queued"
    await desk.carry()
    await desk.works()
    states = [one["state"] for one in await desk.centre.facts("AnswerMailMoved")]
    assert states == ["failed", "queued", "sent"]
    with pytest.raises(queries.MessageNotFound):
        async with desk.tx(desk.centre.other) as tx:
            await actions.retry_mail(
                tx, conversation_id=here, message_id=sent.id, by=desk.centre.other
            )


async def test_cards_do_not_go_by_mail(desk: Desk) -> None:
    here = await desk.centre.served()
    await desk.centre.value("UPDATE conversation SET channel_kind = 'mail' RETURNING 1")
    await desk.centre.value("UPDATE channel SET kind = 'mail' RETURNING 1")
    content = msgspec.convert({"intro": "请选择", "quick": ["好的"]}, queries.Rich)
    with pytest.raises(actions.CardsNotByMail):
        async with desk.tx(desk.centre.agent) as tx:
            await actions.send_rich(
                tx, conversation_id=here, client_id=new_id(), content=content, by=desk.centre.agent
            )
    assert await desk.carry() == 0


async def test_lists_of_chats_ask_nothing_more(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    here = await desk.centre.served()
    await desk.reply(here)
    asked: list[str] = []
    states = mails.answer_states

    async def counted(tx: Any, ids: Any) -> Any:
        asked.append("states")
        return await states(tx, ids)

    monkeypatch.setattr(mails, "answer_states", counted)
    await desk.listed(here)
    assert asked == []
    await desk.reply(here, mail=MailGiven())
    asked.clear()
    await desk.listed(here)
    assert asked == ["states"]


async def test_clearing_a_conversation_takes_its_mails_along(desk: Desk) -> None:
    here = await desk.centre.served()
    await desk.reply(here, mail=MailGiven())
    await desk.carry()
    async with desk.tx() as tx:
        await actions.clear_conversations(tx, ids=[here], why="retention", on=tx.now.date())
    assert await desk.centre.value("SELECT count(*) FROM mail") == 0


async def test_what_an_answer_begins_with(desk: Desk) -> None:
    here = await desk.centre.served()
    async with desk.tx(desk.centre.agent) as tx:
        found = await queries.answering(tx, here, desk.centre.agent)
    assert found.can_mail
    assert found.sender == MailPerson("service@mail.example.com", "安居家客服")
    # An agent sees of an address what his role sees everywhere else.
    assert [one.email for one in found.to] == ["l***@example.org"]
    assert found.signature.text == "linxi\n安居家"
    assert found.signature.html == "linxi<br>安居家"
    assert (found.known, found.new, found.undo_s) == ([], [], 10)
    await desk.reply(here, mail=MailGiven(to=[MailPerson("wu@example.org")]))
    async with desk.tx(desk.centre.agent) as tx:
        assert (await queries.answering(tx, here, desk.centre.agent)).known == ["w***@example.org"]
        await mail.switch_server(tx, brand_id=(await brands(tx))[0].id, active=False)
        found = await queries.answering(tx, here, desk.centre.agent)
    assert (found.can_mail, bool(found.why)) == (False, True)
    with pytest.raises(queries.ConversationNotFound):
        async with desk.tx(desk.centre.other) as tx:
            await queries.answering(tx, here, desk.centre.other)


async def test_what_a_scanner_holds_goes_into_no_mail(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    here = await desk.centre.served()
    async with desk.tx(desk.centre.agent) as tx:
        monkeypatch.setattr(settings, "scanner", "clamd://127.0.0.1:1")
        file = await save_file(tx, b"%PDF-1.7 held", "报价.pdf", purpose="message")
    with pytest.raises(FileWaits):
        await desk.reply(here, mail=MailGiven(), file_ids=[file.id])
    for state, problem in (("infected", FileInfected), ("unscannable", FileNotSeen)):
        await desk.centre.value("UPDATE file_scan SET state = $1, code = '' RETURNING 1", state)
        with pytest.raises(problem):
            await desk.reply(here, mail=MailGiven(), file_ids=[file.id])
    assert len(await desk.listed(here)) == 1
    await desk.centre.value("UPDATE file_scan SET state = 'clean' RETURNING 1")
    sent = await desk.reply(here, mail=MailGiven(), file_ids=[file.id])
    # What is found before the mail is handed over keeps it here.
    await desk.centre.value("UPDATE file_scan SET state = 'infected' RETURNING 1")
    await desk.carry()
    assert desk.box.to == []
    shown = (await desk.listed(here))[-1]
    assert (shown.id, shown.mail.state, shown.mail.code) == (sent.id, "failed", "file_infected")
