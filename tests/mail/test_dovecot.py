"""The same against a real server, Dovecot; skipped where it is not installed or may not be started.

PEAKEND_REQUIRE_DOVECOT=1 makes that a failure: the set-up installs it where it can.
"""

import asyncio
import contextlib
import os
import shutil
import socket
import subprocess
import tempfile
from collections.abc import AsyncIterator
from datetime import timedelta
from pathlib import Path
from uuid import UUID

import msgspec
import pytest

from peakend.adapters.mail import Cells, ImapPostbox
from peakend.kernel.db import Database
from peakend.kernel.settings import settings
from peakend.mail import actions, queries
from peakend.mail.actions import receiving
from peakend.mail.ports import BoxTrouble, Inbox, provided
from tests.mail.boxes import LOGIN, PASSWORD, Folder
from tests.mail.test_mailboxes import House, a_mail

DOVECOT = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin")
MISSING = DOVECOT is None or os.getuid() != 0
pytestmark = pytest.mark.skipif(
    MISSING and os.environ.get("PEAKEND_REQUIRE_DOVECOT") != "1",
    reason="needs dovecot-imapd (apt install dovecot-imapd), and root to start it",
)
CONFIG = """
base_dir = {base}/run
state_dir = {base}/state
log_path = {base}/log
protocols = imap
ssl = no
disable_plaintext_auth = no
mail_location = maildir:{base}/mail
first_valid_uid = 0
auth_mechanisms = plain xoauth2
passdb {{
  driver = oauth2
  mechanisms = xoauth2
  args = {base}/oauth2
}}
passdb {{
  mechanisms = plain
  driver = passwd-file
  args = scheme=PLAIN {base}/users
}}
userdb {{
  driver = static
  args = uid={user} gid={user} home={base}/mail allow_all_users=yes
}}
service imap-login {{
  inet_listener imap {{
    address = 127.0.0.1
    port = {port}
  }}
  inet_listener imaps {{
    port = 0
  }}
}}
namespace inbox {{
  inbox = yes
  separator = /
}}
"""


# Whom it asks about a token.
ASKED = """
introspection_url = http://127.0.0.1:{asked}/?token=
introspection_mode = get
username_attribute = email
active_attribute = active
active_value = true
"""


async def known(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """Say whose a token is: there is one."""
    line = (await reader.readuntil(b"\r\n\r\n")).split()[1]
    good = b"token=good.token&" in line
    told = b'{"active":true,"email":"%s"}' % LOGIN.encode() if good else b'{"active":false}'
    head = b"HTTP/1.1 200 OK\r\ncontent-type: application/json\r\nconnection: close\r\n"
    writer.write(head + b"content-length: %d\r\n\r\n" % len(told) + told)
    await writer.drain()
    writer.close()


class Maildir(Folder):
    """What Dovecot holds, as files."""

    base: Path

    def put(self, *mails: bytes) -> list[int]:
        """Let mails come, as a server's own delivery does."""
        for raw in mails:
            name = f"{len(list((self.base / 'mail').rglob('*.x*'))):08}.x"
            (self.base / "mail" / "tmp" / name).write_bytes(raw)
            os.chmod(self.base / "mail" / "tmp" / name, 0o666)
            os.rename(self.base / "mail" / "tmp" / name, self.base / "mail" / "new" / name)
        return []

    def renumbered(self) -> None:
        """Let the server number the folder anew, under another UIDVALIDITY."""
        listed = self.base / "mail" / "dovecot-uidlist"
        version, validity, *_ = listed.read_text().split("\n", 1)[0].split()
        for file in (self.base / "mail").glob("dovecot*"):
            if file != listed:
                file.unlink()
        listed.write_text(f"{version} V{int(validity[1:]) + 7} N1\n")

    def hang_up(self) -> None:
        """End the lines of all who are logged in."""
        assert DOVECOT is not None
        kicker = [str(Path(DOVECOT).parents[1] / "bin" / "doveadm"), "-c", str(self.base / "conf")]
        subprocess.run([*kicker, "kick", LOGIN], check=True)

    def read(self) -> int:
        """Return how many mails the server was told of."""
        return sum("S" in one.name.partition(":2,")[2] for one in self.base.rglob("*.x:2,*"))


@pytest.fixture
async def house(
    database: Database,
    organisation: UUID,
    monkeypatch: pytest.MonkeyPatch,
) -> AsyncIterator[House]:
    # Not below pytest's own folder: its users are others, and every run closes that folder anew.
    base = Path(tempfile.mkdtemp(prefix="dovecot-"))
    base.chmod(0o755)
    folder = Maildir()
    folder.base = base
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        folder.port = free.getsockname()[1]
    for name in ("mail/tmp", "mail/new", "mail/cur"):
        (base / name).mkdir(parents=True)
    for path in (base / "mail").rglob("*"):
        path.chmod(0o777)
    (base / "mail").chmod(0o777)
    (base / "users").write_text(f"service@mail.example.com:{PASSWORD}\n")
    (base / "conf").write_text(CONFIG.format(base=base, port=folder.port, user=65534))
    asked = await asyncio.start_server(known, "127.0.0.1", 0)
    (base / "oauth2").write_text(ASKED.format(asked=asked.sockets[0].getsockname()[1]))
    assert DOVECOT is not None
    server = await asyncio.create_subprocess_exec(DOVECOT, "-F", "-c", str(base / "conf"))
    monkeypatch.setattr(settings, "outgoing_allowed", ("127.0.0.1",))
    cells = Cells(most=1)
    monkeypatch.setattr(provided, "postbox", ImapPostbox(), raising=False)
    monkeypatch.setattr(provided, "reader", cells, raising=False)
    try:
        await _greeted(folder.port)
        yield House(database, organisation, folder)
    finally:
        await cells.close()
        asked.close()
        server.terminate()
        await server.wait()
        shutil.rmtree(base, ignore_errors=True)


async def _greeted(port: int) -> None:
    """Wait until the server lets somebody in: it listens before it can check a password."""
    said = f"a LOGIN {LOGIN} {{{len(PASSWORD.encode())}+}}\r\n{PASSWORD}\r\nb LOGOUT\r\n".encode()
    for _ in range(300):
        with contextlib.suppress(OSError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(said)
            told = await reader.read()
            writer.close()
            if b"a OK" in told:
                return
        await asyncio.sleep(0.1)
    raise AssertionError("Dovecot lets nobody in")


async def numbered(house: House) -> int:
    """Return under which UIDVALIDITY the folder was read last."""
    async with house.tx() as tx:
        place = await queries.place_in(tx, house.mailbox_id, "INBOX")
    assert place is not None
    return place.validity


async def test_dovecot_gives_its_mails_once(house: House) -> None:
    maildir = house.folder
    assert isinstance(maildir, Maildir)
    await house.set_up()
    maildir.put(*(a_mail(n) for n in range(1, 31)))
    tried = await actions.try_mailbox(house.database, mailbox_id=house.mailbox_id, by=house.system)
    assert (tried.code, tried.said, tried.mails) == ("", "", 30)
    assert maildir.read() == 0
    await house.collect()
    box = await house.mailbox()
    assert (box.code, box.said) == ("", "")
    assert len(await house.came()) == maildir.read() == 30
    maildir.put(a_mail(31))
    await house.collect()
    assert len(await house.came()) == 31
    first = await numbered(house)
    maildir.renumbered()
    maildir.put(a_mail(32))
    await house.collect()
    assert await numbered(house) == first + 7
    assert len(await house.came()) == len(await house.facts()) == 32


async def test_dovecot_tells_at_once_what_comes(house: House) -> None:
    await house.set_up()
    house.collector = actions.Collector(house.database, lambda: house.at, stay_s=600)
    assert await house.collector.start_due() == 1
    while not (await house.mailbox()).last_good_at:
        await asyncio.sleep(0.05)
    house.folder.put(a_mail(1))
    while not await house.came():
        await asyncio.sleep(0.05)
    stop = asyncio.Event()
    stop.set()
    await house.collector.run(stop)


async def test_dovecot_hangs_up_while_we_wait(house: House) -> None:
    maildir = house.folder
    assert isinstance(maildir, Maildir)
    await house.set_up()
    maildir.put(a_mail(1))
    house.collector = actions.Collector(house.database, lambda: house.at, stay_s=600)
    assert await house.collector.start_due() == 1
    while not (await house.mailbox()).last_good_at:
        await asyncio.sleep(0.05)
    maildir.hang_up()
    # Whoever waits holds a lease of minutes; who was sent away looks again in seconds.
    while (box := await house.mailbox()).next_at - house.at > timedelta(seconds=receiving.SOON_S):
        await asyncio.sleep(0.05)
    assert (box.failures, box.code) == (0, "")
    maildir.put(a_mail(2))
    house.at = box.next_at + timedelta(seconds=1)
    assert await house.collector.start_due() == 1
    while len(await house.came()) < 2:
        await asyncio.sleep(0.05)
    stop = asyncio.Event()
    stop.set()
    await house.collector.run(stop)
    assert len(await house.facts()) == 2


async def test_dovecot_says_what_is_wrong(house: House) -> None:
    await house.set_up(password="wrong", folder="没有")
    for password, code in (("wrong", "login_refused"), (PASSWORD, "folder_refused")):
        async with house.tx() as tx:
            await actions.set_box_password(tx, mailbox_id=house.mailbox_id, password=password)
        tried = await actions.try_mailbox(
            house.database, mailbox_id=house.mailbox_id, by=house.system
        )
        assert tried.code == code
        assert tried.said


async def test_dovecot_takes_a_token_and_says_why_not(house: House) -> None:
    house.folder.put(a_mail(1))
    inbox = Inbox(
        host="127.0.0.1", port=house.folder.port, tls="none", login=LOGIN, token="good.token"
    )
    box = await ImapPostbox().open(inbox)
    assert await box.uids([], 0) == [1]
    box.close()
    with pytest.raises(BoxTrouble) as trouble:
        await ImapPostbox().open(msgspec.structs.replace(inbox, token="other.token"))
    assert trouble.value.code == "token_refused"
    assert "AUTHENTICATIONFAILED" in trouble.value.said
