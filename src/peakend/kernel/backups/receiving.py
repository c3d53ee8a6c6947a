"""The archive that runs on between backups: a stream of the log into the folder of backups.

PostgreSQL's own `pg_receivewal` writes and syncs it; the slot on the server keeps what it has not
received, up to `max_slot_wal_keep_size`: an archive that is away never fills the database's disk.
"""

import asyncio
import contextlib
import shutil
import subprocess
from datetime import UTC, datetime
from pathlib import Path

import asyncpg
import structlog

from peakend.kernel.backups import programs
from peakend.kernel.backups.places import (
    Archiving,
    BackupProblem,
    Depot,
    archiving,
    copy_bytes,
    place_in,
)
from peakend.kernel.backups.taking import OVERLAP, RESERVE_BYTES
from peakend.kernel.ledger import carry_ledger, ledger_in
from peakend.kernel.postgres import PostgresProblem, kept_dsn

LOOK_S = 1.0
AGAIN_S = 5.0
FILES_S = 20.0
END_S = 3

log = structlog.get_logger(__name__)


class Archiver:
    """Keeps the archive of one embedded database going; what stops it is told by the doctor."""

    def __init__(self, data_dir: Path) -> None:
        self._data_dir = data_dir
        self._process: subprocess.Popen[bytes] | None = None
        self._what: Archiving | None = None
        self._files_since: datetime | None = None
        self._pause_s = self._files_in_s = 0.0

    async def run(self, stop: asyncio.Event) -> None:
        """Keep looking until `stop` is set; the stream itself goes on until the server ends."""
        while not stop.is_set():
            try:
                await self._look()
            except OSError as error:  # the folder is gone, or no more processes: try again
                log.warning("the archive stands still", kind=type(error).__name__)
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), LOOK_S)

    async def _look(self) -> None:
        self._pause_s -= LOOK_S
        self._files_in_s -= LOOK_S
        what = archiving(self._data_dir)
        if what != self._what:
            await self._end()
            self._what, self._files_since = what, None
            self._pause_s = self._files_in_s = 0.0
        if what is None:
            return
        if self._full(what):
            await self._end()
        elif not self._alive() and self._pause_s <= 0:
            self._pause_s = AGAIN_S
            await self._begin(what)
        if self._files_in_s <= 0:
            self._files_in_s = FILES_S
            await self._copy_files(Depot(Path(what.depot)))
            if Depot(Path(what.depot)).wal(what.run).is_dir():
                ledger = ledger_in(self._data_dir / "files")
                await asyncio.to_thread(carry_ledger, ledger, ledger_in(Path(what.depot)))

    async def close(self) -> None:
        """Let the last of the log arrive (the server has ended by now), then end the stream."""
        if self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                await asyncio.to_thread(self._process.wait, END_S)
        await self._end()

    def _alive(self) -> bool:
        return self._process is not None and self._process.poll() is None

    def _full(self, what: Archiving) -> bool:
        try:
            return shutil.disk_usage(what.depot).free < RESERVE_BYTES
        except OSError:
            return True

    async def _begin(self, what: Archiving) -> None:
        folder = Depot(Path(what.depot)).wal(what.run)
        if not folder.is_dir() or self._full(what):
            return  # a disk that is not mounted must not be taken for an empty archive
        drop_half(folder)
        try:
            program = programs.found(data_dir=self._data_dir).program("pg_receivewal")
        except PostgresProblem as problem:
            log.warning("no program for the archive", wording=problem.wording)
            return
        command = [
            program,
            "-d",
            (kept_dsn(self._data_dir) or ""),
            "-D",
            str(folder),
            "-S",
            what.slot,
            "-n",
            "-w",
        ]
        self._process = await asyncio.to_thread(
            subprocess.Popen,
            programs.tied([*command, "--synchronous"]),
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
            env=programs.environment(),
            start_new_session=True,  # Ctrl-C goes to us, and the server ends before its archive
        )

    async def _end(self) -> None:
        process, self._process = self._process, None
        if process is None or process.poll() is not None:
            return
        process.terminate()
        try:
            await asyncio.to_thread(process.wait, END_S)
        except subprocess.TimeoutExpired:
            process.kill()

    async def _copy_files(self, depot: Depot) -> None:
        """Copy the bytes of files that were put in since the last look."""
        now = datetime.now(UTC)
        try:
            since = self._files_since or _newest_backup(depot)
            hashes = await self._hashes(since - OVERLAP)
            await asyncio.to_thread(self._copy, depot, hashes)
        except (OSError, TimeoutError, asyncpg.PostgresError, BackupProblem) as error:
            log.warning("files were not copied to the archive", kind=type(error).__name__)
            return
        self._files_since = now

    async def _hashes(self, since: datetime) -> list[str]:
        connection = await asyncpg.connect((kept_dsn(self._data_dir) or ""), timeout=5)
        try:
            rows = await connection.fetch(
                "SELECT unnest(ARRAY[sha256, thumb_sha256]) FROM file WHERE created_at > $1", since
            )
        finally:
            await connection.close()
        return [row[0] for row in rows if row[0]]

    def _copy(self, depot: Depot, hashes: list[str]) -> None:
        for sha256 in hashes:
            source = place_in(self._data_dir / "files", sha256)
            target = place_in(depot.files, sha256)
            if target.exists():
                target.touch()  # put in once more: it is young again, and stays
            elif source.exists():
                copy_bytes(source, target)


def drop_half(folder: Path) -> None:
    """Remove a segment whose making was cut short; the slot still has all of it.

    `pg_receivewal` goes on in a whole one and refuses any other size.
    """
    sizes = {path.stat().st_size for path in folder.iterdir() if len(path.name) == 24}
    for path in folder.glob("*.partial"):
        size = path.stat().st_size
        if size & (size - 1) or size < 1 << 20 or (sizes and size not in sizes):
            path.unlink()


def _newest_backup(depot: Depot) -> datetime:
    records = depot.records()
    return records[-1].began_at if records else datetime.now(UTC)
