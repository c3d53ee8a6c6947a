"""Marks on a conversation: delivered, read, tags, the page a visitor looks at."""

from collections.abc import Sequence
from uuid import UUID

import msgspec

from peakend.conversations.events import (
    ConversationTagged,
    MarkedUnread,
    MessagesDelivered,
    MessagesRead,
    PageVisited,
    PrioritySet,
)
from peakend.conversations.queries.access import (
    ConversationIsClosed,
    NotYours,
    need_conversation,
    need_version,
)
from peakend.conversations.queries.visitor import FRONT
from peakend.conversations.rules.channels import page_url
from peakend.conversations.rules.states import Priority
from peakend.conversations.rules.texts import is_text, one_line
from peakend.customers.actions import record_page
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Invalid, NotFound
from peakend.kernel.events import record

MOST_TAGS = 20

# A mark only ever moves forward, and never past what was written. It leaves the version alone:
# that somebody has read must not make a colleague's closing or transfer stale.
_AGENT_READ = """
UPDATE conversation AS c SET
    agent_read_seq = greatest(c.agent_read_seq, least($2, c.last_seq)),
    unread = CASE WHEN $2 >= c.last_seq THEN 0 ELSE c.unread END,
    marked_unread = false, woken_at = NULL
WHERE c.organisation_id = current_organisation() AND c.id = $1
  AND (least($2, c.last_seq) > c.agent_read_seq OR c.unread > 0 AND $2 >= c.last_seq
       OR c.marked_unread OR c.woken_at IS NOT NULL)
RETURNING c.agent_read_seq
"""

_CUSTOMER_SEEN = f"""
WITH old AS (
    SELECT c.id, c.customer_read_seq AS read, c.customer_delivered_seq AS delivered, c.last_seq,
           c.channel_kind
    FROM conversation c
    WHERE c.organisation_id = current_organisation() AND c.id = {FRONT}
    FOR NO KEY UPDATE
), wanted AS (
    SELECT old.id, old.channel_kind, old.read AS old_read, old.delivered AS old_delivered,
           greatest(old.read, least($3, old.last_seq)) AS read,
           greatest(old.delivered, old.read, least($3, old.last_seq), least($4, old.last_seq))
               AS delivered
    FROM old
)
UPDATE conversation AS c SET
    customer_read_seq = w.read, customer_delivered_seq = w.delivered
FROM wanted w
WHERE c.organisation_id = current_organisation() AND c.id = w.id
  AND (w.read > w.old_read OR w.delivered > w.old_delivered)
RETURNING c.id, w.channel_kind AS channel, w.read, w.delivered,
          w.read > w.old_read AS newly_read, w.delivered > w.old_delivered AS newly_delivered
"""  # noqa: S608 (a part of our own)

_OPEN = """
SELECT id FROM conversation
WHERE organisation_id = current_organisation()
  AND customer_id = $1 AND channel_id = $2 AND state <> 'closed' AND NOT beside
"""


class TagNotFound(NotFound):
    """There is no such tag here."""

    wording = "conversations.tag_not_found"


class TooManyTags(Invalid):
    """A conversation carries so many tags and no more."""

    wording = "conversations.too_many_tags"


class WrongPage(Invalid):
    """The address is no web page."""

    wording = "conversations.wrong_page"


class _Seen(msgspec.Struct, frozen=True):
    id: UUID
    channel: str
    read: int
    delivered: int
    newly_read: bool
    newly_delivered: bool


async def mark_read_by_agent(
    tx: Transaction, *, conversation_id: UUID, seq: int, by: Actor
) -> None:
    """Note that an agent has read up to a message; only who holds it moves the mark.

    Errors: ConversationNotFound.
    """
    row = await need_conversation(tx, conversation_id, by)
    if row.agent_id is None or row.agent_id != by.id:
        return
    read = await tx.value(_AGENT_READ, conversation_id, seq)
    if read is None:
        return
    await record(
        tx,
        MessagesRead(
            conversation_id=conversation_id,
            customer_id=row.customer_id,
            channel=row.channel_kind,
            seq=read,
            by="agent",
            agent_id=row.agent_id,
            leg_id=row.leg_id,
        ),
    )


async def mark_unread(tx: Transaction, *, conversation_id: UUID, by: Actor) -> None:
    """Let a conversation stand out as unread until who holds it reads or answers it.

    Errors: ConversationNotFound, ConversationIsClosed, NotYours.
    """
    row = await need_conversation(tx, conversation_id, by, lock=True)
    if row.state == "closed":
        raise ConversationIsClosed
    if row.agent_id is None or row.agent_id != by.id:
        raise NotYours
    if row.marked_unread:
        return
    await tx.run(
        "UPDATE conversation SET marked_unread = true "
        "WHERE organisation_id = current_organisation() AND id = $1",
        conversation_id,
    )
    await record(
        tx,
        MarkedUnread(
            conversation_id=conversation_id,
            customer_id=row.customer_id,
            channel=row.channel_kind,
            agent_id=row.agent_id,
            leg_id=row.leg_id,
        ),
    )


async def set_priority(
    tx: Transaction,
    *,
    conversation_id: UUID,
    priority: Priority,
    by: Actor,
    version: int | None = None,
) -> None:
    """Say how urgent a conversation is. Errors: ConversationNotFound, ConversationStale."""
    row = await need_version(tx, conversation_id, by, version)
    if row.priority == priority:
        return
    await tx.run(
        "UPDATE conversation SET priority = $2, version = version + 1 "
        "WHERE organisation_id = current_organisation() AND id = $1",
        conversation_id,
        priority,
    )
    await record(
        tx,
        PrioritySet(
            conversation_id=conversation_id,
            customer_id=row.customer_id,
            channel=row.channel_kind,
            queue_id=row.queue_id,
            leg_id=row.leg_id,
            agent_id=row.agent_id,
            priority=priority,
            previous=row.priority,
        ),
    )


async def mark_seen_by_customer(
    tx: Transaction, *, by: Actor, read_seq: int = 0, delivered_seq: int = 0
) -> None:
    """Note how far the newest conversation of a visitor was delivered and read."""
    if by.customer_id is None:
        return
    seen = await tx.one(
        _Seen, _CUSTOMER_SEEN, by.customer_id, by.channel_id, read_seq, delivered_seq
    )
    if seen is None:
        return
    where = {"conversation_id": seen.id, "customer_id": by.customer_id}
    if seen.newly_delivered:
        await record(tx, MessagesDelivered(**where, channel=seen.channel, seq=seen.delivered))
    if seen.newly_read:
        await record(tx, MessagesRead(**where, channel=seen.channel, seq=seen.read, by="customer"))


async def tag(
    tx: Transaction,
    *,
    conversation_id: UUID,
    tag_ids: Sequence[UUID],
    by: Actor,
    version: int | None = None,
) -> None:
    """Give a conversation exactly these tags.

    Errors: ConversationNotFound, ConversationStale, TagNotFound, TooManyTags.
    """
    wanted = set(tag_ids)
    if len(wanted) > MOST_TAGS:
        raise TooManyTags(most=MOST_TAGS)
    await need_version(tx, conversation_id, by, version)
    known = await tx.value(
        "SELECT count(*) FROM tag "
        "WHERE organisation_id = current_organisation() AND id = ANY($1::uuid[])",
        list(wanted),
    )
    if known != len(wanted):
        raise TagNotFound
    had = set(
        await tx.value(
            "SELECT coalesce(array_agg(tag_id), '{}') FROM conversation_tag "
            "WHERE organisation_id = current_organisation() AND conversation_id = $1",
            conversation_id,
        )
    )
    added, removed = sorted(wanted - had), sorted(had - wanted)
    if not added and not removed:
        return
    await tx.run(
        "DELETE FROM conversation_tag WHERE organisation_id = current_organisation() "
        "AND conversation_id = $1 AND tag_id = ANY($2::uuid[])",
        conversation_id,
        removed,
    )
    await tx.run(
        "INSERT INTO conversation_tag (conversation_id, tag_id, at) "
        "SELECT $1, t, $3 FROM unnest($2::uuid[]) AS t",
        conversation_id,
        added,
        tx.now,
    )
    await tx.run(
        "UPDATE conversation SET version = version + 1 "
        "WHERE organisation_id = current_organisation() AND id = $1",
        conversation_id,
    )
    await record(
        tx,
        ConversationTagged(
            conversation_id=conversation_id, added=tuple(added), removed=tuple(removed)
        ),
    )


async def visit_page(tx: Transaction, *, by: Actor, url: str, title: str) -> None:
    """Note which page a visitor looks at, without what its address may carry. Errors: WrongPage."""
    address = page_url(url) if is_text(url) else None
    if address is None or not is_text(title) or by.id is None:
        raise WrongPage
    await record_page(tx, visitor_id=by.id, url=address, title=one_line(title, 200))
    open_id = await tx.value(_OPEN, by.customer_id, by.channel_id)
    if open_id is not None:
        await record(tx, PageVisited(conversation_id=open_id))
