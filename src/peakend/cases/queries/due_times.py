"""How long a case may take: of its brand, else the house's, else what a new house begins with."""

from uuid import UUID

import msgspec

from peakend.accounts.queries import brand_names
from peakend.cases.rules.clock import DueTimes
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict

_FOR = """
SELECT normal_minutes, high_minutes, urgent_minutes, warn_percent FROM case_due_times
WHERE organisation_id = current_organisation() AND (brand_id = $1 OR brand_id IS NULL)
ORDER BY brand_id IS NULL LIMIT 1
"""
_ALL = """
SELECT brand_id, normal_minutes, high_minutes, urgent_minutes, warn_percent, version
FROM case_due_times
WHERE organisation_id = current_organisation()
LIMIT 1000
"""


class DueTimesStale(Conflict):
    """Somebody else changed them first."""

    wording = "cases.due_times_stale"


class BrandDueTimes(DueTimes, frozen=True, kw_only=True):
    """The times of a brand, or of the house where there is none; version 0 was never set."""

    brand_id: UUID | None = None
    version: int = 0


class AllDueTimes(msgspec.Struct, frozen=True, kw_only=True):
    """The house's times, and those of the brands that have their own."""

    house: BrandDueTimes
    brands: list[BrandDueTimes]


async def due_times_for(tx: Transaction, brand_id: UUID | None) -> DueTimes:
    """Return the times that count for a case of a brand."""
    return await tx.one(DueTimes, _FOR, brand_id) or DueTimes()


async def all_due_times(tx: Transaction) -> AllDueTimes:
    """Return what is set, brands in their order."""
    rows = {row.brand_id: row for row in await tx.all(BrandDueTimes, _ALL)}
    return AllDueTimes(
        house=rows.get(None, BrandDueTimes()),
        brands=[rows[brand_id] for brand_id in await brand_names(tx) if brand_id in rows],
    )
