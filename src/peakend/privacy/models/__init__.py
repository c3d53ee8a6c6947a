"""Tables and rows of privacy; nothing in them says who anybody was."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec
from sqlalchemy import BigInteger, Column, DateTime, Index, Integer, Text, text
from sqlalchemy.dialects.postgresql import JSONB

from peakend.kernel.db import reference, tenant_table
from peakend.kernel.personal import Category, plain
from peakend.privacy.rules import Ground, HoldCode, Identity, Subject

State = Literal["person", "conversations", "bytes", "done"]
PackageState = Literal["making", "made"]

erasure_table = tenant_table(
    "erasure",
    *reference("customer_id", "customer", nullable=False),
    Column("identity", Text, nullable=False),
    Column("ground", Text, nullable=False),
    *reference("asked_by", "member"),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("state", Text, nullable=False),
    Column("rounds", Integer, nullable=False, server_default="0"),
    Column("removed", JSONB, nullable=False, server_default="{}"),
    Column("conversations", Integer, nullable=False),
    Column("cleared", Integer, nullable=False, server_default="0"),
    Column("files", Integer, nullable=False, server_default="0"),
    Column("bytes_gone", Integer, nullable=False, server_default="0"),
    Column("finished_at", DateTime(timezone=True)),
    # Done before, undone by a restored backup, and done once more.
    Column("repeated_at", DateTime(timezone=True)),
    Index(
        "uq_erasure_running",
        "organisation_id",
        "customer_id",
        unique=True,
        postgresql_where=text("state <> 'done'"),
    ),
)
retention_rule_table = tenant_table(
    "retention_rule",
    Column("category", Text, nullable=False),
    # Without: kept for good.
    Column("days", Integer),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("changed_at", DateTime(timezone=True), nullable=False),
    primary_key=("category",),
)
retention_run_table = tenant_table(
    "retention_run",
    Column("at", DateTime(timezone=True), nullable=False),
    Column("finished_at", DateTime(timezone=True)),
    # The categories that are still to be gone through, and what was removed of each.
    Column("left", JSONB, nullable=False),
    Column("removed", JSONB, nullable=False, server_default="{}"),
    Index("ix_retention_run_at", "organisation_id", "at"),
)
# What we hold about a person, put together for the person; the file goes when its time is over.
access_package_table = tenant_table(
    "access_package",
    *reference("customer_id", "customer", nullable=False, on_delete="CASCADE"),
    Column("identity", Text, nullable=False),
    Column("language", Text, nullable=False),
    *reference("asked_by", "member"),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("state", Text, nullable=False),
    # The conversations that are still to be gone through, and how long the gathered lines are.
    Column("left", JSONB, nullable=False),
    Column("place", BigInteger, nullable=False, server_default="0"),
    Column("done", Integer, nullable=False, server_default="0"),
    Column("total", Integer, nullable=False),
    Column("rows", Integer, nullable=False, server_default="0"),
    Column("files", Integer, nullable=False, server_default="0"),
    Column("size", BigInteger, nullable=False, server_default="0"),
    Column("until", DateTime(timezone=True)),
    Index("ix_access_package_at", "organisation_id", "at"),
    Index("ix_access_package_customer", "organisation_id", "customer_id"),
)
plain("privacy", "access_package", "erasure", "retention_rule", "retention_run")


class Erasure(msgspec.Struct, frozen=True, kw_only=True):
    """The removal of a person's data: how far it is, and how many rows of each table went.

    `repeated_at` is set where a restored backup had brought the person back.
    """

    id: UUID
    customer_id: UUID
    identity: Identity
    ground: Ground
    asked_by: UUID | None
    at: datetime
    state: State
    rounds: int
    removed: dict[str, int]
    conversations: int
    cleared: int
    files: int
    bytes_gone: int
    finished_at: datetime | None
    repeated_at: datetime | None


class PackageRow(msgspec.Struct, frozen=True, kw_only=True):
    """What we hold about a person, put together: how far it is, and until when it is fetched."""

    id: UUID
    customer_id: UUID
    identity: Identity
    language: str
    asked_by: UUID | None
    at: datetime
    state: PackageState
    left: list[UUID]
    place: int
    done: int
    total: int
    rows: int
    files: int
    size: int
    until: datetime | None


class Hold(msgspec.Struct, frozen=True, kw_only=True):
    """A hold for the sake of the law."""

    id: UUID
    subject: Subject
    subject_id: UUID
    code: HoldCode
    placed_by: UUID | None
    placed_at: datetime
    lifted_by: UUID | None
    lifted_at: datetime | None


class Rule(msgspec.Struct, frozen=True):
    """How long one kind of data is kept."""

    category: Category
    days: int | None
    version: int


class Run(msgspec.Struct, frozen=True, kw_only=True):
    """A nightly round: what it removed of each kind."""

    id: UUID
    at: datetime
    finished_at: datetime | None
    left: list[Any]
    removed: dict[str, int]


ERASURE_COLUMNS = ", ".join(Erasure.__struct_fields__)
PACKAGE_COLUMNS = ", ".join(f'"{name}"' for name in PackageRow.__struct_fields__)
HOLD_COLUMNS = ", ".join(Hold.__struct_fields__)
RUN_COLUMNS = ", ".join(f'"{name}"' for name in Run.__struct_fields__)
