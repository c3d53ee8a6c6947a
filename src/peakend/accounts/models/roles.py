"""Tables and rows of the house's own roles, and of changes that wait for a second person."""

from datetime import datetime
from typing import Any, Literal
from uuid import UUID

import msgspec
from sqlalchemy import Boolean, Column, Index, Integer, Text, Uuid, text
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from peakend.accounts.models.people import UUIDS, moment, text_column
from peakend.accounts.rules import Role, Sight
from peakend.kernel.db import reference, tenant_table

ProposalState = Literal["open", "confirmed", "refused", "withdrawn"]

role_table = tenant_table(
    "role",
    text_column("name"),
    text_column("note", ""),
    # The built-in role it was copied from: what is shown as changed is compared with that one.
    text_column("template"),
    Column("permissions", ARRAY(Text), nullable=False),
    text_column("sight"),
    Column("brand_ids", UUIDS, nullable=False),
    Column("version", Integer, nullable=False, server_default=text("1")),
    moment("created_at"),
    moment("changed_at"),
    Index("uq_role_name", "organisation_id", text("lower(name)"), unique=True),
)
member_role_table = tenant_table(
    "member_role",
    *reference("member_id", "member", nullable=False, on_delete="CASCADE"),
    *reference("role_id", "role", nullable=False),
    Index("ix_member_role_role", "organisation_id", "role_id"),
    primary_key=("member_id", "role_id"),
)
# How much of a customer's details each role sees, by its key or id; what is not there is usual.
field_sight_table = tenant_table(
    "field_sight",
    Column("rules", JSONB, nullable=False),
    Column("version", Integer, nullable=False, server_default=text("1")),
    moment("changed_at"),
    primary_key=(),
)
two_person_rule_table = tenant_table(
    "two_person_rule",
    Column("active", Boolean, nullable=False),
    moment("changed_at"),
    primary_key=(),
)
proposal_table = tenant_table(
    "proposal",
    text_column("kind"),
    Column("body", JSONB, nullable=False),
    text_column("reason"),
    Column("proposed_by", Uuid(as_uuid=True), nullable=False),
    moment("created_at"),
    moment("expires_at"),
    text_column("state", "open"),
    Column("decided_by", Uuid(as_uuid=True)),
    moment("decided_at", nullable=True),
    Index("ix_proposal_created", "organisation_id", "created_at"),
)


class RoleRow(msgspec.Struct, frozen=True):
    """A role of the house's own, with how many hold it."""

    id: UUID
    name: str
    note: str
    template: Role
    permissions: list[str]
    sight: Sight
    brand_ids: list[UUID]
    version: int
    holders: int


class ProposalRow(msgspec.Struct, frozen=True):
    """A change that waits for a second person, or waited."""

    id: UUID
    kind: str
    body: dict[str, Any]
    reason: str
    proposed_by: UUID
    created_at: datetime
    expires_at: datetime
    state: ProposalState
    decided_by: UUID | None
    decided_at: datetime | None
