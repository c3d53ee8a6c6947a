"""One conversation opened: its row, newest messages, the trail that led to it, the own drafts."""

import contextlib
from collections.abc import Collection, Iterable
from uuid import UUID

import msgspec

from peakend.conversations.models import ConversationRecord
from peakend.conversations.queries.access import ConversationNotFound, need_conversation
from peakend.conversations.queries.drafts import Draft, drafts
from peakend.conversations.queries.lists import Filters, conversation_list
from peakend.conversations.queries.messages import Message, messages
from peakend.conversations.queries.rows import ConversationRow, rows
from peakend.conversations.rules.states import leads as acts_for_others
from peakend.customers.queries import CustomerCard, PageTrace, customer_card, page_trail
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.paging import Page

NEWEST = 50
EARLIER = 50


class May(msgspec.Struct, frozen=True):
    """What the reader may do with the conversation now."""

    reply: bool
    note: bool
    close: bool
    reopen: bool
    transfer: bool
    assign: bool
    take: bool


class Conversation(ConversationRow, frozen=True, kw_only=True):
    """A conversation opened by a member of staff."""

    messages: Page[Message]
    page_trail: list[PageTrace]
    drafts: list[Draft]
    earlier: int
    wait_s: int
    may: May
    card: CustomerCard | None = None


async def conversation(
    tx: Transaction, conversation_id: UUID, actor: Actor, *, card: bool = False
) -> Conversation:
    """Return an opened conversation, with its customer's card where asked and allowed.

    Errors: ConversationNotFound.
    """
    record = await need_conversation(tx, conversation_id, actor)
    found = await rows(tx, [conversation_id], actor)
    if not found:
        raise ConversationNotFound
    newest = await messages(tx, record, limit=NEWEST)
    earlier = newest[0].seq if newest and newest[0].seq > 1 else None
    waiting_since = record.awaiting_since
    return Conversation(
        **msgspec.structs.asdict(found[0]),
        messages=Page(newest, str(earlier) if earlier else None),
        page_trail=await page_trail(tx, record.customer_id),
        drafts=await drafts(tx, conversation_id, actor.id),
        earlier=await _earlier(tx, record, actor),
        wait_s=max(0, int((tx.now - waiting_since).total_seconds())) if waiting_since else 0,
        may=may(record, actor),
        card=await customer_card(tx, record.customer_id)
        if card and actor.may("customers.read")
        else None,
    )


async def conversations(
    tx: Transaction, ids: Iterable[UUID], actor: Actor, *, card: bool = False
) -> list[Conversation]:
    """Return several opened conversations; what is not there for the reader is left out."""
    found = []
    for one in dict.fromkeys(ids):
        with contextlib.suppress(ConversationNotFound):
            found.append(await conversation(tx, one, actor, card=card))
    return found


def may(row: ConversationRecord, actor: Actor) -> May:
    """Return what a person may do with a conversation in its present state."""
    is_open = row.state != "closed"
    holds = row.agent_id is not None and row.agent_id == actor.id
    leads = acts_for_others(actor)
    return May(
        reply=row.state == "serving" and (holds or leads) and actor.may("conversations.reply"),
        note=actor.may("conversations.note"),
        close=is_open and (holds or leads) and actor.may("conversations.close"),
        reopen=not is_open and row.merged_into_id is None and actor.may("conversations.close"),
        transfer=is_open and (holds or leads) and actor.may("conversations.transfer"),
        assign=is_open and actor.may("conversations.assign"),
        take=is_open
        and not holds
        and ((row.agent_id is None and actor.may("conversations.assign_self")) or leads),
    )


async def _earlier(tx: Transaction, row: ConversationRecord, actor: Actor) -> int:
    count: int = await tx.value(
        """
        SELECT count(*) FROM (
            SELECT 1 FROM conversation c
            WHERE c.organisation_id = current_organisation()
              AND c.customer_id = $1 AND c.opened_at < $2
              AND ($3 OR c.agent_id = $4 OR c.queue_id = ANY($5::uuid[])
                   OR c.brand_id = ANY($6::uuid[]))
            LIMIT 100) x
        """,
        row.customer_id,
        row.opened_at,
        actor.sees_all,
        actor.id,
        actor.seen_queues,
        actor.seen_brands,
    )
    return count


async def customer_contacts(
    tx: Transaction, customer_id: UUID, actor: Actor
) -> list[ConversationRow]:
    """Return the contacts of a customer that the reader may see, newest first."""
    closed = await conversation_list(
        tx, actor, "closed", Filters(customer_id=customer_id), limit=EARLIER
    )
    still = await conversation_list(
        tx, actor, "all", Filters(customer_id=customer_id), limit=EARLIER
    )
    return still.items + closed.items


async def newest_of_customers(tx: Transaction, customer_ids: Collection[UUID]) -> list[UUID]:
    """Return the ids of the newest conversations of customers, at most twenty of each."""
    found: list[UUID] | None = await tx.value(
        """
        SELECT array_agg(newest.id)
        FROM unnest($1::uuid[]) AS wanted (customer_id)
        CROSS JOIN LATERAL (
            SELECT c.id FROM conversation c
            WHERE c.organisation_id = current_organisation()
              AND c.customer_id = wanted.customer_id
            ORDER BY c.opened_at DESC
            LIMIT 20
        ) newest
        """,
        list(customer_ids),
    )
    return found or []
