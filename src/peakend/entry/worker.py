"""The worker process: every context's reactions and jobs, drained until told to stop."""

import asyncio

from peakend.entry import wiring
from peakend.kernel.db import Database, use
from peakend.kernel.worker import Worker


async def run(database: Database, stop: asyncio.Event) -> None:
    """Drain jobs until `stop` is set."""
    wiring.load()
    use(database)
    await Worker(database).run(stop)
