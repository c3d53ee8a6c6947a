"""Live delivery: a steady stream of messages, two web processes, two hundred desks."""

import asyncio
import contextlib
import gc
import time
from collections.abc import Iterator
from uuid import UUID

from bench.centre import Centre, make_centre
from bench.client import Client
from bench.cluster import a_cluster
from bench.figures import Figure, console, quantile
from bench.measures.posting import TEXT
from bench.processes import Process, a_process
from bench.socket import Socket, connected
from peakend.kernel.ids import new_id

QUEUES, AGENTS, LEADS = 20, 180, 20
RATE = 100
FOR_S = 15
WARM_S = 3
WRITERS = 40


async def delivery() -> list[Figure]:
    """Write a hundred messages a second; each is for its queue's agents and every supervisor."""
    async with a_cluster() as cluster:
        centre = await make_centre(
            await cluster.database("bench"), agents=AGENTS, supervisors=LEADS, queues=QUEUES, each=1
        )
        await centre.database.close()
        async with (
            a_process("web", centre.address, cluster.folder) as one,
            a_process("web", centre.address, cluster.folder) as two,
        ):
            return await _stream(centre, [one, two])


async def _stream(centre: Centre, webs: list[Process]) -> list[Figure]:
    late: dict[UUID, list[float]] = {}
    people = [*centre.agents, *centre.supervisors]
    console.print(f"  {len(people)} sockets", style="dim")
    sockets = [await connected(webs[n % 2].port, one.cookie, late) for n, one in enumerate(people)]
    clients = [Client(webs[n % 2].port, centre.agents[n].cookie) for n in range(WRITERS)]
    # Connections open and statements are prepared before the steady state that is measured.
    await _steady(centre, clients, WARM_S)
    await asyncio.sleep(1)
    late.clear()
    for socket in sockets:
        socket.arrived.clear()
    console.print(f"  {RATE} messages a second for {FOR_S} s", style="dim")
    with _no_pauses():
        sent, acknowledged = await _steady(centre, clients, FOR_S)
        await _settled(sockets, len(sent) * (AGENTS // QUEUES + LEADS))
    delays = [(at - sent[one]) * 1000 for one, times in late.items() for at in times]
    expected = len(sent) * (AGENTS // QUEUES + LEADS)
    doubled = sum(1 for s in sockets for many in s.arrived.values() if many > 1)
    gap = quantile(delays, 0.99) - quantile(acknowledged, 0.99)
    detail = {
        "delivered p99 ms": quantile(delays, 0.99),
        "acknowledged p99 ms": quantile(acknowledged, 0.99),
        "delivered p50 ms": quantile(delays, 0.5),
        "acknowledged p50 ms": quantile(acknowledged, 0.5),
        "messages": len(sent),
    }
    count = {"delivered": len(delays), "expected": expected, "twice": doubled,
             "sockets lost": sum(s.lost for s in sockets)}  # fmt: skip
    for socket in sockets:
        socket.close()
    return [
        Figure("delivered p99 − acknowledged p99", gap, "ms", 25, "less", detail),
        Figure("delivered − expected", abs(len(delays) - expected) + doubled, "", 0, "less", count),
    ]


@contextlib.contextmanager
def _no_pauses() -> Iterator[None]:
    """Keep the measuring side's own garbage collection (200 ms at a time) out of the figures."""
    gc.collect()
    gc.disable()
    try:
        yield
    finally:
        gc.enable()


async def _write(centre: Centre, client: Client, n: int, client_id: UUID) -> None:
    member = centre.agents[n].actor
    assert member.id is not None
    await client.post(
        f"/api/conversations/{centre.held[member.id][0]}/messages",
        {"client_id": client_id, "kind": "agent", "text": TEXT},
    )


async def _steady(
    centre: Centre, clients: list[Client], seconds: int
) -> tuple[dict[UUID, float], list[float]]:
    """Write at the fixed rate whatever the answers take; each writer has one on the way."""
    sent: dict[UUID, float] = {}
    acknowledged: list[float] = []
    free: asyncio.Queue[int] = asyncio.Queue()
    for n in range(len(clients)):
        free.put_nowait(n)

    async def one() -> None:
        n = await free.get()
        client_id = new_id()
        sent[client_id] = began = time.perf_counter()
        await _write(centre, clients[n], n, client_id)
        acknowledged.append((time.perf_counter() - began) * 1000)
        free.put_nowait(n)

    start = time.perf_counter()
    tasks = []
    for number in range(RATE * seconds):
        await asyncio.sleep(max(0, start + number / RATE - time.perf_counter()))
        tasks.append(asyncio.create_task(one()))
    await asyncio.gather(*tasks)
    return sent, acknowledged


async def _settled(sockets: list[Socket], expected: int) -> None:
    """Wait until everything has arrived, ten seconds at most, and a moment for doubles."""
    for _ in range(100):
        if sum(s.arrived.total() for s in sockets) >= expected:
            break
        await asyncio.sleep(0.1)
    await asyncio.sleep(0.5)
