"""What an idle socket holds in memory, and what it costs to deliver a message to one."""

import asyncio
import time

from bench.centre import Centre, make_centre
from bench.cluster import a_cluster
from bench.figures import Figure, console
from bench.measures.posting import TEXT
from bench.processes import Process, a_process
from bench.socket import Socket, connected
from peakend.conversations import actions
from peakend.kernel.db import Database, use
from peakend.kernel.ids import new_id

SOCKETS = 400
RATE = 20
FOR_S = 8


async def idle() -> list[Figure]:
    """Write from this process, so that the web process does nothing but deliver."""
    async with a_cluster() as cluster:
        centre = await make_centre(
            await cluster.database("bench"), agents=1, supervisors=SOCKETS, each=1
        )
        await centre.database.close()
        centre.database = await Database(centre.address).open(4)
        use(centre.database)
        try:
            async with a_process("web", centre.address, cluster.folder) as web:
                return await _measured(centre, web)
        finally:
            await centre.database.close()


async def _measured(centre: Centre, web: Process) -> list[Figure]:
    # The first sockets warm everything that is there once.
    for member in centre.supervisors[:20]:
        (await connected(web.port, member.cookie)).close()
    await asyncio.sleep(2)
    before = web.memory_mb()
    console.print(f"  {SOCKETS} sockets", style="dim")
    sockets = [await connected(web.port, one.cookie) for one in centre.supervisors]
    await asyncio.sleep(3)
    memory = (web.memory_mb() - before) * 1024 / SOCKETS
    cpu = web.cpu_s()
    await asyncio.sleep(5)
    resting = (web.cpu_s() - cpu) / 5
    console.print(f"  {RATE} messages a second to each", style="dim")
    began, cpu = time.perf_counter(), web.cpu_s()
    await _write(centre)
    await _arrived(sockets)
    took = time.perf_counter() - began
    used = web.cpu_s() - cpu - resting * took
    delivered = sum(s.arrived.total() for s in sockets)
    detail = {"sockets": SOCKETS, "idle CPU share of a core": resting}
    made = {"deliveries": delivered, "expected": RATE * FOR_S * SOCKETS}
    for socket in sockets:
        socket.close()
    return [
        Figure("memory of an idle socket", memory, "KB", 40, "less", detail),
        Figure("CPU of a delivery", used / delivered * 1e6, "µs", 30, "less", made),
    ]


async def _write(centre: Centre) -> None:
    by = centre.agents[0].actor
    assert by.id is not None
    start = time.perf_counter()
    for number in range(RATE * FOR_S):
        await asyncio.sleep(max(0, start + number / RATE - time.perf_counter()))
        async with centre.tx(by) as tx:
            await actions.reply(
                tx,
                conversation_id=centre.held[by.id][0],
                client_id=new_id(),
                text=TEXT,
                by=by,
            )


async def _arrived(sockets: list[Socket]) -> None:
    for _ in range(100):
        if all(s.arrived.total() >= RATE * FOR_S for s in sockets):
            return
        await asyncio.sleep(0.1)
