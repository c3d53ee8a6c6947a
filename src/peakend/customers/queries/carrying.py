"""Customers as they are carried in and out: many at a time, with their identities opened."""

from collections.abc import Sequence
from datetime import datetime
from uuid import UUID

import msgspec

from peakend.customers.models import IdentityRow
from peakend.customers.queries.sealing import opened_identity
from peakend.customers.rules import folded
from peakend.kernel.db import Transaction


class HeldIdentity(msgspec.Struct, frozen=True):
    """Whose an identity is today."""

    blind: bytes
    customer_id: UUID
    verified: bool


class CustomerHeld(msgspec.Struct, frozen=True):
    """What a table says of a customer."""

    id: UUID
    name: str
    tier: str
    language: str
    since: datetime
    version: int


_HELD = """
SELECT i.blind, coalesce(c.merged_into_id, c.id) AS customer_id, i.verified
FROM identity i JOIN customer c ON c.organisation_id = i.organisation_id AND c.id = i.customer_id
WHERE i.organisation_id = current_organisation()
  AND i.kind = ANY($1::text[]) AND i.blind = ANY($2::bytea[])
"""
_COLUMNS = "c.id, c.name, c.tier, c.language, c.since, c.version"
_AFTER = f"""
SELECT {_COLUMNS} FROM customer c
WHERE c.organisation_id = current_organisation() AND c.known AND c.merged_into_id IS NULL
  AND ($1::uuid IS NULL OR c.id > $1) AND ($2 = '' OR strpos(c.folded, $2) > 0)
ORDER BY c.id LIMIT $3
"""  # noqa: S608 (names of columns only)
_OF = """
SELECT id, customer_id, kind, value, verified FROM identity
WHERE organisation_id = current_organisation() AND customer_id = ANY($1::uuid[])
ORDER BY verified DESC, id
"""


async def identities_held(
    tx: Transaction, blinds: Sequence[bytes]
) -> dict[bytes, list[HeldIdentity]]:
    """Return whose these identities are, by what equal ones are found by."""
    found: dict[bytes, list[HeldIdentity]] = {}
    kinds = ["login", "phone", "email", "wechat"]
    for row in await tx.all(HeldIdentity, _HELD, kinds, list(blinds)):
        found.setdefault(row.blind, []).append(row)
    return found


async def customers_held(tx: Transaction, ids: Sequence[UUID]) -> list[CustomerHeld]:
    """Return customers as a table says them."""
    return await tx.all(
        CustomerHeld,
        f"SELECT {_COLUMNS} FROM customer c"  # noqa: S608 (names of columns only)
        " WHERE c.organisation_id = current_organisation() AND c.id = ANY($1::uuid[])",
        list(ids),
    )


async def customers_after(
    tx: Transaction, after: UUID | None, most: int, search: str
) -> list[tuple[CustomerHeld, dict[str, str]]]:
    """Return customers behind one, in the order of ids, each with one identity of each kind."""
    rows = await tx.all(CustomerHeld, _AFTER, after, folded(search), most)
    by_customer: dict[UUID, dict[str, str]] = {row.id: {} for row in rows}
    for one in await tx.all(IdentityRow, _OF, list(by_customer)):
        plain = opened_identity(tx.organisation_id, one)
        by_customer[one.customer_id].setdefault(one.kind, plain)
    return [(row, by_customer[row.id]) for row in rows]
