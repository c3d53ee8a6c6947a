"""Routes of fields of a conversation: they lie here because who sees it decides who sees them."""

from typing import Any
from uuid import UUID

import msgspec
from litestar import get, patch, post

from peakend.conversations.queries import need_conversation
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.permissions import needs
from peakend.profiles import actions as profiles
from peakend.profiles import queries as kept
from peakend.profiles.actions import Filling, RevealAsked, Revealed
from peakend.profiles.queries import ValueView


class Beside(msgspec.Struct, frozen=True):
    """What is filled in for a conversation and for its customer."""

    conversation: list[ValueView]
    customer: list[ValueView]


@get(
    "/conversations/{conversation_id:uuid}/fields",
    summary="What is filled in for a conversation and its customer",
    opt=needs("conversations.read"),
)
async def conversation_fields(conversation_id: UUID, actor: Actor, tx: Transaction) -> Beside:
    row = await need_conversation(tx, conversation_id, actor)
    return await _beside(tx, row.id, row.customer_id)


@patch(
    "/conversations/{conversation_id:uuid}/fields",
    summary="Fill in fields of a conversation",
    opt=needs("conversations.note"),
)
async def fill_conversation(
    conversation_id: UUID, data: Filling, actor: Actor, tx: Transaction
) -> Beside:
    row = await need_conversation(tx, conversation_id, actor)
    await profiles.fill(tx, owner=kept.conversation_owner(row.id), changes=data.values)
    return await _beside(tx, row.id, row.customer_id)


@post(
    "/conversations/{conversation_id:uuid}/field-reveals",
    summary="Show a masked field of a conversation for five minutes",
    opt=needs("customers.reveal"),
)
async def reveal_conversation(
    conversation_id: UUID, data: RevealAsked, actor: Actor, tx: Transaction
) -> Revealed:
    row = await need_conversation(tx, conversation_id, actor)
    owner = kept.conversation_owner(row.id)
    return await profiles.reveal(tx, owner=owner, field_id=data.field_id, reason=data.reason)


async def _beside(tx: Transaction, conversation_id: UUID, customer_id: UUID) -> Beside:
    return Beside(
        await kept.values(tx, kept.conversation_owner(conversation_id)),
        await kept.values(tx, await kept.customer_owner(tx, customer_id)),
    )


routes: list[Any] = [conversation_fields, fill_conversation, reveal_conversation]
