"""What customers were offered and given, and the vouchers that are asked for it."""

from datetime import date, datetime
from uuid import UUID

import msgspec
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    Date,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    Uuid,
)
from sqlalchemy import text as sql

from peakend.complaints.rules.grants import State
from peakend.complaints.rules.instruments import Unit
from peakend.complaints.rules.vouchers import OrderState
from peakend.kernel.db import reference, tenant_table
from peakend.kernel.personal import plain


def _moment(name: str, *, nullable: bool = True) -> Column[datetime]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


def _id(name: str, *, nullable: bool = True) -> Column[UUID]:
    # No link: what happened to the money outlives what it was about.
    return Column(name, Uuid(as_uuid=True), nullable=nullable)


compensation_grant_table = tenant_table(
    "compensation_grant",
    Column("once_key", Text, nullable=False),
    _id("customer_id", nullable=False),
    _id("conversation_id"),
    _id("case_id"),
    _id("complaint_id"),
    *reference("brand_id", "brand"),
    _id("scheme_id"),
    Column("scheme_version", Integer),
    _id("instrument_id", nullable=False),
    Column("kind", Text, nullable=False),
    Column("adapter", Text, nullable=False),
    Column("valid_d", Integer),
    Column("amount", BigInteger, nullable=False),
    Column("unit", Text, nullable=False),
    Column("cost_fen", BigInteger, nullable=False),
    Column("currency", Text, nullable=False),
    # Whose month the books count it to, even where it comes back later.
    Column("month", Date, nullable=False),
    Column("state", Text, nullable=False),
    Column("off_scheme_reason", Text, nullable=False, server_default=""),
    Column("reason_code", Text, nullable=False, server_default=""),
    Column("automatic", Boolean, nullable=False, server_default="false"),
    _id("by_id"),
    _id("approved_by"),
    _id("request_id"),
    _id("message_id"),
    _moment("made_at", nullable=False),
    _moment("offered_at"),
    _moment("lapses_at", nullable=False),
    _moment("granted_at"),
    _moment("expires_at"),
    _moment("ended_at"),
    Column("refused_words", Text, nullable=False, server_default=""),
    Column("voucher_sealed", LargeBinary),
    Column("version", Integer, nullable=False, server_default="1"),
    Index("uq_compensation_grant_once_key", "organisation_id", "once_key", unique=True),
    Index("ix_compensation_grant_customer", "organisation_id", "customer_id", "id"),
    Index("ix_compensation_grant_by", "organisation_id", "by_id", "made_at"),
    Index("ix_compensation_grant_made", "organisation_id", "made_at"),
    Index("ix_compensation_grant_case", "organisation_id", "case_id",
          postgresql_where=sql("case_id IS NOT NULL")),
    Index("ix_compensation_grant_message", "organisation_id", "message_id",
          postgresql_where=sql("message_id IS NOT NULL")),
)  # fmt: skip

# An order is its own queue, as a delivery of webhooks is (decision 0030): who asks takes a lease
# and a number, so that nobody waits inside a transaction.
voucher_order_table = tenant_table(
    "voucher_order",
    *reference("grant_id", "compensation_grant", nullable=False, on_delete="CASCADE"),
    Column("state", Text, nullable=False),
    Column("attempt", SmallInteger, nullable=False, server_default="0"),
    _moment("created_at", nullable=False),
    _moment("next_at", nullable=False),
    _moment("done_at"),
    Column("code", Text, nullable=False, server_default=""),
    Index("uq_voucher_order_grant", "organisation_id", "grant_id", unique=True),
    Index("ix_voucher_order_due", "next_at", postgresql_where=sql("state = 'waiting'")),
    Index("ix_voucher_order_state", "organisation_id", "state", "id"),
    system="all",
)
# How the house's own system of vouchers is reached.
voucher_connection_table = tenant_table(
    "voucher_connection",
    Column("adapter", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("secret_sealed", LargeBinary, nullable=False),
    Column("active", Boolean, nullable=False, server_default="true"),
    _moment("changed_at", nullable=False),
    Column("version", Integer, nullable=False, server_default="1"),
    primary_key=("adapter",),
)
plain("numbers", "voucher_order")
plain("settings", "voucher_connection")


class Grant(msgspec.Struct, frozen=True, kw_only=True):
    """A grant as it is stored, without what is sealed."""

    id: UUID
    once_key: str
    customer_id: UUID
    conversation_id: UUID | None
    case_id: UUID | None
    complaint_id: UUID | None
    brand_id: UUID | None
    scheme_id: UUID | None
    scheme_version: int | None
    instrument_id: UUID
    kind: str
    adapter: str
    valid_d: int | None
    amount: int
    unit: Unit
    cost_fen: int
    currency: str
    month: date
    state: State
    off_scheme_reason: str
    reason_code: str
    automatic: bool
    by_id: UUID | None
    approved_by: UUID | None
    request_id: UUID | None
    message_id: UUID | None
    made_at: datetime
    offered_at: datetime | None
    lapses_at: datetime
    granted_at: datetime | None
    expires_at: datetime | None
    ended_at: datetime | None
    refused_words: str
    version: int


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """How the asking for a voucher stands; `code` says why the last try did not end well."""

    grant_id: UUID
    state: OrderState
    attempt: int
    next_at: datetime
    done_at: datetime | None
    code: str


class Due(msgspec.Struct, frozen=True):
    """An order under our lease; `attempt` fences off whoever held it before."""

    organisation_id: UUID
    id: UUID
    grant_id: UUID
    attempt: int


GRANT_COLUMNS = ", ".join(Grant.__struct_fields__)
ORDER_COLUMNS = ", ".join(Order.__struct_fields__)
