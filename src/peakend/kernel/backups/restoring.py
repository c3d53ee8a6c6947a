"""Putting a backup back: into an empty data directory, to the end or to a moment."""

import asyncio
import contextlib
import os
import shutil
import tarfile
from datetime import datetime
from pathlib import Path

import asyncpg
import msgspec
from pyrage.x25519 import Identity

from peakend.kernel import schema
from peakend.kernel.backups import opening, programs
from peakend.kernel.backups.checking import gather_log
from peakend.kernel.backups.places import (
    BackupProblem,
    Depot,
    Heard,
    Record,
    fingerprint,
    place_in,
    unpack,
)
from peakend.kernel.backups.shelves import Shelf
from peakend.kernel.lasting import write_whole
from peakend.kernel.ledger import carry_ledger, ledger_in
from peakend.kernel.lockbox import LockDamaged
from peakend.kernel.postgres import (
    HALF_RESTORED,
    EmbeddedPostgres,
    Place,
    PostgresProblem,
    hold,
    settle,
)
from peakend.kernel.progress import Done

# What may lie in a data directory that is still empty.
HARMLESS = {"secret.key", "files", "peakend.lock", "postgres.log", "postgres.log.1"}
NOT_REACHED = "recovery ended before configured recovery target was reached"
FILES = """
SELECT DISTINCT unnest(ARRAY[sha256, thumb_sha256]) AS sha256 FROM file ORDER BY 1
"""


class Restored(msgspec.Struct, frozen=True, kw_only=True):
    """What was put back.

    Units: `reached_at` is the last commit that is in it, null where nothing came after the backup;
    `whole_archive` says that the archive ended before the moment that was asked for.
    """

    name: str
    reached_at: datetime | None
    whole_archive: bool
    files: int
    files_missing: int


def chosen(depot: Depot, name: str | None, at: datetime | None) -> Record:
    """Return the backup to begin with: the newest that was whole by then. Errors: BackupProblem."""
    if at is None or name is not None:
        record = depot.need(name)
    else:
        depot.need(None)
        fitting = [one for one in depot.records() if one.ended_at <= at]
        record = fitting[-1] if fitting else depot.records()[0]
    if at is not None and record.ended_at > at:
        raise BackupProblem(
            "kernel.backups.too_early", name=record.name, from_at=shown(record.ended_at)
        )
    return record


def shown(at: datetime) -> str:
    """Return a moment in this machine's time zone, with the zone."""
    return at.astimezone().isoformat(sep=" ", timespec="seconds")


async def restore(
    depot: Depot,
    record: Record,
    data_dir: Path,
    key: bytes,
    at: datetime | None,
    heard: Heard,
    *,
    files_too: bool = True,
    identities: list[Identity] | None = None,
) -> Restored:
    """Put a backup and its archive into an empty data directory.

    Errors: BackupProblem; the directory then holds nothing that could be taken for a centre. What
    is encrypted for another identity, cut or changed is refused before anything is written.
    """
    _need_fitting(record, key)
    if record.recipient:
        await asyncio.to_thread(opening.need_whole, depot, record, identities or [], heard)
    with contextlib.ExitStack() as stack:
        lock = hold(data_dir)
        stack.callback(lock.close)
        _need_empty(depot, data_dir)
        write_whole(data_dir / HALF_RESTORED, record.name.encode())
        place = settle(data_dir, lambda wording: heard(wording, None))
        if place.cluster.exists() and any(place.cluster.iterdir()):
            shutil.rmtree(place.cluster)  # of an attempt before: the mark has lain there since
        heard("kernel.backups.unpacking", None)
        await asyncio.to_thread(_unpack, depot, record, identities or [], place, heard)
    heard("kernel.backups.replaying", None)
    whole, reached_at, hashes = await _replayed(data_dir, at)
    heard("kernel.backups.files", None)
    hashes = hashes if files_too else []
    shelf = Shelf(files=depot.files, recipient=record.recipient, key=key)
    missing = await asyncio.to_thread(
        _files_back, shelf, identities or [], data_dir / "files", hashes, heard
    )
    # Before the mark goes: nothing that was erased since is ever shown without it.
    await asyncio.to_thread(carry_ledger, ledger_in(depot.folder), ledger_in(data_dir / "files"))
    if not (data_dir / "secret.key").exists() and "PEAKEND_SECRET_KEY" not in os.environ:
        write_whole(data_dir / "secret.key", key.hex().encode())
    (data_dir / HALF_RESTORED).unlink()
    return Restored(
        name=record.name, reached_at=reached_at, whole_archive=whole, files=len(hashes) - missing,
        files_missing=missing,
    )  # fmt: skip


def _need_fitting(record: Record, key: bytes) -> None:
    programs.found(record.postgres)
    if schema.standing(record.tables, schema.migrations()) == "newer":
        raise BackupProblem(
            "kernel.backups.newer", name=record.name, tables=record.tables, version=record.version
        )
    if fingerprint(key) != record.key:
        raise BackupProblem("kernel.backups.other_key", name=record.name)


def _need_empty(depot: Depot, data_dir: Path) -> None:
    if (data_dir / HALF_RESTORED).exists():
        return
    inside = {depot.folder.resolve()}
    found = [
        path.name
        for path in sorted(data_dir.iterdir())
        if path.name not in HARMLESS and path.resolve() not in inside
    ]
    if found:
        raise BackupProblem("kernel.backups.not_empty", folder=data_dir, found=", ".join(found[:5]))


def _unpack(
    depot: Depot, record: Record, identities: list[Identity], place: Place, heard: Heard
) -> None:
    """Make the cluster beside its place, give it to the server's user, and move it there.

    Beside, because where root writes nobody else may put a link.
    """
    beside = place.folder.with_name(f"{place.folder.name}.restoring")
    shutil.rmtree(beside, ignore_errors=True)
    beside.mkdir(mode=0o700, parents=True)
    try:
        log = beside / "pg_wal"
        if record.recipient:
            opening.unpack_base(depot, record, identities, beside, heard)
            log.mkdir(exist_ok=True)
            opening.gather_pieces(depot, record, identities, log, heard)
        else:
            unpack(
                depot.backup(record.name) / "base.tar.gz", beside,
                lambda count, of: heard("kernel.backups.unpacking", Done(count, of, "bytes")),
            )  # fmt: skip
            log.mkdir(exist_ok=True)
            gather_log(depot, record, log, heard, link=False)
        (beside / "recovery.signal").touch()
    except LockDamaged as error:
        shutil.rmtree(beside, ignore_errors=True)
        raise BackupProblem(
            "kernel.backups.piece_damaged", name=record.name, what=str(error)
        ) from error
    except (tarfile.TarError, EOFError, OSError) as error:
        shutil.rmtree(beside, ignore_errors=True)
        raise BackupProblem(
            "kernel.backups.unreadable", name=record.name, reason=str(error)
        ) from error
    for path in (beside, *beside.rglob("*")):
        path.chmod(0o700 if path.is_dir() else 0o600)
        if place.run_as.uid >= 0:
            os.chown(path, place.run_as.uid, place.run_as.gid, follow_symlinks=False)
    if place.cluster.exists():
        place.cluster.rmdir()
    beside.rename(place.cluster)


async def _replayed(data_dir: Path, at: datetime | None) -> tuple[bool, datetime | None, list[str]]:
    """Let PostgreSQL go through the log; return whether the moment lies behind its end."""
    # All of the log lies in pg_wal, so nothing has to be fetched by a command of a shell.
    settings = {"restore_command": "false", "hot_standby": "off"}
    target = {}
    if at is not None:
        target = {"recovery_target_time": at.isoformat(), "recovery_target_action": "promote"}
    whole = False
    postgres = EmbeddedPostgres(data_dir, settings=settings | target, restoring=True)
    try:
        dsn = await postgres.start()
    except PostgresProblem as problem:
        if at is None or NOT_REACHED not in str(problem.params.get("log", "")):
            raise
        # Nothing was committed between the archive's end and the moment: its end is the moment.
        whole = True
        postgres = EmbeddedPostgres(data_dir, settings=settings, restoring=True)
        dsn = await postgres.start()
    try:
        connection = await asyncpg.connect(dsn, timeout=10)
        try:
            reached_at = await connection.fetchval("SELECT pg_last_xact_replay_timestamp()")
            hashes = [row["sha256"] for row in await connection.fetch(FILES) if row["sha256"]]
            await connection.execute("CHECKPOINT")
        finally:
            await connection.close()
    finally:
        await postgres.stop()
    return whole, reached_at, hashes


def _files_back(
    shelf: Shelf, identities: list[Identity], files: Path, hashes: list[str], heard: Heard
) -> int:
    """Put back the bytes that the rows speak of; return how many are not in the depot."""
    missing = 0
    for count, sha256 in enumerate(hashes):
        target = place_in(files, sha256)
        if not target.exists() and not shelf.fetch(sha256, target, identities):
            missing += 1
        if count % 20 == 0:
            heard("kernel.backups.files", Done(count, len(hashes), "files"))
    return missing
