"""Steps on the way to a settlement, and contacts set before quality review because of one."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import BigInteger, Column, DateTime, Index, Integer, Text, Uuid

from peakend.complaints.rules.recording import Finding, Solution
from peakend.complaints.rules.settling import StepKind
from peakend.kernel.db import reference, tenant_table

settlement_step_table = tenant_table(
    "settlement_step",
    *reference("complaint_id", "complaint", nullable=False, on_delete="CASCADE"),
    Column("no", Integer, nullable=False),
    Column("kind", Text, nullable=False),
    Column("words", Text, nullable=False),
    Column("solution", Text),
    Column("compensation_fen", BigInteger),
    # A grant of compensation; another noun keeps it.
    Column("grant_id", Uuid(as_uuid=True)),
    *reference("with_id", "member"),
    *reference("by", "member"),
    Column("at", DateTime(timezone=True), nullable=False),
    primary_key=("complaint_id", "no"),
)

complaint_review_table = tenant_table(
    "complaint_review",
    *reference("complaint_id", "complaint", nullable=False, on_delete="CASCADE"),
    *reference("conversation_id", "conversation", nullable=False, on_delete="CASCADE"),
    *reference("member_id", "member"),
    Column("set_at", DateTime(timezone=True), nullable=False),
    Column("finding", Text),
    Column("words", Text, nullable=False, server_default=""),
    *reference("reviewed_by", "member"),
    Column("reviewed_at", DateTime(timezone=True)),
    Index("uq_complaint_review", "organisation_id", "complaint_id", unique=True),
    Index("ix_complaint_review_conversation", "organisation_id", "conversation_id"),
    Index("ix_complaint_review_set", "organisation_id", "set_at", "id"),
)


class StepRow(msgspec.Struct, frozen=True, kw_only=True):
    """One step as it is stored."""

    complaint_id: UUID
    no: int
    kind: StepKind
    words: str
    solution: Solution | None
    compensation_fen: int | None
    grant_id: UUID | None
    with_id: UUID | None
    by: UUID | None
    at: datetime


class ReviewRow(msgspec.Struct, frozen=True, kw_only=True):
    """A contact before quality review, as it is stored."""

    id: UUID
    complaint_id: UUID
    conversation_id: UUID
    member_id: UUID | None
    set_at: datetime
    finding: Finding | None
    words: str
    reviewed_by: UUID | None
    reviewed_at: datetime | None


STEP_COLUMNS = ", ".join(StepRow.__struct_fields__)
REVIEW_COLUMNS = ", ".join(ReviewRow.__struct_fields__)
