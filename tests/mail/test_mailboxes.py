"""Mailboxes: from settings to a kept mail and its fact, whatever the server does."""

import asyncio
import sys
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import pytest

from peakend.accounts import queries as houses
from peakend.adapters.mail import Cells, ImapPostbox, Seals, fetching
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from peakend.kernel.errors import Invalid
from peakend.kernel.files import path_of
from peakend.kernel.personal import AGES, HELD, erased, how_many
from peakend.mail import actions, queries
from peakend.mail.actions import MailboxText, keeping, receiving
from peakend.mail.models import Mailbox, ReceivedMail
from peakend.mail.ports import ReadMail, SigningKey, provided
from peakend.mail.rules import (
    STUCK,
    ReceivedState,
    box_ports,
    digest_of,
    look_again_s,
    next_end,
    with_later,
    without,
)
from peakend.mail.rules.mailboxes import MOST_STRETCHES
from tests.mail.boxes import LOGIN, PASSWORD, Folder, a_folder
from tests.mail.zones import Zone

HOPELESS = b"\xff\xfe"


def a_mail(number: int, **headers: str) -> bytes:
    more = "".join(f"{name.replace('_', '-')}: {value}\r\n" for name, value in headers.items())
    return (
        f"From: Liu <liu@x.example>\r\nMessage-ID: <m{number}@x.example>\r\n"
        f"Subject: =?utf-8?q?=E7=83=AD_{number}?=\r\n{more}\r\ntext {number}\r\n"
    ).encode()


class House:
    """An organisation with a mailbox, and a clock of its own."""

    def __init__(self, database: Database, organisation_id: UUID, folder: Folder) -> None:
        self.database, self.folder = database, folder
        self.system = Actor.system(organisation_id)
        self.at = datetime.now(UTC)
        self.collector = actions.Collector(database, lambda: self.at, stay_s=0)
        self.brand_id = self.mailbox_id = UUID(int=0)

    def tx(self) -> Any:
        return self.database.transaction(self.system, self.at)

    def text(self, **more: Any) -> MailboxText:
        given = {
            "brand_id": self.brand_id, "name": "客服邮箱", "email": LOGIN, "host": "127.0.0.1",
            "port": self.folder.port, "tls": "none", "login": LOGIN, "folder": "inbox",
        }  # fmt: skip
        return MailboxText(**given | more)

    async def set_up(self, password: str = PASSWORD, **more: Any) -> None:
        async with self.tx() as tx:
            self.brand_id = (await houses.brands(tx))[0].id
            self.mailbox_id = await actions.add_mailbox(tx, mailbox=self.text(**more))
            if password:
                await actions.set_box_password(tx, mailbox_id=self.mailbox_id, password=password)

    async def collect(self, later_s: float = 31) -> int:
        self.at += timedelta(seconds=later_s)
        return await self.collector.carry()

    async def mailbox(self) -> Mailbox:
        async with self.tx() as tx:
            return await queries.need_mailbox(tx, self.mailbox_id)

    async def came(self, state: ReceivedState = "received") -> list[ReceivedMail]:
        async with self.tx() as tx:
            page = await queries.received_mails(tx, state=state, limit=500)
            return list(reversed(page.items))

    async def facts(self) -> list[dict[str, Any]]:
        async with self.tx() as tx:
            return list(
                await tx.value(
                    "SELECT coalesce(jsonb_agg(payload ORDER BY id), '[]') FROM event"
                    " WHERE organisation_id = current_organisation() AND type = 'MailReceived'"
                )
            )

    async def sha256(self, mail: ReceivedMail) -> str:
        async with self.tx() as tx:
            return str(await tx.value("SELECT sha256 FROM file WHERE id = $1", mail.file_id))


@pytest.fixture
async def house(
    database: Database, organisation: UUID, monkeypatch: pytest.MonkeyPatch
) -> AsyncIterator[House]:
    async with a_folder(monkeypatch) as folder:
        cells = Cells(most=1)
        monkeypatch.setattr(provided, "postbox", ImapPostbox(), raising=False)
        monkeypatch.setattr(provided, "reader", cells, raising=False)
        yield House(database, organisation, folder)
        await cells.close()


async def test_a_mail_is_kept_told_and_then_acknowledged(house: House) -> None:
    await house.set_up()
    raw = a_mail(1, Auto_Submitted="auto-replied")
    house.folder.put(raw)
    assert await house.collect() == 1
    [mail] = await house.came()
    assert (mail.from_email, mail.from_name, mail.subject) == ("liu@x.example", "Liu", "热 1")
    assert (mail.message_id, mail.size, mail.automatic) == ("m1@x.example", len(raw), True)
    assert path_of(await house.sha256(mail)).read_bytes() == raw
    [fact] = await house.facts()
    assert fact == {
        "received_id": str(mail.id), "mailbox_id": str(house.mailbox_id),
        "brand_id": str(house.brand_id), "automatic": True, "attention": False,
    }  # fmt: skip
    assert house.folder.marked == {1}
    box = await house.mailbox()
    assert (box.failures, box.code, box.last_good_at) == (0, "", house.at)
    # Nothing is fetched twice.
    await house.collect()
    assert (len(await house.came()), house.folder.fetched) == (1, [1])


async def test_the_same_mail_is_taken_once_and_another_of_its_name_too(house: House) -> None:
    await house.set_up()
    house.folder.put(a_mail(1), a_mail(1), a_mail(1, X_Other="yes"))
    await house.collect()
    assert [mail.message_id for mail in await house.came()] == ["m1@x.example"] * 2
    assert house.folder.marked == {1, 2, 3}


async def test_a_folder_numbered_anew_brings_nothing_twice(house: House) -> None:
    await house.set_up()
    house.folder.put(a_mail(1), a_mail(2))
    await house.collect()
    house.folder.validity = 8
    house.folder.mails = {40: a_mail(2), 41: a_mail(1), 42: a_mail(3)}
    await house.collect()
    assert [mail.message_id[:2] for mail in await house.came()] == ["m2", "m1", "m3"]
    assert len(await house.facts()) == 3


async def test_who_was_forgotten_does_not_come_back(house: House) -> None:
    await house.set_up()
    house.folder.put(a_mail(1), a_mail(2))
    await house.collect()
    [own] = [one for one in HELD if one.table == "received_mail"]
    two, one = await house.came()
    customer_id = uuid4()
    async with house.tx() as tx:
        sha256 = await tx.value("SELECT sha256 FROM file WHERE id = $1", one.file_id)
        await tx.run("UPDATE received_mail SET customer_id = $2 WHERE id = $1", one.id, customer_id)
        assert await erased(tx, own, [customer_id]) == 1
        assert await how_many(tx, own, [customer_id]) == 0
        assert await tx.value("SELECT count(*) FROM file WHERE id = $1", one.file_id) == 0
        assert await tx.value("SELECT sha256 FROM file_gone") == sha256
    emptied = (await house.came())[1]
    assert (emptied.from_email, emptied.subject, emptied.message_id) == ("", "", "")
    # The other one goes by its age.
    age = AGES["received"]
    async with house.tx() as tx:
        assert await age.sweep(tx, house.at - timedelta(days=1), 10) == 0
        assert await age.sweep(tx, house.at + timedelta(days=1), 10) == 1
        assert await age.sweep(tx, house.at + timedelta(days=1), 10) == 0
    assert two.from_email
    assert {mail.from_email for mail in await house.came()} == {""}
    house.folder.validity = 8
    await house.collect()
    assert len(await house.came()) == 2


async def test_of_a_backlog_both_ends_are_worked(house: House) -> None:
    await house.set_up()
    house.folder.put(*(a_mail(n) for n in range(1, 41)))
    await house.collect()
    assert house.folder.fetched[:9] == [40, 39, 38, 1, 37, 36, 35, 2, 34]
    assert sorted(house.folder.fetched) == list(range(1, 41))
    assert len(await house.came()) == 40


async def test_who_dies_in_the_middle_goes_on_where_it_was(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.set_up()
    house.folder.put(*(a_mail(n) for n in range(1, 11)))
    real, taken = receiving._Visit._put, []

    async def dies(self: Any, tx: Any, place: Any) -> None:
        taken.append(place)
        await real(self, tx, place)
        if len(taken) == 6:
            raise RuntimeError("the machine stops before the commit")

    with monkeypatch.context() as patch:
        patch.setattr(receiving._Visit, "_put", dies)
        await house.collect()
    assert len(await house.came()) == 3
    # Its lease has to run out first.
    assert await house.collect(60) == 0
    assert await house.collect(300) == 1
    assert len(await house.came()) == len(await house.facts()) == 10
    # Only those were fetched again that were being read.
    assert set(house.folder.fetched) == set(range(1, 11))
    assert len(house.folder.fetched) <= 10 + receiving.AHEAD


async def test_without_backlog_only_what_comes_later_is_taken(house: House) -> None:
    await house.set_up(backlog=False)
    house.folder.put(a_mail(1), a_mail(2))
    await house.collect()
    house.folder.put(a_mail(3))
    await house.collect()
    assert house.folder.fetched == [3]


async def test_a_mail_at_which_the_line_breaks_is_passed_over(house: House) -> None:
    await house.set_up()
    house.folder.put(a_mail(1), a_mail(2), a_mail(3))
    house.folder.drops = 2
    for _ in range(STUCK):
        await house.collect(3600)
        assert (await house.mailbox()).code == "broken"
    assert await house.came("attention") == []
    await house.collect(3600)
    [lost] = await house.came("attention")
    assert (lost.code, lost.file_id) == ("not_given", None)
    assert [mail.message_id[:2] for mail in await house.came()] == ["m3", "m1"]
    assert (await house.mailbox()).failures == 0
    assert [fact["attention"] for fact in await house.facts()].count(True) == 1


async def test_a_mail_at_which_the_line_breaks_holds_no_backlog_up(house: House) -> None:
    await house.set_up()
    house.folder.put(*(a_mail(n) for n in range(1, 31)))
    house.folder.drops = 1
    for _ in range(STUCK + 1):
        await house.collect(3600)
    assert len(await house.came()) == 29
    assert len(await house.came("attention")) == 1


class Dying(Cells):
    """Reads nothing: each mail kills whoever reads it, in its own way."""

    def __init__(self, *codes: str) -> None:
        super().__init__()
        self.codes = list(codes)

    async def read(self, raw: bytes) -> ReadMail:
        return ReadMail(code=self.codes.pop(0)) if self.codes else ReadMail(message_id="x")


async def test_what_cannot_be_read_never_stops_the_mailbox(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.set_up()
    house.folder.put(a_mail(1), b"", b"no mail at all", HOPELESS * 20)
    await house.collect()
    assert {mail.code for mail in await house.came("attention")} == {"empty", "from_none"}
    assert len(await house.came()) == 1
    monkeypatch.setattr(provided, "reader", Dying("too_long", "too_hard"))
    house.folder.put(a_mail(5), a_mail(6), a_mail(7))
    await house.collect()
    late = (await house.came("attention"))[-2:]
    assert [mail.code for mail in late] == ["too_long", "too_hard"]
    for mail in late:
        assert path_of(await house.sha256(mail)).read_bytes().startswith(b"From: Liu")
    assert len(await house.came()) == 2


async def test_a_mail_too_large_is_cut_and_told(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(receiving, "LARGEST_MAIL", 200)
    monkeypatch.setattr(keeping, "LARGEST_MAIL", 200)
    monkeypatch.setattr(provided, "reader", Dying("too_large"))
    await house.set_up()
    house.folder.put(a_mail(1) + b"x" * 1000)
    await house.collect()
    [mail] = await house.came("attention")
    assert (mail.code, mail.size) == ("too_large", 200)


async def test_what_comes_while_waiting_is_taken_at_once(house: House) -> None:
    await house.set_up()
    house.collector = actions.Collector(house.database, lambda: house.at, stay_s=600)
    house.at += timedelta(seconds=31)
    assert await house.collector.start_due() == 1
    await asyncio.wait_for(house.folder.idle.wait(), 30)
    house.folder.put(a_mail(1))
    # It waits again only once that mail is committed and acknowledged.
    while not (house.folder.marked and house.folder.idle.is_set()):
        await asyncio.sleep(0.01)
    assert len(await house.came()) == 1
    stop = asyncio.Event()
    stop.set()
    await house.collector.run(stop)


async def test_a_server_that_hangs_up_on_who_waits_is_no_failure(house: House) -> None:
    await house.set_up()
    house.folder.hangs_up = True
    house.folder.put(a_mail(1))
    house.collector = actions.Collector(house.database, lambda: house.at, stay_s=600)
    await house.collect()
    box = await house.mailbox()
    assert (box.failures, len(await house.came())) == (0, 1)
    assert box.next_at - house.at == timedelta(seconds=receiving.SOON_S)


async def test_a_server_that_never_answers_is_left(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.set_up()
    monkeypatch.setattr(fetching, "WHOLE_S", 0.5)
    house.folder.mute = "SEARCH"
    await house.collect()
    assert (await house.mailbox()).code == "too_slow"


async def test_a_server_that_does_not_greet_wants_another_encryption(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "GREET_S", 0.2)
    over = asyncio.Event()

    async def wait(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await over.wait()
        writer.close()

    async with await asyncio.start_server(wait, "127.0.0.1", 0) as server:
        await house.set_up(port=server.sockets[0].getsockname()[1])
        tried = await actions.try_mailbox(
            house.database, mailbox_id=house.mailbox_id, by=house.system
        )
        over.set()
    assert tried.code == "no_greeting"


async def test_a_folder_that_may_only_be_looked_at_is_read_all_the_same(house: House) -> None:
    await house.set_up()
    house.folder.read_only = True
    house.folder.put(a_mail(1))
    await house.collect()
    box = await house.mailbox()
    assert (box.code, house.folder.marked, len(await house.came())) == ("", set(), 1)


@pytest.mark.parametrize(
    ("how", "code", "said"),
    [
        ({"password": "wrong"}, "login_refused", "[AUTHENTICATIONFAILED] no"),
        ({"shut": "[UNAVAILABLE] Temporary failure"}, "login_later", "Temporary failure"),
        ({"folder": "其他 & more"}, "folder_refused", "no such folder"),
        ({"tls": "starttls"}, "box_no_starttls", ""),
        ({"tls": "implicit"}, "tls_none", ""),
        ({"password": ""}, "no_password", ""),
        ({"greeting": "* BYE too many"}, "not_greeted", "BYE"),
        ({"greeting": "220 smtp"}, "broken", ""),
        ({"can": "IMAP4rev1 LOGINDISABLED"}, "no_login", ""),
    ],
)
async def test_a_test_says_exactly_what_is_wrong(
    house: House, how: dict[str, Any], code: str, said: str
) -> None:
    for name in ("greeting", "can", "shut"):
        setattr(house.folder, name, how.pop(name, getattr(house.folder, name)))
    await house.set_up(**how)
    tried = await actions.try_mailbox(house.database, mailbox_id=house.mailbox_id, by=house.system)
    assert tried.code == code
    assert said in tried.said
    if code not in ("no_password", "no_login", "box_no_starttls"):
        await house.collect()
        assert (await house.mailbox()).code == code


async def test_a_good_mailbox_passes_its_test_and_loses_nothing(house: House) -> None:
    await house.set_up()
    house.folder.put(a_mail(1), a_mail(2))
    tried = await actions.try_mailbox(house.database, mailbox_id=house.mailbox_id, by=house.system)
    assert (tried.code, tried.mails, house.folder.fetched) == ("", 2, [])


async def test_names_beyond_ascii_and_encryption(
    database: Database, organisation: UUID, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async with a_folder(monkeypatch, tls=True, place=tmp_path) as folder:
        folder.folder = '"&UXZO1g- &- more"'
        monkeypatch.setattr(provided, "postbox", ImapPostbox(), raising=False)
        house = House(database, organisation, folder)
        await house.set_up(tls="implicit", folder="其他 & more")
        tried = await actions.try_mailbox(
            house.database, mailbox_id=house.mailbox_id, by=house.system
        )
        assert (tried.code, tried.mails) == ("", 0)


async def test_another_name_s_certificate_is_told(
    database: Database, organisation: UUID, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    async with a_folder(monkeypatch, tls=True, place=tmp_path, name="mail.example.com") as folder:
        monkeypatch.setattr(provided, "postbox", ImapPostbox(), raising=False)
        house = House(database, organisation, folder)
        await house.set_up(tls="implicit")
        tried = await actions.try_mailbox(
            house.database, mailbox_id=house.mailbox_id, by=house.system
        )
        assert tried.code == "tls_name"


async def test_a_mailbox_in_trouble_rests_alone(house: House) -> None:
    await house.set_up(password="wrong")
    for failures in range(1, 4):
        assert await house.collect(3600) == 1
        box = await house.mailbox()
        assert (box.failures, box.code) == (failures, "login_refused")
        assert box.next_at - house.at == timedelta(seconds=look_again_s(failures))
    async with house.tx() as tx:
        await actions.set_box_password(tx, mailbox_id=house.mailbox_id, password=PASSWORD)
    house.folder.put(a_mail(1))
    await house.collect(0)
    assert ((await house.mailbox()).failures, len(await house.came())) == (0, 1)


async def test_settings_are_checked_and_a_password_goes_with_its_server(house: House) -> None:
    await house.set_up()
    for wrong in (
        {"tls": "none", "host": "imap.example.com", "port": 143},
        {"host": "imap.example.com", "port": 25, "tls": "implicit"},
        {"host": "no host", "tls": "implicit", "port": 993},
        {"email": "nobody"},
        {"folder": "a\r\nb"},
        {"login": "a\x00b"},
    ):
        with pytest.raises(Invalid):
            async with house.tx() as tx:
                await actions.add_mailbox(tx, mailbox=house.text(**wrong))
    with pytest.raises(actions.MailboxTwice):
        async with house.tx() as tx:
            await actions.add_mailbox(tx, mailbox=house.text())
    box = await house.mailbox()
    assert (box.has_password, box.folder) == (True, "INBOX")

    async def changes(**more: Any) -> Mailbox:
        now = await house.mailbox()
        async with house.tx() as tx:
            await actions.change_mailbox(
                tx, mailbox_id=now.id, version=now.version, mailbox=house.text(**more)
            )
        return await house.mailbox()

    assert (await changes(name="别的名字")).has_password
    assert not (await changes(login="somebody")).has_password
    with pytest.raises(actions.MailboxStale):
        async with house.tx() as tx:
            await actions.change_mailbox(
                tx, mailbox_id=box.id, version=box.version, mailbox=house.text()
            )
    # Without a password nobody looks.
    assert await house.collect(3600) == 0


async def test_who_holds_a_line_lets_go_when_the_mailbox_changes(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    await house.set_up()
    house.folder.put(a_mail(1), a_mail(2), a_mail(3))
    real = provided.reader.read

    async def paused(raw: bytes) -> ReadMail:
        async with house.tx() as tx:
            await actions.switch_mailbox(tx, mailbox_id=house.mailbox_id, active=False)
        return await real(raw)

    monkeypatch.setattr(provided.reader, "read", paused)
    await house.collect()
    assert (await house.came(), house.folder.marked) == ([], set())
    monkeypatch.setattr(provided.reader, "read", real)
    async with house.tx() as tx:
        await actions.switch_mailbox(tx, mailbox_id=house.mailbox_id, active=True)
    await house.collect()
    assert len(await house.came()) == 3
    async with house.tx() as tx:
        await actions.remove_mailbox(tx, mailbox_id=house.mailbox_id)
    assert await house.collect() == 0
    assert len(await house.came()) == 3


async def test_a_reader_that_dies_costs_its_mail_alone(tmp_path: Path) -> None:
    program = tmp_path / "strange_cell.py"
    program.write_text(
        "from peakend.adapters.mail import bounded, cell\n"
        "real = cell.read\n"
        "def read(raw):\n"
        "    while b'spin' in raw: pass\n"
        "    if b'eat' in raw: return bytearray(1 << 30)\n"
        "    return real(raw)\n"
        "cell.read, bounded.CPU_S = read, 0.2\n"
        "cell.main()\n"
    )
    cells = Cells(most=1, command=[sys.executable, str(program)])
    assert (await cells.read(a_mail(1))).message_id == "m1@x.example"
    assert (await cells.read(b"spin")).code == "too_long"
    assert (await cells.read(b"eat")).code == "too_hard"
    assert (await cells.read(a_mail(2))).subject == "热 2"
    await cells.close()


def test_where_we_are_in_a_folder() -> None:
    assert with_later([], 0, 0) == []
    assert with_later([], 0, 9) == [(1, 9)]
    assert with_later([(3, 5)], 9, 12) == [(3, 5), (10, 12)]
    assert with_later([(3, 5)], 9, 9) == [(3, 5)]
    assert without([(3, 5), (10, 12)], 12, "newest") == [(3, 5), (10, 11)]
    assert without([(3, 5), (10, 12)], 4, "newest") == [(3, 3)]
    assert without([(3, 5), (10, 12)], 4, "oldest") == [(5, 5), (10, 12)]
    assert without([(3, 5), (10, 12)], 5, "oldest") == [(10, 12)]
    assert without([(3, 3)], 3, "newest") == without([(3, 3)], 3, "oldest") == []
    many = [(n * 10, n * 10 + 1) for n in range(MOST_STRETCHES)]
    grown = with_later(many, 5000, 5001)
    assert (len(grown), grown[0], grown[-1]) == (MOST_STRETCHES, (0, 11), (5001, 5001))
    assert [next_end(n) for n in range(5)] == ["newest", "newest", "newest", "oldest", "newest"]


def test_when_and_where_a_mailbox_is_looked_at() -> None:
    assert [look_again_s(n) for n in (0, 1, 2, 50)] == [30, 60, 120, 1800]
    assert (box_ports("implicit"), box_ports("starttls")) == ({993}, {143})
    one, other = UUID(int=1), UUID(int=2)
    known = digest_of(one, "a", "b")
    assert known != digest_of(other, "a", "b")
    assert len({known, digest_of(one, "ab", ""), digest_of(one, "a", "c")}) == 3


async def test_what_was_found_about_a_sender_is_kept_with_his_mail(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    pem, record = Seals().make()
    zone = Zone({("s1._domainkey.x.example", "TXT"): [record]})
    monkeypatch.setattr(provided, "names", zone)
    await house.set_up()
    key = SigningKey(domain="x.example", selector="s1", pem=pem)
    house.folder.put(Seals().sign(a_mail(1), key), a_mail(2))
    await house.collect()
    found = {}
    for mail in await house.came():
        async with house.tx() as tx:
            content = await queries.need_content(tx, mail.id)
        found[mail.message_id] = (content.trust, content.checks["reason"])
    assert found == {
        "m1@x.example": ("verified", "signature_verified"),
        "m2@x.example": ("unverified", "unsigned"),
    }
