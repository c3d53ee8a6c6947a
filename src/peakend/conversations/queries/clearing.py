"""Which conversations a customer has, for those who remove them."""

from uuid import UUID

import msgspec

from peakend.kernel.db import Transaction


class Standing(msgspec.Struct, frozen=True):
    """The conversations of customers that were not erased, and how many are not over yet."""

    ids: list[UUID]
    still_open: int


async def standing(tx: Transaction, customer_ids: list[UUID], *, erased: bool = False) -> Standing:
    """Return the conversations of customers; with `erased` those already removed, too."""
    found = await tx.one(
        Standing,
        """
        SELECT coalesce(array_agg(id), '{}') AS ids,
               count(*) FILTER (WHERE state <> 'closed') AS still_open
        FROM conversation
        WHERE organisation_id = current_organisation() AND customer_id = ANY($1)
          AND ($2 OR cleared_why IS DISTINCT FROM 'erasure')
        """,
        customer_ids,
        erased,
    )
    assert found is not None
    return found
