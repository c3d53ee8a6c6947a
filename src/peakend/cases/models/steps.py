"""Tables and rows of templates, of the steps laid by them, and of links for outsiders.

A step is a copy: a template that changes changes no case that is under way.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Index,
    Integer,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from peakend.cases.rules.steps import StepState
from peakend.cases.rules.templates import TemplateStep, Who
from peakend.kernel.db import reference, tenant_table
from peakend.kernel.personal import plain


def _words(name: str) -> Column[Any]:
    return Column(name, Text, nullable=False, server_default="")


def _time(name: str, *, nullable: bool = True) -> Column[Any]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


def _id(name: str) -> Column[Any]:
    return Column(name, Uuid(as_uuid=True))


case_template_table = tenant_table(
    "case_template",
    Column("name_zh", Text, nullable=False),
    _words("name_en"),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("steps", JSONB, nullable=False),
    _time("made_at", nullable=False),
    _time("changed_at", nullable=False),
)
# With which contact reasons it goes, and with what lies below them; each has one template.
case_template_reason_table = tenant_table(
    "case_template_reason",
    Column("reason_id", Uuid(as_uuid=True), nullable=False),
    *reference("template_id", "case_template", nullable=False, on_delete="CASCADE"),
    primary_key=("reason_id",),
)
case_template_version_table = tenant_table(
    "case_template_version",
    *reference("template_id", "case_template", nullable=False, on_delete="CASCADE"),
    Column("version", Integer, nullable=False),
    Column("steps", JSONB, nullable=False),
    _time("at", nullable=False),
    _id("by"),
    primary_key=("template_id", "version"),
)
case_step_table = tenant_table(
    "case_step",
    *reference("case_id", "service_case", nullable=False, on_delete="CASCADE"),
    _id("template_id"),
    Column("template_version", Integer),
    Column("key", Text, nullable=False),
    Column("position", Integer, nullable=False),
    Column("title_zh", Text, nullable=False),
    _words("title_en"),
    _words("words_zh"),
    _words("words_en"),
    Column("who", Text, nullable=False),
    *reference("department_id", "department"),
    Column("after", ARRAY(Text), nullable=False, server_default="{}"),
    Column("due_minutes", Integer, nullable=False),
    Column("checklist", JSONB, nullable=False, server_default=text("'[]'")),
    Column("shows_customer", Boolean, nullable=False, server_default=text("false")),
    Column("state", Text, nullable=False, server_default="waiting"),
    # Whose turn it is; anybody of the department may take it all the same.
    *reference("assigned_to", "member"),
    _time("ready_at"),
    _time("taken_at"),
    *reference("taken_by", "member"),
    _time("due_at"),
    _time("warn_at"),
    _time("warned_at"),
    _time("overdue_at"),
    _time("over_at"),
    _id("over_by"),
    # What whoever worked it wrote: how it went, or why it comes back.
    _words("outcome"),
    Column("returned", Integer, nullable=False, server_default="0"),
    # When the department was last told by mail.
    _time("told_at"),
    Column("version", Integer, nullable=False, server_default="1"),
    CheckConstraint(
        "state IN ('waiting','ready','taken','done','skipped','returned')", name="state"
    ),
    CheckConstraint("who <> 'department' OR department_id IS NOT NULL", name="who"),
    Index("uq_case_step_key", "organisation_id", "case_id", "key", unique=True),
    Index(
        "ix_case_step_department",
        "organisation_id",
        "department_id",
        "due_at",
        postgresql_where=text("state IN ('ready','taken')"),
    ),
    Index(
        "ix_case_step_over",
        "organisation_id",
        "over_at",
        postgresql_where=text("over_at IS NOT NULL"),
    ),
)
case_guest_table = tenant_table(
    "case_guest",
    *reference("case_id", "service_case", nullable=False, on_delete="CASCADE"),
    *reference("step_id", "case_step", nullable=False, on_delete="CASCADE"),
    # Who it was given to, as whoever gave it wrote it down.
    _words("name"),
    _words("company"),
    Column("shows_customer", Boolean, nullable=False, server_default=text("false")),
    _time("made_at", nullable=False),
    _id("made_by"),
    _time("expires_at", nullable=False),
    _time("revoked_at"),
    _time("opened_at"),
    # When it was last opened or used, to the minute.
    _time("used_at"),
    Index("ix_case_guest_step", "organisation_id", "step_id"),
    Index("ix_case_guest_case", "organisation_id", "case_id"),
)


class TemplateRow(msgspec.Struct, frozen=True, kw_only=True):
    """A template as it is stored, in its newest version."""

    id: UUID
    name_zh: str
    name_en: str
    reason_ids: list[UUID]
    active: bool
    version: int
    steps: list[TemplateStep]
    changed_at: datetime


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """A line of a step's checklist: who ticked it off, when."""

    zh: str
    en: str = ""
    at: datetime | None = None
    by: UUID | None = None


class StepRow(msgspec.Struct, frozen=True, kw_only=True):
    """A step as it is stored."""

    id: UUID
    case_id: UUID
    template_id: UUID | None
    template_version: int | None
    key: str
    position: int
    title_zh: str
    title_en: str
    words_zh: str
    words_en: str
    who: Who
    department_id: UUID | None
    after: list[str]
    due_minutes: int
    checklist: list[dict[str, Any]]
    shows_customer: bool
    state: StepState
    assigned_to: UUID | None
    ready_at: datetime | None
    taken_at: datetime | None
    taken_by: UUID | None
    due_at: datetime | None
    warn_at: datetime | None
    warned_at: datetime | None
    overdue_at: datetime | None
    over_at: datetime | None
    over_by: UUID | None
    outcome: str
    returned: int
    told_at: datetime | None
    version: int

    def title(self, language: str) -> str:
        """Return its title in a language, in Chinese where there is no other."""
        return self.title_en if language == "en" and self.title_en else self.title_zh

    def words(self, language: str) -> str:
        """Return what is to be done in a language, in Chinese where there is no other."""
        return self.words_en if language == "en" and self.words_en else self.words_zh


class GuestRow(msgspec.Struct, frozen=True, kw_only=True):
    """A link for an outsider as it is stored."""

    id: UUID
    case_id: UUID
    step_id: UUID
    name: str
    company: str
    shows_customer: bool
    made_at: datetime
    made_by: UUID | None
    expires_at: datetime
    revoked_at: datetime | None
    opened_at: datetime | None
    used_at: datetime | None

    @property
    def called(self) -> str:
        """Return what he is called in the house: name and company, as far as they are known."""
        return " · ".join(one for one in (self.name, self.company) if one)


STEP_COLUMNS = ", ".join(StepRow.__struct_fields__)
GUEST_COLUMNS = ", ".join(GuestRow.__struct_fields__)

plain("settings", "case_template", "case_template_reason", "case_template_version")
