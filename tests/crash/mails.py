"""Mails in and out, cut off anywhere: what is outside keeps its own memory, as servers do.

It is kept beside the data of one point, so that it outlives the process that ends.
"""

import asyncio
from datetime import timedelta
from pathlib import Path
from typing import Any, Protocol
from uuid import uuid4

from peakend.accounts import queries as houses
from peakend.adapters.mail.cell import summary
from peakend.kernel import clock
from peakend.kernel.db import Database
from peakend.kernel.settings import settings
from peakend.mail import actions
from peakend.mail.actions import MailboxText, ServerText
from peakend.mail.ports import Outcome, Person, ReadMail, provided
from tests.crash.boundaries import EDGE

MAILS = [
    f"From: Liu <liu@x.example>\r\nMessage-ID: <m{n}@x.example>\r\nSubject: 维修{n}\r\n"
    f"{more}Content-Type: text/plain; charset=utf-8\r\n\r\n热水器坏了{n}\r\n".encode()
    for n, more in enumerate(("", "In-Reply-To: <m0@x.example>\r\n", ""))
]
SENT = 2
# Longer than a mailbox, or a mail that was being sent, is held by who died.
LEASE_S = 301


class Played(Protocol):
    """As much of a script as mails need."""

    database: Database
    ahead: timedelta

    async def drain(self, ahead_s: float = 0) -> None:
        """Let the worker work."""


def _memory(name: str) -> Path:
    return settings.data_dir / f"outside-{name}"


def _remembers(name: str, line: str) -> None:
    """Let what is outside remember something, before and after which everything may end."""
    EDGE.reach()
    with _memory(name).open("a") as out:
        out.write(line + "\n")
    EDGE.reach()


def remembered(name: str) -> list[str]:
    """Return what is remembered outside."""
    path = _memory(name)
    return path.read_text().splitlines() if path.exists() else []


class _Box:
    """A folder at a server."""

    validity = 7

    async def uids(self, ranges: list[tuple[int, int]], after: int) -> list[int]:
        every = range(1, len(MAILS) + 1)
        return [u for u in every if u > after or any(low <= u <= high for low, high in ranges)]

    async def fetch(self, uid: int, most: int) -> bytes | None:
        EDGE.reach()
        return MAILS[uid - 1][:most]

    async def mark(self, uids: list[int]) -> None:
        for uid in uids:
            _remembers("marked", str(uid))

    async def wait(self, seconds: float) -> None:
        await asyncio.sleep(0)

    def close(self) -> None:
        pass


class _Postbox:
    async def open(self, inbox: object) -> _Box:
        return _Box()


class _Reader:
    async def read(self, raw: bytes) -> ReadMail:
        return summary(raw)

    async def close(self) -> None:
        pass


class _Post:
    async def send(self, server: object, sender: str, to: list[str], raw: bytes) -> Outcome:
        head = raw.decode("utf-8", "replace").lower()
        _remembers("sent", head.partition("message-id: <")[2].partition(">")[0])
        return Outcome(result="sent")

    async def knock(self, server: object, sender: str) -> Outcome:
        return Outcome(result="sent")


def load() -> None:
    """Plug in servers that remember by themselves."""
    provided.postbox, provided.reader, provided.post = _Postbox(), _Reader(), _Post()
    settings.outgoing_allowed = ("127.0.0.1",)


async def prepare(tx: Any, scenario: str) -> None:
    """Connect a mailbox, or let mails wait."""
    load()
    brand_id = (await houses.brands(tx))[0].id
    if scenario == "mail_in":
        given = MailboxText(
            brand_id=brand_id, name="客服邮箱", email="service@x.example", host="127.0.0.1",
            port=1143, tls="none", login="service", folder="INBOX",
        )  # fmt: skip
        mailbox_id = await actions.add_mailbox(tx, mailbox=given)
        await actions.set_box_password(tx, mailbox_id=mailbox_id, password="x")
        return
    server = ServerText(
        brand_id=brand_id, host="127.0.0.1", port=1025, tls="none", login="",
        sender_email="service@x.example", sender_name_zh="客服", sender_name_en="Service",
    )  # fmt: skip
    await actions.set_server(tx, server=server)
    values = {
        "answer": "师傅明天上午到。", "customer.name": "刘思雨", "agent.name": "王海涛",
        "conversation.subject": "热水器", "conversation.number": "12", "brand.name": "峰终",
        "organisation.name": "峰终",
    }  # fmt: skip
    for _ in range(SENT):
        await actions.queue_mail(
            tx, brand_id=brand_id, kind="reply", about=uuid4(), to=Person("liu@x.example"),
            language="zh-CN", values=values,
        )  # fmt: skip


async def mail_in(play: Played) -> None:
    """Fetch what waits, more than once: the mailbox may still be held by who died."""
    load()
    collector = actions.Collector(play.database, lambda: clock.now() + play.ahead, stay_s=0)
    for _ in range(2):
        play.ahead += timedelta(seconds=LEASE_S)
        await collector.carry()
    await play.drain()


async def mail_out(play: Played) -> None:
    """Send what waits, more than once: a mail may still be held by who died."""
    load()
    postman = actions.Postman(play.database, lambda: clock.now() + play.ahead)
    for _ in range(3):
        play.ahead += timedelta(seconds=LEASE_S)
        await postman.carry()
    await play.drain()


async def breaches(connection: Any) -> list[str]:
    """Return what is lost or doubled of mails, in words."""
    found = []
    if await connection.fetchval("SELECT count(*) FROM mailbox"):
        came = await connection.fetchval("SELECT count(*) FROM received_mail")
        said = await connection.fetchval(
            "SELECT count(DISTINCT r.id) FROM received_mail r"
            " JOIN message_mail w ON w.received_id = r.id JOIN message m ON m.id = w.message_id"
            " AND m.client_id = r.id AND m.kind = 'customer'"
        )
        if (came, said) != (len(MAILS), len(MAILS)):
            found.append(f"of {len(MAILS)} mails {came} came and {said} were said")
        if set(remembered("marked")) != {str(n + 1) for n in range(len(MAILS))}:
            found.append("the server was not told of every mail")
    handed = remembered("sent")
    rows = await connection.fetch("SELECT lower(message_id) AS id, state, code FROM mail")
    for row in rows:
        times = handed.count(row["id"])
        # Nobody knows whether a server took what two processes died of; a person decides.
        given_up = (row["state"], row["code"]) == ("failed", "uncertain")
        if times > 2 or (row["state"] == "sent") == given_up or (not given_up and times == 0):
            found.append(f"a mail is {row['state']} ({row['code']}) and was handed over {times}×")
    if set(handed) - {row["id"] for row in rows}:
        found.append("a mail was sent that nobody queued")
    return found
