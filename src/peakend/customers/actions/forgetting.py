"""What customers hold about persons, and how it goes: for one of them, or by its age."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from peakend.customers.events import CustomerChanged
from peakend.customers.models import IdentityRow
from peakend.customers.queries import forget_visitor, visitors_of
from peakend.customers.queries.sealing import opened_identity, opened_stored
from peakend.kernel.db import Transaction
from peakend.kernel.events import record
from peakend.kernel.files import files_of, remove_files
from peakend.kernel.personal import Age, Held, goes_with_age, holds

_EMPTY = """
UPDATE customer
SET name = '', folded = '', attributes = '[]', preferences = '{}', known = false,
    verified = false, erased_at = $2, version = version + 1
WHERE organisation_id = current_organisation() AND id = ANY($1)
  AND (erased_at IS NULL OR known OR name <> '' OR attributes <> '[]' OR preferences <> '{}')
RETURNING id, version
"""
_OPENABLE = """
SELECT id, customer_id, kind, value, verified FROM identity
WHERE organisation_id = current_organisation() AND customer_id = ANY($1) ORDER BY id
"""


class _Changed(msgspec.Struct, frozen=True):
    id: UUID
    version: int


class _Person(msgspec.Struct, frozen=True):
    id: UUID
    name: str
    tier: str
    language: str
    since: datetime
    attributes: list[dict[str, Any]]
    preferences: dict[str, Any]


def _rows(table: str) -> str:
    return (
        f"SELECT t.* FROM {table} t "
        "WHERE t.organisation_id = current_organisation() AND t.customer_id = ANY($1)"
    )


def _gone(table: str) -> str:
    return (
        f"DELETE FROM {table} "
        "WHERE organisation_id = current_organisation() AND customer_id = ANY($1)"
    )


async def _empty_customers(tx: Transaction, ids: list[UUID]) -> int:
    changed = await tx.all(_Changed, _EMPTY, ids, tx.now)
    for one in changed:
        await record(tx, CustomerChanged(customer_id=one.id, revision=one.version))
    return len(changed)


async def _find_customers(tx: Transaction, ids: list[UUID]) -> list[dict[str, Any]]:
    people = await tx.all(
        _Person,
        "SELECT id, name, tier, language, since, attributes, preferences FROM customer"
        " WHERE organisation_id = current_organisation() AND id = ANY($1) AND erased_at IS NULL",
        ids,
    )
    return [
        {name: getattr(one, name) for name in ("id", "name", "tier", "language", "since")}
        | {"preferences": one.preferences}
        | {
            "attributes": {
                a.label: a.value for a in opened_stored(tx.organisation_id, one.id, one.attributes)
            }
        }
        for one in people
    ]


async def _find_identities(tx: Transaction, ids: list[UUID]) -> list[dict[str, Any]]:
    return [
        {"kind": one.kind, "value": opened_identity(tx.organisation_id, one),
         "verified": one.verified}
        for one in await tx.all(IdentityRow, _OPENABLE, ids)
    ]  # fmt: skip


async def _forget_browsers(tx: Transaction, ids: list[UUID]) -> int:
    """Forget the browsers of customers, with what they put in and perhaps never sent."""
    visitors = await visitors_of(tx, ids)
    await remove_files(tx, await files_of(tx, "visitor", visitors))
    for one in visitors:
        forget_visitor(one)
    return await tx.run(_gone("visitor"), ids)


_MERGES = """
WHERE organisation_id = current_organisation()
  AND (survivor_id = ANY($1) OR absorbed_id = ANY($1))
"""
_APART = """
WHERE organisation_id = current_organisation() AND (one_id = ANY($1) OR other_id = ANY($1))
"""

holds(
    Held(table="identity", of="customers", about="customer", erase=_gone("identity"),
         find=_find_identities),
    Held(table="customer_note", of="customers", about="customer", erase=_gone("customer_note"),
         find="SELECT organisation_id, text, at FROM customer_note"
         " WHERE organisation_id = current_organisation() AND customer_id = ANY($1)"),
    Held(table="customer_gram", of="customers", about="customer", erase=_gone("customer_gram"),
         find=_rows("customer_gram"), copied=False),
    Held(table="customer_merge", of="customers", about="customer",
         erase="DELETE FROM customer_merge" + _MERGES,
         find="SELECT organisation_id, id, at FROM customer_merge" + _MERGES),
    Held(table="customer_apart", of="customers", about="customer",
         erase="DELETE FROM customer_apart" + _APART,
         find="SELECT organisation_id, at FROM customer_apart" + _APART, copied=False),
    Held(table="page_view", of="trail", about="customer", erase=_gone("page_view"),
         find="SELECT organisation_id, url, title, at FROM page_view"
         " WHERE organisation_id = current_organisation() AND customer_id = ANY($1)"),
    Held(table="visitor", of="visitors", about="customer", erase=_forget_browsers,
         find="SELECT organisation_id, language, created_at, last_seen_at FROM visitor"
         " WHERE organisation_id = current_organisation() AND customer_id = ANY($1)"),
    Held(table="reveal", of="reasons", about="customer", empties=("reason", "field"),
         erase="UPDATE reveal SET reason = '', field = split_part(field, ':', 1)"
         " WHERE organisation_id = current_organisation() AND customer_id = ANY($1)"
         " AND reason <> ''",
         find=_rows("reveal") + " AND t.reason <> ''"),
    Held(table="customer", of="customers", about="customer", erase=_empty_customers,
         find=_find_customers, empties=("name", "folded", "attributes", "preferences"),
         stays=("tier", "language")),
)  # fmt: skip


async def _sweep_trail(tx: Transaction, before: datetime, limit: int) -> int:
    return await tx.run(
        "DELETE FROM page_view WHERE organisation_id = current_organisation() AND id IN ("
        "SELECT id FROM page_view WHERE organisation_id = current_organisation() AND at < $1"
        " AND NOT on_hold(customer_id) LIMIT $2)",
        before,
        limit,
    )


async def _sweep_visitors(tx: Transaction, before: datetime, limit: int) -> int:
    return await tx.run(
        "DELETE FROM visitor WHERE organisation_id = current_organisation() AND id IN ("
        "SELECT id FROM visitor WHERE organisation_id = current_organisation()"
        " AND last_seen_at < $1 AND NOT on_hold(customer_id) LIMIT $2)",
        before,
        limit,
    )


async def _sweep_reasons(tx: Transaction, before: datetime, limit: int) -> int:
    return await tx.run(
        "UPDATE reveal SET reason = '' WHERE organisation_id = current_organisation() AND id IN ("
        "SELECT id FROM reveal WHERE organisation_id = current_organisation() AND at < $1"
        " AND reason <> '' AND NOT on_hold(customer_id) LIMIT $2)",
        before,
        limit,
    )


goes_with_age(
    Age(of="trail", least_d=1, days=90, sweep=_sweep_trail,
        count="SELECT count(*) AS n, min(at) AS oldest FROM page_view"
        " WHERE organisation_id = current_organisation() AND at < $1"
        " AND NOT on_hold(customer_id)"),
    Age(of="visitors", least_d=1, most_d=180, days=180, sweep=_sweep_visitors,
        count="SELECT count(*) AS n, min(last_seen_at) AS oldest FROM visitor"
        " WHERE organisation_id = current_organisation() AND last_seen_at < $1"
        " AND NOT on_hold(customer_id)"),
    Age(of="reasons", least_d=180, days=None, sweep=_sweep_reasons,
        count="SELECT count(*) AS n, min(at) AS oldest FROM reveal"
        " WHERE organisation_id = current_organisation() AND at < $1 AND reason <> ''"
        " AND NOT on_hold(customer_id)"),
)  # fmt: skip
