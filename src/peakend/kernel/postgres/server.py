"""The supervisor of the embedded PostgreSQL."""

import asyncio
import contextlib
import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Mapping
from pathlib import Path
from typing import IO

import asyncpg

from peakend.kernel.postgres import launch
from peakend.kernel.postgres.binaries import Binaries, find_binaries
from peakend.kernel.postgres.memory import buffers_mb, memory_bytes
from peakend.kernel.postgres.places import (
    DATABASE,
    HALF_RESTORED,
    SUPERUSER,
    Place,
    PostgresProblem,
    Progress,
    hold,
    settle,
)

# What must be so: who reaches the server, and that its log has no personal data, neither statements
# nor the DETAIL line with a row's values.
FIRM = {
    "listen_addresses": "",
    "unix_socket_permissions": "0700",
    "log_min_error_statement": "panic",
    "log_error_verbosity": "terse",
}
# Meant for one machine that also does other things. What the operator wants otherwise is set with
# ALTER SYSTEM or an own server behind PEAKEND_DATABASE_URL.
SETTINGS = {
    "effective_cache_size": "512MB",
    "work_mem": "8MB",
    "maintenance_work_mem": "64MB",
    "max_connections": "60",
    "max_parallel_workers_per_gather": "0",  # /dev/shm of a container is too small for it
    "jit": "off",
    "random_page_cost": "1.1",
    "wal_level": "replica",
    "wal_compression": "on",
    "max_wal_size": "1GB",
    # An archive that is away holds back this much log; then it has a gap, and the centre goes on.
    "max_slot_wal_keep_size": "4GB",
    "autovacuum_naptime": "20s",
    "log_checkpoints": "off",
}
SETTINGS_BY_MAJOR = {18: {"io_method": "sync"}}  # without three more processes for one machine
LARGEST_LOG_BYTES = 10_000_000
PATIENCE_S = 120
STOP_S = 10


class EmbeddedPostgres:
    """One cluster under a data directory, alive exactly as long as this process wants it.

    `settings` are added to the server's own, `durable=False` is for tests only, `restoring` is
    for who puts a backup back.
    """

    def __init__(
        self,
        data_dir: Path,
        *,
        settings: Mapping[str, str] | None = None,
        durable: bool = True,
        restoring: bool = False,
    ) -> None:
        self._data_dir = data_dir
        self._settings = dict(settings or {})
        self._durable = durable
        self._restoring = restoring
        self._lock: IO[str] | None = None
        self._place: Place | None = None
        self._server: subprocess.Popen[bytes] | None = None

    async def start(self, progress: Progress = lambda wording: None) -> str:
        """Start the server, make the cluster first where there is none; return its address.

        The address is the superuser's: it is for roles and migrations, the app has its own role.
        Errors: PostgresProblem.
        """
        self._lock = await _hold_soon(self._data_dir)
        try:
            if not self._restoring and (self._data_dir / HALF_RESTORED).exists():
                raise PostgresProblem("kernel.postgres.half_restored", folder=self._data_dir)
            place = self._place = settle(self._data_dir, progress)
            binaries = find_binaries(place.cluster, place.run_as)
            if place.cluster.exists():
                await self._end_orphan(binaries, progress)
                progress("kernel.postgres.starting")
                await self._serve(binaries, progress)
            else:
                await self._create(binaries, progress)
            await self._need_database()
        except BaseException:
            await self.stop()
            raise
        return place.dsn()

    async def stop(self) -> None:
        """Stop the server (fast shutdown) and free the data directory."""
        server, self._server = self._server, None
        if server is not None:
            for way in (signal.SIGINT, signal.SIGQUIT, signal.SIGKILL):
                if server.poll() is None:
                    server.send_signal(way)
                try:
                    await asyncio.to_thread(server.wait, STOP_S)
                    break
                except subprocess.TimeoutExpired:
                    continue
        if self._lock is not None:
            self._lock.close()
            self._lock = None

    async def _create(self, binaries: Binaries, progress: Progress) -> None:
        """Make a cluster whose locale knows Chinese letters, and start it."""
        place = self._need_place()
        progress("kernel.postgres.creating")
        for choice in _locales(binaries.major):
            if not await asyncio.to_thread(self._initialise, binaries, choice):
                continue
            progress("kernel.postgres.starting")
            await self._serve(binaries, progress)
            if await _knows_chinese(place):
                return
            lock, self._lock = self._lock, None
            await self.stop()
            self._lock = lock
            await asyncio.to_thread(shutil.rmtree, place.cluster)
        raise PostgresProblem("kernel.postgres.no_locale", log=place.log)

    def _initialise(self, binaries: Binaries, locale: list[str]) -> bool:
        """Run initdb beside the final name, so that half a cluster is never taken for one."""
        place = self._need_place()
        making = place.folder / "cluster.new"
        shutil.rmtree(making, ignore_errors=True)
        command = [binaries.program("initdb"), "-D", str(making), "-U", SUPERUSER, "-A", "trust"]
        command += ["-E", "UTF8", "--data-checksums", *locale]
        if not self._durable:
            command.append("--no-sync")
        _fresh_log(place)
        with place.log.open("ab") as log:
            done = subprocess.run(
                self._as_user(command, parent=0), stdout=log, stderr=log, env=_environment()
            )
        if done.returncode:
            return False
        making.rename(place.cluster)
        return True

    async def _serve(self, binaries: Binaries, progress: Progress) -> None:
        place = self._need_place()
        deadline = time.monotonic() + PATIENCE_S
        told = time.monotonic() + 3
        tries = 1
        _clear_leftovers(place)
        self._spawn(binaries)
        while not await _answers(place):
            if self._server is not None and self._server.poll() is not None:
                # A server that is just ending stands in the way: its lock goes with it.
                in_the_way = _clear_leftovers(place)
                if time.monotonic() > deadline or (tries > 1 and not in_the_way):
                    raise PostgresProblem("kernel.postgres.failed", log=_tail(place.log))
                tries += 1
                await asyncio.sleep(0.2)
                self._spawn(binaries)
            if time.monotonic() > told:
                told = deadline
                progress("kernel.postgres.recovering")
            # Each try is a line in the server's log: long recoveries are asked less often.
            await asyncio.sleep(0.02 if told != deadline else 0.25)

    def _spawn(self, binaries: Binaries) -> None:
        place = self._need_place()
        command = [binaries.program("postgres"), "-D", str(place.cluster)]
        firm = {
            **FIRM,
            "unix_socket_directories": str(place.socket_folder),
            "config_file": str(_written(place.cluster, binaries.major)),
        }
        for name, value in (firm | self._settings).items():
            command += ["-c", f"{name}={value}"]
        _fresh_log(place)
        with place.log.open("ab") as log:
            # Own session: Ctrl-C at the terminal goes to us, and we stop the server last.
            self._server = subprocess.Popen(
                self._as_user(command, parent=os.getpid()),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                env=_environment(),
                start_new_session=True,
            )

    async def _end_orphan(self, binaries: Binaries, progress: Progress) -> None:
        """Stop a server that outlived its Peakend: nobody would end it with us otherwise."""
        place = self._need_place()
        if not (place.cluster / "postmaster.pid").exists() or not await _answers(place):
            return
        progress("kernel.postgres.ending_orphan")
        command = [binaries.program("pg_ctl"), "stop", "-D", str(place.cluster), "-m", "fast"]
        with place.log.open("ab") as log:
            await asyncio.to_thread(
                subprocess.run,
                self._as_user([*command, "-t", "30"], parent=0),
                stdout=log,
                stderr=log,
                env=_environment(),
            )

    async def _need_database(self) -> None:
        connection = await asyncpg.connect(self._need_place().dsn("postgres"), timeout=10)
        try:
            found = "SELECT 1 FROM pg_database WHERE datname = $1"
            if not await connection.fetchval(found, DATABASE):
                await connection.execute(f"CREATE DATABASE {DATABASE}")
        finally:
            await connection.close()

    def _as_user(self, command: list[str], *, parent: int) -> list[str]:
        run_as = self._need_place().run_as
        launcher = [sys.executable, "-I", "-S", launch.__file__, str(parent)]
        return [*launcher, str(run_as.uid), str(run_as.gid), *command]

    def _need_place(self) -> Place:
        assert self._place is not None
        return self._place


def _written(cluster: Path, major: int) -> Path:
    """Write what we set beside what `initdb` did, below what ALTER SYSTEM says; return the file."""
    settings = {
        **SETTINGS,
        **SETTINGS_BY_MAJOR.get(major, {}),
        "shared_buffers": f"{buffers_mb(memory_bytes())}MB",
    }
    lines = [f"{name} = '{value}'\n" for name, value in settings.items()]
    file = cluster / "peakend.conf"
    beside = file.with_suffix(".new")
    beside.write_text("include_if_exists = 'postgresql.conf'\n" + "".join(lines))
    beside.chmod(0o644)
    beside.replace(file)
    return file


async def _hold_soon(data_dir: Path) -> IO[str]:
    """Take the data directory; one that is just being ended gets a moment to go."""
    for _ in range(20):
        with contextlib.suppress(PostgresProblem):
            return hold(data_dir)
        await asyncio.sleep(0.05)
    return hold(data_dir)


def _locales(major: int) -> list[list[str]]:
    """The ways to have a locale in which Chinese characters are letters, best first."""
    if major >= 17:
        return [["--locale-provider=builtin", "--locale=C.UTF-8"]]
    plain = [[f"--locale={name}"] for name in ("C.UTF-8", "en_US.UTF-8", "zh_CN.UTF-8")]
    return [*plain, ["--locale-provider=icu", "--icu-locale=und", "--locale=C"]]


async def _knows_chinese(place: Place) -> bool:
    connection = await asyncpg.connect(place.dsn("postgres"), timeout=10)
    try:
        await connection.execute("CREATE EXTENSION IF NOT EXISTS pg_trgm")
        return bool(await connection.fetchval("SELECT show_trgm('中文') <> '{}'"))
    finally:
        await connection.execute("DROP EXTENSION IF EXISTS pg_trgm")
        await connection.close()


async def _answers(place: Place) -> bool:
    """Say whether the server takes connections; still starting or already stopping is a no."""
    try:
        connection = await asyncpg.connect(place.dsn("postgres"), timeout=5)
    except (OSError, TimeoutError, asyncpg.CannotConnectNowError, asyncpg.PostgresConnectionError):
        return False
    with contextlib.suppress(OSError, asyncpg.PostgresError):
        await connection.close(timeout=2)
    return True


def _clear_leftovers(place: Place) -> bool:
    """Remove PostgreSQL's lock files that a crash left; say whether a live server holds one.

    PostgreSQL keeps them when any process has the id they name, which after a restart of a
    container is likely. We hold the data directory and nobody answered, so we may look closer.
    """
    held = False
    for lock_file in (
        place.cluster / "postmaster.pid",
        place.socket_folder / ".s.PGSQL.5432.lock",
    ):
        if _holds(lock_file, place.cluster):
            held = True
        else:
            lock_file.unlink(missing_ok=True)
    return held


def _holds(lock_file: Path, cluster: Path) -> bool:
    """Say whether the process named in PostgreSQL's lock file really works in this cluster."""
    try:
        pid = int(lock_file.read_text().split("\n", 1)[0])
        if sys.platform == "linux":
            return Path(f"/proc/{pid}/cwd").resolve(strict=True) == cluster.resolve()
        os.kill(pid, 0)
    except (OSError, ValueError):
        return False
    return True


def _environment() -> dict[str, str]:
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "TZ": "UTC"}


def _fresh_log(place: Place) -> None:
    with contextlib.suppress(OSError):
        if place.log.stat().st_size > LARGEST_LOG_BYTES:
            place.log.replace(place.log.with_suffix(".log.1"))


def _tail(log: Path) -> str:
    with contextlib.suppress(OSError):
        return "\n".join(log.read_text("utf-8", errors="replace").splitlines()[-12:])
    return ""
