"""When customers came, whoever asks: for measures that compare groups of them."""

from datetime import datetime
from uuid import UUID

import msgspec

from peakend.kernel.db import Transaction

MOST_OPENINGS = 100_000
_OF = """
SELECT id, customer_id, opened_at FROM conversation
WHERE organisation_id = current_organisation() AND customer_id = ANY($1::uuid[])
  AND opened_at >= $2 AND merged_into_id IS NULL
ORDER BY opened_at LIMIT $3
"""


class Opening(msgspec.Struct, frozen=True):
    """A conversation of a customer, and when it began."""

    id: UUID
    customer_id: UUID
    opened_at: datetime


async def openings_of(tx: Transaction, customer_ids: list[UUID], since: datetime) -> list[Opening]:
    """Return the conversations of customers since a moment. Counts: at most 100,000."""
    return await tx.all(Opening, _OF, customer_ids, since, MOST_OPENINGS)
