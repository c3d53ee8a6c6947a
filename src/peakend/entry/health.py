"""Whether the service is well, for load balancers and for people."""

from datetime import timedelta
from typing import Any

import asyncpg
import msgspec
from litestar import Response, get
from litestar.openapi.datastructures import ResponseSpec

from peakend.kernel import clock
from peakend.kernel.db import Database
from peakend.kernel.permissions import public
from peakend.kernel.settings import VERSION

WATERMARK_LIMIT_S = 10.0


class Health(msgspec.Struct, frozen=True, kw_only=True):
    """The state of this process and of what it needs.

    Units: ages in seconds; null where there is nothing to be old.
    """

    live: bool
    ready: bool
    version: str
    watermark_age_s: float | None
    oldest_job_s: float | None
    jobs_waiting: int
    jobs_dead: int


WATERMARK = """
SELECT extract(epoch FROM clock_timestamp() - min(xact_start))::float8
FROM pg_stat_activity
WHERE backend_xid IS NOT NULL AND datname = current_database() AND pid <> pg_backend_pid()
"""
JOBS = """
SELECT min(run_at) FILTER (WHERE state = 'ready' AND run_at <= $1) AS oldest,
       count(*) FILTER (WHERE state = 'ready' AND run_at <= $1) AS waiting,
       count(*) FILTER (WHERE state = 'dead') AS dead
FROM (SELECT state, run_at FROM job LIMIT 100000) j
"""


class _Jobs(msgspec.Struct, frozen=True):
    oldest: Any
    waiting: int
    dead: int


@get(
    "/health",
    opt=public("numbers only, no names"),
    summary="Say whether the service is well",
    responses={503: ResponseSpec(Health, generate_examples=False, description="It is not well")},
)
async def health(database: Database) -> Response[Health]:
    """Return 200 when requests can be served, 503 otherwise."""
    now = clock.now()
    try:
        async with database.system(now) as tx:
            watermark = await tx.value(WATERMARK)
            jobs = await tx.one(_Jobs, JOBS, now)
    except (asyncpg.PostgresError, asyncpg.InterfaceError, OSError, TimeoutError):
        return Response(
            Health(live=True, ready=False, version=VERSION, watermark_age_s=None,
                   oldest_job_s=None, jobs_waiting=0, jobs_dead=0), status_code=503,
        )  # fmt: skip
    assert jobs is not None
    age = (now - jobs.oldest) if jobs.oldest else timedelta()
    return Response(
        Health(
            live=True,
            ready=watermark is None or watermark < WATERMARK_LIMIT_S,
            version=VERSION,
            watermark_age_s=round(watermark, 3) if watermark is not None else None,
            oldest_job_s=round(age.total_seconds(), 3) if jobs.oldest else None,
            jobs_waiting=jobs.waiting,
            jobs_dead=jobs.dead,
        )
    )


routes = [health]
