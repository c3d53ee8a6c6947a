"""Starting the product's processes for a measure, and ending them."""

import asyncio
import contextlib
import os
import socket
import subprocess
import sys
import time
from collections.abc import AsyncIterator
from dataclasses import dataclass
from pathlib import Path

from bench.cluster import cpu_of, memory_of

ROOT = Path(__file__).parent.parent
KEY = "5e" * 32


@dataclass
class Process:
    """A running part of the product."""

    pid: int
    port: int

    def cpu_s(self) -> float:
        """Return the CPU time it has used."""
        return cpu_of(self.pid)

    def memory_mb(self) -> float:
        """Return its memory."""
        return memory_of(self.pid)


def free_port() -> int:
    """Return a port of the loopback that nobody has."""
    with socket.socket() as listener:
        listener.bind(("127.0.0.1", 0))
        port: int = listener.getsockname()[1]
        return port


def environment(address: str, folder: Path) -> dict[str, str]:
    """Return the surroundings of a process of the product; it keeps its compiled modules."""
    python_path = os.pathsep.join([str(ROOT), str(ROOT / "src")])
    kept = {k: v for k, v in os.environ.items() if k != "PYTHONDONTWRITEBYTECODE"}
    return kept | {
        "PEAKEND_DATABASE_URL": address,
        "PEAKEND_DATA_DIR": str(folder),
        "PEAKEND_SECRET_KEY": KEY,
        "PYTHONPATH": python_path,
    }


@contextlib.asynccontextmanager
async def a_process(part: str, address: str, folder: Path) -> AsyncIterator[Process]:
    """Run a part ("web" or "worker") until the block ends."""
    port = free_port()
    log = folder / f"{part}-{port}.log"
    with log.open("wb") as out:
        child = subprocess.Popen(
            [sys.executable, "-m", "bench.web", part, str(port)],
            env=environment(address, folder), stdout=out, stderr=out, cwd=ROOT,
        )  # fmt: skip
    try:
        if part == "web":
            await answers(port, child, log)
        yield Process(child.pid, port)
    finally:
        child.terminate()
        try:
            await asyncio.to_thread(child.wait, 10)
        except subprocess.TimeoutExpired:
            child.kill()


async def answers(port: int, child: subprocess.Popen[bytes], log: Path, patience_s: float = 60):
    """Wait until something listens on the port and answers."""
    until = time.monotonic() + patience_s
    while time.monotonic() < until:
        if child.poll() is not None:
            break
        with contextlib.suppress(OSError, asyncio.IncompleteReadError):
            reader, writer = await asyncio.open_connection("127.0.0.1", port)
            writer.write(b"GET /health HTTP/1.1\r\nHost: 127.0.0.1\r\nConnection: close\r\n\r\n")
            line = await reader.readline()
            writer.close()
            if b" 200 " in line:
                return
        await asyncio.sleep(0.02)
    raise RuntimeError(log.read_text(errors="replace")[-2000:])
