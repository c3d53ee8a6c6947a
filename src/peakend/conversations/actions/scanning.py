"""What a scanner says of a message's files, shown to who has the conversation open."""

from typing import Any, Literal
from uuid import UUID

from peakend.accounts.actions import release_file
from peakend.conversations.events import MessageFilesScanned
from peakend.conversations.models.scanning import WaitingMessage
from peakend.conversations.queries.access import need_conversation
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.events import record
from peakend.kernel.files import FileNotFound
from peakend.kernel.scans import looked_at, waiting_scans

# Why somebody takes a file that no scanner saw: he was told what it is, it was looked at elsewhere,
# or it cannot wait.
Why = Literal["told", "elsewhere", "urgent"]
_AT_ONCE = 200
_WATCH = """
INSERT INTO message_scan (scan_id, message_id) SELECT unnest($1::uuid[]), $2
ON CONFLICT DO NOTHING
"""
_WATCHING = """
SELECT m.id AS message_id, m.conversation_id, m.seq, c.customer_id, c.channel_kind AS channel
FROM message_scan w
JOIN message m ON m.organisation_id = w.organisation_id AND m.id = w.message_id
JOIN conversation c ON c.organisation_id = m.organisation_id AND c.id = m.conversation_id
WHERE w.organisation_id = current_organisation() AND w.scan_id = $1
LIMIT $2
"""
_NO_LONGER = """
DELETE FROM message_scan WHERE organisation_id = current_organisation() AND scan_id = $1
"""
_HAS_FILE = """
SELECT files FROM message
WHERE organisation_id = current_organisation() AND conversation_id = $1 AND id = $2
  AND recalled_at IS NULL
"""


async def watch_files(
    tx: Transaction, message_id: UUID, files: list[dict[str, Any]] | None
) -> None:
    """Let a message hear of it when a scanner has looked at its files; mostly nothing to do."""
    if not files or not looked_at(files):
        return
    if scans := await waiting_scans(tx, files):
        await tx.run(_WATCH, scans, message_id)


async def tell_files_scanned(
    tx: Transaction, *, scan_id: UUID, verdict: str, released: bool
) -> None:
    """Say in the conversations that something is known of the files of a message."""
    for one in await tx.all(WaitingMessage, _WATCHING, scan_id, _AT_ONCE):
        await record(
            tx,
            MessageFilesScanned(
                conversation_id=one.conversation_id,
                customer_id=one.customer_id,
                channel=one.channel,
                message_id=one.message_id,
                seq=one.seq,
                verdict=verdict,
            ),
        )
    if verdict in ("clean", "infected") or (released and verdict == "unscannable"):
        await tx.run(_NO_LONGER, scan_id)


async def let_file_through(
    tx: Transaction,
    *,
    conversation_id: UUID,
    message_id: UUID,
    file_id: UUID,
    reason: Why,
    by: Actor,
) -> None:
    """Let a file of a message through that no scanner could look at; why stands in the log.

    Errors: ConversationNotFound, FileNotFound, NothingHeld.
    """
    row = await need_conversation(tx, conversation_id, by)
    kept = await tx.value(_HAS_FILE, row.id, message_id) or []
    if str(file_id) not in {str(one["id"]) for one in kept}:
        raise FileNotFound
    await release_file(tx, file_id=file_id, detail={"message_id": message_id, "why": reason})
