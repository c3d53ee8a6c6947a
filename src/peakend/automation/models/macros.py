"""Macros, and which of them were run: the run's id is the client's own, so it happens once."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import Column, DateTime, Index, Integer, Text, Uuid
from sqlalchemy.dialects.postgresql import JSONB

from peakend.automation.rules import Scope, Steps
from peakend.kernel.db import reference, tenant_table

macro_table = tenant_table(
    "macro",
    Column("shortcut", Text, nullable=False),
    Column("title", Text, nullable=False),
    Column("typed", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("steps", JSONB, nullable=False),
    Column("scope", Text, nullable=False),
    *reference("team_id", "team"),
    *reference("member_id", "member"),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    Index("ix_macro_shortcut", "organisation_id", "shortcut"),
)

macro_run_table = tenant_table(
    "macro_run",
    *reference("conversation_id", "conversation", nullable=False, on_delete="CASCADE"),
    # No link: the run stays known when its macro is deleted.
    Column("macro_id", Uuid(as_uuid=True), nullable=False),
    *reference("member_id", "member", nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    Index("ix_macro_run_conversation", "organisation_id", "conversation_id"),
)


class Macro(msgspec.Struct, frozen=True, kw_only=True):
    """A macro; `typed` is the pinyin and the initials of its title."""

    id: UUID
    shortcut: str
    title: str
    typed: str
    language: str
    steps: Steps
    scope: Scope
    team_id: UUID | None
    member_id: UUID | None
    version: int
    updated_at: datetime


MACRO_COLUMNS = ", ".join(Macro.__struct_fields__)
