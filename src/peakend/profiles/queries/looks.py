"""Which field was looked at, and why, for whoever reads the audit log."""

from uuid import UUID

import msgspec

from peakend.kernel.db import Transaction
from peakend.kernel.naming import LookedAt, looked
from peakend.kernel.words import word
from peakend.profiles.queries.fields import fields, label_of

_LOOKS = """
SELECT id, field_id, reason FROM profile_reveal
WHERE organisation_id = current_organisation() AND id = ANY($1)
"""


class _Row(msgspec.Struct, frozen=True):
    id: UUID
    field_id: UUID
    reason: str


async def looks(tx: Transaction, ids: list[UUID]) -> dict[UUID, LookedAt]:
    """Return looks at masked fields by their ids; of a field one does not see, only that it was."""
    found = await tx.all(_Row, _LOOKS, ids)
    names = {one.id: label_of(tx, one) for one in await fields(tx)}
    other = LookedAt(word("profiles.other_field", tx.actor.language), "")
    return {
        row.id: LookedAt(names[row.field_id], row.reason) if row.field_id in names else other
        for row in found
    }


looked("field.revealed", looks)
