"""Where the cluster lives and whom it runs as: its folder, its socket, its user, its lock."""

import contextlib
import fcntl
import hashlib
import json
import os
import pwd
import stat
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import IO

from peakend.kernel.errors import PeakendError

Progress = Callable[[str], None]
"""Hears the wording key of each step."""

SUPERUSER = "postgres"
DATABASE = "peakend"
# A socket's path may have 107 bytes; this is what PostgreSQL adds to its folder, and some room.
LONGEST_SOCKET_FOLDER = 107 - len("/.s.PGSQL.5432.lock")
ELSEWHERE = Path("/var/lib/peakend")
HALF_RESTORED = "restoring.mark"
"""Lies in a data directory for as long as a backup is being put there."""
UNPRIVILEGED = ("peakend", "postgres", "nobody")


class PostgresProblem(PeakendError):
    """The embedded database cannot be used; the wording says why and what to do."""

    status = 503
    wording = "kernel.postgres.failed"

    def __init__(self, wording: str, **params: object) -> None:
        self.wording = wording
        super().__init__(fields=None, **params)


@dataclass(frozen=True, kw_only=True)
class RunAs:
    """The user the server runs as; -1 means the one that we are."""

    uid: int
    gid: int


@dataclass(frozen=True, kw_only=True)
class Place:
    """Everything of one cluster on disk."""

    folder: Path
    socket_folder: Path
    log: Path  # not in the folder: what root writes must not lie where another user may link
    run_as: RunAs

    @property
    def cluster(self) -> Path:
        return self.folder / "cluster"

    def dsn(self, database: str = DATABASE) -> str:
        return f"postgresql://{SUPERUSER}@/{database}?host={self.socket_folder}"


def hold(data_dir: Path) -> IO[str]:
    """Take the data directory for this process; it is free again when the process ends in any way.

    Errors: PostgresProblem naming the holder.
    """
    try:
        make_folder(data_dir, 0o711 if os.geteuid() == 0 else 0o700)
        lock = open(data_dir / "peakend.lock", "a+", encoding="utf-8")  # noqa: SIM115
    except OSError as error:
        raise PostgresProblem(
            "kernel.postgres.folder_refused", folder=data_dir, reason=error.strerror
        ) from error
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError:
        lock.seek(0)
        holder = _read_holder(lock)
        lock.close()
        raise PostgresProblem("kernel.postgres.in_use", folder=data_dir, **holder) from None
    lock.truncate(0)
    now = datetime.now(UTC).astimezone().isoformat(sep=" ", timespec="seconds")
    json.dump({"pid": os.getpid(), "since": now}, lock)
    lock.flush()
    return lock


def make_folder(folder: Path, mode: int) -> None:
    """Make a folder where there is none; 711 lets others pass through, not look in.

    When we are root the server runs as another user and must get to its own folder below.
    """
    if not folder.is_dir():
        folder.parent.mkdir(parents=True, exist_ok=True)
        folder.mkdir(exist_ok=True)
        folder.chmod(mode)  # whatever the umask says


def _read_holder(lock: IO[str]) -> dict[str, object]:
    try:
        found = json.load(lock)
        return {"pid": int(found["pid"]), "since": str(found["since"])}
    except (ValueError, KeyError, TypeError):
        return {"pid": "?", "since": "?"}


def settle(data_dir: Path, progress: Progress) -> Place:
    """Return the place of the cluster of a data directory, made ready for the user it runs as."""
    data_dir = data_dir.resolve()
    folder, run_as = _chosen(data_dir)
    if folder != data_dir / "postgres" and _kept_folder(data_dir) is None:
        progress("kernel.postgres.moved")
        (data_dir / "postgres.location").write_text(str(folder), encoding="utf-8")
    _own_folder(folder, run_as)
    _own_folder(_socket_folder(folder), run_as)
    return _place(data_dir, folder, run_as)


def kept_dsn(data_dir: Path) -> str | None:
    """Return the address of the cluster of a data directory, None where there is no cluster yet."""
    data_dir = data_dir.resolve()
    folder = _kept_folder(data_dir) or data_dir / "postgres"
    place = _place(data_dir, folder, RunAs(uid=-1, gid=-1))
    return place.dsn() if place.cluster.exists() else None


def kept_cluster(data_dir: Path) -> Path:
    """Return where the cluster of a data directory is, or would be."""
    data_dir = data_dir.resolve()
    return (_kept_folder(data_dir) or data_dir / "postgres") / "cluster"


def _place(data_dir: Path, folder: Path, run_as: RunAs) -> Place:
    socket_folder, log = _socket_folder(folder), data_dir / "postgres.log"
    return Place(folder=folder, socket_folder=socket_folder, log=log, run_as=run_as)


def _chosen(data_dir: Path) -> tuple[Path, RunAs]:
    folder = _kept_folder(data_dir) or data_dir / "postgres"
    if os.geteuid() != 0:
        return folder, RunAs(uid=-1, gid=-1)
    run_as = _unprivileged(folder)
    if may_pass(folder, run_as):
        return folder, run_as
    # Root's home is closed to others: the server could not reach its own files there.
    name = hashlib.sha256(str(data_dir).encode()).hexdigest()[:12]
    return ELSEWHERE / name, run_as


def _kept_folder(data_dir: Path) -> Path | None:
    with contextlib.suppress(OSError):
        return Path((data_dir / "postgres.location").read_text(encoding="utf-8").strip())
    return None


def _unprivileged(folder: Path) -> RunAs:
    """The owner of the cluster if there is one already, else a user made for such things."""
    with contextlib.suppress(OSError):
        found = folder.stat()
        if found.st_uid:
            return RunAs(uid=found.st_uid, gid=found.st_gid)
    for name in UNPRIVILEGED:
        with contextlib.suppress(KeyError):
            user = pwd.getpwnam(name)
            return RunAs(uid=user.pw_uid, gid=user.pw_gid)
    raise PostgresProblem("kernel.postgres.no_user", users=", ".join(UNPRIVILEGED))


def may_pass(path: Path, run_as: RunAs) -> bool:
    """Say whether a user may go through every existing folder above a path."""
    if run_as.uid < 0:
        return True
    for parent in path.parents:
        try:
            found = parent.stat()
        except FileNotFoundError:
            continue
        if found.st_uid == run_as.uid:
            needed = stat.S_IXUSR
        elif found.st_gid == run_as.gid:
            needed = stat.S_IXGRP
        else:
            needed = stat.S_IXOTH
        if not found.st_mode & needed:
            return False
    return True


def _socket_folder(folder: Path) -> Path:
    inside = folder / "run"
    if len(os.fsencode(inside)) <= LONGEST_SOCKET_FOLDER:
        return inside
    base = os.environ.get("XDG_RUNTIME_DIR") if os.geteuid() else None
    name = "peakend-" + hashlib.sha256(os.fsencode(folder)).hexdigest()[:12]
    short = Path(base or tempfile.gettempdir()) / name
    # A long TMPDIR would only move the trouble.
    return short if len(os.fsencode(short)) <= LONGEST_SOCKET_FOLDER else Path("/tmp") / name  # noqa: S108


def _own_folder(folder: Path, run_as: RunAs) -> None:
    """Make a folder that only the server's user may enter; refuse one that a stranger made."""
    try:
        make_folder(folder.parent, 0o711)
        with contextlib.suppress(FileExistsError):
            folder.mkdir(mode=0o700)
            if run_as.uid >= 0:
                os.chown(folder, run_as.uid, run_as.gid, follow_symlinks=False)
        found = folder.lstat()
    except OSError as error:
        raise PostgresProblem(
            "kernel.postgres.folder_refused", folder=folder, reason=error.strerror
        ) from error
    owner = run_as.uid if run_as.uid >= 0 else os.geteuid()
    if not stat.S_ISDIR(found.st_mode) or found.st_uid != owner:
        raise PostgresProblem("kernel.postgres.foreign_folder", folder=folder)
    if stat.S_IMODE(found.st_mode) != 0o700:
        folder.chmod(0o700)
