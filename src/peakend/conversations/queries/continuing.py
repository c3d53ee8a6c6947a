"""What of mails a visitor sees in the chat, and with which other conversations he may go on."""

from collections.abc import Mapping
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from peakend.conversations.models import CHANNEL_COLUMNS, ChannelRecord, MessageRecord
from peakend.conversations.queries.quotes import Quoted
from peakend.conversations.queries.settings import need_channel
from peakend.conversations.rules.answering import MAIL
from peakend.conversations.rules.continuing import sight
from peakend.customers.queries import current_customer, is_proven
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.mail.queries import sending_brand

MOST = 20
# The code of a mail of which a browser is shown no more than that it is there.
CLOSED = "mail_closed"

# Those by mail of the same brand, where who looks is proven, and those beside the one in front. One
# of which only forged mails are known is not shown to whom they were forged for.
_OTHERS = """
SELECT c.id, c.number, CASE h.kind WHEN 'mail' THEN 'mail' ELSE 'chat' END AS way,
       CASE WHEN $3 THEN coalesce(s.subject, '') ELSE '' END AS subject, c.last_message_at
FROM conversation c
JOIN channel h ON h.organisation_id = c.organisation_id AND h.id = c.channel_id
LEFT JOIN conversation_mail s
    ON s.organisation_id = c.organisation_id AND s.conversation_id = c.id
WHERE c.organisation_id = current_organisation() AND c.customer_id = $1 AND c.state <> 'closed'
  AND (c.channel_id = $2 AND c.beside
       OR $3 AND h.kind = 'mail' AND c.brand_id = $4 AND EXISTS (
           SELECT FROM message m
           WHERE m.organisation_id = c.organisation_id AND m.conversation_id = c.id
             AND m.kind = 'customer' AND m.params ->> 'trust' IS DISTINCT FROM 'failed'))
  AND ($5::uuid IS NULL OR c.id = $5)
ORDER BY c.last_message_at DESC LIMIT $6
"""


async def sighted(
    tx: Transaction, actor: Actor, records: list[MessageRecord], found: Mapping[UUID, Quoted]
) -> tuple[list[MessageRecord], dict[UUID, Quoted]]:
    """Return messages and what they quote as far as a visitor's browser may show them.

    Nothing is asked where there is no mail, as in nearly every chat.
    """
    both: list[MessageRecord | Quoted] = [*found.values(), *records]
    proven = any(one.code == MAIL for one in both) and await is_proven(tx, actor.id)
    sights = {one.id: sight(one.kind, one.code, one.params, proven=proven) for one in both}
    shown = [
        _mail(one, closed=sights[one.id] == "closed") if one.code == MAIL else one
        for one in records
        if sights[one.id] != "nothing"
    ]
    return shown, {i: one for i, one in found.items() if sights[i] == "whole"}


def _mail(record: MessageRecord, *, closed: bool) -> MessageRecord:
    """Return a mail without what concerns nobody outside; of a closed one, only that it is one."""
    if not closed:
        return msgspec.structs.replace(record, params=None)
    return msgspec.structs.replace(
        record, text="", files=None, params=None, reply_to=None, code=CLOSED
    )


_LINKED = f"""
SELECT {CHANNEL_COLUMNS} FROM channel h
WHERE h.organisation_id = current_organisation() AND h.active AND h.kind = 'web'
  AND h.brand_id = $1 AND (h.look ->> 'mail_link')::bool
ORDER BY h.id LIMIT 1
"""  # noqa: S608 (names of columns only)


async def linked_channel(tx: Transaction, brand_id: UUID | None) -> ChannelRecord | None:
    """Return the chat to which the mails of a brand offer a way; None where none does."""
    return await tx.one(ChannelRecord, _LINKED, brand_id) if brand_id else None


class OwnConversation(msgspec.Struct, frozen=True):
    """An open conversation of the customer's that the chat does not show at the moment."""

    id: UUID
    number: int
    way: Literal["mail", "chat"]
    subject: str
    last_message_at: datetime


async def own_conversations(
    tx: Transaction, actor: Actor, conversation_id: UUID | None = None
) -> list[OwnConversation]:
    """Return with which other conversations a visitor may go on here; all, or one of them."""
    if actor.customer_id is None or actor.channel_id is None:
        return []
    channel = await need_channel(tx, actor.channel_id)
    return await tx.all(
        OwnConversation,
        _OTHERS,
        await current_customer(tx, actor.customer_id),
        actor.channel_id,
        await is_proven(tx, actor.id),
        channel.brand_id or await sending_brand(tx),
        conversation_id,
        MOST,
    )
