"""Which messages wait for what a scanner says of their files."""

from uuid import UUID

import msgspec
from sqlalchemy import Column, Index, Uuid

from peakend.kernel.db import reference, tenant_table
from peakend.kernel.personal import plain

# Only while something waits. No link to the message: in which conversation it stands may change.
message_scan_table = tenant_table(
    "message_scan",
    *reference("scan_id", "file_scan", nullable=False, on_delete="CASCADE"),
    Column("message_id", Uuid(as_uuid=True), nullable=False),
    Index("ix_message_scan_message", "organisation_id", "message_id"),
    primary_key=("scan_id", "message_id"),
)
plain("passing", "message_scan")


class WaitingMessage(msgspec.Struct, frozen=True):
    """A message that waits for a scanner, and where it stands now."""

    message_id: UUID
    conversation_id: UUID
    seq: int
    customer_id: UUID
    channel: str
