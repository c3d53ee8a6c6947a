"""Tables and rows of the directory: its entries, and who vouched for them when."""

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
from sqlalchemy.dialects.postgresql import ARRAY

from peakend.directory.rules import TERM_D, Kind, TargetKind
from peakend.kernel.db import reference, tenant_table
from peakend.kernel.personal import plain


def _words(name: str) -> Column[Any]:
    return Column(name, Text, nullable=False, server_default="")


def _moment(name: str, *, nullable: bool = True) -> Column[Any]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


directory_entry_table = tenant_table(
    "directory_entry",
    Column("kind", Text, nullable=False),
    Column("name_zh", Text, nullable=False),
    _words("name_en"),
    Column("typed", Text, nullable=False),
    *reference("owner_id", "member"),
    # In the language of the house, and in English where somebody wrote it down as well.
    _words("competence"),
    _words("competence_en"),
    Column("reason_ids", ARRAY(Uuid(as_uuid=True)), nullable=False, server_default="{}"),
    _words("power"),
    _words("power_en"),
    Column("limit_fen", BigInteger),
    *reference("hours_id", "business_hours"),
    _words("hours_text"),
    _words("hours_text_en"),
    # No link: an entry outlives the queue, team or member that it leads to, and then says so.
    Column("target_kind", Text),
    Column("target_id", Uuid(as_uuid=True)),
    _words("phone"),
    _words("mail"),
    _words("link"),
    _words("note"),
    _words("note_en"),
    Column("term_d", Integer, nullable=False, server_default=str(TERM_D)),
    _moment("verified_at"),
    Column("verified_by", Uuid(as_uuid=True)),
    _moment("due_at", nullable=False),
    # How far its owner has been told that it is due: soon, then overdue.
    Column("told", Text),
    _moment("made_at", nullable=False),
    _moment("changed_at", nullable=False),
    _moment("removed_at"),
    Column("version", Integer, nullable=False, server_default="1"),
    CheckConstraint("(target_kind IS NULL) = (target_id IS NULL)", name="target"),
    Index(
        "ix_directory_entry_due",
        "organisation_id",
        "due_at",
        postgresql_where=text("removed_at IS NULL"),
    ),
)

directory_check_table = tenant_table(
    "directory_check",
    *reference("entry_id", "directory_entry", nullable=False, on_delete="CASCADE"),
    _moment("at", nullable=False),
    Column("member_id", Uuid(as_uuid=True)),
    # created, updated, verified, removed or restored.
    Column("what", Text, nullable=False),
    Index("ix_directory_check_entry", "organisation_id", "entry_id", "at"),
)


class EntryRow(msgspec.Struct, frozen=True, kw_only=True):
    """An entry as stored."""

    id: UUID
    kind: Kind
    name_zh: str
    name_en: str
    typed: str
    owner_id: UUID | None
    competence: str
    competence_en: str
    reason_ids: list[UUID]
    power: str
    power_en: str
    limit_fen: int | None
    hours_id: UUID | None
    hours_text: str
    hours_text_en: str
    target_kind: TargetKind | None
    target_id: UUID | None
    phone: str
    mail: str
    link: str
    note: str
    note_en: str
    term_d: int
    verified_at: datetime | None
    verified_by: UUID | None
    due_at: datetime
    made_at: datetime
    removed_at: datetime | None
    version: int


ENTRY_COLUMNS = ", ".join(EntryRow.__struct_fields__)

plain("staff", "directory_entry", "directory_check")
