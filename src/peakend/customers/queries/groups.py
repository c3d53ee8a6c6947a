"""The groups that customers belong to, for measures that compare them."""

from collections.abc import Iterable
from uuid import UUID

import msgspec

from peakend.kernel.db import Transaction


class CustomerGroup(msgspec.Struct, frozen=True):
    """The groups a customer belongs to, for measures that compare them."""

    id: UUID
    tier: str
    language: str


async def groups_of(tx: Transaction, ids: Iterable[UUID]) -> dict[UUID, CustomerGroup]:
    """Return the groups of customers; unknown ids are left out."""
    rows = await tx.all(
        CustomerGroup,
        """
        SELECT id, tier, language FROM customer
        WHERE organisation_id = current_organisation() AND id = ANY($1::uuid[])
        """,
        list(set(ids)),
    )
    return {one.id: one for one in rows}
