"""Keeping what a house makes good with."""

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from peakend.accounts.actions import audit
from peakend.accounts.queries import need_brand
from peakend.complaints.events import InstrumentChanged
from peakend.complaints.queries.instruments import need_instrument, of_his_brands
from peakend.complaints.rules.instruments import (
    LONGEST_VALID_D,
    MOST_FACE_FEN,
    MOST_INSTRUMENTS,
    MOST_STOCK,
    UNITS,
    Instrument,
)
from peakend.conversations.actions import checked_name
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid
from peakend.kernel.events import record
from peakend.kernel.ids import new_id

Fen = Annotated[int, Meta(ge=0, le=MOST_FACE_FEN)]
Stock = Annotated[int, Meta(ge=0, le=MOST_STOCK)]
Days = Annotated[int, Meta(ge=1, le=LONGEST_VALID_D)]
Name = Annotated[str, Meta(max_length=200)]


class InstrumentStale(Conflict):
    """Somebody else changed the instrument first."""

    wording = "complaints.stale"


class TooManyInstruments(Invalid):
    """There are as many instruments as one can oversee."""

    wording = "complaints.too_many_instruments"


class InstrumentUsed(Conflict):
    """A scheme or a wait promise that holds names it; that has to let go of it first."""

    wording = "complaints.instrument_used"


class InstrumentText(msgspec.Struct, frozen=True, forbid_unknown_fields=True, kw_only=True):
    """An instrument as it shall be; `face_fen` is what one of its unit costs the books."""

    kind: Instrument
    name_zh: Name
    name_en: Name = ""
    brand_id: UUID | None = None
    face_fen: Fen = 0
    stock: Stock | None = None
    valid_d: Days | None = None
    adapter: Annotated[str, Meta(max_length=40, pattern="^[a-z_]+$")] = "ledger_only"
    active: bool = True


async def add_instrument(tx: Transaction, *, given: InstrumentText) -> UUID:
    """Add an instrument. Errors: BrandNotFound, TooManyInstruments, Invalid."""
    count = await tx.value(
        "SELECT count(*) FROM instrument WHERE organisation_id = current_organisation()"
    )
    if count >= MOST_INSTRUMENTS:
        raise TooManyInstruments(most=MOST_INSTRUMENTS)
    instrument_id = new_id()
    await tx.run(
        """
        INSERT INTO instrument (id, kind, brand_id, name_zh, name_en, unit, face_fen, stock,
                                valid_d, adapter, active, updated_at)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12)
        """,
        instrument_id,
        given.kind,
        await _brand(tx, given.brand_id),
        *_columns(given),
        tx.now,
    )
    await _changed(tx, instrument_id, "created", given)
    return instrument_id


async def change_instrument(
    tx: Transaction, *, instrument_id: UUID, given: InstrumentText, version: int
) -> None:
    """Change an instrument; its kind and its brand stay what they were.

    What one costs is fixed for a line when its scheme is published, so a scheme that holds
    keeps an instrument in use.

    Errors: InstrumentNotFound, InstrumentStale, InstrumentUsed, Invalid.
    """
    old = await need_instrument(tx, instrument_id, tx.actor, lock=True)
    if old.version != version:
        raise InstrumentStale(version=old.version)
    if (given.kind, given.brand_id) != (old.kind, old.brand_id):
        raise Invalid(fields={"kind": "complaints.instrument_stays"})
    dearer = UNITS[given.kind] != "fen" and given.face_fen != old.face_fen
    if (dearer or (old.active and not given.active)) and await tx.value(_USED, instrument_id):
        raise InstrumentUsed
    await tx.run(
        """
        UPDATE instrument SET name_zh = $2, name_en = $3, unit = $4, face_fen = $5, stock = $6,
            valid_d = $7, adapter = $8, active = $9, updated_at = $10, version = version + 1
        WHERE organisation_id = current_organisation() AND id = $1
        """,
        instrument_id,
        *_columns(given),
        tx.now,
    )
    await _changed(tx, instrument_id, "updated", given)


_USED = """
SELECT EXISTS (
    SELECT FROM scheme s
    JOIN scheme_table t ON t.organisation_id = s.organisation_id AND t.id = s.table_id
    WHERE s.organisation_id = current_organisation() AND s.instrument_id = $1
      AND t.state = 'published')
OR EXISTS (
    SELECT FROM wait_rule
    WHERE organisation_id = current_organisation() AND instrument_id = $1
      AND active AND removed_at IS NULL)
"""


def _columns(given: InstrumentText) -> tuple[object, ...]:
    """Return the columns of an instrument, each checked."""
    unit = UNITS[given.kind]
    if unit == "points" and given.face_fen == 0:
        raise Invalid(fields={"face_fen": "complaints.face_missing"})
    zh = checked_name(given.name_zh, 60)
    return (
        zh,
        checked_name(given.name_en, 60) if given.name_en.strip() else "",
        unit,
        1 if unit == "fen" else given.face_fen,
        # Money and points are not taken from a shelf.
        given.stock if unit == "piece" else None,
        given.valid_d,
        given.adapter,
        given.active,
    )


async def _brand(tx: Transaction, brand_id: UUID | None) -> UUID | None:
    if brand_id is None:
        return None
    if not of_his_brands(brand_id, tx.actor):
        raise Invalid(fields={"brand_id": "kernel.invalid"})
    return (await need_brand(tx, brand_id)).id


async def _changed(tx: Transaction, instrument_id: UUID, what: str, given: InstrumentText) -> None:
    await record(tx, InstrumentChanged(instrument_id=instrument_id, what=what))
    detail = {"kind": given.kind, "face_fen": given.face_fen, "active": given.active}
    await audit(tx, f"instrument.{what}", "instrument", instrument_id, detail)
