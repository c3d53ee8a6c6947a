"""Tables and rows of departments, and of who belongs to one."""

from typing import Literal
from uuid import UUID

import msgspec
from sqlalchemy import Boolean, CheckConstraint, Column, DateTime, Index, Integer, Text, Uuid, text

from peakend.cases.rules.steps import Duty
from peakend.kernel.db import reference, tenant_table
from peakend.kernel.personal import plain

Language = Literal["zh-CN", "en"]

department_table = tenant_table(
    "department",
    Column("name_zh", Text, nullable=False),
    Column("name_en", Text, nullable=False, server_default=""),
    # Where it is told of a step; empty where nobody wants a mail.
    Column("email", Text, nullable=False, server_default=""),
    Column("language", Text, nullable=False, server_default="zh-CN"),
    *reference("hours_id", "business_hours"),
    Column("duty", Text, nullable=False, server_default="everybody"),
    # Whose turn it was last; he may have left since.
    Column("last_id", Uuid(as_uuid=True)),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("made_at", DateTime(timezone=True), nullable=False),
    CheckConstraint("duty IN ('everybody','in_turn','present')", name="duty"),
)
department_member_table = tenant_table(
    "department_member",
    *reference("department_id", "department", nullable=False, on_delete="CASCADE"),
    *reference("member_id", "member", nullable=False, on_delete="CASCADE"),
    # When he is there; those of the department where he has none of his own.
    *reference("hours_id", "business_hours"),
    Column("position", Integer, nullable=False),
    Index("ix_department_member_member", "organisation_id", "member_id"),
    primary_key=("department_id", "member_id"),
)


class DepartmentRow(msgspec.Struct, frozen=True, kw_only=True):
    """A department as it is stored."""

    id: UUID
    name_zh: str
    name_en: str
    email: str
    language: Language
    hours_id: UUID | None
    duty: Duty
    last_id: UUID | None
    active: bool
    version: int


DEPARTMENT_COLUMNS = ", ".join(DepartmentRow.__struct_fields__)

plain("staff", "department", "department_member")
