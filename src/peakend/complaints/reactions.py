"""What complaints do when something happens below."""

from peakend.complaints import actions
from peakend.complaints.events import ComplaintConfirmed, ComplaintFiled, WaitEnded
from peakend.conversations.events import ChoiceMade, ConversationMoved, MessageReceived
from peakend.kernel.db import Transaction
from peakend.kernel.events import reacts_to
from peakend.routing.events import (
    WorkAbandoned,
    WorkAnswered,
    WorkEnded,
    WorkQueued,
    WorkResumed,
)


@reacts_to(WorkQueued, where={"live": True})
async def begin_wait(tx: Transaction, fact: WorkQueued) -> None:
    """Write down that a customer waits in a line."""
    told = (fact.told_low_s, fact.told_high_s)
    await actions.keep_wait(tx, leg_id=fact.leg_id, told=told)


@reacts_to(WorkAnswered, WorkAbandoned, WorkEnded, where={"live": True})
async def end_wait(tx: Transaction, fact: WorkAnswered | WorkAbandoned | WorkEnded) -> None:
    """Write down until when a customer waited."""
    await actions.keep_wait(tx, leg_id=fact.leg_id)


@reacts_to(WorkResumed)
async def go_on_waiting(tx: Transaction, fact: WorkResumed) -> None:
    """Let a wait go on whose end was undone."""
    await actions.keep_wait(tx, leg_id=fact.leg_id)


@reacts_to(WaitEnded, where={"over": True})
async def make_good_wait(tx: Transaction, fact: WaitEnded) -> None:
    """Give what is owed to who waited longer than was promised, and tell it."""
    await actions.settle_wait(tx, wait_id=fact.wait_id)


@reacts_to(ConversationMoved)
async def follow_waiting_customer(tx: Transaction, fact: ConversationMoved) -> None:
    """Keep waits with whom their conversation belongs to now."""
    await actions.follow_customer(tx, conversation_id=fact.conversation_id)


@reacts_to(MessageReceived, priority=4, where={"state": "digital"})
async def hear_complaint(tx: Transaction, fact: MessageReceived) -> None:
    """Give what amounts to a complaint to people."""
    await actions.hear(tx, conversation_id=fact.conversation_id)


@reacts_to(ChoiceMade, where={"shape": "quick"})
async def take_answer(tx: Transaction, fact: ChoiceMade) -> None:
    """Grant what the customer accepted by a tap, or drop what he did not want."""
    await actions.answered(tx, message_id=fact.message_id, choice=fact.choice)


@reacts_to(ComplaintFiled, ComplaintConfirmed, where={"tier": "extreme"})
async def meet_extreme_complaint(
    tx: Transaction, fact: ComplaintFiled | ComplaintConfirmed
) -> None:
    """Open a crisis file for what a person found to be extreme, or let it join one."""
    await actions.meet_extreme(tx, complaint_id=fact.complaint_id)
