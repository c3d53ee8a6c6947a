"""Which messages are mails, and what a conversation by mail is called."""

from uuid import UUID

import msgspec
from sqlalchemy import Column, DateTime, Index, LargeBinary, Text, Uuid, text

from peakend.kernel.db import reference, tenant_table
from peakend.kernel.personal import plain

# Mails name each other by their ids: kept as digests, as the ids themselves name hosts of people.
# No link to the message: in which conversation it stands may change.
message_mail_table = tenant_table(
    "message_mail",
    Column("message_id", Uuid(as_uuid=True), nullable=False),
    Column("direction", Text, nullable=False),
    Column("header_digest", Text, nullable=False),
    Column("received_id", Uuid(as_uuid=True)),
    Column("mail_id", Uuid(as_uuid=True)),
    Index("ix_message_mail_header", "organisation_id", "header_digest"),
    Index(
        "uq_message_mail_received",
        "organisation_id",
        "received_id",
        unique=True,
        postgresql_where=text("received_id IS NOT NULL"),
    ),
    Index(
        "ix_message_mail_mail",
        "organisation_id",
        "mail_id",
        postgresql_where=text("mail_id IS NOT NULL"),
    ),
    primary_key=("message_id",),
)
plain("numbers", "message_mail")

conversation_mail_table = tenant_table(
    "conversation_mail",
    *reference("conversation_id", "conversation", nullable=False, on_delete="CASCADE"),
    # No link: the mailbox may be gone.
    Column("mailbox_id", Uuid(as_uuid=True), nullable=False),
    Column("subject", Text, nullable=False),
    primary_key=("conversation_id",),
)


# Codes that went to mailboxes, until they are typed or over.
mailbox_code_table = tenant_table(
    "mailbox_code",
    # No links: each goes within minutes.
    Column("visitor_id", Uuid(as_uuid=True), nullable=False),
    Column("customer_id", Uuid(as_uuid=True), nullable=False),
    Column("conversation_id", Uuid(as_uuid=True)),
    Column("address_sealed", LargeBinary, nullable=False),
    Column("code_digest", LargeBinary, nullable=False),
    Column("until", DateTime(timezone=True), nullable=False),
)
plain("passing", "mailbox_code")


class ConversationMail(msgspec.Struct, frozen=True):
    """By which mailbox a conversation came, and what its first mail was called."""

    conversation_id: UUID
    mailbox_id: UUID
    subject: str


class MessageMail(msgspec.Struct, frozen=True, kw_only=True):
    """Which mail a message is: one that came, or one of ours."""

    message_id: UUID
    direction: str
    received_id: UUID | None
    mail_id: UUID | None
