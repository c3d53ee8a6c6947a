"""Our own receiver: from what a server brings to a kept mail and its fact, whatever happens."""

import asyncio
import os
import signal
import subprocess
import sys
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import pytest

from peakend.adapters.mail import Cells
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from peakend.kernel.files import path_of
from peakend.kernel.settings import settings
from peakend.mail import actions, queries
from peakend.mail.actions import Receiver, receiver
from peakend.mail.models import ReceivedMail
from peakend.mail.ports import Brought, Place, provided
from peakend.mail.rules import ReceivedState, WrongDoor, door_of, trace, untagged
from tests.databases import make_organisation
from tests.mail.test_door import ADDRESS, a_box
from tests.mail.test_door_line import Client
from tests.mail.zones import Zone

RAW = (
    "From: 刘思雨 <liu@x.example>\r\nMessage-ID: <m1@x.example>\r\nSubject: 热水器\x00点不着火\r\n"
    "Content-Type: text/plain; charset=utf-8\r\n\r\n您好\r\n"
).encode()


class House:
    """An organisation with a mailbox that mails are brought to."""

    def __init__(self, database: Database, organisation_id: UUID, mailbox_id: UUID) -> None:
        self.database, self.system = database, Actor.system(organisation_id)
        self.mailbox_id = mailbox_id
        self.receiver = Receiver(database)

    async def bring(self, raw: bytes = RAW, *to: str, **more: str) -> list[bool]:
        given = {"sender": "liu@x.example", "peer": "192.0.2.7", "greeted": "mx.x.example"}
        return await self.receiver.take(Brought(raw=raw, to=list(to) or [ADDRESS], **given | more))

    async def came(self, state: ReceivedState = "received") -> list[ReceivedMail]:
        async with self.database.transaction(self.system) as tx:
            page = await queries.received_mails(tx, state=state, limit=100)
            return list(reversed(page.items))

    async def value(self, sql: str, *args: Any) -> Any:
        async with self.database.transaction(self.system) as tx:
            return await tx.value(sql, *args)


@pytest.fixture
async def house(
    database: Database, organisation: UUID, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[House]:
    cells = Cells(most=1)
    monkeypatch.setattr(provided, "reader", cells, raising=False)
    yield House(database, organisation, await a_box(database, organisation))
    await cells.close()


async def test_a_mail_is_kept_with_who_brought_it(house: House) -> None:
    assert await house.bring() == [True]
    [mail] = await house.came()
    assert (mail.from_email, mail.from_name) == ("liu@x.example", "刘思雨")
    assert (mail.mailbox_id, mail.message_id, mail.automatic) == (
        house.mailbox_id, "m1@x.example", False,
    )  # fmt: skip
    sha256 = await house.value("SELECT sha256 FROM file WHERE id = $1", mail.file_id)
    head, kept = path_of(sha256).read_bytes()[: -len(RAW)], path_of(sha256).read_bytes()
    assert kept.endswith(RAW)
    lines = head.decode().split("\r\n")
    assert lines[:2] == ["Return-Path: <liu@x.example>", f"Delivered-To: {ADDRESS}"]
    assert lines[2] == "Received: from mx.x.example ([192.0.2.7])"
    facts = await house.value("SELECT count(*) FROM event WHERE type = 'MailReceived'")
    assert facts == 1
    async with house.database.transaction(house.system) as tx:
        assert (await queries.need_mailbox(tx, house.mailbox_id)).last_good_at is not None


async def test_from_where_it_was_brought_speaks_for_its_sender(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    records = {
        ("x.example", "TXT"): ["v=spf1 ip4:198.35.26.96 -all"],
        ("_dmarc.x.example", "TXT"): ["v=DMARC1; p=reject"],
    }
    monkeypatch.setattr(provided, "names", Zone(records))
    for at, peer in enumerate(("198.35.26.96", "8.8.8.8", "127.0.0.1")):
        assert await house.bring(RAW.replace(b"m1@", b"m%d@" % at), peer=peer) == [True]
    verdicts = []
    for mail in await house.came():
        async with house.database.transaction(house.system) as tx:
            verdicts.append((await queries.need_content(tx, mail.id)).trust)
    # A relay of the house says nothing, as anybody may stand behind it.
    assert verdicts == ["verified", "failed", "unverified"]


async def test_what_is_brought_again_is_there_already(house: House) -> None:
    assert await house.bring() == [True]
    # By another machine of the sender's, at another time.
    assert await house.bring(peer="192.0.2.8", sender="bounces+2@x.example") == [True]
    assert len(await house.came()) == 1
    assert await house.bring(RAW + b"more\r\n") == [True]
    assert len(await house.came()) == 2


async def test_a_tag_tells_for_whom_it_is(house: House, organisation: UUID) -> None:
    tagged = ADDRESS.replace("@", "+c7f@").upper()
    other = await a_box(house.database, organisation, email="service+vip@yunqi.example")
    vip = "service+vip+c7f@yunqi.example"
    for address in (tagged, vip, ADDRESS):
        assert await house.receiver.known(address)
    for address in ("servic@yunqi.example", "+c7f@yunqi.example", "service@x.example", "", "@"):
        assert not await house.receiver.known(address)
    # Both of one mailbox: once.
    assert await house.bring(RAW, tagged, vip, ADDRESS, "nobody@x.example") == [
        True, True, True, False,
    ]  # fmt: skip
    assert {mail.mailbox_id for mail in await house.came()} == {house.mailbox_id, other}
    assert len(await house.came()) == 2
    # The reading finds the tag that stood on the envelope alone.
    found = await house.value(
        "SELECT recipients FROM received_content c JOIN received_mail m ON m.id = c.received_id"
        " AND m.organisation_id = c.organisation_id WHERE m.mailbox_id = $1",
        house.mailbox_id,
    )
    assert found == [tagged.lower()]


async def test_one_that_rests_takes_nothing_and_others_see_nothing(house: House) -> None:
    other = await make_organisation(house.database, "另一家")
    await house.bring()
    assert await house.value("SELECT count(*) FROM received_mail") == 1
    async with house.database.transaction(Actor.system(other)) as tx:
        assert await tx.value("SELECT count(*) FROM received_mail") == 0
    async with house.database.transaction(house.system) as tx:
        await actions.switch_mailbox(tx, mailbox_id=house.mailbox_id, active=False)
    assert not await house.receiver.known(ADDRESS)
    assert await house.bring(RAW + b"later") == [False]


async def test_what_cannot_be_read_is_kept_and_taken(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    dies = Cells(most=1, command=[sys.executable, "-c", "raise SystemExit"])
    monkeypatch.setattr(provided, "reader", dies)
    assert await house.bring() == [True]
    [mail] = await house.came("attention")
    assert (mail.code, mail.file_id is not None) == ("too_hard", True)
    await dies.close()


async def test_what_fails_is_not_taken(house: House, monkeypatch: pytest.MonkeyPatch) -> None:
    async def full(*_: Any) -> None:
        raise OSError

    real = receiver.keep_mail
    monkeypatch.setattr(receiver, "keep_mail", full)
    assert await house.bring() == [False]
    monkeypatch.setattr(receiver, "keep_mail", real)
    assert await house.bring() == [True]
    assert len(await house.came()) == 1


DYING = """
import asyncio, os, signal, sys
from peakend.adapters.mail import Cells
from peakend.adapters.mail.door import Hall
from peakend.entry import wiring
from peakend.kernel.db import Database
from peakend.mail.actions import Receiver, receiver
from peakend.mail.ports import Place, provided

def die(*_):
    os.kill(os.getpid(), signal.SIGKILL)

class Dying(Receiver):
    async def take(self, brought):
        found = await super().take(brought)
        die()

class Silent:
    async def ask(self, name, kind, fresh=False):
        return []

async def main():
    wiring.load()
    provided.names = Silent()
    database = await Database(sys.argv[1]).open(2, listen=False)
    if sys.argv[2] == "keeping":
        receiver.keep_mail = die
    hall = Hall(Place(speaks="smtp", host="", port=0), Dying(database))
    server = await asyncio.get_running_loop().create_server(hall.line, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await asyncio.sleep(60)

asyncio.run(main())
"""


@pytest.mark.parametrize(("moment", "kept"), [("keeping", 0), ("kept", 1)])
async def test_who_is_killed_before_he_answers_gets_it_again(
    house: House, moment: str, kept: int
) -> None:
    env = os.environ | {"PEAKEND_DATA_DIR": str(settings.data_dir)}
    command = [sys.executable, "-c", DYING, house.database.dsn, moment]
    with subprocess.Popen(command, stdout=subprocess.PIPE, env=env) as process:
        assert process.stdout is not None
        port = int(await asyncio.to_thread(process.stdout.readline))
        client = Client(*await asyncio.open_connection("127.0.0.1", port))
        await client.hear()
        await client.begin(ADDRESS)
        assert await client.bring(RAW) == ""
        client.writer.close()
        assert await asyncio.to_thread(process.wait) == -signal.SIGKILL
    assert len(await house.came()) == kept
    assert await house.bring() == [True]
    assert len(await house.came()) == 1
    assert await house.value("SELECT count(*) FROM event WHERE type = 'MailReceived'") == 1


async def test_it_listens_where_the_operator_says(
    house: House, unused_tcp_port: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    from peakend.adapters.mail import SmtpDoor

    monkeypatch.setattr(provided, "door", SmtpDoor(), raising=False)
    stop = asyncio.Event()
    # Nowhere, and where it cannot be said.
    await house.receiver.run(stop)
    monkeypatch.setattr(settings, "mail_door", "somewhere")
    await house.receiver.run(stop)
    monkeypatch.setattr(settings, "mail_door", f"lmtp://127.0.0.1:{unused_tcp_port}")
    running = asyncio.create_task(house.receiver.run(stop))
    client = None
    while client is None:
        try:
            client = Client(*await asyncio.open_connection("127.0.0.1", unused_tcp_port))
        except OSError:
            await asyncio.sleep(0)
    assert "LMTP" in await client.hear()
    said = await client.say(
        "LHLO x", "MAIL FROM:<>", f"RCPT TO:<{ADDRESS}>", "RCPT TO:<x@x.example>", "DATA"
    )
    assert [one[:3] for one in said] == ["250", "250", "250", "550", "354"]
    assert (await client.bring(RAW))[:3] == "250"
    assert len(await house.came()) == 1
    stop.set()
    await running
    client.writer.close()


def test_where_and_whose() -> None:
    assert door_of("smtp://0.0.0.0:25") == ("smtp", "0.0.0.0", 25)
    assert door_of("lmtp://[::1]:2400/") == ("lmtp", "::1", 2400)
    for wrong in ("", "0.0.0.0:25", "http://x:1", "smtp://x", "smtp://x:99999", "smtp://x:1/y"):
        with pytest.raises(WrongDoor):
            door_of(wrong)
    assert untagged("A+b+C@x.example") == ["a+b+c@x.example", "a+b@x.example", "a@x.example"]
    assert len(untagged("a" + "+b" * 30 + "@x.example")) == 4
    assert untagged("+x@x.example")[-1] == "+x@x.example"


def test_nobody_writes_lines_of_his_own_above_a_mail() -> None:
    evil = "a@x>\r\nFrom: boss@yunqi.example"
    head = trace(sender=evil, to=[evil], peer="::1", greeted=evil, here="h", at="now").decode()
    assert [line.split(":")[0] for line in head.split("\r\n") if line[:1] not in ("", " ")] == [
        "Return-Path", "Delivered-To", "Received",
    ]  # fmt: skip
    assert "[IPv6:::1]" in head


def test_a_place_is_what_the_settings_say(monkeypatch: pytest.MonkeyPatch) -> None:
    assert actions.receiving_at() is None
    monkeypatch.setattr(settings, "mail_door", "smtp://127.0.0.1:2525")
    monkeypatch.setattr(settings, "public_url", "https://desk.yunqi.example")
    monkeypatch.setattr(settings, "mail_door_certificate", "/c.pem")
    assert actions.receiving_at() == Place(
        speaks="smtp", host="127.0.0.1", port=2525, name="desk.yunqi.example",
        certificate="/c.pem",
    )  # fmt: skip
