"""Tables and rows of companies, who belongs to them, and what is theirs."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    Boolean,
    CheckConstraint,
    Column,
    DateTime,
    Index,
    Integer,
    Text,
    text,
)

from peakend.kernel.db import reference, tenant_table
from peakend.profiles.rules.companies import Attached


def _text(name: str, default: str | None = None) -> Column[Any]:
    server_default = None if default is None else text(f"'{default}'")
    return Column(name, Text, nullable=False, server_default=server_default)


def _version() -> Column[Any]:
    return Column("version", Integer, nullable=False, server_default=text("1"))


company_table = tenant_table(
    "company",
    _text("name"),
    _text("folded"),
    _text("tier", "standard"),
    *reference("owner_id", "member"),
    _text("note", ""),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("archived_at", DateTime(timezone=True), nullable=True),
    _version(),
    Index("ix_company_folded", "organisation_id", "folded"),
)
company_gram_table = tenant_table(
    "company_gram",
    _text("gram"),
    *reference("company_id", "company", nullable=False, on_delete="CASCADE"),
    Index("ix_company_gram_company", "organisation_id", "company_id"),
    primary_key=("gram", "company_id"),
)
company_domain_table = tenant_table(
    "company_domain",
    _text("domain"),
    *reference("company_id", "company", nullable=False, on_delete="CASCADE"),
    Index("ix_company_domain_company", "organisation_id", "company_id"),
    primary_key=("domain",),
)
# A merge of customers moves nothing here: who was merged is found under who stayed, and back.
company_customer_table = tenant_table(
    "company_customer",
    *reference("company_id", "company", nullable=False, on_delete="CASCADE"),
    *reference("customer_id", "customer", nullable=False, on_delete="CASCADE"),
    Column("main", Boolean, nullable=False, server_default=text("false")),
    _text("title", ""),
    Column("at", DateTime(timezone=True), nullable=False),
    Index("ix_company_customer_customer", "organisation_id", "customer_id"),
    Index(
        "uq_company_customer_main",
        "organisation_id",
        "customer_id",
        unique=True,
        postgresql_where=text("main"),
    ),
    primary_key=("company_id", "customer_id"),
)
object_type_table = tenant_table(
    "object_type",
    _text("name_zh"),
    _text("name_en"),
    _text("attached"),
    Column("position", Integer, nullable=False, server_default=text("0")),
    Column("archived_at", DateTime(timezone=True), nullable=True),
    _version(),
)
kept_object_table = tenant_table(
    "kept_object",
    *reference("type_id", "object_type", nullable=False),
    *reference("customer_id", "customer", on_delete="CASCADE"),
    *reference("company_id", "company", on_delete="CASCADE"),
    _text("title"),
    Column("created_at", DateTime(timezone=True), nullable=False),
    Column("removed_at", DateTime(timezone=True), nullable=True),
    _version(),
    CheckConstraint("num_nonnulls(customer_id, company_id) = 1", name="owner"),
    Index(
        "ix_kept_object_customer",
        "organisation_id",
        "customer_id",
        postgresql_where=text("removed_at IS NULL"),
    ),
    Index(
        "ix_kept_object_company",
        "organisation_id",
        "company_id",
        postgresql_where=text("removed_at IS NULL"),
    ),
)


class Company(msgspec.Struct, frozen=True, kw_only=True):
    """A company as stored."""

    id: UUID
    name: str
    tier: str
    owner_id: UUID | None
    note: str
    created_at: datetime
    archived_at: datetime | None
    version: int


class ObjectType(msgspec.Struct, frozen=True, kw_only=True):
    """A kind of thing that customers or companies have, such as a product."""

    id: UUID
    name_zh: str
    name_en: str
    attached: Attached
    position: int
    archived_at: datetime | None
    version: int


class KeptObject(msgspec.Struct, frozen=True, kw_only=True):
    """A thing that a customer or a company has, as stored."""

    id: UUID
    type_id: UUID
    customer_id: UUID | None
    company_id: UUID | None
    title: str
    created_at: datetime
    removed_at: datetime | None
    version: int


COMPANY_COLUMNS = ", ".join(f"c.{name}" for name in Company.__struct_fields__)
TYPE_COLUMNS = ", ".join(ObjectType.__struct_fields__)
OBJECT_COLUMNS = ", ".join(KeptObject.__struct_fields__)
