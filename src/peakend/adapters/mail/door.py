"""SMTP and LMTP, the other way round: servers bring mails to us, and nothing is ever sent on.

aiosmtpd speaks; what it reads of a mail we read ourselves, as it keeps an object for each line, and
its end is exactly CR LF . CR LF: nobody smuggles a second mail in behind a bare line feed.
"""

import asyncio
import collections
import logging
import re
import ssl
from pathlib import Path
from typing import Any

import structlog
from aiosmtpd.smtp import SMTP, Envelope, Session

from peakend.mail.ports import Brought, Place, Taker

log = structlog.get_logger()
# It writes addresses and whole commands down.
logging.getLogger("mail.log").disabled = True

LARGEST = 50_000_000
# Of all that are on their way in at once.
ROOM = 200 * 1024 * 1024
MOST_LINES = 100
MOST_OF_ONE_PEER = 20
RECIPIENTS = 100
# Whoever asks for so many that are not here is guessing.
STRANGERS = 20
COMMAND = 1024
COMMANDS = {"*": 20, "MAIL": 500, "RCPT": 2000, "DATA": 500, "RSET": 500, "NOOP": 50, "QUIT": 1}
SILENT_S = 180.0
DATA_S = 900.0
TAKE_S = 300.0
LINE_S = 3600.0
# How long mails that are just being kept may take once we stop.
ENDING_S = 5.0
_CHUNK = 64 * 1024
_END = b"\r\n.\r\n"
_PATH = re.compile(r"<(?:@[^<>:\s]*:)?([^<>\x00-\x1f\x7f]*)>(?: +(\S.*))?")
_BUSY = "421 4.3.2 Too many connections, try again later"
_FAILED = "451 4.3.0 Not kept, try again later"


class SmtpDoor:
    """Listens for servers that bring mails."""

    async def stay(self, place: Place, taker: Taker, stop: asyncio.Event) -> None:
        """Listen until `stop` is set. Errors: OSError, ssl.SSLError."""
        hall = Hall(place, taker)
        server = await asyncio.get_running_loop().create_server(
            hall.line, place.host, place.port, backlog=MOST_LINES
        )
        log.info("mails are received", speaks=place.speaks, port=place.port)
        try:
            await stop.wait()
        finally:
            server.close()
            await hall.empty()


class Hall:
    """What all lines of one door share: how many there are, and how much is on its way in."""

    def __init__(self, place: Place, taker: Taker) -> None:
        self.place, self.taker = place, taker
        self.peers: collections.Counter[str] = collections.Counter()
        self.room = ROOM
        self.lines: set[Line] = set()
        self._keeping: set[asyncio.Task[list[bool]]] = set()
        self._certificate = _Certificate(place)
        # A wrong one is said now, not to the first who comes.
        self._certificate.current()

    def line(self) -> "Line":
        """Return who talks with the next client."""
        return Line(self, self._certificate.current())

    async def keep(self, brought: Brought) -> list[bool]:
        """Keep a mail, also when who brought it hangs up: he will bring it again."""
        task = asyncio.ensure_future(self.taker.take(brought))
        self._keeping.add(task)
        task.add_done_callback(self._keeping.discard)
        size = len(brought.raw)
        task.add_done_callback(lambda _: self.give_back(size))
        async with asyncio.timeout(TAKE_S):
            return await asyncio.shield(task)

    def give_back(self, size: int) -> None:
        """Make room for other mails."""
        self.room += size

    async def empty(self) -> None:
        """Let what is just being kept be kept, and hang up."""
        if self._keeping:
            await asyncio.wait(self._keeping, timeout=ENDING_S)
        for line in list(self.lines):
            line.hang_up()
        for task in self._keeping:
            task.cancel()


class _Certificate:
    """The certificate we show; a renewed one is shown from the next line on."""

    def __init__(self, place: Place) -> None:
        self._place = place
        self._seen = 0.0
        self._context: ssl.SSLContext | None = None

    def current(self) -> ssl.SSLContext | None:
        """Return what encrypts a line. Errors: OSError, ssl.SSLError where there never was one."""
        place = self._place
        if not place.certificate:
            return None
        try:
            at = Path(place.certificate).stat().st_mtime
            if at != self._seen:
                context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
                context.load_cert_chain(place.certificate, place.key or None)
                self._context, self._seen = context, at
        except OSError:
            # Half of a pair was renewed: the old one is good until the other half is there.
            if self._context is None:
                raise
        return self._context


class Line(SMTP):
    """One client's talk."""

    line_length_limit = _CHUNK

    def __init__(self, hall: Hall, context: ssl.SSLContext | None) -> None:
        self.hall = hall
        self._lmtp = hall.place.speaks == "lmtp"
        self._peer = ""
        self._entered = self._sent_away = False
        self._ends: asyncio.TimerHandle | None = None
        # The library's own is shared by all lines, and grows.
        self.command_size_limits = collections.defaultdict(lambda: COMMAND)
        super().__init__(
            _Answers(self),
            data_size_limit=LARGEST,
            enable_SMTPUTF8=True,
            hostname=hall.place.name,
            ident="LMTP" if self._lmtp else "ESMTP",
            tls_context=context,
            timeout=SILENT_S,
            command_call_limit=COMMANDS,
            loop=asyncio.get_running_loop(),
        )

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        """Let a client in where there is room; the second time he is the same, encrypted."""
        if not self._entered:
            self._entered = True
            self._peer = str((transport.get_extra_info("peername") or ("",))[0])
            hall = self.hall
            crowd = not self._lmtp and hall.peers[self._peer] >= MOST_OF_ONE_PEER
            if crowd or len(hall.lines) >= MOST_LINES:
                self._sent_away = True
                assert isinstance(transport, asyncio.Transport)
                transport.write(f"{_BUSY}\r\n".encode())
                transport.close()
                return
            hall.lines.add(self)
            hall.peers[self._peer] += 1
            self._ends = self.loop.call_later(LINE_S, self.hang_up)
        super().connection_made(transport)

    def data_received(self, data: bytes) -> None:
        """Hear what a client says."""
        if not self._sent_away:
            super().data_received(data)

    def eof_received(self) -> bool | None:
        """Notice that a client says no more."""
        return False if self._sent_away else super().eof_received()

    def connection_lost(self, error: Exception | None) -> None:
        """Let a client go."""
        if self._sent_away:
            return
        if self in self.hall.lines:
            self.hall.lines.discard(self)
            self.hall.peers -= collections.Counter([self._peer])
            if self._ends:
                self._ends.cancel()
        super().connection_lost(error)

    def hang_up(self) -> None:
        """End the talk."""
        if self.transport is not None:
            self.transport.close()

    async def smtp_LHLO(self, arg: str) -> None:  # noqa: N802 (named by the library)
        """Greet a client that speaks LMTP."""
        await (super().smtp_EHLO(arg) if self._lmtp else self._unknown())

    async def smtp_EHLO(self, arg: str) -> None:  # noqa: N802 (named by the library)
        """Greet a client that speaks SMTP."""
        await (self._unknown() if self._lmtp else super().smtp_EHLO(arg))

    async def smtp_HELO(self, arg: str) -> None:  # noqa: N802 (named by the library)
        """Greet a client that speaks old SMTP."""
        await (self._unknown() if self._lmtp else super().smtp_HELO(arg))

    async def smtp_AUTH(self, arg: str) -> None:  # noqa: N802 (named by the library)
        """Nobody signs in here: nothing is sent on for anybody."""
        await self._unknown()

    async def smtp_EXPN(self, arg: str) -> None:  # noqa: N802 (named by the library)
        """Nobody is told who is here."""
        await self._unknown()

    async def smtp_VRFY(self, arg: str) -> None:  # noqa: N802 (named by the library)
        """Nobody is told who is here."""
        await self.push("252 2.5.0 Try to deliver")

    async def smtp_HELP(self, arg: str) -> None:  # noqa: N802 (named by the library)
        """There is nothing to explain."""
        await self.push("214 2.0.0 RFC 5321")

    async def _unknown(self) -> None:
        await self.push("502 5.5.1 Not here")

    def _getaddr(self, arg: str) -> tuple[str | None, str | None]:
        """Return an address and what follows it; `<>` for nobody, as senders of bounces are."""
        found = _PATH.fullmatch(arg.strip())
        return (None, None) if found is None else (found[1] or "<>", found[2] or "")

    async def smtp_DATA(self, arg: str) -> None:  # noqa: N802 (named by the library)
        """Take a mail, and answer once it is kept: for all at once, or in LMTP for each."""
        assert self.envelope is not None
        if await self.check_helo_needed("LHLO" if self._lmtp else "HELO"):
            return
        if arg or not self.envelope.rcpt_tos:
            await self.push("501 5.5.4 No argument" if arg else "503 5.5.1 Nobody to take it")
            return
        await self.push("354 End data with <CR><LF>.<CR><LF>")
        try:
            async with asyncio.timeout(DATA_S):
                raw, trouble = await self._content()
        except TimeoutError:
            await self.push("421 4.4.2 Too slow, or far too large")
            self.hang_up()
            return
        answers = [trouble] * len(self.envelope.rcpt_tos) if trouble else await self._kept(raw)
        self._set_post_data_state()
        if not self._lmtp:
            # One who hears of a failure brings it again to all; who has it does not get it twice.
            answers = [next((one for one in answers if one[0] != "2"), answers[0])]
        for answer in answers:
            await self.push(answer)

    async def _kept(self, raw: bytes) -> list[str]:
        """Keep a mail, and return the answer for each recipient."""
        assert self.envelope is not None
        assert self.session is not None
        assert self._timeout_handle is not None
        self._timeout_handle.cancel()
        sender = self.envelope.mail_from or ""
        brought = Brought(
            raw=raw,
            sender="" if sender == "<>" else sender,
            to=list(self.envelope.rcpt_tos),
            peer=self._peer,
            greeted=self.session.host_name or "",
        )
        try:
            kept = await self.hall.keep(brought)
        except Exception as error:  # noqa: BLE001 (whatever it was, the sender keeps the mail)
            log.error("a mail was not kept", error=type(error).__name__)
            kept = [False] * len(brought.to)
        finally:
            if self.transport is not None:
                self._reset_timeout()
        return ["250 2.0.0 Kept" if one else _FAILED for one in kept]

    async def _content(self) -> tuple[bytes, str]:
        """Return a mail as it was before it travelled, or why it is not taken.

        What is too large is heard to its end, as its sender does not listen before.
        Source: RFC 5321, 4.1.1.4 and 4.5.2.
        """
        got, heard, trouble = bytearray(), 0, ""
        # The line before the first one ended, too: a mail may be nothing but its end.
        self._reader._buffer[:0] = b"\r\n"  # type: ignore[attr-defined]
        try:
            ended = False
            while not ended:
                try:
                    part = await self._reader.readuntil(_END)
                    ended = True
                except asyncio.LimitOverrunError as error:
                    part = await self._reader.read(error.consumed)
                self._reset_timeout()
                heard += len(part)
                if heard > LARGEST + len(_END):
                    trouble = "552 5.3.4 Too large"
                elif len(part) > self.hall.room:
                    trouble = "452 4.3.1 Too much at once, try again later"
                if heard > 2 * LARGEST:
                    raise TimeoutError
                if trouble:
                    self.hall.give_back(len(got))
                    got.clear()
                else:
                    self.hall.room -= len(part)
                    got += part
            mail = b"" if trouble else bytes(got[:-3]).replace(b"\r\n.", b"\r\n")[2:]
            # From here on the room is that of the mail, given back once it is kept.
            self.hall.room -= len(mail)
            return mail, trouble
        finally:
            self.hall.give_back(len(got))


class _Answers:
    """What is answered to greetings, senders and recipients."""

    def __init__(self, line: Line) -> None:
        self._line = line
        self._taker = line.hall.taker
        self._strangers = 0

    async def handle_EHLO(  # noqa: N802 (named by the library)
        self, server: SMTP, session: Session, envelope: Envelope, hostname: str, says: list[str]
    ) -> list[str]:
        """Say what we can."""
        session.host_name = hostname
        can = [one for one in says if one[4:].split()[0] not in ("AUTH", "HELP")]
        return [*can, "250-PIPELINING", "250 ENHANCEDSTATUSCODES"]

    async def handle_RCPT(  # noqa: N802 (named by the library)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        """Take a recipient that lives here."""
        if len(envelope.rcpt_tos) >= RECIPIENTS:
            return "452 4.5.3 Too many recipients"
        if await self._taker.known(address):
            envelope.rcpt_tos.append(address)
            return "250 2.1.5 Ok"
        self._strangers += 1
        if self._strangers >= STRANGERS:
            self._line.loop.call_soon(self._line.hang_up)
            return "421 4.7.0 Too many that are not here"
        return "550 5.1.1 Not here, and nothing is sent on"

    async def handle_exception(self, error: Exception) -> str:
        """Let the sender keep his mail, whatever happened."""
        log.error("a line of mail failed", error=type(error).__name__)
        return _FAILED
