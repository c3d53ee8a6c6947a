"""What lies where: the folder of backups, each backup's record, what a data directory remembers."""

import contextlib
import fcntl
import hashlib
import hmac
import os
import shutil
import tarfile
import tempfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

import msgspec

from peakend.kernel.errors import PeakendError
from peakend.kernel.lasting import write_whole
from peakend.kernel.progress import Done

Heard = Callable[[str, float | Done | None], None]
"""Hears the wording key of each step and how much of it is done."""

SLOTS = "peakend_archive_"
FORMAT = 1


class BackupProblem(PeakendError):
    """A backup cannot be made, read or put back; the wording says why and what to do."""

    status = 503
    wording = "kernel.backups.failed"

    def __init__(self, wording: str, **params: object) -> None:
        self.wording = wording
        super().__init__(fields=None, **params)


class Record(msgspec.Struct, frozen=True, kw_only=True):
    """What a backup says of itself (`backup.json`).

    Units: bytes as read from the database; `tables` is the revision, `postgres` the major version.
    With a `recipient` it is encrypted, and `digests` are of what lies there.
    """

    format: int
    name: str
    version: str
    tables: str
    postgres: int
    run: str
    began_at: datetime
    ended_at: datetime
    timeline: int
    start_lsn: str
    segment_bytes: int
    database_bytes: int
    files: int
    files_damaged: int
    key: str
    key_inside: bool
    settings: dict[str, str]
    digests: dict[str, str]
    end_lsn: str = ""
    recipient: str = ""


class Archiving(msgspec.Struct, frozen=True, kw_only=True):
    """Where a data directory's archive goes (`archive.json`); each run has a slot of its own."""

    depot: str
    run: str
    recipient: str = ""

    @property
    def slot(self) -> str:
        """Return the name of the replication slot."""
        return SLOTS + self.run


@dataclass(frozen=True)
class Depot:
    """A folder of backups: one folder each, the bytes of files once for all, the archive's runs."""

    folder: Path

    @property
    def files(self) -> Path:
        """Return where the bytes of files are kept, by their hash."""
        return self.folder / "files"

    def backup(self, name: str) -> Path:
        """Return the folder of a backup."""
        return self.folder / name

    def wal(self, run: str) -> Path:
        """Return the folder of a run of the archive."""
        return self.folder / "wal" / run

    def records(self) -> list[Record]:
        """Return the whole backups that are here, oldest first."""
        found = []
        for path in sorted(self.folder.glob("*/backup.json")):
            with contextlib.suppress(OSError, msgspec.MsgspecError):
                found.append(msgspec.json.decode(path.read_bytes(), type=Record))
        return sorted(found, key=lambda one: one.ended_at)

    def need(self, name: str | None) -> Record:
        """Return a backup by name, or the newest. Errors: BackupProblem."""
        records = self.records()
        if not records:
            raise BackupProblem("kernel.backups.none", folder=self.folder)
        if name is None:
            return records[-1]
        for one in records:
            if one.name == name:
                return one
        raise BackupProblem("kernel.backups.unknown", name=name, folder=self.folder)

    @contextlib.contextmanager
    def held(self) -> Iterator[None]:
        """Keep every other maker of backups out for the while. Errors: BackupProblem."""
        try:
            own_folder(self.folder)
            lock = open(self.folder / ".lock", "a+", encoding="utf-8")  # noqa: SIM115
        except OSError as error:
            raise BackupProblem(
                "kernel.backups.folder_refused", folder=self.folder, reason=error.strerror
            ) from error
        with lock:
            try:
                fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
            except OSError:
                raise BackupProblem("kernel.backups.busy", folder=self.folder) from None
            yield


def archiving(data_dir: Path) -> Archiving | None:
    """Return where the archive of a data directory goes; None before its first backup."""
    with contextlib.suppress(OSError, msgspec.MsgspecError):
        return msgspec.json.decode((data_dir / "archive.json").read_bytes(), type=Archiving)
    return None


def remember(data_dir: Path, what: Archiving) -> None:
    """Keep where the archive goes."""
    write_whole(data_dir / "archive.json", msgspec.json.encode(what))


def fingerprint(key: bytes) -> str:
    """Return by what a master key is recognised without being known."""
    return hmac.digest(key, b"peakend/backup", "sha256").hex()[:32]


def own_folder(folder: Path) -> None:
    """Make a folder that only we may enter."""
    if not folder.is_dir():
        folder.mkdir(parents=True, exist_ok=True)
        folder.chmod(0o700)


def digest_of(path: Path, passed: Callable[[int], None] = lambda _: None) -> str:
    """Return the SHA-256 of a file, read whole; `passed` hears how many bytes were read."""
    digest, count = hashlib.sha256(), 0
    with path.open("rb") as source:
        while part := source.read(4 << 20):
            digest.update(part)
            passed(count := count + len(part))
    return digest.hexdigest()


def copy_bytes(source: Path, target: Path) -> bool:
    """Copy bytes that stand under their hash, lasting; say whether they are what the name says."""
    if digest_of(source) != source.name:
        return False
    target.parent.mkdir(parents=True, exist_ok=True, mode=0o700)
    descriptor, temporary = tempfile.mkstemp(dir=target.parent, prefix=".")
    with os.fdopen(descriptor, "wb") as out, source.open("rb") as read:
        shutil.copyfileobj(read, out, 1 << 20)
        out.flush()
        os.fsync(out.fileno())
    os.replace(temporary, target)
    return True


def stored(files: Path) -> Iterator[Path]:
    """Yield the files of a store that stands under hashes: aa/bb/aabb…"""
    for path in files.glob("[0-9a-f][0-9a-f]/[0-9a-f][0-9a-f]/*"):
        if len(path.name) == 64:
            yield path


def place_in(files: Path, sha256: str) -> Path:
    """Return where bytes of a hash stand in a store."""
    return files / sha256[:2] / sha256[2:4] / sha256


def need_harmless(member: tarfile.TarInfo) -> None:
    """Make a member ours, where it is a plain file or folder inside. Errors: tarfile.TarError."""
    plain = member.isreg() or member.isdir()
    if not plain or member.name.startswith("/") or ".." in Path(member.name).parts:
        raise tarfile.TarError(member.name)
    member.uid, member.gid, member.uname, member.gname = os.getuid(), os.getgid(), "", ""


def unpack(archive: Path, target: Path, passed: Callable[[int, int], None] | None = None) -> None:
    """Unpack plain files and folders, none of which leads out of the target.

    `passed` hears how many bytes of all are unpacked.

    Errors: tarfile.TarError for anything else.
    """
    with tarfile.open(archive) as packed:
        members = packed.getmembers()
        for one in members:
            need_harmless(one)
        total, count = sum(one.size for one in members), 0
        for one in members:
            extract(packed, one, target)
            count += one.size
            if passed:
                passed(count, total)


def extract(packed: tarfile.TarFile, member: tarfile.TarInfo, target: Path) -> None:
    """Unpack a member that was found harmless."""
    # Python before 3.11.4 has no filter; what it would refuse was refused before.
    if hasattr(tarfile, "data_filter"):
        packed.extract(member, target, filter="data")
    else:
        packed.extract(member, target)
