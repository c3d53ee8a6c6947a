"""The policy tables of compensation in their versions, their lines, and who was held out."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    BigInteger,
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Double,
    Index,
    Integer,
    SmallInteger,
    Text,
    Uuid,
    text,
)

from peakend.complaints.rules.schemes import TableState
from peakend.kernel.db import reference, tenant_table
from peakend.kernel.personal import plain


def _only_one(state: str) -> Index:
    # Of no brand there is one as well.
    return Index(
        f"uq_scheme_table_{state}", "organisation_id", "brand_id",
        unique=True, postgresql_nulls_not_distinct=True,
        postgresql_where=text(f"state = '{state}'"),
    )  # fmt: skip


def _moment(name: str) -> Column[Any]:
    return Column(name, DateTime(timezone=True))


def _who(name: str) -> Column[Any]:
    return Column(name, Uuid(as_uuid=True))


scheme_table_table = tenant_table(
    "scheme_table",
    *reference("brand_id", "brand"),
    # Which version of the policy it is, ever rising for each brand.
    Column("version", Integer, nullable=False),
    Column("state", Text, nullable=False),
    Column("hold_out_share", Double, nullable=False, server_default="0"),
    _who("made_by"),
    Column("made_at", DateTime(timezone=True), nullable=False),
    _who("published_by"),
    _who("proposed_by"),
    _moment("published_at"),
    _moment("ended_at"),
    # How often a draft was kept, so that two who edit it see each other.
    Column("edit", Integer, nullable=False, server_default="1"),
    Index(
        "uq_scheme_table_version", "organisation_id", "brand_id", "version",
        unique=True, postgresql_nulls_not_distinct=True,
    ),
    _only_one("draft"),
    _only_one("published"),
)  # fmt: skip
scheme_table = tenant_table(
    "scheme",
    *reference("table_id", "scheme_table", nullable=False, on_delete="CASCADE"),
    Column("position", SmallInteger, nullable=False),
    Column("liability", Text, nullable=False),
    Column("severity", SmallInteger),
    # No link: a line outlives the version of the tree of reasons it was written for.
    Column("reason_id", Uuid(as_uuid=True)),
    *reference("instrument_id", "instrument", nullable=False),
    Column("amount", BigInteger, nullable=False),
    Column("cost_fen", BigInteger, nullable=False),
    Column("words_zh", Text, nullable=False, server_default=""),
    Column("words_en", Text, nullable=False, server_default=""),
    Column("needs_approval", Boolean, nullable=False, server_default="false"),
    CheckConstraint("amount > 0", name="amount"),
    CheckConstraint("severity BETWEEN 1 AND 4", name="severity"),
    Index(
        "uq_scheme_place", "organisation_id", "table_id", "liability", "severity", "reason_id",
        unique=True, postgresql_nulls_not_distinct=True,
    ),
)  # fmt: skip
# Ids only. Both sides of the draw: to whom nothing was offered, and with whom he is compared.
hold_out_table = tenant_table(
    "hold_out",
    Column("complaint_id", Uuid(as_uuid=True), nullable=False),
    Column("customer_id", Uuid(as_uuid=True), nullable=False),
    Column("table_id", Uuid(as_uuid=True), nullable=False),
    Column("scheme_id", Uuid(as_uuid=True), nullable=False),
    Column("share", Double, nullable=False),
    Column("held", Boolean, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Index("ix_hold_out_at", "organisation_id", "at"),
    primary_key=("complaint_id",),
)
plain("settings", "scheme_table", "scheme")
plain("numbers", "hold_out")


class SchemeTable(msgspec.Struct, frozen=True, kw_only=True):
    """A version of the policy table of a brand; no brand is the house's own for all others."""

    id: UUID
    brand_id: UUID | None
    version: int
    state: TableState
    hold_out_share: float
    made_by: UUID | None
    made_at: datetime
    published_by: UUID | None
    proposed_by: UUID | None
    published_at: datetime | None
    ended_at: datetime | None
    edit: int


TABLE_COLUMNS = ", ".join(SchemeTable.__struct_fields__)
LINE_COLUMNS = (
    "id, liability, severity, reason_id, instrument_id, amount, cost_fen,"
    " words_zh, words_en, needs_approval"
)
