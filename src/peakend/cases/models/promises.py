"""Table and row of promises (承诺): what was promised, to whom, by when, and what became of it."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import CheckConstraint, Column, DateTime, Index, Integer, Text, Uuid, text

from peakend.cases.rules.promises import PromiseKind, PromiseState
from peakend.kernel.db import reference, tenant_table


def _time(name: str, *, nullable: bool = True) -> Column[datetime]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


promise_table = tenant_table(
    "promise",
    *reference("brand_id", "brand"),
    *reference("customer_id", "customer", nullable=False, on_delete="CASCADE"),
    *reference("conversation_id", "conversation", on_delete="CASCADE"),
    *reference("case_id", "service_case", on_delete="CASCADE"),
    Column("kind", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("state", Text, nullable=False, server_default=text("'open'")),
    _time("made_at", nullable=False),
    *reference("made_by", "member"),
    # Who has to keep it, and whose share of kept ones it counts in.
    *reference("owner_id", "member"),
    _time("due_at", nullable=False),
    _time("warn_at", nullable=False),
    _time("warned_at"),
    _time("broken_at"),
    # When it was kept (late where it was broken before) or withdrawn.
    _time("settled_at"),
    *reference("settled_by", "member"),
    Column("withdrawn_why", Text),
    Column("moved", Integer, nullable=False, server_default=text("0")),
    Column("version", Integer, nullable=False, server_default=text("1")),
    Column("client_id", Uuid(as_uuid=True)),
    CheckConstraint("state IN ('open','kept','broken','withdrawn')", name="state"),
    Index(
        "ix_promise_due",
        "organisation_id",
        "due_at",
        "id",
        postgresql_where=text("state = 'open'"),
    ),
    Index(
        "ix_promise_warn",
        "organisation_id",
        "warn_at",
        postgresql_where=text("state = 'open' AND warned_at IS NULL"),
    ),
    Index(
        "ix_promise_owner",
        "organisation_id",
        "owner_id",
        "due_at",
        "id",
        postgresql_where=text("settled_at IS NULL"),
    ),
    Index(
        "ix_promise_unsettled",
        "organisation_id",
        "due_at",
        "id",
        postgresql_where=text("settled_at IS NULL"),
    ),
    # The share that was kept is counted by when promises were due.
    Index("ix_promise_settled", "organisation_id", "due_at", "owner_id"),
    Index("ix_promise_customer", "organisation_id", "customer_id"),
    Index("ix_promise_conversation", "organisation_id", "conversation_id"),
    Index("ix_promise_case", "organisation_id", "case_id"),
    Index(
        "uq_promise_client",
        "organisation_id",
        "client_id",
        unique=True,
        postgresql_where=text("client_id IS NOT NULL"),
    ),
)


class PromiseRow(msgspec.Struct, frozen=True):
    """A promise as it is stored."""

    id: UUID
    brand_id: UUID | None
    customer_id: UUID
    conversation_id: UUID | None
    case_id: UUID | None
    kind: PromiseKind
    words: str
    state: PromiseState
    made_at: datetime
    made_by: UUID | None
    owner_id: UUID | None
    due_at: datetime
    warn_at: datetime
    warned_at: datetime | None
    broken_at: datetime | None
    settled_at: datetime | None
    withdrawn_why: str | None
    moved: int
    version: int


PROMISE_COLUMNS = ", ".join(f"p.{name}" for name in PromiseRow.__struct_fields__)
