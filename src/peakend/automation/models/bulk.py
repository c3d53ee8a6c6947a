"""Acts on many conversations: the run, and what became of each conversation of it."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec
from sqlalchemy import BigInteger, Column, DateTime, Index, Integer, Text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from peakend.automation.rules.bulk import Bulk
from peakend.kernel.db import reference, tenant_table

RunState = Literal["gathering", "running", "done", "undoing", "undone"]

bulk_run_table = tenant_table(
    "bulk_run",
    *reference("member_id", "member", nullable=False),
    Column("what", Text, nullable=False),
    Column("args", JSONB, nullable=False),
    # What all that match is gathered by, and up to where it was.
    Column("filter", JSONB),
    Column("cursor", Text),
    # What the person could do at the start; later no more than that.
    Column("rights", ARRAY(Text), nullable=False),
    Column("state", Text, nullable=False),
    Column("total", Integer, nullable=False, server_default="0"),
    Column("done", Integer, nullable=False, server_default="0"),
    Column("left_out", Integer, nullable=False, server_default="0"),
    Column("put_back", Integer, nullable=False, server_default="0"),
    Column("kept", Integer, nullable=False, server_default="0"),
    Column("at", DateTime(timezone=True), nullable=False),
    Column("finished_at", DateTime(timezone=True)),
    Index("ix_bulk_run_member", "organisation_id", "member_id", "at"),
)

bulk_item_table = tenant_table(
    "bulk_item",
    *reference("run_id", "bulk_run", nullable=False, on_delete="CASCADE"),
    *reference("conversation_id", "conversation", nullable=False, on_delete="CASCADE"),
    # As it was when it was chosen.
    Column("version", BigInteger, nullable=False),
    Column("state", Text, nullable=False, server_default="waiting"),
    Column("why", Text),
    Column("params", JSONB),
    Column("before", JSONB),
    Column("after", JSONB),
    Index("ix_bulk_item_state", "organisation_id", "run_id", "state", "conversation_id"),
    Index("ix_bulk_item_conversation", "organisation_id", "conversation_id"),
    primary_key=("run_id", "conversation_id"),
)


class BulkRunRow(msgspec.Struct, frozen=True, kw_only=True):
    """A run as it is stored."""

    id: UUID
    member_id: UUID
    what: Bulk
    args: dict[str, Any]
    filter: dict[str, Any] | None
    cursor: str | None
    rights: list[str]
    state: RunState
    total: int
    done: int
    left_out: int
    put_back: int
    kept: int
    at: datetime
    finished_at: datetime | None


class BulkItemRow(msgspec.Struct, frozen=True, kw_only=True):
    """What became of one conversation."""

    conversation_id: UUID
    version: int
    before: dict[str, Any] | None
    after: dict[str, Any] | None


RUN_COLUMNS = ", ".join(BulkRunRow.__struct_fields__)
ITEM_COLUMNS = ", ".join(BulkItemRow.__struct_fields__)
