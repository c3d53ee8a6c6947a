"""Asking the house's own system for vouchers: signed, once, tried again, and never left unclear."""

from typing import Any
from uuid import UUID

import msgspec
import pytest
from standardwebhooks import Webhook

from peakend.adapters.vouchers import webhook
from peakend.complaints import actions
from peakend.complaints.actions import ConnectionText
from peakend.complaints.queries import VoucherView
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from peakend.kernel.outgoing import Answer, AnswerTooSlow, NotReached
from peakend.kernel.secrets import unseal
from tests.complaints.shelf import Shelf

URL = "https://vouchers.example/grant"


class Receiver:
    """Plays the house's system: answers what it is told to, and remembers what it was asked."""

    def __init__(self) -> None:
        self.says: Any = (200, b'{"number": "QUAN-0001"}')
        self.asked: list[tuple[dict[str, str], bytes]] = []

    async def fetch(self, url: str, **given: Any) -> Answer:
        assert (url, given["method"]) == (URL, "POST")
        self.asked.append((dict(given["headers"]), given["body"]))
        if isinstance(self.says, type):
            raise self.says
        status, body = self.says
        return Answer(status, {}, body, url)


@pytest.fixture
def receiver(monkeypatch: pytest.MonkeyPatch) -> Receiver:
    """The other side of the line."""
    played = Receiver()
    monkeypatch.setattr(webhook, "safe_fetch", played.fetch)
    return played


class Counter:
    """A coupon of the webhook that was accepted."""

    def __init__(self, shelf: Shelf, lin: Actor, grant_id: UUID, secret: str) -> None:
        self.shelf, self.lin, self.grant_id, self.secret = shelf, lin, grant_id, secret

    async def voucher(self) -> VoucherView:
        [grant] = await self.shelf.offers(self.lin)
        assert grant.voucher is not None
        return grant.voucher


@pytest.fixture
async def counter(database: Database, organisation: UUID, receiver: Receiver) -> Counter:
    shelf = Shelf(database, organisation)
    await shelf.open()
    await shelf.authority(single=10_000)
    lin = await shelf.hire("lin")
    await shelf.ready(lin)
    async with shelf.tx() as tx:
        secret = await actions.set_connection(tx, given=ConnectionText(adapter="webhook", url=URL))
    coupon = await shelf.instrument(adapter="webhook")
    offered = await shelf.offer(lin, await shelf.served(lin), coupon)
    await shelf.act("accept", lin, offered.id)
    return Counter(shelf, lin, offered.id, secret)


async def test_it_is_asked_signed_and_its_number_is_sealed(
    counter: Counter, receiver: Receiver
) -> None:
    assert await counter.shelf.issue() == 1
    assert await counter.shelf.issue() == 0
    [(headers, body)] = receiver.asked
    told = Webhook(counter.secret).verify(body.decode(), headers)
    assert headers["idempotency-key"] == str(counter.grant_id)
    assert told["data"]["once_key"] == str(counter.grant_id)
    assert told["data"]["cost_fen"] == 2000
    assert (await counter.voucher()).state == "issued"
    async with counter.shelf.tx() as tx:
        sealed = await tx.value("SELECT voucher_sealed FROM compensation_grant")
        place = f"compensation_grant/voucher/{tx.organisation_id}/{counter.grant_id}"
    assert unseal(sealed, place) == b"QUAN-0001"


@pytest.mark.parametrize(
    ("says", "state"),
    [
        ((503, b""), "uncertain"), (AnswerTooSlow, "uncertain"),
        (NotReached, "dead"), ((429, b""), "dead"),
    ],
)  # fmt: skip
async def test_it_is_tried_again_under_the_same_key_until_somebody_has_to_look(
    counter: Counter, receiver: Receiver, says: Any, state: str
) -> None:
    receiver.says = says
    for _ in range(8):
        await counter.shelf.issue()
        counter.shelf.wait(20_000)
    assert len(receiver.asked) == 6
    assert {headers["webhook-id"] for headers, _ in receiver.asked} == {
        f"grant_{counter.grant_id.hex}"
    }
    assert (await counter.voucher()).state == state
    receiver.says = (200, b"thanks")
    async with counter.shelf.tx(counter.lin) as tx:
        await actions.resend_voucher(tx, grant_id=counter.grant_id, by=counter.lin)
    await counter.shelf.issue()
    assert (await counter.voucher()).state == "issued"
    with pytest.raises(actions.NothingToResend):
        async with counter.shelf.tx(counter.lin) as tx:
            await actions.resend_voucher(tx, grant_id=counter.grant_id, by=counter.lin)


@pytest.mark.parametrize("status", [301, 400, 403, 410])
async def test_a_no_is_not_asked_twice(counter: Counter, receiver: Receiver, status: int) -> None:
    receiver.says = (status, b"")
    await counter.shelf.issue()
    counter.shelf.wait(20_000)
    await counter.shelf.issue()
    assert len(receiver.asked) == 1
    voucher = await counter.voucher()
    assert (voucher.state, voucher.code) == ("refused", "adapters.vouchers.refused")


async def test_nobody_is_asked_where_nothing_is_connected(
    counter: Counter, receiver: Receiver
) -> None:
    off = ConnectionText(adapter="webhook", url=URL, active=False, version=1)
    async with counter.shelf.tx() as tx:
        assert await actions.set_connection(tx, given=off) == ""
    await counter.shelf.issue()
    assert receiver.asked == []
    voucher = await counter.voucher()
    assert (voucher.state, voucher.code) == ("waiting", "complaints.voucher_not_connected")


async def test_facts_and_rows_tell_no_number(counter: Counter, receiver: Receiver) -> None:
    await counter.shelf.issue()
    async with counter.shelf.tx() as tx:
        facts = await tx.value("SELECT jsonb_agg(payload) FROM event")
    assert b"QUAN-0001" not in msgspec.json.encode(facts)
