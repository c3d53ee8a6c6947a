"""Mails of programs that are about nothing of ours: seen, and made a conversation where wanted."""

from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import httpx
import pytest

from peakend.accounts import queries as houses
from peakend.adapters.mail import Cells
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from peakend.mail import actions, queries
from peakend.mail.ports import Brought, provided
from peakend.mail.queries import ReceivedMail
from tests.accounts.people import a_person
from tests.mail.test_door import ADDRESS, a_box

FORM = "noreply@shop.example"


class House:
    """An organisation with a mailbox that programs write to."""

    def __init__(self, database: Database, organisation_id: UUID, brand_id: UUID) -> None:
        self.database, self.brand_id = database, brand_id
        self.system = Actor.system(organisation_id)
        self.number = 0

    def tx(self) -> Any:
        return self.database.transaction(self.system)

    async def come(self, sender: str = FORM, text: str = "订单问题", **heads: str) -> UUID:
        self.number += 1
        more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in heads.items())
        own = "" if "Message_ID" in heads else f"Message-ID: <{self.number}@x>\r\n"
        raw = f"From: <{sender}>\r\n{own}{more}\r\n{text}\r\n"
        receiver = actions.Receiver(self.database)
        brought = Brought(raw=raw.encode(), sender=sender, to=[ADDRESS])
        assert await receiver.take(brought) == [True]
        async with self.tx() as tx:
            found: UUID = await tx.value("SELECT max(id::text)::uuid FROM received_mail")
            return found

    async def mail_of(self, received_id: UUID) -> ReceivedMail:
        async with self.tx() as tx:
            return await queries.need_received(tx, received_id)

    async def listed(self) -> list[tuple[UUID, str]]:
        async with self.tx() as tx:
            found = await queries.received_mails(tx, state="programs")
            return [(one.id, one.automatic_by) for one in found.items]

    async def facts(self, kind: str) -> list[dict[str, Any]]:
        async with self.tx() as tx:
            found: list[dict[str, Any]] = await tx.value(
                "SELECT coalesce(jsonb_agg(payload ORDER BY id), '[]') FROM event WHERE type = $1",
                kind,
            )
            return found


@pytest.fixture
async def house(
    database: Database, organisation: UUID, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[House]:
    cells = Cells(most=1)
    monkeypatch.setattr(provided, "reader", cells, raising=False)
    await a_box(database, organisation)
    async with database.transaction(Actor.system(organisation)) as tx:
        brand_id = (await houses.brands(tx))[0].id
    yield House(database, organisation, brand_id)
    await cells.close()


async def test_what_programs_write_is_listed_with_what_told(house: House) -> None:
    await house.come("liu@x.example")
    mails = [
        await house.come(Auto_Submitted="auto-generated"),
        await house.come(Precedence="bulk"),
        await house.come("mailer-daemon@x.example"),
        await house.come(Subject="自动回复：您好"),
        await house.come(text="这是来自QQ邮箱的自动回复邮件。"),
        await house.come(Content_Type="multipart/report; boundary=b"),
    ]
    why = ["header", "bulk", "sender", "subject", "text", "report"]
    assert await house.listed() == list(reversed(list(zip(mails, why, strict=True))))
    # Once it is known whose conversation it is about, it is seen there.
    async with house.tx() as tx:
        await actions.claim_received(tx, received_id=mails[0], customer_id=mails[0])
    assert len(await house.listed()) == 5
    # Pages follow each other without a gap.
    async with house.tx() as tx:
        page = await queries.received_mails(tx, state="programs", limit=2)
        rest = await queries.received_mails(tx, state="programs", cursor=page.next, limit=9)
    assert [one.id for one in [*page.items, *rest.items]] == list(reversed(mails[1:]))


async def test_one_is_made_a_conversation_of_once(house: House) -> None:
    received_id = await house.come(Auto_Submitted="auto-generated")
    async with house.tx() as tx:
        await actions.let_in(tx, received_id=received_id)
    async with house.tx() as tx:
        with pytest.raises(actions.NotKeptAside):
            await actions.let_in(tx, received_id=received_id)
        assert (await queries.need_received(tx, received_id)).as_person
    assert await house.listed() == []
    assert len(await house.facts("MailLetIn")) == 1
    # A person's mail is in its conversation already.
    async with house.tx() as tx:
        with pytest.raises(actions.NotKeptAside):
            await actions.let_in(tx, received_id=await house.come("liu@x.example"))


async def test_a_sender_counts_as_a_person_until_somebody_takes_it_back(house: House) -> None:
    received_id = await house.come(Auto_Submitted="auto-generated")
    async with house.tx() as tx:
        first = await actions.take_for_person(tx, received_id=received_id)
        assert await actions.take_for_person(tx, received_id=received_id) == first
    assert len(await house.facts("MailLetIn")) == 1
    assert [one["what"] for one in await house.facts("MailPersonChanged")] == ["added"]
    form = await house.come("NoReply@Shop.example", Auto_Submitted="auto-generated")
    other = await house.come("other@shop.example", Auto_Submitted="auto-generated")
    async with house.tx() as tx:
        assert (await queries.need_received(tx, form)).as_person
        [one] = (await queries.mail_persons(tx)).items
        assert (one.id, one.email, one.brand_id) == (first, FORM, house.brand_id)
    assert [one[0] for one in await house.listed()] == [other]
    async with house.tx() as tx:
        await actions.take_for_program(tx, person_id=first)
        with pytest.raises(queries.PersonNotFound):
            await actions.take_for_program(tx, person_id=first)
    later = await house.come(Auto_Submitted="auto-generated")
    assert [one[0] for one in await house.listed()] == [later, other]


async def test_reports_and_people_are_never_taken_for_programs_that_are_persons(
    house: House,
) -> None:
    daemon = await house.come("mailer-daemon@shop.example", text="550 5.1.1 user unknown")
    person = await house.come("liu@x.example")
    async with house.tx() as tx:
        await actions.take_for_person(tx, received_id=daemon)
        with pytest.raises(actions.NotOfProgram):
            await actions.take_for_person(tx, received_id=person)
    again = await house.come("mailer-daemon@shop.example", text="550 5.1.1 user unknown")
    async with house.tx() as tx:
        assert not (await queries.need_received(tx, again)).as_person


async def test_a_second_mail_of_a_number_with_other_content_is_marked(house: House) -> None:
    async def came(text: str, **heads: str) -> bool:
        received_id = await house.come("liu@x.example", text, Message_ID="<same@x>", **heads)
        return (await house.mail_of(received_id)).second

    assert not await came("请退款到原账户")
    # What came by another way says the same.
    assert not await came("请退款到原账户", X_Other="list")
    assert await came("请退款到新账户")
    assert await came("请退款到原账户", Subject="急")
    assert not (await house.mail_of(await house.come("liu@x.example"))).second


async def test_it_is_done_on_the_page(
    house: House, database: Database, client: httpx.AsyncClient, organisation: UUID
) -> None:
    boss = await a_person(database, client, organisation, role="admin")
    boss.browser.headers["Accept-Language"] = "zh-CN"
    received_id = await house.come(Precedence="bulk", Subject="上新通知")
    [one] = (await boss.get("/received-mails?only=programs")).json()["items"]
    assert (one["id"], one["message"]) == (str(received_id), "邮件头写明是群发邮件")
    assert (await boss.get(f"/received-mails/{received_id}/file")).status_code == 200
    made = await boss.send("POST", "/mail-persons", {"received_id": str(received_id)})
    assert made.status_code == 201
    assert (await boss.get("/received-mails?only=programs")).json()["items"] == []
    [person] = (await boss.get("/mail-persons")).json()["items"]
    assert person["email"] == FORM
    again = await boss.send("POST", f"/received-mails/{received_id}/entries")
    assert again.status_code == 409
    for status in (204, 404):
        gone = await boss.send("DELETE", f"/mail-persons/{person['id']}")
        assert gone.status_code == status
