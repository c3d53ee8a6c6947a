"""Mail servers on loopback: they keep what comes, and do what a test tells them to."""

import asyncio
import base64
import contextlib
import datetime
import ipaddress
import ssl
from collections.abc import AsyncIterator
from dataclasses import dataclass, field
from email import message_from_bytes, policy
from email.message import EmailMessage
from pathlib import Path
from typing import Any, cast

import pytest
from aiosmtpd.smtp import SMTP, AuthResult, Envelope, LoginPassword, Session
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from peakend.adapters.mail import sending
from peakend.kernel.settings import settings

PASSWORD = "授权码-α1"


@dataclass
class Box:
    """What a server took, and what it answers at which point."""

    port: int = 0
    came: list[bytes] = field(default_factory=list)
    to: list[list[str]] = field(default_factory=list)
    sender: str = ""
    recipient: str = ""
    content: str = ""
    # Breaks off once the whole mail is there, so often, and keeps it all the same.
    drops: int = 0
    # Who comes with one of these is let in.
    tokens: set[str] = field(default_factory=set)

    async def auth_XOAUTH2(  # noqa: N802 (named by the library)
        self, server: SMTP, args: list[str]
    ) -> AuthResult:
        """Let a token in, or say why not and be answered with nothing."""
        given = base64.b64decode(args[1]).decode()
        who = "user=service@mail.example.com"
        if any(given == f"{who}\x01auth=Bearer {one}\x01\x01" for one in self.tokens):
            return AuthResult(success=True, auth_data=who)
        told = await server.challenge_auth(b'{"status":"401","schemes":"bearer"}')
        said = "535 5.7.8 not accepted" if told == b"" else "501 what"
        await server.push(said)
        return AuthResult(success=False, handled=True)

    def mail(self, at: int = 0) -> EmailMessage:
        """Return a mail that came."""
        return cast("EmailMessage", message_from_bytes(self.came[at], policy=policy.default))

    async def handle_MAIL(  # noqa: N802 (named by the library)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        """Answer to a sender."""
        envelope.mail_from = address
        return self.sender or "250 OK"

    async def handle_RCPT(  # noqa: N802 (named by the library)
        self, server: SMTP, session: Session, envelope: Envelope, address: str, options: Any
    ) -> str:
        """Answer to a recipient."""
        if self.recipient:
            return self.recipient
        envelope.rcpt_tos.append(address)
        return "250 OK"

    async def handle_DATA(  # noqa: N802 (named by the library)
        self, server: SMTP, session: Session, envelope: Envelope
    ) -> str:
        """Take a mail."""
        if self.content:
            return self.content
        self.came.append(cast("bytes", envelope.content))
        self.to.append(list(envelope.rcpt_tos))
        if self.drops:
            self.drops -= 1
            assert server.transport is not None
            server.transport.close()
        return "250 2.0.0 taken"


@contextlib.asynccontextmanager
async def a_server(
    monkeypatch: pytest.MonkeyPatch, *, tls: str = "none", folder: Path | None = None,
    login: bool = False, name: str = "127.0.0.1", days: int = 10, listed: bool = True,
) -> AsyncIterator[Box]:  # fmt: skip
    """Listen on loopback, which the operator listed; its certificate is trusted by this test."""
    box, options = Box(), cast("dict[str, Any]", {})
    context = None
    if tls != "none":
        assert folder is not None
        context = certified(folder, name, days)
        trusted = ssl.create_default_context(cafile=str(folder / "cert.pem"))
        monkeypatch.setattr(sending, "tls", lambda: trusted)
    if login:
        options |= {
            "authenticator": _known,
            "auth_required": True,
            "auth_require_tls": tls == "starttls",
        }
    if tls == "starttls":
        options |= {"tls_context": context, "require_starttls": True}
    server = await asyncio.get_running_loop().create_server(
        lambda: SMTP(box, **options), "127.0.0.1", 0, ssl=context if tls == "implicit" else None
    )
    box.port = server.sockets[0].getsockname()[1]
    if listed:
        monkeypatch.setattr(settings, "outgoing_allowed", ("127.0.0.1",))
    try:
        yield box
    finally:
        server.close()


def _known(
    server: SMTP, session: Session, envelope: Envelope, mechanism: str, given: LoginPassword
) -> AuthResult:
    good = given.login == b"service@mail.example.com" and given.password == PASSWORD.encode()
    return AuthResult(success=good, handled=False)


def certified(folder: Path, name: str, days: int) -> ssl.SSLContext:
    """Return what a server needs to show a certificate for a name that lasts so many days."""
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "loopback")])
    now = datetime.datetime.now(datetime.UTC)
    try:
        other: x509.GeneralName = x509.IPAddress(ipaddress.ip_address(name))
    except ValueError:
        other = x509.DNSName(name)
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - datetime.timedelta(days=20))
        .not_valid_after(now + datetime.timedelta(days=days))
        .add_extension(x509.SubjectAlternativeName([other]), critical=False)
        .add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
        .sign(key, hashes.SHA256())
    )
    (folder / "cert.pem").write_bytes(made.public_bytes(serialization.Encoding.PEM))
    (folder / "key.pem").write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context
