"""Whether a message may be quoted; asked only for messages that quote one."""

from uuid import UUID

from peakend.conversations.queries.access import visible
from peakend.conversations.queries.quotes import MessageNotFound, need_message, quoted
from peakend.conversations.rules.talking import may_quote
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid


class MessageIsGone(Conflict):
    """The message was taken back."""

    wording = "conversations.message_is_gone"


class NotQuotable(Invalid):
    """What is internal, or of another conversation, does not go to a customer."""

    wording = "conversations.not_quotable"


async def check_quotable(
    tx: Transaction, message_id: UUID, *, into: str, conversation_id: UUID, by: Actor
) -> None:
    """Refuse what a member may not quote. Errors: MessageNotFound, MessageIsGone, NotQuotable."""
    found = await need_message(tx, message_id)
    if not visible(by, found):
        raise MessageNotFound
    if not may_quote(found.kind, into=into, here=found.conversation_id == conversation_id):
        raise NotQuotable
    if found.recalled:
        raise MessageIsGone


async def customer_may_quote(tx: Transaction, message_id: UUID, customer_id: UUID) -> bool:
    """Say whether a customer may quote a message; without its quote a message is still taken."""
    found = (await quoted(tx, [message_id])).get(message_id)
    if found is None or found.customer_id != customer_id or found.recalled:
        return False
    return may_quote(found.kind, into="customer", here=True)
