"""Single sign-on: the provider of a house, who is who there, and sign-ins that are on their way."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import Boolean, Column, Index, Integer, LargeBinary, Uuid, text
from sqlalchemy.dialects.postgresql import JSONB

from peakend.accounts.models.people import moment, text_column
from peakend.accounts.rules.claims import SsoGrant, Unmapped
from peakend.kernel.db import reference, tenant_table

# One for each house; what the sign-in page shows is found before anybody is known.
sso_provider_table = tenant_table(
    "sso_provider",
    text_column("name"),
    text_column("issuer"),
    text_column("client_id"),
    Column("active", Boolean, nullable=False),
    # Whether somebody without a link yet is found by an e-mail address the provider verified.
    Column("by_email", Boolean, nullable=False),
    # Whether passwords open no session any more.
    Column("sso_only", Boolean, nullable=False),
    # What is asked for beside the usual, and where in what the provider says the roles stand;
    # empty where roles are given here alone.
    text_column("scope", ""),
    text_column("claim", ""),
    Column("grants", JSONB, nullable=False, server_default=text("'[]'")),
    text_column("unmapped", "agent"),
    # The rights of whoever saved the grants: nobody gets more by them.
    Column("ceiling", JSONB, nullable=False, server_default=text("'{}'")),
    # Whether signing out here leads to the provider, to sign out there.
    Column("sign_out", Boolean, nullable=False, server_default=text("false")),
    Column("version", Integer, nullable=False, server_default=text("1")),
    moment("changed_at"),
    Index("uq_sso_provider_house", "organisation_id", unique=True),
    system="select",
)
# Apart from what may be proposed to a second person, who has no need to see it.
sso_secret_table = tenant_table(
    "sso_secret",
    Column("secret_sealed", LargeBinary, nullable=False),
    moment("changed_at"),
    primary_key=(),
)
sso_link_table = tenant_table(
    "sso_link",
    *reference("member_id", "member", nullable=False, on_delete="CASCADE"),
    text_column("issuer"),
    text_column("subject"),
    moment("created_at"),
    moment("last_used_at"),
    Index("uq_sso_link_subject", "organisation_id", "issuer", "subject", unique=True),
    Index("uq_sso_link_member", "organisation_id", "member_id", "issuer", unique=True),
)
# What the provider is shown when the session ends that it vouched for.
sso_sitting_table = tenant_table(
    "sso_sitting",
    *reference("session_id", "session", on_delete="CASCADE"),
    # Until its second step is done there is no session yet.
    Column("pending_id", Uuid(as_uuid=True)),
    text_column("issuer"),
    Column("token_sealed", LargeBinary, nullable=False),
    moment("created_at"),
    Index("ix_sso_sitting_session", "organisation_id", "session_id"),
    Index("ix_sso_sitting_pending", "organisation_id", "pending_id"),
)
# Between here and the provider: bound to the browser that set out, good for one return.
sso_attempt_table = tenant_table(
    "sso_attempt",
    Column("state_hash", LargeBinary, nullable=False),
    Column("browser_hash", LargeBinary, nullable=False),
    Column("secrets_sealed", LargeBinary, nullable=False),
    text_column("issuer"),
    # Set where a member, signed in already, links himself.
    *reference("member_id", "member", on_delete="CASCADE"),
    moment("expires_at"),
    Index("uq_sso_attempt_state_hash", "state_hash", unique=True),
    Index("ix_sso_attempt_expires_at", "organisation_id", "expires_at"),
    system="select",
)


class SsoProvider(msgspec.Struct, frozen=True, kw_only=True):
    """The provider of a house, without its secret."""

    id: UUID
    name: str
    issuer: str
    client_id: str
    active: bool
    by_email: bool
    sso_only: bool
    scope: str
    claim: str
    grants: list[SsoGrant]
    unmapped: Unmapped
    sign_out: bool
    version: int
    changed_at: datetime


class SsoAttempt(msgspec.Struct, frozen=True):
    """A sign-in on its way."""

    organisation_id: UUID
    id: UUID
    browser_hash: bytes
    secrets_sealed: bytes
    issuer: str
    member_id: UUID | None


class SsoSitting(msgspec.Struct, frozen=True):
    """What the provider is shown when a session ends."""

    id: UUID
    issuer: str
    token_sealed: bytes


SSO_PROVIDER_COLUMNS = ", ".join(SsoProvider.__struct_fields__)
