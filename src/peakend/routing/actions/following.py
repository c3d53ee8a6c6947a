"""What work follows of its conversation: how urgent it is, and whether it is put aside."""

from uuid import UUID

from peakend.conversations.queries.access import need_conversation
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.jobs import enqueue as enqueue_job
from peakend.routing.actions.presence import lock_presence
from peakend.routing.models import WorkItem
from peakend.routing.queries.work import active_leg
from peakend.routing.rules.choice import POINTS

_RAISE = """
UPDATE work_item SET priority = priority - raised + $2, raised = $2
WHERE organisation_id = current_organisation() AND id = $1 AND raised <> $2
"""
_ASIDE = """
UPDATE work_item SET aside = $2
WHERE organisation_id = current_organisation()
  AND id = $1 AND state = 'serving' AND aside <> $2
"""


async def follow_priority(tx: Transaction, *, conversation_id: UUID) -> None:
    """Give waiting work the urgency that its conversation has now, and look whom it suits."""
    leg = await _locked(tx, conversation_id)
    if leg is None:
        return
    system = Actor.system(tx.organisation_id)
    conversation = await need_conversation(tx, conversation_id, system)
    if await tx.run(_RAISE, leg.id, POINTS[conversation.priority]) and leg.state == "waiting":
        await enqueue_job(tx, "routing.match_queue", unique_key="match", priority=1)


async def follow_snooze(tx: Transaction, *, conversation_id: UUID) -> None:
    """Let work that is put aside weigh nothing, and weigh again when it is taken up."""
    leg = await _locked(tx, conversation_id)
    if leg is None:
        return
    system = Actor.system(tx.organisation_id)
    conversation = await need_conversation(tx, conversation_id, system)
    aside = conversation.snoozed_until is not None
    if await tx.run(_ASIDE, leg.id, aside) and aside:
        await enqueue_job(tx, "routing.match_queue", unique_key="match", priority=1)


async def _locked(tx: Transaction, conversation_id: UUID) -> WorkItem | None:
    """Return the leg that a conversation stands in, locked after the presence of its people."""
    seen = await active_leg(tx, conversation_id)
    if seen is None:
        return None
    await lock_presence(tx, [who for who in (seen.agent_id, seen.offered_to) if who is not None])
    return await active_leg(tx, conversation_id, lock=True)


async def follow_customer(tx: Transaction, *, conversation_id: UUID) -> None:
    """Keep work with whom its conversation belongs to now."""
    row = await need_conversation(tx, conversation_id, Actor.system(tx.organisation_id))
    await tx.run(
        "UPDATE work_item SET customer_id = $2"
        " WHERE organisation_id = current_organisation() AND conversation_id = $1",
        conversation_id,
        row.customer_id,
    )
