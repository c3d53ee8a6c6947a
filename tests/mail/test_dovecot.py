"""The same against a real server; where no Dovecot is installed (or we may not start it), not."""

import asyncio
import contextlib
import os
import shutil
import socket
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import UUID

import pytest

from peakend.adapters.mail import Cells, ImapPostbox
from peakend.kernel.db import Database
from peakend.kernel.settings import settings
from peakend.mail import actions
from peakend.mail.ports import provided
from tests.mail.boxes import PASSWORD, Folder
from tests.mail.test_mailboxes import House, a_mail

DOVECOT = shutil.which("dovecot") or shutil.which("dovecot", path="/usr/sbin:/usr/local/sbin")
pytestmark = pytest.mark.skipif(
    DOVECOT is None or os.getuid() != 0, reason="needs dovecot-imapd, and root to start it"
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
passdb {{
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
        """Let the server number the folder anew."""
        for file in (self.base / "mail").glob("dovecot*"):
            file.unlink()

    def read(self) -> int:
        """Return how many mails the server was told of."""
        return sum("S" in one.name.partition(":2,")[2] for one in self.base.rglob("*.x:2,*"))


@pytest.fixture
async def house(
    database: Database,
    organisation: UUID,
    monkeypatch: pytest.MonkeyPatch,
    tmp_path_factory: pytest.TempPathFactory,
) -> AsyncIterator[House]:
    base = tmp_path_factory.mktemp("dovecot")
    for above in (base, *base.parents[:3]):
        above.chmod(above.stat().st_mode | 0o055)
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
    assert DOVECOT is not None
    server = await asyncio.create_subprocess_exec(DOVECOT, "-F", "-c", str(base / "conf"))
    monkeypatch.setattr(settings, "outgoing_allowed", ("127.0.0.1",))
    cells = Cells(most=1)
    monkeypatch.setattr(provided, "postbox", ImapPostbox(), raising=False)
    monkeypatch.setattr(provided, "reader", cells, raising=False)
    try:
        for _ in range(100):
            with contextlib.suppress(OSError):
                _, writer = await asyncio.open_connection("127.0.0.1", folder.port)
                writer.close()
                break
            await asyncio.sleep(0.1)
        yield House(database, organisation, folder)
    finally:
        await cells.close()
        server.terminate()
        await server.wait()


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
    maildir.renumbered()
    maildir.put(a_mail(32))
    await house.collect()
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
