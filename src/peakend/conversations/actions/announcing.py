"""The house tells a customer something by itself: words of a rule, whoever serves him."""

from uuid import UUID

from peakend.conversations.actions.posting import NewMessage, Said, checked_text, post
from peakend.conversations.actions.replying import ANY
from peakend.conversations.events import SystemMessageAdded
from peakend.conversations.models import MessageRecord
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction


async def announce(
    tx: Transaction,
    *,
    conversation_id: UUID,
    text: str,
    code: str,
    client_id: UUID,
    line: bool = False,
) -> tuple[MessageRecord, bool]:
    """Say something to the customer once for each `client_id`, also in a closed conversation.

    The second says whether it was new. It answers nobody: clocks and first answers stay as they
    are. `line` is a short one in the middle, whose address could not be opened.

    Errors: ConversationNotFound, EmptyMessage, TextTooLong.
    """
    message = NewMessage(
        kind="system" if line else "digital",
        text=checked_text(text, may_be_empty=False),
        author_kind="system" if line else "digital_agent",
        author_id=None,
        client_id=client_id,
        code=code if line else None,
    )
    by = Actor.system(tx.organisation_id)
    said = Said(SystemMessageAdded, {"code": code})
    kept, posted = await post(tx, conversation_id, message, said, states=ANY, by=by)
    return kept, posted is not None
