"""Several open conversations of a customer on one channel: the panel shows the one in front.

The customer's words go into what the panel shows; who answers beside it brings that forward, so
that the customer sees the answer and answers there.
"""

from uuid import UUID

import msgspec

from peakend.conversations.events import ConversationFronted
from peakend.kernel.db import Transaction
from peakend.kernel.events import record

# In the order of ids, so that two agents who answer at once wait and do not stop each other.
_LOCK = """
SELECT o.id, o.customer_id, o.channel_kind AS channel, o.beside
FROM conversation c
JOIN conversation o
    ON o.organisation_id = c.organisation_id AND o.customer_id = c.customer_id
    AND o.channel_id = c.channel_id AND o.state <> 'closed'
WHERE c.organisation_id = current_organisation() AND c.id = $1
ORDER BY o.id
FOR NO KEY UPDATE OF o
"""
_BESIDE = """
UPDATE conversation SET beside = $2
WHERE organisation_id = current_organisation() AND id = $1
"""


class _Open(msgspec.Struct, frozen=True):
    id: UUID
    customer_id: UUID
    channel: str
    beside: bool


async def bring_forward(tx: Transaction, conversation_id: UUID) -> None:
    """Let the customer's panel show this one of the open conversations."""
    found = {one.id: one for one in await tx.all(_Open, _LOCK, conversation_id)}
    one = found.get(conversation_id)
    if one is None or not one.beside:
        return
    former = next((other for other in found.values() if not other.beside), None)
    if former is not None:
        await tx.run(_BESIDE, former.id, True)
    await tx.run(_BESIDE, conversation_id, False)
    await record(
        tx,
        ConversationFronted(
            conversation_id=conversation_id,
            customer_id=one.customer_id,
            channel=one.channel,
            former_id=former.id if former else None,
        ),
    )
