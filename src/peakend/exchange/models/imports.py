"""Tables carried in: the run, what is wrong with which line, and which keys were seen."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import BigInteger, Column, DateTime, Index, Integer, LargeBinary, Text, Uuid
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from peakend.exchange.rules import ImportState
from peakend.kernel.carrying import Rule
from peakend.kernel.db import reference, tenant_table


def _count(name: str) -> Column[Any]:
    return Column(name, Integer, nullable=False, server_default="0")


import_run_table = tenant_table(
    "import_run",
    *reference("member_id", "member", nullable=False),
    Column("kind", Text, nullable=False),
    Column("name", Text, nullable=False),
    # The rows as lines of JSON; gone when the run is swept.
    Column("file_id", Uuid(as_uuid=True), nullable=False),
    # The zip itself, where the rows are files of a folder.
    Column("pack_file_id", Uuid(as_uuid=True)),
    Column("encoding", Text, nullable=False),
    Column("delimiter", Text, nullable=False),
    Column("heads", JSONB, nullable=False),
    Column("shown", JSONB, nullable=False),
    Column("rows", Integer, nullable=False),
    Column("mapping", JSONB, nullable=False),
    Column("rule", Text, nullable=False),
    Column("match", Text, nullable=False),
    Column("rights", ARRAY(Text), nullable=False),
    Column("state", Text, nullable=False),
    # How far it is: the place in the file, and how many rows lie before it.
    Column("place", BigInteger, nullable=False, server_default="0"),
    _count("done"),
    _count("new"),
    _count("changed"),
    _count("same"),
    _count("wrong"),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("finished_at", DateTime(timezone=True)),
    Index("ix_import_run_at", "organisation_id", "at"),
)
import_fault_table = tenant_table(
    "import_fault",
    *reference("run_id", "import_run", nullable=False, on_delete="CASCADE"),
    # Which row of the file, and on which line it begins.
    Column("number", Integer, nullable=False),
    Column("line", Integer, nullable=False),
    Column("column_key", Text, nullable=False),
    Column("why", Text, nullable=False),
    Column("params", JSONB, nullable=False),
    # The row as it came, so that it can be mended and carried in again.
    Column("cells", JSONB, nullable=False),
    primary_key=("run_id", "number"),
)
import_key_table = tenant_table(
    "import_key",
    *reference("run_id", "import_run", nullable=False, on_delete="CASCADE"),
    Column("digest", LargeBinary, nullable=False),
    Column("line", Integer, nullable=False),
    primary_key=("run_id", "digest"),
)
# How somebody put the columns of a table of these headings the last time.
import_mapping_table = tenant_table(
    "import_mapping",
    Column("kind", Text, nullable=False),
    Column("heads", Text, nullable=False),
    Column("mapping", JSONB, nullable=False),
    primary_key=("kind", "heads"),
)


class ImportRow(msgspec.Struct, frozen=True, kw_only=True):
    """A run as it is stored."""

    id: UUID
    member_id: UUID
    kind: str
    name: str
    file_id: UUID
    pack_file_id: UUID | None
    encoding: str
    delimiter: str
    heads: list[str]
    shown: list[list[str]]
    rows: int
    mapping: dict[str, int]
    rule: Rule
    match: str
    rights: list[str]
    state: ImportState
    place: int
    done: int
    new: int
    changed: int
    same: int
    wrong: int
    at: datetime
    finished_at: datetime | None


class FaultRow(msgspec.Struct, frozen=True, kw_only=True):
    """What is wrong with one row."""

    number: int
    line: int
    column_key: str
    why: str
    params: dict[str, Any]
    cells: list[str]


IMPORT_COLUMNS = ", ".join(ImportRow.__struct_fields__)
FAULT_COLUMNS = ", ".join(FaultRow.__struct_fields__)
