"""Helps that were offered to agents, and what became of them; no words of anybody."""

from uuid import UUID

import msgspec
from sqlalchemy import Column, DateTime, Index, Integer, Text, Uuid, text

from peakend.kernel.db import reference, tenant_table

help_offer_table = tenant_table(
    "help_offer",
    *reference("conversation_id", "conversation", nullable=False, on_delete="CASCADE"),
    *reference("customer_id", "customer", nullable=False, on_delete="CASCADE"),
    *reference("agent_id", "member", nullable=False),
    Column("kind", Text, nullable=False),
    # The customer's message that it is about: once for each.
    Column("seq", Integer, nullable=False),
    Column("article_id", Uuid(as_uuid=True)),
    Column("outcome", Text, nullable=False, server_default="offered"),
    Column("offered_at", DateTime(timezone=True), nullable=False),
    # When the same customer was helped by that article without a person.
    Column("followed_at", DateTime(timezone=True)),
    Index("uq_help_offer", "organisation_id", "conversation_id", "kind", "seq", unique=True),
    Index("ix_help_offer_at", "organisation_id", "offered_at"),
    Index(
        "ix_help_offer_article",
        "organisation_id",
        "customer_id",
        "article_id",
        postgresql_where=text("article_id IS NOT NULL"),
    ),
)


class HelpOffer(msgspec.Struct, frozen=True, kw_only=True):
    """A help as it is stored."""

    id: UUID
    conversation_id: UUID
    customer_id: UUID
    agent_id: UUID
    kind: str
    seq: int
    article_id: UUID | None
    outcome: str


HELP_COLUMNS = ", ".join(HelpOffer.__struct_fields__)
