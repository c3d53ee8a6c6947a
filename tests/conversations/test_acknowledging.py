"""Acknowledgements: off by default, for people with a proven address, and never in a loop."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from peakend.accounts.queries import brands
from peakend.conversations import actions, queries
from peakend.kernel.ids import new_id
from peakend.mail import actions as post
from peakend.mail.actions import Postman, ServerText
from tests.conversations.boxes import Box
from tests.conversations.conftest import Centre
from tests.mail.servers import Box as Server
from tests.mail.servers import a_server

FROM = "service@mail.example.com"


class House:
    """A house with a mailbox that acknowledges, and a server that sends."""

    def __init__(self, box: Box, server: Server) -> None:
        self.box, self.server, self.centre = box, server, box.centre
        self.postman = Postman(self.centre.database)

    async def takes(self, trust: str = "verified", **more: Any) -> UUID | None:
        """Let a mail come, be judged, and be acknowledged where that is due."""
        received_id = await self.box.come(**more)
        async with self.centre.tx() as tx:
            await tx.run(
                "UPDATE received_content SET trust = $2 WHERE received_id = $1", received_id, trust
            )
            here = await actions.take_mail(tx, received_id=received_id)
        begun = {UUID(one["conversation_id"]) for one in await self.begun()}
        if here in begun:
            async with self.centre.tx() as tx:
                await actions.acknowledge_mail(tx, conversation_id=here)
        return here

    async def begun(self) -> list[dict[str, Any]]:
        async with self.centre.tx() as tx:
            found: list[dict[str, Any]] = await tx.value(
                "SELECT coalesce(jsonb_agg(jsonb_build_object('conversation_id', conversation_id)),"
                " '[]') FROM event WHERE type = 'ConversationStarted'"
            )
            return found

    async def acknowledges(self, on: bool = True) -> None:
        async with self.centre.tx() as tx:
            await tx.run("UPDATE mailbox SET acknowledges = $1", on)

    async def held(self) -> list[str]:
        return [one["why"] for one in await self.centre.facts("AutomaticMailHeld")]


@pytest.fixture
async def house(box: Box, monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[House]:
    async with a_server(monkeypatch) as server:
        async with box.centre.tx() as tx:
            await post.set_server(
                tx,
                server=ServerText(
                    brand_id=(await brands(tx))[0].id, host="127.0.0.1", port=server.port,
                    tls="none", login="", sender_email=FROM, sender_name_zh="安居家客服",
                    sender_name_en="Home Care",
                ),
            )  # fmt: skip
        yield House(box, server)


async def test_it_is_off_until_somebody_wants_it(house: House) -> None:
    await house.takes()
    assert await house.postman.carry() == 0
    await house.acknowledges()
    here = await house.takes(sender="wu@y.example", Subject="发票; Bcc: x@y.example")
    assert await house.postman.carry() == 1
    found = house.server.mail()
    assert house.server.to == [["wu@y.example"]]
    assert found["auto-submitted"] == "auto-replied"
    assert found["in-reply-to"] == "<m2@x.example>"
    assert "service+" in str(found["reply-to"])
    # Nothing that a stranger wrote goes to an address that he may have made up.
    for part in (found["subject"], found["to"], house.server.came[0].decode()):
        assert "发票" not in str(part)
        assert "Liu" not in str(part)
    row = await house.box.conversation(here)
    assert (row["state"], row["first_reply_at"]) == ("waiting", None)


async def test_nobody_is_written_to_whom_nobody_vouches_for(house: House) -> None:
    await house.acknowledges()
    for trust in ("", "unverified", "failed"):
        await house.takes(trust, sender=f"a{trust}@y.example")
    await house.takes(sender=FROM)
    assert await house.postman.carry() == 0
    assert await house.held() == ["unverified", "unverified", "unverified", "own"]


async def test_programs_get_none(house: House) -> None:
    await house.acknowledges()
    await house.takes(Auto_Submitted="auto-replied")
    assert await house.postman.carry() == 0


async def test_a_vacation_responder_without_headers_gets_one(house: House) -> None:
    """It answers each acknowledgement, with a growing subject and no thread: once, then silence."""
    await house.acknowledges()
    subject = "维修"
    for _ in range(6):
        await house.takes("verified", sender="away@y.example", Subject=subject)
        subject = f"Re: {subject}"
        await house.postman.carry()
    assert len(house.server.came) == 1
    assert await house.held() == ["contact"] * 5


async def test_two_houses_do_not_answer_each_other(house: House) -> None:
    """What we send comes back to us as another house's mail: as it is, and without its headers."""
    await house.acknowledges()
    await house.takes("verified", sender="service@other.example")
    await house.postman.carry()
    [raw] = house.server.came
    theirs = raw.decode().replace(FROM, "service@other.example").partition("\r\n\r\n")
    heads = [one for one in theirs[0].split("\r\n") if not one.startswith(("Message-ID", "From"))]
    for number, kept in enumerate((heads, [one for one in heads if "uto" not in one])):
        async with house.centre.tx() as tx:
            prepared = await post.prepare(
                "\r\n".join(
                    [*kept, "From: service@other.example", f"Message-ID: <t{number}@other.example>"]
                ).encode()
                + b"\r\n\r\n"
                + theirs[2].encode()
            )
            from peakend.mail import queries as boxes

            mailbox = await boxes.need_mailbox(tx, house.box.mailbox_id)
            received_id = await post.keep_mail(tx, mailbox, prepared)
            assert received_id is not None
            await tx.run("UPDATE received_content SET trust = 'verified'")
            here = await actions.take_mail(tx, received_id=received_id)
            if here is not None:
                await actions.acknowledge_mail(tx, conversation_id=here)
    await house.postman.carry()
    assert len(house.server.came) == 1


async def test_an_answer_goes_to_who_wrote_in_his_thread(house: House) -> None:
    centre: Centre = house.centre
    here = await house.takes(
        sender="liu@x.example", Subject="Re: 回复：维修", References="<a@x.example> <b@x.example>",
        Cc="wu@y.example", Reply_To="other@elsewhere.example",
    )  # fmt: skip
    assert here is not None
    async with centre.tx() as tx:
        await actions.assign(
            tx, conversation_id=here, agent_id=centre.agent.id, queue_id=centre.queue_id,
            leg_id=new_id(),
        )  # fmt: skip
    async with centre.tx(centre.agent) as tx:
        begins = await queries.answering(tx, here, centre.agent)
        assert begins.can_mail
        assert ([one.email for one in begins.to], begins.cc) == (["l***@x.example"], [])
        assert begins.known == ["l***@x.example"]
        assert {(one.email, one.where) for one in begins.new} == {
            ("w***@y.example", "cc"), ("o***@elsewhere.example", "reply_to"),
        }  # fmt: skip
        assert begins.subject == "Re: 维修"
        assert "热水器坏了" in begins.quote.text
        assert "liu@x.example" not in begins.quote.html
        sent = await actions.reply(
            tx, conversation_id=here, client_id=new_id(), text="明天上门。", by=centre.agent
        )
    assert sent.code == "mail"
    async with centre.tx() as tx:
        await tx.run("UPDATE mail SET next_at = created_at")
    await house.postman.carry()
    assert house.server.to == [["liu@x.example"]]
    found = house.server.mail()
    assert found["subject"] == "Re: 维修"
    assert found["in-reply-to"] == "<m1@x.example>"
    assert str(found["references"]).split() == ["<a@x.example>", "<b@x.example>", "<m1@x.example>"]
    # What comes back finds its conversation, by the address or by what it answers.
    reply_to = str(found["reply-to"])
    assert await house.takes("verified", text="好的", In_Reply_To=found["message-id"]) == here
    assert await house.takes("verified", text="好的", To=reply_to) == here
