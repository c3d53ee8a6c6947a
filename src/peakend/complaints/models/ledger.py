"""Accounts of compensation, their lines, and the budgets of months."""

from datetime import date, datetime
from uuid import UUID

import msgspec
from sqlalchemy import BigInteger, Boolean, Column, Date, DateTime, Index, Integer, Text, Uuid

from peakend.complaints.rules.ledger import Kind, What
from peakend.kernel.db import reference, tenant_table
from peakend.kernel.personal import plain

# One for each brand (or the house), month, currency and kind: its row is also the lock under
# which a budget is looked at.
ledger_account_table = tenant_table(
    "ledger_account",
    *reference("brand_id", "brand"),
    Column("month", Date, nullable=False),
    Column("currency", Text, nullable=False),
    Column("kind", Text, nullable=False),
    Column("balance_fen", BigInteger, nullable=False, server_default="0"),
    Index(
        "uq_ledger_account_place", "organisation_id", "brand_id", "month", "currency", "kind",
        unique=True, postgresql_nulls_not_distinct=True,
    ),
)  # fmt: skip
ledger_line_table = tenant_table(
    "ledger_line",
    Column("entry_id", Uuid(as_uuid=True), nullable=False),
    *reference("account_id", "ledger_account", nullable=False),
    *reference("grant_id", "compensation_grant", nullable=False),
    Column("what", Text, nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Index("ix_ledger_line_entry", "organisation_id", "entry_id"),
    Index("ix_ledger_line_grant", "organisation_id", "grant_id"),
    Index("ix_ledger_line_account", "organisation_id", "account_id", "at"),
    append_only=True,
)
budget_table = tenant_table(
    "budget",
    *reference("brand_id", "brand"),
    Column("month", Date, nullable=False),
    Column("currency", Text, nullable=False),
    Column("amount_fen", BigInteger, nullable=False),
    Column("hard", Boolean, nullable=False),
    Column("changed_by", Uuid(as_uuid=True)),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    Column("version", Integer, nullable=False, server_default="1"),
    Index(
        "uq_budget_place", "organisation_id", "brand_id", "month", "currency",
        unique=True, postgresql_nulls_not_distinct=True,
    ),
)  # fmt: skip
plain("numbers", "ledger_account", "ledger_line")
plain("settings", "budget")


class Account(msgspec.Struct, frozen=True):
    """An account and what stands on it."""

    id: UUID
    kind: Kind
    balance_fen: int


class Budget(msgspec.Struct, frozen=True, kw_only=True):
    """What a brand (None: the house) may give in a month."""

    id: UUID
    brand_id: UUID | None
    month: date
    currency: str
    amount_fen: int
    hard: bool
    changed_at: datetime
    version: int


class LedgerRow(msgspec.Struct, frozen=True, kw_only=True):
    """One line of the books, with whose grant it is and of what."""

    id: UUID
    entry_id: UUID
    at: datetime
    what: What
    kind: Kind
    amount_fen: int
    currency: str
    brand_id: UUID | None
    month: date
    grant_id: UUID
    customer_id: UUID
    name_zh: str
    name_en: str


class DayMoved(msgspec.Struct, frozen=True):
    """By how much a day changed what a budget has given or promised. Units: fen."""

    day: date
    used_fen: int


BUDGET_COLUMNS = ", ".join(Budget.__struct_fields__)
