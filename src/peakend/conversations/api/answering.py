"""Routes of answers by mail: what one begins with, taking it back, trying it anew."""

from uuid import UUID

from litestar import get, post

from peakend.conversations import actions, queries
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.permissions import needs


@get(
    "/conversations/{conversation_id:uuid}/answering",
    summary="What an answer by mail begins with",
    opt=needs("conversations.reply"),
)
async def answering(conversation_id: UUID, actor: Actor, tx: Transaction) -> queries.Answering:
    return await queries.answering(tx, conversation_id, actor)


@post(
    "/conversations/{conversation_id:uuid}/messages/{message_id:uuid}/mail/undo",
    summary="Take a mail back that nobody has handed over yet",
    opt=needs("conversations.reply"),
    status_code=200,
)
async def undo_mail(
    conversation_id: UUID, message_id: UUID, actor: Actor, tx: Transaction
) -> actions.Undone:
    return await actions.undo_mail(
        tx, conversation_id=conversation_id, message_id=message_id, by=actor
    )


@post(
    "/conversations/{conversation_id:uuid}/messages/{message_id:uuid}/mail/retry",
    summary="Try a mail anew that was given up",
    opt=needs("conversations.reply"),
    status_code=200,
)
async def retry_mail(
    conversation_id: UUID, message_id: UUID, actor: Actor, tx: Transaction
) -> queries.Message:
    await actions.retry_mail(tx, conversation_id=conversation_id, message_id=message_id, by=actor)
    return (await queries.messages_by_id(tx, [message_id]))[0]


routes = [answering, undo_mail, retry_mail]
