"""What the house has decided about watching over conversations and over words."""

from typing import Any

import msgspec
from sqlalchemy import Column, DateTime, Integer, Text
from sqlalchemy.dialects.postgresql import JSONB

from peakend.kernel.db import tenant_table

# One row a kind (watch, wording, approval); without a row the kind's own defaults hold.
care_rules = tenant_table(
    "care_rules",
    Column("kind", Text, nullable=False),
    Column("rules", JSONB, nullable=False),
    Column("version", Integer, nullable=False, server_default="1"),
    Column("updated_at", DateTime(timezone=True), nullable=False),
    primary_key=("kind",),
)


class CareRow(msgspec.Struct, frozen=True):
    """Rules of one kind as they are stored."""

    kind: str
    rules: dict[str, Any]
    version: int
