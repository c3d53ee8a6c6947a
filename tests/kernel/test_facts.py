"""Facts and the jobs that react to them: all or nothing, once, whatever the order."""

from dataclasses import dataclass
from uuid import UUID

import pytest

from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, Transaction
from peakend.kernel.events import REACTION_BY_NAME, REACTIONS, Envelope, Fact, reacts_to, record
from peakend.kernel.ids import new_id
from peakend.kernel.jobs import CRONS, JOBS, deferred, enqueue, every
from peakend.kernel.worker import Worker, tick


@dataclass(frozen=True, kw_only=True)
class BellRung(Fact):
    """A fact of these tests."""

    conversation_id: UUID
    times: int
    others: tuple[UUID, ...] = ()


@pytest.fixture
def heard():
    """What the reaction of these tests was given; the registry is left as it was."""
    calls: list[tuple[BellRung, Envelope]] = []

    async def hear(tx: Transaction, fact: BellRung) -> None:
        calls.append((fact, tx.cause))
        if fact.times < 0:
            raise ValueError("a bell cannot ring less than never")

    hear.__module__ = "peakend.kernel.test"
    reacts_to(BellRung)(hear)
    yield calls
    REACTIONS.pop("BellRung")
    REACTION_BY_NAME.pop("kernel.hear")


def system(organisation: UUID) -> Actor:
    return Actor.system(organisation)


async def count(database: Database, organisation: UUID, table: str) -> int:
    async with database.transaction(system(organisation)) as tx:
        return await tx.value(f"SELECT count(*) FROM {table} WHERE {ROWS[table]}")


ROWS = {"event": "type = 'BellRung'", "job": "name LIKE 'kernel.%'"}


async def test_a_fact_comes_to_its_reaction_as_it_was(database, organisation, heard):
    fact = BellRung(conversation_id=new_id(), times=3, others=(new_id(), new_id()))
    async with database.transaction(system(organisation)) as tx:
        fact_id = await record(tx, fact)
    await Worker(database).drain()
    assert [(f, e.id, e.actor) for f, e in heard] == [(fact, fact_id, "system")]
    assert await count(database, organisation, "job") == 0


@pytest.mark.parametrize("many", [8, 9, 61])
async def test_more_facts_than_one_statement_takes(database, organisation, heard, many):
    async with database.transaction(system(organisation)) as tx:
        for times in range(many):
            await record(tx, BellRung(conversation_id=new_id(), times=times))
    assert await count(database, organisation, "event") == many
    await Worker(database).drain()
    assert sorted(fact.times for fact, _ in heard) == list(range(many))


@pytest.mark.parametrize(
    ("where", "times"), [({"times": 3}, 1), ({"times": ...}, 2), ({"times": 3, "others": ()}, 0)]
)
async def test_facts_that_say_something_else_make_no_job(database, organisation, where, times):
    async def hear_some(tx: Transaction, fact: BellRung) -> None:
        """React by doing nothing."""

    hear_some.__module__ = "peakend.kernel.test"
    reacts_to(BellRung, where=where)(hear_some)
    try:
        async with database.transaction(system(organisation)) as tx:
            for rung in (3, 4):
                await record(tx, BellRung(conversation_id=new_id(), times=rung, others=(new_id(),)))
        assert await count(database, organisation, "event") == 2
        assert await count(database, organisation, "job") == times
        with pytest.raises(TypeError, match="loud"):
            reacts_to(BellRung, where={"loud": True})(hear_some)
    finally:
        REACTIONS.pop("BellRung")
        REACTION_BY_NAME.pop("kernel.hear_some")


async def test_a_rollback_leaves_no_fact_and_no_job(database, organisation, heard):
    with pytest.raises(RuntimeError, match="no"):  # noqa: PT012
        async with database.transaction(system(organisation)) as tx:
            await record(tx, BellRung(conversation_id=new_id(), times=1))
            await tx.flush()
            raise RuntimeError("no")
    assert await count(database, organisation, "event") == 0
    assert await count(database, organisation, "job") == 0


async def test_one_failing_reaction_does_not_hold_up_its_batch(database, organisation, heard):
    async with database.transaction(system(organisation)) as tx:
        for times in (1, -1, 2, 3):
            await record(tx, BellRung(conversation_id=new_id(), times=times))
    await Worker(database).drain_once()
    async with database.transaction(system(organisation)) as tx:
        left = await tx.value("SELECT array_agg(last_error) FROM job WHERE name = 'kernel.hear'")
    assert left == ["ValueError"]


async def test_a_poisoned_job_ends_as_a_dead_letter(database, organisation, heard):
    async with database.transaction(system(organisation)) as tx:
        await record(tx, BellRung(conversation_id=new_id(), times=-1))
    for _ in range(7):
        async with database.system() as tx:
            await tx.run("UPDATE job SET run_at = now() - interval '1 s' WHERE state = 'ready'")
        await Worker(database).drain_once()
    async with database.transaction(system(organisation)) as tx:
        dead = await tx.value(
            "SELECT attempt FROM job WHERE name = 'kernel.hear' AND state = 'dead'"
        )
    assert dead == 5


async def test_a_job_that_ends_its_worker_is_buried_too(database, organisation, heard):
    """A crash leaves only the raised attempt behind; after five the job is not run again."""
    async with database.transaction(system(organisation)) as tx:
        await record(tx, BellRung(conversation_id=new_id(), times=1))
    async with database.system() as tx:
        await tx.run("UPDATE job SET attempt = 5 WHERE name = 'kernel.hear'")
    await Worker(database).drain_once()
    assert heard == []
    async with database.system() as tx:
        assert await tx.value("SELECT state FROM job WHERE name = 'kernel.hear'") == "dead"


async def test_a_worker_that_lost_its_lease_changes_nothing(database, organisation, heard):
    async with database.transaction(system(organisation)) as tx:
        await record(tx, BellRung(conversation_id=new_id(), times=1))
    slow = Worker(database)

    async def overtaken(job, facts):
        async with database.system() as tx:
            await tx.run("UPDATE job SET attempt = attempt + 1 WHERE id = $1", job[0].id)
        await original(job, facts)

    original, slow._perform = slow._perform, overtaken
    await slow.drain_once()
    assert heard == []
    assert await count(database, organisation, "job") == 1


async def test_two_workers_share_without_doubling(database, organisation, heard):
    import asyncio

    async with database.transaction(system(organisation)) as tx:
        for times in range(300):
            await record(tx, BellRung(conversation_id=new_id(), times=times))
    await asyncio.gather(Worker(database).drain(), Worker(database).drain())
    assert sorted(fact.times for fact, _ in heard) == list(range(300))


async def test_waiting_jobs_of_one_key_become_one(database, organisation):
    ran: list[int] = []

    async def ring(tx: Transaction, *, times: int, bell: UUID) -> None:
        assert isinstance(bell, UUID)
        ran.append(times)

    ring.__module__ = "peakend.kernel.test"
    deferred(ring)
    try:
        bell = new_id()
        for times in range(3):
            async with database.transaction(system(organisation)) as tx:
                for _ in range(2):
                    await enqueue(tx, "kernel.ring", unique_key="bell", times=times, bell=bell)
        await Worker(database).drain()
        assert ran == [0]
    finally:
        JOBS.pop("kernel.ring")


async def test_a_cron_makes_one_job_for_each_organisation(database, organisation):
    async def strike(tx: Transaction) -> None:
        """Do nothing; the job row is what counts."""

    strike.__module__ = "peakend.kernel.test"
    every(seconds=3600)(strike)
    try:
        from peakend.kernel import clock

        now = clock.now()
        await tick(database, now)
        async with database.system() as tx:
            await tx.run("UPDATE cron SET next_at = now() - interval '1 s'")
        for _ in range(3):
            await tick(database, now)
        async with database.system() as tx:
            jobs = await tx.value("SELECT count(*) FROM job WHERE name = 'kernel.strike'")
            homes = await tx.value("SELECT count(*) FROM organisation")
        assert jobs == homes
    finally:
        JOBS.pop("kernel.strike")
        CRONS.pop("kernel.strike")
