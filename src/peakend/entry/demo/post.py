"""The demo's post: its own mailbox, which programs here bring mails to, and what it sends.

Answers go to a server of the demo's own, which leaves each of them as a file in the data folder.
Both listen on this machine alone.
"""

import asyncio
import os
import socket
from datetime import UTC, datetime, timedelta
from email.utils import format_datetime
from pathlib import Path
from uuid import UUID

from peakend.accounts import queries as people
from peakend.entry.console import console, say
from peakend.entry.demo import kept
from peakend.entry.demo.kept import Kept
from peakend.entry.demo.material import CONTENT
from peakend.kernel import clock
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, Transaction
from peakend.kernel.settings import settings
from peakend.mail import actions as mail
from peakend.mail import queries as mails
from peakend.mail.ports import Brought, Place, provided

HOST = "127.0.0.1"
IN_PORT, OUT_PORT = 2525, 2526
VISITOR = "zhou.min@example.com"
# By which address each brand is written to, and who answers.
BOXES = {
    "home": ("home@anju.example", "安居到家", "Anju Home"),
    "gas": ("gas@anju.example", "安居燃气", "Anju Gas"),
}
ADDRESS = BOXES["home"][0]
# To which a visitor writes: the agent whose sign-in is printed serves that brand's queue.
PRINTED = BOXES["gas"][0]
# Minutes between the mails that are there from the beginning.
APART = timedelta(minutes=23)


async def connect(tx: Transaction, brands: dict[str, UUID]) -> None:
    """Give each brand of the demo its mailbox."""
    for slug, (email, name, _) in BOXES.items():
        box = mail.MailboxText(brand_id=brands[slug], name=name, email=email, way="smtp")
        await mail.add_mailbox(tx, mailbox=box)


async def open_up(database: Database, notes: Kept) -> None:
    """Choose where mails come in and where they go, and tell the brand's mail server."""
    if not settings.mail_door:
        settings.mail_door = f"smtp://{HOST}:{_free(IN_PORT)}"
    notes.sink_port = _free(notes.sink_port or OUT_PORT)
    settings.outgoing_allowed = (*settings.outgoing_allowed, f"{HOST}:{notes.sink_port}")
    async with database.transaction(Actor.system(notes.organisation_id)) as tx:
        for brand in await people.brands(tx):
            if brand.slug in BOXES:
                await _lead_here(tx, brand.id, BOXES[brand.slug], notes.sink_port)


async def _lead_here(tx: Transaction, brand_id: UUID, box: tuple[str, str, str], port: int) -> None:
    """Let a brand send by the demo's own server; one that somebody set himself stays."""
    old = await mails.mail_server(tx, brand_id)
    if old is None or (old.host == HOST and old.port != port):
        server = mail.ServerText(
            brand_id=brand_id, host=HOST, port=port, tls="none", sender_email=box[0],
            sender_name_zh=box[1], sender_name_en=box[2],
        )  # fmt: skip
        await mail.set_server(tx, server=server)


async def bring_letters(database: Database, notes: Kept) -> None:
    """Let the mails come that are there from the beginning, once."""
    if notes.letters:
        return
    found = sorted((CONTENT / "letters").glob("*.eml"))
    receiver = mail.Receiver(database)
    for n, letter in enumerate(found):
        at = format_datetime(clock.now() - APART * (len(found) - n))
        raw = letter.read_bytes().replace(b"{date}", at.encode())
        await receiver.take(Brought(raw=raw, sender=VISITOR, to=[ADDRESS], peer=HOST))
    notes.letters = True
    kept.write(notes)


def greet() -> None:
    """Say how to write to the demo, and where its answers lie."""
    door = settings.mail_door
    example = (
        f"From: {VISITOR}\\nTo: {PRINTED}\\nSubject: {say('entry.demo.mail_subject')}"
        f"\\n\\n{say('entry.demo.mail_body')}\\n"
    )
    command = (
        f"printf '{example}' | curl --crlf {door} --mail-from {VISITOR} --mail-rcpt {PRINTED} -T -"
    )
    said = say("entry.demo.mail_in", address=PRINTED, door=door)
    console.print(said, style="bold", soft_wrap=True)
    console.print(f"  {command}", soft_wrap=True, markup=False, highlight=False)
    console.print(say("entry.demo.mail_out"), style="bold")
    console.print(f"  {folder()}", soft_wrap=True, markup=False, highlight=False)


def folder() -> Path:
    """Return where what the demo sends is kept."""
    return settings.data_dir / "sent-mail"


async def keep_what_is_sent(port: int, stop: asyncio.Event) -> None:
    """Be the server that the demo hands its mails to, until `stop` is set."""
    await provided.door.stay(Place(speaks="smtp", host=HOST, port=port), _Sink(), stop)


class _Sink:
    """Takes every mail, and leaves it as a file."""

    async def known(self, address: str) -> bool:
        """Take mails to everybody: none of them leaves this machine."""
        return bool(address)

    async def take(self, brought: Brought) -> list[bool]:
        """Write a mail down, under the moment it was sent."""
        await asyncio.to_thread(_write, brought)
        return [True] * len(brought.to)


def _write(brought: Brought) -> None:
    folder().mkdir(parents=True, exist_ok=True, mode=0o700)
    name = f"{datetime.now(UTC):%Y%m%d-%H%M%S-%f}.eml"
    opened = os.open(folder() / name, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    with os.fdopen(opened, "wb") as file:
        file.write(brought.raw)


def _free(port: int) -> int:
    """Return a port of this machine that is free: that one, or any."""
    for wanted in (port, 0):
        with socket.socket() as tried:
            tried.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
            try:
                tried.bind((HOST, wanted))
            except OSError:
                continue
            return int(tried.getsockname()[1])
    return port
