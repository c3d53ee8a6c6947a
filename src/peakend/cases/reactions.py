"""What cases hear of conversations, and of what happens to themselves."""

from peakend.cases import actions
from peakend.cases.events import CaseClosed, StepReady
from peakend.conversations.events import MessageReceived, ReasonSet
from peakend.kernel.db import Transaction
from peakend.kernel.events import reacts_to
from peakend.routing.events import ReplyPromised, WorkAbandoned


# The words were weighed as they came in: ordinary messages make no job.
@reacts_to(MessageReceived, where={"urges": True})
async def hear_urge(tx: Transaction, fact: MessageReceived) -> None:
    """Take words that ask for speed for an urge of the case that they belong to."""
    await actions.hear_urge(tx, conversation_id=fact.conversation_id, message_id=fact.message_id)


@reacts_to(ReasonSet, where={"reason_id": ...})
async def recognise_repeat(tx: Transaction, fact: ReasonSet) -> None:
    """Know a customer who comes again with the same matter."""
    await actions.recognise_repeat(tx, conversation_id=fact.conversation_id)


@reacts_to(CaseClosed)
async def end_steps(tx: Transaction, fact: CaseClosed) -> None:
    """Do without what is left of a closed case."""
    await actions.end_steps(tx, case_id=fact.case_id)


@reacts_to(StepReady, where={"who": "department"})
async def tell_department(tx: Transaction, fact: StepReady) -> None:
    """Send a department that a step waits for it."""
    await actions.tell_department(tx, step_id=fact.step_id)


@reacts_to(ReplyPromised)
async def promise_answer(tx: Transaction, fact: ReplyPromised) -> None:
    """Put down what a customer was told whose transfer nobody took."""
    await actions.promise_answer(
        tx,
        from_leg_id=fact.from_leg_id,
        conversation_id=fact.conversation_id,
        owner_id=fact.owner_id,
        due_at=fact.promised_at,
    )


@reacts_to(WorkAbandoned)
async def remedy_abandoned(tx: Transaction, fact: WorkAbandoned) -> None:
    """Promise a call-back to who left while his transfer waited."""
    await actions.remedy_abandoned(tx, leg_id=fact.leg_id)
