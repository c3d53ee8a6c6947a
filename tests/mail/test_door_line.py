"""What is spoken at our own receiver: SMTP and LMTP on loopback, by clients good and bad."""

import asyncio
import contextlib
import smtplib
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from peakend.adapters.mail import SmtpDoor, door
from peakend.adapters.mail.door import Hall
from peakend.mail.ports import Brought, Place
from tests.mail.servers import certified

OWN = ("service@yunqi.example", "sales@yunqi.example")


@dataclass
class Keeper:
    """Keeps what comes for those who are here, or does what a test tells it to."""

    came: list[Brought] = field(default_factory=list)
    fails_for: str = ""
    breaks: bool = False
    waits: asyncio.Event | None = None
    begun: asyncio.Event = field(default_factory=asyncio.Event)

    async def known(self, address: str) -> bool:
        """Say whether somebody is here."""
        return address in OWN

    async def take(self, brought: Brought) -> list[bool]:
        """Keep a mail."""
        self.begun.set()
        if self.waits:
            await self.waits.wait()
        if self.breaks:
            raise RuntimeError("the disk is full")
        self.came.append(brought)
        return [address != self.fails_for for address in brought.to]


class Client:
    """Speaks exactly the bytes it is told to."""

    def __init__(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        self.reader, self.writer = reader, writer

    async def hear(self) -> str:
        """Return one whole answer."""
        lines = []
        while line := (await self.reader.readline()).decode():
            lines.append(line.rstrip("\r\n"))
            if line[3:4] != "-":
                break
        return "\n".join(lines)

    async def say(self, *lines: str | bytes) -> list[str]:
        """Say lines all at once, and return as many answers."""
        for line in lines:
            self.writer.write((line.encode() if isinstance(line, str) else line) + b"\r\n")
        await self.writer.drain()
        return [await self.hear() for _ in lines]

    async def begin(self, *to: str, sender: str = "<liu@x.example>") -> None:
        """Say everything up to the content."""
        said = await self.say(
            "EHLO mx.x.example", f"MAIL FROM:{sender}", *(f"RCPT TO:<{one}>" for one in to), "DATA"
        )
        assert [one[:3] for one in said] == ["250"] * (len(to) + 2) + ["354"], said

    async def bring(self, content: bytes) -> str:
        """Say content as it stands, with its end."""
        return (await self.say(content + b"."))[0]

    async def over(self) -> bool:
        """Say whether the line was closed."""
        return await self.reader.read() == b""


@dataclass
class Doors:
    """A hall that clients come to."""

    keeper: Keeper
    hall: Hall
    port: int
    clients: list[Client] = field(default_factory=list)

    async def client(self) -> Client:
        """Return a client that was greeted."""
        made = Client(*await asyncio.open_connection("127.0.0.1", self.port))
        self.clients.append(made)
        assert (await made.hear()).startswith("220 mail.yunqi.example")
        return made


@contextlib.asynccontextmanager
async def a_door(**more: str) -> AsyncIterator[Doors]:
    keeper = Keeper()
    given = {"speaks": "smtp", "host": "127.0.0.1", "port": 0, "name": "mail.yunqi.example"}
    hall = Hall(Place(**given | more), keeper)  # type: ignore[arg-type]
    server = await asyncio.get_running_loop().create_server(hall.line, "127.0.0.1", 0)
    doors = Doors(keeper, hall, server.sockets[0].getsockname()[1])
    try:
        yield doors
    finally:
        server.close()
        await hall.empty()
        for one in doors.clients:
            one.writer.close()
        # Nothing that came takes up room for ever.
        assert hall.room == door.ROOM


@pytest.fixture
async def doors() -> AsyncIterator[Doors]:
    async with a_door() as made:
        yield made


async def test_a_mail_is_taken_as_it_is_for_those_who_are_here(doors: Doors) -> None:
    client = await doors.client()
    can = (await client.say("EHLO mx.x.example"))[0].split("\n")
    assert {one[4:] for one in can[1:]} == {
        "SIZE 50000000", "8BITMIME", "SMTPUTF8", "PIPELINING", "ENHANCEDSTATUSCODES",
    }  # fmt: skip
    said = await client.say(
        "MAIL FROM:<liu@x.example> SIZE=100 BODY=8BITMIME SMTPUTF8",
        f"RCPT TO:<{OWN[0]}>",
        "RCPT TO:<somebody@elsewhere.example>",
        "RCPT TO:<@relay.example:somebody@elsewhere.example>",
        f"RCPT TO:<{OWN[0]}%elsewhere.example@yunqi.example>",
        "RCPT TO:<>",
        "RCPT TO:nobody",
        "DATA",
    )
    assert [one[:3] for one in said] == ["250", "250", "550", "550", "550", "550", "553", "354"]
    raw = "Subject: 您好\r\n\r\n..两点\r\n.\x00\r\n".encode()
    assert (await client.bring(raw.replace(b"\r\n.", b"\r\n..")))[:3] == "250"
    [mail] = doors.keeper.came
    assert mail.raw == raw
    assert (mail.sender, mail.to) == ("liu@x.example", [OWN[0]])
    assert (mail.peer, mail.greeted) == ("127.0.0.1", "mx.x.example")
    # The next one on the same line; a bounce comes from nobody.
    await client.begin(OWN[1], sender="<>")
    assert (await client.bring(b""))[:3] == "250"
    assert (doors.keeper.came[1].raw, doors.keeper.came[1].sender) == (b"", "")
    assert (await client.say("QUIT"))[0][:3] == "221"


@pytest.mark.parametrize(
    "inner",
    [
        b"\n.\n",
        b"\n.\r\n",
        b"\r\n.\n",
        b"\r.\r",
        b"\r.\r\n",
        b"\n.\r",
        b"\r\n.\r",
        b"\r\n\x00.\r\n",
    ],
)
async def test_nobody_smuggles_a_second_mail_in(doors: Doors, inner: bytes) -> None:
    client = await doors.client()
    await client.begin(OWN[0])
    hidden = b"MAIL FROM:<boss@yunqi.example>\r\nRCPT TO:<sales@yunqi.example>\r\nDATA\r\nx"
    travelled = b"Subject: x\r\n\r\none" + inner + hidden + b"\r\n"
    assert (await client.bring(travelled))[:3] == "250"
    [mail] = doors.keeper.came
    # A dot after CR LF is taken away, wherever it comes from: it was put there to be.
    assert mail.raw == travelled.replace(b"\r\n.", b"\r\n")
    assert mail.sender == "liu@x.example"


async def test_all_that_is_said_at_once_is_heard_in_turn(doors: Doors) -> None:
    client = await doors.client()
    one = b"Subject: %d\r\n\r\nx\r\n."
    talk = ["MAIL FROM:<a@x.example>", f"RCPT TO:<{OWN[0]}>", "DATA"]
    said = await client.say("EHLO x", *talk, one % 1, *talk, one % 2, "QUIT")
    assert [answer[:3] for answer in said] == [
        "250", "250", "250", "354", "250", "250", "250", "354", "250", "221",
    ]  # fmt: skip
    assert [mail.raw[:10] for mail in doors.keeper.came] == [b"Subject: 1", b"Subject: 2"]


async def test_lines_may_be_as_long_as_they_are(doors: Doors) -> None:
    client = await doors.client()
    await client.begin(OWN[0])
    # Ends and dots fall on every place of what is read at once.
    raw = b"".join(b"x" * n + b"\r\n..\r\n" for n in range(65_520, 65_545)) + b"y" * 300_000
    assert (await client.bring(raw + b"\r\n"))[:3] == "250"
    assert doors.keeper.came[0].raw == raw.replace(b"\r\n..", b"\r\n.") + b"\r\n"


async def test_what_is_too_large_is_heard_to_its_end_and_refused(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "LARGEST", 200_000)
    client = await doors.client()
    assert (await client.say("EHLO x", "MAIL FROM:<a@x.example> SIZE=200001"))[1][:3] == "552"
    await client.begin(OWN[0])
    assert (await client.bring(b"x" * 200_001 + b"\r\n"))[:5] == "552 5"
    assert doors.keeper.came == []
    await client.begin(OWN[0])
    assert (await client.bring(b"x" * 199_998 + b"\r\n"))[:3] == "250"
    # Who does not stop is sent away.
    await client.begin(OWN[0])
    client.writer.write(b"x" * 500_000)
    assert (await client.hear())[:3] == "421"
    assert len(doors.keeper.came) == 1


async def test_of_all_that_come_at_once_so_much_is_taken(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    doors.keeper.waits = asyncio.Event()
    doors.hall.room = 100_000
    first, second = await doors.client(), await doors.client()
    await first.begin(OWN[0])
    first.writer.write(b"x" * 60_000 + b"\r\n.\r\n")
    await doors.keeper.begun.wait()
    await second.begin(OWN[0])
    assert (await second.bring(b"x" * 60_000 + b"\r\n"))[:5] == "452 4"
    doors.keeper.waits.set()
    assert (await first.hear())[:3] == "250"
    await second.begin(OWN[0])
    assert (await second.bring(b"x" * 60_000 + b"\r\n"))[:3] == "250"
    assert doors.hall.room == 100_000
    doors.hall.room = door.ROOM


async def test_whatever_goes_wrong_the_sender_keeps_his_mail(doors: Doors) -> None:
    doors.keeper.breaks = True
    client = await doors.client()
    await client.begin(OWN[0])
    assert (await client.bring(b"x\r\n"))[:3] == "451"
    doors.keeper.breaks, doors.keeper.fails_for = False, OWN[1]
    await client.begin(*OWN)
    assert (await client.bring(b"x\r\n"))[:3] == "451"


async def test_who_hangs_up_in_the_middle_leaves_nothing(doors: Doors) -> None:
    client = await doors.client()
    await client.begin(OWN[0])
    client.writer.write(b"Subject: x\r\n\r\nhalf")
    await client.writer.drain()
    client.writer.close()
    await client.writer.wait_closed()
    other = await doors.client()
    await other.begin(OWN[0])
    assert (await other.bring(b"x\r\n"))[:3] == "250"
    assert [mail.raw for mail in doors.keeper.came] == [b"x\r\n"]


async def test_who_hangs_up_after_the_end_has_brought_his_mail(doors: Doors) -> None:
    doors.keeper.waits = asyncio.Event()
    client = await doors.client()
    await client.begin(OWN[0])
    client.writer.write(b"x\r\n.\r\n")
    await doors.keeper.begun.wait()
    client.writer.transport.abort()
    while doors.hall.lines:
        await asyncio.sleep(0)
    doors.keeper.waits.set()
    await doors.hall.empty()
    assert [mail.raw for mail in doors.keeper.came] == [b"x\r\n"]


async def test_there_are_so_many_and_no_more(doors: Doors, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(door, "MOST_OF_ONE_PEER", 2)
    monkeypatch.setattr(door, "RECIPIENTS", 2)
    first, _ = await doors.client(), await doors.client()
    third = Client(*await asyncio.open_connection("127.0.0.1", doors.port))
    assert (await third.hear())[:3] == "421"
    assert await third.over()
    said = await first.say("EHLO x", "MAIL FROM:<a@x.example>", *[f"RCPT TO:<{OWN[0]}>"] * 3)
    assert [one[:3] for one in said[2:]] == ["250", "250", "452"]
    assert (await first.say("QUIT"))[0][:3] == "221"
    assert await first.over()
    # Who left made room.
    assert (await (await doors.client()).say("NOOP"))[0][:3] == "250"


async def test_who_guesses_addresses_is_sent_away(
    doors: Doors, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(door, "STRANGERS", 3)
    client = await doors.client()
    guesses = [f"RCPT TO:<g{n}@yunqi.example>" for n in range(3)]
    said = await client.say("EHLO x", "MAIL FROM:<a@x.example>", *guesses)
    assert [one[:3] for one in said[2:]] == ["550", "550", "421"]
    assert await client.over()


@pytest.mark.parametrize(
    ("line", "answer"),
    [
        ("AUTH PLAIN AGEAYg==", "502"),
        ("EXPN service", "502"),
        ("VRFY service@yunqi.example", "252"),
        ("LHLO x", "502"),
        ("STARTTLS", "454"),
        ("BDAT 5 LAST", "500"),
        ("", "500"),
        ("\x00\xff", "500"),
        ("MAIL FROM:<a@x.example> AUTH=<>", "503"),
        ("DATA", "503"),
        ("x" * 70_000, "500"),
    ],
)
async def test_what_is_not_done_here(doors: Doors, line: str, answer: str) -> None:
    client = await doors.client()
    assert (await client.say(line.encode("latin-1")))[0][:3] == answer
    assert (await client.say("NOOP"))[0][:3] == "250"


async def test_lmtp_answers_for_each_recipient() -> None:
    async with a_door(speaks="lmtp") as doors:
        doors.keeper.fails_for = OWN[1]
        client = await doors.client()
        assert (await client.say("EHLO x"))[0][:3] == "502"
        assert (await client.say("HELO x"))[0][:3] == "502"
        to = [f"RCPT TO:<{one}>" for one in (*OWN, "nobody@yunqi.example")]
        said = await client.say("LHLO x", "MAIL FROM:<>", *to, "DATA")
        assert [one[:3] for one in said] == ["250", "250", "250", "250", "550", "354"]
        assert [(await client.bring(b"x\r\n"))[:3], (await client.hear())[:3]] == ["250", "451"]
        assert (await client.say("NOOP"))[0][:3] == "250"


async def test_a_line_can_be_encrypted_and_nothing_said_before_counts(tmp_path: Path) -> None:
    certified(tmp_path, "127.0.0.1", 10)
    files = {"certificate": str(tmp_path / "cert.pem"), "key": str(tmp_path / "key.pem")}
    trusted = ssl.create_default_context(cafile=files["certificate"])
    async with a_door(**files) as doors:
        client = await doors.client()
        assert "250-STARTTLS" in (await client.say("EHLO x"))[0]
        # What comes in the same breath is said by somebody in between.
        client.writer.write(b"STARTTLS\r\nRSET\r\nNOOP\r\n")
        assert (await client.hear())[:3] == "220"
        await client.writer.start_tls(trusted, server_hostname="127.0.0.1")
        can = (await client.say("EHLO x"))[0]
        assert "STARTTLS" not in can
        assert "AUTH" not in can
        await client.begin(OWN[0])
        assert (await client.bring(b"x\r\n"))[:3] == "250"

        def by_library() -> None:
            with smtplib.SMTP("127.0.0.1", doors.port) as talk:
                talk.starttls(context=trusted)
                talk.sendmail("a@x.example", [OWN[0]], "Subject: x\n\ny\n")

        await asyncio.to_thread(by_library)
        assert doors.keeper.came[1].raw == b"Subject: x\r\n\r\ny\r\n"


async def test_the_door_opens_and_closes(unused_tcp_port: int) -> None:
    keeper, stop = Keeper(), asyncio.Event()
    place = Place(speaks="smtp", host="127.0.0.1", port=unused_tcp_port)
    staying = asyncio.create_task(SmtpDoor().stay(place, keeper, stop))
    client = None
    while client is None:
        with contextlib.suppress(OSError):
            client = Client(*await asyncio.open_connection("127.0.0.1", unused_tcp_port))
        await asyncio.sleep(0)
    await client.hear()
    with pytest.raises(OSError, match="address"):
        await SmtpDoor().stay(place, keeper, stop)
    keeper.waits = asyncio.Event()
    await client.begin(OWN[0])
    client.writer.write(b"x\r\n.\r\n")
    await keeper.begun.wait()
    # What is just being kept is kept, and said so.
    stop.set()
    await asyncio.sleep(0)
    keeper.waits.set()
    await staying
    assert len(keeper.came) == 1
    assert await client.reader.read() in (b"250 2.0.0 Kept\r\n", b"")
    client.writer.close()
