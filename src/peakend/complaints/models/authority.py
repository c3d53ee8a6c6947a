"""Up to how much somebody may make good without asking."""

from uuid import UUID

import msgspec
from sqlalchemy import BigInteger, CheckConstraint, Column, DateTime, Index, Integer, Text

from peakend.complaints.rules.authority import Subject
from peakend.kernel.db import reference, tenant_table
from peakend.kernel.personal import plain

grant_authority_table = tenant_table(
    "grant_authority",
    Column("subject", Text, nullable=False),
    # A built-in role by its name, one of the house's own by its id.
    Column("role", Text),
    *reference("member_id", "member", on_delete="CASCADE"),
    Column("per_grant_fen", BigInteger),
    Column("per_case_fen", BigInteger),
    Column("per_day_fen", BigInteger),
    Column("per_month_fen", BigInteger),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    CheckConstraint(
        "(subject = 'role') = (role IS NOT NULL)"
        " AND (subject = 'member') = (member_id IS NOT NULL)",
        name="subject",
    ),
    Index(
        "uq_grant_authority_whom", "organisation_id", "subject", "role", "member_id",
        unique=True, postgresql_nulls_not_distinct=True,
    ),
)  # fmt: skip
plain("settings", "grant_authority")


class Authority(msgspec.Struct, frozen=True, kw_only=True):
    """Limits of a person, of a role or of everybody, in fen."""

    id: UUID
    subject: Subject
    role: str | None
    member_id: UUID | None
    per_grant_fen: int | None
    per_case_fen: int | None
    per_day_fen: int | None
    per_month_fen: int | None
    version: int


AUTHORITY_COLUMNS = ", ".join(Authority.__struct_fields__)
