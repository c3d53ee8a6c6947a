"""Whether and when a person has answered a customer since a moment."""

from datetime import datetime
from uuid import UUID

import msgspec

from peakend.kernel.db import Transaction

_FIRST = """
SELECT m.at, m.author_id AS by_id FROM message m
WHERE m.organisation_id = current_organisation() AND m.conversation_id = $1
  AND m.kind = 'agent' AND m.at > $2 AND m.recalled_at IS NULL
ORDER BY m.seq LIMIT 1
"""


class AnsweredAt(msgspec.Struct, frozen=True):
    """When somebody answered, and who."""

    at: datetime
    by_id: UUID | None


async def answered_at(
    tx: Transaction, conversation_id: UUID, *, since: datetime
) -> AnsweredAt | None:
    """Return the first answer of a person after a moment; None where there is none."""
    return await tx.one(AnsweredAt, _FIRST, conversation_id, since)
