"""Who is on the site now, as far as somebody sees the channel's queue or brand."""

from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from peakend.conversations.models.browsing import BrowsingRecord
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction

# A tab tells of itself every twenty seconds; hidden ones do not.
HERE_WITHIN = timedelta(seconds=65)

_HERE = """
FROM browsing b
JOIN channel h ON h.organisation_id = b.organisation_id AND h.id = b.channel_id
WHERE b.organisation_id = current_organisation() AND b.seen_at >= $1
  AND ($2::bool OR h.queue_id = ANY($3::uuid[]) OR h.brand_id = ANY($4::uuid[]))
"""

_LIST = f"""
SELECT b.id, b.channel_id, h.name AS channel, b.url, b.title, b.referrer, b.came_before,
       b.signed_in, b.pages, b.first_at, b.seen_at
{_HERE}
  AND ($5::timestamptz IS NULL OR (b.first_at, b.id) < ($5, $6::uuid))
ORDER BY b.first_at DESC, b.id DESC
LIMIT $7
"""

_COUNT = f"SELECT count(*) FROM (SELECT 1 {_HERE} LIMIT 10001) AS here"  # noqa: S608 (no values)


class VisitorsHere(msgspec.Struct, frozen=True, kw_only=True):
    """Who is on the site now, the newest first; `next` goes on behind the last one."""

    items: list[BrowsingRecord]
    count: int
    now: datetime
    next: UUID | None


async def visitors_here(
    tx: Transaction, actor: Actor, *, after: UUID | None = None, limit: int = 100
) -> VisitorsHere:
    """Return who is on the site now."""
    who = (
        tx.now - HERE_WITHIN,
        actor.sees_all,
        list(actor.seen_queues),
        list(actor.seen_brands),
    )
    before = None
    if after is not None:
        before = await tx.value(
            "SELECT first_at FROM browsing WHERE organisation_id = current_organisation() "
            "AND id = $1",
            after,
        )
    rows = await tx.all(BrowsingRecord, _LIST, *who, before, after, limit + 1)
    count = await tx.value(_COUNT, *who)
    more = len(rows) > limit
    items = rows[:limit]
    return VisitorsHere(items=items, count=count, now=tx.now, next=items[-1].id if more else None)
