"""The demo's post: mails come in from this machine, and what is sent stays on it."""

import asyncio
import contextlib
import smtplib
import socket
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest

from peakend.accounts import queries as people
from peakend.adapters.mail import Cells, SmtpDoor, SmtpPost, compose
from peakend.entry.demo import kept, post
from peakend.entry.demo.cast import OWN_LOGINS
from peakend.entry.demo.kept import Kept
from peakend.entry.demo.material import content
from peakend.kernel.actors import Actor
from peakend.kernel.settings import settings
from peakend.mail import actions as mail
from peakend.mail import queries as mails
from peakend.mail.ports import provided

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

    from peakend.kernel.db import Database


@pytest.fixture(autouse=True)
async def ways(monkeypatch: pytest.MonkeyPatch) -> "AsyncIterator[None]":
    cells = Cells(most=1)
    for name, way in {"reader": cells, "door": SmtpDoor(), "post": SmtpPost()}.items():
        monkeypatch.setattr(provided, name, way, raising=False)
    monkeypatch.setattr(provided, "compose", compose, raising=False)
    yield
    await cells.close()


async def test_a_visitor_writes_and_the_answer_stays_here(
    database: "Database", notes: Kept
) -> None:
    await post.open_up(database, notes)
    first = notes.sink_port
    stop = asyncio.Event()
    parts = [
        asyncio.create_task(mail.Receiver(database).run(stop)),
        asyncio.create_task(post.keep_what_is_sent(notes.sink_port, stop)),
    ]
    port = urlsplit(settings.mail_door).port
    assert port
    for one in (port, first):
        await _listening(one)

    def write() -> None:
        with smtplib.SMTP("127.0.0.1", port) as talk:
            talk.sendmail(post.VISITOR, [post.ADDRESS], "Subject: x\n\ny\n")

    await asyncio.to_thread(write)
    system = Actor.system(notes.organisation_id)
    async with database.transaction(system) as tx:
        assert len((await mails.received_mails(tx, state="received")).items) == 1
        [home] = [one.id for one in await people.brands(tx) if one.slug == "home"]
    tried = await mail.try_server(
        database, brand_id=home, to="somebody@x.example", by=system, language="zh-CN"
    )
    assert tried.outcome.result == "sent"
    [sent] = post.folder().glob("*.eml")
    assert b"To: somebody@x.example" in sent.read_bytes()
    stop.set()
    await asyncio.gather(*parts)
    # What is there from the beginning comes once.
    await post.bring_letters(database, notes)
    await post.bring_letters(database, kept.read() or notes)
    async with database.transaction(system) as tx:
        came = (await mails.received_mails(tx, state="received")).items
    assert [one.from_name for one in came] == ["沈嘉禾", "严思齐", "邓志远", "许婉清", ""]
    assert all(one.whole and not one.automatic for one in came)
    # Another start, while somebody else has the port.
    with socket.create_server(("127.0.0.1", first)):
        await post.open_up(database, notes)
    assert notes.sink_port != first
    async with database.transaction(system) as tx:
        assert (await mails.need_server(tx, home)).port == notes.sink_port


async def _listening(port: int) -> None:
    while True:
        with contextlib.suppress(OSError):
            _, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.close()
            return
        await asyncio.sleep(0)


def test_the_printed_agent_serves_whom_the_printed_address_is_of() -> None:
    people = content("people")
    brands = {one["slug"]: one["brand"] for one in people["queue"]}
    [agent] = [one for one in people["staff"] if one.get("login") == OWN_LOGINS["agent"]]
    [brand] = [slug for slug, box in post.BOXES.items() if box[0] == post.PRINTED]
    assert brand in {brands[queue] for queue in agent["queues"]}
