"""What is kept aside: blocked senders and domains, marks of spam; and how it is let in."""

from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID

import httpx
import pytest

from peakend.accounts import queries as houses
from peakend.adapters.mail import Cells
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from peakend.kernel.personal import HELD, erased
from peakend.kernel.settings import settings
from peakend.mail import actions, queries
from peakend.mail.actions import BlockText
from peakend.mail.ports import Brought, provided
from peakend.mail.rules import block_of, blocking
from tests.accounts.people import a_person
from tests.mail.test_door import ADDRESS, a_box

RELAY = "192.0.2.7"


class House:
    """An organisation with a mailbox that mails are brought to."""

    def __init__(self, database: Database, organisation_id: UUID, brand_id: UUID) -> None:
        self.database, self.brand_id = database, brand_id
        self.system = Actor.system(organisation_id)
        self.number = 0

    def tx(self, now: datetime | None = None) -> Any:
        return self.database.transaction(self.system, now)

    async def come(self, sender: str = "a@spam.example", now: datetime | None = None,
                   **heads: str) -> str:  # fmt: skip
        """Let a mail come, and return as what it was kept, and why."""
        self.number += 1
        more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in heads.items())
        raw = f"From: <{sender}>\r\nMessage-ID: <{self.number}@x>\r\n{more}\r\nx\r\n".encode()
        receiver = actions.Receiver(self.database, lambda: now or datetime.now(UTC))
        assert await receiver.take(Brought(raw=raw, sender=sender, to=[ADDRESS], peer=RELAY)) == [
            True
        ]
        async with self.tx() as tx:
            return str(
                await tx.value(
                    "SELECT state || ' ' || code FROM received_mail ORDER BY id DESC LIMIT 1"
                )
            )

    async def block(self, pattern: str, **more: Any) -> UUID:
        async with self.tx() as tx:
            return await actions.block(tx, block=BlockText(pattern=pattern, **more))


@pytest.fixture
async def house(
    database: Database, organisation: UUID, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[House]:
    cells = Cells(most=1)
    monkeypatch.setattr(provided, "reader", cells, raising=False)
    monkeypatch.setattr(settings, "mail_relays", (RELAY,))
    await a_box(database, organisation)
    async with database.transaction(Actor.system(organisation)) as tx:
        brand_id = (await houses.brands(tx))[0].id
    yield House(database, organisation, brand_id)
    await cells.close()


async def test_who_is_blocked_is_kept_aside(house: House) -> None:
    assert await house.come() == "received "
    first = await house.block(" A@Spam.example ")
    assert await house.come() == "blocked blocked"
    assert await house.come("A@SPAM.EXAMPLE") == "blocked blocked"
    assert await house.come("b@spam.example") == "received "
    # Once more renews it.
    assert await house.block("a@spam.example", reason="广告") == first
    await house.block("@spam.example")
    assert await house.come("b@news.spam.example") == "blocked blocked"
    assert await house.come("b@notspam.example") == "received "
    async with house.tx() as tx:
        blocks = (await queries.mail_blocks(tx)).items
        assert [(one.kind, one.pattern, one.reason) for one in blocks] == [
            ("domain", "spam.example", ""), ("address", "a@spam.example", "广告"),
        ]  # fmt: skip
        for one in blocks:
            await actions.lift_block(tx, block_id=one.id)
    assert await house.come("a@spam.example") == "received "


async def test_a_block_ends_and_is_one_brands(house: House) -> None:
    soon = datetime.now(UTC) + timedelta(days=1)
    await house.block("a@spam.example", expires_at=soon, brand_id=house.brand_id)
    assert await house.come() == "blocked blocked"
    assert await house.come(now=soon + timedelta(seconds=1)) == "received "
    async with house.tx() as tx:
        other = UUID("00000000-0000-7000-8000-0000000000aa")
        assert await queries.is_blocked(tx, brand_id=house.brand_id, email="a@spam.example")
        assert not await queries.is_blocked(tx, brand_id=other, email="a@spam.example")


@pytest.mark.parametrize("pattern", ["qq.com", "@163.com", "spam", "a b@x.example", "@", "a@"])
async def test_what_would_block_everybody_or_nobody_is_refused(house: House, pattern: str) -> None:
    with pytest.raises((actions.WrongBlock, actions.BlocksEverybody)):
        await house.block(pattern)
    with pytest.raises(actions.ExpiredAlready):
        await house.block("a@spam.example", expires_at=datetime.now(UTC))


async def test_marks_of_spam_count_once_somebody_says_so(house: House) -> None:
    marks = [
        {"X_Spam_Flag": "YES"}, {"X_Spam_Status": "Yes, score=9.1 required=5.0"},
        {"X_Spam": "Yes"}, {"X_MS_Exchange_Organization_SCL": "6"},
    ]  # fmt: skip
    assert await house.come(**marks[0]) == "received "
    async with house.tx() as tx:
        await actions.believe_marks(tx, brand_id=house.brand_id, believes=True)
    for mark in marks:
        assert await house.come(**mark) == "spam spam_marked"
    for mark in (
        {"X_Spam_Flag": "NO"}, {"X_Spam_Status": "No, score=1"}, {"Subject": "X-Spam-Flag: YES"},
        {"X_MS_Exchange_Organization_SCL": "-1"}, {"X_Spam": "yesterday"},
    ):  # fmt: skip
        assert await house.come(**mark) == "received "


async def test_what_was_kept_aside_is_let_in_once(house: House) -> None:
    await house.block("a@spam.example")
    await house.come()
    async with house.tx() as tx:
        [mail] = (await queries.received_mails(tx, state="blocked")).items
        await actions.let_in(tx, received_id=mail.id)
    async with house.tx() as tx:
        assert (await queries.need_received(tx, mail.id)).state == "received"
        told = "SELECT count(*) FROM event WHERE type = 'MailLetIn'"
        assert await tx.value(told) == 1
        with pytest.raises(actions.NotKeptAside):
            await actions.let_in(tx, received_id=mail.id)


async def test_who_was_forgotten_stays_blocked_without_a_name(house: House) -> None:
    customer_id = UUID("00000000-0000-7000-8000-0000000000bb")
    [held] = [one for one in HELD if one.table == "mail_block"]
    async with house.tx() as tx:
        text = BlockText(pattern="a@spam.example", reason="总发广告")
        await actions.block(tx, block=text, customer_id=customer_id)
        assert await erased(tx, held, [customer_id]) == 1
        assert [one.pattern for one in (await queries.mail_blocks(tx)).items] == [""]
    assert await house.come() == "blocked blocked"


async def test_an_administrator_keeps_the_list(
    database: Database, client: httpx.AsyncClient, organisation: UUID, house: House
) -> None:
    boss = await a_person(database, client, organisation, role="admin")
    browser = boss.browser
    wrong = await browser.post("/api/mail-blocks", json={"pattern": "qq.com"})
    assert (wrong.status_code, wrong.json()["error"]["code"]) == (422, "mail.blocks_everybody")
    made = await browser.post("/api/mail-blocks", json={"pattern": "spam.example"})
    assert made.status_code == 201
    assert await house.come() == "blocked blocked"
    listed = (await browser.get("/api/mail-blocks")).json()["items"]
    assert [one["pattern"] for one in listed] == ["spam.example"]
    place = f"/api/mail-screening/{house.brand_id}"
    assert (await browser.get(place)).json() == {"believes": False}
    assert (await browser.put(place, json={"believes": True})).json() == {"believes": True}
    async with house.tx() as tx:
        [mail] = (await queries.received_mails(tx, state="blocked")).items
    entries = f"/api/received-mails/{mail.id}/entries"
    assert (await browser.post(entries)).status_code == 204
    assert (await browser.post(entries)).status_code == 409
    assert (await browser.delete(f"/api/mail-blocks/{made.json()['id']}")).status_code == 204
    assert (await browser.get("/api/mail-blocks")).json()["items"] == []


def test_what_a_pattern_means() -> None:
    assert block_of("A@x.example") == ("address", "a@x.example")
    assert block_of("@X.example") == ("domain", "x.example")
    assert block_of("x") is None
    assert len(blocking("a@b.c.example")) == 3
    assert len(blocking("a@localhost")) == 2
    assert blocking("") == blocking("a@") == blocking("@b") == []
    assert len(blocking("a@" + "b." * 100 + "example")) <= 9
