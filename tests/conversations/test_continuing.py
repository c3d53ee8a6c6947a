"""A conversation that began by mail goes on in the chat, for whom has shown who he is."""

import hashlib
import hmac
import json
import time
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from peakend.accounts import queries as houses
from peakend.adapters.mail import Cells
from peakend.conversations import actions, queries
from peakend.conversations.rules.continuing import Audience, audience, sight
from peakend.customers.actions import add_identity
from peakend.kernel.ids import new_id
from peakend.mail import actions as post
from peakend.mail.actions import MailboxText
from peakend.mail.ports import provided
from tests.conversations.conftest import Centre
from tests.conversations.test_mailing import Box
from tests.conversations.test_visitor_api import Visitor


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
