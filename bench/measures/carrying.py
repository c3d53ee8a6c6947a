"""A table of customers tried, carried in and out again: rows a second, and the memory it takes.

BENCH_ROWS says how many rows instead (as in 20000,200000); `--full` takes a million.
"""

import asyncio
import os
import time
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import Any
from uuid import UUID

import asyncpg
import httpx

from bench.centre import Centre, make_centre
from bench.cluster import Cluster, a_cluster
from bench.figures import Figure, console
from bench.processes import Process, a_process
from peakend.accounts.actions import add_member
from peakend.accounts.actions.sessions import enter
from peakend.kernel.ids import new_id

SIZES = (5_000, 20_000)
FULL = (20_000, 200_000, 1_000_000)
REST_S = 4
_KB = 1024
_PEER = """
CREATE TEMPORARY TABLE peer (number text PRIMARY KEY, name text, phone text, email text, tier text)
"""


async def exchange() -> list[Figure]:
    """Carry tables of several sizes, each into a database of its own."""
    sizes = FULL if os.environ.get("BENCH_FULL") else SIZES
    if told := os.environ.get("BENCH_ROWS"):
        sizes = tuple(map(int, told.split(",")))
    figures: list[Figure] = []
    async with a_cluster() as cluster:
        for size in sizes:
            figures += await _of_size(cluster, size)
    return figures


async def _of_size(cluster: Cluster, size: int) -> list[Figure]:
    address = await cluster.database(f"rows_{size}")
    centre = await make_centre(address, agents=1, each=0)
    table = cluster.folder / f"rows-{size}.csv"
    await asyncio.to_thread(_write, table, size)
    try:
        async with (
            a_process("web", address, cluster.folder) as web,
            a_process("worker", address, cluster.folder) as worker,
            httpx.AsyncClient(
                base_url=f"http://127.0.0.1:{web.port}", timeout=600, trust_env=False,
                headers={"X-Peakend": "1", "Cookie": f"peakend={await _admin(centre)}"},
            ) as client,
        ):  # fmt: skip
            await asyncio.sleep(REST_S)
            return await _carried(client, web, worker, table, size, await _copied(address, table))
    finally:
        await centre.database.close()
        table.unlink(missing_ok=True)


async def _carried(
    client: httpx.AsyncClient, web: Process, worker: Process, table: Path, size: int,
    copied: dict[str, float],
) -> list[Figure]:  # fmt: skip
    rest = {one.pid: peak_of(one.pid, anew=True) for one in (web, worker)}
    took: dict[str, float] = {}
    run: dict[str, Any] = {}

    async def step(name: str, work: Callable[[], Awaitable[dict[str, Any]]]) -> None:
        began = time.perf_counter()
        nonlocal run
        run = await work()
        took[name] = time.perf_counter() - began
        console.print(f"  {size:,} rows: {name} in {took[name]:.1f} s", style="dim")

    async def taken() -> dict[str, Any]:
        with table.open("rb") as file:
            path = "/api/import-kinds/customers/imports"
            return _good(await client.post(path, files={"file": (table.name, file, "text/csv")}))

    async def tried() -> dict[str, Any]:
        body = {"mapping": run["mapping"], "rule": "fill", "match": run["match"]}
        _good(await client.post(f"/api/imports/{run['id']}/checks", json=body))
        return await _until(client, f"/api/imports/{run['id']}", "checked")

    async def let_in() -> dict[str, Any]:
        _good(await client.post(f"/api/imports/{run['id']}/starts"))
        return await _until(client, f"/api/imports/{run['id']}", "done")

    async def out() -> dict[str, Any]:
        asked = {"client_id": str(new_id()), "kind": "customers", "format": "csv"}
        made = _good(await client.post("/api/exports", json=asked))
        while made["state"] == "making":
            await asyncio.sleep(0.2)
            made = next(
                one for one in _good(await client.get("/api/exports")) if one["id"] == made["id"]
            )
        async with client.stream("GET", f"/api/exports/{made['id']}/file") as answer:
            made["lines"] = -1
            async for part in answer.aiter_bytes():
                made["lines"] += part.count(b"\n")
        return made

    for name, work in (("read", taken), ("tried", tried), ("in", let_in), ("out", out)):
        await step(name, work)
    if run["lines"] != size:
        raise RuntimeError(f"{run['lines']} of {size} rows came out again")
    peaks = {pid: peak_of(pid) - before for pid, before in rest.items()}
    rates = {f"{name} rows/s": round(size / took[name]) for name in took}
    copy = {f"COPY {name} rows/s": round(size / taken_s) for name, taken_s in copied.items()}
    named = f"{size:,} rows"
    memory = {"at rest MB": round(rest[worker.pid]), "web MB over rest": round(peaks[web.pid])}
    whole = took["read"] + took["tried"] + took["in"]
    return [
        Figure(
            f"{named}: worker's peak over its rest", peaks[worker.pid], "MB", 150, "less", memory
        ),
        Figure(f"{named}: carried in", size / took["in"], "/s", None, "more", rates | copy),
        Figure(f"{named}: read, tried and carried in", whole, "s"),
        Figure(f"{named}: carried out", size / took["out"], "/s", None, "more", copy),
    ]


def _good(answer: httpx.Response) -> Any:
    if not answer.is_success:
        raise RuntimeError(f"{answer.status_code} {answer.text[:300]}")
    return answer.json()


async def _until(client: httpx.AsyncClient, path: str, state: str) -> dict[str, Any]:
    while (run := _good(await client.get(path)))["state"] != state:
        if run["state"] not in ("checking", "running"):
            raise RuntimeError(f"the import is {run['state']}")
        await asyncio.sleep(0.2)
    if run["wrong"] or run["new"] != run["rows"]:
        raise RuntimeError(f"{run['wrong']} wrong, {run['new']} new of {run['rows']}")
    found: dict[str, Any] = run
    return found


def peak_of(pid: int, *, anew: bool = False) -> float:
    """Return the most memory that a process had since it was last asked anew, in MB."""
    if anew:
        Path(f"/proc/{pid}/clear_refs").write_text("5")
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmHWM:"):
            return int(line.split()[1]) / _KB
    raise RuntimeError("the system does not say how much memory a process had")


def _write(path: Path, size: int) -> None:
    tiers = ("普通", "银卡", "金卡")
    with path.open("w", encoding="utf-8") as file:
        file.write("客户编号,姓名,手机,邮箱,等级\n")
        for at in range(size):
            name = f"客户{chr(0x4E00 + at % 5000)}{chr(0x4E00 + at // 7 % 5000)}"
            phone = 13_000_000_000 + at * 37
            file.write(f"K{at:08},{name},{phone},k{at}@example.com,{tiers[at % 3]}\n")


async def _copied(address: str, table: Path) -> dict[str, float]:
    """Return how long PostgreSQL's own COPY takes for the same rows, in and out."""
    connection = await asyncpg.connect(address)
    out = table.with_suffix(".out")
    try:
        await connection.execute(_PEER)
        began = time.perf_counter()
        await connection.copy_to_table("peer", source=table, format="csv", header=True)
        between = time.perf_counter()
        await connection.copy_from_table("peer", output=out, format="csv", header=True)
        return {"in": between - began, "out": time.perf_counter() - between}
    finally:
        await connection.close()
        out.unlink(missing_ok=True)


async def _admin(centre: Centre) -> str:
    async with centre.tx() as tx:
        member_id: UUID = await add_member(
            tx, login="boss@example.com", name="方立", role="admin", password_hash="x"
        )
        return (await enter(tx, member_id=member_id)).token
