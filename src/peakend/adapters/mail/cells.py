"""Mails are read in processes apart, each within its own budget: none costs the worker."""

import asyncio
import contextlib
import os
import signal
import struct
import sys
from asyncio.subprocess import PIPE, Process

import msgspec

from peakend.mail.ports import ReadMail

# A mail that is read for so long is stuck, whatever it does.
WHOLE_S = 60.0
MOST = 2
_HEAD = struct.Struct(">Q")


class CellDied(Exception):
    """A mail killed the process that looked at it; `code` says of what."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


class Pool:
    """Processes apart that answer one frame each with another, and die of a bad one."""

    def __init__(self, command: list[str], most: int = MOST) -> None:
        self._command = command
        self._most = most
        self._loop: asyncio.AbstractEventLoop | None = None
        self._free: asyncio.Queue[Process | None]

    async def asked(self, frame: bytes) -> bytes:
        """Return the answer to a frame. Errors: CellDied."""
        loop = asyncio.get_running_loop()
        if self._loop is not loop:
            # Pipes belong to the loop in which they were opened.
            self._loop, self._free = loop, asyncio.Queue()
            for _ in range(self._most):
                self._free.put_nowait(None)
        cell = await self._free.get()
        kept: Process | None = None
        try:
            if cell is None or cell.returncode is not None:
                cell = await self._started()
            found = await asyncio.wait_for(_asked(cell, frame), WHOLE_S)
            kept = cell
        except TimeoutError as error:
            raise CellDied("too_long") from error
        except (OSError, EOFError, asyncio.IncompleteReadError) as error:
            assert cell is not None
            ended = await _ended(cell)
            raise CellDied("too_long" if ended == -signal.SIGPROF else "too_hard") from error
        finally:
            if kept is None and cell is not None:
                await _ended(cell)
            self._free.put_nowait(kept)
        return found

    async def close(self) -> None:
        """End the processes that wait."""
        while self._loop is asyncio.get_running_loop() and not self._free.empty():
            if cell := self._free.get_nowait():
                assert cell.stdin is not None
                cell.stdin.close()
                await cell.wait()
        self._loop = None

    async def _started(self) -> Process:
        # It needs no password and no address of ours.
        known = {key: value for key, value in os.environ.items() if not key.startswith("PEAKEND_")}
        # Ctrl-C is meant for us; it ends with its pipe.
        return await asyncio.create_subprocess_exec(
            *self._command, stdin=PIPE, stdout=PIPE, env=known, start_new_session=True
        )


class Cells(Pool):
    """Reads mails, each within its own budget, in processes apart."""

    def __init__(self, most: int = MOST, command: list[str] | None = None) -> None:
        super().__init__(command or [sys.executable, "-m", "peakend.adapters.mail.cell"], most)

    async def read(self, raw: bytes) -> ReadMail:
        """Return what a mail says of itself; what killed its reader is said by a code."""
        try:
            return msgspec.msgpack.decode(await self.asked(raw), type=ReadMail)
        except CellDied as died:
            return ReadMail(code=died.code)
        except msgspec.DecodeError:
            return ReadMail(code="too_hard")


async def _asked(cell: Process, frame: bytes) -> bytes:
    assert cell.stdin is not None
    assert cell.stdout is not None
    cell.stdin.write(_HEAD.pack(len(frame)))
    cell.stdin.write(frame)
    await cell.stdin.drain()
    (size,) = _HEAD.unpack(await cell.stdout.readexactly(_HEAD.size))
    return await cell.stdout.readexactly(size)


async def _ended(cell: Process) -> int:
    with contextlib.suppress(ProcessLookupError):
        if cell.returncode is None:
            # One that is dying of its budget says so by how it ended.
            with contextlib.suppress(TimeoutError):
                return await asyncio.wait_for(cell.wait(), 0.5)
            cell.kill()
    return await cell.wait()
