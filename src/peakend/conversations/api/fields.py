"""Routes of what is kept beside conversations: who sees a conversation sees its fields."""

from typing import Annotated, Any
from uuid import UUID

import msgspec
from litestar import get, patch, post
from litestar.params import Parameter

from peakend.conversations.queries import ConversationRow, need_conversation
from peakend.conversations.queries.companies import company_conversations
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.paging import Page
from peakend.kernel.permissions import needs
from peakend.profiles import actions as profiles
from peakend.profiles import queries as kept
from peakend.profiles.actions import Filling, RevealAsked, Revealed
from peakend.profiles.queries import LinkView, Profile, ValueView


class Beside(msgspec.Struct, frozen=True):
    """What is filled in for a conversation, and what is kept beside its customer."""

    conversation: list[ValueView]
    customer: Profile
    links: list[LinkView]


@get(
    "/conversations/{conversation_id:uuid}/profile",
    summary="What is kept beside a conversation and its customer",
    opt=needs("conversations.read"),
)
async def conversation_profile(conversation_id: UUID, actor: Actor, tx: Transaction) -> Beside:
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


@get(
    "/companies/{company_id:uuid}/conversations",
    summary="Conversations of everybody who belongs to a company",
    opt=needs("conversations.read"),
)
async def of_company(
    company_id: UUID,
    actor: Actor,
    tx: Transaction,
    cursor: Annotated[str | None, Parameter(max_length=200)] = None,
) -> Page[ConversationRow]:
    return await company_conversations(tx, company_id, actor, cursor=cursor)


async def _beside(tx: Transaction, conversation_id: UUID, customer_id: UUID) -> Beside:
    return Beside(
        await kept.values(tx, kept.conversation_owner(conversation_id)),
        await kept.profile(tx, customer_id),
        await kept.links_beside(tx, "conversation"),
    )


routes: list[Any] = [conversation_profile, fill_conversation, reveal_conversation, of_company]
