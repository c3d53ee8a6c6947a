"""The worker process: reactions and jobs of every context, and what is carried to the outside."""

import asyncio

from peakend.accounts.actions import Inspector, Surveyor
from peakend.automation.actions import Courier
from peakend.complaints.actions import Teller
from peakend.entry import wiring
from peakend.kernel.db import Database, use
from peakend.kernel.worker import Worker
from peakend.mail.actions import Collector, Postman, Receiver


async def run(database: Database, stop: asyncio.Event) -> None:
    """Drain jobs and carry deliveries until `stop` is set."""
    wiring.load()
    use(database)
    await asyncio.gather(
        Worker(database).run(stop),
        Courier(database).run(stop),
        Postman(database).run(stop),
        Teller(database).run(stop),
        Collector(database).run(stop),
        Receiver(database).run(stop),
        Surveyor(database).run(stop),
        Inspector(database).run(stop),
    )
