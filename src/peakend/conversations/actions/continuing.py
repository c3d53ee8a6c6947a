"""A conversation goes on in the chat: the one that began by mail, or another that stood beside.

It moves to the chat's channel, so that the panel shows it and what is written there goes into it;
its mails still find it by what they answer.
"""

from uuid import UUID

import msgspec

from peakend.conversations.actions.fronting import bring_forward
from peakend.conversations.queries.access import ConversationNotFound, need_conversation
from peakend.conversations.queries.continuing import own_conversations
from peakend.customers.queries import current_customer
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction

# Beside until it is brought forward: a channel has one in front.
_MOVE = """
UPDATE conversation SET channel_id = $2, beside = true, version = version + 1
WHERE organisation_id = current_organisation() AND id = $1 AND channel_id <> $2
"""


async def go_on_in_chat(tx: Transaction, *, conversation_id: UUID, by: Actor) -> None:
    """Let a visitor's chat show a conversation of his; doing it twice changes nothing.

    Errors: ConversationNotFound where it is none of his, or he has not shown who he is.
    """
    assert by.customer_id is not None
    assert by.channel_id is not None
    customer_id = await current_customer(tx, by.customer_id, hold=True)
    by = msgspec.structs.replace(by, customer_id=customer_id)
    row = await need_conversation(tx, conversation_id, by, lock=True)
    if row.state != "closed" and row.channel_id == by.channel_id and not row.beside:
        return
    if not await own_conversations(tx, by, conversation_id):
        raise ConversationNotFound
    await tx.run(_MOVE, conversation_id, by.channel_id)
    await bring_forward(tx, conversation_id)
