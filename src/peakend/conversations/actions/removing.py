"""Taking whole conversations away: only for what nobody needs to know of any more, a sample.

Facts stay in the log, so what was counted stays counted.
"""

from uuid import UUID

from peakend.conversations.events import ConversationRemoved
from peakend.conversations.queries.access import need_conversation
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.events import record

# What goes with the conversation's row goes by its keys.
_TABLES = ("draft", "conversation_tag", "message")


async def remove_conversations(tx: Transaction, *, ids: list[UUID]) -> int:
    """Remove conversations with everything in them; return how many. Errors: ConversationNotFound.

    One with a recalled message cannot go: that stays on record.
    """
    system = Actor.system(tx.organisation_id)
    for one in ids:
        row = await need_conversation(tx, one, system)
        for table in _TABLES:
            await tx.run(
                f"DELETE FROM {table} WHERE organisation_id = current_organisation()"  # noqa: S608 (names of tables of our own)
                " AND conversation_id = $1",
                one,
            )
        await tx.run(
            "DELETE FROM conversation WHERE organisation_id = current_organisation() AND id = $1",
            one,
        )
        await record(
            tx,
            ConversationRemoved(
                conversation_id=one, customer_id=row.customer_id, channel=row.channel_kind
            ),
        )
    return len(ids)
