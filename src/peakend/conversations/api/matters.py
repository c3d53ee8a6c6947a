"""Routes for matters: conversations of one customer merged, split and linked."""

from typing import Annotated
from uuid import UUID

import msgspec
from litestar import delete, get, post, put
from msgspec import Meta

from peakend.conversations import actions, queries
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.permissions import needs

Version = Annotated[int, Meta(ge=0, le=2**31 - 1)]


class Joining(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Which conversation goes on in this one, as both were seen."""

    absorbed_id: UUID
    version: Version | None = None
    absorbed_version: Version | None = None


class Joined(msgspec.Struct, frozen=True):
    """The conversation with the messages of both, and the merge by which it can be undone."""

    merge_id: UUID
    conversation: queries.ConversationRow


class Splitting(msgspec.Struct, forbid_unknown_fields=True, kw_only=True):
    """Which messages are about another matter."""

    message_ids: Annotated[list[UUID], Meta(min_length=1, max_length=2000)]
    version: Version | None = None


@get(
    "/conversations/{conversation_id:uuid}/related",
    summary="What else goes on with the same customer",
    opt=needs("conversations.read"),
)
async def related(
    conversation_id: UUID, actor: Actor, tx: Transaction
) -> list[queries.RelatedConversation]:
    return await queries.related(tx, conversation_id, actor)


@post(
    "/conversations/{conversation_id:uuid}/merges",
    summary="Let another conversation of the customer go on in this one",
    opt=needs("conversations.close"),
    status_code=200,
)
async def merge(conversation_id: UUID, data: Joining, actor: Actor, tx: Transaction) -> Joined:
    merge_id = await actions.merge_conversations(
        tx,
        into_id=conversation_id,
        absorbed_id=data.absorbed_id,
        by=actor,
        version=data.version,
        absorbed_version=data.absorbed_version,
    )
    return Joined(merge_id, (await queries.rows(tx, [conversation_id], actor))[0])


@delete(
    "/conversation-merges/{merge_id:uuid}",
    summary="Take the merge of two conversations back",
    opt=needs("conversations.close"),
    status_code=200,
)
async def part(merge_id: UUID, actor: Actor, tx: Transaction) -> queries.ConversationRow:
    into_id = await actions.part_conversations(tx, merge_id=merge_id, by=actor)
    return (await queries.rows(tx, [into_id], actor))[0]


@post(
    "/conversations/{conversation_id:uuid}/splits",
    summary="Let messages go on as a conversation about another matter",
    opt=needs("conversations.close"),
    status_code=200,
)
async def split(
    conversation_id: UUID, data: Splitting, actor: Actor, tx: Transaction
) -> queries.ConversationRow:
    other_id = await actions.split_conversation(
        tx,
        conversation_id=conversation_id,
        message_ids=data.message_ids,
        by=actor,
        version=data.version,
    )
    return (await queries.rows(tx, [other_id], actor))[0]


@put(
    "/conversations/{conversation_id:uuid}/links/{other_id:uuid}",
    summary="Link two conversations",
    opt=needs("conversations.note"),
)
async def link(
    conversation_id: UUID, other_id: UUID, actor: Actor, tx: Transaction
) -> list[queries.RelatedConversation]:
    await actions.link_conversations(
        tx, conversation_id=conversation_id, other_id=other_id, by=actor
    )
    return await queries.related(tx, conversation_id, actor)


@delete(
    "/conversations/{conversation_id:uuid}/links/{other_id:uuid}",
    summary="Take a link of two conversations away",
    opt=needs("conversations.note"),
    status_code=200,
)
async def unlink(
    conversation_id: UUID, other_id: UUID, actor: Actor, tx: Transaction
) -> list[queries.RelatedConversation]:
    await actions.unlink_conversations(
        tx, conversation_id=conversation_id, other_id=other_id, by=actor
    )
    return await queries.related(tx, conversation_id, actor)


routes = [related, merge, part, split, link, unlink]
