"""What carries a queue to its receivers: many at once, none of whom holds up another."""

import asyncio
import contextlib
from abc import ABC, abstractmethod
from collections import Counter
from collections.abc import Callable
from datetime import datetime
from typing import Generic, Protocol, TypeVar
from uuid import UUID

import structlog

from peakend.kernel import clock
from peakend.kernel.db import Database, SystemTransaction

log = structlog.get_logger()


class Carried(Protocol):
    """One thing that is due."""

    @property
    def id(self) -> UUID:
        """Return by what the log knows it."""


D = TypeVar("D", bound=Carried)


class Carrier(ABC, Generic[D]):
    """Carries what is due until told to stop; a queue says how it claims, and how it carries."""

    most_at_once: int

    def __init__(self, database: Database, now: Callable[[], datetime] = clock.now) -> None:
        self._database = database
        self._now = now
        self._wake = asyncio.Event()
        self._running: set[asyncio.Task[None]] = set()
        self._busy: Counter[UUID] = Counter()

    @abstractmethod
    async def claim(
        self, tx: SystemTransaction, free: int, busy: list[UUID], many: list[int]
    ) -> list[D]:
        """Take up to `free` that are due; `many` says how many run to each busy receiver."""

    @abstractmethod
    def receiver(self, one: D) -> UUID:
        """Return to whom something goes."""

    @abstractmethod
    async def carry_one(self, one: D) -> None:
        """Carry one and write down how it went."""

    async def run(self, stop: asyncio.Event) -> None:
        """Carry until `stop` is set; a poke wakes us, and every second we look by ourselves."""
        self._database.pokes.listen(self._wake.set)
        try:
            while not stop.is_set():
                self._wake.clear()
                try:
                    await self.start_due()
                except Exception:
                    log.exception("a queue could not be looked at", queue=type(self).__name__)
                with contextlib.suppress(TimeoutError):
                    await asyncio.wait_for(self._wake.wait(), 1)
        finally:
            for task in self._running:
                task.cancel()

    async def carry(self) -> int:
        """Carry everything that is due now, and return how much that was."""
        total = 0
        while found := await self.start_due():
            total += found
            await asyncio.gather(*self._running)
        return total

    async def start_due(self) -> int:
        """Begin to carry what is due, as far as there are hands free."""
        free = self.most_at_once - len(self._running)
        if free <= 0:
            return 0
        async with self._database.system(self._now()) as tx:
            due = await self.claim(tx, free, list(self._busy), list(self._busy.values()))
        for one in due:
            self._busy[self.receiver(one)] += 1
            task = asyncio.create_task(self._carry(one))
            self._running.add(task)
            task.add_done_callback(self._running.discard)
        return len(due)

    async def _carry(self, one: D) -> None:
        try:
            await self.carry_one(one)
        except Exception as error:  # noqa: BLE001 (its lease runs out, and it is tried again)
            queue = type(self).__name__
            log.error("carrying failed", queue=queue, id=str(one.id), error=type(error).__name__)
        finally:
            receiver = self.receiver(one)
            self._busy[receiver] -= 1
            if self._busy[receiver] <= 0:
                del self._busy[receiver]
            self._wake.set()
