"""Customers and agents of the simulation meet, through the app's own routes."""

import asyncio
import contextlib
from itertools import pairwise
from typing import TYPE_CHECKING

import httpx
import pytest
import structlog

from peakend.conversations import queries as conversations
from peakend.entry.demo.kept import Kept
from peakend.entry.demo.material import SHOP_CUSTOMER
from peakend.entry.demo.simulation import Simulation
from peakend.kernel import clock
from peakend.kernel.actors import Actor
from peakend.kernel.worker import Worker
from tests.demo.conftest import NOON

if TYPE_CHECKING:
    from peakend.kernel.db import Database

SITE = "http://testserver"


async def test_one_round(database: "Database", notes: Kept, client: httpx.AsyncClient) -> None:
    stop = asyncio.Event()
    simulation = Simulation(database, SITE, notes, pace=0.01, transport=client._transport)
    with structlog.testing.capture_logs() as logs:
        working = [
            asyncio.create_task(simulation.run(stop)),
            asyncio.create_task(Worker(database).run(stop)),
        ]
        with contextlib.suppress(TimeoutError):
            async with asyncio.timeout(40):
                while await _closed_by_agents(database, notes) < 2:
                    await asyncio.sleep(0.3)
        stop.set()
        for work in working:
            work.cancel()
        await asyncio.gather(*working, return_exceptions=True)
    assert await _closed_by_agents(database, notes) >= 2
    assert simulation.begun >= 2
    assert [line for line in logs if "stumbled" in line["event"]] == []


async def test_at_night_somebody_always_comes(
    database: "Database", notes: Kept, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(clock, "now", lambda: NOON.replace(hour=18))
    simulation = Simulation(database, SITE, notes)
    async with httpx.AsyncClient(base_url=SITE) as http:
        stage = await simulation._stage(http)
        told = [simulation._next(stage, lonely=True) for _ in range(80)]
    assert all(one is not None and one.brand == "gas" for one in told)
    assert all(one is not None and one.customer != SHOP_CUSTOMER for one in told)
    assert all(one != other for one, other in pairwise(told))


async def _closed_by_agents(database: "Database", notes: Kept) -> int:
    system = Actor.system(notes.organisation_id)
    async with database.transaction(system) as tx:
        found = await conversations.conversation_list(
            tx, system, "closed", conversations.Filters(), limit=100
        )
    return sum(row.agent_id is not None for row in found.items)
