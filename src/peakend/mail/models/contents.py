"""What the mails say that came, read once, by the version of what read them."""

from typing import Any
from uuid import UUID

import msgspec
from sqlalchemy import Boolean, Column, Index, Integer, Text
from sqlalchemy.dialects.postgresql import JSONB

from peakend.kernel.db import reference, tenant_table
from peakend.mail.rules import Trust


def _text(name: str) -> Column[str]:
    return Column(name, Text, nullable=False, server_default="")


def _list(name: str) -> Column[Any]:
    return Column(name, JSONB, nullable=False, server_default="[]")


received_content_table = tenant_table(
    "received_content",
    *reference("received_id", "received_mail", nullable=False, on_delete="CASCADE"),
    _text("to_line"),
    _text("cc_line"),
    _text("reply_to"),
    # Ids of other mails, without brackets, the newest last; also the one that it answers.
    _text("in_reply_to"),
    _list("reference_ids"),
    # The addresses with a tag to which it went.
    _list("recipients"),
    _text("text"),
    # What is new in it.
    _text("reply_text"),
    # Cleaned, for a frame without scripts; its remote pictures were never fetched.
    _text("html"),
    Column("has_remote", Boolean, nullable=False),
    # Files by id, and which of them the HTML shows.
    _list("attachments"),
    _list("reasons"),
    # Whether it is from whom it says, and by what that was found.
    _text("trust"),
    Column("checks", JSONB, nullable=False, server_default="{}"),
    # Of a server's report on a mail that was sent.
    Column("bounce", JSONB),
    Column("version", Integer, nullable=False),
    Index("ix_received_content_names", "reference_ids", postgresql_using="gin"),
    primary_key=("received_id",),
)


class KeptFile(msgspec.Struct, frozen=True, kw_only=True):
    """A file of a mail that came; `shown` where the HTML shows it by its `cid`."""

    file_id: UUID
    name: str
    content_type: str
    size: int
    cid: str = ""
    shown: bool = False


class ReceivedContent(msgspec.Struct, frozen=True, kw_only=True):
    """What a mail says that came."""

    received_id: UUID
    to_line: str
    cc_line: str
    reply_to: str
    in_reply_to: str
    reference_ids: list[str]
    recipients: list[str]
    text: str
    reply_text: str
    html: str
    has_remote: bool
    attachments: list[KeptFile]
    reasons: list[str]
    trust: Trust
    checks: dict[str, Any]
    bounce: dict[str, str] | None
    version: int


CONTENT_COLUMNS = ", ".join(ReceivedContent.__struct_fields__)
