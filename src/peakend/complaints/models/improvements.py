"""Tables of improvements: what is to be changed, known gaps, thanks to customers."""

from datetime import date, datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Column, Date, DateTime, Index, Integer, Text, Uuid

from peakend.complaints.rules.improvements import Effect, Kind, State
from peakend.kernel.db import reference, tenant_table
from peakend.kernel.personal import plain


def _id(name: str) -> Column[Any]:
    return Column(name, Uuid(as_uuid=True))


def _moment(name: str, *, nullable: bool = True) -> Column[Any]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


def _words(name: str) -> Column[Any]:
    return Column(name, Text, nullable=False, server_default="")


improvement_table = tenant_table(
    "improvement",
    Column("kind", Text, nullable=False),
    Column("title", Text, nullable=False),
    _words("words"),
    _id("reason_id"),
    *reference("brand_id", "brand"),
    # Where it came from; no links, it outlives them.
    _id("complaint_id"),
    _id("policy_id"),
    *reference("owner_id", "member"),
    Column("due_on", Date),
    Column("state", Text, nullable=False, server_default="open"),
    Column("before_from", Date, nullable=False),
    Column("before_until", Date, nullable=False),
    Column("after_from", Date),
    Column("after_until", Date),
    Column("effect", Text),
    _words("check_words"),
    _id("made_by"),
    _moment("made_at", nullable=False),
    _moment("done_at"),
    _moment("checked_at"),
    Column("version", Integer, nullable=False, server_default="1"),
    Index("ix_improvement_state", "organisation_id", "state", "due_on"),
    Index("ix_improvement_reason", "organisation_id", "reason_id"),
)

known_gap_table = tenant_table(
    "known_gap",
    Column("title", Text, nullable=False),
    Column("workaround", Text, nullable=False),
    # What a customer may be told.
    _words("customer_words"),
    Column("reason_id", Uuid(as_uuid=True), nullable=False),
    *reference("brand_id", "brand"),
    *reference("improvement_id", "improvement"),
    Column("until_on", Date),
    _moment("made_at", nullable=False),
    _id("made_by"),
    _moment("closed_at"),
    Column("version", Integer, nullable=False, server_default="1"),
    Index("ix_known_gap_reason", "organisation_id", "reason_id"),
)

flaw_thanks_table = tenant_table(
    "flaw_thanks",
    Column("customer_id", Uuid(as_uuid=True), nullable=False),
    *reference("conversation_id", "conversation", nullable=False, on_delete="CASCADE"),
    *reference("brand_id", "brand"),
    *reference("improvement_id", "improvement"),
    Column("words", Text, nullable=False),
    Column("flaw", Text, nullable=False),
    _id("message_id"),
    *reference("by_id", "member", nullable=False),
    _moment("at", nullable=False),
    Index("ix_flaw_thanks_at", "organisation_id", "at"),
    Index("ix_flaw_thanks_conversation", "organisation_id", "conversation_id"),
    Index("ix_flaw_thanks_customer", "organisation_id", "customer_id"),
)


class ImprovementRow(msgspec.Struct, frozen=True, kw_only=True):
    """An improvement as stored."""

    id: UUID
    kind: Kind
    title: str
    words: str
    reason_id: UUID | None
    brand_id: UUID | None
    complaint_id: UUID | None
    policy_id: UUID | None
    owner_id: UUID | None
    due_on: date | None
    state: State
    before_from: date
    before_until: date
    after_from: date | None
    after_until: date | None
    effect: Effect | None
    check_words: str
    made_by: UUID | None
    made_at: datetime
    done_at: datetime | None
    checked_at: datetime | None
    version: int


class GapRow(msgspec.Struct, frozen=True, kw_only=True):
    """A known gap as stored."""

    id: UUID
    title: str
    workaround: str
    customer_words: str
    reason_id: UUID
    brand_id: UUID | None
    improvement_id: UUID | None
    until_on: date | None
    made_at: datetime
    closed_at: datetime | None
    version: int


class ThanksRow(msgspec.Struct, frozen=True, kw_only=True):
    """That a customer was thanked, as stored."""

    id: UUID
    customer_id: UUID
    conversation_id: UUID
    brand_id: UUID | None
    improvement_id: UUID | None
    words: str
    flaw: str
    by_id: UUID
    at: datetime


IMPROVEMENT_COLUMNS = ", ".join(ImprovementRow.__struct_fields__)
GAP_COLUMNS = ", ".join(GapRow.__struct_fields__)
THANKS_COLUMNS = ", ".join(ThanksRow.__struct_fields__)

plain("knowledge", "known_gap", "improvement")
