"""Customers who may be one: found by what they share, said with what it is, decided by people."""

from typing import Literal
from uuid import UUID

import msgspec

from peakend.customers.models import Customer
from peakend.customers.queries.cards import CustomerRow, need_customer
from peakend.customers.queries.found import customer_rows
from peakend.customers.queries.sealing import opened_attributes
from peakend.customers.rules import Kind, telling
from peakend.kernel.db import Transaction

MOST = 10

_SHARED = """
    SELECT o.customer_id, o.kind, bool_or(i.verified OR o.verified) AS verified
    FROM identity i
    JOIN identity o
      ON o.organisation_id = i.organisation_id
     AND o.kind = i.kind
     AND o.blind = i.blind
     AND o.customer_id <> i.customer_id
    JOIN customer c
      ON c.organisation_id = o.organisation_id
     AND c.id = o.customer_id
     AND c.known
     AND c.merged_into_id IS NULL
    WHERE i.organisation_id = current_organisation()
      AND i.customer_id = $1
    GROUP BY o.customer_id, o.kind
    ORDER BY verified DESC, o.customer_id DESC
    LIMIT 40
"""
_NAMESAKES = """
    SELECT id, name, tier, language, since, attributes, preferences, known, verified,
           merged_into_id, version
    FROM customer
    WHERE organisation_id = current_organisation()
      AND folded = (SELECT folded FROM customer
                    WHERE organisation_id = current_organisation() AND id = $1)
      AND known
      AND folded <> ''
      AND id <> $1
    ORDER BY id DESC
    LIMIT 20
"""
_APART = """
    SELECT coalesce(array_agg(CASE WHEN one_id = $1 THEN other_id ELSE one_id END), '{}')
    FROM customer_apart
    WHERE organisation_id = current_organisation()
      AND (one_id = $1 OR other_id = $1)
"""


class Likeness(msgspec.Struct, frozen=True):
    """Something that two customers share.

    `verified` says that somebody trusted vouched for it on one side at least; what customers only
    said of themselves is no proof.
    """

    code: Kind | Literal["name", "attribute"]
    label: str | None = None
    verified: bool = False


class Duplicate(msgspec.Struct, frozen=True):
    """A customer who may be the same person, and why."""

    customer: CustomerRow
    likenesses: list[Likeness]
    sure: bool


class _Shared(msgspec.Struct, frozen=True):
    customer_id: UUID
    kind: Kind
    verified: bool


async def duplicates(tx: Transaction, customer_id: UUID) -> list[Duplicate]:
    """Return customers who may be this one, the likeliest first; a name alone is not enough.

    Errors: CustomerNotFound.
    """
    customer = await need_customer(tx, customer_id)
    found: dict[UUID, list[Likeness]] = {}
    for row in await tx.all(_Shared, _SHARED, customer.id):
        found.setdefault(row.customer_id, []).append(Likeness(row.kind, None, row.verified))
    namesakes = await tx.all(Customer, _NAMESAKES, customer.id) if customer.name else []
    for other in namesakes:
        shared = _shared_attributes(tx, customer, other)
        if shared or other.id in found:
            found.setdefault(other.id, []).extend([Likeness("name"), *shared])
    apart = set(await tx.value(_APART, customer.id)) if found else set()
    ranked = sorted(
        (one for one in found if one not in apart),
        key=lambda one: (_weight(found[one]), one),
        reverse=True,
    )[:MOST]
    rows = {row.id: row for row in await customer_rows(tx, ranked)}
    return [
        Duplicate(rows[one], found[one], any(like.verified for like in found[one]))
        for one in ranked
        if one in rows
    ]


def _shared_attributes(tx: Transaction, one: Customer, other: Customer) -> list[Likeness]:
    theirs = {a.key: a.value for a in opened_attributes(tx.organisation_id, other)}
    return [
        Likeness("attribute", a.label)
        for a in opened_attributes(tx.organisation_id, one)
        if theirs.get(a.key) == a.value and telling(a.value)
    ]


def _weight(likenesses: list[Likeness]) -> tuple[bool, int]:
    return any(one.verified for one in likenesses), len(likenesses)
