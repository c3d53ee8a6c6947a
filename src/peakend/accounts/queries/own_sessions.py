"""Where a member is signed in."""

from datetime import datetime
from uuid import UUID

import msgspec

from peakend.accounts.rules import Second, Way, place_of, session_end_at
from peakend.kernel import clock
from peakend.kernel.db import Transaction


class SessionView(msgspec.Struct, frozen=True):
    """One of a member's own sessions; browser, system and place are short codes."""

    id: UUID
    browser: str
    system: str
    place: str
    address: str
    way: Way
    second: Second
    created_at: datetime
    last_seen_at: datetime
    current: bool


class _Row(msgspec.Struct, frozen=True):
    id: UUID
    role: str
    browser: str
    system: str
    address: str
    way: Way
    second: Second
    created_at: datetime
    last_seen_at: datetime


async def own_sessions(tx: Transaction, member_id: UUID, current_id: UUID) -> list[SessionView]:
    """Return a member's sessions that have not ended, this one first. Counts: at most 200."""
    rows = await tx.all(
        _Row,
        """
        SELECT id, role, browser, system, address, way, second, created_at, last_seen_at
        FROM session
        WHERE organisation_id = current_organisation() AND member_id = $1
        ORDER BY id = $2 DESC, last_seen_at DESC, id
        LIMIT 200
        """,
        member_id,
        current_id,
    )
    now = clock.now()
    return [
        SessionView(
            row.id,
            row.browser,
            row.system,
            place_of(row.address),
            row.address,
            row.way,
            row.second,
            row.created_at,
            row.last_seen_at,
            row.id == current_id,
        )
        for row in rows
        if session_end_at(row.role, row.created_at, row.last_seen_at) > now
    ]
