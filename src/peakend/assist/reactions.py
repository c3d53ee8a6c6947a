"""When the digital agent acts by itself."""

from peakend.assist import actions
from peakend.conversations.events import ConversationReopened, MessageReceived
from peakend.kernel.db import Transaction
from peakend.kernel.events import reacts_to


@reacts_to(MessageReceived, priority=3, where={"state": "digital"})
async def answer(tx: Transaction, fact: MessageReceived) -> None:
    """Answer where the digital agent has the conversation."""
    await actions.respond(
        tx,
        conversation_id=fact.conversation_id,
        message_id=fact.message_id,
        seq=fact.seq,
    )


@reacts_to(ConversationReopened)
async def forget_tries(tx: Transaction, fact: ConversationReopened) -> None:
    """Start counting anew where the customer comes back to the digital agent."""
    if fact.state == "digital" and not fact.undo:
        await actions.forget_tries(tx, conversation_id=fact.conversation_id)
