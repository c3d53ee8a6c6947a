"""Tables and rows of what belongs to a crisis: linked matters, versions of statements, uses."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Column, DateTime, Index, Integer, Text, Uuid

from peakend.complaints.rules.crises import Linked, Outcome
from peakend.kernel.db import reference, tenant_table
from peakend.kernel.personal import plain


def _moment(name: str, *, nullable: bool = True) -> Column[Any]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


def _id(name: str, *, nullable: bool = True) -> Column[Any]:
    return Column(name, Uuid(as_uuid=True), nullable=nullable)


crisis_link_table = tenant_table(
    "crisis_link",
    *reference("crisis_id", "crisis", nullable=False, on_delete="CASCADE"),
    Column("kind", Text, nullable=False),
    # The complaint, the case or the conversation itself.
    _id("target_id", nullable=False),
    _id("case_id"),
    _id("conversation_id"),
    _id("customer_id"),
    _moment("at", nullable=False),
    _id("by"),
    Index("uq_crisis_link", "organisation_id", "crisis_id", "kind", "target_id", unique=True),
    Index("ix_crisis_link_target", "organisation_id", "target_id"),
    Index("ix_crisis_link_conversation", "organisation_id", "conversation_id"),
    Index("ix_crisis_link_customer", "organisation_id", "customer_id"),
)
plain("numbers", "crisis_link")

statement_version_table = tenant_table(
    "statement_version",
    *reference("statement_id", "crisis_statement", nullable=False, on_delete="CASCADE"),
    Column("no", Integer, nullable=False),
    Column("title", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("outcome", Text, nullable=False, server_default="asked"),
    _id("asked_by"),
    _moment("asked_at", nullable=False),
    _id("decided_by"),
    _moment("decided_at"),
    Column("answer", Text, nullable=False, server_default=""),
    _moment("withdrawn_at"),
    _id("withdrawn_by"),
    Index("uq_statement_version", "organisation_id", "statement_id", "no", unique=True),
)

statement_use_table = tenant_table(
    "statement_use",
    *reference("statement_id", "crisis_statement", nullable=False, on_delete="CASCADE"),
    Column("no", Integer, nullable=False),
    # Where it was published, or into which conversation it was taken.
    Column("place", Text, nullable=False, server_default=""),
    _id("conversation_id"),
    _moment("at", nullable=False),
    _id("by"),
    Index(
        "uq_statement_use", "organisation_id", "statement_id", "no", "conversation_id", unique=True
    ),
)
plain("numbers", "statement_use")


class CrisisLinkRow(msgspec.Struct, frozen=True, kw_only=True):
    """What belongs to a crisis: a complaint with its case, a case or a conversation."""

    id: UUID
    crisis_id: UUID
    kind: Linked
    target_id: UUID
    case_id: UUID | None
    conversation_id: UUID | None
    customer_id: UUID | None
    at: datetime
    by: UUID | None


class StatementVersionRow(msgspec.Struct, frozen=True, kw_only=True):
    """A statement as it was put before whoever lets it pass, and what he said."""

    statement_id: UUID
    no: int
    title: str
    words: str
    outcome: Outcome
    asked_by: UUID | None
    asked_at: datetime
    decided_by: UUID | None
    decided_at: datetime | None
    answer: str
    withdrawn_at: datetime | None
    withdrawn_by: UUID | None


def _columns(row: type[msgspec.Struct]) -> str:
    return ", ".join(row.__struct_fields__)


CRISIS_LINK_COLUMNS = _columns(CrisisLinkRow)
STATEMENT_VERSION_COLUMNS = _columns(StatementVersionRow)
