"""The log of an encrypted base backup, received while it is taken, however long it becomes.

The server keeps only so much of it for whoever is behind; this one is not. `pg_receivewal` writes
into a spool beside the database, and each finished segment goes out as a piece of the backup.
"""

import asyncio
import contextlib
import shutil
from collections.abc import AsyncIterator
from pathlib import Path
from uuid import uuid4

import asyncpg

from peakend.kernel.backups import pieces, programs, segments
from peakend.kernel.backups.places import BackupProblem, own_folder
from peakend.kernel.backups.shipping import Shipper

SLOTS = "peakend_taking_"
LOOK_S = 0.1
_LEFT = """
SELECT slot_name FROM pg_replication_slots WHERE starts_with(slot_name, $1) AND NOT active
"""


class OwnLog:
    """What of the log has arrived; `start` is where it begins."""

    def __init__(
        self, process: asyncio.subprocess.Process, shipper: Shipper, part: Path, start: str
    ) -> None:
        self.start = start
        self._process, self._shipper, self._part = process, shipper, part
        self._last, self._over = "", False
        self._carrying = asyncio.create_task(self._carry(), name="log of a backup")

    async def until(self, end: str, timeline: int, size: int) -> None:
        """Wait until all of it up to a place is in the backup. Errors: BackupProblem, OSError."""
        self._last = segments.name_at(timeline, segments.lsn(end) - 1, size)
        await self._carrying

    async def _carry(self) -> None:
        while not self._over:
            ended = self._process.returncode is not None
            await asyncio.to_thread(self._shipper.finish)
            if self._last and pieces.named(self._part, self._last) is not None:
                return
            if ended:
                raise BackupProblem(
                    "kernel.backups.program_failed", program="pg_receivewal", said=""
                )
            await asyncio.sleep(LOOK_S)

    async def close(self) -> None:
        """Receive no more."""
        self._over = True
        with contextlib.suppress(ProcessLookupError):
            self._process.kill()
        await self._process.wait()
        await asyncio.gather(self._carrying, return_exceptions=True)


@contextlib.asynccontextmanager
async def received(
    connection: asyncpg.Connection, dsn: str, data_dir: Path, part: Path, recipient: str
) -> AsyncIterator[OwnLog]:
    """Receive the log from now on into a backup that is being made."""
    for row in await connection.fetch(_LEFT, SLOTS):  # of one that was killed
        await connection.execute("SELECT pg_drop_replication_slot($1)", row["slot_name"])
    spool, slot = data_dir / "taking", f"{SLOTS}{uuid4().hex[:12]}"
    shutil.rmtree(spool, ignore_errors=True)
    own_folder(spool)
    await connection.execute("CHECKPOINT")  # nothing older than this is needed
    await connection.execute("SELECT pg_create_physical_replication_slot($1, true)", slot)
    start = await connection.fetchval(
        "SELECT restart_lsn::text FROM pg_replication_slots WHERE slot_name = $1", slot
    )
    program = programs.found(connection.get_server_version().major).program("pg_receivewal")
    command = [program, "-d", dsn, "-D", str(spool), "-S", slot, "-n", "-w", "--synchronous"]
    try:
        process = await asyncio.create_subprocess_exec(
            *programs.tied(command),
            stdin=asyncio.subprocess.DEVNULL,
            stdout=asyncio.subprocess.DEVNULL,
            stderr=asyncio.subprocess.DEVNULL,
            env=programs.environment(),
        )
        log = OwnLog(process, Shipper(spool, part, recipient), part, start)
        try:
            yield log
        finally:
            await log.close()
    finally:
        await _let_go(connection, slot)
        shutil.rmtree(spool, ignore_errors=True)


async def _let_go(connection: asyncpg.Connection, slot: str) -> None:
    for _ in range(50):  # its receiver is seen to be gone within a moment
        with contextlib.suppress(asyncpg.ObjectInUseError):
            await connection.execute("SELECT pg_drop_replication_slot($1)", slot)
            return
        await asyncio.sleep(0.1)
