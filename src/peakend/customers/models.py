"""Tables and rows of customers, their identities, notes, visits, reveals and merges."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    Boolean,
    Column,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import JSONB

from peakend.customers.rules import Kind
from peakend.kernel.db import reference, tenant_table


def _moment(name: str, *, nullable: bool = False) -> Column[Any]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


def _text(name: str, default: str | None = None) -> Column[Any]:
    server_default = None if default is None else text(f"'{default}'")
    return Column(name, Text, nullable=False, server_default=server_default)


def _flag(name: str) -> Column[Any]:
    return Column(name, Boolean, nullable=False, server_default=text("false"))


customer = tenant_table(
    "customer",
    _text("name"),
    _text("folded"),
    _text("tier", "standard"),
    _text("language", "zh-CN"),
    _moment("since"),
    Column("attributes", JSONB, nullable=False, server_default=text("'[]'")),
    Column("preferences", JSONB, nullable=False, server_default=text("'{}'")),
    # known: has a name or an identity; verified: somebody trusted vouched for an identity.
    _flag("known"),
    _flag("verified"),
    # Who it turned out to be: everything of it is found there as long as the merge stands.
    *reference("merged_into_id", "customer"),
    # When everything about the person was removed; the row stays for the numbers.
    _moment("erased_at", nullable=True),
    Column("version", Integer, nullable=False, server_default=text("1")),
    Index(
        "ix_customer_known",
        "organisation_id",
        "id",
        postgresql_where=text("known"),
    ),
    Index(
        "ix_customer_folded",
        "organisation_id",
        "folded",
        "id",
        postgresql_where=text("known AND folded <> ''"),
    ),
    Index(
        "ix_customer_merged_into",
        "organisation_id",
        "merged_into_id",
        postgresql_where=text("merged_into_id IS NOT NULL"),
    ),
)
# What a merge did, so that it can be taken back: the rows that moved by their ids, and what the
# survivor looked like before and after. Private values in it are as sealed as where they come from.
customer_merge = tenant_table(
    "customer_merge",
    *reference("survivor_id", "customer", nullable=False, on_delete="CASCADE"),
    *reference("absorbed_id", "customer", nullable=False, on_delete="CASCADE"),
    *reference("by_id", "member"),
    _moment("at"),
    _moment("until"),
    _moment("undone_at", nullable=True),
    Column("moved", JSONB, nullable=False),
    Column("before", JSONB, nullable=False),
    Column("after", JSONB, nullable=False),
    Index("ix_customer_merge_survivor", "organisation_id", "survivor_id", "at"),
    Index("ix_customer_merge_absorbed", "organisation_id", "absorbed_id", "at"),
)
# Two customers of whom somebody said that they are not one; the smaller id first.
customer_apart = tenant_table(
    "customer_apart",
    *reference("one_id", "customer", nullable=False, on_delete="CASCADE"),
    *reference("other_id", "customer", nullable=False, on_delete="CASCADE"),
    *reference("by_id", "member"),
    _moment("at"),
    Index("ix_customer_apart_other", "organisation_id", "other_id"),
    primary_key=("one_id", "other_id"),
)
# What contexts above may sift by without naming this table.
customer.info["after"] = [
    # No coalesce: behind row-level security neither that nor an "or" finds its way into an index,
    # and every customer would be read. Who absorbed others was not absorbed (decision 0027).
    """
CREATE FUNCTION customer_parts(wanted uuid) RETURNS TABLE (id uuid, absorbed boolean)
LANGUAGE sql STABLE PARALLEL SAFE
AS $body$
    SELECT part.id, part.absorbed FROM customer c
    CROSS JOIN LATERAL (
        SELECT CASE WHEN c.merged_into_id IS NULL THEN c.id ELSE c.merged_into_id END AS id,
            false AS absorbed
        UNION ALL
        SELECT p.id, true FROM customer p
        WHERE p.organisation_id = current_organisation() AND p.merged_into_id =
            CASE WHEN c.merged_into_id IS NULL THEN c.id ELSE c.merged_into_id END
    ) part
    WHERE c.organisation_id = current_organisation() AND c.id = wanted
$body$
""",
    """
CREATE FUNCTION customer_of_tier(wanted uuid, tiers text[]) RETURNS SETOF uuid
LANGUAGE sql STABLE PARALLEL SAFE
AS $body$
    SELECT c.id FROM customer c
    WHERE c.organisation_id = current_organisation() AND c.id = wanted AND c.tier = ANY (tiers)
$body$
""",
]
# Pairs of characters beside a plain index: equality passes row-level security into the index,
# which containment operators do not, and two Chinese characters are enough to search by.
customer_gram = tenant_table(
    "customer_gram",
    _text("gram"),
    *reference("customer_id", "customer", nullable=False, on_delete="CASCADE"),
    Index("ix_customer_gram_customer", "organisation_id", "customer_id"),
    primary_key=("gram", "customer_id"),
)
identity = tenant_table(
    "identity",
    *reference("customer_id", "customer", nullable=False, on_delete="CASCADE"),
    _text("kind"),
    Column("value", LargeBinary, nullable=False),
    Column("blind", LargeBinary, nullable=False),
    _flag("verified"),
    _moment("created_at"),
    Index("uq_identity_customer", "organisation_id", "customer_id", "kind", "blind", unique=True),
    Index(
        "uq_identity_verified",
        "organisation_id",
        "kind",
        "blind",
        unique=True,
        postgresql_where=text("verified"),
    ),
    Index("ix_identity_blind", "organisation_id", "kind", "blind"),
)
customer_note = tenant_table(
    "customer_note",
    *reference("customer_id", "customer", nullable=False, on_delete="CASCADE"),
    *reference("author_id", "member"),
    _text("text"),
    _moment("at"),
    Index("ix_customer_note_customer", "organisation_id", "customer_id", "at"),
)
visitor = tenant_table(
    "visitor",
    *reference("customer_id", "customer", nullable=False, on_delete="CASCADE"),
    # Channels belong to a context above; their key is checked there.
    Column("channel_id", Uuid(as_uuid=True), nullable=False),
    Column("token_hash", LargeBinary, nullable=False),
    _text("language"),
    _moment("created_at"),
    _moment("last_seen_at"),
    # Whether this browser showed who it is: by a signature of its host page, or by a code that went
    # to the customer's mailbox. A merge of customers by an agent shows it of none.
    _flag("proven"),
    Index("uq_visitor_token_hash", "token_hash", unique=True),
    Index("ix_visitor_customer", "organisation_id", "customer_id"),
    system="all",
)
page_view = tenant_table(
    "page_view",
    *reference("customer_id", "customer", nullable=False, on_delete="CASCADE"),
    Column("visitor_id", Uuid(as_uuid=True), nullable=False),
    _text("url"),
    _text("title"),
    _moment("at"),
    Index("ix_page_view_customer", "organisation_id", "customer_id", "at", "id"),
)
reveal = tenant_table(
    "reveal",
    *reference("customer_id", "customer", nullable=False, on_delete="CASCADE"),
    *reference("member_id", "member", nullable=False),
    _text("field"),
    _text("reason"),
    _moment("at"),
    _moment("until"),
    Index("ix_reveal_customer", "organisation_id", "customer_id", "at"),
    append_only=True,
    may_empty=("field", "reason"),
)


class Customer(msgspec.Struct, frozen=True):
    """A customer as stored."""

    id: UUID
    name: str
    tier: str
    language: str
    since: datetime
    attributes: list[dict[str, Any]]
    preferences: dict[str, Any]
    known: bool
    verified: bool
    merged_into_id: UUID | None
    version: int


class IdentityRow(msgspec.Struct, frozen=True):
    """A sealed identity."""

    id: UUID
    customer_id: UUID
    kind: Kind
    value: bytes
    verified: bool


class MergeRow(msgspec.Struct, frozen=True):
    """A merge as stored."""

    id: UUID
    survivor_id: UUID
    absorbed_id: UUID
    by_id: UUID | None
    at: datetime
    until: datetime
    undone_at: datetime | None
    moved: dict[str, Any]
    before: dict[str, Any]
    after: dict[str, Any]


class Visitor(msgspec.Struct, frozen=True):
    """A browser that holds a token of one channel."""

    id: UUID
    customer_id: UUID
    channel_id: UUID
    language: str
    last_seen_at: datetime
