"""Stepping in, and handing back to the one from whom a conversation was taken.

The surprise: taking over is routing's own `pick`, from wherever it is done; here it is only
remembered who had it before, as a reaction to `WorkTaken`.
"""

from uuid import UUID

from peakend.assist.actions.answering import respond
from peakend.assist.actions.memory import forget_tries, locked_session, remember
from peakend.assist.events import HandedBack, SteppedIn
from peakend.assist.models import StepIn
from peakend.assist.queries import step_in_of
from peakend.conversations import actions as conversations
from peakend.conversations import queries as timeline
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict
from peakend.kernel.events import record
from peakend.routing import actions as routing
from peakend.routing.events import WorkTaken

READ_BACK = 40
_REMEMBER = """
INSERT INTO step_in (leg_id, conversation_id, member_id, source, from_agent_id, at)
VALUES ($1, $2, $3, $4, $5, $6)
ON CONFLICT DO NOTHING
"""


class NothingToHandBack(Conflict):
    """It was not taken from anybody, or somebody else has it by now."""

    wording = "assist.nothing_to_hand_back"


async def remember_step_in(tx: Transaction, fact: WorkTaken) -> None:
    """Keep from whom a leg was taken; a doubled fact changes nothing."""
    if fact.source not in ("agent", "digital"):
        return
    new = await tx.run(
        _REMEMBER,
        fact.leg_id,
        fact.conversation_id,
        fact.agent_id,
        fact.source,
        fact.from_agent_id,
        tx.cause.occurred_at if tx.cause else tx.now,
    )
    if new:
        await record(
            tx,
            SteppedIn(
                conversation_id=fact.conversation_id,
                leg_id=fact.leg_id,
                agent_id=fact.agent_id,
                queue_id=fact.queue_id,
                source=fact.source,
                from_agent_id=fact.from_agent_id,
            ),
        )


async def hand_back(tx: Transaction, *, conversation_id: UUID, by: Actor) -> None:
    """Give a conversation back to the agent or the digital agent that it was taken from.

    Errors: ConversationNotFound, NothingToHandBack, AgentAway.
    """
    await timeline.need_conversation(tx, conversation_id, by)
    # The memory of the digital agent is locked before any leg, as in its own turns.
    session = await locked_session(tx, conversation_id)
    row = await timeline.need_conversation(tx, conversation_id, by)
    took = await step_in_of(tx, row.leg_id) if row.leg_id else None
    if took is None or row.agent_id is None or row.agent_id != by.id:
        raise NothingToHandBack
    if took.from_agent_id is not None:
        await routing.assign(
            tx, conversation_id=conversation_id, agent_id=took.from_agent_id, by=by
        )
    else:
        await routing.give_to_digital(tx, conversation_id=conversation_id, by=by)
        said = await timeline.transcript(tx, conversation_id, READ_BACK)
        answered = max((m.seq for m in said if m.kind in ("agent", "digital")), default=0)
        await forget_tries(tx, conversation_id=conversation_id)
        await remember(tx, session, seen_seq=max(answered, session.seen_seq))
    await _tell(tx, row.id, took, by)
    if took.from_agent_id is None:
        await _answer_what_waits(tx, conversation_id)


async def _tell(tx: Transaction, conversation_id: UUID, took: StepIn, by: Actor) -> None:
    assert by.id is not None
    if took.from_agent_id is None:
        # Where an agent gets it, routing has written its own line.
        await conversations.system_message(
            tx,
            conversation_id=conversation_id,
            code="staff_handed_back",
            params={"by_id": str(by.id)},
        )
    row = await timeline.need_conversation(tx, conversation_id, Actor.system(tx.organisation_id))
    await record(
        tx,
        HandedBack(
            conversation_id=conversation_id,
            leg_id=took.leg_id,
            agent_id=by.id,
            queue_id=row.queue_id,
            to="agent" if took.from_agent_id else "digital",
            to_agent_id=took.from_agent_id,
        ),
    )


async def _answer_what_waits(tx: Transaction, conversation_id: UUID) -> None:
    """Let the digital agent take its turn at once where the customer still waits for a word."""
    row = await timeline.need_conversation(tx, conversation_id, Actor.system(tx.organisation_id))
    if row.awaiting_since is None:
        return
    said = await timeline.transcript(tx, conversation_id, READ_BACK)
    last = next((m for m in reversed(said) if m.kind == "customer"), None)
    if last is not None:
        await respond(tx, conversation_id=conversation_id, message_id=last.id, seq=last.seq)
