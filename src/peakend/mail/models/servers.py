"""What each brand sends by, and how it writes: mail servers and templates."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import Boolean, Column, DateTime, Index, Integer, LargeBinary, SmallInteger, Text

from peakend.kernel.db import reference, tenant_table
from peakend.mail.ports import Tls
from peakend.mail.rules import MailAuth


def _moment(name: str, *, nullable: bool = False) -> Column[datetime]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


mail_server_table = tenant_table(
    "mail_server",
    *reference("brand_id", "brand", nullable=False, on_delete="CASCADE"),
    Column("host", Text, nullable=False),
    Column("port", Integer, nullable=False),
    Column("tls", Text, nullable=False),
    # How one makes oneself known: a password, or the provider that gave leave.
    Column("auth", Text, nullable=False, server_default="password"),
    Column("login", Text, nullable=False, server_default=""),
    Column("password_sealed", LargeBinary),
    Column("sender_email", Text, nullable=False),
    Column("sender_name_zh", Text, nullable=False),
    Column("sender_name_en", Text, nullable=False),
    Column("active", Boolean, nullable=False, server_default="true"),
    Column("failures", Integer, nullable=False, server_default="0"),
    _moment("failing_since", nullable=True),
    _moment("rests_until", nullable=True),
    _moment("last_good_at", nullable=True),
    # What the last failure of the server as a whole was.
    Column("code", Text, nullable=False, server_default=""),
    Column("status", SmallInteger),
    Column("said", Text, nullable=False, server_default=""),
    Column("version", Integer, nullable=False, server_default="1"),
    Index("uq_mail_server_brand", "organisation_id", "brand_id", unique=True),
    system="all",
)

mail_template_table = tenant_table(
    "mail_template",
    *reference("brand_id", "brand", nullable=False, on_delete="CASCADE"),
    Column("kind", Text, nullable=False),
    Column("language", Text, nullable=False),
    Column("subject", Text, nullable=False),
    Column("body", Text, nullable=False),
    *reference("member_id", "member"),
    _moment("changed_at"),
    Column("version", Integer, nullable=False, server_default="1"),
    primary_key=("brand_id", "kind", "language"),
)


class MailServer(msgspec.Struct, frozen=True, kw_only=True):
    """By what a brand sends, without the password; `has_password` says whether one is kept."""

    id: UUID
    brand_id: UUID
    host: str
    port: int
    tls: Tls
    auth: MailAuth
    login: str
    has_password: bool
    sender_email: str
    sender_name_zh: str
    sender_name_en: str
    active: bool
    failures: int
    failing_since: datetime | None
    rests_until: datetime | None
    last_good_at: datetime | None
    code: str
    status: int | None
    said: str
    version: int


class TemplateRow(msgspec.Struct, frozen=True):
    """A template that the house wrote itself."""

    kind: str
    language: str
    subject: str
    body: str
    member_id: UUID | None
    changed_at: datetime
    version: int


SERVER_COLUMNS = ", ".join(
    "password_sealed IS NOT NULL AS has_password" if name == "has_password" else name
    for name in MailServer.__struct_fields__
)
