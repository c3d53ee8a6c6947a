"""Running PostgreSQL's own programs: which, how, and what they said."""

import asyncio
import contextlib
import os
import re
import sys
from collections import deque
from pathlib import Path

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
