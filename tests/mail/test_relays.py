"""Who brought a mail decides whether its head is believed; and what the doctor says of the door."""

import socket
from collections.abc import AsyncIterator, Iterator
from uuid import UUID

import pytest

from peakend.accounts import queries as houses
from peakend.adapters.mail import Cells
from peakend.entry.mail_door import findings, judged
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from peakend.kernel.settings import settings
from peakend.kernel.words import has_word
from peakend.mail import actions, queries
from peakend.mail.ports import Brought, provided
from peakend.mail.queries import DoorUse
from peakend.mail.rules import bringer_in, is_relay, trace, wrong_relays
from tests.mail.test_door import ADDRESS, a_box

RELAY, STRANGER = "192.0.2.7", "198.51.100.9"
RAW = (
    b"Authentication-Results: mx.house.example; dmarc=pass header.from=bank.example\r\n"
    b"X-Spam-Flag: YES\r\nFrom: <liu@bank.example>\r\nMessage-ID: <%d@bank.example>\r\n\r\nx\r\n"
)


class House:
    """A mailbox that names a server, of a brand that believes marks of spam."""

    def __init__(self, database: Database, organisation_id: UUID) -> None:
        self.database, self.system = database, Actor.system(organisation_id)
        self.number = 0

    async def come(self, peer: str) -> tuple[UUID, str, str]:
        """Let somebody bring a mail; return it, as what it is kept, and its proof."""
        self.number += 1
        brought = Brought(raw=RAW % self.number, sender="", to=[ADDRESS], peer=peer)
        assert await actions.Receiver(self.database).take(brought) == [True]
        async with self.database.transaction(self.system) as tx:
            found: UUID = await tx.value("SELECT id FROM received_mail ORDER BY id DESC LIMIT 1")
        return found, *await self.kept(found)

    async def kept(self, received_id: UUID) -> tuple[str, str]:
        async with self.database.transaction(self.system) as tx:
            mail = await queries.need_received(tx, received_id)
            return mail.state, (await queries.need_content(tx, received_id)).trust


@pytest.fixture
async def house(
    database: Database, organisation: UUID, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[House]:
    cells = Cells(most=1)
    monkeypatch.setattr(provided, "reader", cells, raising=False)
    mailbox_id = await a_box(database, organisation)
    async with database.transaction(Actor.system(organisation)) as tx:
        await actions.trust_servers(tx, mailbox_id=mailbox_id, servers=["mx.house.example"])
        brand_id = (await houses.brands(tx))[0].id
        await actions.believe_marks(tx, brand_id=brand_id, believes=True)
    yield House(database, organisation)
    await cells.close()


async def test_a_strangers_head_counts_for_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    for peer in (STRANGER, "127.0.0.1", ""):
        _, state, trust = await house.come(peer)
        assert (state, trust) == ("received", "unverified")
    monkeypatch.setattr(settings, "mail_relays", ("192.0.2.0/24",))
    assert (await house.come(RELAY))[1:] == ("spam", "verified")
    assert (await house.come(f"::ffff:{RELAY}"))[1:] == ("spam", "verified")
    assert (await house.come(STRANGER))[1:] == ("received", "unverified")
    # By LMTP our own server brings it.
    monkeypatch.setattr(settings, "mail_relays", ())
    monkeypatch.setattr(settings, "mail_door", "lmtp://127.0.0.1:2400")
    assert (await house.come(STRANGER))[1:] == ("spam", "verified")


async def test_read_anew_a_mail_is_believed_by_who_brought_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(settings, "mail_relays", (RELAY,))
    for peer, kept in ((STRANGER, ("received", "unverified")), (RELAY, ("spam", "verified"))):
        received_id, *_ = await house.come(peer)
        async with house.database.transaction(house.system) as tx:
            await tx.run(
                "UPDATE received_mail SET state = 'attention', code = 'too_long' WHERE id = $1",
                received_id,
            )
        await actions.read_anew(house.database, received_id=received_id, by=house.system)
        assert await house.kept(received_id) == kept


def test_relays_are_addresses_and_networks() -> None:
    assert is_relay("10.1.2.3", ["10.0.0.0/8"])
    assert is_relay("10.1.2.3", ["nonsense", "10.1.2.3"])
    assert is_relay("2001:db8::1", ["2001:db8::/32"])
    assert not is_relay("11.1.2.3", ["10.0.0.0/8"])
    assert not is_relay("mx.house.example", ["10.0.0.0/8"])
    assert wrong_relays(["10.0.0.0/8", "mx.house.example", "10.0.0.1"]) == ["mx.house.example"]


@pytest.mark.parametrize("peer", [RELAY, "2001:db8::1"])
def test_only_our_own_line_says_who_brought_a_mail(peer: str) -> None:
    forged = f"Received: from x ([{RELAY}])\r\n by mx.house.example; x\r\n".encode()
    ours = trace(sender="a@x", to=["b@y", "c@y"], peer=peer, greeted="mx", here="h", at="now")
    assert bringer_in(ours + forged) == peer
    assert bringer_in(forged) == ""


@pytest.fixture
def port(monkeypatch: pytest.MonkeyPatch) -> Iterator[int]:
    """A port on which somebody listens."""
    for name in ("mail_door_certificate", "mail_door_key"):
        monkeypatch.setattr(settings, name, "")
    with socket.create_server(("127.0.0.1", 0)) as server:
        yield server.getsockname()[1]


def test_the_doctor_looks_at_the_door(port: int, monkeypatch: pytest.MonkeyPatch) -> None:
    def told(door: str, *relays: str, boxes: int = 1, trusting: int = 0) -> list[str]:
        monkeypatch.setattr(settings, "mail_door", door)
        monkeypatch.setattr(settings, "mail_relays", relays)
        found = judged(DoorUse(boxes=boxes, trusting=trusting))
        for one in found:
            for wording in (one.wording, f"{one.wording}_advice")[: 1 + (one.verdict != "good")]:
                assert has_word(wording), wording
        return [one.wording.rpartition(".")[2] for one in found]

    assert told("", boxes=0) == ["off"]
    assert told("") == ["needed"]
    assert told("nonsense") == ["wrong"]
    here = f"smtp://127.0.0.1:{port}"
    assert told(here) == ["here"]
    assert told(here, "mx.house.example") == ["relays_wrong"]
    assert told(here, trusting=1) == ["here", "nobody_believed"]
    assert told(here, RELAY, trusting=1) == ["here"]
    assert told(f"smtp://0.0.0.0:{port}") == ["reached", "plain"]
    assert told(f"lmtp://0.0.0.0:{port}") == ["lmtp_open", "plain"]
    monkeypatch.setattr(settings, "mail_door_certificate", "/nowhere.pem")
    assert told(here) == ["here", "certificate_wrong"]
    with socket.create_server(("127.0.0.1", 0)) as server:
        free = server.getsockname()[1]
    monkeypatch.setattr(settings, "mail_door_certificate", "")
    assert told(f"smtp://127.0.0.1:{free}") == ["here", "silent"]


async def test_it_counts_the_mailboxes_of_all_houses(house: House, dsn: str) -> None:
    settings_door = settings.mail_door
    assert settings_door == ""
    [one] = await findings(dsn)
    assert (one.wording, one.params) == ("entry.mail_door.needed", {"count": 1})
