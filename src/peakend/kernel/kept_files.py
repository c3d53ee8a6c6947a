"""What the house has stored for a purpose of its own, beside what its people put in."""

from uuid import UUID

from peakend.kernel.db import Transaction


async def kept_pictures(tx: Transaction, ids: list[UUID], purpose: str) -> set[UUID]:
    """Return which of these are pictures that were stored for a purpose, by whomever."""
    found: list[UUID] = await tx.value(
        "SELECT coalesce(array_agg(id), '{}') FROM file"
        " WHERE organisation_id = current_organisation() AND id = ANY($1) AND purpose = $2"
        " AND kind = 'image' AND NOT withdrawn",
        ids,
        purpose,
    )
    return set(found)
