"""Jobs: rows of our own table, written with the facts that ask for them.

A job is claimed with a lease; its row is removed in the transaction that holds its effect, so an
effect is applied once. Failures are retried with back-off and end, visible, as dead letters.
"""

import inspect
from collections.abc import Awaitable, Callable
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any, get_type_hints
from uuid import UUID

import msgspec
from cronsim import CronSim
from sqlalchemy import Boolean, Column, DateTime, Index, SmallInteger, Text, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from peakend.kernel.ids import new_id
from peakend.kernel.tables import system_table, tenant_table

if TYPE_CHECKING:
    from peakend.kernel.db import Transaction

MAX_ATTEMPTS = 5

job_table = tenant_table(
    "job",
    Column("name", Text, nullable=False),
    Column("fact_id", Uuid(as_uuid=True)),
    Column("args", JSONB, nullable=False, server_default="{}"),
    Column("run_at", DateTime(timezone=True), nullable=False),
    Column("priority", SmallInteger, nullable=False, server_default="5"),
    Column("alone", Boolean, nullable=False, server_default="false"),
    Column("unique_key", Text),
    Column("attempt", SmallInteger, nullable=False, server_default="0"),
    Column("worker", Text),
    Column("state", Text, nullable=False, server_default="ready"),
    Column("last_error", Text),
    Column("created_at", DateTime(timezone=True), nullable=False, server_default=text("now()")),
    Index(
        "ix_job_ready",
        "organisation_id",
        "priority",
        "run_at",
        postgresql_where=text("state = 'ready'"),
    ),
    # Only a job that nobody has begun absorbs another: one that runs may have read the past.
    Index(
        "uq_job_unique_key",
        "organisation_id",
        "name",
        "unique_key",
        unique=True,
        postgresql_where=text("unique_key IS NOT NULL AND state = 'ready' AND attempt = 0"),
    ),
    Index("ix_job_dead", "organisation_id", "created_at", postgresql_where=text("state = 'dead'")),
    system="all",
)

cron_table = system_table(
    "cron",
    Column("name", Text, primary_key=True),
    Column("next_at", DateTime(timezone=True), nullable=False),
)

Deferred = Callable[..., Awaitable[None]]


class Job(msgspec.Struct, frozen=True):
    """A function that runs later, by its durable name."""

    name: str
    run: Deferred
    hints: dict[str, Any]
    alone: bool


class Cron(msgspec.Struct, frozen=True):
    """A job that comes again: every so many seconds, or by a cron line in UTC."""

    name: str
    seconds: int | None
    line: str | None

    def after(self, at: datetime) -> datetime:
        """Return the next time."""
        if self.line is not None:
            return next(CronSim(self.line, at))
        return at + timedelta(seconds=self.seconds or 60)


JOBS: dict[str, Job] = {}
CRONS: dict[str, Cron] = {}


def _name(run: Deferred) -> str:
    return f"{run.__module__.removeprefix('peakend.').split('.')[0]}.{run.__name__}"


def deferred(run: Deferred | None = None, *, alone: bool = False) -> Any:
    """Make a function a durable job that `enqueue` can name."""

    def register(run: Deferred) -> Deferred:
        hints = {k: v for k, v in get_type_hints(run).items() if k not in ("tx", "return")}
        JOBS[_name(run)] = Job(_name(run), run, hints, alone)
        return run

    return register if run is None else register(run)


def every(
    *, seconds: int | None = None, cron: str | None = None, alone: bool = False
) -> Callable[[Deferred], Deferred]:
    """Run a job again and again, once for each organisation."""

    def register(run: Deferred) -> Deferred:
        deferred(run, alone=alone)
        CRONS[_name(run)] = Cron(_name(run), seconds, cron)
        return run

    return register


async def enqueue(
    tx: "Transaction",
    name: str,
    *,
    run_at: datetime | None = None,
    unique_key: str | None = None,
    priority: int = 5,
    **args: Any,
) -> UUID:
    """Ask for a job with this transaction; one that waits under the same key absorbs it."""
    known = JOBS.get(name)
    job_id = new_id()
    tx.jobs.append(
        (
            job_id,
            name,
            None,
            run_at or tx.now,
            priority,
            unique_key,
            msgspec.to_builtins(args),
            known.alone if known else False,
        )
    )
    return job_id


async def run_job(tx: "Transaction", name: str, args: dict[str, Any]) -> None:
    """Run a deferred job by name. Errors: KeyError for a job this version does not know."""
    job = JOBS[name]
    given = {
        key: msgspec.convert(value, job.hints.get(key, Any), strict=False)
        for key, value in args.items()
    }
    result = job.run(tx, **given)
    if inspect.isawaitable(result):
        await result


class GivenUp(msgspec.Struct, frozen=True, kw_only=True):
    """Jobs of one kind that failed too often; `error` is a kind of error, never its text.

    Counts: at most a thousand.
    """

    name: str
    count: int
    since: datetime
    error: str


class Behind(msgspec.Struct, frozen=True, kw_only=True):
    """How far the jobs of an organisation are behind.

    Units: `since` is when the oldest should have run. Counts: at most ten thousand.
    """

    waiting: int
    since: datetime | None


async def given_up(tx: "Transaction") -> list[GivenUp]:
    """Return the jobs that somebody must look at, by kind."""
    return await tx.all(
        GivenUp,
        """
        SELECT name, count(*) AS count, min(created_at) AS since,
               coalesce(max(last_error), '') AS error
        FROM (SELECT name, created_at, last_error FROM job
              WHERE organisation_id = current_organisation() AND state = 'dead'
              ORDER BY created_at LIMIT 1000) d
        GROUP BY name ORDER BY min(created_at) LIMIT 50
        """,
    )


async def behind(tx: "Transaction") -> Behind:
    """Return how many jobs should have run by now, and since when."""
    found = await tx.one(
        Behind,
        """
        SELECT count(*) AS waiting, min(run_at) AS since
        FROM (SELECT run_at FROM job WHERE organisation_id = current_organisation()
              AND state = 'ready' AND run_at <= $1 LIMIT 10000) j
        """,
        tx.now,
    )
    assert found is not None
    return found


async def again(tx: "Transaction", name: str) -> int:
    """Let the jobs of a kind that were given up be tried anew; return how many. At most 1,000."""
    # Without its key: one that waits already may have the same, and both may run.
    return await tx.run(
        """
        UPDATE job SET state = 'ready', attempt = 0, run_at = $2, unique_key = NULL, worker = NULL
        WHERE organisation_id = current_organisation() AND id IN (
            SELECT id FROM job WHERE organisation_id = current_organisation()
            AND state = 'dead' AND name = $1 ORDER BY created_at LIMIT 1000)
        """,
        name,
        tx.now,
    )
