"""Which automatic mails went to whom, so that they stay few; and the switch that stops them all."""

from uuid import UUID

import msgspec
from sqlalchemy import Column, DateTime, Index, Text, Uuid

from peakend.kernel.db import reference, tenant_table

# Written in the transaction that queues the mail: what is not here was not sent.
automatic_mail_table = tenant_table(
    "automatic_mail",
    # No links: mailbox and conversation may be gone.
    Column("mailbox_id", Uuid(as_uuid=True), nullable=False),
    Column("conversation_id", Uuid(as_uuid=True), nullable=False),
    Column("customer_id", Uuid(as_uuid=True), nullable=False),
    # To whom, as a digest under a key of ours.
    Column("contact", Text, nullable=False),
    # At which domain, likewise.
    Column("domain", Text, nullable=False, server_default=""),
    Column("at", DateTime(timezone=True), nullable=False),
    Index("ix_automatic_mail_contact", "organisation_id", "mailbox_id", "contact", "at"),
    Index("ix_automatic_mail_mailbox", "organisation_id", "mailbox_id", "at"),
    Index("ix_automatic_mail_domain", "organisation_id", "domain", "at"),
    Index("ix_automatic_mail_conversation", "organisation_id", "conversation_id"),
    Index("ix_automatic_mail_customer", "organisation_id", "customer_id"),
)

mail_switch_table = tenant_table(
    "mail_switch",
    Column("name", Text, nullable=False),
    *reference("member_id", "member"),
    Column("at", DateTime(timezone=True), nullable=False),
    primary_key=("name",),
)


class Sent(msgspec.Struct, frozen=True):
    """How many automatic mails there were, of what counts."""

    stopped: bool
    contact: int
    conversation: int
    mailbox: int
    domain: int


class Bounds(msgspec.Struct, frozen=True, kw_only=True):
    """By which mailbox and about what an automatic mail goes: what is counted."""

    mailbox_id: UUID
    conversation_id: UUID
