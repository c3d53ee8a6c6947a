"""Tables of approvals: who lets pass what, what waits, who stands in for whom."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import BigInteger, Column, DateTime, Index, Integer, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from peakend.cases.rules.approvals import By, Kind, State, Then, Who
from peakend.kernel.db import reference, tenant_table
from peakend.kernel.personal import plain


def _id(name: str) -> Column[Any]:
    return Column(name, Uuid(as_uuid=True))


def _moment(name: str, *, nullable: bool = True) -> Column[Any]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


approval_rule_table = tenant_table(
    "approval_rule",
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    Column("from_fen", BigInteger, nullable=False, server_default="0"),
    # The order among those that begin at the same amount: who is asked when nobody answers.
    Column("place", Integer, nullable=False, server_default="0"),
    # No links: a rule outlives the team or the member that it names, and says so.
    Column("by", Text, nullable=False),
    Column("permission", Text, nullable=False, server_default=""),
    Column("built_in", Text),
    _id("role_id"),
    _id("team_id"),
    Column("member_ids", ARRAY(Uuid(as_uuid=True)), nullable=False, server_default="{}"),
    Column("minutes", Integer, nullable=False),
    Column("then", Text, nullable=False),
    Column("version", Integer, nullable=False, server_default="1"),
    _moment("changed_at", nullable=False),
    Index("ix_approval_rule_kind", "organisation_id", "kind", "from_fen", "place"),
)

approval_request_table = tenant_table(
    "approval_request",
    Column("kind", Text, nullable=False),
    Column("subject_id", Uuid(as_uuid=True), nullable=False),
    Column("words", Text, nullable=False),
    Column("amount_fen", BigInteger),
    Column("currency", Text),
    # What it is about may go before it; it is looked for where it is shown.
    _id("case_id"),
    _id("conversation_id"),
    _id("customer_id"),
    *reference("brand_id", "brand"),
    *reference("asked_by", "member"),
    _moment("asked_at", nullable=False),
    # Whom it was put before, and what comes after: a rule changed later does not move it.
    _id("rule_id"),
    Column("from_fen", BigInteger, nullable=False),
    Column("place", Integer, nullable=False),
    Column("who", JSONB, nullable=False),
    Column("then", Text, nullable=False),
    _moment("due_at", nullable=False),
    Column("times", Integer, nullable=False, server_default="0"),
    Column("state", Text, nullable=False, server_default="waiting"),
    *reference("decided_by", "member"),
    *reference("decided_for", "member"),
    _moment("decided_at"),
    Column("answer", Text, nullable=False, server_default=""),
    Index(
        "uq_approval_request_waiting",
        "organisation_id",
        "kind",
        "subject_id",
        unique=True,
        postgresql_where=text("state = 'waiting'"),
    ),
    Index(
        "ix_approval_request_due",
        "organisation_id",
        "due_at",
        postgresql_where=text("state = 'waiting'"),
    ),
    Index("ix_approval_request_asked", "organisation_id", "asked_by", "asked_at"),
    Index("ix_approval_request_subject", "organisation_id", "subject_id"),
    Index("ix_approval_request_customer", "organisation_id", "customer_id"),
    Index("ix_approval_request_conversation", "organisation_id", "conversation_id"),
    Index("ix_approval_request_decided", "organisation_id", "decided_at"),
)

approval_delegate_table = tenant_table(
    "approval_delegate",
    *reference("from_id", "member", nullable=False),
    *reference("to_id", "member", nullable=False),
    Column("kinds", ARRAY(Text), nullable=False, server_default="{}"),
    _moment("from_at", nullable=False),
    _moment("until_at", nullable=False),
    _moment("made_at", nullable=False),
    _moment("ended_at"),
    Index("ix_approval_delegate_until", "organisation_id", "until_at"),
)


class RuleRow(msgspec.Struct, frozen=True, kw_only=True):
    """A rule as stored. Units: fen, minutes."""

    id: UUID
    kind: Kind
    name: str
    from_fen: int
    place: int
    by: By
    permission: str
    built_in: str | None
    role_id: UUID | None
    team_id: UUID | None
    member_ids: list[UUID]
    minutes: int
    then: Then
    version: int


class RequestRow(msgspec.Struct, frozen=True, kw_only=True):
    """A request as stored; `times` is how often it was put before others."""

    id: UUID
    kind: Kind
    subject_id: UUID
    words: str
    amount_fen: int | None
    currency: str | None
    case_id: UUID | None
    conversation_id: UUID | None
    customer_id: UUID | None
    brand_id: UUID | None
    asked_by: UUID | None
    asked_at: datetime
    rule_id: UUID | None
    from_fen: int
    place: int
    who: dict[str, Any]
    then: Then
    due_at: datetime
    times: int
    state: State
    decided_by: UUID | None
    decided_for: UUID | None
    decided_at: datetime | None
    answer: str

    @property
    def asked(self) -> Who:
        """Return whom it was put before."""
        return msgspec.convert(self.who, Who)


class DelegateRow(msgspec.Struct, frozen=True, kw_only=True):
    """That somebody stands in for another one."""

    id: UUID
    from_id: UUID
    to_id: UUID
    kinds: list[str]
    from_at: datetime
    until_at: datetime
    ended_at: datetime | None


# "then" and "by" are words of SQL.
RULE_COLUMNS = ", ".join(f'"{name}"' for name in RuleRow.__struct_fields__)
REQUEST_COLUMNS = ", ".join(f'"{name}"' for name in RequestRow.__struct_fields__)
DELEGATE_COLUMNS = ", ".join(f'"{name}"' for name in DelegateRow.__struct_fields__)

plain("settings", "approval_rule")
plain("staff", "approval_delegate")
