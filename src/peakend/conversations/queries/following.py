"""What a person follows, has pinned, and was called to.

Lists of one person are bounded, so they are read whole from the person's own index; what is new in
a conversation is looked up only where there is something.
"""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from peakend.accounts.queries import member_briefs
from peakend.conversations.queries.rows import ConversationRow, rows
from peakend.conversations.rules.following import (
    MENTIONS_COUNTED_TO,
    MOST_FOLLOWED,
    MOST_PINNED,
    NEWS_COUNTED_TO,
)
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.paging import Page, WrongCursor, cursor_decode, cursor_encode

# $1 the member, $2 sees all, $3 and $4 the queues and brands he sees
_VISIBLE = """($2 OR c.agent_id = $1 OR c.queue_id = ANY($3::uuid[])
               OR c.brand_id = ANY($4::uuid[]))"""
_FOLLOWED = f"""
SELECT f.conversation_id AS id, f.why, f.at, f.layout <> c.layout AS moved,
       c.last_message_at, n.news
FROM conversation_follower f
JOIN conversation c ON c.organisation_id = f.organisation_id AND c.id = f.conversation_id
CROSS JOIN LATERAL (
    SELECT count(*)::int AS news FROM (
        SELECT 1 FROM message m
        WHERE f.layout = c.layout AND f.seen_seq < c.last_seq
          AND m.organisation_id = f.organisation_id AND m.conversation_id = f.conversation_id
          AND m.seq > f.seen_seq AND m.kind <> 'system' AND m.author_id IS DISTINCT FROM $1
        LIMIT $5) x
) n
WHERE f.organisation_id = current_organisation() AND f.member_id = $1
  AND c.merged_into_id IS NULL AND {_VISIBLE}
ORDER BY c.last_message_at DESC, c.id
LIMIT $6
"""  # noqa: S608 (a part of our own)
_MARKS = f"""
SELECT f.conversation_id AS id, f.seen_seq, f.layout
FROM conversation_follower f
JOIN conversation c ON c.organisation_id = f.organisation_id AND c.id = f.conversation_id
WHERE f.organisation_id = current_organisation() AND f.member_id = $1
  AND c.merged_into_id IS NULL AND {_VISIBLE}
LIMIT $5
"""  # noqa: S608 (a part of our own)
_PINS = """
SELECT coalesce(array_agg(conversation_id ORDER BY at DESC), '{}') FROM (
    SELECT conversation_id, at FROM conversation_pin
    WHERE organisation_id = current_organisation() AND member_id = $1
    ORDER BY at DESC LIMIT $2) p
"""
_OF_MENTION = f"""
FROM mention n
JOIN message m ON m.organisation_id = n.organisation_id AND m.id = n.message_id
JOIN conversation c ON c.organisation_id = m.organisation_id AND c.id = m.conversation_id
WHERE n.organisation_id = current_organisation() AND n.member_id = $1 AND {_VISIBLE}
"""
_UNREAD = f"""
SELECT count(*) FROM (
    SELECT 1 {_OF_MENTION} AND n.read_at IS NULL LIMIT $5) x
"""  # noqa: S608 (a part of our own)
_MENTIONS = f"""
SELECT n.message_id, m.conversation_id, m.seq, n.at, n.read_at, m.author_id,
       m.recalled_at IS NOT NULL AS recalled, left(m.text, 300) AS text
{_OF_MENTION}
  AND ($5 OR n.read_at IS NULL)
  AND ($6::timestamptz IS NULL OR (n.at, n.message_id) < ($6, $7::uuid))
ORDER BY n.at DESC, n.message_id DESC
LIMIT $8
"""


class FollowMark(msgspec.Struct, frozen=True):
    """How far a follower has seen a conversation, in which numbering of its messages."""

    id: UUID
    seen_seq: int
    layout: int


class Following(msgspec.Struct, frozen=True, kw_only=True):
    """What a desk must know at its start; counts go up to 99."""

    followed: list[FollowMark]
    pinned: list[ConversationRow]
    mentions: int


class Followed(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation that somebody follows; `moved` where its messages were numbered anew."""

    conversation: ConversationRow
    why: str
    since: datetime
    news: int
    moved: bool


class Mention(msgspec.Struct, frozen=True, kw_only=True):
    """A note that calls somebody by name."""

    message_id: UUID
    seq: int
    conversation: ConversationRow
    author_id: UUID | None
    author_name: str
    text: str
    recalled: bool
    at: datetime
    read_at: datetime | None


class _Followed(msgspec.Struct, frozen=True):
    id: UUID
    why: str
    at: datetime
    moved: bool
    last_message_at: datetime
    news: int


class _Mention(msgspec.Struct, frozen=True):
    message_id: UUID
    conversation_id: UUID
    seq: int
    at: datetime
    read_at: datetime | None
    author_id: UUID | None
    recalled: bool
    text: str


def _sight(actor: Actor) -> tuple[Any, ...]:
    return actor.id, actor.sees_all, actor.seen_queues, actor.seen_brands


async def following(tx: Transaction, actor: Actor) -> Following:
    """Return what somebody follows and has pinned, and how many mentions are new."""
    pins = await tx.value(_PINS, actor.id, MOST_PINNED)
    return Following(
        followed=await tx.all(FollowMark, _MARKS, *_sight(actor), MOST_FOLLOWED),
        pinned=await rows(tx, pins, actor),
        mentions=await unread_mentions(tx, actor),
    )


async def unread_mentions(tx: Transaction, actor: Actor) -> int:
    """Return how many notes that call somebody are new. Counts: up to 99."""
    found: int = await tx.value(_UNREAD, *_sight(actor), MENTIONS_COUNTED_TO)
    return found


async def followed(tx: Transaction, actor: Actor) -> list[Followed]:
    """Return what somebody follows, the newest first. Counts: news of others, up to 99."""
    found = await tx.all(_Followed, _FOLLOWED, *_sight(actor), NEWS_COUNTED_TO, MOST_FOLLOWED)
    shown = {row.id: row for row in await rows(tx, [one.id for one in found], actor)}
    return [
        Followed(
            conversation=shown[one.id], why=one.why, since=one.at, news=one.news, moved=one.moved
        )
        for one in found
        if one.id in shown
    ]


async def mentions(
    tx: Transaction,
    actor: Actor,
    *,
    everything: bool = True,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[Mention]:
    """Return notes that call somebody, the newest first. Errors: WrongCursor."""
    at, after = _after(cursor) if cursor else (None, None)
    found = await tx.all(_Mention, _MENTIONS, *_sight(actor), everything, at, after, limit + 1)
    page = found[:limit]
    shown = {r.id: r for r in await rows(tx, [one.conversation_id for one in page], actor)}
    names = await member_briefs(tx, {one.author_id for one in page if one.author_id})
    items = [
        Mention(
            message_id=one.message_id,
            seq=one.seq,
            conversation=shown[one.conversation_id],
            author_id=one.author_id,
            author_name=names[one.author_id].name if one.author_id in names else "",
            text=one.text,
            recalled=one.recalled,
            at=one.at,
            read_at=one.read_at,
        )
        for one in page
        if one.conversation_id in shown
    ]
    more = len(found) > limit
    last = page[-1] if page else None
    return Page(
        items, cursor_encode(last.at.isoformat(), last.message_id) if more and last else None
    )


def _after(cursor: str) -> tuple[datetime, UUID]:
    at, message_id = cursor_decode(cursor, 2)
    try:
        moment = datetime.fromisoformat(str(at))
        if moment.tzinfo is None:
            raise WrongCursor
        return moment, UUID(str(message_id))
    except (ValueError, OverflowError) as error:
        raise WrongCursor from error
