"""Mails that wait to be sent, and how each went."""

from datetime import datetime
from uuid import UUID

import msgspec
from sqlalchemy import Column, DateTime, Index, LargeBinary, SmallInteger, Text, Uuid
from sqlalchemy import text as sql

from peakend.kernel.db import reference, tenant_table
from peakend.mail.ports import Automatic, Person
from peakend.mail.rules import MailKind, MailState


def _moment(name: str, *, nullable: bool = False) -> Column[datetime]:
    return Column(name, DateTime(timezone=True), nullable=nullable)


# Its own queue, as deliveries of webhooks are (decision 0030): who sends takes a lease (`next_at`)
# and a number (`attempt`), and nothing is sent inside a transaction.
mail_table = tenant_table(
    "mail",
    *reference("brand_id", "brand", nullable=False, on_delete="CASCADE"),
    Column("kind", Text, nullable=False),
    # No link: what it is about may be gone.
    Column("about", Uuid(as_uuid=True), nullable=False),
    # To which customer, where it goes to one: nobody else here knows customers, so no link.
    Column("customer_id", Uuid(as_uuid=True)),
    Column("to_email", Text, nullable=False),
    Column("to_name", Text, nullable=False, server_default=""),
    Column("language", Text, nullable=False),
    # The same for every try; a server or a mailbox knows a second one by it.
    Column("message_id", Text, nullable=False),
    # What is sent may hold a link that lets somebody in: sealed, and gone once it was sent.
    Column("content_sealed", LargeBinary),
    _moment("created_at"),
    _moment("since_at"),
    Column("state", Text, nullable=False),
    Column("attempt", SmallInteger, nullable=False, server_default="0"),
    # How often nobody knows whether the server took it.
    Column("uncertain", SmallInteger, nullable=False, server_default="0"),
    _moment("next_at"),
    _moment("done_at", nullable=True),
    Column("code", Text, nullable=False, server_default=""),
    Column("status", SmallInteger),
    Column("said", Text, nullable=False, server_default=""),
    Index(
        "ix_mail_due", "organisation_id", "brand_id", "next_at",
        postgresql_where=sql("state IN ('queued', 'sending')"),
    ),
    Index("ix_mail_list", "organisation_id", "state", "id"),
    Index("ix_mail_about", "organisation_id", "about"),
    Index(
        "ix_mail_customer", "organisation_id", "customer_id",
        postgresql_where=sql("customer_id IS NOT NULL"),
    ),
    system="all",
)  # fmt: skip


class Mail(msgspec.Struct, frozen=True, kw_only=True):
    """A mail in the outbox, without what it says; `kept` where it can still be sent."""

    id: UUID
    brand_id: UUID
    kind: MailKind
    about: UUID
    to_email: str
    to_name: str
    language: str
    message_id: str
    created_at: datetime
    state: MailState
    attempt: int
    uncertain: int
    next_at: datetime
    done_at: datetime | None
    code: str
    status: int | None
    said: str
    kept: bool


class ContentFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file of a mail, without its bytes; with a `cid` the HTML shows it."""

    file_id: UUID
    name: str
    content_type: str
    size: int
    cid: str = ""


class Content(msgspec.Struct, frozen=True, kw_only=True):
    """What a mail says, sealed; the logo by the hash of its bytes, files by their ids.

    An answer names everybody to whom it goes, and `written` is its HTML without the brand's frame.
    """

    subject: str
    text: str
    html: str
    automatic: Automatic = ""
    logo_sha256: str = ""
    logo_type: str = ""
    to: list[Person] = []
    cc: list[Person] = []
    bcc: list[Person] = []
    reply_to: Person | None = None
    in_reply_to: str = ""
    references: list[str] = []
    files: list[ContentFile] = []
    written: str = ""


class DueMail(msgspec.Struct, frozen=True):
    """A mail under our lease; `attempt` fences off whoever held it before."""

    organisation_id: UUID
    id: UUID
    brand_id: UUID
    attempt: int
    uncertain: int


MAIL_COLUMNS = ", ".join(
    "content_sealed IS NOT NULL AS kept" if name == "kept" else name
    for name in Mail.__struct_fields__
)
