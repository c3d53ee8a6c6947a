"""A conversation that began by mail goes on in the chat, for whom has shown who he is."""

import hashlib
import hmac
import json
import re
import time
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from peakend.accounts import queries as houses
from peakend.adapters.mail import Cells
from peakend.conversations import actions, queries
from peakend.conversations.rules.answering import MailPerson
from peakend.conversations.rules.continuing import Audience, audience, sight
from peakend.customers.actions import add_identity
from peakend.kernel.ids import new_id
from peakend.kernel.secrets import unseal
from peakend.kernel.settings import settings
from peakend.mail import actions as post
from peakend.mail.actions import MailboxText, ServerText
from peakend.mail.ports import provided
from peakend.mail.queries.outbox import place_of
from tests.conversations.conftest import Centre
from tests.conversations.test_mailing import Box
from tests.conversations.test_visitor_api import Visitor
from tests.mail.servers import a_server


@pytest.mark.parametrize(
    ("kind", "code", "params", "strange", "known"),
    [
        ("customer", None, None, "whole", "whole"),
        ("customer", "mail", {}, "closed", "whole"),
        ("customer", "mail", {"trust": "failed"}, "nothing", "nothing"),
        ("agent", "mail", {"audience": "anybody"}, "whole", "whole"),
        ("agent", "mail", {"audience": "proven"}, "closed", "whole"),
        ("agent", "mail", {"audience": "nobody"}, "nothing", "nothing"),
        ("agent", "mail", None, "nothing", "nothing"),
        ("note", None, None, "nothing", "nothing"),
        ("participant", "mail", {}, "nothing", "nothing"),
        ("system", "staff_mail_possible", None, "nothing", "nothing"),
    ],
)
def test_what_of_a_mail_a_browser_sees(
    kind: str, code: str | None, params: Any, strange: str, known: str
) -> None:
    assert sight(kind, code, params, proven=False) == strange
    assert sight(kind, code, params, proven=True) == known


@pytest.mark.parametrize(
    ("to_customer", "answers_mail", "who"),
    [(True, True, "proven"), (True, False, "anybody"), (False, True, "nobody")],
)
def test_what_did_not_go_to_the_customer_is_not_for_him(
    *, to_customer: bool, answers_mail: bool, who: Audience
) -> None:
    assert audience(to_customer=to_customer, answers_mail=answers_mail) == who


class House:
    """A mailbox and a chat of the same brand, and one browser."""

    def __init__(self, box: Box, visitor: Visitor, secret: str) -> None:
        self.box, self.centre, self.visitor, self.secret = box, box.centre, visitor, secret

    def signed(self, login: str) -> dict[str, Any]:
        fields = {"exp": int(time.time()) + 600, "id": login}
        text = json.dumps(fields, sort_keys=True, ensure_ascii=False, separators=(",", ":"))
        digest = hmac.new(self.secret.encode(), text.encode(), hashlib.sha256).hexdigest()
        return fields | {"hash": digest}

    async def login(self, conversation_id: UUID, login: str = "u1") -> UUID:
        """Let who wrote a mail be known to the house by a login, too."""
        customer_id = UUID((await self.box.conversation(conversation_id))["customer_id"])
        async with self.centre.tx() as tx:
            await add_identity(
                tx, customer_id=customer_id, kind="login", value=login, verified=True
            )
        return customer_id

    async def serve(self, conversation_id: UUID) -> None:
        async with self.centre.tx() as tx:
            await actions.assign(
                tx, conversation_id=conversation_id, agent_id=self.centre.agent.id,
                queue_id=self.centre.queue_id, leg_id=new_id(),
            )  # fmt: skip

    async def reply(self, conversation_id: UUID, text: str = "好的", **more: Any) -> Any:
        async with self.centre.tx(self.centre.agent) as tx:
            return await actions.reply(
                tx, conversation_id=conversation_id, client_id=new_id(), text=text,
                by=self.centre.agent, **more,
            )  # fmt: skip

    async def go_on(self, conversation_id: UUID | None) -> httpx.Response:
        return await self.visitor.send("continuations", {"conversation_id": str(conversation_id)})

    async def others(self) -> list[dict[str, Any]]:
        answer = await self.visitor.get("conversations")
        assert answer.status_code == 200, answer.text
        return list(answer.json())

    async def seen(self) -> list[tuple[str, str, str | None]]:
        view = (await self.visitor.get("conversation")).json()
        return [(m["kind"], m["text"], m["code"]) for m in view["messages"]] if view else []


@pytest.fixture
async def house(
    centre: Centre, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[House]:
    cells = Cells(most=1)
    monkeypatch.setattr(provided, "reader", cells, raising=False)
    async with centre.tx() as tx:
        brand_id = (await houses.brands(tx))[0].id
        given = MailboxText(
            brand_id=brand_id, name="客服邮箱", email="service@mail.example.com", way="smtp"
        )
        mailbox_id = await post.add_mailbox(tx, mailbox=given)
        channel = await actions.follow_mailbox(tx, mailbox_id=mailbox_id, brand_id=brand_id)
        await tx.run("UPDATE channel SET queue_id = $1 WHERE id = $2", centre.queue_id, channel.id)
        await tx.run("UPDATE channel SET brand_id = $1 WHERE id = $2", brand_id, centre.channel_id)
        secret = await actions.new_identity_secret(tx, channel_id=centre.channel_id)
        key = await tx.value("SELECT key FROM channel WHERE id = $1", centre.channel_id)
    yield House(Box(centre, mailbox_id), Visitor(client, key), secret)
    await cells.close()


async def test_a_known_customer_goes_on_in_the_chat(house: House) -> None:
    box = house.box
    here = await box.take("热水器坏了", Message_ID="<a@x.example>")
    assert here is not None
    customer_id = await house.login(here)
    await house.serve(here)
    answer = await house.visitor.come(identity=house.signed("u1"))
    assert answer.json()["conversation"] is None
    [offered] = await house.others()
    assert (offered["id"], offered["way"], offered["subject"]) == (str(here), "mail", "维修")
    view = (await house.go_on(here)).json()
    assert view["id"] == str(here)
    assert [(m["text"], m["code"], m["params"]) for m in view["messages"]] == [
        ("热水器坏了", "mail", None)
    ]
    assert (await house.go_on(here)).json()["id"] == str(here)
    assert await house.others() == []
    # He has only looked: an answer still goes where he wrote.
    assert (await box.conversation(here))["channel_kind"] == "mail"
    written = await house.visitor.says("今天能来吗")
    assert written.json()["conversation"]["id"] == str(here)
    row = await box.conversation(here)
    assert (row["channel_kind"], row["agent_id"]) == ("web", str(house.centre.agent.id))
    assert (row["customer_id"], row["unread"]) == (str(customer_id), 2)
    facts = await house.centre.facts("MessageReceived")
    assert [f["first"] for f in facts] == [True, False]
    kept = await house.reply(here, "能")
    assert kept.code is None
    assert [one[1] for one in await house.seen()] == ["热水器坏了", "今天能来吗", "能"]
    async with house.centre.tx() as tx:
        [shown] = await queries.rows(tx, [here])
    assert (shown.channel_kind, shown.in_chat) == ("web", True)
    # A mail finds it as before, and answers go that way again.
    assert await box.take("谢谢", In_Reply_To="<a@x.example>") == here
    assert (await box.conversation(here))["channel_kind"] == "mail"


async def test_the_agent_may_answer_by_either_way(house: House) -> None:
    here = await house.box.take()
    assert here is not None
    await house.login(here)
    await house.serve(here)
    with pytest.raises(actions.NotInChat):
        await house.reply(here, in_chat=True)
    await house.visitor.come(identity=house.signed("u1"))
    await house.go_on(here)
    kept = await house.reply(here, "在这里回复", in_chat=True)
    assert kept.code is None
    assert ("agent", "在这里回复", None) in await house.seen()


async def test_who_has_shown_nothing_sees_no_mail(house: House) -> None:
    here = await house.box.take("机密")
    assert here is not None
    await house.login(here)
    # Nobody, one who only says it, and one whose signature is another's.
    for identity in (None, {"id": "u1"}, house.signed("u2")):
        await house.visitor.come(**({"identity": identity} if identity else {}))
        assert await house.others() == []
        assert (await house.go_on(here)).status_code == 404
        assert "机密" not in (await house.visitor.get("conversation")).text


async def test_a_browser_that_an_agent_merged_in_sees_no_mail(house: House) -> None:
    """A merge says who somebody is; it does not show that this browser is his."""
    here = await house.box.take("机密")
    assert here is not None
    customer_id = await house.login(here)
    await house.visitor.come()
    await house.visitor.says("我是刘先生")
    async with house.centre.tx() as tx:
        await tx.run("UPDATE visitor SET customer_id = $1", customer_id)
        await tx.run(
            "UPDATE conversation SET customer_id = $1 WHERE channel_id = $2",
            customer_id, house.centre.channel_id,
        )  # fmt: skip
    from peakend.customers.queries import visits

    visits._known.clear()
    assert await house.others() == []
    assert (await house.go_on(here)).status_code == 404
    # Another browser of his goes on with it: then this one shows that there is a mail, no more.
    other = Visitor(house.visitor.client, house.visitor.key)
    await other.come(identity=house.signed("u1"))
    assert (await other.send("continuations", {"conversation_id": str(here)})).status_code == 200
    assert await house.seen() == [("customer", "", "mail_closed")]
    assert [m["text"] for m in (await other.get("conversation")).json()["messages"]] == ["机密"]
    message = (await house.box.messages(here))[0]["id"]
    assert (await house.visitor.send(f"messages/{message}/recalls")).status_code == 409
    quoting = await other.says("还有这个", reply_to=message)
    assert quoting.json()["message"]["quote"]["text"] == "机密"
    view = (await house.visitor.get("conversation")).text
    assert "机密" not in view


async def test_nobody_goes_on_with_what_is_of_somebody_else(house: House) -> None:
    here = await house.box.take("机密")
    assert here is not None
    await house.login(here)
    other = await house.box.take("我的", sender="eve@y.example")
    assert other is not None
    await house.login(other, "eve")
    await house.visitor.come(identity=house.signed("eve"))
    assert [one["id"] for one in await house.others()] == [str(other)]
    assert (await house.go_on(here)).status_code == 404
    assert (await house.go_on(uuid4())).status_code == 404
    async with house.centre.tx() as tx:
        await tx.run("UPDATE conversation SET brand_id = NULL WHERE id = $1", other)
    # What is of another brand is not offered in this one's window.
    assert await house.others() == []
    assert (await house.go_on(other)).status_code == 404


async def test_another_matter_in_the_chat_stays_within_reach(house: House) -> None:
    here = await house.box.take()
    assert here is not None
    await house.login(here)
    await house.visitor.come(identity=house.signed("u1"))
    chat = (await house.visitor.says("另一件事")).json()["conversation"]["id"]
    assert (await house.go_on(here)).json()["id"] == str(here)
    assert [(one["id"], one["way"]) for one in await house.others()] == [(chat, "chat")]
    assert (await house.go_on(UUID(chat))).json()["id"] == chat
    assert [one["id"] for one in await house.others()] == [str(here)]
    assert (await house.visitor.says("好")).json()["conversation"]["id"] == chat


async def test_what_was_forged_is_not_shown_to_whom_it_was_forged_for(house: House) -> None:
    received_id = await house.box.come("请拨打 555")
    async with house.centre.tx() as tx:
        await tx.run(
            "UPDATE received_content SET trust = 'failed' WHERE received_id = $1", received_id
        )
        here = await actions.take_mail(tx, received_id=received_id)
    assert here is not None
    await house.login(here)
    await house.visitor.come(identity=house.signed("u1"))
    assert await house.others() == []
    assert (await house.go_on(here)).status_code == 404


class Mailed(House):
    """A house whose brand sends mails, and offers its chat in them."""

    async def code(self) -> str:
        """Return the code of the newest mail that waits to be sent."""
        async with self.centre.tx() as tx:
            mail_id = await tx.value(
                "SELECT id FROM mail WHERE kind = 'code' ORDER BY id DESC LIMIT 1"
            )
            assert mail_id is not None
            sealed = await tx.value("SELECT content_sealed FROM mail WHERE id = $1", mail_id)
            content = json.loads(unseal(sealed, place_of(tx, mail_id)))
        found = re.search(r"^(\d{6})$", content["text"], re.M)
        assert found
        return found[1]

    async def codes(self) -> int:
        return int(await self.centre.value("SELECT count(*) FROM mail WHERE kind = 'code'"))

    async def link_in(self, message: Any) -> str:
        async with self.centre.tx() as tx:
            mail_id = UUID(message.params["mail_id"])
            sealed = await tx.value("SELECT content_sealed FROM mail WHERE id = $1", mail_id)
            content = json.loads(unseal(sealed, place_of(tx, mail_id)))
        assert ("#mail=" in content["html"]) == ("#mail=" in content["text"])
        return str(content["text"]).partition("#mail=")[2].strip()

    async def ask(self, **given: str) -> httpx.Response:
        return await self.visitor.send("proofs", given)

    async def shows(self, proof: httpx.Response, code: str) -> httpx.Response:
        assert proof.status_code == 201, proof.text
        return await self.visitor.send(f"proofs/{proof.json()['id']}/codes", {"code": code})


@pytest.fixture
async def mailed(
    house: House, monkeypatch: pytest.MonkeyPatch, data_dir: Any
) -> AsyncIterator[Mailed]:
    monkeypatch.setattr(settings, "public_url", "https://desk.example")
    async with a_server(monkeypatch) as box:
        async with house.centre.tx() as tx:
            brand_id = (await houses.brands(tx))[0].id
            given = ServerText(
                brand_id=brand_id, host="127.0.0.1", port=box.port, tls="none", login="",
                sender_email="service@mail.example.com", sender_name_zh="家", sender_name_en="H",
            )  # fmt: skip
            await post.set_server(tx, server=given)
            await tx.run(
                "UPDATE channel SET look = look || '{\"mail_link\": true}' WHERE kind = 'web'"
            )
        yield Mailed(house.box, house.visitor, house.secret)


async def test_a_code_to_the_mailbox_opens_what_was_mailed(mailed: Mailed) -> None:
    here = await mailed.box.take("机密")
    assert here is not None
    await mailed.visitor.come()
    await mailed.visitor.says("我先问一句")
    assert await mailed.others() == []
    asked = await mailed.ask(email="Liu@x.example ")
    assert asked.json()["seen"] == ""
    assert (await mailed.shows(asked, "000000")).status_code in (409, 200)
    code = await mailed.code()
    stranger = Visitor(mailed.visitor.client, mailed.visitor.key)
    await stranger.come()
    path = f"proofs/{asked.json()['id']}/codes"
    assert (await stranger.send(path, {"code": code})).status_code == 409
    assert (await mailed.shows(asked, code)).status_code == 200
    assert [one["id"] for one in await mailed.others()] == [str(here)]
    # What he asked before is his, too; the code is good once.
    assert [one[1] for one in await mailed.seen()] == ["我先问一句"]
    assert (await mailed.shows(asked, code)).status_code == 409
    assert (await mailed.go_on(here)).json()["id"] == str(here)
    assert ("customer", "机密", "mail") in await mailed.seen()


async def test_a_link_alone_shows_nothing(mailed: Mailed) -> None:
    here = await mailed.box.take("机密")
    assert here is not None
    await mailed.serve(here)
    link = await mailed.link_in(await mailed.reply(here, "请看"))
    await mailed.visitor.come()
    assert await mailed.seen() == []
    asked = await mailed.ask(link=link)
    assert asked.json()["seen"] == "l***@x.example"
    assert await mailed.seen() == []
    for wrong in ("", "1", "a" * 20):
        assert (await mailed.shows(asked, wrong)).status_code == 409
    view = (await mailed.shows(asked, await mailed.code())).json()
    assert view["id"] == str(here)
    assert [m["text"] for m in view["messages"]] == ["机密", "请看"]
    # Guessing ends, whatever is asked for anew.
    again = await mailed.ask(link=link)
    answers = [(await mailed.shows(again, "x")).status_code for _ in range(6)]
    assert answers == [409] * 5 + [429]


async def test_a_made_link_and_one_that_is_over_are_refused(mailed: Mailed) -> None:
    here = await mailed.box.take("机密")
    assert here is not None
    await mailed.serve(here)
    link = await mailed.link_in(await mailed.reply(here, "请看"))
    await mailed.visitor.come()
    for wrong in ("x", link[:-4] + "AAAA", "é"):
        assert (await mailed.ask(link=wrong)).status_code == 404
    await mailed.box.close(here)
    assert (await mailed.ask(link=link)).status_code == 404
    assert await mailed.codes() == 0


async def test_nobody_learns_who_writes_here(mailed: Mailed) -> None:
    here = await mailed.box.take("机密")
    assert here is not None
    await mailed.visitor.come()
    known, unknown = await mailed.ask(email="liu@x.example"), await mailed.ask(email="a@b.example")
    assert known.json().keys() == unknown.json().keys()
    assert (known.status_code, known.json()["seen"]) == (
        unknown.status_code,
        unknown.json()["seen"],
    )
    assert await mailed.codes() == 1
    # Our own address is nobody's.
    await mailed.ask(email="service@mail.example.com")
    assert await mailed.codes() == 1


async def test_an_address_that_was_only_typed_opens_nobody_elses_chats(mailed: Mailed) -> None:
    """Who is known by a login mistyped his address: its owner gets neither a link nor a code."""
    await mailed.visitor.come(identity=mailed.signed("u1"))
    chat = UUID((await mailed.visitor.says("私事")).json()["conversation"]["id"])
    customer_id = UUID((await mailed.box.conversation(chat))["customer_id"])
    async with mailed.centre.tx() as tx:
        await add_identity(tx, customer_id=customer_id, kind="email", value="owner@x.example")
    await mailed.serve(chat)
    sent = await mailed.reply(chat, "请看", mail=queries.MailGiven())
    assert sent.params["audience"] == "anybody"
    assert await mailed.link_in(sent) == ""
    await mailed.ask(email="owner@x.example")
    assert await mailed.codes() == 0


async def test_a_mail_to_somebody_else_is_not_shown_to_the_customer(mailed: Mailed) -> None:
    here = await mailed.box.take("热水器坏了")
    assert here is not None
    await mailed.login(here)
    await mailed.serve(here)
    await mailed.visitor.come(identity=mailed.signed("u1"))
    await mailed.go_on(here)
    given = queries.MailGiven(to=[MailPerson("supplier@z.example")])
    sent = await mailed.reply(here, "成本价 30 元", mail=given)
    assert await mailed.link_in(sent) == ""
    assert [one[1] for one in await mailed.seen()] == ["热水器坏了"]
