"""Reading an encrypted backup: what can be seen without its identity, and what it opens to."""

import contextlib
import hashlib
import io
import tarfile
from collections.abc import Callable
from pathlib import Path

import msgspec
from pyrage.x25519 import Identity

from peakend.kernel.backups import pieces, segments
from peakend.kernel.backups.places import (
    BackupProblem,
    Depot,
    Heard,
    Record,
    digest_of,
    extract,
    need_harmless,
)
from peakend.kernel.backups.shipping import PART_BYTES, segment_pieces
from peakend.kernel.lockbox import LockDamaged
from peakend.kernel.progress import Done

BASE = "base.tar.gz.age"
WAL = "pg_wal/"
_BLOCK = 1 << 20
Faults = list[tuple[str, str]]


def need_identity(record: Record, identities: list[Identity]) -> None:
    """Make sure that one of these opens a backup. Errors: BackupProblem."""
    if not record.recipient:
        return
    if not identities:
        raise BackupProblem("kernel.backups.identity_needed", name=record.name)
    if all(str(one.to_public()) != record.recipient for one in identities):
        raise BackupProblem(
            "kernel.backups.identity_other", name=record.name, recipient=record.recipient
        )


def need_whole(depot: Depot, record: Record, identities: list[Identity], heard: Heard) -> None:
    """Look at every piece that a restore is going to open, before anything is written.

    Errors: BackupProblem.
    """
    need_identity(record, identities)
    faults = changed(depot.backup(record.name), record, heard)
    faults += log_faults(depot, record, heard)[1] if not faults else []
    _, parts = _log_pieces(depot, record)
    for path in (one for found in parts.values() for one in found):
        try:
            pieces.open_into(path, identities, io.BytesIO())
        except FileNotFoundError:
            continue  # finished a moment ago, where the centre still runs
        except LockDamaged:
            faults.append(("kernel.backups.fault_changed", path.name))
    if faults:
        raise BackupProblem("kernel.backups.piece_damaged", name=record.name, what=faults[0][1])


def changed(folder: Path, record: Record, heard: Heard) -> Faults:
    """Compare what lies in a backup with its record."""
    faults = []
    sizes = {name: _size(folder / name) for name in record.digests}
    total, read = sum(sizes.values()), 0

    def passed(count: int) -> None:
        heard("kernel.backups.reading", Done(read + count, total, "bytes"))

    for name, digest in record.digests.items():
        if not (folder / name).is_file():
            faults.append(("kernel.backups.fault_gone", name))
        elif digest_of(folder / name, passed) != digest:
            faults.append(("kernel.backups.fault_changed", name))
        read += sizes[name]
    return faults


def _size(path: Path) -> int:
    try:
        return path.stat().st_size
    except OSError:
        return 0


def first_of(record: Record) -> str:
    """Return the segment that a backup begins in."""
    return segments.name_at(record.timeline, segments.lsn(record.start_lsn), record.segment_bytes)


def log_faults(depot: Depot, record: Record, heard: Heard) -> tuple[int, Faults]:
    """Return how many segments follow each other from a backup on, and what is wrong with them.

    What lies in the backup itself counts; the sum of a piece is in its name.
    """
    size, name = record.segment_bytes, first_of(record)
    own, _ = segment_pieces(depot.backup(record.name), name)
    names = {one for one in own if "." not in one} or _inside(record)
    timeline = name[:8]
    whole, parts = segment_pieces(depot.wal(record.run), name)
    names |= {one for one in (*whole, *parts) if one[:8] == timeline and "." not in one}
    faults = []
    for count, path in enumerate(whole.values()):
        heard("kernel.backups.reading_log", Done(count, len(whole), "segments"))
        if not pieces.is_whole(path):
            faults.append(("kernel.backups.fault_changed", path.name))
    if gap := segments.missing(sorted(names), size):
        faults.append(("kernel.backups.fault_log_gone", gap))
    return len(names), faults


def _inside(record: Record) -> set[str]:
    """Return the segments that lie in the base itself, as in backups of former versions."""
    size, name = record.segment_bytes, first_of(record)
    last = segments.name_at(record.timeline, segments.lsn(record.end_lsn), size)
    names = {name}
    while name < last:
        names.add(name := segments.following(name, size))
    return names


def _log_pieces(depot: Depot, record: Record) -> tuple[dict[str, Path], dict[str, list[Path]]]:
    """Return the pieces of the log from a backup on: its own, then the archive's run after it."""
    own, _ = segment_pieces(depot.backup(record.name), first_of(record))
    whole, parts = segment_pieces(depot.wal(record.run), first_of(record))
    return own | whole, {name: found for name, found in parts.items() if name not in own}


def compare(
    depot: Depot, record: Record, identities: list[Identity], log: Path, heard: Heard
) -> Faults:
    """Open the base backup to its end and compare each file with its manifest.

    The log is unpacked where it lies in it, as in backups of former versions.
    """
    seen: dict[str, tuple[int, str]] = {}
    manifest = b""

    def look(packed: tarfile.TarFile, one: tarfile.TarInfo) -> None:
        nonlocal manifest
        source = packed.extractfile(one)
        if source is None:
            return
        if one.name.startswith(WAL):
            if (name := one.name.removeprefix(WAL)) == Path(name).name:
                with (log / name).open("wb") as out:
                    _pour(source.read, out.write)
        elif one.name == "backup_manifest":
            manifest = source.read()
        else:
            digest = hashlib.sha256()
            _pour(source.read, digest.update)
            seen[one.name] = (one.size, digest.hexdigest())

    try:
        _walk(depot, record, identities, look, heard)
        listed = msgspec.json.decode(manifest)["Files"]
    except (LockDamaged, tarfile.TarError, EOFError, msgspec.MsgspecError, KeyError):
        return [("kernel.backups.fault_changed", BASE)]
    wanted = {one.get("Path", ""): (one["Size"], one.get("Checksum")) for one in listed}
    wanted = {name: one for name, one in wanted.items() if not name.startswith(WAL)}
    unlike = sorted(name for name in wanted.keys() | seen if wanted.get(name) != seen.get(name))
    return [("kernel.backups.fault_manifest", "\n".join(unlike[:8]))] if unlike else []


def unpack_base(
    depot: Depot, record: Record, identities: list[Identity], target: Path, heard: Heard
) -> None:
    """Unpack the base backup. Errors: LockDamaged, tarfile.TarError, OSError."""

    _walk(depot, record, identities, lambda packed, one: extract(packed, one, target), heard)


def gather_pieces(
    depot: Depot, record: Record, identities: list[Identity], target: Path, heard: Heard
) -> None:
    """Open the log of a backup and the archive's run after it.

    Errors: LockDamaged, OSError.
    """
    for _ in range(2):
        with contextlib.suppress(FileNotFoundError):  # a part gave way to its whole segment
            _gather(depot, record, identities, target, heard)
            return
    _gather(depot, record, identities, target, heard)


def _gather(
    depot: Depot, record: Record, identities: list[Identity], target: Path, heard: Heard
) -> None:
    whole, parts = _log_pieces(depot, record)
    for count, (name, path) in enumerate(whole.items()):
        heard("kernel.backups.gathering", Done(count, len(whole), "segments"))
        with (target / name).open("wb") as out:
            pieces.open_into(path, identities, out)
            if "." not in name:
                out.truncate(record.segment_bytes)
    for name, found in parts.items():
        beside = target / f"{name}.parts"
        with beside.open("wb") as out:
            for path in found:
                out.seek(int(path.name.split(".")[2]) * PART_BYTES)
                pieces.open_into(path, identities, out)
            out.truncate(record.segment_bytes)
        stands = target / name
        if stands.exists() and filled(stands) > filled(beside):
            beside.unlink()  # the archive has only begun on what the backup itself has more of
        else:
            beside.rename(stands)


def filled(segment: Path) -> int:
    """Return how far a segment is written; the rest of it is zeros."""
    return len(segment.read_bytes().rstrip(b"\0"))


def settings_of(depot: Depot, record: Record, identities: list[Identity]) -> dict[str, str]:
    """Return what the centre was set to."""
    content = small(depot, record, identities, "settings.json")
    with contextlib.suppress(msgspec.MsgspecError):
        return msgspec.json.decode(content, type=dict[str, str])
    return record.settings


def small(depot: Depot, record: Record, identities: list[Identity], name: str) -> bytes:
    """Return what a small part of a backup says; nothing where there is none or it is closed."""
    path, out = depot.backup(record.name) / name, io.BytesIO()
    with contextlib.suppress(OSError, LockDamaged):
        if not record.recipient:
            return path.read_bytes()
        pieces.open_into(path.with_name(f"{name}{pieces.END}"), identities, out)
    return out.getvalue()


def _walk(
    depot: Depot,
    record: Record,
    identities: list[Identity],
    look: Callable[[tarfile.TarFile, tarfile.TarInfo], None],
    heard: Heard,
) -> None:
    base = depot.backup(record.name) / BASE
    size = base.stat().st_size

    def passed(count: int) -> None:
        heard("kernel.backups.opening", Done(count, size, "bytes"))

    with (
        pieces.opened(base, identities, passed) as stream,
        tarfile.open(fileobj=stream, mode="r|gz") as packed,
    ):
        for one in packed:
            need_harmless(one)
            look(packed, one)


def _pour(read: Callable[[int], bytes], write: Callable[[bytes], object]) -> None:
    while part := read(_BLOCK):
        write(part)
