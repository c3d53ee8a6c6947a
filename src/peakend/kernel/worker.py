"""The worker: drains jobs fairly over organisations, in batches, and survives its own death."""

import asyncio
import contextlib
import os
import random
import socket
from collections import defaultdict
from collections.abc import Callable
from datetime import datetime, timedelta
from typing import Any
from uuid import UUID

import msgspec
import structlog

from peakend.kernel import clock
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, Transaction
from peakend.kernel.events import ENVELOPE_COLUMNS, REACTION_BY_NAME, Envelope
from peakend.kernel.ids import new_id
from peakend.kernel.jobs import CRONS, MAX_ATTEMPTS, run_job

log = structlog.get_logger()

LEASE_S = 60
BATCH = 200
GROUP = 25
LANES = 6

CLAIM = """
WITH RECURSIVE org AS (
    (SELECT organisation_id FROM job WHERE state = 'ready' ORDER BY organisation_id LIMIT 1)
    UNION ALL
    SELECT (SELECT j.organisation_id FROM job j
            WHERE j.state = 'ready' AND j.organisation_id > org.organisation_id
            ORDER BY j.organisation_id LIMIT 1)
    FROM org WHERE org.organisation_id IS NOT NULL
), picked AS MATERIALIZED (
    SELECT due.organisation_id, due.id
    FROM org CROSS JOIN LATERAL (
        SELECT j.organisation_id, j.id FROM job j
        WHERE j.state = 'ready' AND j.organisation_id = org.organisation_id AND j.run_at <= $1
        ORDER BY j.priority, j.run_at
        LIMIT $4
        FOR UPDATE SKIP LOCKED
    ) due
    WHERE org.organisation_id IS NOT NULL
    LIMIT $3
)
UPDATE job SET attempt = job.attempt + 1, run_at = $1::timestamptz + $2::interval, worker = $5
FROM picked
WHERE job.organisation_id = picked.organisation_id AND job.id = picked.id
RETURNING job.organisation_id, job.id, job.name, job.fact_id, job.args, job.attempt, job.alone,
          job.priority
"""
FACTS = f"""
SELECT {ENVELOPE_COLUMNS} FROM event WHERE organisation_id = $1 AND id = ANY($2)
"""  # noqa: S608 (names of columns only)
DONE = """
DELETE FROM job
USING unnest($1::uuid[], $2::int[]) AS done (id, attempt)
WHERE job.organisation_id = current_organisation() AND job.id = done.id
  AND job.attempt = done.attempt AND job.state = 'ready'
"""
FAILED = """
UPDATE job
SET run_at = $4, last_error = $5, worker = NULL,
    state = CASE WHEN attempt >= $6 THEN 'dead' ELSE 'ready' END
WHERE organisation_id = $1 AND id = $2 AND attempt = $3 AND state = 'ready'
"""
EXTEND = """
UPDATE job SET run_at = $3
FROM unnest($1::uuid[], $2::uuid[]) AS mine (organisation_id, id)
WHERE job.organisation_id = mine.organisation_id AND job.id = mine.id
  AND job.worker = $4 AND job.state = 'ready'
"""


class Claimed(msgspec.Struct, frozen=True):
    """A job under our lease; `attempt` fences off whoever held it before."""

    organisation_id: UUID
    id: UUID
    name: str
    fact_id: UUID | None
    args: dict[str, Any]
    attempt: int
    alone: bool
    priority: int


class Fenced(Exception):
    """Another worker has taken the job over; its effect is theirs."""


class Worker:
    """Runs due jobs until told to stop."""

    def __init__(self, database: Database, now: Callable[[], datetime] = clock.now) -> None:
        self._database = database
        self._now = now
        self._wake = asyncio.Event()
        self._name = f"{socket.gethostname()}:{os.getpid()}:{new_id().hex[-8:]}"
        self._held: dict[UUID, UUID] = {}
        self.done = 0

    async def run(self, stop: asyncio.Event) -> None:
        """Drain until `stop` is set; a poke wakes us, and every second we look by ourselves."""
        self._database.pokes.listen(self._wake.set)
        helpers = [asyncio.create_task(self._tick(stop)), asyncio.create_task(self._extend(stop))]
        try:
            while not stop.is_set():
                self._wake.clear()
                try:
                    found = await self.drain_once()
                except Exception:
                    log.exception("the worker could not drain")
                    await asyncio.sleep(1)
                    continue
                if not found:
                    with contextlib.suppress(TimeoutError):
                        await asyncio.wait_for(self._wake.wait(), 1)
        finally:
            for helper in helpers:
                helper.cancel()

    async def drain_once(self) -> int:
        """Claim one batch, run it, and return how many jobs it held."""
        now = self._now()
        async with self._database.system(now) as tx:
            jobs = await tx.all(
                Claimed, CLAIM, now, timedelta(seconds=LEASE_S), BATCH, BATCH // 2, self._name
            )
            facts = await self._facts(tx, jobs)
        if not jobs:
            return 0
        self._held |= {job.id: job.organisation_id for job in jobs}
        lanes = asyncio.Semaphore(LANES)
        try:
            await asyncio.gather(*(self._lane(lanes, group, facts) for group in _groups(jobs)))
        finally:
            for job in jobs:
                self._held.pop(job.id, None)
        return len(jobs)

    async def drain(self, limit: int = 10_000) -> int:
        """Run everything that is due now, and what it makes due; return how many jobs ran."""
        total = 0
        while total < limit and (found := await self.drain_once()):
            total += found
        return total

    async def _facts(self, tx: Any, jobs: list[Claimed]) -> dict[UUID, Envelope]:
        wanted: dict[UUID, set[UUID]] = defaultdict(set)
        for job in jobs:
            if job.fact_id is not None:
                wanted[job.organisation_id].add(job.fact_id)
        found: dict[UUID, Envelope] = {}
        for organisation_id, ids in wanted.items():
            for envelope in await tx.all(Envelope, FACTS, organisation_id, list(ids)):
                found[envelope.id] = envelope
        return found

    async def _lane(
        self, lanes: asyncio.Semaphore, group: list[Claimed], facts: dict[UUID, Envelope]
    ) -> None:
        async with lanes:
            if len(group) > 1:
                try:
                    await self._perform(group, facts)
                    return
                except Exception:  # noqa: BLE001 (whatever it is, it comes back one by one)
                    # One of them fails: each gets a transaction of its own, so the others go on.
                    log.debug("a batch is run one by one", jobs=len(group))
            for job in group:
                try:
                    await self._perform([job], facts)
                except Fenced:
                    continue
                except Exception as error:  # noqa: BLE001 (a job's fault is kept with the job)
                    await self._fail(job, error)

    async def _perform(self, group: list[Claimed], facts: dict[UUID, Envelope]) -> None:
        actor = Actor.system(group[0].organisation_id)
        thought = [await self._ahead(actor, job, facts) for job in group]
        async with self._database.transaction(actor, self._now()) as tx:
            gone = await tx.run(DONE, [job.id for job in group], [job.attempt for job in group])
            if gone != len(group):
                raise Fenced
            for job, known in zip(group, thought, strict=True):
                await _effect(tx, job, facts, known)
        self.done += len(group)

    async def _ahead(
        self, actor: Actor, job: Claimed, facts: dict[UUID, Envelope]
    ) -> tuple[Any, ...]:
        """Let a reaction think before its transaction, which would hold a place in the log."""
        reaction = REACTION_BY_NAME.get(job.name)
        envelope = facts.get(job.fact_id) if job.fact_id else None
        if reaction is None or reaction.ahead is None or envelope is None:
            return ()

        def read() -> contextlib.AbstractAsyncContextManager[Transaction]:
            return self._database.transaction(actor, self._now())

        return (await reaction.ahead(read, envelope.fact()),)

    async def _fail(self, job: Claimed, error: Exception) -> None:
        delay_s = min(3600, 2**job.attempt) * random.uniform(0.5, 1.0)  # noqa: S311 (spreads retries)
        dead = job.attempt >= MAX_ATTEMPTS
        # The text of an error may quote a customer: the kind of error is enough to find it.
        log.error(
            "a job failed", job=job.name, id=str(job.id), error=type(error).__name__, dead=dead,
            exc_info=error,
        )  # fmt: skip
        async with self._database.system() as tx:
            await tx.run(
                FAILED,
                job.organisation_id,
                job.id,
                job.attempt,
                self._now() + timedelta(seconds=delay_s),
                type(error).__name__,
                MAX_ATTEMPTS,
            )

    async def _extend(self, stop: asyncio.Event) -> None:
        """Keep the leases of jobs that take long."""
        while not stop.is_set():
            await asyncio.sleep(LEASE_S / 3)
            if not self._held:
                continue
            with contextlib.suppress(Exception):
                async with self._database.system() as tx:
                    until = self._now() + timedelta(seconds=LEASE_S)
                    ids = list(self._held)
                    await tx.run(EXTEND, [self._held[i] for i in ids], ids, until, self._name)

    async def _tick(self, stop: asyncio.Event) -> None:
        """Make the jobs of crons that are due."""
        while not stop.is_set():
            try:
                await tick(self._database, self._now())
            except Exception:
                log.exception("crons could not be looked at")
            await asyncio.sleep(1)


async def tick(database: Database, now: datetime) -> None:
    """Insert the jobs of due crons, one for each organisation, never two that wait."""
    async with database.system(now) as tx:
        for cron in CRONS.values():
            due = await tx.value(
                "INSERT INTO cron (name, next_at) VALUES ($1, $2) "
                "ON CONFLICT (name) DO UPDATE SET next_at = excluded.next_at "
                "WHERE cron.next_at <= $3 RETURNING name",
                cron.name,
                cron.after(now),
                now,
            )
            if due is not None:
                await tx.run(
                    "INSERT INTO job (organisation_id, id, name, run_at, unique_key, args) "
                    "SELECT organisation_id, gen_random_uuid(), $1, $2, 'cron', '{}' "
                    "FROM organisation ON CONFLICT DO NOTHING",
                    cron.name,
                    now,
                )


async def _effect(
    tx: Transaction, job: Claimed, facts: dict[UUID, Envelope], thought: tuple[Any, ...]
) -> None:
    if job.attempt > MAX_ATTEMPTS:
        raise RuntimeError("the job ended its worker too often")
    if job.fact_id is None:
        tx.cause = None
        await run_job(tx, job.name, job.args)
        return
    reaction = REACTION_BY_NAME.get(job.name)
    envelope = facts.get(job.fact_id)
    if reaction is None or envelope is None:
        raise KeyError(job.name)
    tx.cause = envelope
    await reaction.run(tx, envelope.fact(), *thought)


def _groups(jobs: list[Claimed]) -> list[list[Claimed]]:
    """Return batches of one organisation each, urgent first; slow and retried jobs go alone."""
    alone: list[list[Claimed]] = []
    by_organisation: dict[UUID, list[Claimed]] = defaultdict(list)
    for job in sorted(jobs, key=lambda job: (job.priority, job.id)):
        if job.alone or job.attempt > 1:
            alone.append([job])
        else:
            by_organisation[job.organisation_id].append(job)
    together = [
        members[start : start + GROUP]
        for members in by_organisation.values()
        for start in range(0, len(members), GROUP)
    ]
    return together + alone
