"""An organisation out of an archive: all of it looked at first, then all of it or nothing.

Rows keep their ids, the organisation keeps its own. No row says whose it is: the transaction does,
behind the walls, and an organisation of which anything is there already is refused.
"""

import asyncio
import contextlib
import hashlib
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import IO, Any
from uuid import UUID

import msgspec
from cryptography.exceptions import InvalidTag

from peakend.accounts.actions import audit
from peakend.exchange.events import OrganisationRestored
from peakend.exchange.models import FORMAT, FilePart, Manifest, TablePart
from peakend.exchange.queries.tables import Planned, counting, planned, pointing, writing
from peakend.kernel.actors import Actor
from peakend.kernel.backups import fingerprint
from peakend.kernel.db import Database, Transaction
from peakend.kernel.errors import PeakendError
from peakend.kernel.events import record
from peakend.kernel.files import path_of
from peakend.kernel.large_files import draft, settle
from peakend.kernel.lockbox import LockDamaged, WrongPassphrase, is_locked, unlock
from peakend.kernel.packs import DAMAGED
from peakend.kernel.schema import migrations
from peakend.kernel.settings import settings

_BATCH = 500
_BATCH_BYTES = 8 << 20
_CHUNK = 1 << 20
_LONGEST_LINE = 64 << 20
_MOST_MANIFEST = 512 << 20
_MOST_PARTS = 20_000_000

_ROW = msgspec.json.Decoder(dict[str, msgspec.Raw])

# What is told while it goes on: the step, how much of how much.
Told = Callable[[str, int, int], None]


class ArchiveProblem(PeakendError):
    """An archive cannot be restored here; nothing was written."""

    status = 409

    def __init__(self, wording: str, **params: Any) -> None:
        self.wording = wording
        super().__init__(fields=None, **params)


class Restored(msgspec.Struct, frozen=True, kw_only=True):
    """What came out of an archive."""

    organisation_id: UUID
    organisation: str
    rows: int
    files: int
    missing: int
    audit_seal: str


def checked(path: Path, tell: Told) -> Manifest:
    """Read an archive to its end, and return its manifest where every part is what it says.

    Errors: ArchiveProblem.
    """
    with _opened(path) as archive:
        manifest = _manifest(archive)
        _need_version(manifest)
        wanted = {f"tables/{one.name}.jsonl": one for one in manifest.tables}
        files = {f"files/{one.sha256}": one for one in manifest.files}
        names = [one.filename for one in archive.infolist()]
        if sorted(names) != sorted([*wanted, *files, "manifest.json"]):
            raise ArchiveProblem("exchange.archive_parts")
        parts: list[tuple[str, TablePart | FilePart]] = [*wanted.items(), *files.items()]
        for at, (name, part) in enumerate(parts):
            tell("check", at, len(names))
            _need_part(archive, name, part)
        tell("check", len(names), len(names))
    return manifest


def _opened(path: Path) -> zipfile.ZipFile:
    try:
        return zipfile.ZipFile(path)
    except (OSError, zipfile.BadZipFile) as error:
        raise ArchiveProblem("exchange.archive_unreadable", name=path.name) from error


def _manifest(archive: zipfile.ZipFile) -> Manifest:
    try:
        found = archive.getinfo("manifest.json")
        if found.file_size > _MOST_MANIFEST or len(archive.infolist()) > _MOST_PARTS:
            raise ArchiveProblem("exchange.archive_parts")
        with archive.open(found) as source:
            data = source.read(found.file_size + 1)
        # The format is looked at first: another one has other fields.
        if msgspec.json.decode(data, type=_Head).format != FORMAT:
            raise ArchiveProblem("exchange.archive_format")
        return msgspec.json.decode(data, type=Manifest)
    except (KeyError, zipfile.BadZipFile, msgspec.DecodeError, OSError) as error:
        raise ArchiveProblem("exchange.archive_no_manifest") from error


class _Head(msgspec.Struct):
    format: int


def _need_version(manifest: Manifest) -> None:
    """Make sure that the archive's tables are ours, column for column."""
    if any(one.name == "organisation" and one.rows != 1 for one in manifest.tables):
        raise ArchiveProblem("exchange.archive_mixed", table="organisation")
    known = {one.name: one.columns for one in planned()}
    given = {one.name: one.columns for one in manifest.tables}
    if len(given) != len(manifest.tables) or known != given:
        newest = migrations()[-1]
        raise ArchiveProblem(
            "exchange.archive_tables", program=manifest.program, found=manifest.tables_version,
            wanted=newest,
        )  # fmt: skip


def _need_part(archive: zipfile.ZipFile, name: str, part: TablePart | FilePart) -> None:
    digest = hashlib.sha256()
    size = rows = 0
    try:
        with archive.open(name) as source:
            # Never more than was said: a part that unpacks to more is broken off.
            while size <= part.size and (piece := source.read(_CHUNK)):
                size += len(piece)
                rows += piece.count(b"\n")
                digest.update(piece)
    except DAMAGED as error:
        raise ArchiveProblem("exchange.archive_damaged", part=name) from error
    expected = part.rows if isinstance(part, TablePart) else rows
    if (size, digest.hexdigest(), rows) != (part.size, part.sha256, expected):
        raise ArchiveProblem("exchange.archive_damaged", part=name)


def need_key(manifest: Manifest, other: bytes | None) -> bytes | None:
    """Return the master key under which the archive was sealed, where it is not ours.

    Errors: ArchiveProblem.
    """
    if manifest.key == fingerprint(settings.key):
        return None
    if other is None:
        raise ArchiveProblem("exchange.archive_other_key")
    if manifest.key != fingerprint(other):
        raise ArchiveProblem("exchange.archive_wrong_key")
    return other


@contextlib.contextmanager
def unlocked(path: Path, passphrase: str, tell: Told) -> Iterator[Path]:
    """Give an archive in plain, for the while; one that is not locked as it is.

    Errors: ArchiveProblem.
    """
    if not is_locked(path):
        yield path
        return
    if not passphrase.strip():
        raise ArchiveProblem("exchange.archive_locked", name=path.name)
    tell("unlock", 0, 1)
    with draft() as plain:
        try:
            unlock(path, passphrase, plain)
        except WrongPassphrase as error:
            raise ArchiveProblem("exchange.archive_wrong_passphrase", name=path.name) from error
        except LockDamaged as error:
            raise ArchiveProblem("exchange.archive_damaged", part=path.name) from error
        yield plain


async def restore(
    database: Database,
    path: Path,
    tell: Told,
    *,
    other_key: bytes | None = None,
    passphrase: str = "",
) -> Restored:
    """Put an organisation back, whole or not at all, and return what came.

    Errors: ArchiveProblem.
    """
    with contextlib.ExitStack() as stack:
        opened = unlocked(path, passphrase, tell)
        plain = await asyncio.to_thread(stack.enter_context, opened)
        return await _restored(database, plain, tell, other_key)


async def _restored(
    database: Database, path: Path, tell: Told, other_key: bytes | None
) -> Restored:
    manifest = await asyncio.to_thread(checked, path, tell)
    master = need_key(manifest, other_key)
    actor = Actor.system(manifest.organisation_id)
    async with database.transaction(actor) as tx:
        await _need_empty(tx)
    with _opened(path) as archive:
        await asyncio.to_thread(_files, archive, manifest, tell)
        async with database.transaction(actor) as tx:
            # Two who restore the same one wait for one another, and the second finds it there.
            lock = "SELECT pg_advisory_xact_lock(hashtextextended($1, 12))"
            await tx.value(lock, str(tx.organisation_id))
            await _need_empty(tx)
            rows = await _rows(tx, archive, manifest, master, tell)
            await _need_counts(tx, manifest)
            files = len(manifest.files)
            detail = {"rows": rows, "files": files, "audit_seal": manifest.audit_seal}
            await audit(tx, "organisation.restored", "organisation", tx.organisation_id, detail)
            fact = OrganisationRestored(tenant_id=tx.organisation_id, rows=rows, files=files)
            await record(tx, fact)
    return Restored(
        organisation_id=manifest.organisation_id, organisation=manifest.organisation, rows=rows,
        files=files, missing=len(manifest.missing), audit_seal=manifest.audit_seal,
    )  # fmt: skip


async def _need_empty(tx: Transaction) -> None:
    for table in planned():
        if await tx.value(f"SELECT EXISTS ({counting(table).replace('count(*)', '1')})"):
            raise ArchiveProblem("exchange.archive_not_empty", table=table.name)


def _files(archive: zipfile.ZipFile, manifest: Manifest, tell: Told) -> None:
    """Write the bytes of files under their hashes; those that are there already are the same."""
    for at, part in enumerate(manifest.files):
        tell("files", at, len(manifest.files))
        if path_of(part.sha256).is_file():
            continue
        with draft() as made:
            with archive.open(f"files/{part.sha256}") as source, made.open("wb") as out:
                while piece := source.read(_CHUNK):
                    out.write(piece)
            if settle(made)[0] != part.sha256:
                raise ArchiveProblem("exchange.archive_damaged", part=part.sha256)
    tell("files", len(manifest.files), len(manifest.files))


async def _rows(
    tx: Transaction,
    archive: zipfile.ZipFile,
    manifest: Manifest,
    master: bytes | None,
    tell: Told,
) -> int:
    total = sum(one.rows for one in manifest.tables)
    done = 0
    for table in planned():
        statement = writing(table)
        for batch in _batches(archive, table.name):
            await asyncio.to_thread(_need_own, table, batch)
            given = await asyncio.to_thread(_sealed_anew, tx.organisation_id, table, batch, master)
            await tx.run(statement, given)
            done += len(batch)
            tell("rows", done, total)
        if table.own:
            again = pointing(table)
            for batch in _batches(archive, table.name):
                await tx.run(again, "[" + ",".join(batch) + "]")
    return done


def _batches(archive: zipfile.ZipFile, table: str) -> Iterator[list[str]]:
    with archive.open(f"tables/{table}.jsonl") as source:
        batch: list[str] = []
        size = 0
        while line := _line(source):
            batch.append(line)
            size += len(line)
            if len(batch) == _BATCH or size > _BATCH_BYTES:
                yield batch
                batch, size = [], 0
        if batch:
            yield batch


def _line(source: IO[bytes]) -> str:
    line = source.readline(_LONGEST_LINE)
    if line and not line.endswith(b"\n"):
        raise ArchiveProblem("exchange.archive_parts")
    return line.decode()


def _need_own(table: Planned, batch: list[str]) -> None:
    """Make sure that no row says more than its columns, least of all whose else it is."""
    known = set(table.columns)
    try:
        strange = any(not known >= _ROW.decode(line).keys() for line in batch)
    except msgspec.DecodeError as error:
        raise ArchiveProblem("exchange.archive_damaged", part=table.name) from error
    if strange:
        raise ArchiveProblem("exchange.archive_mixed", table=table.name)


def _sealed_anew(
    organisation_id: UUID, table: Planned, batch: list[str], master: bytes | None
) -> str:
    if master is None or table.treated.reseal is None:
        return "[" + ",".join(batch) + "]"
    rows = [msgspec.json.decode(line) for line in batch]
    try:
        for row in rows:
            table.treated.reseal(organisation_id, row, master)
    except (InvalidTag, ValueError, KeyError) as error:
        raise ArchiveProblem("exchange.archive_damaged", part=table.name) from error
    return msgspec.json.encode(rows).decode()


async def _need_counts(tx: Transaction, manifest: Manifest) -> None:
    given = {one.name: one.rows for one in manifest.tables}
    for table in planned():
        if await tx.value(counting(table)) != given[table.name]:
            raise ArchiveProblem("exchange.archive_counts", table=table.name)
