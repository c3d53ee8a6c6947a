"""Quotes: what a message answers to, or a note passes on, read anew each time it is shown."""

from collections.abc import Collection, Iterable, Mapping
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from peakend.conversations.models import MessageRecord
from peakend.conversations.rules.states import AuthorKind, Kind
from peakend.kernel.db import Transaction
from peakend.kernel.errors import NotFound
from peakend.language.queries import shortened

QUOTE_LENGTH = 140

_QUOTED = """
SELECT m.id, m.conversation_id, m.seq, m.kind, left(m.text, 400) AS text, m.author_kind,
       m.author_id, m.at, m.files, m.recalled_at IS NOT NULL AS recalled, c.customer_id,
       m.code, m.params, c.agent_id, c.queue_id, c.brand_id, c.number,
       c.channel_kind AS channel, c.leg_id
FROM message m
JOIN conversation c ON c.organisation_id = m.organisation_id AND c.id = m.conversation_id
WHERE m.organisation_id = current_organisation() AND m.id = ANY($1::uuid[])
"""


class MessageNotFound(NotFound):
    """There is no such message for this actor."""

    wording = "conversations.message_not_found"


class Quote(msgspec.Struct, frozen=True, kw_only=True):
    """The message that another one quotes, short; nothing of it where it was recalled.

    `number` is the conversation's where a note passes on something from elsewhere.
    """

    id: UUID
    conversation_id: UUID
    number: int | None
    seq: int
    kind: Kind
    author_id: UUID | None
    author_name: str | None
    text: str
    file_name: str | None
    file_kind: str | None
    recalled: bool


class Quoted(msgspec.Struct, frozen=True, kw_only=True):
    """A message with what decides who may quote it."""

    id: UUID
    conversation_id: UUID
    seq: int
    kind: Kind
    text: str
    author_kind: AuthorKind
    author_id: UUID | None
    at: datetime
    files: list[dict[str, Any]] | None
    recalled: bool
    customer_id: UUID
    agent_id: UUID | None
    queue_id: UUID | None
    brand_id: UUID | None
    number: int
    channel: str
    leg_id: UUID | None
    code: str | None
    params: dict[str, Any] | None


async def quoted(tx: Transaction, ids: Collection[UUID]) -> dict[UUID, Quoted]:
    """Return messages by id with what decides about them; the caller checks who may see them."""
    if not ids:
        return {}
    return {one.id: one for one in await tx.all(Quoted, _QUOTED, list(ids))}


async def need_message(tx: Transaction, message_id: UUID) -> Quoted:
    """Return one message; the caller checks who may see it. Errors: MessageNotFound."""
    found = (await quoted(tx, [message_id])).get(message_id)
    if found is None:
        raise MessageNotFound
    return found


async def quotes(tx: Transaction, records: Iterable[MessageRecord]) -> dict[UUID, Quoted]:
    """Return what messages quote; nothing is asked where none does, as nearly always."""
    return await quoted(tx, {r.reply_to for r in records if r.reply_to and not r.recalled_at})


def shown_quote(
    record: MessageRecord, found: Mapping[UUID, Quoted], names: Mapping[UUID, str]
) -> Quote | None:
    """Return the quote of a message as it is shown."""
    one = found.get(record.reply_to) if record.reply_to else None
    if one is None:
        return None
    file = None if one.recalled or not one.files else one.files[0]
    here = one.conversation_id == record.conversation_id
    return Quote(
        id=one.id,
        conversation_id=one.conversation_id,
        number=None if here else one.number,
        seq=one.seq,
        kind=one.kind,
        author_id=one.author_id if one.author_kind == "member" else None,
        author_name=names.get(one.author_id) if one.author_id else None,
        text="" if one.recalled else shortened(one.text, QUOTE_LENGTH),
        file_name=file["name"] if file else None,
        file_kind=file["kind"] if file else None,
        recalled=one.recalled,
    )
