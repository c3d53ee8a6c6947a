"""When customers are asked."""

from peakend.conversations.events import (
    ConversationClosed,
    ConversationMoved,
    ConversationReopened,
)
from peakend.feedback import actions
from peakend.kernel.db import Transaction
from peakend.kernel.events import reacts_to


@reacts_to(ConversationClosed)
async def invite(tx: Transaction, fact: ConversationClosed) -> None:
    """Ask how it went."""
    await actions.invite(tx, fact=fact)


@reacts_to(ConversationMoved)
async def follow_customer(tx: Transaction, fact: ConversationMoved) -> None:
    """Ask whom the conversation belongs to now."""
    await actions.follow_customer(tx, conversation_id=fact.conversation_id)


@reacts_to(ConversationReopened)
async def withdraw(tx: Transaction, fact: ConversationReopened) -> None:
    """Do not ask about what is not over."""
    await actions.withdraw(tx, conversation_id=fact.conversation_id)
