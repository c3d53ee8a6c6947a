"""What a house makes good with."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import BigInteger, Boolean, Column, DateTime, Index, Integer, Text

from peakend.complaints.rules.instruments import Instrument as Kind
from peakend.complaints.rules.instruments import Unit
from peakend.kernel.db import reference, tenant_table
from peakend.kernel.personal import plain

instrument_table = tenant_table(
    "instrument",
    *reference("brand_id", "brand"),
    Column("kind", Text, nullable=False),
    Column("name_zh", Text, nullable=False),
    Column("name_en", Text, nullable=False, server_default=""),
    Column("unit", Text, nullable=False),
    # What one of its unit costs the books.
    Column("face_fen", BigInteger, nullable=False),
    Column("stock", Integer),
    Column("valid_d", Integer),
    Column("adapter", Text, nullable=False, server_default="ledger_only"),
    Column("active", Boolean, nullable=False, server_default="true"),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Index("ix_instrument_brand", "organisation_id", "brand_id"),
)
plain("settings", "instrument")


class InstrumentRow(msgspec.Struct, frozen=True, kw_only=True):
    """An instrument; no brand is for all of them, no stock is never used up."""

    id: UUID
    brand_id: UUID | None
    kind: Kind
    name_zh: str
    name_en: str
    unit: Unit
    face_fen: int
    stock: int | None
    valid_d: int | None
    adapter: str
    active: bool
    version: int
    updated_at: datetime


INSTRUMENT_COLUMNS = ", ".join(InstrumentRow.__struct_fields__)
