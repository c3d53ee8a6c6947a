"""What a house makes good with, as it is shown."""

from collections.abc import Collection
from uuid import UUID

from peakend.complaints.models.instruments import INSTRUMENT_COLUMNS, InstrumentRow
from peakend.complaints.rules.instruments import MOST_INSTRUMENTS
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import NotFound

_ALL = f"""
SELECT {INSTRUMENT_COLUMNS} FROM instrument
WHERE organisation_id = current_organisation()
ORDER BY active DESC, kind, id LIMIT {MOST_INSTRUMENTS}
"""  # noqa: S608 (names of columns only)
_SOME = f"""
SELECT {INSTRUMENT_COLUMNS} FROM instrument
WHERE organisation_id = current_organisation() AND id = ANY($1::uuid[])
"""  # noqa: S608


class InstrumentNotFound(NotFound):
    """There is no such instrument here."""

    wording = "complaints.instrument_not_found"


async def instruments(tx: Transaction, actor: Actor) -> list[InstrumentRow]:
    """Return the instruments of the house, in use first. Counts: at most 200.

    Those of a brand that does not exist for the actor are left out.
    """
    found = await tx.all(InstrumentRow, _ALL)
    return [one for one in found if of_his_brands(one.brand_id, actor)]


async def usable_instruments(
    tx: Transaction, actor: Actor, brand_id: UUID | None
) -> list[InstrumentRow]:
    """Return what can be given to customers of a brand now: in use, and not used up."""
    return [
        one
        for one in await instruments(tx, actor)
        if one.active and one.stock != 0 and one.brand_id in (None, brand_id)
    ]


async def need_instrument(
    tx: Transaction, instrument_id: UUID, actor: Actor, *, lock: bool = False
) -> InstrumentRow:
    """Return an instrument; `lock` keeps it for this transaction. Errors: InstrumentNotFound."""
    end = " FOR NO KEY UPDATE" if lock else ""
    found = await tx.one(InstrumentRow, _SOME + end, [instrument_id])
    if found is None or not of_his_brands(found.brand_id, actor):
        raise InstrumentNotFound
    return found


async def some_instruments(tx: Transaction, ids: Collection[UUID]) -> dict[UUID, InstrumentRow]:
    """Return instruments by their ids; unknown ones are left out."""
    if not ids:
        return {}
    return {one.id: one for one in await tx.all(InstrumentRow, _SOME, list(ids))}


def of_his_brands(brand_id: UUID | None, actor: Actor) -> bool:
    """Say whether something of a brand, or of the whole house, exists for somebody."""
    return brand_id is None or actor.every_brand or brand_id in actor.seen_brand_ids
