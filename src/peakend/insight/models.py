"""Tables of insight: what each fact counts, and the sums by queue and quarter of an hour."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import BigInteger, Boolean, Column, DateTime, Float, Index, Integer, Text, text
from sqlalchemy.dialects import postgresql

from peakend.insight.rules import COUNTED, Counts
from peakend.kernel.db import reference, tenant_table
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


alert_rule = tenant_table(
    "alert_rule",
    Column("measure", Text, nullable=False),
    # The floor as a whole, every queue by itself, or one queue.
    Column("scope", Text, nullable=False),
    *reference("queue_id", "queue", on_delete="CASCADE"),
    Column("raise_at", Float, nullable=False),
    Column("clear_at", Float, nullable=False),
    Column("hold_s", Integer, nullable=False),
    Column("active", Boolean, nullable=False, server_default="true"),
    Column("version", Integer, nullable=False, server_default="1"),
)

# Since when a measure points to the other state; no row while it does not.
alert_watch = tenant_table(
    "alert_watch",
    *reference("rule_id", "alert_rule", nullable=False, on_delete="CASCADE"),
    Column("queue_id", postgresql.UUID(as_uuid=True), nullable=False),
    Column("turning_since", DateTime(timezone=True), nullable=False),
    primary_key=("rule_id", "queue_id"),
)

# The history: a rule may be gone, what it said stays.
alert = tenant_table(
    "alert",
    Column("rule_id", postgresql.UUID(as_uuid=True), nullable=False),
    Column("queue_id", postgresql.UUID(as_uuid=True), nullable=False),
    Column("measure", Text, nullable=False),
    Column("value", Float, nullable=False),
    Column("threshold", Float, nullable=False),
    Column("raised_at", DateTime(timezone=True), nullable=False),
    Column("acknowledged_by", postgresql.UUID(as_uuid=True)),
    Column("acknowledged_at", DateTime(timezone=True)),
    Column("cleared_at", DateTime(timezone=True)),
    Index(
        "uq_alert_open",
        "organisation_id",
        "rule_id",
        "queue_id",
        unique=True,
        postgresql_where=text("cleared_at IS NULL"),
    ),
    Index("ix_alert_raised", "organisation_id", "raised_at", "id"),
)


class AlertRuleRow(msgspec.Struct, frozen=True, kw_only=True):
    """What raises an alert: two thresholds and for how long; `scope` is floor, each or queue."""

    id: UUID
    measure: str
    scope: str
    queue_id: UUID | None
    raise_at: float
    clear_at: float
    hold_s: int
    active: bool
    version: int


class AlertRow(msgspec.Struct, frozen=True, kw_only=True):
    """An alert from when it was raised until it was cleared."""

    id: UUID
    rule_id: UUID
    queue_id: UUID
    measure: str
    value: float
    threshold: float
    raised_at: datetime
    acknowledged_by: UUID | None
    acknowledged_at: datetime | None
    cleared_at: datetime | None


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
    "alert",
    "alert_watch",
)
plain("settings", "alert_rule")
