"""Tables and rows of crisis files and playbooks."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Boolean, Column, DateTime, Index, Integer, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from peakend.complaints.rules.crises import (
    CrisisState,
    EntryKind,
    Kind,
    StatementState,
    StepState,
)
from peakend.kernel.db import reference, tenant_table
from peakend.kernel.personal import plain


def _moment(name: str, *, nullable: bool = True) -> Column[Any]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


def _id(name: str, *, nullable: bool = True) -> Column[Any]:
    return Column(name, Uuid(as_uuid=True), nullable=nullable)


def _ids(name: str) -> Column[Any]:
    return Column(name, ARRAY(Uuid(as_uuid=True)), nullable=False, server_default="{}")


def _words(name: str) -> Column[Any]:
    return Column(name, Text, nullable=False, server_default="")


crisis_table = tenant_table(
    "crisis",
    Column("number", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("drill", Boolean, nullable=False, server_default="false"),
    Column("title", Text, nullable=False),
    _words("summary"),
    *reference("brand_id", "brand"),
    # What it is about: a complaint about the same joins it.
    _id("reason_id"),
    Column("fault", Text),
    _id("case_id"),
    _id("complaint_id"),
    _id("customer_id"),
    _id("owner_id", nullable=False),
    # Who may speak for the house, and who may read along.
    _ids("speaker_ids"),
    _ids("reader_ids"),
    Column("state", Text, nullable=False, server_default="open"),
    _moment("opened_at", nullable=False),
    _id("opened_by"),
    _moment("closed_at"),
    _id("closed_by"),
    # The review: what happened, why, what worked, what we change and where that is followed.
    _words("happened"),
    _words("cause"),
    _words("worked"),
    _words("changes"),
    _id("improvement_id"),
    Column("version", Integer, nullable=False, server_default="1"),
    Index("uq_crisis_number", "organisation_id", "number", unique=True),
    Index("ix_crisis_customer", "organisation_id", "customer_id"),
)

crisis_entry_table = tenant_table(
    "crisis_entry",
    *reference("crisis_id", "crisis", nullable=False, on_delete="CASCADE"),
    Column("kind", Text, nullable=False),
    _moment("at", nullable=False),
    _words("source"),
    _words("words"),
    _moment("answer_by"),
    _words("answer"),
    _moment("answered_at"),
    _id("answered_by"),
    _id("added_by"),
    _moment("added_at", nullable=False),
    Index("ix_crisis_entry_crisis", "organisation_id", "crisis_id", "at"),
)

crisis_statement_table = tenant_table(
    "crisis_statement",
    *reference("crisis_id", "crisis", nullable=False, on_delete="CASCADE"),
    Column("title", Text, nullable=False),
    _words("words"),
    Column("state", Text, nullable=False, server_default="draft"),
    _id("drafted_by"),
    _moment("drafted_at", nullable=False),
    _id("request_id"),
    _id("asked_by"),
    _moment("decided_at"),
    _id("decided_by"),
    _words("answer"),
    _moment("published_at"),
    _words("published_where"),
    _id("published_by"),
    Column("version", Integer, nullable=False, server_default="1"),
    Index("ix_crisis_statement_crisis", "organisation_id", "crisis_id"),
)

crisis_step_table = tenant_table(
    "crisis_step",
    *reference("crisis_id", "crisis", nullable=False, on_delete="CASCADE"),
    _id("playbook_id"),
    Column("place", Integer, nullable=False),
    Column("title", Text, nullable=False),
    _words("role"),
    # Since when its clock runs, and until when.
    _moment("laid_at", nullable=False),
    _moment("due_at", nullable=False),
    Column("state", Text, nullable=False, server_default="open"),
    _moment("done_at"),
    _id("done_by"),
    _words("note"),
    Column("told", Boolean, nullable=False, server_default="false"),
    Index("ix_crisis_step_crisis", "organisation_id", "crisis_id", "place"),
)

playbook_table = tenant_table(
    "playbook",
    Column("name", Text, nullable=False),
    Column("kind", Text),
    Column("steps", JSONB, nullable=False, server_default="[]"),
    Column("statements", JSONB, nullable=False, server_default="[]"),
    _moment("changed_at", nullable=False),
    _moment("removed_at"),
    Column("version", Integer, nullable=False, server_default="1"),
)
plain("settings", "playbook")


class CrisisRow(msgspec.Struct, frozen=True, kw_only=True):
    """A crisis file as stored."""

    id: UUID
    number: int
    kind: Kind
    drill: bool
    title: str
    summary: str
    brand_id: UUID | None
    reason_id: UUID | None
    fault: str | None
    case_id: UUID | None
    complaint_id: UUID | None
    owner_id: UUID
    speaker_ids: list[UUID]
    reader_ids: list[UUID]
    state: CrisisState
    opened_at: datetime
    opened_by: UUID | None
    closed_at: datetime | None
    closed_by: UUID | None
    happened: str
    cause: str
    worked: str
    changes: str
    improvement_id: UUID | None
    version: int


class EntryRow(msgspec.Struct, frozen=True, kw_only=True):
    """What happened, or what somebody asked us."""

    id: UUID
    kind: EntryKind
    at: datetime
    source: str
    words: str
    answer_by: datetime | None
    answer: str
    answered_at: datetime | None
    answered_by: UUID | None
    added_by: UUID | None
    added_at: datetime


class StatementRow(msgspec.Struct, frozen=True, kw_only=True):
    """A statement on its way from a draft to the public."""

    id: UUID
    crisis_id: UUID
    title: str
    words: str
    state: StatementState
    drafted_by: UUID | None
    drafted_at: datetime
    request_id: UUID | None
    asked_by: UUID | None
    decided_at: datetime | None
    decided_by: UUID | None
    answer: str
    published_at: datetime | None
    published_where: str
    published_by: UUID | None
    version: int


class CrisisStepRow(msgspec.Struct, frozen=True, kw_only=True):
    """Something to be done, with its clock."""

    id: UUID
    crisis_id: UUID
    playbook_id: UUID | None
    place: int
    title: str
    role: str
    laid_at: datetime
    due_at: datetime
    state: StepState
    done_at: datetime | None
    done_by: UUID | None
    note: str


class PlaybookRow(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be done in a crisis, and the statements to begin from."""

    id: UUID
    name: str
    kind: Kind | None
    steps: list[dict[str, Any]]
    statements: list[dict[str, Any]]
    changed_at: datetime
    version: int


def _columns(row: type[msgspec.Struct]) -> str:
    return ", ".join(row.__struct_fields__)


CRISIS_COLUMNS = _columns(CrisisRow)
CRISIS_ENTRY_COLUMNS = _columns(EntryRow)
STATEMENT_COLUMNS = _columns(StatementRow)
CRISIS_STEP_COLUMNS = _columns(CrisisStepRow)
PLAYBOOK_COLUMNS = _columns(PlaybookRow)
