"""Which times are offered for putting a conversation aside."""

from datetime import datetime
from uuid import UUID

import msgspec

from peakend.accounts.queries import organisation
from peakend.conversations.ports import provided
from peakend.conversations.rules.snoozing import When, times
from peakend.kernel.db import Transaction


class SnoozeTime(msgspec.Struct, frozen=True):
    """A time to choose, by its name."""

    when: When
    at: datetime


async def snooze_times(tx: Transaction, queue_id: UUID | None) -> list[SnoozeTime]:
    """Return the times to choose from, in the organisation's zone and its business hours."""
    opening = await provided.openings(tx, queue_id=queue_id) if provided.openings else _never
    zone = (await organisation(tx)).time_zone
    return [SnoozeTime(when, at) for when, at in times(tx.now, zone, opening)]


def _never(_: datetime) -> None:
    return None
