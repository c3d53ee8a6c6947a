"""Mails to a customer go with the customer, or when they are old; what is on hold stays."""

from collections.abc import AsyncIterator
from datetime import timedelta
from uuid import UUID, uuid4

import pytest

from peakend.kernel.db import Database
from peakend.kernel.personal import AGES, HELD, erased, found, how_many
from peakend.mail import actions
from peakend.mail.models import DueMail
from peakend.mail.rules import KEPT_FAILED, KEPT_SENT
from tests.mail.conftest import House
from tests.mail.servers import a_server

[MAIL] = [one for one in HELD if one.table == "mail"]


@pytest.fixture
async def house(
    database: Database, organisation: UUID, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[House]:
    async with a_server(monkeypatch) as box:
        made = House(database, organisation, box)
        await made.set_up()
        yield made


async def forgets(house: House, customer_id: UUID) -> int:
    async with house.tx() as tx:
        return await erased(tx, MAIL, [customer_id])


async def test_what_a_mail_says_is_given_out_while_it_is_kept(house: House) -> None:
    customer_id = uuid4()
    await house.queue(customer_id=customer_id)
    await house.queue()
    async with house.tx() as tx:
        [row] = await found(tx, MAIL, [customer_id])
        assert await how_many(tx, MAIL, [customer_id, uuid4()]) == 1
    assert (row["to_email"], row["to_name"], row["subject"]) == (
        "liu@example.org", "刘思雨", "热水器",
    )  # fmt: skip
    assert "师傅明天上午到。" in row["text"]
    await house.carry()
    async with house.tx() as tx:
        [row] = await found(tx, MAIL, [customer_id])
    # An answer is still what was said to him once it was sent.
    assert (row["state"], "text" in row) == ("sent", True)


async def test_a_mail_to_somebody_erased_is_not_sent(house: House) -> None:
    customer_id = uuid4()
    await house.queue(customer_id=customer_id)
    kept = await house.queue()
    assert await forgets(house, customer_id) == 1
    assert await house.carry() == 1
    assert (await house.mail(kept)).state == "sent"
    assert len(house.box.came) == 1


class Erasing(actions.Postman):
    """A postman between whose taking a mail and handing it over somebody is erased."""

    house: House
    customer_id: UUID

    async def carry_one(self, one: DueMail) -> None:
        await forgets(self.house, self.customer_id)
        await super().carry_one(one)


async def test_who_is_erased_meanwhile_leaves_no_failure(
    house: House, capsys: pytest.CaptureFixture[str]
) -> None:
    customer_id = uuid4()
    await house.queue(customer_id=customer_id)
    postman = Erasing(house.database, lambda: house.at)
    postman.house, postman.customer_id = house, customer_id
    assert await postman.carry() == 1
    assert house.box.came == []
    assert "carrying failed" not in capsys.readouterr().out


async def test_old_mails_go_and_held_ones_stay(house: House) -> None:
    customers = [uuid4(), uuid4()]
    for customer_id in customers:
        await house.queue(customer_id=customer_id)
    await house.carry()
    await house.queue(customer_id=customers[0])
    own = await house.queue()
    async with house.tx() as tx:
        await tx.run(
            "INSERT INTO legal_hold (id, subject, subject_id, code, placed_at)"
            " VALUES ($1, 'customer', $1, 'tax', $2)",
            customers[1],
            tx.now,
        )
    house.at += timedelta(days=3)
    age = AGES["mails"]
    async with house.tx() as tx:
        assert await age.sweep(tx, house.at - timedelta(days=4), 10) == 0
        assert await tx.value(age.count, house.at) == 1
        # What waits is not too old, nor is what goes to members a matter of this time.
        assert await age.sweep(tx, house.at, 10) == 1
        assert await age.sweep(tx, house.at, 10) == 0
    assert (await house.mail(own)).state == "queued"
    house.at += KEPT_SENT + KEPT_FAILED
    async with house.tx() as tx:
        assert await actions.sweep_mails(tx) == 0
        await tx.run("UPDATE legal_hold SET standing = false")
        assert await actions.sweep_mails(tx) == 1
