"""What groups of customers got for the same matters, and who claims again and again (F124)."""

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import msgspec

from peakend.complaints.rules.fairness import Given, GroupGap, group_gaps
from peakend.customers.queries import CustomerBrief, customer_briefs, groups_of
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction

Grouping = Literal["tier", "language"]
LOOKED_BACK = timedelta(days=180)
MOST_SETTLED, MOST_CLAIMERS, OFTEN = 50_000, 100, 3

_SEEN = """
  AND ($2 OR owner_id = $3 OR filed_by = $3 OR brand_id = ANY($4::uuid[])
       OR queue_id = ANY($5::uuid[]))
  AND ($6::uuid IS NULL OR brand_id = $6)
"""
_SETTLED = f"""
SELECT customer_id, brand_id, reason_id, liability, severity, compensation_fen FROM complaint
WHERE organisation_id = current_organisation() AND state IN ('settled', 'unsettled', 'closed')
  AND liability <> 'unknown' AND filed_at >= $1 {_SEEN}
ORDER BY filed_at DESC LIMIT $7
"""  # noqa: S608 (our own words)
# What a rule of the house gave for a wait was not claimed.
_CLAIMERS = f"""
WITH filed AS (
    SELECT customer_id, count(*)::int AS complaints, count(*) FILTER (WHERE upheld)::int AS upheld,
           max(filed_at) AS last_at
    FROM complaint WHERE organisation_id = current_organisation() AND filed_at >= $1 {_SEEN}
    GROUP BY customer_id
), given AS (
    SELECT customer_id, count(*)::int AS grants, sum(cost_fen)::bigint AS cost_fen,
           max(made_at) AS last_at
    FROM compensation_grant
    WHERE organisation_id = current_organisation() AND made_at >= $1 AND NOT automatic
      AND state IN ('granted', 'used', 'expired')
      AND ($2 OR by_id = $3 OR brand_id = ANY($4::uuid[])) AND ($6::uuid IS NULL OR brand_id = $6)
    GROUP BY customer_id
)
SELECT coalesce(f.customer_id, g.customer_id) AS customer_id,
       coalesce(f.complaints, 0) AS complaints, coalesce(f.upheld, 0) AS upheld,
       coalesce(g.grants, 0) AS grants,
       coalesce(g.cost_fen, 0) AS cost_fen, greatest(f.last_at, g.last_at) AS last_at
FROM filed f FULL JOIN given g ON g.customer_id = f.customer_id
WHERE coalesce(f.complaints, 0) >= $7 OR coalesce(g.grants, 0) >= $7
ORDER BY cost_fen DESC, complaints DESC, last_at DESC LIMIT $8
"""  # noqa: S608 (our own words)
_BEFORE = """
SELECT count(*)::int AS grants, coalesce(sum(cost_fen), 0)::bigint AS cost_fen
FROM compensation_grant
WHERE organisation_id = current_organisation() AND customer_id = $1 AND made_at >= $2
  AND NOT automatic AND state IN ('granted', 'used', 'expired')
"""


class Claimer(msgspec.Struct, frozen=True, kw_only=True):
    """A customer who complained or was compensated three times or more in 180 days. Units: fen."""

    customer: CustomerBrief
    complaints: int
    upheld: int
    grants: int
    cost_fen: int
    last_at: datetime


class Before(msgspec.Struct, frozen=True):
    """What a customer was given in the last 180 days. Units: fen."""

    grants: int
    cost_fen: int


class _Row(msgspec.Struct, frozen=True):
    customer_id: UUID
    brand_id: UUID | None
    reason_id: UUID | None
    liability: str
    severity: int
    compensation_fen: int


class _Claimer(msgspec.Struct, frozen=True):
    customer_id: UUID
    complaints: int
    upheld: int
    grants: int
    cost_fen: int
    last_at: datetime


async def fairness(
    tx: Transaction, actor: Actor, *, by: Grouping, brand_id: UUID | None = None
) -> list[GroupGap]:
    """Return how far groups of customers are from the others, the same matter beside the same.

    Counts: complaints settled in the last 180 days, at most the latest 50,000.
    """
    rows = await tx.all(_Row, _SETTLED, *_given(tx, actor, brand_id), MOST_SETTLED)
    groups = await groups_of(tx, {one.customer_id for one in rows})
    return group_gaps(
        Given(
            group=getattr(groups[one.customer_id], by),
            cell=(one.brand_id, one.reason_id, one.liability, one.severity),
            fen=one.compensation_fen,
        )
        for one in rows
        if one.customer_id in groups
    )


async def claimers(tx: Transaction, actor: Actor, *, brand_id: UUID | None = None) -> list[Claimer]:
    """Return who complained or was compensated again and again, whom it cost most first.

    Counts: at most 100 customers.
    """
    rows = await tx.all(_Claimer, _CLAIMERS, *_given(tx, actor, brand_id), OFTEN, MOST_CLAIMERS)
    briefs = await customer_briefs(tx, {one.customer_id for one in rows}, actor.language)
    return [
        Claimer(
            customer=briefs[one.customer_id],
            complaints=one.complaints,
            upheld=one.upheld,
            grants=one.grants,
            cost_fen=one.cost_fen,
            last_at=one.last_at,
        )
        for one in rows
        if one.customer_id in briefs
    ]


async def given_before(tx: Transaction, customer_id: UUID) -> Before:
    """Return what a customer was given in the last 180 days, whoever asks."""
    found = await tx.one(Before, _BEFORE, customer_id, tx.now - LOOKED_BACK)
    return found or Before(0, 0)


def _given(tx: Transaction, actor: Actor, brand_id: UUID | None) -> tuple[object, ...]:
    return (
        tx.now - LOOKED_BACK, actor.sees_all, actor.id, actor.seen_brands, actor.seen_queues,
        brand_id,
    )  # fmt: skip
