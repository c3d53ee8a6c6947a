"""The boundaries of a process with the outside: statements and file writes, counted and fatal.

Each statement has three: before it is sent, when it is on its way, and after its answer. At the
chosen one the process kills itself as `kill -9` would, so nothing of ours can tidy up.
"""

import asyncio
import os
import signal
import tempfile
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any

from peakend.kernel import db, lasting


class Edge:
    """Counts boundaries while armed, and dies at one of them."""

    def __init__(self) -> None:
        self.armed = False
        self.fatal: int | None = None
        self.count = 0

    def reach(self) -> None:
        """Pass a boundary, or end here."""
        if not self.armed:
            return
        if self.count == self.fatal:
            os.kill(os.getpid(), signal.SIGKILL)
            time.sleep(60)
        self.count += 1


EDGE = Edge()


async def _cross(call: Callable[[], Awaitable[Any]]) -> Any:
    if not EDGE.armed:
        return await call()
    EDGE.reach()
    task = asyncio.ensure_future(call())
    # One turn of the loop puts the statement on the wire; its answer has not been read.
    await asyncio.sleep(0)
    EDGE.reach()
    result = await task
    EDGE.reach()
    return result


class Watched(db._Connection):  # type: ignore[misc]
    """A connection whose every statement is a boundary."""

    async def execute(self, *args: Any, **more: Any) -> Any:
        return await _cross(lambda: super(Watched, self).execute(*args, **more))

    async def executemany(self, *args: Any, **more: Any) -> Any:
        return await _cross(lambda: super(Watched, self).executemany(*args, **more))

    async def fetch(self, *args: Any, **more: Any) -> Any:
        return await _cross(lambda: super(Watched, self).fetch(*args, **more))

    async def fetchrow(self, *args: Any, **more: Any) -> Any:
        return await _cross(lambda: super(Watched, self).fetchrow(*args, **more))

    async def fetchval(self, *args: Any, **more: Any) -> Any:
        return await _cross(lambda: super(Watched, self).fetchval(*args, **more))


class _HalfWriter:
    """A file that can be cut in the middle of a write."""

    def __init__(self, out: Any) -> None:
        self._out = out

    def __enter__(self) -> "_HalfWriter":
        return self

    def __exit__(self, *error: object) -> None:
        self._out.close()

    def write(self, data: bytes) -> None:
        half = len(data) // 2
        self._out.write(data[:half])
        self._out.flush()
        EDGE.reach()
        self._out.write(data[half:])

    def flush(self) -> None:
        self._out.flush()

    def fileno(self) -> int:
        return int(self._out.fileno())


class _Os:
    """The calls of `os` that the file store makes."""

    def fdopen(self, descriptor: int, mode: str) -> _HalfWriter:
        return _HalfWriter(os.fdopen(descriptor, mode))

    def fsync(self, descriptor: int) -> None:
        EDGE.reach()
        os.fsync(descriptor)
        EDGE.reach()

    def replace(self, old: str, new: Path) -> None:
        EDGE.reach()
        os.replace(old, new)
        EDGE.reach()

    def __getattr__(self, name: str) -> Any:
        return getattr(os, name)


class _Tempfile:
    def mkstemp(self, **more: Any) -> tuple[int, str]:
        EDGE.reach()
        return tempfile.mkstemp(**more)


def watch() -> None:
    """Put the boundaries around the database and the file store of this process."""
    db._Connection = Watched  # type: ignore[misc]
    lasting.os = _Os()  # type: ignore[assignment]
    lasting.tempfile = _Tempfile()  # type: ignore[assignment]
