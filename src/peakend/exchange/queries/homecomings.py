"""What can be put back at the first start, how far that is, and who may come in then."""

import contextlib
import time
import zipfile
from datetime import datetime
from pathlib import Path
from typing import Any, Literal
from uuid import UUID

import msgspec

from peakend.accounts import queries as accounts
from peakend.exchange.models import FORMAT, Manifest
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database
from peakend.kernel.lockbox import is_locked
from peakend.kernel.packs import DAMAGED
from peakend.kernel.secrets import token_hash
from peakend.kernel.settings import settings
from peakend.kernel.words import word

HOME_LIFE_S = 3600
_SILENT_S = 120
_MOST = 20
_MOST_ADMINS = 50
_LONGEST_MANIFEST = 64 << 20

HomeState = Literal["none", "running", "done", "failed"]


class Home(msgspec.Struct, frozen=True, kw_only=True):
    """How far an archive is that is put back, as it is kept; `beat` says when it was heard of."""

    state: HomeState = "none"
    name: str = ""
    beat: float = 0
    step: str = "check"
    done: int = 0
    total: int = 0
    why: str = ""
    params: dict[str, str] = {}
    organisation_id: UUID | None = None
    organisation: str = ""
    rows: int = 0
    files: int = 0
    missing: int = 0


class HomeAdmin(msgspec.Struct, frozen=True):
    """An administrator of the house that was put back."""

    id: UUID
    name: str
    login: str


class Homecoming(msgspec.Struct, frozen=True, kw_only=True):
    """How far an archive is that is put back, and who may come in then.

    `step` is unlock, check, files or rows; `code` and `why` say what stands in the way.
    """

    state: HomeState
    name: str
    step: str
    done: int
    total: int
    code: str
    why: str
    organisation: str
    rows: int
    files: int
    missing: int
    admins: list[HomeAdmin]


class ArchiveHere(msgspec.Struct, frozen=True, kw_only=True):
    """An archive in the folder; what it holds is empty where it cannot be read, or is locked."""

    name: str
    size: int
    organisation: str
    made_at: datetime | None
    rows: int
    locked: bool


def archives_folder() -> Path:
    """Return where archives lie that may be put back at the first start."""
    return settings.data_dir / "archives"


def archive_named(name: str) -> Path | None:
    """Return the archive of this name in the folder, never one beside it."""
    return next((one for one in _found() if one.name == name), None)


def archives_here() -> list[ArchiveHere]:
    """Return the archives of the folder, the newest first. Counts: 20."""
    return [_read(one) for one in _found()[:_MOST]]


def _found() -> list[Path]:
    folder = archives_folder()
    if not folder.is_dir():
        return []
    found = [
        one
        for one in folder.iterdir()
        if one.suffix.lower() == ".zip" and one.is_file() and not one.is_symlink()
    ]
    return sorted(found, key=lambda one: one.stat().st_mtime, reverse=True)


def _read(path: Path) -> ArchiveHere:
    found: Manifest | None = None
    with (
        contextlib.suppress(KeyError, *DAMAGED),
        zipfile.ZipFile(path) as archive,
    ):
        part = archive.getinfo("manifest.json")
        if part.file_size <= _LONGEST_MANIFEST:
            with archive.open(part) as source:
                read: Any = msgspec.json.decode(source.read(part.file_size + 1), type=Manifest)
                found = read if read.format == FORMAT else None
    return ArchiveHere(
        name=path.name,
        size=path.stat().st_size,
        organisation=found.organisation if found else "",
        made_at=found.made_at if found else None,
        rows=sum(one.rows for one in found.tables) if found else 0,
        locked=found is None and is_locked(path),
    )


def home_path(secret: str) -> Path:
    """Return where it stands how far an archive is that this link puts back."""
    return settings.files_dir / "exports" / f"home-{token_hash(secret).hex()[:32]}.json"


def kept_home(secret: str) -> Home:
    """Return how far it is; one that is not heard of any more has failed."""
    try:
        found = msgspec.json.decode(home_path(secret).read_bytes(), type=Home)
    except (OSError, ValueError):
        return Home()
    if found.state == "running" and time.time() - found.beat > _SILENT_S:
        return Home(state="failed", name=found.name, why="exchange.home_silent")
    return found


async def homecoming(database: Database, secret: str, language: str) -> Homecoming:
    """Return how far an archive is that is put back by this link."""
    found = kept_home(secret)
    return Homecoming(
        state=found.state, name=found.name, step=found.step, done=found.done, total=found.total,
        code=found.why, why=word(found.why, language, **found.params) if found.why else "",
        organisation=found.organisation, rows=found.rows, files=found.files,
        missing=found.missing, admins=await _admins(database, found),
    )  # fmt: skip


async def _admins(database: Database, home: Home) -> list[HomeAdmin]:
    over = time.time() - home.beat > HOME_LIFE_S
    if home.state != "done" or home.organisation_id is None or over:
        return []
    async with database.transaction(Actor.system(home.organisation_id)) as tx:
        people = await accounts.members(tx, active_only=True)
        rights = await accounts.members_by_id(tx, [one.id for one in people])
    may = [one for one in people if one.id in rights and rights[one.id][0].may("accounts.manage")]
    return [HomeAdmin(one.id, one.name, one.login) for one in may[:_MOST_ADMINS]]
