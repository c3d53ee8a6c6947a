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

from peakend.kernel.backups import programs, segments
from peakend.kernel.backups.places import (
    BackupProblem,
    Depot,
    Heard,
    Record,
    digest_of,
    place_in,
    unpack,
    write_whole,
)

COMMIT = re.compile(r"COMMIT (\d{4}-\d\d-\d\d \d\d:\d\d:\d\d\.\d+) UTC")
STOPPED_AT = re.compile(r"(?:at|LSN) ([0-9A-F]+/[0-9A-F]+)")


class Checked(msgspec.Struct, frozen=True, kw_only=True):
    """What a look at a backup found; `faults` are wording keys with what they name.

    Units: `reaches_at` is the last commit that the archive has.
    """

    name: str
    at: datetime
    faults: list[tuple[str, str]]
    reaches_at: datetime | None
    segments: int
    files: int
    started: bool = False

    @property
    def good(self) -> bool:
        """Say whether it can be put back whole."""
        return not self.faults


async def check(depot: Depot, record: Record, heard: Heard) -> Checked:
    """Read a backup, its files and its archive to the end, and keep what was found."""
    faults: list[tuple[str, str]] = []
    heard("kernel.backups.reading", None)
    faults += await asyncio.to_thread(_changed, depot.backup(record.name), record)
    if not faults:
        faults += await _unlike_manifest(depot, record)
    hashes = listed(depot, record)
    faults += await asyncio.to_thread(_damaged_files, depot, hashes, heard)
    heard("kernel.backups.reading_log", None)
    count, reaches_at, torn = await read_log(depot, record)
    faults += torn
    found = Checked(
        name=record.name, at=datetime.now(UTC), faults=faults, reaches_at=reaches_at,
        segments=count, files=len(hashes),
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


def _changed(folder: Path, record: Record) -> list[tuple[str, str]]:
    faults = []
    for name, digest in record.digests.items():
        if not (folder / name).is_file():
            faults.append(("kernel.backups.fault_gone", name))
        elif digest_of(folder / name) != digest:
            faults.append(("kernel.backups.fault_changed", name))
    return faults


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


def _damaged_files(depot: Depot, hashes: list[str], heard: Heard) -> list[tuple[str, str]]:
    faults = []
    for count, sha256 in enumerate(hashes):
        path = place_in(depot.files, sha256)
        if not path.is_file():
            faults.append(("kernel.backups.fault_file_gone", sha256))
        elif digest_of(path) != sha256:
            faults.append(("kernel.backups.fault_file_changed", sha256))
        if count % 100 == 0:
            heard("kernel.backups.reading_files", count / len(hashes))
    return faults


async def read_log(
    depot: Depot, record: Record
) -> tuple[int, datetime | None, list[tuple[str, str]]]:
    """Read every record of the log from a backup's start on.

    Return how many segments there are, the last commit in them, and what is wrong.
    """
    scratch = Path(tempfile.mkdtemp(prefix="peakend-log-"))
    try:
        await asyncio.to_thread(gather_log, depot, record, scratch, link=True)
        size = record.segment_bytes
        names = sorted(name for name in os.listdir(scratch) if segments.NAME.match(name))
        first = segments.name_at(record.timeline, segments.lsn(record.start_lsn), size)
        names = [name for name in names if name[:8] == first[:8] and name >= first]
        if not names or names[0] != first:
            return len(names), None, [("kernel.backups.fault_log_gone", first)]
        if gap := segments.missing(names, size):
            return len(names), None, [("kernel.backups.fault_log_gone", gap)]
        return len(names), *await _read(scratch, record, names)
    except (tarfile.TarError, OSError, EOFError) as error:
        return 0, None, [("kernel.backups.fault_log_unreadable", str(error))]
    finally:
        shutil.rmtree(scratch, ignore_errors=True)


def gather_log(depot: Depot, record: Record, target: Path, *, link: bool) -> None:
    """Put together the log of a backup: what lies in it, then the archive's run after it.

    The newest segment, which the archive has not filled, stands there under its own name.
    """
    unpack(depot.backup(record.name) / "pg_wal.tar.gz", target)
    first = segments.name_at(record.timeline, segments.lsn(record.start_lsn), record.segment_bytes)
    run = depot.wal(record.run)
    for path in sorted(run.iterdir()) if run.is_dir() else ():
        name = path.name.removesuffix(".partial")
        segment = segments.NAME.fullmatch(name)
        if not segment and not name.endswith(".history"):
            continue
        if segment and (name < first or path.stat().st_size != record.segment_bytes):
            continue
        stands = target / name
        if segment and stands.exists() and _filled(stands) > _filled(path):
            continue  # the archive has only begun on what the backup itself has more of
        stands.unlink(missing_ok=True)
        if link:
            stands.symlink_to(path)
        else:
            shutil.copyfile(path, stands)


def _filled(segment: Path) -> int:
    """Return how far a segment is written; the rest of it is zeros."""
    return len(segment.read_bytes().rstrip(b"\0"))


async def _read(
    scratch: Path, record: Record, names: list[str]
) -> tuple[datetime | None, list[tuple[str, str]]]:
    """Let `pg_waldump` go through it: it stops where a record is not what its checksum says."""
    program = programs.found(record.postgres).program("pg_waldump")
    command = [program, "-p", str(scratch), "-t", str(record.timeline)]
    said = await _dumped([*command, "-q", "-s", record.start_lsn])
    # It always ends with "no record here"; that before the newest segment is a torn log.
    size, begun = record.segment_bytes, [one for one in names if _filled(scratch / one)]
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
