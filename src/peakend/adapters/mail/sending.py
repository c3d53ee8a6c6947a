"""SMTP: hands a mail to a server over a line that `kernel/outgoing` opened, and says what came.

The standard library speaks, in a thread of its own; the line is closed under it when its time is
over. Whether the server took a mail is unknown only between the last dot and its answer.
"""

import asyncio
import base64
import contextlib
import json
import smtplib
import socket
import ssl
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from urllib.parse import urlsplit

from peakend.kernel.outgoing import (
    AddressMalformed,
    AddressRefused,
    HostUnknown,
    LineSilent,
    NotReached,
    Outgoing,
    PortRefused,
    safe_line,
    tls,
)
from peakend.kernel.settings import settings
from peakend.mail.ports import Outcome, Server

PORTS = frozenset({25, 465, 587, 2525})
CONNECT_S = 10.0
STEP_S = 30.0
WHOLE_S = 120.0
SAID = 300
CODES: tuple[tuple[type[Outgoing], str], ...] = (
    (LineSilent, "silent"),
    (NotReached, "not_reached"),
    (HostUnknown, "unknown_host"),
    (AddressRefused, "inside"),
    (PortRefused, "port"),
    (AddressMalformed, "malformed"),
)
# OpenSSL's numbers: expired, another name, another address; all else is a signature that nobody
# here knows.
TLS_CODES = {10: "tls_expired", 62: "tls_name", 64: "tls_name"}
# Servers that think long must not hold up what else the process does in threads.
_speaking = ThreadPoolExecutor(16, thread_name_prefix="mailing")


class SmtpPost:
    """Hands mails to servers by SMTP."""

    async def send(self, server: Server, sender: str, to: list[str], raw: bytes) -> Outcome:
        """Hand a mail over. Never raises for what a server or the way to it does."""
        return await _spoken(server, lambda talk: talk.deliver(sender, to, raw))

    async def knock(self, server: Server, sender: str) -> Outcome:
        """Go as far as a server that sends nothing would notice: also the sender is asked for."""
        return await _spoken(server, lambda talk: talk.ask(sender))


async def _spoken(server: Server, what: "Callable[[_Talk], Outcome]") -> Outcome:
    try:
        line = await safe_line(server.host, server.port, ports=PORTS, timeout_s=CONNECT_S)
    except Outgoing as error:
        code = next(code for kind, code in CODES if isinstance(error, kind))
        return Outcome(result="later", code=code, of_server=True)
    talk = _Talk(server, line)
    running = asyncio.get_running_loop().run_in_executor(_speaking, talk.run, what)
    done, _ = await asyncio.wait([running], timeout=WHOLE_S)
    if not done:
        talk.hang_up()
    return await running


class _Stop(Exception):
    """The talk is over, with what came of it."""

    def __init__(self, outcome: Outcome) -> None:
        super().__init__(outcome.code)
        self.outcome = outcome


class _Smtp(smtplib.SMTP):
    """The library's client on a line that is open already, so that it connects to nothing."""

    def __init__(self, line: socket.socket, host: str) -> None:
        self._line = line
        own = urlsplit(settings.public_url).hostname or "[127.0.0.1]"
        super().__init__(local_hostname=own, timeout=STEP_S)
        # The certificate has to be that of the name.
        self._host = host

    def _get_socket(self, host: str, port: int, timeout: float) -> socket.socket:
        return self._line


class _Talk:
    """One talk with a server, in a thread."""

    def __init__(self, server: Server, line: socket.socket) -> None:
        self._server = server
        self._line = line
        self._greeted = self._dotted = False

    def run(self, what: "Callable[[_Talk], Outcome]") -> Outcome:
        """Say everything, and return how it ended."""
        try:
            self._line.settimeout(STEP_S)
            self._begin()
            return what(self)
        except _Stop as stop:
            return stop.outcome
        except (OSError, smtplib.SMTPException) as error:
            if self._dotted:
                return Outcome(result="uncertain", code="uncertain")
            # The library wraps what happens while it reads an answer.
            slow = isinstance(error, TimeoutError) or isinstance(error.__context__, TimeoutError)
            late = "too_slow" if self._greeted else "no_greeting"
            return Outcome(result="later", code=late if slow else "broken", of_server=True)
        finally:
            self.hang_up()

    def hang_up(self) -> None:
        """Close the line, whatever is being said."""
        with contextlib.suppress(OSError):
            self._line.shutdown(socket.SHUT_RDWR)
        self._line.close()

    def ask(self, sender: str) -> Outcome:
        """Ask whether a sender would be taken."""
        self._sender(sender)
        self._smtp.docmd("RSET")
        self._smtp.docmd("QUIT")
        return Outcome(result="sent")

    def deliver(self, sender: str, to: list[str], raw: bytes) -> Outcome:
        """Hand a mail over."""
        self._sender(sender)
        for address in to:
            self._need(self._smtp.rcpt(address), "recipient_refused")
        self._need(self._smtp.docmd("DATA"), "content_refused", wanted=354)
        # Half a mail is none: until its last dot nothing was handed over.
        self._smtp.send(_dotted(raw))
        self._dotted = True
        self._smtp.send(b".\r\n")
        answer = self._smtp.getreply()
        self._dotted = False
        status, said = self._need(answer, "content_refused")
        with contextlib.suppress(OSError, smtplib.SMTPException):
            self._smtp.docmd("QUIT")
        return Outcome(result="sent", status=status, said=said)

    def _begin(self) -> None:
        if self._server.tls == "implicit":
            self._line = self._wrapped(self._line)
        self._smtp = smtp = _Smtp(self._line, self._server.host)
        status, words = smtp.connect(self._server.host, self._server.port)
        self._greeted = True
        self._need((status, words), "not_greeted", of_server=True, wanted=220)
        self._greet()
        if self._server.tls == "starttls":
            if not smtp.has_extn("starttls"):
                raise _Stop(Outcome(result="later", code="no_starttls", of_server=True))
            self._need(smtp.docmd("STARTTLS"), "no_starttls", of_server=True)
            self._line = smtp.sock = self._wrapped(self._line)
            smtp.file = None
            smtp.ehlo_resp = None
            smtp.esmtp_features = {}
            self._greet()
        if self._server.login:
            self._log_in()

    def _greet(self) -> None:
        status, words = self._smtp.ehlo()
        if status >= 500:
            status, words = self._smtp.helo()
        self._need((status, words), "not_greeted", of_server=True)

    def _wrapped(self, line: socket.socket) -> socket.socket:
        try:
            return tls().wrap_socket(line, server_hostname=self._server.host)
        except ssl.SSLCertVerificationError as error:
            code = TLS_CODES.get(error.verify_code, "tls_untrusted")
            raise _Stop(Outcome(result="later", code=code, of_server=True)) from error
        except (ssl.SSLError, ValueError) as error:
            raise _Stop(Outcome(result="later", code="tls_none", of_server=True)) from error

    def _log_in(self) -> None:
        """Make oneself known; the names and passwords of people are UTF-8. Source: RFC 4616."""
        smtp, server = self._smtp, self._server
        ways = smtp.esmtp_features.get("auth", "").upper().replace("=", " ").split()
        login, password = server.login.encode(), server.password.encode()
        if server.token:
            self._show_token(ways)
            return
        if "PLAIN" in ways:
            answer = smtp.docmd("AUTH", "PLAIN " + _b64(b"\0" + login + b"\0" + password))
        elif "LOGIN" in ways:
            answer = smtp.docmd("AUTH", "LOGIN " + _b64(login))
            if answer[0] == 334:
                answer = smtp.docmd(_b64(password))
        else:
            raise _Stop(Outcome(result="later", code="no_login", of_server=True))
        # 454: the server could not look, which says nothing about the password (RFC 4954).
        code = "login_later" if answer[0] == 454 else "login_refused"
        self._need(answer, code, of_server=True, wanted=235)

    def _show_token(self, ways: list[str]) -> None:
        """Show what a provider gave; a challenge is its refusal, to be heard to the end."""
        if "XOAUTH2" not in ways:
            raise _Stop(Outcome(result="later", code="no_xoauth2", of_server=True))
        given = _b64(xoauth2(self._server))
        status, words = self._smtp.docmd("AUTH", f"XOAUTH2 {given}")
        told = ""
        if status == 334:
            told = challenged(words)
            status, words = self._smtp.docmd("")
            # Whoever refuses says so with any number; the token is what was wrong.
            status = 535 if 200 <= status < 400 else status
        heard = words.replace(self._server.token.encode(), b"...") + told.encode()
        self._need((status, heard), "token_refused", of_server=True, wanted=235)

    def _sender(self, sender: str) -> None:
        answer = self._smtp.mail(sender)
        # Nothing about the sender: the server wants a login or encryption first (RFC 4954, 3207).
        code = "more_needed" if answer[0] == 530 else "sender_refused"
        self._need(answer, code, of_server=True)

    def _need(
        self,
        answer: tuple[int, bytes],
        code: str,
        *,
        of_server: bool = False,
        wanted: int | None = None,
    ) -> tuple[int, str]:
        """Stop where a server says no. What it says of itself (421) holds for every mail."""
        status, words = answer
        if status < 0:
            # No mail server talks like that.
            raise _Stop(Outcome(result="later", code="broken", of_server=True))
        said = words.decode("utf-8", "replace")
        said = "".join(char if char.isprintable() else " " for char in said)[:SAID].strip()
        if status == wanted if wanted else 200 <= status < 300:
            return status, said
        whole = of_server or status == 421
        never = 500 <= status < 600 and not whole
        raise _Stop(
            Outcome(
                result="never" if never else "later",
                code=code,
                status=status,
                said=said,
                of_server=whole,
            )
        )


def _dotted(raw: bytes) -> bytes:
    """Return a mail with its lines' first dots doubled, up to its own last line break."""
    made = raw.replace(b"\r\n.", b"\r\n..")
    made = b"." + made if made.startswith(b".") else made
    return made if made.endswith(b"\r\n") else made + b"\r\n"


def xoauth2(server: Server) -> bytes:
    """Return what shows a token. Source: Google, SASL XOAUTH2; Microsoft takes the same."""
    return f"user={server.login}\x01auth=Bearer {server.token}\x01\x01".encode()


def challenged(coded: bytes) -> str:
    """Return what a refusal by XOAUTH2 says beside its words; nothing where it is not readable."""
    try:
        told = json.loads(base64.b64decode(coded, validate=True))
    except ValueError:
        return ""
    status = told.get("status") if isinstance(told, dict) else None
    return f" (status {status})" if isinstance(status, str) and len(status) < 20 else ""


def _b64(value: bytes) -> str:
    return base64.b64encode(value).decode()
