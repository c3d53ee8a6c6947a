"""Making a backup while the centre runs: base backup, files, record; then what is too old goes."""

import asyncio
import contextlib
import json
import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import asyncpg
import msgspec

from peakend.kernel.backups import programs, segments
from peakend.kernel.backups.places import (
    FORMAT,
    SLOTS,
    Archiving,
    BackupProblem,
    Depot,
    Heard,
    Record,
    archiving,
    copy_bytes,
    digest_of,
    fingerprint,
    own_folder,
    place_in,
    remember,
    stored,
    sync_folder,
    write_whole,
)
from peakend.kernel.ledger import carry_ledger, ledger_in
from peakend.kernel.settings import VERSION

RESERVE_BYTES = 1_000_000_000
OVERLAP = timedelta(minutes=10)
KEPT_SETTINGS = ("PEAKEND_PUBLIC_URL", "PEAKEND_TRUSTED_PROXIES", "PEAKEND_OUTGOING_ALLOWED")
LOST = "SELECT 1 FROM pg_replication_slots WHERE slot_name = $1 AND wal_status <> 'lost'"


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is to be backed up, and where to."""

    dsn: str
    data_dir: Path
    depot: Depot
    key: bytes
    key_inside: bool = False
    keep: int = 7


async def take(wanted: Wanted, heard: Heard) -> Record:
    """Make a backup, start the archive that follows it, and remove what is too old.

    Errors: BackupProblem.
    """
    depot = wanted.depot
    with depot.held():
        for left in depot.folder.glob("*.part"):
            shutil.rmtree(left)
        connection = await asyncpg.connect(wanted.dsn, timeout=10)
        try:
            size = await _need_room(connection, depot)
            run = await _archive_run(connection, wanted)
            name = datetime.now(UTC).strftime("%Y%m%d-%H%M%S")
            part = depot.folder / f"{name}.part"
            own_folder(part)
            record = await _taken(connection, wanted, part, run, size, heard)
            # Outside the backup itself: it is the next one's erasures that this one must be told.
            carry_ledger(ledger_in(wanted.data_dir / "files"), ledger_in(depot.folder))
        finally:
            await connection.close()
        write_whole(part / "backup.json", msgspec.json.format(msgspec.json.encode(record)))
        sync_folder(part)
        part.rename(depot.backup(name))
        sync_folder(depot.folder)
        heard("kernel.backups.pruning", None)
        await prune(depot, wanted.keep, run.run)
    return record


async def _need_room(connection: asyncpg.Connection, depot: Depot) -> int:
    """Return the size of all databases. Errors: BackupProblem where the disk is too small."""
    size: int = await connection.fetchval(
        "SELECT coalesce(sum(pg_database_size(oid)), 0)::bigint FROM pg_database"
    )
    # Compressed it takes a third or less; room for a half leaves none of it to hope.
    needed = size // 2 + RESERVE_BYTES
    free = shutil.disk_usage(depot.folder).free
    if free < needed:
        raise BackupProblem(
            "kernel.backups.no_room",
            folder=depot.folder,
            free_gb=f"{free / 1e9:.1f}",
            needed_gb=f"{needed / 1e9:.1f}",
        )
    return size


async def _archive_run(connection: asyncpg.Connection, wanted: Wanted) -> Archiving:
    """Return the archive's run: the one that goes on, or a new one where it has a gap."""
    now = archiving(wanted.data_dir)
    if (
        now is not None
        and now.depot == str(wanted.depot.folder)
        and wanted.depot.wal(now.run).is_dir()
        and await connection.fetchval(LOST, now.slot)
    ):
        return now
    # Within PostgreSQL a slot's name is its own; a restored copy of a centre never writes into
    # the archive of the one it came from.
    new = Archiving(depot=str(wanted.depot.folder), run=uuid4().hex[:12])
    own_folder(wanted.depot.wal(new.run))
    await connection.execute("SELECT pg_create_physical_replication_slot($1, true)", new.slot)
    remember(wanted.data_dir, new)
    await _drop_slots(connection, new.slot)
    return new


async def _drop_slots(connection: asyncpg.Connection, but: str) -> None:
    """Let go of slots that nobody will ask for again, or they would hold the log back."""
    rows = await connection.fetch(
        "SELECT slot_name FROM pg_replication_slots WHERE starts_with(slot_name, $1) "
        "AND slot_name <> $2",
        SLOTS,
        but,
    )
    for row in rows:
        for _ in range(50):  # its receiver sees within a moment that it is not wanted any more
            with contextlib.suppress(asyncpg.ObjectInUseError):
                await connection.execute("SELECT pg_drop_replication_slot($1)", row["slot_name"])
                break
            await asyncio.sleep(0.1)


async def _taken(
    connection: asyncpg.Connection,
    wanted: Wanted,
    part: Path,
    run: Archiving,
    size: int,
    heard: Heard,
) -> Record:
    began_at = datetime.now(UTC)
    tables = await connection.fetchval("SELECT version_num FROM alembic_version")
    segment_bytes = await connection.fetchval(
        "SELECT setting::bigint FROM pg_settings WHERE name = 'wal_segment_size'"
    )
    binaries = programs.found(connection.get_server_version().major)
    command = [binaries.program("pg_basebackup"), "-d", wanted.dsn, "-D", str(part), "-w"]
    command += ["-Ft", "-X", "stream", "-Z", "gzip:1", "-c", "fast", "-P", "-l", part.stem]
    command += ["--manifest-checksums=SHA256"]
    heard("kernel.backups.database", 0.0)
    await programs.run(programs.tied(command), heard, "kernel.backups.database")
    ended_at = datetime.now(UTC)
    # After the database: a row never points to bytes that were not there before it.
    kept, damaged = await asyncio.to_thread(
        copy_files, wanted.data_dir / "files", wanted.depot, heard
    )
    write_whole(part / "files.txt", "".join(f"{name}\n" for name in kept).encode())
    if wanted.key_inside:
        write_whole(part / "secret.key", wanted.key.hex().encode())
    heard("kernel.backups.sealing", None)
    digests = await asyncio.to_thread(_digests, part)
    ranges = json.loads((part / "backup_manifest").read_bytes())["WAL-Ranges"]
    return Record(
        format=FORMAT, name=part.stem, version=VERSION, tables=tables, postgres=binaries.major,
        run=run.run, began_at=began_at, ended_at=ended_at, timeline=ranges[-1]["Timeline"],
        start_lsn=ranges[0]["Start-LSN"], segment_bytes=segment_bytes, database_bytes=size,
        files=len(kept), files_damaged=damaged, key=fingerprint(wanted.key),
        key_inside=wanted.key_inside, digests=digests,
        settings={name: os.environ[name] for name in KEPT_SETTINGS if name in os.environ},
    )  # fmt: skip


def _digests(part: Path) -> dict[str, str]:
    for path in part.iterdir():
        path.chmod(0o600)
    return {path.name: digest_of(path) for path in sorted(part.iterdir())}


def copy_files(files: Path, depot: Depot, heard: Heard) -> tuple[list[str], int]:
    """Copy what the depot does not have yet; return all hashes, and how many are damaged here."""
    kept: list[str] = []
    damaged = 0
    for path in stored(files):
        target = place_in(depot.files, path.name)
        if target.exists() or copy_bytes(path, target):
            kept.append(path.name)
        else:
            damaged += 1
        if len(kept) % 200 == 0:
            heard("kernel.backups.files", None)
    return sorted(kept), damaged


async def prune(depot: Depot, keep: int, current_run: str) -> list[str]:
    """Remove all but the newest backups, and the log and the bytes that none of the rest needs."""
    records = depot.records()
    gone, rest = records[:-keep], records[-keep:]
    for one in gone:
        # The record first: what has none is no backup, and goes with the next one's rubbish.
        doomed = depot.folder / f"{one.name}.part"
        depot.backup(one.name).rename(doomed)
        shutil.rmtree(doomed)
    for folder in depot.folder.glob("wal/*"):
        needing = [one for one in rest if one.run == folder.name]
        if not needing and folder.name != current_run:
            shutil.rmtree(folder)
        elif needing:
            oldest = min(needing, key=lambda one: segments.lsn(one.start_lsn))
            first = segments.name_at(
                oldest.timeline, segments.lsn(oldest.start_lsn), oldest.segment_bytes
            )
            cleaner = programs.found(oldest.postgres).program("pg_archivecleanup")
            await programs.run([cleaner, str(folder), first])
    await asyncio.to_thread(_drop_bytes, depot, rest)
    return [one.name for one in gone]


def _drop_bytes(depot: Depot, rest: list[Record]) -> None:
    """Remove the bytes that were gone before the oldest backup: nothing it leads to has them.

    What came in since no backup may name yet; it is known by its age.
    """
    needed: set[str] = set()
    for one in rest:
        try:
            needed.update((depot.backup(one.name) / "files.txt").read_text().split())
        except OSError:
            return  # rather too much than what a backup needs
    before = min(one.began_at for one in rest) - OVERLAP
    for path in stored(depot.files):
        if path.name not in needed and path.stat().st_mtime < before.timestamp():
            path.unlink()
