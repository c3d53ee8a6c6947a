"""Webhooks, what is to be told to them, and how each try went."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import (
    BigInteger,
    Column,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    Uuid,
)
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import ARRAY

from peakend.automation.rules.webhooks import DeliveryState, State
from peakend.kernel.db import reference, tenant_table


def _moment(name: str, *, nullable: bool = False) -> Column[datetime]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


webhook_table = tenant_table(
    "webhook",
    Column("name", Text, nullable=False),
    Column("url", Text, nullable=False),
    Column("kinds", ARRAY(Text), nullable=False),
    Column("state", Text, nullable=False),
    Column("why", Text, nullable=False, server_default=""),
    Column("secret_sealed", LargeBinary, nullable=False),
    # For a while after a new one was made, the old secret signs, too.
    Column("old_secret_sealed", LargeBinary),
    _moment("old_until", nullable=True),
    # The place in the log up to which it was told.
    Column("cursor_xid", BigInteger, nullable=False),
    Column("cursor_id", Uuid(as_uuid=True), nullable=False),
    Column("failures", Integer, nullable=False, server_default="0"),
    _moment("failing_since", nullable=True),
    _moment("rests_until", nullable=True),
    _moment("last_good_at", nullable=True),
    *reference("member_id", "member"),
    _moment("created_at"),
    Column("version", Integer, nullable=False, server_default="1"),
    system="all",
)

# A delivery is its own queue: who sends takes a lease (`next_at`) and a number (`attempt`), so that
# nothing is sent inside a transaction and nothing is lost with who sent.
webhook_delivery_table = tenant_table(
    "webhook_delivery",
    *reference("webhook_id", "webhook", nullable=False, on_delete="CASCADE"),
    # No link: the log may be shorter than this.
    Column("fact_id", Uuid(as_uuid=True), nullable=False),
    Column("kind", Text, nullable=False),
    _moment("occurred_at"),
    _moment("created_at"),
    Column("state", Text, nullable=False),
    Column("attempt", SmallInteger, nullable=False, server_default="0"),
    _moment("next_at"),
    _moment("done_at", nullable=True),
    Column("status", SmallInteger),
    Column("code", Text, nullable=False, server_default=""),
    Index("uq_webhook_delivery_fact", "organisation_id", "webhook_id", "fact_id", unique=True),
    Index(
        "ix_webhook_delivery_due", "organisation_id", "webhook_id", "next_at",
        postgresql_where=sql("state = 'waiting'"),
    ),
    Index("ix_webhook_delivery_list", "organisation_id", "webhook_id", "state", "id"),
    Index("ix_webhook_delivery_age", "organisation_id", "created_at"),
    system="all",
)  # fmt: skip

webhook_attempt_table = tenant_table(
    "webhook_attempt",
    *reference("delivery_id", "webhook_delivery", nullable=False, on_delete="CASCADE"),
    _moment("at"),
    Column("lasted_ms", Integer, nullable=False),
    Column("status", SmallInteger),
    Column("code", Text, nullable=False, server_default=""),
    Column("answer", Text, nullable=False, server_default=""),
    Index("ix_webhook_attempt_delivery", "organisation_id", "delivery_id", "at"),
)


class Webhook(msgspec.Struct, frozen=True, kw_only=True):
    """Where which kinds of facts are told, without its secrets; `why` says why it is disabled."""

    id: UUID
    name: str
    url: str
    kinds: list[str]
    state: State
    why: str
    old_until: datetime | None
    failures: int
    failing_since: datetime | None
    rests_until: datetime | None
    last_good_at: datetime | None
    member_id: UUID | None
    created_at: datetime
    version: int


class Delivery(msgspec.Struct, frozen=True, kw_only=True):
    """One fact for one webhook; `code` says why the last try gave no answer."""

    id: UUID
    webhook_id: UUID
    fact_id: UUID
    kind: str
    occurred_at: datetime
    state: DeliveryState
    attempt: int
    next_at: datetime
    done_at: datetime | None
    status: int | None
    code: str


class Attempt(msgspec.Struct, frozen=True):
    """One try; `answer` is the beginning of what came back."""

    at: datetime
    lasted_ms: int
    status: int | None
    code: str
    answer: str


class Due(msgspec.Struct, frozen=True):
    """A delivery under our lease; `attempt` fences off whoever held it before."""

    organisation_id: UUID
    id: UUID
    webhook_id: UUID
    fact_id: UUID
    attempt: int


WEBHOOK_COLUMNS = ", ".join(Webhook.__struct_fields__)
DELIVERY_COLUMNS = ", ".join(Delivery.__struct_fields__)
