"""Leave to open mailboxes by: the providers' applications, what they gave, and ways on foot."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import Column, DateTime, Index, Integer, LargeBinary, Text, Uuid
from sqlalchemy import text as sql

from peakend.kernel.db import reference, tenant_table
from peakend.mail.rules import MailProvider


def _moment(name: str, *, nullable: bool = False) -> Column[datetime]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


# As which client the house is known to a provider.
mail_app_table = tenant_table(
    "mail_app",
    Column("provider", Text, nullable=False),
    Column("client_id", Text, nullable=False),
    Column("tenant", Text, nullable=False),
    Column("secret_sealed", LargeBinary, nullable=False),
    *reference("member_id", "member"),
    _moment("changed_at"),
    Column("version", Integer, nullable=False, server_default="1"),
    primary_key=("provider",),
)

# What a provider gave for one mailbox, or for one mail server.
mail_access_table = tenant_table(
    "mail_access",
    *reference("brand_id", "brand", nullable=False, on_delete="CASCADE"),
    *reference("mailbox_id", "mailbox", on_delete="CASCADE"),
    *reference("server_id", "mail_server", on_delete="CASCADE"),
    Column("provider", Text, nullable=False),
    # Whose leave it is, as the provider says; shown, and nothing is decided by it.
    Column("account", Text, nullable=False),
    *reference("member_id", "member"),
    _moment("granted_at"),
    Column("refresh_sealed", LargeBinary, nullable=False),
    Column("token_sealed", LargeBinary, nullable=False),
    _moment("token_ends_at"),
    # Who renews it takes a lease and a number: two at once would burn one that is good for once.
    Column("attempt", Integer, nullable=False, server_default="0"),
    _moment("renewing_until", nullable=True),
    # Why nothing more is to be had of it until somebody signs in anew.
    Column("code", Text, nullable=False, server_default=""),
    Column("said", Text, nullable=False, server_default=""),
    _moment("failed_at", nullable=True),
    Index("uq_mail_access_mailbox", "organisation_id", "mailbox_id", unique=True,
          postgresql_where=sql("mailbox_id IS NOT NULL")),
    Index("uq_mail_access_server", "organisation_id", "server_id", unique=True,
          postgresql_where=sql("server_id IS NOT NULL")),
    system="select",
)  # fmt: skip

# Between here and a provider: bound to the session that set out, good for one return.
mail_departure_table = tenant_table(
    "mail_departure",
    Column("state_hash", LargeBinary, nullable=False),
    # No link: the session may end meanwhile.
    Column("session_id", Uuid(as_uuid=True), nullable=False),
    *reference("mailbox_id", "mailbox", on_delete="CASCADE"),
    *reference("server_id", "mail_server", on_delete="CASCADE"),
    Column("provider", Text, nullable=False),
    Column("client_id", Text, nullable=False),
    Column("redirect", Text, nullable=False),
    Column("verifier_sealed", LargeBinary, nullable=False),
    _moment("expires_at"),
    Index("uq_mail_departure_state", "organisation_id", "state_hash", unique=True),
    Index("ix_mail_departure_expires_at", "organisation_id", "expires_at"),
)


class MailApp(msgspec.Struct, frozen=True, kw_only=True):
    """As which client the house is known to a provider; its secret is never shown."""

    provider: MailProvider
    client_id: str
    tenant: str
    member_id: UUID | None
    changed_at: datetime
    version: int


class MailAccess(msgspec.Struct, frozen=True, kw_only=True):
    """Leave that a provider gave for a mailbox or a mail server, without what opens it."""

    id: UUID
    brand_id: UUID
    mailbox_id: UUID | None
    server_id: UUID | None
    provider: MailProvider
    account: str
    member_id: UUID | None
    granted_at: datetime
    code: str
    said: str
    failed_at: datetime | None


class AccessKeys(msgspec.Struct, frozen=True, kw_only=True):
    """What opens by a provider's leave, still sealed."""

    refresh_sealed: bytes
    token_sealed: bytes
    token_ends_at: datetime


class Departure(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody on his way to a provider."""

    id: UUID
    mailbox_id: UUID | None
    server_id: UUID | None
    provider: MailProvider
    client_id: str
    redirect: str
    verifier_sealed: bytes


APP_COLUMNS = ", ".join(MailApp.__struct_fields__)
ACCESS_COLUMNS = ", ".join(MailAccess.__struct_fields__)
DEPARTURE_COLUMNS = ", ".join(Departure.__struct_fields__)
