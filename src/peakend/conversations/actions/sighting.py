"""Taking note that a channel's script works on a page of the house's own site."""

from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

from peakend.conversations.events import ChannelSeen
from peakend.conversations.rules.channels import page_url
from peakend.conversations.rules.texts import is_text
from peakend.kernel.db import Transaction
from peakend.kernel.events import record

# A site that is visited all day is written down once in an hour, by each process.
AGAIN_AFTER = timedelta(hours=1)
_noted: dict[tuple[UUID, str], datetime] = {}

_NOTE = """
INSERT INTO channel_sight AS s (channel_id, host, at) VALUES ($1, $2, $3)
ON CONFLICT (organisation_id, channel_id) DO UPDATE SET host = $2, at = $3
RETURNING (xmax = 0) AS first
"""


async def note_sight(tx: Transaction, *, channel_id: UUID, url: str, own_host: str) -> None:
    """Note that the panel was opened on a page of another site than our own."""
    address = page_url(url) if is_text(url) else None
    host = urlsplit(address).netloc[:253] if address else ""
    if not host or host == own_host.lower():
        return
    last = _noted.get((channel_id, host))
    if last is not None and tx.now - last < AGAIN_AFTER:
        return
    first = await tx.value(_NOTE, channel_id, host, tx.now)
    if len(_noted) > 10_000:
        _noted.clear()
    _noted[(channel_id, host)] = tx.now
    if first:
        await record(tx, ChannelSeen(channel_id=channel_id))
