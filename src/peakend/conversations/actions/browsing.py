"""Hearing that somebody is on the site, and forgetting it soon.

The surprise: no fact is left. Who looks at a page has not come to us yet, and nothing of it is kept
longer than minutes.
"""

from datetime import datetime, timedelta
from urllib.parse import urlsplit
from uuid import UUID

import msgspec

from peakend.conversations.actions.marking import WrongPage
from peakend.conversations.rules.channels import page_url
from peakend.conversations.rules.texts import is_text, one_line
from peakend.kernel.db import Transaction

MOST_VISITORS = 10_000
FORGOTTEN_AFTER = timedelta(minutes=10)

# The newest twenty pages of each are kept.
_AGAIN = """
UPDATE browsing SET
    pages = pages + (url <> $3)::int,
    trail = CASE WHEN url = $3 THEN trail ELSE jsonb_path_query_array(
        trail || jsonb_build_object('url', $3::text, 'title', $4::text, 'at', $6::timestamptz),
        '$[last - 19 to last]') END,
    url = $3, title = $4, signed_in = $5,
    seen_at = greatest(seen_at, $6), asked_at = $7, refused_at = $8
WHERE organisation_id = current_organisation() AND id = $1 AND channel_id = $2
"""

_FIRST = """
INSERT INTO browsing (id, channel_id, url, title, signed_in, first_at, seen_at, referrer,
                      came_before, asked_at, refused_at, trail)
SELECT $1, $2, $3, $4, $5, $6, $6, $9, $10, $7, $8,
       jsonb_build_array(jsonb_build_object('url', $3::text, 'title', $4::text,
                                            'at', $6::timestamptz))
WHERE (SELECT count(*) FROM (
    SELECT 1 FROM browsing WHERE organisation_id = current_organisation() LIMIT $11
) AS known) < $11
ON CONFLICT DO NOTHING
"""


class Looking(msgspec.Struct, frozen=True, kw_only=True):
    """What a tab tells of itself."""

    id: UUID
    url: str
    title: str = ""
    referrer: str = ""
    came_before: bool = False
    signed_in: bool = False
    # How long ago this browser was invited, and said no, as far as it remembers.
    asked_s: int | None = None
    refused_s: int | None = None


async def see_visitor(tx: Transaction, *, channel_id: UUID, seen: Looking) -> bool:
    """Note that a tab is open; say whether it was known. Errors: WrongPage."""
    address = page_url(seen.url) if is_text(seen.url) else None
    if address is None or not is_text(seen.title) or not is_text(seen.referrer):
        raise WrongPage
    title = one_line(seen.title, 200)
    given = (
        seen.id, channel_id, address, title, seen.signed_in, tx.now,
        _ago(tx, seen.asked_s), _ago(tx, seen.refused_s),
    )  # fmt: skip
    if await tx.run(_AGAIN, *given):
        return True
    await tx.run(_FIRST, *given, _host(seen.referrer), seen.came_before, MOST_VISITORS)
    return False


def _ago(tx: Transaction, seconds: int | None) -> datetime | None:
    return None if seconds is None else tx.now - timedelta(seconds=seconds)


def _host(referrer: str) -> str:
    """Return where somebody came from, the host only; nothing where it is no address."""
    try:
        return (urlsplit(referrer).hostname or "")[:100]
    except ValueError:
        return ""


async def forget_visitors(tx: Transaction) -> None:
    """Forget who was not seen for minutes."""
    await tx.run(
        "DELETE FROM browsing WHERE organisation_id = current_organisation() AND seen_at < $1",
        tx.now - FORGOTTEN_AFTER,
    )
