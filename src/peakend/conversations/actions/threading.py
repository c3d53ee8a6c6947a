"""Noting which mails messages are, so that what answers them finds its conversation."""

from uuid import UUID

from peakend.conversations.rules.threading import header_digest
from peakend.kernel.db import Transaction

NOTE = """
INSERT INTO message_mail (message_id, direction, header_digest, received_id, mail_id)
VALUES ($1, $2, $3, $4, $5)
ON CONFLICT (organisation_id, message_id) DO NOTHING
"""


async def note_sent_mail(tx: Transaction, *, message_id: UUID, mail_id: UUID, header: str) -> None:
    """Note which mail of ours a message is, so that what answers it finds its conversation."""
    await tx.run(NOTE, message_id, "out", header_digest(header), None, mail_id)
