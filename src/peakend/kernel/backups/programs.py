"""Running PostgreSQL's own programs: which, how, and what they said."""

import asyncio
import contextlib
import os
import re
import sys
from collections import deque
from collections.abc import Callable
from pathlib import Path
from typing import IO

from peakend.kernel.backups.places import BackupProblem, Heard
from peakend.kernel.postgres import Binaries, binaries_for, launch

SHARE = re.compile(r"(\d+)/(\d+) kB")


def environment() -> dict[str, str]:
    """Return the surroundings of a program: plain words and one time zone."""
    return {"PATH": os.environ.get("PATH", "/usr/bin:/bin"), "LC_ALL": "C", "TZ": "UTC"}


def found(major: int | None = None, data_dir: Path | None = None) -> Binaries:
    """Return the programs of a version, or those of a data directory's cluster."""
    return binaries_for(data_dir, major)


def tied(command: list[str]) -> list[str]:
    """Return a command that ends with us, however we end."""
    return [sys.executable, "-I", "-S", launch.__file__, str(os.getpid()), "-1", "-1", *command]


async def run(command: list[str], heard: Heard | None = None, step: str = "") -> str:
    """Run a program to its end and return what it printed. Errors: BackupProblem."""
    process = await asyncio.create_subprocess_exec(
        *command,
        stdin=asyncio.subprocess.DEVNULL,
        stdout=asyncio.subprocess.PIPE,
        stderr=asyncio.subprocess.PIPE,
        env=environment(),
        limit=1 << 20,
    )
    said: deque[str] = deque(maxlen=8)
    try:
        printed, _ = await asyncio.gather(
            _out(process.stdout), _listen(process.stderr, said, heard, step)
        )
        code = await process.wait()
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
    if code:
        raise BackupProblem(
            "kernel.backups.program_failed",
            program=next(Path(word).name for word in command if "/pg_" in word),
            said="\n".join(said),
            printed=printed,
        )
    return printed


async def pour(
    command: list[str], take: Callable[[IO[bytes]], object], heard: Heard, step: str
) -> str:
    """Run a program, give what it prints to a taker in a thread, and return what it said.

    Errors: BackupProblem, and what the taker raises.
    """
    read, write = os.pipe()

    def taking() -> None:
        with os.fdopen(read, "rb") as source:  # closed where it fails, which ends the program
            take(source)

    try:
        process = await asyncio.create_subprocess_exec(
            *command,
            stdin=asyncio.subprocess.DEVNULL,
            stdout=write,
            stderr=asyncio.subprocess.PIPE,
            env=environment(),
        )
    except BaseException:
        os.close(read)
        raise
    finally:
        os.close(write)
    said: deque[str] = deque(maxlen=20)
    taken = asyncio.create_task(asyncio.to_thread(taking))
    try:
        await _listen(process.stderr, said, heard, step)
        code = await process.wait()
    finally:
        with contextlib.suppress(ProcessLookupError):
            process.kill()
        await asyncio.wait([taken])
    taken.result()
    if code:
        program = next(Path(word).name for word in command if "/pg_" in word)
        raise BackupProblem("kernel.backups.program_failed", program=program, said="\n".join(said))
    return "\n".join(said)


async def _out(stream: asyncio.StreamReader | None) -> str:
    return (await stream.read()).decode(errors="replace") if stream else ""


async def _listen(
    stream: asyncio.StreamReader | None, said: deque[str], heard: Heard | None, step: str
) -> None:
    async for line in stream or ():  # type: ignore[union-attr]
        text = line.decode(errors="replace").strip()
        share = SHARE.search(text)
        if share and heard:
            heard(step, min(int(share[1]) / max(int(share[2]), 1), 1.0))
        elif text:
            said.append(text)
