"""For which complaints it was drawn whether a scheme offers anything, and how it fell."""

from datetime import datetime
from uuid import UUID

import msgspec

from peakend.kernel.db import Transaction

MOST_DRAWS = 20_000
_ONE = """
SELECT complaint_id, customer_id, table_id, scheme_id, share, held, at FROM hold_out
WHERE organisation_id = current_organisation() AND complaint_id = $1
"""
# What was given counts on both sides: who was held out may have been given something by hand.
_SINCE = """
SELECT h.complaint_id, c.case_id, c.customer_id, c.conversation_id, h.table_id, t.version,
       t.brand_id, h.scheme_id, s.liability, s.severity, s.reason_id, s.instrument_id, h.share,
       h.held, h.at,
       coalesce((SELECT sum(g.cost_fen) FROM compensation_grant g
           WHERE g.organisation_id = current_organisation() AND g.case_id = c.case_id
             AND g.state IN ('granted', 'used', 'expired')), 0)::bigint AS given_fen
FROM hold_out h
JOIN complaint c ON c.organisation_id = current_organisation() AND c.id = h.complaint_id
JOIN scheme_table t ON t.organisation_id = current_organisation() AND t.id = h.table_id
JOIN scheme s ON s.organisation_id = current_organisation() AND s.id = h.scheme_id
WHERE h.organisation_id = current_organisation() AND h.at >= $1 AND c.tier <> 'extreme'
ORDER BY h.at DESC LIMIT $2
"""
_AGAIN = """
SELECT customer_id, conversation_id, filed_at AS at FROM complaint
WHERE organisation_id = current_organisation() AND customer_id = ANY($1::uuid[]) AND filed_at >= $2
ORDER BY filed_at LIMIT 100000
"""


class Draw(msgspec.Struct, frozen=True, kw_only=True):
    """How the draw fell for a complaint."""

    complaint_id: UUID
    customer_id: UUID
    table_id: UUID
    scheme_id: UUID
    share: float
    held: bool
    at: datetime


class DrawnCase(msgspec.Struct, frozen=True, kw_only=True):
    """A complaint for which was drawn, its line, and what was given for it. Units: fen."""

    complaint_id: UUID
    case_id: UUID
    customer_id: UUID
    conversation_id: UUID | None
    table_id: UUID
    version: int
    brand_id: UUID | None
    scheme_id: UUID
    liability: str
    severity: int | None
    reason_id: UUID | None
    instrument_id: UUID
    share: float
    held: bool
    at: datetime
    given_fen: int


class Happened(msgspec.Struct, frozen=True):
    """That a customer complained at a moment, and in which conversation."""

    customer_id: UUID
    conversation_id: UUID | None
    at: datetime


async def draw_of(tx: Transaction, complaint_id: UUID) -> Draw | None:
    """Return how the draw fell for a complaint; None where nothing was drawn."""
    return await tx.one(Draw, _ONE, complaint_id)


async def draws_since(tx: Transaction, since: datetime) -> list[DrawnCase]:
    """Return the draws since a moment, the newest first. Counts: at most 20,000."""
    return await tx.all(DrawnCase, _SINCE, since, MOST_DRAWS)


async def complaints_after(
    tx: Transaction, customer_ids: list[UUID], since: datetime
) -> list[Happened]:
    """Return when customers complained since a moment. Counts: at most 100,000."""
    return await tx.all(Happened, _AGAIN, customer_ids, since)
