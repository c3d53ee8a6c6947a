"""Which field was looked at, and why, for whoever reads the audit log."""

from uuid import UUID

import msgspec

from peakend.kernel.db import Transaction
from peakend.kernel.naming import LookedAt, looked

_LOOKS = """
SELECT r.id, r.reason, CASE WHEN $2 THEN f.label_zh ELSE f.label_en END AS label
FROM profile_reveal r
JOIN profile_field f ON f.organisation_id = r.organisation_id AND f.id = r.field_id
WHERE r.organisation_id = current_organisation() AND r.id = ANY($1)
"""


class _Row(msgspec.Struct, frozen=True):
    id: UUID
    reason: str
    label: str


async def looks(tx: Transaction, ids: list[UUID]) -> dict[UUID, LookedAt]:
    """Return looks at masked fields by their ids."""
    found = await tx.all(_Row, _LOOKS, ids, tx.actor.language.startswith("zh"))
    return {row.id: LookedAt(row.label, row.reason) for row in found}


looked("field.revealed", looks)
