"""What a million messages cost: list, open, search and post beside the same at ten thousand."""

import random
import time
from collections import defaultdict
from collections.abc import Awaitable, Callable
from contextlib import AsyncExitStack
from urllib.parse import quote
from uuid import UUID

import asyncpg

from bench.centre import Centre, fill, make_centre
from bench.client import Client
from bench.cluster import a_cluster
from bench.figures import Figure, console, quantile
from bench.measures.posting import TEXT
from bench.processes import Process, a_process
from peakend.kernel.ids import new_id

SIZES = (10_000, 1_000_000)
ROUNDS = 800
LONGEST_S = 100
VIEWS = ("mine", "queue", "all", "closed")
# Rare, common, common together, a phrase, a part of a word, in no message at all.
ASKED = (
    "鲲鹏", "燃气", "灶具 打不着", "燃气 refund", "客服 跳闸 order", "非常罕见", "热水器漏水",
    "ord", "维修师傅", "退款 钥匙 冰箱", "没有这个词", "火",
)  # fmt: skip

Work = Callable[[random.Random], Awaitable[bytes]]


async def growth() -> list[Figure]:
    """Ask both sizes the same, one after the other, so that both meet the same machine."""
    async with AsyncExitStack() as stack:
        cluster = await stack.enter_async_context(a_cluster())
        sides = []
        filled_s = 0.0
        for size in SIZES:
            address = await cluster.database(f"size_{size}")
            centre = await make_centre(address, agents=8, queues=4, each=3)
            began = time.perf_counter()
            await fill(centre, size, lambda said: console.print(f"  {said}", style="dim"))
            filled_s = time.perf_counter() - began
            web = await stack.enter_async_context(a_process("web", address, cluster.folder))
            stack.push_async_callback(centre.database.close)
            sides.append(await _works(centre, web))
        figures = await compared(sides)
    return [*figures, Figure("1 M messages made in", filled_s, "s")]


async def compared(sides: list[dict[str, Work]], sizes: str = "1 M ÷ at 10 k") -> list[Figure]:
    """Return for each work what it costs at the second size by what it costs at the first."""
    console.print("  asking both", style="dim")
    return _figures(await asked(sides), sizes)


async def _works(centre: Centre, web: Process) -> dict[str, Work]:
    """Return what people do, by name, over one database."""
    agent = centre.agents[0]
    # As many people as do not meet the limit of what one may search for.
    people = [centre.lead, agent, *centre.agents[1:]]
    clients = [Client(web.port, one.cookie) for one in people]
    past = await _past(centre)
    assert agent.actor.id is not None
    held = centre.held[agent.actor.id]

    async def conversation_list(chosen: random.Random) -> bytes:
        view = chosen.choice(VIEWS)
        return await chosen.choice(clients).get(f"/api/conversations?view={view}&limit=50")

    async def opened(chosen: random.Random) -> bytes:
        return await clients[0].get(f"/api/conversations/{chosen.choice(past)}")

    async def search(chosen: random.Random) -> bytes:
        asked = quote(chosen.choice(ASKED))
        return await chosen.choice(clients).get(f"/api/search?kind=messages&q={asked}")

    async def post(chosen: random.Random) -> bytes:
        return await clients[1].post(
            f"/api/conversations/{chosen.choice(held)}/messages",
            {"client_id": new_id(), "kind": "agent", "text": TEXT},
        )

    return {"list": conversation_list, "open": opened, "search": search, "post": post}


async def _past(centre: Centre) -> list[UUID]:
    connection = await asyncpg.connect(centre.address)
    try:
        rows = await connection.fetch(
            "SELECT id FROM conversation WHERE number >= 1000000 ORDER BY number % 97, number"
            " LIMIT 500"
        )
    finally:
        await connection.close()
    return [row["id"] for row in rows]


async def asked(sides: list[dict[str, Work]], rounds: int = ROUNDS) -> dict[str, list[list[float]]]:
    """Return the times of each work on each side, in milliseconds, without the first ones."""
    taken: dict[str, list[list[float]]] = defaultdict(lambda: [[] for _ in sides])
    until = time.perf_counter() + LONGEST_S
    warm = min(20, rounds // 5)
    for turn in range(rounds + warm):
        if time.perf_counter() > until:
            break
        for name in sides[0]:
            for at, works in enumerate(sides if turn % 2 else reversed(sides)):
                side = at if turn % 2 else len(sides) - 1 - at
                chosen = random.Random(turn * 31 + len(name))
                began = time.perf_counter()
                await works[name](chosen)
                if turn >= warm:
                    taken[name][side].append((time.perf_counter() - began) * 1000)
    return taken


def _figures(taken: dict[str, list[list[float]]], sizes: str) -> list[Figure]:
    figures = []
    for name, (small, large) in taken.items():
        detail = {
            "p99 small ms": quantile(small, 0.99),
            "p99 large ms": quantile(large, 0.99),
            "p50 small ms": quantile(small, 0.5),
            "p50 large ms": quantile(large, 0.5),
            "runs": len(large),
        }
        ratio = quantile(large, 0.99) / quantile(small, 0.99)
        figures.append(Figure(f"{name}: p99 at {sizes}", ratio, "", 2, "less", detail))
    return figures
