"""A PostgreSQL of the run's own: the embedded server with the product's real settings."""

import asyncio
import contextlib
import os
import re
import shutil
import tempfile
from collections.abc import AsyncIterator, Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import parse_qs, urlsplit, urlunsplit

import asyncpg
import psutil

from peakend.kernel import schema
from peakend.kernel.postgres import EmbeddedPostgres
from peakend.kernel.postgres.binaries import find_binaries
from peakend.kernel.postgres.places import RunAs

APP = {
    "PGOPTIONS": "-c role=peakend_app -c jit=off -c timezone=UTC -c peakend.organisation={0}",
}


@dataclass
class Cluster:
    """A server that is alive for the run."""

    dsn: str
    folder: Path
    pid: int

    async def database(self, name: str) -> str:
        """Make a database with the product's tables; return its address."""
        connection = await asyncpg.connect(self.dsn)
        try:
            await connection.execute(f'CREATE DATABASE "{name}" TEMPLATE template0')
        finally:
            await connection.close()
        address = urlunsplit(urlsplit(self.dsn)._replace(path=f"/{name}"))
        await schema.prepare(address, own=True)
        return address

    def cpu_s(self) -> float:
        """Return the CPU time of the server with all its processes, living and gone."""
        return cpu_of(self.pid)

    def memory_mb(self) -> float:
        """Return the memory of the server: private parts of each process, the shared part once."""
        return memory_of(self.pid)


@contextlib.asynccontextmanager
async def a_cluster() -> AsyncIterator[Cluster]:
    """Give a new cluster in a temporary folder; it is gone afterwards."""
    with a_folder() as folder:
        postgres = EmbeddedPostgres(folder)
        dsn = await postgres.start()
        try:
            yield Cluster(dsn, folder, await postmaster(dsn))
        finally:
            await postgres.stop()


@contextlib.contextmanager
def a_folder() -> Iterator[Path]:
    """Give a folder on the real disk that the server's own user may pass through."""
    folder = Path(tempfile.mkdtemp(prefix="peakend-bench-"))
    folder.chmod(0o711)
    try:
        yield folder
    finally:
        shutil.rmtree(folder, ignore_errors=True)


async def postmaster(dsn: str) -> int:
    """Return the process id of a server's first process."""
    connection = await asyncpg.connect(dsn)
    try:
        text = await connection.fetchval("SELECT pg_read_file('postmaster.pid')")
    finally:
        await connection.close()
    return int(text.split("\n", 1)[0])


def cpu_of(pid: int) -> float:
    """Return the CPU time of a process, its children that live and those that are gone."""
    total = 0.0
    process = psutil.Process(pid)
    for one in (process, *process.children(recursive=True)):
        with contextlib.suppress(psutil.Error):
            times = one.cpu_times()
            total += times.user + times.system
            if one.pid == pid:
                total += times.children_user + times.children_system
    return total


def memory_of(pid: int) -> float:
    """Return the memory of a process and its children in MB, shared pages counted once."""
    kb = 0
    process = psutil.Process(pid)
    for one in (process, *process.children(recursive=True)):
        with contextlib.suppress(OSError, psutil.Error):
            rollup = Path(f"/proc/{one.pid}/smaps_rollup").read_text()
            kb += int(re.search(r"^Pss:\s+(\d+)", rollup, re.M)[1])  # type: ignore[index]
    return kb / 1024


async def pgbench(
    address: str, organisation_id: object, script: str, *, clients: int, seconds: float
) -> float:
    """Return the transactions a second that pgbench reaches with a script of prepared statements.

    It signs in behind the same walls as the app: its role, its organisation.
    """
    parts = urlsplit(address)
    host = parse_qs(parts.query)["host"][0]
    program = find_binaries(Path("none"), RunAs(uid=-1, gid=-1)).program("pgbench")
    if not Path(program).exists():
        found = shutil.which("pgbench")
        if found is None:
            raise RuntimeError("pgbench is missing")
        program = found
    with tempfile.NamedTemporaryFile("w", suffix=".sql") as file:
        file.write(script)
        file.flush()
        env = os.environ | {"PGOPTIONS": APP["PGOPTIONS"].format(organisation_id)}
        command = [program, "-h", host, "-U", parts.username or "", "-n", "-M", "prepared"]
        command += ["-c", str(clients), "-j", "1", "-T", str(max(1, round(seconds)))]
        process = await asyncio.create_subprocess_exec(
            *command, "-f", file.name, parts.path[1:], env=env,
            stdout=asyncio.subprocess.PIPE, stderr=asyncio.subprocess.STDOUT,
        )  # fmt: skip
        output = (await process.communicate())[0].decode()
    found_rate = re.search(r"tps = ([\d.]+) \(without initial", output)
    if found_rate is None:
        raise RuntimeError(output[-2000:])
    return float(found_rate[1])
