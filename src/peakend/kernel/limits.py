"""Rate limits: token buckets in an unlogged table, the same for every process."""

from datetime import datetime, timedelta

from sqlalchemy import Column, DateTime, Double, Text

from peakend.kernel.db import current
from peakend.kernel.errors import TooMany
from peakend.kernel.tables import system_table

limit_table = system_table(
    "rate_limit",
    Column("key", Text, primary_key=True),
    Column("tokens", Double, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    unlogged=True,
)

TAKE = """
WITH bucket AS (
    INSERT INTO rate_limit AS r (key, tokens, at) VALUES ($1, $3::float8 - 1, $4)
    ON CONFLICT (key) DO UPDATE SET
        tokens = least($3::float8, r.tokens
                 + $2::float8 * greatest(0, extract(epoch FROM $4 - r.at)::float8)) - 1,
        at = greatest(r.at, $4)
    WHERE least($3::float8, r.tokens
          + $2::float8 * greatest(0, extract(epoch FROM $4 - r.at)::float8)) >= 1
    RETURNING tokens
)
SELECT count(*) FROM bucket
"""


async def allow(key: str, *, rate: float, burst: int, now: datetime | None = None) -> bool:
    """Take a token from a bucket, and say whether there was one.

    Units: rate in tokens per second; burst in tokens.
    """
    async with current().system(now) as tx:
        taken = await tx.value(TAKE, key[:200], rate, float(burst), tx.now)
    return bool(taken)


async def forget(now: datetime | None = None) -> int:
    """Drop buckets that nobody has used for a day: their keys hold addresses of people.

    Every bucket is full again after an hour, so nobody gets a token more by it.
    """
    async with current().system(now) as tx:
        return await tx.run("DELETE FROM rate_limit WHERE at < $1", tx.now - timedelta(days=1))


async def spend(key: str, *, rate: float, burst: int, now: datetime | None = None) -> None:
    """Take a token or refuse. Errors: TooMany with the seconds to wait."""
    if not await allow(key, rate=rate, burst=burst, now=now):
        raise TooMany(retry_after_s=max(1, round(1 / rate)))
