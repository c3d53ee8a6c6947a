"""An archive put back at the first start, by whoever holds the link that sets the house up.

How far it is stands in a file beside the others, so that every process of the installation can say
it; with the file goes what the link may still do.
"""

import asyncio
import shutil
import time
from collections.abc import Callable
from pathlib import Path
from uuid import UUID

import msgspec
import structlog

from peakend.accounts import queries as accounts
from peakend.accounts.actions import SetUpGone, hold_set_up, offer_reset, release_set_up
from peakend.exchange.actions.restoring import ArchiveProblem, restore
from peakend.exchange.queries.homecomings import (
    HOME_LIFE_S,
    Home,
    archive_named,
    archives_folder,
    home_path,
    kept_home,
)
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from peakend.kernel.errors import NotFound
from peakend.kernel.ledger import ledger_in, note_erased, read_ledger
from peakend.kernel.settings import settings

log = structlog.get_logger()

_TOLD_EVERY_S = 0.4
_tasks: set[asyncio.Task[None]] = set()


class NoArchiveHere(NotFound):
    """There is no archive of this name in the folder of archives."""

    wording = "exchange.no_archive_here"


async def put_back(
    database: Database, *, secret: str, name: str, key: str, passphrase: str = ""
) -> None:
    """Begin to put an archive back into the empty installation, and do not wait for it.

    Errors: SetUpGone, NoArchiveHere, ArchiveProblem.
    """
    try:
        other = bytes.fromhex(key.strip()) if key.strip() else None
    except ValueError:
        raise ArchiveProblem("exchange.archive_wrong_key") from None
    path = archive_named(name)
    if path is None:
        raise NoArchiveHere
    await asyncio.to_thread(_take_ledger, [other] if other else [])
    await hold_set_up(database, secret)
    _keep(secret, Home(state="running", name=path.name, beat=time.time()))
    task = asyncio.create_task(_put(database, secret, path, other, passphrase))
    _tasks.add(task)
    task.add_done_callback(_tasks.discard)


def _take_ledger(keys: list[bytes]) -> None:
    """Take along who was erased after the archive was packed, where a ledger lies beside it."""
    lines = read_ledger(ledger_in(archives_folder()), *keys).lines
    note_erased(ledger_in(settings.files_dir), lines)


async def keep_archive(path: Path, name: str) -> None:
    """Lay an archive that was brought into the folder, in the place of one of the same name."""
    folder = archives_folder()
    folder.mkdir(parents=True, exist_ok=True)
    ending = "" if name.lower().endswith(".zip") else ".zip"
    await asyncio.to_thread(shutil.copyfile, path, folder / f"{name}{ending}")


async def homecomings_at_rest() -> None:
    """Wait until no archive is being put back in this process."""
    while _tasks:
        await asyncio.gather(*_tasks)


async def _put(
    database: Database, secret: str, path: Path, other: bytes | None, passphrase: str
) -> None:
    home = Home(state="running", name=path.name, beat=time.time())
    try:
        tell = _teller(secret, path.name)
        came = await restore(database, path, tell, other_key=other, passphrase=passphrase)
        home = Home(
            state="done", name=path.name, beat=time.time(), organisation_id=came.organisation_id,
            organisation=came.organisation, rows=came.rows, files=came.files, missing=came.missing,
        )  # fmt: skip
    except ArchiveProblem as problem:
        params = {key: str(value) for key, value in problem.params.items()}
        home = Home(
            state="failed", name=path.name, beat=time.time(), why=problem.wording, params=params
        )
    except Exception:
        log.exception("an archive could not be put back")
        home = Home(state="failed", name=path.name, beat=time.time(), why="exchange.home_failed")
    if home.state == "failed":
        await release_set_up(database, secret)
    _keep(secret, home)


def _teller(secret: str, name: str) -> Callable[[str, int, int], None]:
    told = 0.0

    def tell(step: str, done: int, total: int) -> None:
        nonlocal told
        now = time.time()
        if now - told > _TOLD_EVERY_S or done == total:
            told = now
            _keep(secret, Home(state="running", name=name, beat=now, step=step, done=done,
                               total=total))  # fmt: skip

    return tell


def _keep(secret: str, home: Home) -> None:
    path = home_path(secret)
    path.parent.mkdir(parents=True, exist_ok=True)
    draft = path.with_suffix(".new")
    draft.write_bytes(msgspec.json.encode(home))
    draft.chmod(0o600)
    draft.replace(path)


async def enter_home(database: Database, *, secret: str, member_id: UUID) -> str:
    """Return the secret of a link by which an administrator of the house chooses a password.

    Once for each archive that was put back, within the hour. Errors: SetUpGone.
    """
    home = kept_home(secret)
    if home.state != "done" or home.organisation_id is None:
        raise SetUpGone
    if time.time() - home.beat > HOME_LIFE_S:
        raise SetUpGone
    async with database.transaction(Actor.system(home.organisation_id)) as tx:
        found = (await accounts.members_by_id(tx, [member_id])).get(member_id)
        if found is None or not found[0].may("accounts.manage"):
            raise SetUpGone
        link = await offer_reset(tx, member_id=member_id)
    home_path(secret).unlink(missing_ok=True)
    return link
