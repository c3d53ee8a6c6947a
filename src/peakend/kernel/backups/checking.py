"""Whether a backup is good: everything is read, and on request it is started."""

import asyncio
import contextlib
import os
import re
import shutil
import tarfile
import tempfile
from datetime import UTC, datetime
from pathlib import Path

import msgspec
from pyrage.x25519 import Identity

from peakend.kernel.backups import opening, programs, segments
from peakend.kernel.backups.opening import changed, filled, first_of
from peakend.kernel.backups.places import (
    BackupProblem,
    Depot,
    Heard,
    Record,
    unpack,
)
from peakend.kernel.backups.shelves import Shelf
from peakend.kernel.lasting import write_whole
from peakend.kernel.lockbox import LockDamaged
from peakend.kernel.progress import Done

COMMIT = re.compile(r"COMMIT (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+) UTC")
STOPPED_AT = re.compile(r"(?:at|LSN) ([0-9A-F]+/[0-9A-F]+)")


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """What a look at a backup found; `faults` are wording keys with what they name.

    Units: `reaches_at` is the last commit that the archive has; not known where an encrypted one
    was not `opened`.
    """

    name: str
    at: datetime
    faults: list[tuple[str, str]]
    reaches_at: datetime | None
    segments: int
    files: int
    started: bool = False
    opened: bool = True

    @property
    def good(self) -> bool:
        """Say whether it can be put back whole."""
        return not self.faults


async def check(
    depot: Depot, record: Record, heard: Heard, identities: list[Identity] | None = None
) -> Checked:
    """Read a backup, its files and its archive to the end, and keep what was found.

    Errors: BackupProblem where the identities are of another one.
    """
    if identities:
        opening.need_identity(record, identities)
    faults = await asyncio.to_thread(changed, depot.backup(record.name), record, heard)
    if not faults and not record.recipient:
        faults += await _unlike_manifest(depot, record)
    hashes = listed(depot, record)
    shelf = Shelf(files=depot.files, recipient=record.recipient)
    faults += await asyncio.to_thread(_damaged_files, shelf, hashes, heard)
    heard("kernel.backups.reading_log", None)
    count, reaches_at, torn = await _log_of(depot, record, identities, heard)
    found = Checked(
        name=record.name, at=datetime.now(UTC), faults=faults + torn, reaches_at=reaches_at,
        segments=count, files=len(hashes), opened=bool(identities) or not record.recipient,
    )  # fmt: skip
    keep(depot, found)
    return found


def keep(depot: Depot, found: Checked) -> None:
    """Keep what a look found beside the backup."""
    with contextlib.suppress(OSError):  # a medium that can only be read is as good
        write_whole(depot.backup(found.name) / "checked.json", msgspec.json.encode(found))


def keep_started(depot: Depot, found: Checked) -> Checked:
    """Keep that a good backup was also started."""
    started = msgspec.structs.replace(found, started=True)
    keep(depot, started)
    return started


def last_check(depot: Depot, name: str) -> Checked | None:
    """Return what the last look at a backup found."""
    with contextlib.suppress(OSError, msgspec.MsgspecError):
        return msgspec.json.decode((depot.backup(name) / "checked.json").read_bytes(), type=Checked)
    return None


def listed(depot: Depot, record: Record) -> list[str]:
    """Return the hashes of the files that a backup names."""
    try:
        return (depot.backup(record.name) / "files.txt").read_text().split()
    except OSError:
        return []


async def _unlike_manifest(depot: Depot, record: Record) -> list[tuple[str, str]]:
    """Unpack every file in memory and compare it with the manifest, as PostgreSQL 18 can."""
    binaries = programs.found()
    if binaries.major < 18:
        return []  # the digests above were of the same bytes
    command = [binaries.program("pg_verifybackup"), "-q", "-n", "-F", "t"]
    # What is ours lies beside what the manifest knows.
    for name in ("backup.json", "checked.json", "files.txt", "secret.key"):
        command += ["-i", name]
    try:
        await programs.run([*command, str(depot.backup(record.name))])
    except BackupProblem as problem:
        return [("kernel.backups.fault_manifest", str(problem.params["said"]))]
    return []


def _damaged_files(shelf: Shelf, names: list[str], heard: Heard) -> list[tuple[str, str]]:
    faults = []
    for count, name in enumerate(names):
        whole = shelf.whole(name)
        if not whole:
            wording = "gone" if whole is None else "changed"
            faults.append((f"kernel.backups.fault_file_{wording}", name))
        if count % 100 == 0:
            heard("kernel.backups.reading_files", Done(count, len(names), "files"))
    return faults


async def _log_of(
    depot: Depot, record: Record, identities: list[Identity] | None, heard: Heard
) -> tuple[int, datetime | None, list[tuple[str, str]]]:
    """Read every record of the log from a backup's start on.

    Return how many segments there are, the last commit in them, and what is wrong. Of an
    encrypted one the base backup is opened and compared on the way, as the log is in it.
    """
    count = 0
    faults: list[tuple[str, str]] = []
    if record.recipient:
        count, faults = await asyncio.to_thread(opening.log_faults, depot, record, heard)
        if faults or not identities:
            return count, None, faults
    scratch = Path(tempfile.mkdtemp(prefix="peakend-log-"))
    try:
        if identities and record.recipient:
            faults = await asyncio.to_thread(
                opening.compare, depot, record, identities, scratch, heard
            )
            await asyncio.to_thread(
                opening.gather_pieces, depot, record, identities, scratch, heard
            )
        else:
            await asyncio.to_thread(gather_log, depot, record, scratch, heard, link=True)
        return await read_log(scratch, record, faults)
    except LockDamaged as error:
        return count, None, [*faults, ("kernel.backups.fault_changed", str(error))]
    except (tarfile.TarError, OSError, EOFError) as error:
        return count, None, [*faults, ("kernel.backups.fault_log_unreadable", str(error))]
    finally:
        await asyncio.to_thread(shutil.rmtree, scratch, ignore_errors=True)


async def read_log(
    folder: Path, record: Record, faults: list[tuple[str, str]]
) -> tuple[int, datetime | None, list[tuple[str, str]]]:
    """Go through the segments in a folder: whether they follow each other and are sound."""
    size, first = record.segment_bytes, first_of(record)
    names = sorted(name for name in os.listdir(folder) if segments.NAME.fullmatch(name))
    names = [name for name in names if name[:8] == first[:8] and name >= first]
    if not names or names[0] != first:
        return len(names), None, [*faults, ("kernel.backups.fault_log_gone", first)]
    if gap := segments.missing(names, size):
        return len(names), None, [*faults, ("kernel.backups.fault_log_gone", gap)]
    reaches_at, torn = await _read(folder, record, names)
    return len(names), reaches_at, [*faults, *torn]


def gather_log(depot: Depot, record: Record, target: Path, heard: Heard, *, link: bool) -> None:
    """Put together the log of a backup: what lies in it, then the archive's run after it.

    The newest segment, which the archive has not filled, stands there under its own name.
    """
    unpack(depot.backup(record.name) / "pg_wal.tar.gz", target)
    first = first_of(record)
    run = depot.wal(record.run)
    there = sorted(run.iterdir()) if run.is_dir() else []
    for count, path in enumerate(there):
        heard("kernel.backups.gathering", Done(count, len(there), "segments"))
        name = path.name.removesuffix(".partial")
        segment = segments.NAME.fullmatch(name)
        if not segment and not name.endswith(".history"):
            continue
        if segment and (name < first or path.stat().st_size != record.segment_bytes):
            continue
        stands = target / name
        if segment and stands.exists() and filled(stands) > filled(path):
            continue  # the archive has only begun on what the backup itself has more of
        stands.unlink(missing_ok=True)
        if link:
            stands.symlink_to(path)
        else:
            shutil.copyfile(path, stands)


async def _read(
    scratch: Path, record: Record, names: list[str]
) -> tuple[datetime | None, list[tuple[str, str]]]:
    """Let `pg_waldump` go through it: it stops where a record is not what its checksum says."""
    program = programs.found(record.postgres).program("pg_waldump")
    command = [program, "-p", str(scratch), "-t", str(record.timeline)]
    said = await _dumped([*command, "-q", "-s", record.start_lsn])
    # It always ends with "no record here"; that before the newest segment is a torn log.
    size, begun = record.segment_bytes, [one for one in names if filled(scratch / one)]
    stops = [segments.lsn(place) for place in STOPPED_AT.findall(said)]
    if stops and max(stops) < segments.start_of(begun[-1], size):
        torn = segments.name_at(record.timeline, max(stops), size)
        return None, [("kernel.backups.fault_log_torn", torn)]
    start = max(segments.start_of(names[-2:][0], size), segments.lsn(record.start_lsn))
    text = await _dumped(
        [*command, "-r", "Transaction", "-s", f"{start >> 32:X}/{start & 0xFFFFFFFF:X}"]
    )
    commits = COMMIT.findall(text)
    if not commits:
        return None, []
    return datetime.fromisoformat(commits[-1]).replace(tzinfo=UTC), []


async def _dumped(command: list[str]) -> str:
    try:
        return await programs.run(command)
    except BackupProblem as problem:
        # The end of a log is an error to this program; what it printed before is not kept then.
        return str(problem.params.get("printed", "")) + "\n" + str(problem.params["said"])
