"""At which address a customer is written to."""

from uuid import UUID

import msgspec

from peakend.customers.queries.cards import identities
from peakend.customers.queries.sealing import opened_identity
from peakend.kernel.db import Transaction


class Reachable(msgspec.Struct, frozen=True):
    """An address of a customer, whole: who shows it masks it."""

    email: str
    verified: bool


async def mail_addresses(tx: Transaction, customer_id: UUID) -> list[Reachable]:
    """Return a customer's mail addresses, those first that somebody vouched for."""
    return [
        Reachable(
            opened_identity(tx.organisation_id, row),
            row.verified,
        )
        for row in await identities(tx, [customer_id])
        if row.kind == "email"
    ]


async def external_ids(tx: Transaction, customer_id: UUID) -> list[str]:
    """Return how the house's own systems call a customer, as far as somebody vouched for it."""
    return [
        opened_identity(tx.organisation_id, row)
        for row in await identities(tx, [customer_id])
        if row.kind == "login" and row.verified
    ]
