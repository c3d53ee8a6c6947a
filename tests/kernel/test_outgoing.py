"""Requests to other servers: where they may go, and what an evil answer can do. Loopback only."""

import asyncio
import contextlib
import datetime
import gzip
import ssl
import time
from collections.abc import AsyncIterator
from ipaddress import ip_address
from pathlib import Path

import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from peakend.kernel.outgoing import (
    AddressMalformed,
    AddressRefused,
    AnswerBroken,
    AnswerTooLarge,
    AnswerTooSlow,
    HostUnknown,
    NotEncrypted,
    NotReached,
    Outgoing,
    PortRefused,
    Redirected,
    TlsFailed,
    errors,
    fetching,
    is_public,
    safe_fetch,
)
from peakend.kernel.settings import settings
from peakend.kernel.words import has_word


def _each(text: str) -> list[str]:
    return text.split()


INSIDE = _each("""
127.0.0.1 127.255.255.254 0.0.0.0 10.0.0.1 172.16.0.1 172.31.255.255 192.168.1.1 100.64.0.1
100.100.100.200 169.254.169.254 168.63.129.16 192.0.0.1 192.0.0.192 192.0.2.1 192.88.99.1
198.18.0.1 198.51.100.7 203.0.113.7 224.0.0.1 239.255.255.250 240.0.0.1 255.255.255.255
:: ::1 ::127.0.0.1 ::8.8.8.8 ::ffff:127.0.0.1 ::ffff:8.8.8.8 64:ff9b::7f00:1 64:ff9b::808:808
64:ff9b:1::1 100::1 2001::1 2001:db8::1 2002:7f00:1::1 2002:808:808::1 3fff::1 fc00::1
fd00:ec2::254 fe80::1 fe80::1%eth0 fec0::1 ff02::1 5f00::1 4000::1
""")
OUTSIDE = _each("8.8.8.8 1.1.1.1 93.184.216.34 2606:4700::1111 2a00:1450::1")
MALFORMED = [
    *_each(r"""
http://2130706433/ http://0x7f000001/ http://0x7f.1/ http://0177.0.0.1/ http://127.1/
http://127.0.1/ http://1/ https://127.0.0.01/ https://１２７.0.0.1/ https://user:pw@example.com/
https://example.com@evil.example/ https://example.com\@127.0.0.1/ unix:/var/run/docker.sock
unix:///var/run/docker.sock file:///etc/passwd gopher://127.0.0.1:6379/ ftp://example.com/ //evil
javascript:alert(1) data:text/plain,x https:// https:///path http://[::1 https://[fe80::1%25eth0]/
example.com ws://example.com/ https://example.com:99999/ https://example.com:0/
"""),
    "https://exam\tple.com/",
    "https://example.com/\x00",
    "https://example.com/a\r\nHost:x",
    " https://example.com/",
    "",
    "https://example.com/" + "a" * 2000,
]


@pytest.mark.parametrize("address", INSIDE)
def test_what_lies_inside_is_not_public(address: str) -> None:
    assert not is_public(ip_address(address))


@pytest.mark.parametrize("address", OUTSIDE)
def test_the_world_is_public(address: str) -> None:
    assert is_public(ip_address(address))


@pytest.mark.parametrize("url", MALFORMED)
async def test_addresses_that_hide_something_are_none(url: str) -> None:
    with pytest.raises(AddressMalformed):
        await safe_fetch(url)


@pytest.mark.parametrize("address", [one for one in INSIDE if "%" not in one])
async def test_inside_is_refused_before_any_connection(
    address: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(fetching, "_at", _never)
    host = f"[{address}]" if ":" in address else address
    with pytest.raises(AddressRefused):
        await safe_fetch(f"https://{host}/")
    _names(monkeypatch, {"hostile.test": [address]})
    with pytest.raises(AddressRefused):
        await safe_fetch("https://hostile.test/")


async def test_dots_of_other_scripts_are_dots() -> None:
    with pytest.raises(AddressRefused):
        await safe_fetch("https://127。0。0。1/")


async def test_this_machines_own_address_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fetching, "_at", _never)
    _names(monkeypatch, {"me.test": ["8.8.8.8"], "desk.test": ["8.8.4.4"]})
    monkeypatch.setattr(fetching, "_is_ours", lambda address: str(address) == "8.8.8.8")
    with pytest.raises(AddressRefused):
        await safe_fetch("https://me.test/")
    monkeypatch.setattr(settings, "public_url", "https://desk.test")
    with pytest.raises(AddressRefused):
        await safe_fetch("https://desk.test/")


def test_an_own_address_is_known() -> None:
    assert fetching._is_ours(ip_address("127.0.0.1"))
    assert not fetching._is_ours(ip_address("8.8.8.8"))


async def test_ports_of_other_things_and_plain_http_are_refused() -> None:
    for port in (21, 22, 25, 110, 143, 389, 445, 631):
        with pytest.raises(PortRefused):
            await safe_fetch(f"https://example.com:{port}/")
    with pytest.raises(NotEncrypted):
        await safe_fetch("http://example.com/")


async def test_a_name_without_an_address(monkeypatch: pytest.MonkeyPatch) -> None:
    _names(monkeypatch, {})
    with pytest.raises(HostUnknown):
        await safe_fetch("https://nowhere.test/")


async def test_only_what_was_checked_is_spoken_to(monkeypatch: pytest.MonkeyPatch) -> None:
    """First public, then loopback; and a name with both: the address that was checked counts."""
    spoken: list[str] = []

    async def at(address, target, *rest):
        spoken.append(str(address))
        raise NotReached

    monkeypatch.setattr(fetching, "_at", at)
    answers = iter([["8.8.8.8"], ["127.0.0.1"]])
    asked = []

    async def turning(host, port):
        asked.append(host)
        return [ip_address(one) for one in next(answers)]

    monkeypatch.setattr(fetching, "resolve", turning)
    with pytest.raises(NotReached):
        await safe_fetch("https://rebinding.test/")
    assert (spoken, len(asked)) == (["8.8.8.8"], 1)
    with pytest.raises(AddressRefused):
        await safe_fetch("https://rebinding.test/")
    spoken.clear()
    _names(monkeypatch, {"both.test": ["fd00::1", "8.8.8.8", "10.0.0.1", "2606:4700::1111"]})
    with pytest.raises(NotReached):
        await safe_fetch("https://both.test/")
    assert spoken == ["8.8.8.8", "2606:4700::1111"]


async def test_a_listed_network_or_host_is_reached(monkeypatch: pytest.MonkeyPatch) -> None:
    async with _served(_hello) as port:
        url = f"http://127.0.0.1:{port}/"
        with pytest.raises(NotEncrypted):
            await safe_fetch(url)
        for listed in ("127.0.0.0/8", f"127.0.0.1:{port}", "127.0.0.1"):
            monkeypatch.setattr(settings, "outgoing_allowed", (listed,))
            assert (await safe_fetch(url)).body == b"hello"
        monkeypatch.setattr(settings, "outgoing_allowed", (f"127.0.0.1:{port + 1}", "10.0.0.0/8"))
        with pytest.raises(Outgoing):
            await safe_fetch(url)
        _names(monkeypatch, {"crm.internal": ["127.0.0.1"]})
        monkeypatch.setattr(settings, "outgoing_allowed", ("crm.internal",))
        answer = await safe_fetch(f"http://crm.internal:{port}/x?y=1#z")
        assert b"hello" in answer.body
    with pytest.raises(NotReached):
        await safe_fetch(f"http://crm.internal:{port}/")


async def test_the_request_is_as_it_was_meant(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[bytes] = []

    async def keep(reader, writer):
        seen.append(await reader.readuntil(b"\r\n\r\n") + await reader.readexactly(2))
        writer.write(b"HTTP/1.1 204 No Content\r\n\r\n")

    monkeypatch.setenv("HTTP_PROXY", "http://127.0.0.1:9")
    monkeypatch.setenv("ALL_PROXY", "http://127.0.0.1:9")
    async with _served(keep) as port:
        _open(monkeypatch, {"crm.internal": ["127.0.0.1"]})
        answer = await safe_fetch(
            f"http://crm.internal:{port}/p?q=1", method="POST", body=b"ab", headers={"X-One": "1"}
        )
    assert answer.status == 204
    head = seen[0].decode().lower()
    assert head.startswith("post /p?q=1 http/1.1\r\n")
    assert f"host: crm.internal:{port}\r\n" in head
    assert "x-one: 1\r\n" in head
    assert "accept-encoding: identity\r\n" in head
    assert "user-agent: peakend/" in head
    assert head.endswith("\r\n\r\nab")


async def test_redirects_are_checked_and_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    seen: list[str] = []

    async def send_on(reader, writer):
        head = (await reader.readuntil(b"\r\n\r\n")).decode().lower()
        seen.append(head)
        place = head.split()[1]
        to = {
            "/inside": "https://10.0.0.1/",
            "/scheme": "file:///etc/passwd",
            "/loop": "/loop",
            "/plain": "http://plain.test/",
            "/away": f"http://other.internal:{port}/end",
        }.get(place)
        if to is None:
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok")
        else:
            writer.write(
                f"HTTP/1.1 302 Found\r\nLocation: {to}\r\nContent-Length: 0\r\n\r\n".encode()
            )

    async with _served(send_on) as port:
        _open(monkeypatch, {"crm.internal": ["127.0.0.1"], "other.internal": ["127.0.0.1"]})
        base = f"http://crm.internal:{port}"
        secret = {"Authorization": "Bearer x", "Cookie": "a=b", "Accept": "text/plain"}
        assert (await safe_fetch(f"{base}/away", headers=secret, redirects=3)).body == b"ok"
        assert "bearer x" in seen[0]
        assert "bearer x" not in seen[1]
        assert "cookie" not in seen[1]
        assert "accept: text/plain" in seen[1]
        for place, error in (
            ("/inside", AddressRefused),
            ("/scheme", AddressMalformed),
            ("/plain", NotEncrypted),
        ):
            with pytest.raises(error):
                await safe_fetch(base + place, redirects=3)
        seen.clear()
        with pytest.raises(Redirected):
            await safe_fetch(f"{base}/loop", redirects=99)
        assert len(seen) == fetching.MOST_REDIRECTS + 1
        with pytest.raises(Redirected):
            await safe_fetch(f"{base}/away", method="POST", body=b"", redirects=3)
        assert (await safe_fetch(f"{base}/away")).status == 302


async def test_slow_long_and_broken_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    packed = gzip.compress(b"\x00" * 10_000_000)

    async def evil(reader, writer):
        place = (await reader.readuntil(b"\r\n\r\n")).decode().split()[1]
        if place == "/silent":
            await asyncio.sleep(30)
        elif place == "/drip":
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
            while True:
                writer.write(b"x")
                await writer.drain()
                await asyncio.sleep(0.02)
        elif place == "/endless":
            writer.write(b"HTTP/1.1 200 OK\r\n\r\n")
            while True:
                writer.write(b"x" * 65536)
                await writer.drain()
        elif place == "/told":
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5000000000\r\n\r\n")
        elif place == "/short":
            writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 10\r\n\r\nabc")
        elif place == "/packed":
            writer.write(
                b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: %d\r\n\r\n%b"
                % (len(packed), packed)
            )
        elif place == "/headers":
            writer.write(b"HTTP/1.1 200 OK\r\nX: " + b"x" * 2_000_000)
        else:
            writer.write(b"SSH-2.0-OpenSSH\r\n")

    async with _served(evil) as port:
        _open(monkeypatch, {"crm.internal": ["127.0.0.1"]})
        base = f"http://crm.internal:{port}"
        for place in ("/silent", "/drip"):
            began = time.monotonic()
            with pytest.raises(AnswerTooSlow):
                await safe_fetch(base + place, timeout_s=0.3)
            assert time.monotonic() - began < 2
        for place in ("/endless", "/told"):
            with pytest.raises(AnswerTooLarge):
                await safe_fetch(base + place, most_bytes=200_000)
        for place in ("/short", "/packed", "/headers", "/other"):
            with pytest.raises(AnswerBroken):
                await safe_fetch(base + place)
        assert len((await safe_fetch(f"{base}/endless", most_bytes=1024, cut=True)).body) == 1024


async def test_the_certificate_must_be_that_of_the_name(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    context = _certificate(tmp_path, "good.test")
    async with _served(_hello, context) as port:
        _open(monkeypatch, {"good.test": ["127.0.0.1"], "bad.test": ["127.0.0.1"]})
        with pytest.raises(TlsFailed):
            await safe_fetch(f"https://good.test:{port}/")
        trusting = ssl.create_default_context(cafile=str(tmp_path / "cert.pem"))
        monkeypatch.setattr(fetching, "tls", lambda: trusting)
        assert (await safe_fetch(f"https://good.test:{port}/")).body == b"hello"
        with pytest.raises(TlsFailed):
            await safe_fetch(f"https://bad.test:{port}/")


def test_every_failure_has_its_sentence() -> None:
    kinds = [one for one in vars(errors).values() if isinstance(one, type)]
    assert all(has_word(one.wording) for one in kinds if issubclass(one, Outgoing))
    assert fetching.tls().verify_mode == ssl.CERT_REQUIRED
    assert fetching.tls().check_hostname


async def _never(*_: object) -> None:
    raise AssertionError("a connection was made")


def _names(monkeypatch: pytest.MonkeyPatch, known: dict[str, list[str]]) -> None:
    async def resolve(host: str, port: int):
        with contextlib.suppress(ValueError):
            return [ip_address(host)]
        return [ip_address(one) for one in known.get(host, [])]

    monkeypatch.setattr(fetching, "resolve", resolve)


def _open(monkeypatch: pytest.MonkeyPatch, known: dict[str, list[str]]) -> None:
    _names(monkeypatch, known)
    monkeypatch.setattr(settings, "outgoing_allowed", tuple(known))


async def _hello(reader, writer) -> None:
    await reader.readuntil(b"\r\n\r\n")
    writer.write(b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\nhello")


@contextlib.asynccontextmanager
async def _served(answer, context: ssl.SSLContext | None = None) -> AsyncIterator[int]:
    async def serve(reader, writer):
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            await answer(reader, writer)
            await writer.drain()
        writer.close()

    server = await asyncio.start_server(serve, "127.0.0.1", 0, ssl=context)
    try:
        yield server.sockets[0].getsockname()[1]
    finally:
        server.close()


def _certificate(folder: Path, name: str) -> ssl.SSLContext:
    key = ec.generate_private_key(ec.SECP256R1())
    who = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    now = datetime.datetime.now(datetime.UTC)
    made = (
        x509.CertificateBuilder()
        .subject_name(who)
        .issuer_name(who)
        .public_key(key.public_key())
        .serial_number(1)
        .not_valid_before(now - datetime.timedelta(days=1))
        .not_valid_after(now + datetime.timedelta(days=1))
        .add_extension(x509.SubjectAlternativeName([x509.DNSName(name)]), critical=False)
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
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(folder / "cert.pem", folder / "key.pem")
    return context
