"""Tables and rows of organisations, people, sessions and the audit log."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    DateTime,
    Index,
    Integer,
    LargeBinary,
    SmallInteger,
    Text,
    Uuid,
    text,
)
from sqlalchemy.dialects.postgresql import ARRAY, JSONB

from peakend.accounts.rules import Role, Step, Way
from peakend.kernel.db import reference, system_table, tenant_table

UUIDS = ARRAY(Uuid(as_uuid=True))


def moment(name: str, *, nullable: bool = False) -> Column[Any]:
    """Return a column of points in time."""
    return Column(name, DateTime(timezone=True), nullable=nullable)


def text_column(name: str, default: str | None = None) -> Column[Any]:
    """Return a column of text that is never null."""
    server_default = None if default is None else text(f"'{default}'")
    return Column(name, Text, nullable=False, server_default=server_default)


organisation = tenant_table(
    "organisation",
    text_column("name"),
    text_column("language", "zh-CN"),
    text_column("time_zone", "Asia/Shanghai"),
    moment("created_at"),
    primary_key=(),
    system="select",
)
brand = tenant_table(
    "brand",
    text_column("name"),
    text_column("slug"),
    text_column("colour"),
    Column("position", Integer, nullable=False, server_default=text("0")),
    moment("created_at"),
    Index("uq_brand_slug", "organisation_id", "slug", unique=True),
)
member = tenant_table(
    "member",
    text_column("name"),
    text_column("login"),
    text_column("language", "zh-CN"),
    # The built-in role whose rules of sign-in hold for the person, whatever his roles are called.
    text_column("role"),
    # The built-in role the person holds, if any; the house's own are in `member_role`.
    Column("built_in", Text),
    Column("capacity", SmallInteger, nullable=False),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    Column("avatar_file_id", Uuid(as_uuid=True)),
    Column("preferences", JSONB, nullable=False, server_default=text("'{}'")),
    moment("created_at"),
)
# What a sign-in looks up before it knows the organisation: kept apart from the person's row, so
# that the cross-tenant role sees no names.
credential = tenant_table(
    "credential",
    *reference("member_id", "member", nullable=False, on_delete="CASCADE"),
    text_column("login_key"),
    text_column("password_hash"),
    Column("active", Boolean, nullable=False, server_default=text("true")),
    moment("created_at"),
    moment("changed_at"),
    Index("uq_credential_login", "organisation_id", "login_key", unique=True),
    Index("ix_credential_login", "login_key"),
    primary_key=("member_id",),
    system="select",
)
session = tenant_table(
    "session",
    *reference("member_id", "member", nullable=False, on_delete="CASCADE"),
    Column("token_hash", LargeBinary, nullable=False),
    text_column("role"),
    text_column("browser", "other"),
    text_column("system", "other"),
    text_column("address", ""),
    # How it was opened, and by which second step.
    text_column("way", "password"),
    text_column("second", ""),
    moment("created_at"),
    moment("last_seen_at"),
    moment("expires_at"),
    # When he showed once more who he is, for what moves something of value.
    moment("proved_at", nullable=True),
    Index("uq_session_token_hash", "token_hash", unique=True),
    Index("ix_session_member", "organisation_id", "member_id"),
    system="all",
)
# Between the password and the code: no session yet, only a token for the second step.
pending_sign_in = tenant_table(
    "pending_sign_in",
    *reference("member_id", "member", nullable=False, on_delete="CASCADE"),
    Column("token_hash", LargeBinary, nullable=False),
    text_column("step"),
    text_column("way", "password"),
    Column("tries", SmallInteger, nullable=False, server_default=text("0")),
    moment("created_at"),
    moment("expires_at"),
    Index("uq_pending_sign_in_token_hash", "token_hash", unique=True),
    Index("ix_pending_sign_in_member", "organisation_id", "member_id"),
    system="select",
)
second_step = tenant_table(
    "second_step",
    *reference("member_id", "member", nullable=False, on_delete="CASCADE"),
    Column("secret", LargeBinary, nullable=False),
    # The newest time step a code was taken of: no code of it or before is taken again.
    Column("used_step", BigInteger, nullable=False, server_default=text("0")),
    moment("created_at"),
    moment("confirmed_at", nullable=True),
    primary_key=("member_id",),
)
recovery_code = tenant_table(
    "recovery_code",
    *reference("member_id", "member", nullable=False, on_delete="CASCADE"),
    Column("code_hash", LargeBinary, nullable=False),
    moment("created_at"),
    moment("used_at", nullable=True),
    Index("ix_recovery_code_member", "organisation_id", "member_id"),
)
sign_in_rule = tenant_table(
    "sign_in_rule",
    Column("password_least", SmallInteger, nullable=False),
    Column("second_step_roles", ARRAY(Text), nullable=False),
    Column("networks", ARRAY(Text), nullable=False),
    moment("changed_at"),
    primary_key=(),
)
invitation = tenant_table(
    "invitation",
    Column("token_hash", LargeBinary, nullable=False),
    text_column("login"),
    text_column("name"),
    # The built-in role that is promised, where one is; the house's own stand beside it.
    Column("role", Text),
    Column("role_ids", UUIDS, nullable=False, server_default="{}"),
    Column("capacity", SmallInteger, nullable=False),
    Column("team_ids", UUIDS, nullable=False),
    Column("queue_ids", UUIDS, nullable=False),
    Column("skill_ids", UUIDS, nullable=False),
    # Set where the link lets somebody who is a member already choose a new password.
    *reference("member_id", "member", on_delete="CASCADE"),
    Column("invited_by", Uuid(as_uuid=True)),
    moment("created_at"),
    moment("expires_at"),
    moment("used_at", nullable=True),
    moment("revoked_at", nullable=True),
    Index("uq_invitation_token_hash", "token_hash", unique=True),
    system="select",
)
set_up_token = system_table(
    "set_up_token",
    Column("token_hash", LargeBinary, primary_key=True),
    moment("created_at"),
    moment("expires_at"),
    moment("used_at", nullable=True),
    # For one more organisation, beside those that there are.
    Column("another", Boolean, nullable=False, server_default="false"),
)
team = tenant_table("team", text_column("name"), moment("created_at"))
team_member = tenant_table(
    "team_member",
    *reference("team_id", "team", nullable=False, on_delete="CASCADE"),
    *reference("member_id", "member", nullable=False, on_delete="CASCADE"),
    Index("ix_team_member_member", "organisation_id", "member_id"),
    primary_key=("team_id", "member_id"),
)
skill = tenant_table(
    "skill",
    text_column("name"),
    # Being allowed to, not only being able to: never relaxed when work waits long.
    Column("authority", Boolean, nullable=False, server_default="false"),
    moment("created_at"),
    Index("uq_skill_name", "organisation_id", "name", unique=True),
)
member_skill = tenant_table(
    "member_skill",
    *reference("member_id", "member", nullable=False, on_delete="CASCADE"),
    *reference("skill_id", "skill", nullable=False, on_delete="CASCADE"),
    primary_key=("member_id", "skill_id"),
)
audit_entry = tenant_table(
    "audit_entry",
    moment("at"),
    text_column("actor_kind"),
    Column("actor_id", Uuid(as_uuid=True)),
    text_column("action"),
    text_column("subject_type"),
    Column("subject_id", Uuid(as_uuid=True)),
    Column("detail", JSONB, nullable=False),
    Column(
        "xid",
        BigInteger,
        nullable=False,
        server_default=text("(pg_current_xact_id()::text::bigint)"),
    ),
    Index("ix_audit_entry_xid", "organisation_id", "xid", "id"),
    Index("ix_audit_entry_actor", "organisation_id", "actor_id", "id"),
    Index("ix_audit_entry_action", "organisation_id", "action", "id"),
    append_only=True,
    # Half a year is the least that the law asks for (Cybersecurity Law, 21).
    may_go="at < now() - interval '180 days'",
)
audit_seal = tenant_table(
    "audit_seal",
    Column("place", BigInteger, nullable=False),
    Column("entry_xid", BigInteger, nullable=False),
    Column("entry_id", Uuid(as_uuid=True), nullable=False),
    Column("digest", LargeBinary, nullable=False),
    # The same under the key of the installation: who has only the database cannot write a chain.
    Column("mac", LargeBinary, nullable=False),
    primary_key=("place",),
    append_only=True,
    may_go="NOT EXISTS (SELECT FROM audit_entry e WHERE e.organisation_id ="
    " audit_seal.organisation_id AND e.id = audit_seal.entry_id)",
)
# Where the chain begins since what was too old went: the last seal that went, under the key.
audit_checkpoint = tenant_table(
    "audit_checkpoint",
    Column("place", BigInteger, nullable=False),
    Column("entry_xid", BigInteger, nullable=False),
    Column("entry_id", Uuid(as_uuid=True), nullable=False),
    Column("digest", LargeBinary, nullable=False),
    Column("mac", LargeBinary, nullable=False),
    moment("at"),
    primary_key=("place",),
    append_only=True,
)


class Organisation(msgspec.Struct, frozen=True):
    """A tenant."""

    id: UUID
    name: str
    language: str
    time_zone: str


class Brand(msgspec.Struct, frozen=True):
    """A client company inside the organisation, with its own look."""

    id: UUID
    name: str
    slug: str
    colour: str


class Member(msgspec.Struct, frozen=True):
    """A person of the house, as other contexts see him."""

    id: UUID
    name: str
    login: str
    language: str
    role: Role
    built_in: Role | None
    role_ids: list[UUID]
    capacity: int
    active: bool
    avatar_file_id: UUID | None
    team_ids: list[UUID]
    skill_ids: list[UUID]


class Team(msgspec.Struct, frozen=True):
    """People who work together."""

    id: UUID
    name: str
    member_ids: list[UUID]


class Skill(msgspec.Struct, frozen=True):
    """Something a member can, or with `authority` is allowed to, and a queue may ask for."""

    id: UUID
    name: str
    authority: bool


class Credential(msgspec.Struct, frozen=True):
    """What a password is checked against."""

    organisation_id: UUID
    member_id: UUID
    password_hash: str
    active: bool


class OpenSession(msgspec.Struct, frozen=True):
    """A session that was found by its token."""

    token_hash: bytes
    organisation_id: UUID
    id: UUID
    member_id: UUID
    role: Role
    created_at: datetime
    last_seen_at: datetime


class PendingSignIn(msgspec.Struct, frozen=True):
    """A sign-in whose password was right and whose second step is still to come."""

    organisation_id: UUID
    id: UUID
    member_id: UUID
    step: Step
    way: Way


class SecondStepRow(msgspec.Struct, frozen=True):
    """What a member's codes are checked against."""

    secret: bytes
    used_step: int
    confirmed_at: datetime | None


class SignInRules(msgspec.Struct, frozen=True):
    """What an organisation asks of whoever signs in."""

    password_least: int
    second_step_roles: list[Role]
    networks: list[str]


class Invitation(msgspec.Struct, frozen=True):
    """A link by which somebody becomes a member or chooses a new password."""

    organisation_id: UUID
    id: UUID
    login: str
    name: str
    role: Role | None
    role_ids: list[UUID]
    capacity: int
    team_ids: list[UUID]
    queue_ids: list[UUID]
    skill_ids: list[UUID]
    member_id: UUID | None
    invited_by: UUID | None
    expires_at: datetime


class AuditRow(msgspec.Struct, frozen=True):
    """One line of the audit log as it is stored."""

    id: UUID
    at: datetime
    actor_kind: str
    actor_id: UUID | None
    action: str
    subject_type: str
    subject_id: UUID | None
    detail: dict[str, Any]
    xid: int


class Seal(msgspec.Struct, frozen=True):
    """The link of the chain that covers one entry."""

    place: int
    entry_xid: int
    entry_id: UUID
    digest: bytes
    mac: bytes
