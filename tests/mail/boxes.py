"""A mailbox on loopback: it speaks as much IMAP as we do, and does what a test tells it to."""

import asyncio
import base64
import contextlib
import re
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from pathlib import Path

import pytest

from peakend.adapters.mail import fetching
from peakend.kernel.settings import settings
from tests.mail.servers import certified

LOGIN, PASSWORD = "service@mail.example.com", "授权码-α1"


@dataclass
class Folder:
    """What a server holds, how it answers, and what was said to it."""

    port: int = 0
    validity: int = 7
    mails: dict[int, bytes] = field(default_factory=dict)
    marked: set[int] = field(default_factory=set)
    fetched: list[int] = field(default_factory=list)
    folder: str = "INBOX"
    greeting: str = "* OK ready"
    can: str = "IMAP4rev1 AUTH=PLAIN IDLE ID"
    # Hangs up instead of giving this mail.
    drops: int = 0
    # Hangs up as soon as somebody waits.
    hangs_up: bool = False
    # Never answers to this.
    mute: str = "-"
    read_only: bool = False
    # Why nobody is let in at all.
    shut: str = ""
    idle: asyncio.Event = field(default_factory=asyncio.Event)
    lines: int = 0
    said: list[str] = field(default_factory=list)
    # Who comes with one of these is let in, whatever the password.
    tokens: set[str] = field(default_factory=set)
    _news: list[asyncio.Event] = field(default_factory=list)

    def put(self, *mails: bytes) -> list[int]:
        """Let mails come, and tell whoever waits."""
        first = max(self.mails, default=0) + 1
        numbers = list(range(first, first + len(mails)))
        self.mails |= dict(zip(numbers, mails, strict=True))
        for news in self._news:
            news.set()
        return numbers

    async def talk(self, reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        """Talk with one client until it goes, or is sent away."""
        self.lines += 1
        with contextlib.suppress(ConnectionError, asyncio.IncompleteReadError):
            writer.write(self.greeting.encode() + b"\r\n")
            while self.greeting.startswith("* OK") and (line := await reader.readline()):
                tag, _, rest = line.decode().strip().partition(" ")
                self.said.append(rest)
                if not await self._answer(tag, rest, reader, writer):
                    break
                await writer.drain()
        writer.close()

    async def _answer(
        self, tag: str, rest: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        verb = rest.split()[0].upper()
        good = f"{tag} OK done\r\n".encode()
        if verb == "CAPABILITY":
            writer.write(f"* CAPABILITY {self.can}\r\n".encode() + good)
        elif verb == "AUTHENTICATE":
            parts = rest.split()
            if len(parts) == 2:
                writer.write(b"+\r\n")
                parts.append((await reader.readline()).decode().strip())
            given = base64.b64decode(parts[2]).decode()
            if parts[1] == "XOAUTH2":
                await self._token(tag, given, reader, writer)
                return True
            fits = given == f"\0{LOGIN}\0{PASSWORD}"
            no = self.shut or "[AUTHENTICATIONFAILED] no"
            writer.write(good if fits and not self.shut else f"{tag} NO {no}\r\n".encode())
        elif verb == "SELECT":
            if self.folder not in rest:
                writer.write(f"{tag} NO no such folder\r\n".encode())
            else:
                writer.write(
                    f"* {len(self.mails)} EXISTS\r\n"
                    f"* OK [UIDVALIDITY {self.validity}] ok\r\n"
                    f"{tag} OK [READ-{'ONLY' if self.read_only else 'WRITE'}] done\r\n".encode()
                )
        elif verb == "IDLE":
            return await self._idle(tag, reader, writer)
        elif verb == "UID":
            return self._uid(tag, rest[4:], writer)
        elif verb in ("ID", "NOOP"):
            writer.write(good)
        else:
            writer.write(f"{tag} BAD what\r\n".encode())
        return True

    async def _token(
        self, tag: str, given: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> None:
        if any(given == f"user={LOGIN}\x01auth=Bearer {one}\x01\x01" for one in self.tokens):
            writer.write(f"{tag} OK done\r\n".encode())
            return
        told = b'{"status":"400","schemes":"Bearer","scope":"https://mail.google.com/"}'
        writer.write(b"+ " + base64.b64encode(told) + b"\r\n")
        # Whoever says more than nothing has not understood.
        dumb = (await reader.readline()).strip() != b""
        said = "what" if dumb else f"[AUTHENTICATIONFAILED] Invalid credentials for {given}"
        plain = "".join(one for one in said if one.isprintable())
        writer.write(f"{tag} NO {plain}\r\n".encode())

    def _uid(self, tag: str, rest: str, writer: asyncio.StreamWriter) -> bool:
        verb, _, rest = rest.partition(" ")
        if verb == self.mute:
            return True
        if verb == "SEARCH":
            found = sorted({u for part in rest.split()[1].split(",") for u in self._within(part)})
            writer.write(f"* SEARCH {' '.join(map(str, found))}\r\n".encode())
        elif verb == "FETCH":
            number = int(rest.split()[0])
            if number == self.drops:
                return False
            self.fetched.append(number)
            if number in self.mails:
                most = int(re.findall(r"<0\.(\d+)>", rest)[0])
                raw = self.mails[number][:most]
                head = f"* 1 FETCH (UID {number} BODY[]<0> {{{len(raw)}}}\r\n"
                writer.write(head.encode() + raw + b")\r\n")
        elif verb == "STORE" and self.read_only:
            writer.write(f"{tag} NO not here\r\n".encode())
            return True
        elif verb == "STORE":
            self.marked |= {int(one) for one in rest.split()[0].split(",")}
        writer.write(f"{tag} OK done\r\n".encode())
        return True

    def _within(self, part: str) -> list[int]:
        low, _, high = part.partition(":")
        last = max(self.mails, default=0)
        top = last if high == "*" else int(high)
        # `n:*` names the last one in any case.
        return [u for u in self.mails if int(low) <= u <= top or (high == "*" and u == last)]

    async def _idle(
        self, tag: str, reader: asyncio.StreamReader, writer: asyncio.StreamWriter
    ) -> bool:
        news = asyncio.Event()
        self._news.append(news)
        writer.write(b"+ idling\r\n")
        await writer.drain()
        self.idle.set()
        if self.hangs_up:
            return False
        done = asyncio.ensure_future(reader.readline())
        came = asyncio.ensure_future(news.wait())
        await asyncio.wait([done, came], return_when=asyncio.FIRST_COMPLETED)
        came.cancel()
        self._news.remove(news)
        self.idle.clear()
        if not done.done():
            writer.write(f"* {len(self.mails)} EXISTS\r\n".encode())
        await done
        writer.write(f"{tag} OK done\r\n".encode())
        return True


@contextlib.asynccontextmanager
async def a_folder(
    monkeypatch: pytest.MonkeyPatch, *, tls: bool = False, place: Path | None = None,
    name: str = "127.0.0.1",
) -> AsyncIterator[Folder]:  # fmt: skip
    """Listen on loopback, which the operator listed; its certificate is trusted by this test."""
    folder, context = Folder(), None
    if tls:
        assert place is not None
        context = certified(place, name, 10)
        trusted = ssl.create_default_context(cafile=str(place / "cert.pem"))
        monkeypatch.setattr(fetching, "tls", lambda: trusted)
    server = await asyncio.start_server(folder.talk, "127.0.0.1", 0, ssl=context)
    folder.port = server.sockets[0].getsockname()[1]
    monkeypatch.setattr(settings, "outgoing_allowed", ("127.0.0.1",))
    try:
        yield folder
    finally:
        server.close()
