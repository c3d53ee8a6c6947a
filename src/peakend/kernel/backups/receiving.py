"""The archive that runs on between backups: a stream of the log into the folder of backups.

PostgreSQL's own `pg_receivewal` writes and syncs it; the slot on the server keeps what it has not
received, up to `max_slot_wal_keep_size`: an archive that is away never fills the database's disk.
For an encrypted folder it writes into a spool beside the database, and pieces go from there.
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
    own_folder,
    place_in,
)
from peakend.kernel.backups.shelves import Shelf
from peakend.kernel.backups.shipping import Shipper, drop_unfinished, spool_in
from peakend.kernel.backups.taking import OVERLAP, RESERVE_BYTES
from peakend.kernel.ledger import carry_ledger, ledger_in
from peakend.kernel.postgres import PostgresProblem, kept_dsn
from peakend.kernel.settings import settings

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
        self._shipper: Shipper | None = None
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
            await self._changed(what)
            self._pause_s = self._files_in_s = 0.0
        if what is None:
            return
        if self._full(what) or await self._behind(what):
            await self._end()
        elif not self._alive() and self._pause_s <= 0:
            self._pause_s = AGAIN_S
            await self._begin(what)
        # What is not mounted must not be filled beneath its mount point.
        if self._files_in_s <= 0 and Depot(Path(what.depot)).wal(what.run).is_dir():
            self._files_in_s = FILES_S
            await self._copy_files(what)
            ledger = ledger_in(self._data_dir / "files")
            await asyncio.to_thread(carry_ledger, ledger, ledger_in(Path(what.depot)))

    async def close(self) -> None:
        """Let the last of the log arrive (the server has ended by now), then end the stream."""
        if self._process is not None:
            with contextlib.suppress(subprocess.TimeoutExpired):
                await asyncio.to_thread(self._process.wait, END_S)
        await self._end()
        await self._last_words()

    async def _changed(self, what: Archiving | None) -> None:
        """Turn to another folder or run; of the one before, what was received still goes out."""
        await self._end()
        await self._last_words()
        self._what, self._files_since, self._shipper = what, None, None
        spools = self._data_dir / "archive"
        if what is None or not spools.is_dir():
            return
        for folder in spools.iterdir():
            if folder.name != what.run:
                shutil.rmtree(folder, ignore_errors=True)

    async def _last_words(self) -> None:
        if self._shipper is not None:
            with contextlib.suppress(OSError):  # it waits in the spool, and goes out next time
                await asyncio.to_thread(self._shipper.ship)

    async def _behind(self, what: Archiving) -> bool:
        """Carry what waits in the spool; say whether the stream has to wait for it."""
        if not what.recipient:
            return False
        run, spool = Depot(Path(what.depot)).wal(what.run), spool_in(self._data_dir, what.run)
        if not run.is_dir():
            return True  # not mounted: what the spool cannot pass on stays with the slot
        if self._shipper is None:
            own_folder(spool.parent)
            own_folder(spool)
            await asyncio.to_thread(drop_unfinished, run)
            self._shipper = Shipper(spool, run, what.recipient)
        try:
            return bool(await asyncio.to_thread(self._shipper.ship))
        except OSError:
            await self._end()
            raise

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
        if what.recipient:
            folder = spool_in(self._data_dir, what.run)
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

    async def _copy_files(self, what: Archiving) -> None:
        """Copy the bytes of files that were put in since the last look."""
        now = datetime.now(UTC)
        try:
            since = self._files_since or _newest_backup(Depot(Path(what.depot)))
            hashes = await self._hashes(since - OVERLAP)
            await asyncio.to_thread(self._copy, what, hashes)
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

    def _copy(self, what: Archiving, hashes: list[str]) -> None:
        files = Depot(Path(what.depot)).files
        shelf = Shelf(files=files, recipient=what.recipient, key=settings.key)
        for sha256 in hashes:
            source = place_in(self._data_dir / "files", sha256)
            target = shelf.at(shelf.name(sha256))
            if target is not None:
                target.touch()  # put in once more: it is young again, and stays
            elif source.exists():
                shelf.put(source)


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
