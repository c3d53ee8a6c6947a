"""What cases hear of conversations."""

from peakend.cases import actions
from peakend.conversations.events import MessageReceived, ReasonSet
from peakend.kernel.db import Transaction
from peakend.kernel.events import reacts_to


# The words were weighed as they came in: ordinary messages make no job.
@reacts_to(MessageReceived, where={"urges": True})
async def hear_urge(tx: Transaction, fact: MessageReceived) -> None:
    """Take words that ask for speed for an urge of the case that they belong to."""
    await actions.hear_urge(tx, conversation_id=fact.conversation_id, message_id=fact.message_id)


@reacts_to(ReasonSet, where={"reason_id": ...})
async def recognise_repeat(tx: Transaction, fact: ReasonSet) -> None:
    """Know a customer who comes again with the same matter."""
    await actions.recognise_repeat(tx, conversation_id=fact.conversation_id)
