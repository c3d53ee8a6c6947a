"""Routes of spam: a conversation by mail ends as such, or goes on after all."""

from typing import Any
from uuid import UUID

from litestar import delete, put
from msgspec import Struct

from peakend.conversations import actions, queries
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.permissions import needs


class Spam(Struct, forbid_unknown_fields=True):
    """That a conversation is spam; with `blocks` its sender is not heard again."""

    blocks: bool = False
    version: int | None = None


@put(
    "/conversations/{conversation_id:uuid}/spam",
    summary="End a conversation as spam",
    opt=needs("conversations.close"),
)
async def mark_spam(
    conversation_id: UUID, data: Spam, actor: Actor, tx: Transaction
) -> queries.ConversationRow:
    await actions.mark_spam(
        tx, conversation_id=conversation_id, by=actor, blocks=data.blocks, version=data.version
    )
    return (await queries.rows(tx, [conversation_id], None))[0]


@delete(
    "/conversations/{conversation_id:uuid}/spam",
    summary="Let a conversation go on that is no spam",
    opt=needs("conversations.close"),
    status_code=200,
)
async def unmark_spam(
    conversation_id: UUID, actor: Actor, tx: Transaction
) -> queries.ConversationRow:
    await actions.unmark_spam(tx, conversation_id=conversation_id, by=actor)
    return (await queries.rows(tx, [conversation_id], None))[0]


routes: list[Any] = [mark_spam, unmark_spam]
