"""How many contacts each reason had in a while, for those who look for what to change."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from peakend.kernel.db import Transaction

_COUNTS = """
SELECT reason_id, count(*) AS contacts, count(DISTINCT customer_id) AS customers
FROM conversation
WHERE organisation_id = current_organisation() AND state = 'closed'
  AND closed_at >= $1 AND closed_at < $2 AND merged_into_id IS NULL
  AND ($3::uuid[] IS NULL OR brand_id = ANY($3))
GROUP BY reason_id ORDER BY reason_id LIMIT 2001
"""


class ReasonCount(msgspec.Struct, frozen=True):
    """Contacts that ended with a reason, or with none; of how many different customers."""

    reason_id: UUID | None
    contacts: int
    customers: int


async def reason_counts(
    tx: Transaction, *, since: datetime, until: datetime, brand_ids: Sequence[UUID] | None = None
) -> list[ReasonCount]:
    """Return what the contacts that ended in a while were about.

    Counts: conversations by when they ended; what was merged counts once.
    """
    some = None if brand_ids is None else list(brand_ids)
    return await tx.all(ReasonCount, _COUNTS, since, until, some)
