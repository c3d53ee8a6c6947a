"""Conversations as lists show them.

A list is one index range for each thing the actor may see: agents see their own and their queues',
so each of these is read from its own index and merged, and the page costs the same at any size.
"""

from collections.abc import Collection, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from peakend.accounts.queries import member_briefs
from peakend.conversations.models import CONVERSATION_COLUMNS, ConversationRecord
from peakend.conversations.rules.reasons import label
from peakend.conversations.rules.states import (
    Kind,
    Priority,
    State,
    Target,
    clock_runs,
    may_see,
)
from peakend.customers.queries import customer_briefs, name_for
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.words import best_language

_SHOWN = f"""
SELECT {CONVERSATION_COLUMNS}, h.name AS channel_name, h.kind <> 'mail' AS in_chat,
       r.name_zh AS reason_zh, r.name_en AS reason_en,
       (SELECT jsonb_agg(jsonb_build_object('id', t.id, 'name', t.name, 'colour', t.colour)
                         ORDER BY t.name)
        FROM conversation_tag ct
        JOIN tag t ON t.organisation_id = ct.organisation_id AND t.id = ct.tag_id
        WHERE ct.organisation_id = c.organisation_id AND ct.conversation_id = c.id) AS tags,
       d.target, d.due_at, d.warn_at
FROM conversation c
LEFT JOIN conversation_due d
    ON d.organisation_id = c.organisation_id AND d.conversation_id = c.id
JOIN channel h ON h.organisation_id = c.organisation_id AND h.id = c.channel_id
LEFT JOIN contact_reason r
    ON r.organisation_id = c.organisation_id
    AND r.version = c.reason_version AND r.id = c.reason_id
WHERE c.organisation_id = current_organisation() AND c.id = ANY($1::uuid[])
"""  # noqa: S608 (names of columns only)


class RowCustomer(msgspec.Struct, frozen=True):
    """The customer of a row."""

    id: UUID
    name: str
    tier: str | None
    verified: bool


class RowTag(msgspec.Struct, frozen=True):
    """A tag of a row."""

    id: UUID
    name: str
    colour: str


class ConversationRow(msgspec.Struct, frozen=True, kw_only=True):
    """A conversation in a list; `channel_kind` is by which way the customer wrote last.

    `in_chat` says that a chat shows it to him, whichever way he wrote. `due_at` is by when `target`
    is owed, while that clock runs.

    `left_word` says that a word was left out of hours, and that it still stands in a queue.
    """

    id: UUID
    number: int
    state: State
    channel_kind: str
    in_chat: bool
    channel_name: str
    channel_id: UUID
    brand_id: UUID | None
    customer: RowCustomer
    queue_id: UUID | None
    agent_id: UUID | None
    agent_name: str | None
    leg_id: UUID | None
    preview: str
    preview_kind: Kind
    last_message_at: datetime
    last_seq: int
    unread: int
    left_word: bool
    awaiting_since: datetime | None
    opened_at: datetime
    closed_at: datetime | None
    tags: list[RowTag]
    reason_id: UUID | None
    reason_label: str | None
    solved: bool | None
    rating: int | None
    customer_read_seq: int
    customer_delivered_seq: int
    agent_read_seq: int
    priority: Priority
    snoozed_until: datetime | None
    woken_at: datetime | None
    target: Target | None
    due_at: datetime | None
    warn_at: datetime | None
    merged_into_id: UUID | None
    layout: int
    version: int
    language: str


class _Shown(ConversationRecord, frozen=True):
    channel_name: str
    in_chat: bool
    reason_zh: str | None
    reason_en: str | None
    tags: list[dict[str, Any]] | None
    target: Target | None
    due_at: datetime | None
    warn_at: datetime | None


async def rows(
    tx: Transaction, ids: Collection[UUID], actor: Actor | None = None
) -> list[ConversationRow]:
    """Return rows in the order of the ids; what the actor may not see is left out.

    Without an actor everything is returned, for the contexts above that have checked it.
    """
    if not ids:
        return []
    found = await tx.all(_Shown, _SHOWN, list(ids))
    if actor is not None:
        found = [
            row
            for row in found
            if may_see(
                actor,
                agent_id=row.agent_id,
                queue_id=row.queue_id,
                customer_id=row.customer_id,
                brand_id=row.brand_id,
            )
        ]
    language = best_language((actor or tx.actor).language)
    customers = await customer_briefs(tx, {row.customer_id for row in found}, language)
    agents = await member_briefs(tx, {row.agent_id for row in found if row.agent_id})
    by_id = {row.id: _row(row, customers, agents, language) for row in found}
    return [by_id[one] for one in dict.fromkeys(ids) if one in by_id]


def named_for(actor: Actor, row: ConversationRow) -> ConversationRow:
    """Return a row that was made for everybody, with the customer's name as an actor sees it."""
    name = name_for(actor, row.customer.name, row.customer.id)
    if name == row.customer.name:
        return row
    return msgspec.structs.replace(row, customer=msgspec.structs.replace(row.customer, name=name))


def _row(
    row: _Shown, customers: Mapping[UUID, Any], agents: Mapping[UUID, Any], language: str
) -> ConversationRow:
    customer = customers.get(row.customer_id)
    agent = agents.get(row.agent_id) if row.agent_id else None
    runs = clock_runs(row.state, row.awaiting_since, row.snoozed_until)
    return ConversationRow(
        id=row.id,
        number=row.number,
        state=row.state,
        channel_kind=row.channel_kind,
        in_chat=row.in_chat,
        channel_name=row.channel_name,
        channel_id=row.channel_id,
        brand_id=row.brand_id,
        customer=RowCustomer(
            row.customer_id,
            customer.name if customer else "",
            customer.tier if customer else None,
            customer.verified if customer else False,
        ),
        queue_id=row.queue_id,
        agent_id=row.agent_id,
        agent_name=agent.name if agent else None,
        leg_id=row.leg_id,
        preview=row.preview,
        preview_kind=row.preview_kind,
        last_message_at=row.last_message_at,
        last_seq=row.last_seq,
        unread=max(row.unread, int(row.marked_unread)),
        left_word=row.left_word and row.state == "waiting",
        awaiting_since=row.awaiting_since,
        opened_at=row.opened_at,
        closed_at=row.closed_at,
        tags=[RowTag(UUID(t["id"]), t["name"], t["colour"]) for t in row.tags or ()],
        reason_id=row.reason_id,
        reason_label=label(row.reason_zh, row.reason_en, language),
        solved=row.solved,
        rating=row.rating,
        customer_read_seq=row.customer_read_seq,
        customer_delivered_seq=row.customer_delivered_seq,
        agent_read_seq=row.agent_read_seq,
        priority=row.priority,
        snoozed_until=row.snoozed_until,
        woken_at=row.woken_at,
        target=row.target if runs else None,
        due_at=row.due_at if runs else None,
        warn_at=row.warn_at if runs else None,
        merged_into_id=row.merged_into_id,
        layout=row.layout,
        version=row.version,
        language=row.language,
    )
