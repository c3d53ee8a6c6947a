"""An organisation as one archive: the run that packs it, and the manifest in it."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import BigInteger, Column, DateTime, Index, Integer, Text

from peakend.exchange.rules import ArchiveState
from peakend.kernel.db import reference, tenant_table

FORMAT = 1

archive_run_table = tenant_table(
    "archive_run",
    *reference("member_id", "member", nullable=False),
    Column("reason", Text, nullable=False),
    Column("state", Text, nullable=False),
    # Rows and files that are to go, and that went.
    Column("total", BigInteger, nullable=False, server_default="0"),
    Column("done", BigInteger, nullable=False, server_default="0"),
    Column("size", BigInteger, nullable=False, server_default="0"),
    Column("missing", Integer, nullable=False, server_default="0"),
    Column("at", DateTime(timezone=True), nullable=False),
    # When whoever packs was last heard of: silence means that it died.
    Column("beat_at", DateTime(timezone=True), nullable=False),
    Column("until", DateTime(timezone=True)),
    # Whom it is encrypted for, and the identity of that one under a passphrase nobody here knows.
    Column("lock_recipient", Text, nullable=False, server_default=""),
    Column("lock_key", Text, nullable=False, server_default=""),
    Index("ix_archive_run_at", "organisation_id", "at"),
)


class ArchiveRow(msgspec.Struct, frozen=True, kw_only=True):
    """A run as it is stored."""

    id: UUID
    member_id: UUID
    state: ArchiveState
    total: int
    done: int
    size: int
    missing: int
    at: datetime
    beat_at: datetime
    until: datetime | None
    lock_recipient: str
    lock_key: str


class TablePart(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table in an archive: its columns, and what its part must be like to the byte."""

    name: str
    columns: list[str]
    rows: int
    size: int
    sha256: str


class FilePart(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """The bytes of a file, under their own hash."""

    sha256: str
    size: int


class Manifest(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """What an archive says of itself.

    `tables_version` is the newest migration it knew, `key` by what the master key is recognised,
    `missing` are files whose bytes were gone, `audit_seal` where the chain of the audit log ended.
    """

    format: int
    program: str
    tables_version: str
    key: str
    organisation_id: UUID
    organisation: str
    made_at: datetime
    tables: list[TablePart]
    files: list[FilePart]
    missing: list[str] = []
    audit_seal: str = ""


ARCHIVE_COLUMNS = ", ".join(ArchiveRow.__struct_fields__)
