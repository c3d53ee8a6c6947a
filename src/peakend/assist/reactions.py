"""When the digital agent acts by itself, and when a conversation is looked at."""

from typing import Any

from peakend.assist import actions
from peakend.assist.events import AnswerJudged, HandedOver, QuestionNotKnown
from peakend.conversations.events import (
    ConversationAssigned,
    ConversationClosed,
    ConversationQueued,
    ConversationReleased,
    ConversationReopened,
    MessageReceived,
)
from peakend.kernel.db import Transaction
from peakend.kernel.events import reacts_to
from peakend.routing.events import TargetBreached, TargetWarned, TransferRequested, WorkTaken


@reacts_to(MessageReceived, priority=3, where={"state": "digital"})
async def answer(tx: Transaction, fact: MessageReceived) -> None:
    """Answer where the digital agent has the conversation."""
    await actions.respond(
        tx,
        conversation_id=fact.conversation_id,
        message_id=fact.message_id,
        seq=fact.seq,
    )


# The words were weighed as they came in: ordinary messages make no job.
@reacts_to(MessageReceived, where={"tone": ...})
async def hear(tx: Transaction, fact: MessageReceived) -> None:
    """Look at a conversation in which words sound bad."""
    await actions.ask_for_look(tx, fact.conversation_id)


@reacts_to(ConversationReopened)
async def forget_tries(tx: Transaction, fact: ConversationReopened) -> None:
    """Start counting anew where the customer comes back to the digital agent."""
    if fact.state == "digital" and not fact.undo:
        await actions.forget_tries(tx, conversation_id=fact.conversation_id)


@reacts_to(QuestionNotKnown, AnswerJudged, HandedOver, TargetWarned, TargetBreached)
async def look(tx: Transaction, fact: Any) -> None:
    """Look at a conversation that may be going wrong."""
    await actions.ask_for_look(tx, fact.conversation_id)


@reacts_to(TransferRequested)
async def look_at_passed(tx: Transaction, fact: TransferRequested) -> None:
    """Look at a conversation that is passed on once more."""
    if fact.transfers > 1:
        await actions.ask_for_look(tx, fact.conversation_id)


@reacts_to(ConversationClosed, ConversationAssigned, ConversationQueued, ConversationReleased)
async def look_again(tx: Transaction, fact: Any) -> None:
    """Look again where something was wrong, and let nothing wait where its writer has gone."""
    await actions.look_again(tx, fact.conversation_id)
    await actions.end_left_approvals(tx, fact.conversation_id)


@reacts_to(WorkTaken)
async def remember_step_in(tx: Transaction, fact: WorkTaken) -> None:
    """Keep from whom a conversation was taken, so that it can be handed back."""
    await actions.remember_step_in(tx, fact)


@reacts_to(AnswerJudged)
async def notice_followed(tx: Transaction, fact: AnswerJudged) -> None:
    """Note where a customer did it by an article that an agent had told of."""
    if fact.solved and fact.article_id is not None:
        await actions.notice_followed(
            tx,
            customer_id=fact.customer_id,
            article_id=fact.article_id,
            conversation_id=fact.conversation_id,
        )
