"""On which sites the scripts of channels were seen."""

from datetime import datetime
from uuid import UUID

import msgspec

from peakend.kernel.db import Transaction


class Sight(msgspec.Struct, frozen=True):
    """Where and when the script of a channel was seen last."""

    channel_id: UUID
    host: str
    at: datetime


async def sights(tx: Transaction) -> list[Sight]:
    """Return where scripts of channels were seen, the newest first."""
    return await tx.all(
        Sight,
        "SELECT channel_id, host, at FROM channel_sight"
        " WHERE organisation_id = current_organisation() ORDER BY at DESC LIMIT 200",
    )
