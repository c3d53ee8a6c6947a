"""From where each brand receives: mailboxes, where we are in their folders, and what came."""

from datetime import datetime
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
)
from sqlalchemy import text as sql
from sqlalchemy.dialects.postgresql import JSONB

from peakend.kernel.db import reference, tenant_table
from peakend.mail.ports import AutomaticBy, Tls
from peakend.mail.rules import AS_PERSON, BoxWay, MailAuth, ReceivedState, Stretch

# A program's, about nothing of ours, and nobody made a conversation of it.
OF_PROGRAMS = (
    "state = 'received' AND automatic AND code = '' AND customer_id IS NULL AND file_id IS NOT NULL"
)


def _moment(name: str, *, nullable: bool = False) -> Column[datetime]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


mailbox_table = tenant_table(
    "mailbox",
    *reference("brand_id", "brand", nullable=False, on_delete="CASCADE"),
    Column("name", Text, nullable=False),
    Column("email", Text, nullable=False),
    # Of one that our own receiver takes mails for, all that a server elsewhere needs is empty.
    Column("way", Text, nullable=False, server_default="imap"),
    Column("host", Text, nullable=False),
    Column("port", Integer, nullable=False),
    Column("tls", Text, nullable=False),
    # How one makes oneself known: a password, or the provider that gave leave.
    Column("auth", Text, nullable=False, server_default="password"),
    Column("login", Text, nullable=False),
    Column("password_sealed", LargeBinary),
    Column("folder", Text, nullable=False),
    # Whether what lay there before it was connected is taken, too.
    Column("backlog", Boolean, nullable=False, server_default="true"),
    # Whether address+tag@ arrives here: answers are asked for there. Not said: by the way.
    Column("plus", Boolean),
    # Whether who writes is told at once that it arrived.
    Column("acknowledges", Boolean, nullable=False, server_default="false"),
    # Names under which servers write what they found out about a sender, and are believed.
    Column("trusted_servers", JSONB, nullable=False, server_default="[]"),
    Column("active", Boolean, nullable=False, server_default="true"),
    # Who looks takes a lease (`next_at`) and a number (`attempt`), as who sends does.
    Column("attempt", BigInteger, nullable=False, server_default="0"),
    _moment("next_at"),
    Column("failures", Integer, nullable=False, server_default="0"),
    _moment("failing_since", nullable=True),
    _moment("last_good_at", nullable=True),
    Column("code", Text, nullable=False, server_default=""),
    Column("said", Text, nullable=False, server_default=""),
    Column("version", Integer, nullable=False, server_default="1"),
    Index("uq_mailbox_email", "organisation_id", "brand_id", "email", "folder", unique=True),
    Index("ix_mailbox_due", "next_at", postgresql_where=sql("active")),
    # What comes to an address is one mailbox's alone, in all organisations; one that rests lets
    # it go, so that an archive can be opened beside it.
    Index(
        "uq_mailbox_smtp",
        sql("lower(email)"),
        unique=True,
        postgresql_where=sql("way = 'smtp' AND active"),
    ),
    system="all",
)

mailbox_place_table = tenant_table(
    "mailbox_place",
    *reference("mailbox_id", "mailbox", nullable=False, on_delete="CASCADE"),
    Column("folder", Text, nullable=False),
    Column("validity", BigInteger, nullable=False),
    Column("seen_uid", BigInteger, nullable=False),
    # Stretches below it that are still to do, ascending.
    Column("todo", JSONB, nullable=False),
    # At which mail the line broke, and how often.
    Column("stuck_uid", BigInteger, nullable=False, server_default="0"),
    Column("stuck", SmallInteger, nullable=False, server_default="0"),
    # What was taken and the server was not told of yet.
    Column("unmarked", JSONB, nullable=False, server_default="[]"),
    primary_key=("mailbox_id", "folder"),
)

received_mail_table = tenant_table(
    "received_mail",
    *reference("brand_id", "brand", nullable=False, on_delete="CASCADE"),
    # No link: the mailbox may be gone.
    Column("mailbox_id", Uuid(as_uuid=True), nullable=False),
    # Mailbox, Message-ID and bytes as one digest: it stays when all else goes, so that nobody who
    # was erased comes back when the folder is numbered anew.
    Column("digest", Text, nullable=False),
    Column("state", Text, nullable=False),
    Column("code", Text, nullable=False, server_default=""),
    Column("automatic", Boolean, nullable=False),
    # What tells that a program wrote it.
    Column("automatic_by", Text, nullable=False, server_default=""),
    Column("whole", Boolean, nullable=False),
    _moment("received_at"),
    # Once somebody above knows who wrote; no link, as nobody here knows customers.
    Column("customer_id", Uuid(as_uuid=True)),
    Column("message_id", Text, nullable=False, server_default=""),
    # Whether another mail of this Message-ID, which says something else, came before.
    Column("second", Boolean, nullable=False, server_default="false"),
    Column("from_email", Text, nullable=False, server_default=""),
    Column("from_name", Text, nullable=False, server_default=""),
    Column("subject", Text, nullable=False, server_default=""),
    Column("size", BigInteger, nullable=False),
    # The mail as it came; nothing where it went since, or was never given.
    Column("file_id", Uuid(as_uuid=True)),
    Index("uq_received_mail_digest", "organisation_id", "digest", unique=True),
    Index("ix_received_mail_named", "organisation_id", "mailbox_id", "message_id",
          postgresql_where=sql("message_id <> ''")),
    Index("ix_received_mail_list", "organisation_id", "state", "id"),
    Index("ix_received_mail_programs", "organisation_id", "id",
          postgresql_where=sql(OF_PROGRAMS)),
    Index("ix_received_mail_age", "organisation_id", "received_at",
          postgresql_where=sql("file_id IS NOT NULL")),
    Index("ix_received_mail_customer", "organisation_id", "customer_id",
          postgresql_where=sql("customer_id IS NOT NULL")),
)  # fmt: skip


class Mailbox(msgspec.Struct, frozen=True, kw_only=True):
    """From where a brand receives; `has_password` says whether one is kept."""

    id: UUID
    brand_id: UUID
    name: str
    email: str
    way: BoxWay
    host: str
    port: int
    tls: Tls
    auth: MailAuth
    login: str
    has_password: bool
    folder: str
    backlog: bool
    plus: bool | None
    acknowledges: bool
    trusted_servers: list[str]
    active: bool
    attempt: int
    next_at: datetime
    failures: int
    failing_since: datetime | None
    last_good_at: datetime | None
    code: str
    said: str
    version: int

    @property
    def takes_plus(self) -> bool:
        """Say whether address+tag@ arrives; our own receiver takes it, of others somebody says."""
        return self.way == "smtp" if self.plus is None else self.plus


class MailboxPlace(msgspec.Struct, frozen=True):
    """Where we are in a folder."""

    folder: str
    validity: int
    seen_uid: int
    todo: list[Stretch]
    stuck_uid: int
    stuck: int
    unmarked: list[int]


class ReceivedMail(msgspec.Struct, frozen=True, kw_only=True):
    """A mail that came."""

    id: UUID
    brand_id: UUID
    mailbox_id: UUID
    state: ReceivedState
    code: str
    automatic: bool
    automatic_by: AutomaticBy
    whole: bool
    received_at: datetime
    customer_id: UUID | None
    message_id: str
    second: bool
    from_email: str
    from_name: str
    subject: str
    size: int
    file_id: UUID | None

    @property
    def as_person(self) -> bool:
        """Say whether somebody decided that it counts as a person's, whatever wrote it."""
        return self.code == AS_PERSON

    @property
    def may_enter(self) -> bool:
        """Say whether somebody may let it become a message, which it did not by itself."""
        of_program = self.state == "received" and self.automatic and not self.code
        aside = self.state in ("spam", "blocked")
        return self.file_id is not None and (aside or (of_program and self.customer_id is None))


class DueMailbox(msgspec.Struct, frozen=True):
    """A mailbox under our lease; `attempt` fences off whoever held it before."""

    organisation_id: UUID
    id: UUID
    attempt: int


MAILBOX_COLUMNS = ", ".join(
    "password_sealed IS NOT NULL AS has_password" if name == "has_password" else name
    for name in Mailbox.__struct_fields__
)
RECEIVED_COLUMNS = ", ".join(ReceivedMail.__struct_fields__)
