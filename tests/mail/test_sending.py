"""Handing mails to servers: every way it can end is said as what it is."""

import asyncio
import socket
from pathlib import Path

import pytest

from peakend.adapters.mail import SmtpPost, sending
from peakend.kernel.outgoing import fetching
from peakend.kernel.settings import settings
from peakend.kernel.words import LANGUAGES, has_word
from peakend.mail.ports import Outcome, Server, Tls
from tests.mail.servers import PASSWORD, Box, a_server

FROM, TO = "service@mail.example.com", ["liu@example.org"]
RAW = b"Subject: x\r\n\r\n.dot\r\n..two\r\nend"


def at(port: int, tls: Tls = "none", **more: str) -> Server:
    return Server(host="127.0.0.1", port=port, tls=tls, **more)


async def sent(box: Box, tls: Tls = "none", **more: str) -> Outcome:
    return await SmtpPost().send(at(box.port, tls, **more), FROM, TO, RAW)


async def test_a_mail_arrives_as_it_was_written(monkeypatch: pytest.MonkeyPatch) -> None:
    async with a_server(monkeypatch) as box:
        outcome = await sent(box)
    assert (outcome.result, outcome.status, outcome.said) == ("sent", 250, "2.0.0 taken")
    assert box.came == [RAW + b"\r\n"]
    assert box.to == [TO]


@pytest.mark.parametrize("tls", ["implicit", "starttls"])
async def test_encrypted_with_a_login(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, tls: Tls
) -> None:
    async with a_server(monkeypatch, tls=tls, folder=tmp_path, login=True) as box:
        assert (await sent(box, tls, login=FROM, password=PASSWORD)).result == "sent"
        wrong = await sent(box, tls, login=FROM, password="x")
    assert (wrong.result, wrong.code, wrong.status) == ("later", "login_refused", 535)
    assert wrong.of_server
    assert len(box.came) == 1


async def test_no_login_is_offered(monkeypatch: pytest.MonkeyPatch) -> None:
    async with a_server(monkeypatch) as box:
        assert (await sent(box, login="a", password="b")).code == "no_login"


async def test_a_server_without_starttls_gets_no_password(monkeypatch: pytest.MonkeyPatch) -> None:
    async with a_server(monkeypatch, login=True) as box:
        found = await sent(box, "starttls", login=FROM, password=PASSWORD)
    assert (found.result, found.code, found.of_server) == ("later", "no_starttls", True)
    assert not box.came


@pytest.mark.parametrize(
    ("name", "days", "trusted", "code"),
    [("127.0.0.1", -1, True, "tls_expired"), ("mx.example", 9, True, "tls_name"),
     ("127.0.0.1", 9, False, "tls_untrusted")],
)  # fmt: skip
@pytest.mark.parametrize("tls", ["implicit", "starttls"])
async def test_a_certificate_that_does_not_fit(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, name: str, days: int, trusted: bool,
    code: str, tls: Tls,
) -> None:  # fmt: skip
    async with a_server(monkeypatch, tls=tls, folder=tmp_path, name=name, days=days) as box:
        if not trusted:
            monkeypatch.setattr(sending, "tls", fetching.tls)
        assert (await sent(box, tls)).code == code


async def test_encryption_and_port_do_not_fit(monkeypatch: pytest.MonkeyPatch) -> None:
    async with a_server(monkeypatch) as box:
        assert (await sent(box, "implicit")).code == "tls_none"


@pytest.mark.parametrize(
    ("where", "answer", "result", "code", "of_server"),
    [
        ("sender", "550 5.7.1 no such sender", "later", "sender_refused", True),
        ("recipient", "550 5.1.1 nobody", "never", "recipient_refused", False),
        ("recipient", "451 4.7.1 greylisted", "later", "recipient_refused", False),
        ("recipient", "421 4.3.2 closing", "later", "recipient_refused", True),
        ("content", "554 5.7.1 spam", "never", "content_refused", False),
        ("content", "452 4.3.1 full", "later", "content_refused", False),
    ],
)
async def test_what_a_server_refuses(
    monkeypatch: pytest.MonkeyPatch, where: str, answer: str, result: str, code: str,
    of_server: bool,
) -> None:  # fmt: skip
    async with a_server(monkeypatch) as box:
        setattr(box, where, answer)
        found = await sent(box)
    assert (found.result, found.code, found.of_server) == (result, code, of_server)
    assert f"{found.status} {found.said}" == answer


async def test_a_line_that_breaks_after_the_last_dot_leaves_a_doubt(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    async with a_server(monkeypatch) as box:
        box.drops = 1
        assert await sent(box) == Outcome(result="uncertain", code="uncertain")


async def test_a_line_that_breaks_before_leaves_none(monkeypatch: pytest.MonkeyPatch) -> None:
    async def drop(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"220 hello\r\n")
        await reader.readline()
        writer.close()

    monkeypatch.setattr(settings, "outgoing_allowed", ("127.0.0.1",))
    server = await asyncio.start_server(drop, "127.0.0.1", 0)
    async with server:
        found = await sent(Box(port=server.sockets[0].getsockname()[1]))
    assert (found.result, found.code, found.of_server) == ("later", "broken", True)


async def test_a_server_that_says_nothing_is_left(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "outgoing_allowed", ("127.0.0.1",))
    monkeypatch.setattr(sending, "STEP_S", 0.2)
    over = asyncio.Event()

    async def wait(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        await over.wait()
        writer.close()

    server = await asyncio.start_server(wait, "127.0.0.1", 0)
    async with server:
        found = await sent(Box(port=server.sockets[0].getsockname()[1]))
        over.set()
    assert (found.result, found.code) == ("later", "no_greeting")


async def test_another_service_and_a_server_that_wants_more(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(settings, "outgoing_allowed", ("127.0.0.1",))

    async def imap(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        writer.write(b"* OK IMAP ready\r\n")
        await reader.read()
        writer.close()

    server = await asyncio.start_server(imap, "127.0.0.1", 0)
    async with server:
        found = await sent(Box(port=server.sockets[0].getsockname()[1]))
    assert (found.code, found.status, found.said) == ("broken", None, "")
    async with a_server(monkeypatch) as box:
        box.sender = "530 5.7.0 Authentication required"
        assert (await SmtpPost().knock(at(box.port), FROM)).code == "more_needed"


async def test_a_server_that_drips_is_left_when_its_time_is_over(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(settings, "outgoing_allowed", ("127.0.0.1",))
    monkeypatch.setattr(sending, "WHOLE_S", 0.3)
    over = asyncio.Event()

    async def drip(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        while not over.is_set() and not writer.is_closing():
            writer.write(b"220-wait\r\n")
            await asyncio.sleep(0.05)
        writer.close()

    server = await asyncio.start_server(drip, "127.0.0.1", 0)
    async with server:
        found = await sent(Box(port=server.sockets[0].getsockname()[1]))
        over.set()
    assert (found.result, found.of_server) == ("later", True)


@pytest.mark.parametrize(
    ("host", "port", "code"),
    [
        ("127.0.0.1", 587, "inside"),
        ("localhost", 587, "inside"),
        ("169.254.169.254", 25, "inside"),
        ("::1", 587, "inside"),
        ("::ffff:127.0.0.1", 587, "inside"),
        ("0x7f.1", 587, "malformed"),
        ("127.1", 587, "malformed"),
        ("mx.example/..", 587, "malformed"),
        ("93.184.215.14", 6379, "port"),
        ("peakend.invalid", 587, "unknown_host"),
    ],
)
async def test_what_lies_inside_is_not_spoken_to(host: str, port: int, code: str) -> None:
    found = await SmtpPost().send(Server(host=host, port=port, tls="starttls"), FROM, TO, RAW)
    assert (found.result, found.code) == ("later", code)


async def test_nobody_listens(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(settings, "outgoing_allowed", ("127.0.0.1",))
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        found = await sent(Box(port=taken.getsockname()[1]))
    assert found.code == "not_reached"


async def test_knocking_sends_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    async with a_server(monkeypatch) as box:
        assert (await SmtpPost().knock(at(box.port), FROM)).result == "sent"
        box.sender = "553 5.7.1 not yours"
        refused = await SmtpPost().knock(at(box.port), FROM)
    assert (refused.code, refused.status) == ("sender_refused", 553)
    assert not box.came


CODES = (
    "unknown_host inside port malformed not_reached silent too_slow broken not_greeted no_starttls"
    " tls_expired tls_name tls_untrusted tls_none no_login no_password login_refused sender_refused"
    " no_greeting more_needed login_later recipient_refused content_refused uncertain unwritable"
    " no_server nothing_kept withdrawn"
)


@pytest.mark.parametrize("code", CODES.split())
def test_every_reason_has_words(code: str) -> None:
    assert LANGUAGES == ("zh-CN", "en")
    assert has_word(f"mail.code.{code}")
