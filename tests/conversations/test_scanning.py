"""Files from outside: looked at once, held until then, never given out where something was found.

Security: case 52.
"""

import asyncio
import io
import zipfile
from collections.abc import AsyncIterator
from datetime import UTC, datetime, timedelta
from email.message import EmailMessage
from pathlib import Path
from typing import Any
from uuid import UUID, uuid4

import httpx
import pytest

from peakend.accounts import actions as accounts
from peakend.accounts.actions import Inspector, scanning
from peakend.adapters.scanning import Clamd
from peakend.conversations import queries
from peakend.kernel.db import Database
from peakend.kernel.files import File, file_url, path_of, remove_files, save_file
from peakend.kernel.kept_files import hash_of
from peakend.kernel.large_files import sweep_bytes
from peakend.kernel.scans import FileInfected, FileNotSeen, FileWaits, need_free, scans_of_files
from peakend.kernel.settings import settings
from peakend.kernel.worker import Worker
from peakend.mail.actions import open_original
from peakend.privacy.actions import packing
from tests.accounts.people import Person, a_person
from tests.conversations.conftest import Centre, make_centre
from tests.mail.arrived import OURS, arrived
from tests.scanner import EICAR, FINDING, Scanner, a_scanner, locked, zipped


class House:
    """A centre with a scanner, and who lets it look."""

    def __init__(self, centre: Centre, scanner: Scanner) -> None:
        self.centre, self.scanner = centre, scanner
        self.at = datetime.now(UTC)
        self.inspector = Inspector(centre.database, lambda: self.at)

    async def put(self, data: bytes, name: str = "发票.pdf", by: Any = None) -> File:
        async with self.centre.tx(by or self.centre.visitor, self.at) as tx:
            return await save_file(tx, data, name, purpose="message")

    async def sent(self, data: bytes, name: str = "发票.pdf") -> Any:
        """Let the customer send a file; return his message."""
        file = await self.put(data, name)
        return await self.centre.says("", file_ids=[file.id], now=self.at)

    async def look(self, later_s: float = 0) -> None:
        """Let the scanner look at what waits, and tell who waits for it."""
        self.at += timedelta(seconds=later_s)
        await self.inspector.carry()
        await self.works()

    async def works(self) -> None:
        await Worker(self.centre.database, lambda: self.at).drain()

    async def state(self, file_id: UUID) -> tuple[str, str]:
        async with self.centre.tx() as tx:
            found = (await scans_of_files(tx, [file_id]))[file_id]
        return found.scanned, found.finding

    async def refused(self, file_id: UUID) -> str:
        """Return what going out with a file ends with; nothing where it may go."""
        async with self.centre.tx() as tx:
            try:
                await need_free(tx, [file_id])
            except (FileInfected, FileWaits, FileNotSeen) as problem:
                return type(problem).__name__
        return ""

    async def shown(self, message: Any) -> File:
        """Return a message's file as the desk and the customer see it: the same to both."""
        async with self.centre.tx() as tx:
            (found,) = await queries.messages_by_id(tx, [message.id])
        async with self.centre.tx(self.centre.visitor) as tx:
            view = await queries.visitor_state(tx, self.centre.visitor)
        assert view is not None
        (theirs,) = next(one for one in view.messages if one.id == message.id).files
        (ours,) = found.files
        assert (theirs.scan, bool(theirs.url)) == (ours.scan, bool(ours.url))
        return ours


@pytest.fixture
async def scanner(monkeypatch: pytest.MonkeyPatch) -> AsyncIterator[Scanner]:
    async with a_scanner() as made:
        monkeypatch.setattr(settings, "scanner", made.address)
        yield made


@pytest.fixture
async def house(database: Database, data_dir: Path, scanner: Scanner) -> House:
    made = House(await make_centre(database), scanner)
    await made.centre.served()
    made.at = datetime.now(UTC)
    return made


PDF = b"%PDF-1.7\n" + b"1 0 obj\n" * 40


@pytest.mark.parametrize(
    ("data", "state", "error"),
    [
        (PDF, "clean", ""),
        (EICAR, "infected", "FileInfected"),
        (zipped(EICAR), "infected", "FileInfected"),
        (zipped(zipped(EICAR), "in.zip"), "infected", "FileInfected"),
        (locked(EICAR), "encrypted", "FileNotSeen"),
        (zipped(locked(EICAR), "in.zip"), "encrypted", "FileNotSeen"),
        (zipped(zipped(locked(EICAR), "in.zip"), "in.ZIP"), "encrypted", "FileNotSeen"),
        (zipped(PDF), "clean", ""),
    ],
)
async def test_what_is_found_decides_who_gets_it(
    house: House, client: httpx.AsyncClient, data: bytes, state: str, error: str
) -> None:
    message = await house.sent(data)
    waits = await house.shown(message)
    assert (waits.scan, waits.url, waits.thumb_url) == ("waiting", "", None)
    assert await house.refused(waits.id) == "FileWaits"
    await house.look()
    found = await house.shown(message)
    assert (found.scan, found.finding) == (state, FINDING if state == "infected" else "")
    assert (bool(found.url), await house.refused(found.id)) == (state == "clean", error)
    # A link that is out from before leads nowhere either.
    link = file_url(house.centre.organisation_id, found.id, found.name, house.at)
    answer = await client.get(link)
    assert answer.status_code == {"clean": 200, "infected": 403, "encrypted": 409}[state]
    assert (answer.content == data) == (state == "clean")
    infected = state == "infected"
    assert await house.centre.value(
        "SELECT count(*) FROM audit_entry WHERE action = 'file.infected'"
    ) == int(infected)


async def test_who_has_it_open_hears_of_it_once(house: House) -> None:
    message = await house.sent(PDF)
    assert await house.centre.facts("MessageFilesScanned") == []
    await house.look()
    (told,) = await house.centre.facts("MessageFilesScanned")
    assert (told["message_id"], told["verdict"]) == (str(message.id), "clean")
    assert told["seq"] == message.seq
    assert await house.centre.value("SELECT count(*) FROM message_scan") == 0
    facts = await house.centre.facts("FileScanned")
    assert [(one["verdict"], one["finding"]) for one in facts] == [("clean", "")]
    await house.look(60)
    assert len(await house.centre.facts("MessageFilesScanned")) == 1


async def test_a_late_answer_reaches_a_message_that_was_sent_meanwhile(house: House) -> None:
    house.scanner.may_answer.clear()
    file = await house.put(EICAR)
    looking = asyncio.create_task(house.inspector.carry())
    await house.scanner.asked.wait()
    message = await house.centre.says("看看", file_ids=[file.id], now=house.at)
    assert (await house.shown(message)).scan == "waiting"
    house.scanner.may_answer.set()
    await looking
    await house.works()
    assert (await house.shown(message)).scan == "infected"
    assert [one["verdict"] for one in await house.centre.facts("MessageFilesScanned")] == [
        "infected"
    ]


async def test_the_same_bytes_are_looked_at_once(house: House) -> None:
    first = await house.sent(PDF, "一.pdf")
    again = await house.sent(PDF, "二.pdf")
    await house.look()
    assert house.scanner.looked == [PDF]
    assert [(await house.shown(one)).scan for one in (first, again)] == ["clean", "clean"]
    # Known bytes are known at once, from whomever they come.
    assert (await house.put(PDF, by=house.centre.agent)).scan == "clean"
    await house.look(60)
    assert len(house.scanner.looked) == 1


async def test_a_picture_that_we_wrote_anew_waits_for_nobody(house: House) -> None:
    from tests.conversations.test_mail_sight import picture

    still = await house.put(picture(), "照片.png")
    assert (still.scan, bool(still.url)) == ("", True)
    moving = io.BytesIO()
    from PIL import Image

    frames = [Image.new("RGB", (8, 8), colour) for colour in ("red", "blue")]
    frames[0].save(moving, "GIF", save_all=True, append_images=frames[1:])
    kept = await house.put(moving.getvalue() + EICAR, "动图.gif")
    assert (kept.kind, kept.scan, kept.url) == ("image", "waiting", "")
    await house.look()
    assert len(house.scanner.looked) == 1
    assert await house.state(kept.id) == ("infected", FINDING)


async def test_a_scanner_that_is_away_holds_and_loses_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    message = await house.sent(PDF)
    monkeypatch.setattr(settings, "scanner", "clamd://127.0.0.1:1")
    await house.look()
    waits = await house.shown(message)
    assert (waits.scan, waits.url, await house.refused(waits.id)) == (
        "unreachable", "", "FileWaits",
    )  # fmt: skip
    # It is asked again only after a rest, is told of once, and however long it lasts costs no try.
    for _ in range(8):
        await house.look(61)
    assert [one["code"] for one in await house.centre.facts("FileScanned")] == ["unreachable"]
    assert await house.centre.value("SELECT attempt FROM file_scan") == 0
    async with house.centre.tx() as tx:
        waiting = await scanning_waits(tx)
    assert waiting.count == 1
    assert waiting.failing_since < house.at - timedelta(minutes=7)
    monkeypatch.setattr(settings, "scanner", house.scanner.address)
    await house.look(61)
    assert (await house.shown(message)).scan == "clean"
    assert await house.centre.value("SELECT failing_since FROM file_scan") is None


async def scanning_waits(tx: Any) -> Any:
    from peakend.kernel.scans import waiting_for_scanner

    return await waiting_for_scanner(tx)


@pytest.mark.parametrize("mode", ["error", "closes", "hangs"])
async def test_a_file_that_it_fails_at_is_given_up_and_held(
    house: House, monkeypatch: pytest.MonkeyPatch, mode: str
) -> None:
    monkeypatch.setattr(scanning.provided, "scanner", Clamd(think_s=0.05))
    house.scanner.mode = mode
    file = await house.put(PDF)
    for _ in range(scanning.MOST_TRIES - 1):
        await house.look(3600)
        assert await house.state(file.id) == ("waiting", "")
    await house.look(3600)
    assert await house.state(file.id) == ("failed", "")
    assert await house.refused(file.id) == "FileNotSeen"
    assert len(house.scanner.looked) == scanning.MOST_TRIES
    # One that answers nothing at all is away: that is no fault of the file.
    house.scanner.deaf = True
    other = await house.put(PDF + b"x")
    for _ in range(scanning.MOST_TRIES + 1):
        await house.look(3600)
    assert await house.state(other.id) == ("unreachable", "")


async def test_a_file_over_the_scanner_s_limit_is_held(house: House) -> None:
    house.scanner.limit = 100_000
    file = await house.put(PDF * 2000)
    await house.look()
    assert await house.state(file.id) == ("too_large", "")


async def test_without_a_scanner_it_says_so_and_holds_nothing(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    known = await house.put(EICAR)
    await house.look()
    monkeypatch.setattr(settings, "scanner", "")
    message = await house.sent(PDF)
    shown = await house.shown(message)
    assert (shown.scan, bool(shown.url), await house.refused(shown.id)) == ("not_scanned", True, "")
    # What was found once stays where it is.
    assert await house.state(known.id) == ("infected", FINDING)
    assert await house.inspector.carry() == 0
    assert await house.centre.value("SELECT count(*) FROM file_scan") == 1
    # Where one is connected later, what came before waits for it, and it goes back to it by itself.
    monkeypatch.setattr(settings, "scanner", house.scanner.address)
    assert (await house.shown(message)).scan == "waiting"
    house.inspector = Inspector(house.centre.database, lambda: house.at)
    await house.look(5)
    assert (await house.shown(message)).scan == "clean"


async def test_somebody_who_may_lets_a_file_through(
    house: House, client: httpx.AsyncClient
) -> None:
    database, here = house.centre.database, house.centre.organisation_id
    boss = await a_person(database, client, here, "supervisor")
    message = await house.sent(locked(PDF), "报价.zip")
    bad = await house.sent(EICAR, "坏.zip")
    await house.look()
    file = await house.shown(message)

    def path(one: Any, file_id: UUID) -> str:
        return f"/conversations/{one.conversation_id}/messages/{one.id}/files/{file_id}/releases"

    agent = await a_person(database, client, here, "agent")
    assert (await agent.send("POST", path(message, file.id), {"reason": "told"})).status_code == 403
    wrong = await boss.send("POST", path(message, file.id), {"reason": "so"})
    assert wrong.status_code == 422
    assert (await boss.send("POST", path(bad, file.id), {"reason": "told"})).status_code == 404
    found = await house.shown(bad)
    assert (await boss.send("POST", path(bad, found.id), {"reason": "told"})).status_code == 409
    done = await boss.send("POST", path(message, file.id), {"reason": "told"})
    assert done.status_code == 201
    await house.look(60)
    through = await house.shown(message)
    assert (through.scan, bool(through.url)) == ("released", True)
    noted = await house.centre.value(
        "SELECT detail FROM audit_entry WHERE action = 'file.released'"
    )
    assert noted == {"message_id": str(message.id), "why": "told"}
    # The message is told once the file is looked at, and once more when it is let through.
    told = [one["verdict"] for one in await house.centre.facts("MessageFilesScanned")]
    assert told.count("unscannable") == 2


async def test_what_was_let_through_is_held_again_when_something_is_found(house: House) -> None:
    file = await house.put(EICAR)
    async with house.centre.tx() as tx:
        await accounts.release_file(tx, file_id=file.id, detail={})
    assert (await house.state(file.id))[0] == "released"
    await house.look()
    assert (await house.state(file.id))[0] == "infected"


def a_letter(data: bytes, name: str) -> bytes:
    mail = EmailMessage()
    mail["From"] = "李雷 <lilei@customer.example>"
    mail["To"] = OURS
    mail["Subject"] = "发票"
    mail["Message-ID"] = f"<{uuid4()}@customer.example>"
    mail.set_content("请看附件。")
    mail.add_attachment(data, maintype="application", subtype="octet-stream", filename=name)
    return mail.as_bytes()


@pytest.mark.parametrize(("data", "goes"), [(PDF, True), (EICAR, False), (locked(PDF), False)])
async def test_a_mail_is_taken_whatever_is_in_it_and_goes_out_only_when_seen(
    house: House, monkeypatch: pytest.MonkeyPatch, data: bytes, goes: bool
) -> None:
    message = await house.centre.says("邮件")
    # The scanner is away: the mail comes all the same.
    monkeypatch.setattr(settings, "scanner", "clamd://127.0.0.1:1")
    async with house.centre.tx() as tx:
        received_id = await arrived(tx, a_letter(data, "附件.bin"), message.id)
    with pytest.raises(FileWaits):
        await original(house, received_id)
    monkeypatch.setattr(settings, "scanner", house.scanner.address)
    await house.look(60)
    if goes:
        assert b"X-Mailer" not in (await original(house, received_id)).content
    else:
        # Also where the scanner sees nothing in the mail as a whole: what is in it counts.
        with pytest.raises((FileInfected, FileNotSeen)):
            await original(house, received_id)


async def original(house: House, received_id: UUID) -> Any:
    async with house.centre.tx() as tx:
        return await open_original(tx, received_id=received_id)


async def test_a_person_s_package_names_what_is_not_in_it(
    house: House, monkeypatch: pytest.MonkeyPatch
) -> None:
    bad = await house.sent(EICAR, "坏文件.zip")
    good = await house.sent(PDF, "好文件.pdf")
    unseen = await house.sent(locked(PDF), "报价.zip")
    await house.look()
    gathered = [packing.Part(table="message", about="conversation", count=3, rows=[
        {"files": [{"id": str((await house.shown(one)).id)}]} for one in (bad, good, unseen)
    ])]  # fmt: skip
    row = type("Row", (), {"customer_id": house.centre.visitor.customer_id})
    async with house.centre.tx() as tx:
        files, held = await packing._files(tx, row, gathered)
    assert [name.partition("-")[2] for name, _ in files] == ["好文件.pdf"]
    assert sorted(held) == [("坏文件.zip", "infected"), ("报价.zip", "unseen")]


async def test_what_was_found_goes_with_the_last_file_of_these_bytes(house: House) -> None:
    first, other = await house.put(PDF), await house.put(PDF)
    await house.look()
    for file, left in ((first, 1), (other, 0)):
        async with house.centre.tx() as tx:
            sha256 = await hash_of(tx, file.id)
            await remove_files(tx, [file.id])
        await sweep_bytes(house.centre.organisation_id)
        assert await house.centre.value("SELECT count(*) FROM file_scan") == left
        assert path_of(sha256 or "").is_file() == bool(left)


async def test_a_scanner_is_reached_by_a_unix_socket_and_a_wrong_address_is_nobody(
    tmp_path: Path,
) -> None:
    given = tmp_path / "file"
    given.write_bytes(EICAR * 3000)
    async with a_scanner(tmp_path / "s") as made:
        assert await Clamd().knock(made.address)
        verdict = await Clamd().look(made.address, given)
        assert (verdict.result, verdict.finding) == ("infected", FINDING)
    for wrong in ("clamd://", "http://127.0.0.1:1", "unix:/nowhere", "clamd://127.0.0.1:1/x", "x"):
        assert not await Clamd().knock(wrong)
        assert (await Clamd().look(wrong, given)).of_scanner


def test_a_crowded_archive_counts_as_one_that_nobody_saw(tmp_path: Path) -> None:
    from peakend.adapters.scanning import archives

    crowded = io.BytesIO()
    with zipfile.ZipFile(crowded, "w") as archive:
        for at in range(2000):
            archive.writestr(f"{at}.txt", b"")
    (tmp_path / "a.zip").write_bytes(crowded.getvalue())
    assert not archives.is_encrypted(tmp_path / "a.zip")
    bomb = zipped(b"PK" + bytes(80 * 1024 * 1024), "bomb.zip")
    (tmp_path / "b.zip").write_bytes(bomb)
    assert archives.is_encrypted(tmp_path / "b.zip")
    for broken in (b"PK", crowded.getvalue()[:-5], b"PK\x05\x06" + b"\xff" * 18):
        (tmp_path / "c.zip").write_bytes(broken)
        archives.is_encrypted(tmp_path / "c.zip")


async def test_an_administrator_reads_whether_it_answers(
    house: House, client: httpx.AsyncClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    boss = await a_person(house.centre.database, client, house.centre.organisation_id, "admin")
    assert "scanner" in await codes(boss)
    await house.put(PDF)
    monkeypatch.setattr(settings, "scanner", "clamd://127.0.0.1:1")
    assert "scanner_silent" in await codes(boss)
    await house.look()
    assert "scanner_since" in await codes(boss)
    monkeypatch.setattr(settings, "scanner", "")
    assert "no_scanner" in await codes(boss)


async def codes(boss: Person) -> set[str]:
    return {one["code"] for one in (await boss.get("/health-report")).json()["signs"]}
