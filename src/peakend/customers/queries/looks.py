"""What was looked at of a customer, and why, for whoever reads the audit log."""

from uuid import UUID

import msgspec

from peakend.kernel.db import Transaction
from peakend.kernel.naming import LookedAt, looked
from peakend.kernel.words import word

_WORDED = ("name", "phone", "email", "wechat", "login", "other")
_LOOKS = """
SELECT r.id, r.field, r.reason, i.kind, c.attributes
FROM reveal r
JOIN customer c ON c.organisation_id = r.organisation_id AND c.id = r.customer_id
LEFT JOIN identity i ON i.organisation_id = r.organisation_id
    AND i.id = CASE WHEN r.field LIKE 'identity:%' THEN substr(r.field, 10)::uuid END
WHERE r.organisation_id = current_organisation() AND r.id = ANY($1)
"""


class _Row(msgspec.Struct, frozen=True):
    id: UUID
    field: str
    reason: str
    kind: str | None
    attributes: list[dict[str, str]]


async def looks(tx: Transaction, ids: list[UUID]) -> dict[UUID, LookedAt]:
    """Return looks at details of customers by their ids."""
    found = await tx.all(_Row, _LOOKS, ids)
    return {row.id: LookedAt(_called(row, tx.actor.language), row.reason) for row in found}


def _called(row: _Row, language: str) -> str:
    kind, _, key = row.field.partition(":")
    if kind == "attribute":
        labels = (one["label"] for one in row.attributes if one["key"] == key)
        return next(labels, "") or key or word("customers.looked_detail", language)
    kind = row.kind or kind
    known = kind if kind in _WORDED else "detail"
    return word(f"customers.looked_{known}", language)


looked("customer.revealed", looks)
