"""IMAP: opens a mailbox on a line that `kernel/outgoing` opened, and gives what is in a folder.

The standard library speaks, in a thread of its own; what is overridden reads with bounds, and
waits. Whoever closes the line ends whatever is being said.
"""

import asyncio
import base64
import contextlib
import imaplib
import re
import select
import socket
import ssl
import time
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from typing import Any, TypeVar

from peakend.adapters.mail.sending import CODES, TLS_CODES, challenged, xoauth2
from peakend.kernel.outgoing import Outgoing, safe_line, tls
from peakend.mail.ports import BoxTrouble, Inbox

PORTS = frozenset({143, 993})
CONNECT_S = 10.0
# Servers greet at once; one that waits for us to speak first wants another encryption.
GREET_S = 20.0
STEP_S = 60.0
# What a server does not do in so long it will not do; less than a lease.
WHOLE_S = 240.0
LONGEST_LINE = 8 * 1024 * 1024
LONGEST_LITERAL = 64 * 1024 * 1024
SAID = 300
# As many mailboxes as one process has open; each waits in a thread.
MOST_OPEN = 64
_speaking = ThreadPoolExecutor(MOST_OPEN, thread_name_prefix="mailboxes")
T = TypeVar("T")

# What servers of the standard library's client are called, so that they let us in (163, 126).
_WHO = '("name" "Peakend" "vendor" "Peakend")'


class ImapPostbox:
    """Opens mailboxes by IMAP."""

    async def open(self, inbox: Inbox) -> "ImapBox":
        """Open a mailbox at its folder. Errors: BoxTrouble."""
        try:
            line = await safe_line(inbox.host, inbox.port, ports=PORTS, timeout_s=CONNECT_S)
        except Outgoing as error:
            code = next(code for kind, code in CODES if isinstance(error, kind))
            raise BoxTrouble(code) from error
        box = ImapBox(inbox, line)
        try:
            await box.said(box.begin)
        except BaseException:
            box.close()
            raise
        return box


class ImapBox:
    """A folder of a mailbox, open."""

    validity: int

    def __init__(self, inbox: Inbox, line: socket.socket) -> None:
        self._inbox = inbox
        self._line = line
        self._imap: _Imap
        self._waits = False
        line.settimeout(GREET_S)

    async def uids(self, ranges: list[tuple[int, int]], after: int) -> list[int]:
        """Return the numbers of the mails in these stretches and of all later ones, ascending."""
        return await self.said(lambda: self._uids(ranges, after))

    async def fetch(self, uid: int, most: int) -> bytes | None:
        """Return so many bytes of a mail at most; None where it is gone."""
        return await self.said(lambda: self._fetch(uid, most))

    async def mark(self, uids: list[int]) -> None:
        """Tell the server that mails were read."""
        listed = ",".join(str(one) for one in uids)
        # One that we may only look at says no; we know all the same where we were.
        await self.said(lambda: self._imap.uid("STORE", listed, "+FLAGS.SILENT", r"(\Seen)"))

    async def wait(self, seconds: float) -> None:
        """Wait until the server says that something happened, or that long."""
        await self.said(lambda: self._wait(seconds))

    def close(self) -> None:
        """Close the line, whatever is being said."""
        for line in (self._line, getattr(getattr(self, "_imap", None), "sock", None)):
            if line is not None:
                with contextlib.suppress(OSError):
                    line.shutdown(socket.SHUT_RDWR)
                line.close()

    async def said(self, what: Callable[[], T]) -> T:
        """Say something in a thread, and turn what goes wrong into what it means."""
        running = asyncio.get_running_loop().run_in_executor(_speaking, self._told, what)
        # Nobody may be left to hear how it ended.
        running.add_done_callback(lambda ended: ended.cancelled() or ended.exception())
        done, _ = await asyncio.wait([running], timeout=WHOLE_S)
        if not done:
            self.close()
            await asyncio.wait([running])
            raise BoxTrouble("too_slow")
        return running.result()

    def _told(self, what: Callable[[], T]) -> T:
        try:
            return what()
        except (OSError, imaplib.IMAP4.error, ValueError) as error:
            slow = isinstance(error, TimeoutError)
            raise BoxTrouble("too_slow" if slow else "broken") from error

    def begin(self) -> None:
        """Greet, encrypt, log in and open the folder. Errors: BoxTrouble."""
        inbox = self._inbox
        if inbox.tls == "implicit":
            self._line = self._wrapped(self._line)
        try:
            self._imap = imap = _Imap(self._line, inbox.host)
        except TimeoutError as error:
            raise BoxTrouble("no_greeting") from error
        except imaplib.IMAP4.abort as error:
            raise BoxTrouble("broken") from error
        except imaplib.IMAP4.error as error:
            raise BoxTrouble("not_greeted", _plain(str(error))) from error
        self._line.settimeout(STEP_S)
        if inbox.tls == "starttls":
            if "STARTTLS" not in imap.capabilities:
                raise BoxTrouble("box_no_starttls")
            self._need(imap.ask("STARTTLS"), "box_no_starttls")
            # What came before the encryption began was not said by who answers in it.
            imap.forget()
            self._line = imap.sock = self._wrapped(self._line)
            imap.learn()
        if inbox.login:
            self._log_in()
        imap.learn()
        if "ID" in imap.capabilities:
            imap.ask("ID", _WHO)
        with contextlib.suppress(imaplib.IMAP4.readonly):
            self._need(imap.select(_folder(inbox.folder).decode()), "folder_refused")
        # The library would refuse every command from here on.
        imap.untagged_responses.pop("READ-ONLY", None)
        _, found = imap.response("UIDVALIDITY")
        self.validity = int(found[-1] or 1)
        self._waits = "IDLE" in imap.capabilities

    def _wrapped(self, line: socket.socket) -> socket.socket:
        try:
            return tls().wrap_socket(line, server_hostname=self._inbox.host)
        except ssl.SSLCertVerificationError as error:
            raise BoxTrouble(TLS_CODES.get(error.verify_code, "tls_untrusted")) from error
        except (ssl.SSLError, ValueError) as error:
            raise BoxTrouble("tls_none") from error

    def _log_in(self) -> None:
        """Make oneself known; names and passwords of people are UTF-8. Source: RFC 4616."""
        imap, inbox = self._imap, self._inbox
        if inbox.token:
            self._show_token()
            return
        login, password = inbox.login.encode(), inbox.password.encode()
        try:
            if "AUTH=PLAIN" in imap.capabilities:
                said = b"\0" + login + b"\0" + password
                imap.authenticate("PLAIN", lambda _: said)
            elif "LOGINDISABLED" not in imap.capabilities:
                self._need(imap.ask("LOGIN", _quoted(login), _quoted(password)), "login_refused")
                imap.state = "AUTH"
            else:
                raise BoxTrouble("no_login")
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as error:
            # The server could not look, which says nothing about the password. Source: RFC 5530.
            busy = str(error).upper().startswith("[UNAVAILABLE]")
            code = "login_later" if busy else "login_refused"
            raise BoxTrouble(code, _plain(str(error))) from error

    def _show_token(self) -> None:
        """Show what a provider gave; a challenge is its refusal, to be heard to the end."""
        imap, inbox = self._imap, self._inbox
        if "AUTH=XOAUTH2" not in imap.capabilities:
            raise BoxTrouble("no_xoauth2")
        told = ""
        shown = "SASL-IR" in imap.capabilities

        def answered(challenge: bytes) -> bytes:
            nonlocal told, shown
            if not shown:
                shown = True
                return xoauth2(inbox)
            told = challenged(base64.b64encode(challenge))
            return b""

        first = base64.b64encode(xoauth2(inbox)) if shown else None
        try:
            kind, said = imap.ask_leave("XOAUTH2", first, answered)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as error:
            kind, said = "BAD", [str(error).encode()]
        if kind != "OK":
            words = b" ".join(one for one in said if one).decode("utf-8", "replace")
            plain = _plain(words.replace(inbox.token, "...") + told)
            # A mailbox that cannot be opened at the moment is no question of the token.
            busy = "[UNAVAILABLE]" in words.upper()
            raise BoxTrouble("box_refused" if busy else "token_refused", plain)

    def _need(self, answer: tuple[str, list[Any]], code: str) -> list[Any]:
        """Return what a server answered. Errors: BoxTrouble where it says no."""
        kind, told = answer
        if kind != "OK":
            raise BoxTrouble(
                code, _plain(b" ".join(one for one in told if one).decode("utf-8", "replace"))
            )
        return told

    def _command(self, *words: str) -> list[Any]:
        return self._need(self._imap.uid(*words), "box_refused")

    def _uids(self, ranges: Iterable[tuple[int, int]], after: int) -> list[int]:
        wanted = ",".join([*(f"{low}:{high}" for low, high in ranges), f"{after + 1}:*"])
        told = self._command("SEARCH", "UID", wanted)
        spans = list(ranges)
        found = {int(one) for part in told if part for one in part.split()}
        # `n:*` names the last mail, also where its number is lower.
        return sorted(
            one for one in found if one > after or any(low <= one <= high for low, high in spans)
        )

    def _fetch(self, uid: int, most: int) -> bytes | None:
        # PEEK: it is marked as read once we have it, not by looking.
        told = self._command("FETCH", str(uid), f"(UID BODY.PEEK[]<0.{most}>)")
        for part in told:
            if isinstance(part, tuple) and re.search(rb"\bBODY\[\]", part[0], re.IGNORECASE):
                return bytes(part[1])
        return None

    def _wait(self, seconds: float) -> None:
        if self._waits:
            self._imap.idle(seconds)
        else:
            self._imap.silence(seconds)
            self._need(self._imap.noop(), "box_refused")


class _Imap(imaplib.IMAP4):
    """The library's client on a line that is open already, with bounds on what it reads."""

    def __init__(self, line: socket.socket, host: str) -> None:
        self._open_line = line
        self._heap = bytearray()
        super().__init__(host)

    def open(self, host: str = "", port: int = 143, timeout: float | None = None) -> None:
        """Take the line as it is."""
        self.host, self.port = host, port
        self.sock = self._open_line

    def shutdown(self) -> None:
        """Close the line."""
        with contextlib.suppress(OSError):
            self.sock.shutdown(socket.SHUT_RDWR)
        self.sock.close()

    def forget(self) -> None:
        """Forget what came and was not looked at."""
        self._heap.clear()

    def learn(self) -> None:
        """Ask what the server can."""
        self._get_capabilities()

    def ask(self, name: str, *words: str | bytes) -> tuple[str, list[Any]]:
        """Say a command that the library does not know by name."""
        imaplib.Commands.setdefault(name, ("NONAUTH", "AUTH", "SELECTED"))
        try:
            return self._simple_command(name, *words)
        except imaplib.IMAP4.abort:
            raise
        except imaplib.IMAP4.error as error:
            return "BAD", [str(error).encode()]

    def ask_leave(
        self, way: str, first: bytes | None, answered: Callable[[bytes], bytes]
    ) -> tuple[str, list[Any]]:
        """Make oneself known, at once where the server takes that. Source: RFC 4959."""
        self.literal = imaplib._Authenticator(answered).process  # type: ignore[assignment]
        kind, said = self._simple_command("AUTHENTICATE", way, *filter(None, [first]))
        if kind == "OK":
            self.state = "AUTH"
        return kind, said

    def readline(self) -> bytes:
        """Return the next line."""
        at = 0
        while (end := self._heap.find(b"\n", at)) < 0:
            at = len(self._heap)
            if at > LONGEST_LINE:
                raise self.abort("line too long")
            self._more()
        return self._cut(end + 1)

    def read(self, size: int) -> bytes:
        """Return so many bytes."""
        if size > LONGEST_LITERAL:
            raise self.abort("literal too long")
        while len(self._heap) < size:
            self._more()
        return self._cut(size)

    def idle(self, seconds: float) -> None:
        """Wait for the server to say something. Source: RFC 2177."""
        tag = self._new_tag()
        self.send(tag + b" IDLE\r\n")
        while not (line := self.readline()).startswith(b"+"):
            if line.startswith(tag):
                raise self.abort("no idling")
        news = self.silence(seconds)
        self.send(b"DONE\r\n")
        while not self.readline().startswith(tag):
            pass
        if news and self.untagged_responses.get("BYE"):
            raise self.abort("BYE")

    def silence(self, seconds: float) -> bool:
        """Listen for so long, and say whether something came. Servers that say `* OK` are alive."""
        until = time.monotonic() + seconds
        while (left := until - time.monotonic()) > 0:
            if not self._heap and not self._ready(left):
                return False
            line = self.readline()
            if line[:5].upper() == b"* BYE":
                raise self.abort("BYE")
            if line[:4].upper() != b"* OK":
                return True
        return False

    def _ready(self, seconds: float) -> bool:
        if isinstance(self.sock, ssl.SSLSocket) and self.sock.pending():
            return True
        return bool(select.select([self.sock], [], [], seconds)[0])

    def _more(self) -> None:
        chunk = self.sock.recv(256 * 1024)
        if not chunk:
            raise self.abort("line closed")
        self._heap += chunk

    def _cut(self, size: int) -> bytes:
        found = bytes(self._heap[:size])
        del self._heap[:size]
        return found


def _quoted(value: bytes) -> bytes:
    return b'"' + value.replace(b"\\", b"\\\\").replace(b'"', b'\\"') + b'"'


def _folder(name: str) -> bytes:
    """Return a folder's name as servers know it: modified UTF-7. Source: RFC 3501, 5.1.3."""
    made = ""
    for part in re.findall(r"[\x20-\x7e]+|[^\x20-\x7e]+", name):
        if part.isascii() and part.isprintable():
            made += part.replace("&", "&-")
        else:
            coded = base64.b64encode(part.encode("utf-16-be")).decode().rstrip("=")
            made += f"&{coded.replace('/', ',')}-"
    return _quoted(made.encode("ascii"))


def _plain(text: str) -> str:
    return "".join(char if char.isprintable() else " " for char in text)[:SAID].strip()
