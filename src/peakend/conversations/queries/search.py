"""Search over messages, conversations and customers by keyset, only what the actor may see."""

from uuid import UUID

import msgspec

from peakend.conversations.models import MESSAGE_COLUMNS, MessageRecord
from peakend.conversations.queries.messages import (
    Marks,
    Message,
    author_names,
    record_scans,
    shown,
)
from peakend.conversations.queries.quotes import quotes
from peakend.conversations.queries.rows import ConversationRow, rows
from peakend.conversations.rules.search import SearchQuery, highlights, search_query
from peakend.customers.queries import CustomerRow
from peakend.customers.queries import search as search_customers
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.paging import Page, WrongCursor, cursor_decode, cursor_encode

LIMIT = 20
_LAST = UUID(int=(1 << 128) - 1)

_FOUND = (
    "SELECT id, conversation_id FROM found_messages($1::text::tsquery, $2, $3, $4, $5, $6, $7, $8)"
)

_BY_ID = f"""
SELECT {MESSAGE_COLUMNS} FROM message m
WHERE m.organisation_id = current_organisation() AND m.id = ANY($1::uuid[])
ORDER BY m.id DESC
"""  # noqa: S608 (names of columns only)

_BY_NUMBER = """
SELECT c.id FROM conversation c
WHERE c.organisation_id = current_organisation() AND c.number = $1
"""

_OF_CUSTOMERS = """
SELECT c.id FROM conversation c
WHERE c.organisation_id = current_organisation()
  AND c.customer_id = ANY($1::uuid[])
  AND ($2 OR c.agent_id = $3 OR c.queue_id = ANY($4::uuid[]) OR c.brand_id = ANY($5::uuid[]))
  AND c.id < $6
ORDER BY c.id DESC
LIMIT $7
"""


class FoundMessage(msgspec.Struct, frozen=True):
    """A message with its conversation; `highlight` are ranges of UTF-16 units in its text."""

    message: Message
    conversation_row: ConversationRow
    highlight: list[tuple[int, int]]


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """What a search brought; a kind that was not asked for is empty."""

    conversations: Page[ConversationRow]
    messages: Page[FoundMessage]
    customers: Page[CustomerRow]


class _Hit(msgspec.Struct, frozen=True):
    id: UUID
    conversation_id: UUID


async def search(
    tx: Transaction,
    actor: Actor,
    text: str,
    *,
    kind: str | None = None,
    cursor: str | None = None,
    limit: int = LIMIT,
) -> Found:
    """Return what a text finds; the cursor belongs to one kind. Errors: WrongCursor."""
    asked = search_query(text)
    if asked is None:
        return Found(conversations=Page([]), messages=Page([]), customers=Page([]))
    limit = max(1, min(limit, 50))
    after = cursor if kind is not None else None
    return Found(
        conversations=await _conversations(tx, actor, text, asked, after, limit)
        if kind in (None, "conversations")
        else Page([]),
        messages=await _messages(tx, actor, text, asked, after, limit)
        if kind in (None, "messages")
        else Page([]),
        customers=await search_customers(tx, text, limit, after)
        if kind in (None, "customers")
        else Page([]),
    )


def _before(cursor: str | None) -> UUID:
    if cursor is None:
        return _LAST
    try:
        return UUID(str(cursor_decode(cursor, 1)[0]))
    except ValueError as error:
        raise WrongCursor from error


async def _messages(
    tx: Transaction,
    actor: Actor,
    text: str,
    asked: SearchQuery,
    cursor: str | None,
    limit: int,
) -> Page[FoundMessage]:
    hits = await tx.all(
        _Hit, _FOUND, asked.tsquery, asked.phrases, _before(cursor), limit + 1,
        *_sight(actor),
    )  # fmt: skip
    page = hits[:limit]
    if not page:
        return Page([])
    records = await tx.all(MessageRecord, _BY_ID, [hit.id for hit in page])
    said = await quotes(tx, records)
    names = await author_names(tx, records, found=said)
    scans = await record_scans(tx, records)
    found = await rows(tx, [hit.conversation_id for hit in page], actor)
    by_id = {row.id: row for row in found}
    items = [
        FoundMessage(
            shown(tx, record, _marks(by_id[record.conversation_id]), names, said, scans=scans),
            by_id[record.conversation_id],
            highlights(record.text, text),
        )
        for record in records
        if record.conversation_id in by_id
    ]
    return Page(items, cursor_encode(page[-1].id) if len(hits) > limit else None)


def _marks(row: ConversationRow) -> Marks:
    return Marks(row.customer_read_seq, row.customer_delivered_seq, row.agent_read_seq)


async def _conversations(
    tx: Transaction,
    actor: Actor,
    text: str,
    asked: SearchQuery,
    cursor: str | None,
    limit: int,
) -> Page[ConversationRow]:
    ids: list[UUID] = []
    if asked.number is not None and cursor is None:
        exact = await tx.value(_BY_NUMBER, asked.number)
        ids += [exact] if exact else []
    people = await search_customers(tx, text, 50, None)
    more: list[UUID] = []
    if people.items:
        more = [
            hit.id
            for hit in await tx.all(
                _Id, _OF_CUSTOMERS, [person.id for person in people.items], *_sight(actor),
                _before(cursor), limit + 1,
            )
        ]  # fmt: skip
    found = await rows(tx, ids + more[:limit], actor)
    return Page(found, cursor_encode(more[limit - 1]) if len(more) > limit else None)


class _Id(msgspec.Struct, frozen=True):
    id: UUID


def _sight(actor: Actor) -> tuple[bool, UUID | None, list[UUID], list[UUID]]:
    return actor.sees_all, actor.id, actor.seen_queues, actor.seen_brands
