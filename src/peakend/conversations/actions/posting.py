"""Posting a message: one statement that counts, marks and inserts, and writes the fact of it.

The surprise: a repeat (same client id) must neither insert nor count. The row remembers its last
client ids, because a repeat that waited for the row's lock reads the row anew, the message table
not.
"""

from dataclasses import fields
from datetime import datetime
from functools import cache
from typing import Any
from uuid import UUID

import msgspec

from peakend.conversations.actions.scanning import watch_files
from peakend.conversations.models import MESSAGE_COLUMNS, MessageRecord
from peakend.conversations.queries.access import (
    ConversationIsClosed,
    NotYours,
    need_conversation,
)
from peakend.conversations.rules.search import lexemes
from peakend.conversations.rules.states import AuthorKind, Kind, leads
from peakend.conversations.rules.texts import LONGEST_MESSAGE, cleaned, is_text
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Invalid
from peakend.kernel.events import FACTS, Fact, FromRow
from peakend.kernel.ids import new_id
from peakend.language.queries import shortened

PREVIEW_LENGTH = 100

_SET = """
    UPDATE conversation AS c SET
        last_seq = c.last_seq + 1,
        version = c.version + 1,
        preview = CASE WHEN $3::text IN ('note', 'system') THEN c.preview ELSE $16::text END,
        channel_kind = CASE WHEN $3 = 'customer' AND $12::text = 'mail' THEN 'mail'
                            WHEN $3 = 'customer' AND c.channel_kind = 'mail' THEN 'web'
                            ELSE c.channel_kind END,
        preview_kind = CASE WHEN $3 IN ('note', 'system') THEN c.preview_kind ELSE $3 END,
        last_message_at = CASE WHEN $3 IN ('note', 'system') THEN c.last_message_at
                               ELSE greatest(c.last_message_at, $7::timestamptz) END,
        unread = CASE WHEN $3 = 'customer' THEN c.unread + 1
                      WHEN $3 = 'agent' OR ($3 = 'digital' AND c.state = 'digital') THEN 0
                      ELSE c.unread END,
        last_wait_ms = CASE WHEN $3 = 'agent'
                            THEN extract(epoch FROM $7 - c.awaiting_since) * 1000
                            ELSE c.last_wait_ms END,
        awaiting_since = CASE
            WHEN $3 = 'customer' THEN coalesce(c.awaiting_since, $7)
            WHEN $3 = 'agent' OR ($3 = 'digital' AND c.state = 'digital') THEN NULL
            ELSE c.awaiting_since END,
        first_reply_at = CASE $3 WHEN 'agent' THEN coalesce(c.first_reply_at, $7)
                                 ELSE c.first_reply_at END,
        agent_read_seq = CASE $3 WHEN 'agent' THEN c.last_seq ELSE c.agent_read_seq END,
        snoozed_until = CASE $3 WHEN 'customer' THEN NULL ELSE c.snoozed_until END,
        woken_until = CASE WHEN $3 = 'customer' THEN c.snoozed_until END,
        woken_at = CASE WHEN $3 = 'customer' AND c.snoozed_until IS NOT NULL THEN $7
                        WHEN $3 = 'agent' THEN NULL
                        ELSE c.woken_at END,
        marked_unread = c.marked_unread AND $3 <> 'agent',
        customer_read_seq = CASE $3 WHEN 'customer' THEN c.last_seq
                                    ELSE c.customer_read_seq END,
        customer_delivered_seq = CASE $3 WHEN 'customer' THEN c.last_seq
                                         ELSE c.customer_delivered_seq END,
        recent_client_ids = CASE WHEN $8::uuid IS NULL THEN c.recent_client_ids
                                 ELSE (array_prepend($8, c.recent_client_ids))[1:4] END
    WHERE c.organisation_id = current_organisation()
      AND ($8::uuid IS NULL OR (
          NOT $8 = ANY(c.recent_client_ids)
          AND NOT EXISTS (
              SELECT 1 FROM message known
              WHERE known.organisation_id = current_organisation()
                AND known.conversation_id = c.id
                AND known.client_id = $8)))
"""

_INSERT = """
    RETURNING c.*
), posted AS (
    INSERT INTO message (conversation_id, seq, id, kind, text, author_kind, author_id, at,
                         client_id, files, sources, mentions, code, params, article_id, lexemes,
                         reply_to)
    SELECT t.id, t.last_seq, $2::uuid, $3, $4::text, $5::text, $6::uuid, $7, $8, $9::jsonb,
           $10::jsonb, $11::uuid[], $12::text, $13::jsonb, $14::uuid,
           array_to_tsvector($15::text[]), $17::uuid
    FROM touched t
)"""

_TELL = """
SELECT id AS conversation_id, last_seq AS seq, version, customer_id, channel_id,
       channel_kind AS channel, state, queue_id, agent_id, leg_id, last_wait_ms,
       first_reply_at = $7 AS first_reply, woken_until, beside
FROM touched
"""

# $18 states, $19 sees all, $20 the member, $21 and $23 the queues and brands he sees, $22 must hold
POST_BY_STAFF = f"""
WITH touched AS ({_SET}
      AND c.id = $1::uuid
      AND c.state = ANY($18::text[])
      AND (c.agent_id = $20::uuid OR NOT $22::bool AND (
          $19::bool OR c.queue_id = ANY($21::uuid[]) OR c.brand_id = ANY($23::uuid[])))
{_INSERT}"""

# $1 the conversation or null; $18 the customer, $19 the channel
POST_BY_CUSTOMER = f"""
WITH touched AS ({_SET}
      AND c.customer_id = $18::uuid
      AND c.channel_id = $19::uuid
      AND c.state <> 'closed'
      AND NOT c.beside
      AND ($1::uuid IS NULL OR c.id = $1)
{_INSERT}"""

# What a message's fact takes from the conversation's row after the message.
_OF_ROW = {
    "conversation_id": "r.id",
    "customer_id": "r.customer_id",
    "channel": "r.channel_kind",
    "seq": "r.last_seq",
    "state": "r.state",
    "agent_id": "r.agent_id",
    "leg_id": "r.leg_id",
    "queue_id": "r.queue_id",
    "first": "coalesce(r.first_reply_at = $7, false)",
    "waited_ms": "r.last_wait_ms",
    "turn": "r.awaiting_since = $7 AND r.state IN ('waiting', 'serving')",
}

_KNOWN = f"""
SELECT {MESSAGE_COLUMNS} FROM message m
WHERE m.organisation_id = current_organisation()
  AND m.conversation_id = $1 AND m.client_id = $2
"""  # noqa: S608 (names of columns only)


class Posted(msgspec.Struct, frozen=True, kw_only=True):
    """What the statement says of the conversation after the message."""

    conversation_id: UUID
    seq: int
    version: int
    customer_id: UUID
    channel_id: UUID
    channel: str
    state: str
    queue_id: UUID | None
    agent_id: UUID | None
    leg_id: UUID | None
    last_wait_ms: int | None
    first_reply: bool | None
    woken_until: datetime | None
    beside: bool


class NewMessage(msgspec.Struct, frozen=True, kw_only=True):
    """A message on its way into the timeline."""

    kind: Kind
    text: str
    author_kind: AuthorKind
    author_id: UUID | None
    client_id: UUID | None = None
    files: list[dict[str, Any]] | None = None
    sources: list[dict[str, Any]] | None = None
    mentions: list[UUID] | None = None
    code: str | None = None
    params: dict[str, Any] | None = None
    article_id: UUID | None = None
    reply_to: UUID | None = None
    # What it is called, where it has a name: found like its words, and shown before them in lists.
    title: str = ""


class Said(msgspec.Struct, frozen=True):
    """The fact of a message before its place is known; `columns` are its own ways to the row."""

    kind: type[Fact]
    given: dict[str, Any]
    columns: tuple[tuple[str, str], ...] = ()

    def by_row(self, message_id: UUID) -> FromRow:
        """Return the fact as the statement writes it."""
        given = self.given | {"message_id": message_id}
        return FromRow(self.kind, given, _columns(self.kind.__name__, tuple(given), self.columns))


@cache
def _columns(kind: str, given: tuple[str, ...], own: tuple[tuple[str, str], ...]) -> dict[str, str]:
    """Return what a fact takes from the row: all that is not given. Errors: KeyError."""
    known = _OF_ROW | dict(own)
    return {
        field.name: known[field.name] for field in fields(FACTS[kind]) if field.name not in given
    }


class EmptyMessage(Invalid):
    """There is nothing in the message."""

    wording = "conversations.empty_message"


class TextTooLong(Invalid):
    """A message has its limit."""

    wording = "conversations.text_too_long"


class NoFile(Invalid):
    """A form for a file came without one."""

    wording = "conversations.no_file"


class NotText(Invalid):
    """The characters are no text (half of a surrogate pair)."""

    wording = "conversations.not_text"


def checked_text(text: str, *, may_be_empty: bool = False) -> str:
    """Return the text as it is kept. Errors: NotText, EmptyMessage, TextTooLong."""
    if len(text) > LONGEST_MESSAGE:
        raise TextTooLong(longest=LONGEST_MESSAGE)
    if not is_text(text):
        raise NotText
    kept = cleaned(text)
    if not kept and not may_be_empty:
        raise EmptyMessage
    return kept


def arguments(conversation_id: UUID | None, message: NewMessage, at: datetime) -> tuple[Any, ...]:
    """Return the first seventeen arguments of the statements, with a new id for the message."""
    words = "\n".join(one for one in (message.title, message.text) if one)
    searched = [] if message.kind == "system" else lexemes(words)
    preview = shortened(words, PREVIEW_LENGTH) if words else _file_names(message)
    return (
        conversation_id,
        new_id(at),
        message.kind,
        message.text,
        message.author_kind,
        message.author_id,
        at,
        message.client_id,
        message.files or None,
        message.sources or None,
        message.mentions or None,
        message.code,
        message.params,
        message.article_id,
        searched,
        preview,
        message.reply_to,
    )


def _file_names(message: NewMessage) -> str:
    return shortened(" ".join(str(f.get("name", "")) for f in message.files or ()), PREVIEW_LENGTH)


def stored(message: NewMessage, posted: Posted, message_id: UUID, at: datetime) -> MessageRecord:
    """Return the row that the statement wrote."""
    return MessageRecord(
        id=message_id,
        conversation_id=posted.conversation_id,
        seq=posted.seq,
        kind=message.kind,
        text=message.text,
        author_kind=message.author_kind,
        author_id=message.author_id,
        at=at,
        client_id=message.client_id,
        files=message.files,
        sources=message.sources,
        mentions=message.mentions,
        code=message.code,
        params=message.params,
        reply_to=message.reply_to,
        reactions=None,
        recalled_at=None,
    )


async def post(
    tx: Transaction,
    conversation_id: UUID,
    message: NewMessage,
    said: Said,
    *,
    states: tuple[str, ...],
    by: Actor,
    must_hold: bool = False,
) -> tuple[MessageRecord, Posted | None]:
    """Add a message of the house's side; a repeat returns the first one and no Posted.

    Errors: ConversationNotFound, ConversationIsClosed, NotYours.
    """
    given = arguments(conversation_id, message, tx.now)
    held_only = must_hold and not leads(by)
    who = list(states), by.sees_all, by.id, by.seen_queues, held_only, by.seen_brands
    posted = await written(tx, POST_BY_STAFF, (*given, *who), said)
    if posted is not None:
        return stored(message, posted, given[1], tx.now), posted
    row = await need_conversation(tx, conversation_id, by)
    if message.client_id is not None:
        known = await tx.one(MessageRecord, _KNOWN, conversation_id, message.client_id)
        if known is not None:
            return known, None
    if row.state == "closed":
        raise ConversationIsClosed
    raise NotYours


async def written(
    tx: Transaction, statement: str, given: tuple[Any, ...], said: Said
) -> Posted | None:
    """Run one of the two statements with the fact in it; None where it touched nothing."""
    posted = await tx.one_with_fact(
        Posted, (statement, "touched", _TELL), given, said.by_row(given[1])
    )
    if posted is not None:
        await watch_files(tx, given[1], given[8])
    return posted
