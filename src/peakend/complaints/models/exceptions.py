"""Tables of exceptions: the policies that can be broken, and who asked to break them for whom."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import BigInteger, Boolean, Column, DateTime, Index, Integer, Text, Uuid, text

from peakend.complaints.rules.exceptions import Outcome, State
from peakend.kernel.db import reference, tenant_table
from peakend.kernel.personal import plain


def _id(name: str) -> Column[Any]:
    return Column(name, Uuid(as_uuid=True))


def _moment(name: str, *, nullable: bool = True) -> Column[Any]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


policy_rule_table = tenant_table(
    "policy_rule",
    Column("name", Text, nullable=False),
    Column("words", Text, nullable=False, server_default=""),
    Column("limit_fen", BigInteger),
    Column("active", Boolean, nullable=False, server_default="true"),
    Column("version", Integer, nullable=False, server_default="1"),
    _moment("made_at", nullable=False),
)

policy_exception_table = tenant_table(
    "policy_exception",
    *reference("policy_id", "policy_rule", nullable=False),
    _id("customer_id"),
    _id("conversation_id"),
    _id("case_id"),
    *reference("brand_id", "brand"),
    Column("reason", Text, nullable=False),
    Column("cost_fen", BigInteger, nullable=False),
    Column("currency", Text, nullable=False, server_default="CNY"),
    # The usual limit of the policy when it was asked.
    Column("limit_fen", BigInteger),
    Column("state", Text, nullable=False, server_default="waiting"),
    _id("request_id"),
    *reference("asked_by", "member", nullable=False),
    _moment("asked_at", nullable=False),
    _moment("settled_at"),
    Column("answer", Text, nullable=False, server_default=""),
    # What it did cost and save, said on closing.
    Column("real_fen", BigInteger),
    Column("saved_fen", BigInteger),
    Column("outcome", Text),
    Column("outcome_words", Text, nullable=False, server_default=""),
    _moment("closed_at"),
    _id("closed_by"),
    Index("ix_policy_exception_asked", "organisation_id", "asked_at", "id"),
    Index("ix_policy_exception_policy", "organisation_id", "policy_id", "asked_at"),
    Index("ix_policy_exception_conversation", "organisation_id", "conversation_id"),
    Index(
        "ix_policy_exception_customer",
        "organisation_id",
        "customer_id",
        postgresql_where=text("customer_id IS NOT NULL"),
    ),
)


class PolicyRow(msgspec.Struct, frozen=True, kw_only=True):
    """A policy as stored. Units: fen."""

    id: UUID
    name: str
    words: str
    limit_fen: int | None
    active: bool
    version: int


class ExceptionRow(msgspec.Struct, frozen=True, kw_only=True):
    """An exception as stored. Units: fen."""

    id: UUID
    policy_id: UUID
    customer_id: UUID | None
    conversation_id: UUID | None
    case_id: UUID | None
    brand_id: UUID | None
    reason: str
    cost_fen: int
    currency: str
    limit_fen: int | None
    state: State
    request_id: UUID | None
    asked_by: UUID
    asked_at: datetime
    settled_at: datetime | None
    answer: str
    real_fen: int | None
    saved_fen: int | None
    outcome: Outcome | None
    outcome_words: str
    closed_at: datetime | None


POLICY_COLUMNS = ", ".join(PolicyRow.__struct_fields__)
EXCEPTION_COLUMNS = ", ".join(ExceptionRow.__struct_fields__)

plain("settings", "policy_rule")
