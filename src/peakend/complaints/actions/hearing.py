"""What is heard in a conversation: a hard complaint does not stay with a machine."""

from uuid import UUID

from peakend.assist import actions as assist
from peakend.complaints import queries
from peakend.complaints.actions.filing import raise_conversation
from peakend.complaints.events import HardComplaintHeard
from peakend.complaints.rules.recognising import only_reported
from peakend.conversations import queries as conversations
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.events import record


async def hear(tx: Transaction, *, conversation_id: UUID) -> None:
    """Give a conversation to people where the customer complains, and make it more urgent.

    A smell or a leak that is only reported is answered first. Once: what people
    have already is left to them.
    """
    system = Actor.system(tx.organisation_id)
    row = await conversations.need_conversation(tx, conversation_id, system)
    if row.state != "digital":
        return
    found = await queries.judged(tx, row)
    if not found.hard or only_reported(found):
        return
    handed = await assist.hand_over(tx, conversation_id=conversation_id, by=system, why="complaint")
    await raise_conversation(tx, conversation_id, found.tier)
    await record(
        tx,
        HardComplaintHeard(
            conversation_id=conversation_id,
            customer_id=row.customer_id,
            tier=found.tier,
            kind=found.kind,
            severity=found.severity,
            why=tuple(one.code for one in found.why),
            handed_over=handed,
        ),
    )
