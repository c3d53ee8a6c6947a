"""Companies and values of fields as they are carried in and out: many at a time."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from peakend.kernel.db import Transaction
from peakend.profiles.models import Company, Field, ValueRow
from peakend.profiles.models.companies import COMPANY_COLUMNS
from peakend.profiles.rules.companies import folded

_IN_USE = f"""
SELECT {COMPANY_COLUMNS} FROM company c
WHERE c.organisation_id = current_organisation() AND c.archived_at IS NULL
"""  # noqa: S608 (names of columns only)
_VALUES = f"""
SELECT {", ".join(ValueRow.__struct_fields__)} FROM profile_value
WHERE organisation_id = current_organisation()
  AND owner_id = ANY($1::uuid[]) AND field_id = ANY($2::uuid[])
"""  # noqa: S608 (names of columns only)


class _Domain(msgspec.Struct, frozen=True):
    company_id: UUID
    domain: str


async def companies_named(tx: Transaction, names: Sequence[str]) -> dict[str, list[UUID]]:
    """Return the companies in use with these names, by name."""
    found: dict[str, list[UUID]] = {}
    for one in await tx.all(Company, f"{_IN_USE} AND c.folded = ANY($1::text[])", list(names)):
        found.setdefault(folded(one.name), []).append(one.id)
    return found


async def domains_of(tx: Transaction, ids: Sequence[UUID]) -> list[tuple[Company, list[str]]]:
    """Return companies with their mail domains."""
    rows = await tx.all(Company, f"{_IN_USE} AND c.id = ANY($1::uuid[])", list(ids))
    found: dict[UUID, list[str]] = {row.id: [] for row in rows}
    for one in await tx.all(
        _Domain,
        "SELECT company_id, domain FROM company_domain WHERE organisation_id ="
        " current_organisation() AND company_id = ANY($1::uuid[]) ORDER BY domain",
        list(ids),
    ):
        found[one.company_id].append(one.domain)
    return [(row, found[row.id]) for row in rows]


async def companies_after(
    tx: Transaction, after: UUID | None, most: int, search: str
) -> list[Company]:
    """Return companies in use behind one, in the order of ids."""
    more = " AND ($1::uuid IS NULL OR c.id > $1) AND ($2 = '' OR strpos(c.folded, $2) > 0)"
    sql = f"{_IN_USE} {more} ORDER BY c.id LIMIT $3"
    return await tx.all(Company, sql, after, folded(search), most)


async def values_held(
    tx: Transaction, ids: Sequence[UUID], fields: Sequence[Field]
) -> dict[tuple[UUID, UUID], ValueRow]:
    """Return values as stored, by whose they are and of which field."""
    if not ids or not fields:
        return {}
    rows = await tx.all(ValueRow, _VALUES, list(ids), [one.id for one in fields])
    return {(row.owner_id, row.field_id): row for row in rows}
