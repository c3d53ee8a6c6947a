"""The round that looks for the proofs of brands' domains again.

A process of its own beside the jobs: whoever asks the world waits, and no transaction may.
"""

import asyncio
import contextlib
from collections.abc import Callable
from datetime import datetime

import structlog

from peakend.accounts.actions.domains import HostTaken, check_domain, settle_domain
from peakend.accounts.queries.domains import DomainNotFound, DueDomain, due_domains
from peakend.kernel import clock
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database

log = structlog.get_logger()

ROUND_S = 60.0


class Surveyor:
    """Looks at domains that are due until told to stop."""

    def __init__(self, database: Database, now: Callable[[], datetime] = clock.now) -> None:
        self._database = database
        self._now = now

    async def run(self, stop: asyncio.Event) -> None:
        """Go round once a minute until `stop` is set."""
        while not stop.is_set():
            try:
                await self.go_round()
            except Exception:
                log.exception("domains could not be looked at")
            with contextlib.suppress(TimeoutError):
                await asyncio.wait_for(stop.wait(), ROUND_S)

    async def go_round(self) -> int:
        """Look at what is due now, and return how many domains that were."""
        due = await due_domains(self._database, self._now())
        for one in due:
            await self._look(one)
        return len(due)

    async def _look(self, one: DueDomain) -> None:
        actor = Actor.system(one.organisation_id)
        with contextlib.suppress(DomainNotFound):
            try:
                await check_domain(self._database, actor, domain_id=one.id, now=self._now())
            except HostTaken:
                # Proven by two: the first one keeps it, the other waits.
                async with self._database.transaction(actor, self._now()) as tx:
                    await settle_domain(tx, domain_id=one.id, proof="none")
