"""Canned replies: who may use which, and their text with the names of a conversation in it."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from peakend.accounts.queries import brand_names, organisation
from peakend.conversations.models import ConversationRecord
from peakend.conversations.queries.access import need_conversation
from peakend.conversations.rules.canned import variables
from peakend.conversations.rules.filling import Filling
from peakend.conversations.rules.rich import Rich, pictures
from peakend.customers.queries import customer_briefs, name_to_say
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, NotFound
from peakend.kernel.files import File, files

# Who edits for everybody sees what every team has, too, but nobody else's own.
_CANNED = """
SELECT id, shortcut, title, body, card, scope, team_id, member_id, language, typed, version,
       updated_at
FROM canned_reply
WHERE organisation_id = current_organisation()
  AND (scope = 'all' OR member_id = $2 OR (scope = 'team' AND ($1 OR team_id = ANY($3::uuid[]))))
"""


class CannedReplyNotFound(NotFound):
    """There is no such canned reply for this person."""

    wording = "conversations.canned_reply_not_found"


class NotRendered(Conflict):
    """A canned reply cannot be filled in."""

    wording = "conversations.canned_not_rendered"


class CannedReply(msgspec.Struct, frozen=True, kw_only=True):
    """A canned reply; `typed` is the pinyin and the initials of its title.

    A `card` goes with it, with its `pictures`; the words before the card are the body.
    """

    id: UUID
    shortcut: str
    title: str
    body: str
    card: Rich | None
    scope: Literal["all", "team", "own"]
    team_id: UUID | None
    member_id: UUID | None
    language: Literal["zh-CN", "en"]
    typed: str
    version: int
    updated_at: datetime
    pictures: list[File] = []


class ReadyReply(msgspec.Struct, frozen=True, kw_only=True):
    """A canned reply as it would go into one conversation."""

    id: UUID
    shortcut: str
    title: str
    text: str
    card: Rich | None
    pictures: list[File]
    scope: Literal["all", "team", "own"]
    language: Literal["zh-CN", "en"]
    typed: str


async def canned_replies(
    tx: Transaction, actor: Actor, *, to_edit: bool = False
) -> list[CannedReply]:
    """Return the canned replies that a person may use, or those that they may change or see."""
    found = await tx.all(
        CannedReply,
        _CANNED + " ORDER BY shortcut, id LIMIT 2000",
        to_edit and actor.may("knowledge.edit"),
        actor.id,
        list(actor.team_ids),
    )
    return await _with_cards(tx, found)


async def need_canned_reply(tx: Transaction, canned_reply_id: UUID, actor: Actor) -> CannedReply:
    """Return a canned reply that a person may use or change. Errors: CannedReplyNotFound."""
    found = await tx.one(
        CannedReply, _CANNED + " AND id = $4", actor.may("knowledge.edit"), actor.id,
        list(actor.team_ids), canned_reply_id,
    )  # fmt: skip
    if found is None:
        raise CannedReplyNotFound
    return (await _with_cards(tx, [found]))[0]


async def _with_cards(tx: Transaction, replies: Sequence[CannedReply]) -> list[CannedReply]:
    """Return replies with their cards, which rows bring as plain JSON, and their pictures."""
    change = msgspec.structs.replace
    read = [
        one if one.card is None else change(one, card=msgspec.convert(one.card, Rich))
        for one in replies
    ]
    shown = await files(tx, [id_ for one in read if one.card for id_ in pictures(one.card)])
    return [
        change(one, pictures=[shown[id_] for id_ in pictures(one.card) if id_ in shown])
        if one.card
        else one
        for one in read
    ]


async def ready_replies(tx: Transaction, conversation_id: UUID, actor: Actor) -> list[ReadyReply]:
    """Return what a person may put into a conversation, filled in; what cannot be is left out.

    Errors: ConversationNotFound.
    """
    row = await need_conversation(tx, conversation_id, actor)
    replies = await canned_replies(tx, actor)
    filling = await filling_for(tx, row, actor)
    ready = []
    for reply in replies:
        text, card = filling.text(reply.body), reply.card and filling.card(reply.card)
        if text is None or (reply.card and card is None):
            continue
        ready.append(
            ReadyReply(
                id=reply.id,
                shortcut=reply.shortcut,
                title=reply.title,
                text=text,
                card=card,
                pictures=reply.pictures,
                scope=reply.scope,
                language=reply.language,
                typed=reply.typed,
            )
        )
    return ready


async def rendered_reply(
    tx: Transaction, canned_reply_id: UUID, conversation_id: UUID, actor: Actor
) -> str:
    """Return a canned reply with the names of this conversation filled in.

    Errors: CannedReplyNotFound, ConversationNotFound, NotRendered.
    """
    reply = await need_canned_reply(tx, canned_reply_id, actor)
    row = await need_conversation(tx, conversation_id, actor)
    text = (await filling_for(tx, row, actor)).text(reply.body)
    if text is None:
        raise NotRendered
    return text


async def filling_for(tx: Transaction, row: ConversationRecord, actor: Actor) -> Filling:
    """Return the names of a conversation, as this person's words say them."""
    customer = (await customer_briefs(tx, [row.customer_id])).get(row.customer_id)
    name = name_to_say(actor, customer.name, customer.id) if customer else ""
    brands = await brand_names(tx)
    return Filling(
        variables(
            customer_name=name,
            agent_name=actor.name,
            organisation_name=(await organisation(tx)).name,
            brand_name=brands.get(row.brand_id, "") if row.brand_id else "",
            number=row.number,
        )
    )
