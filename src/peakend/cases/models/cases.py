"""Tables and rows of cases, of the conversations that belong to them, and of who has a part."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    BigInteger,
    CheckConstraint,
    Column,
    DateTime,
    Index,
    Integer,
    Text,
    Uuid,
    text,
)

from peakend.cases.rules.cases import CasePriority, CaseState, LinkKind
from peakend.kernel.db import reference, tenant_table

_OPEN = text("state <> 'closed'")


def _text(name: str, default: str | None = None) -> Column[Any]:
    server_default = None if default is None else text(f"'{default}'")
    return Column(name, Text, nullable=False, server_default=server_default)


def _time(name: str, *, nullable: bool = True) -> Column[Any]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


def _uuid(name: str) -> Column[Any]:
    return Column(name, Uuid(as_uuid=True), nullable=True)


def _count(name: str, least: int = 0) -> Column[Any]:
    return Column(name, Integer, nullable=False, server_default=text(str(least)))


def _open(name: str, *columns: str) -> Index:
    """Return an index of what is not closed, in the order in which it is due."""
    return Index(
        f"ix_service_case_{name}",
        "organisation_id",
        *columns,
        "due_at",
        "id",
        postgresql_where=_OPEN,
    )


def _closed(name: str, *columns: str) -> Index:
    """Return an index of cases that are over, the newest first, behind these columns."""
    return Index(
        f"ix_service_case_{name}",
        "organisation_id",
        *columns,
        text("closed_at DESC"),
        text("id DESC"),
        postgresql_where=text("state = 'closed'"),
    )


case_number_table = tenant_table(
    "case_number",
    _text("kind"),
    Column("last", BigInteger, nullable=False),
    primary_key=("kind",),
)
case_table = tenant_table(
    "service_case",
    Column("number", BigInteger, nullable=False),
    *reference("brand_id", "brand"),
    *reference("customer_id", "customer", nullable=False, on_delete="CASCADE"),
    # Where it came from; who sees its queue sees the case.
    *reference("conversation_id", "conversation", on_delete="CASCADE"),
    _uuid("queue_id"),
    Column("channel", Text),
    _uuid("reason_id"),
    Column("reason_version", Integer),
    _text("title"),
    _text("description", ""),
    _text("priority", "normal"),
    _text("state", "open"),
    *reference("owner_id", "member"),
    # Of tables that other nouns keep: no key of theirs, so that neither waits for the other.
    _uuid("department_id"),
    _uuid("template_id"),
    *reference("parent_id", "service_case", on_delete="CASCADE"),
    _time("due_at", nullable=False),
    _time("warn_at", nullable=False),
    _time("paused_at"),
    _time("warned_at"),
    _time("overdue_at"),
    _time("opened_at", nullable=False),
    *reference("opened_by", "member"),
    _time("done_at"),
    _time("informed_at"),
    _time("closed_at"),
    Column("closed_how", Text),
    Column("not_informed_why", Text),
    _text("not_informed_reason", ""),
    _count("urges"),
    _time("last_urged_at"),
    _count("repeats"),
    _count("reopened"),
    _count("spent_s"),
    _count("version", 1),
    _time("updated_at", nullable=False),
    # Which request made it, so that the same one again makes no other.
    _uuid("client_id"),
    # Nobody closes what nobody was told of, by whatever way he comes.
    CheckConstraint(
        "state <> 'closed' OR (closed_at IS NOT NULL AND ("
        "closed_how = 'informed' AND informed_at IS NOT NULL"
        " OR closed_how = 'not_informed' AND not_informed_why IS NOT NULL))",
        name="told",
    ),
    CheckConstraint("parent_id IS DISTINCT FROM id", name="parent"),
    Index("uq_service_case_number", "organisation_id", "number", unique=True),
    Index(
        "uq_service_case_client",
        "organisation_id",
        "client_id",
        unique=True,
        postgresql_where=text("client_id IS NOT NULL"),
    ),
    _open("due"),
    _open("state", "state"),
    _open("owner", "owner_id"),
    _open("queue", "queue_id"),
    _open("brand", "brand_id"),
    _open("priority", "priority"),
    _open("reason", "reason_id"),
    # A list of open ones is in the order of their time, of one state or of all.
    _open("owner_state", "owner_id", "state"),
    _open("queue_state", "queue_id", "state"),
    _open("brand_state", "brand_id", "state"),
    _open("opener", "opened_by"),
    # What is nobody's: an order by time is not found behind a null.
    Index(
        "ix_service_case_nobody",
        "organisation_id",
        "due_at",
        "id",
        postgresql_where=text("state <> 'closed' AND owner_id IS NULL"),
    ),
    _closed("closed"),
    _closed("closed_owner", "owner_id"),
    _closed("closed_queue", "queue_id"),
    _closed("closed_brand", "brand_id"),
    _closed("closed_opener", "opened_by"),
    Index("ix_service_case_customer", "organisation_id", "customer_id", "opened_at"),
    Index(
        "ix_service_case_parent",
        "organisation_id",
        "parent_id",
        postgresql_where=text("parent_id IS NOT NULL"),
    ),
)
case_link_table = tenant_table(
    "case_link",
    *reference("case_id", "service_case", nullable=False, on_delete="CASCADE"),
    *reference("conversation_id", "conversation", nullable=False, on_delete="CASCADE"),
    _text("kind"),
    _time("at", nullable=False),
    _uuid("by"),
    Index("ix_case_link_conversation", "organisation_id", "conversation_id"),
    primary_key=("case_id", "conversation_id"),
)
# Who has a part of a case without holding it: whoever was given a step, or was asked for something.
case_party_table = tenant_table(
    "case_party",
    *reference("case_id", "service_case", nullable=False, on_delete="CASCADE"),
    *reference("member_id", "member", nullable=False, on_delete="CASCADE"),
    _text("why"),
    _time("at", nullable=False),
    Index("ix_case_party_member", "organisation_id", "member_id"),
    primary_key=("case_id", "member_id"),
)


class CaseRow(msgspec.Struct, frozen=True):
    """A case as it is stored."""

    id: UUID
    number: int
    brand_id: UUID | None
    customer_id: UUID
    conversation_id: UUID | None
    queue_id: UUID | None
    channel: str | None
    reason_id: UUID | None
    reason_version: int | None
    title: str
    description: str
    priority: CasePriority
    state: CaseState
    owner_id: UUID | None
    department_id: UUID | None
    template_id: UUID | None
    parent_id: UUID | None
    due_at: datetime
    warn_at: datetime
    paused_at: datetime | None
    warned_at: datetime | None
    overdue_at: datetime | None
    opened_at: datetime
    opened_by: UUID | None
    done_at: datetime | None
    informed_at: datetime | None
    closed_at: datetime | None
    closed_how: str | None
    not_informed_why: str | None
    not_informed_reason: str
    urges: int
    last_urged_at: datetime | None
    repeats: int
    reopened: int
    spent_s: int
    version: int
    updated_at: datetime


class CaseLinkRow(msgspec.Struct, frozen=True):
    """A conversation that belongs to a case."""

    case_id: UUID
    conversation_id: UUID
    kind: LinkKind
    at: datetime
    by: UUID | None


CASE_COLUMNS = ", ".join(f"c.{name}" for name in CaseRow.__struct_fields__)
