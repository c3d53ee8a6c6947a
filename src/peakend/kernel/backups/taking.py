"""Making a backup while the centre runs: base backup, files, record; then what is too old goes."""

import asyncio
import contextlib
import io
import json
import os
import shutil
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import uuid4

import asyncpg
import msgspec

from peakend.kernel.backups import pieces, programs, segments
from peakend.kernel.backups.identities import chosen_recipient, keep_recipient
from peakend.kernel.backups.own_log import received
from peakend.kernel.backups.places import (
    FORMAT,
    SLOTS,
    Archiving,
    BackupProblem,
    Depot,
    Heard,
    Record,
    archiving,
    digest_of,
    fingerprint,
    own_folder,
    remember,
    stored,
)
from peakend.kernel.backups.shelves import Shelf
from peakend.kernel.backups.shipping import segment_pieces
from peakend.kernel.lasting import sync_folder, write_whole
from peakend.kernel.ledger import carry_ledger, ledger_in
from peakend.kernel.settings import VERSION

BASE = "base.tar.gz"
RESERVE_BYTES = 1_000_000_000
OVERLAP = timedelta(minutes=10)
KEPT_SETTINGS = ("PEAKEND_PUBLIC_URL", "PEAKEND_TRUSTED_PROXIES", "PEAKEND_OUTGOING_ALLOWED")
LOST = "SELECT 1 FROM pg_replication_slots WHERE slot_name = $1 AND wal_status <> 'lost'"


@dataclass(frozen=True, kw_only=True)
class _Log:
    """What of the log belongs to a base backup: it begins nowhere without all of it."""

    timeline: int
    start: str
    end: str


@dataclass(frozen=True, kw_only=True)
class Wanted:
    """What is to be backed up, and where to; `recipient` is for whom, where that is new."""

    dsn: str
    data_dir: Path
    depot: Depot
    key: bytes
    key_inside: bool = False
    keep: int = 7
    recipient: str = ""


async def take(wanted: Wanted, heard: Heard) -> Record:
    """Make a backup, start the archive that follows it, and remove what is too old.

    Errors: BackupProblem.
    """
    depot = wanted.depot
    with depot.held():
        recipient = chosen_recipient(depot, wanted.data_dir, wanted.recipient)
        if recipient:
            keep_recipient(depot, recipient)
        for left in depot.folder.glob("*.part"):
            shutil.rmtree(left)
        connection = await asyncpg.connect(wanted.dsn, timeout=10)
        try:
            size = await _need_room(connection, depot)
            run = await _archive_run(connection, wanted, recipient)
            name = free_name(depot, datetime.now(UTC))
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


def free_name(depot: Depot, moment: datetime) -> str:
    """Return the name of a new backup: its second, or the next that is free."""
    while depot.backup(name := moment.strftime("%Y%m%d-%H%M%S")).exists():
        moment += timedelta(seconds=1)
    return name


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


async def _archive_run(connection: asyncpg.Connection, wanted: Wanted, recipient: str) -> Archiving:
    """Return the archive's run: the one that goes on, or a new one where it has a gap."""
    now = archiving(wanted.data_dir)
    if (
        now is not None
        and (now.depot, now.recipient) == (str(wanted.depot.folder), recipient)
        and wanted.depot.wal(now.run).is_dir()
        and await connection.fetchval(LOST, now.slot)
    ):
        return now
    # Within PostgreSQL a slot's name is its own; a restored copy of a centre never writes into
    # the archive of the one it came from.
    depot = str(wanted.depot.folder)
    new = Archiving(depot=depot, run=uuid4().hex[:12], recipient=recipient)
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
    segment_bytes = await _segment_bytes(connection)
    major = connection.get_server_version().major
    based = _based_locked if run.recipient else _based
    log = await based(connection, wanted, part, run.recipient, heard)
    ended_at = datetime.now(UTC)
    # After the database: a row never points to bytes that were not there before it.
    shelf = Shelf(files=wanted.depot.files, recipient=run.recipient, key=wanted.key)
    kept, damaged = await asyncio.to_thread(copy_files, wanted.data_dir / "files", shelf, heard)
    write_whole(part / "files.txt", "".join(f"{name}\n" for name in kept).encode())
    settings = {name: os.environ[name] for name in KEPT_SETTINGS if name in os.environ}
    if wanted.key_inside:
        _put_small(part, "secret.key", wanted.key.hex().encode(), run.recipient)
    if run.recipient:
        _put_small(part, "settings.json", msgspec.json.encode(settings), run.recipient)
    heard("kernel.backups.sealing", None)
    digests = await asyncio.to_thread(_digests, part)
    return Record(
        format=FORMAT, name=part.stem, version=VERSION, tables=tables, postgres=major,
        run=run.run, began_at=began_at, ended_at=ended_at, timeline=log.timeline,
        start_lsn=log.start, end_lsn=log.end, segment_bytes=segment_bytes, database_bytes=size,
        files=len(kept), files_damaged=damaged, key=fingerprint(wanted.key),
        key_inside=wanted.key_inside, digests=digests, recipient=run.recipient,
        settings={} if run.recipient else settings,
    )  # fmt: skip


def _put_small(part: Path, name: str, content: bytes, recipient: str) -> None:
    if recipient:
        pieces.put(io.BytesIO(content), part, name, recipient)
    else:
        write_whole(part / name, content)


def _command(major: int, dsn: str, label: str) -> list[str]:
    command = [programs.found(major).program("pg_basebackup"), "-d", dsn, "-w", "-Ft"]
    command += ["-Z", "gzip:1", "-c", "fast", "-P", "-l", label, "--manifest-checksums=SHA256"]
    return programs.tied(command)


async def _based(
    connection: asyncpg.Connection, wanted: Wanted, part: Path, _: str, heard: Heard
) -> _Log:
    heard("kernel.backups.database", 0.0)
    command = _command(connection.get_server_version().major, wanted.dsn, part.stem)
    command += ["-D", str(part), "-X", "stream"]
    await programs.run(command, heard, "kernel.backups.database")
    ranges = json.loads((part / "backup_manifest").read_bytes())["WAL-Ranges"]
    first, last = ranges[0], ranges[-1]
    return _Log(timeline=last["Timeline"], start=first["Start-LSN"], end=last["End-LSN"])


async def _based_locked(
    connection: asyncpg.Connection, wanted: Wanted, part: Path, recipient: str, heard: Heard
) -> _Log:
    """Take all of it as one stream and its log beside it, so that none of it stands in plain."""
    command = _command(connection.get_server_version().major, wanted.dsn, part.stem)
    command += ["-D", "-", "-X", "none"]
    heard("kernel.backups.database", 0.0)
    try:
        async with received(connection, wanted.dsn, wanted.data_dir, part, recipient) as log:
            await programs.pour(
                command, lambda source: pieces.put(source, part, BASE, recipient), heard,
                "kernel.backups.database",
            )  # fmt: skip
            # The base ended with a new segment: all of its log stands before that one.
            now: str = await connection.fetchval("SELECT pg_current_wal_insert_lsn()::text")
            size = await _segment_bytes(connection)
            at = segments.lsn(now) // size * size
            end = f"{at >> 32:X}/{at & 0xFFFFFFFF:X}"
            timeline: int = await connection.fetchval(
                "SELECT timeline_id FROM pg_control_checkpoint()"
            )
            await log.until(end, timeline, size)
    except OSError as error:
        reason = error.strerror or str(error)
        raise BackupProblem(
            "kernel.backups.folder_refused", folder=part.parent, reason=reason
        ) from error
    return _Log(timeline=timeline, start=log.start, end=end)


async def _segment_bytes(connection: asyncpg.Connection) -> int:
    size: int = await connection.fetchval(
        "SELECT setting::bigint FROM pg_settings WHERE name = 'wal_segment_size'"
    )
    return size


def _digests(part: Path) -> dict[str, str]:
    for path in part.iterdir():
        path.chmod(0o600)
    return {path.name: digest_of(path) for path in sorted(part.iterdir())}


def copy_files(files: Path, shelf: Shelf, heard: Heard) -> tuple[list[str], int]:
    """Copy what is not kept yet; return all names, and how many are damaged here."""
    kept: list[str] = []
    damaged = 0
    for path in stored(files):
        name = shelf.name(path.name)
        if shelf.at(name) is not None or shelf.put(path):
            kept.append(name)
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
            if oldest.recipient:
                await asyncio.to_thread(_drop_pieces, folder, first)
                continue
            cleaner = programs.found(oldest.postgres).program("pg_archivecleanup")
            await programs.run([cleaner, str(folder), first])
    await asyncio.to_thread(_drop_bytes, depot, rest)
    return [one.name for one in gone]


def _drop_pieces(run: Path, first: str) -> None:
    """Remove the pieces of segments before one, of whatever timeline they are."""
    whole, parts = segment_pieces(run, "")
    for name, path in whole.items():
        if segments.NAME.fullmatch(name) and name[8:] < first[8:]:
            path.unlink()
    for name, paths in parts.items():
        for path in paths if name[8:] < first[8:] else ():
            path.unlink()


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
    for name, path in Shelf(files=depot.files).stored():
        if name not in needed and path.stat().st_mtime < before.timestamp():
            path.unlink()
