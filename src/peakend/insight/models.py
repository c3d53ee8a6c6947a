"""Tables of insight: what each fact counts, and the sums by queue and quarter of an hour."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import BigInteger, Boolean, Column, DateTime, Index, Integer, text
from sqlalchemy.dialects import postgresql

from peakend.insight.rules import COUNTED, Counts
from peakend.kernel.db import tenant_table
from peakend.kernel.personal import plain

NO_QUEUE = UUID(int=0)
"""Stands for conversations that were in no queue: a key cannot be empty."""


def _counts() -> list[Column[int]]:
    return [
        Column(
            name,
            BigInteger if name.endswith("_ms") else Integer,
            nullable=False,
            server_default="0",
        )
        for name in COUNTED
    ]


# What a fact counts is inserted only, so that many at once never wait for each other; a round a
# minute adds the parts up. A part stays for a while to know its fact again.
metric_part = tenant_table(
    "metric_part",
    Column("fact_id", postgresql.UUID(as_uuid=True), nullable=False),
    Column("interval_at", DateTime(timezone=True), nullable=False),
    Column("queue_id", postgresql.UUID(as_uuid=True), nullable=False),
    Column("merged", Boolean, nullable=False, server_default="false"),
    *_counts(),
    Index("ix_metric_part_fresh", "organisation_id", postgresql_where=text("NOT merged")),
    primary_key=("fact_id",),
)

metric_interval = tenant_table(
    "metric_interval",
    Column("interval_at", DateTime(timezone=True), nullable=False),
    Column("queue_id", postgresql.UUID(as_uuid=True), nullable=False),
    *_counts(),
    primary_key=("interval_at", "queue_id"),
)


class IntervalRow(msgspec.Struct, frozen=True):
    """Counts of one queue in one quarter of an hour."""

    interval_at: datetime
    queue_id: UUID
    entered: int
    answered: int
    answered_within: int
    abandoned: int
    abandoned_within: int
    abandoned_short: int
    answered_wait_ms: int
    ended: int
    ended_digital: int

    @property
    def counts(self) -> Counts:
        """Return the counts to calculate with."""
        return Counts(**{name: getattr(self, name) for name in COUNTED})


plain(
    "numbers",
    "metric_part",
    "metric_interval",
)
