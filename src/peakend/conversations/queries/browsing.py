"""Who is on the site now, as far as somebody sees the channel's queue or brand."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from peakend.accounts.queries import MemberBrief, member_briefs
from peakend.conversations.models import ChannelRecord
from peakend.conversations.models.browsing import BrowsingRecord, InvitationRecord, PageSeen
from peakend.conversations.ports import provided
from peakend.conversations.queries.settings import need_channel
from peakend.conversations.queries.visitor import brand_of, painted
from peakend.conversations.rules.inviting import OPEN_FOR, Caps, NotNow, caps_of, later, why_not
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import NotFound

# A tab tells of itself every twenty seconds; hidden ones do not.
HERE_WITHIN = timedelta(seconds=65)

INVITATION_COLUMNS = """
i.id, i.channel_id, i.tab_id, i.member_id, i.state, i.text, i.at, i.ended_at, i.conversation_id
"""

_COLUMNS = """
b.id, b.channel_id, h.name AS channel, b.url, b.title, b.referrer, b.came_before,
       b.signed_in, b.pages, b.trail, b.first_at, b.seen_at, b.asked_at, b.refused_at,
       EXISTS (SELECT 1 FROM conversation c WHERE c.organisation_id = b.organisation_id
               AND c.customer_id = b.customer_id AND c.state <> 'closed') AS talking
"""

_HERE = """
FROM browsing b
JOIN channel h ON h.organisation_id = b.organisation_id AND h.id = b.channel_id
WHERE b.organisation_id = current_organisation() AND b.seen_at >= $1
  AND ($2::bool OR h.queue_id = ANY($3::uuid[]) OR h.brand_id = ANY($4::uuid[]))
"""

_LIST = f"""
SELECT {_COLUMNS}
{_HERE}
  AND ($5::timestamptz IS NULL OR (b.first_at, b.id) < ($5, $6::uuid))
ORDER BY b.first_at DESC, b.id DESC
LIMIT $7
"""

_ONE = f"SELECT {_COLUMNS} {_HERE} AND b.id = $5 FOR UPDATE OF b"

_COUNT = f"SELECT count(*) FROM (SELECT 1 {_HERE} LIMIT 10001) AS here"  # noqa: S608 (no values)

_INVITATIONS = f"""
SELECT DISTINCT ON (i.tab_id) {INVITATION_COLUMNS}
FROM chat_invitation i
WHERE i.organisation_id = current_organisation() AND i.tab_id = ANY($1::uuid[])
ORDER BY i.tab_id, i.at DESC, i.id DESC
"""  # noqa: S608 (names of columns only)

_WAITING = f"""
SELECT {INVITATION_COLUMNS}
FROM chat_invitation i
WHERE i.organisation_id = current_organisation() AND i.tab_id = $1 AND i.state = 'sent'
  AND i.at > $2
"""  # noqa: S608 (names of columns only)


class VisitorNotHere(NotFound):
    """Nobody sees such a visitor here, or the visitor has left."""

    wording = "conversations.visitor_not_here"


class Invited(msgspec.Struct, frozen=True, kw_only=True):
    """What became of the newest invitation in a tab; sent, accepted, declined or expired."""

    id: UUID
    state: str
    agent_id: UUID
    agent_name: str
    at: datetime
    ended_at: datetime | None
    conversation_id: UUID | None


class VisitorHere(BrowsingRecord, frozen=True, kw_only=True):
    """Somebody on the site; `not_now` says why the visitor is not invited now."""

    invitation: Invited | None
    not_now: NotNow | None


class VisitorsHere(msgspec.Struct, frozen=True, kw_only=True):
    """Who is on the site now, the newest first; `next` goes on behind the last one."""

    items: list[VisitorHere]
    count: int
    now: datetime
    next: UUID | None


async def visitors_here(
    tx: Transaction, actor: Actor, *, after: UUID | None = None, limit: int = 100
) -> VisitorsHere:
    """Return who is on the site now."""
    who = _sight(tx, actor)
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
    items = await _shown(tx, rows[:limit])
    return VisitorsHere(items=items, count=count, now=tx.now, next=items[-1].id if more else None)


async def need_visitor_here(tx: Transaction, tab_id: UUID, actor: Actor) -> VisitorHere:
    """Return somebody on the site, the row locked. Errors: VisitorNotHere."""
    row = await tx.one(BrowsingRecord, _ONE, *_sight(tx, actor), tab_id)
    if row is None:
        raise VisitorNotHere
    return (await _shown(tx, [row]))[0]


def _sight(tx: Transaction, actor: Actor) -> tuple[object, ...]:
    return (
        tx.now - HERE_WITHIN,
        actor.sees_all,
        list(actor.seen_queues),
        list(actor.seen_brands),
    )


async def _shown(tx: Transaction, rows: list[BrowsingRecord]) -> list[VisitorHere]:
    tabs = [row.id for row in rows]
    found = {one.tab_id: one for one in await tx.all(InvitationRecord, _INVITATIONS, tabs)}
    names = await member_briefs(tx, {one.member_id for one in found.values()})
    channels = {one: await _channel(tx, one) for one in {row.channel_id for row in rows}}
    shown = []
    for row in rows:
        caps, open_now = channels[row.channel_id]
        last = found.get(row.id)
        declined = last.at if last is not None and last.state == "declined" else None
        not_now = why_not(
            caps,
            now=tx.now,
            open_now=open_now,
            talking=row.talking,
            asked_at=later(row.asked_at, last.at if last else None),
            refused_at=later(row.refused_at, declined),
        )
        fields = msgspec.structs.asdict(row)
        fields["trail"] = msgspec.convert(row.trail, list[PageSeen])
        shown.append(VisitorHere(**fields, invitation=_invited(last, names), not_now=not_now))
    return shown


def _invited(row: InvitationRecord | None, names: Mapping[UUID, MemberBrief]) -> Invited | None:
    if row is None:
        return None
    member = names.get(row.member_id)
    return Invited(
        id=row.id,
        state=row.state,
        agent_id=row.member_id,
        agent_name=member.name if member else "",
        at=row.at,
        ended_at=row.ended_at,
        conversation_id=row.conversation_id,
    )


async def _channel(tx: Transaction, channel_id: UUID) -> tuple[Caps, bool]:
    """Return what a channel allows, and whether its people are there."""
    channel = await need_channel(tx, channel_id)
    open_now = channel.active
    if channel.hours_id is not None and provided.opening is not None:
        found = await provided.opening(tx, hours_id=channel.hours_id, language="en")
        open_now = open_now and bool(found["open_now"])
    elif provided.openings is not None:
        first = (await provided.openings(tx, queue_id=channel.queue_id))(tx.now)
        open_now = open_now and (first is None or first <= tx.now)
    return caps_of(channel.look), open_now


class Bubble(msgspec.Struct, frozen=True, kw_only=True):
    """What an invited visitor is shown, and how the launcher looks."""

    id: UUID
    text: str
    agent_name: str
    colour: str
    position: str


async def bubble(tx: Transaction, *, tab_id: UUID, channel: ChannelRecord) -> Bubble | None:
    """Return the invitation that waits in a tab; None where there is none."""
    row = await tx.one(InvitationRecord, _WAITING, tab_id, tx.now - OPEN_FOR)
    if row is None:
        return None
    member = (await member_briefs(tx, [row.member_id])).get(row.member_id)
    look = painted(channel, await brand_of(tx, channel))
    return Bubble(
        id=row.id,
        text=row.text,
        agent_name=member.name if member else "",
        colour=str(look.get("colour") or ""),
        position=str(look.get("position") or ""),
    )
