"""Tables of onboarding: what a sample is made of, and whether the checklist was put away."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import Column, DateTime, Text
from sqlalchemy.dialects.postgresql import UUID as PgUUID  # noqa: N811

from peakend.kernel.db import tenant_table
from peakend.kernel.personal import plain
from peakend.onboarding.ports import Thing

# `marks` is what the thing was when it was made: what differs later, somebody changed.
sample_table = tenant_table(
    "sample_thing",
    Column("sample_id", PgUUID(as_uuid=True), nullable=False),
    Column("kind", Text, nullable=False),
    Column("thing_id", PgUUID(as_uuid=True), nullable=False),
    Column("marks", Text, nullable=False),
    Column("at", DateTime(timezone=True), nullable=False),
    primary_key=("thing_id",),
)
checklist_table = tenant_table(
    "checklist",
    Column("away_at", DateTime(timezone=True)),
    primary_key=(),
)
plain("settings", "sample_thing", "checklist")


class SampleThing(msgspec.Struct, frozen=True, kw_only=True):
    """Something that a sample is made of, and how it was then."""

    sample_id: UUID
    kind: Thing
    thing_id: UUID
    marks: str
    at: datetime
