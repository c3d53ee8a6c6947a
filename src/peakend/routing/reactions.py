"""What routing does when conversations, people or its own work change.

Every reaction reads the rows as they are now: late or doubled facts change nothing.
"""

from typing import Any

from peakend.accounts import queries as accounts
from peakend.accounts.events import (
    MemberCapacityChanged,
    MemberChanged,
    MemberDisabled,
    MemberJoined,
    MemberSkillsChanged,
    OrganisationCreated,
)
from peakend.conversations.events import (
    ConversationAbsorbed,
    ConversationAssigned,
    ConversationClosed,
    ConversationJoined,
    ConversationMoved,
    ConversationQueued,
    ConversationReleased,
    ConversationReopened,
    ConversationRestored,
    ConversationSnoozed,
    ConversationSplit,
    ConversationSplitOff,
    ConversationStarted,
    ConversationWoken,
    MessageRecalled,
    MessageReceived,
    PrioritySet,
    ReasonSet,
    ReplySent,
)
from peakend.customers.events import CustomerChanged
from peakend.kernel.db import Transaction
from peakend.kernel.events import reacts_to
from peakend.kernel.jobs import enqueue as enqueue_job
from peakend.routing import actions
from peakend.routing.events import (
    BusinessHoursChanged,
    OfferExpired,
    OfferRefused,
    OfferWithdrawn,
    PresenceChanged,
    QueueChanged,
    QueueOpened,
    ReplyPromised,
    SlaPolicyChanged,
    WorkAbandoned,
    WorkAnswered,
    WorkEnded,
    WorkQueued,
    WorkResumed,
)


@reacts_to(
    WorkQueued,
    # Who has answered looks at no offer any more, and may have room for the next.
    WorkAnswered,
    WorkEnded,
    WorkResumed,
    WorkAbandoned,
    OfferRefused,
    OfferExpired,
    OfferWithdrawn,
    PresenceChanged,
    QueueChanged,
    QueueOpened,
    MemberCapacityChanged,
    MemberChanged,
    MemberSkillsChanged,
    priority=1,
)
async def ask_for_match(tx: Transaction, fact: object) -> None:
    """Ask for one round of matching; a burst of facts asks for one round, too."""
    await enqueue_job(tx, "routing.match_queue", unique_key="match", priority=1)


@reacts_to(ConversationStarted, alone=True, priority=1)
async def let_wait_from_the_start(tx: Transaction, fact: ConversationStarted) -> None:
    """Queue a conversation that nobody digital speaks to."""
    if fact.state == "waiting" and tx.cause is not None:
        await actions.enqueue(
            tx, fact.conversation_id, fact.queue_id, entered_at=tx.cause.occurred_at
        )


@reacts_to(ConversationQueued, alone=True, priority=1)
async def let_wait(tx: Transaction, fact: ConversationQueued) -> None:
    """Queue a conversation that was handed to people without a leg."""
    if fact.leg_id is None and tx.cause is not None:
        await actions.enqueue(
            tx,
            fact.conversation_id,
            fact.queue_id,
            last_agent_id=fact.previous_agent_id,
            entered_at=tx.cause.occurred_at,
        )


@reacts_to(ConversationClosed, alone=True, priority=2)
async def end_leg(tx: Transaction, fact: ConversationClosed) -> None:
    """End the work of a conversation that is over."""
    assert tx.cause is not None
    await actions.end_with_conversation(
        tx,
        conversation_id=fact.conversation_id,
        by=fact.by,
        closed_at=tx.cause.occurred_at,
    )


@reacts_to(ConversationReopened, alone=True, priority=2)
async def take_up_again(tx: Transaction, fact: ConversationReopened) -> None:
    """Go on with the leg of an undone closing, with the agent who reopened, or in the queue."""
    if fact.undo and fact.leg_id is not None:
        await actions.resume(tx, conversation_id=fact.conversation_id, leg_id=fact.leg_id)
    elif fact.state == "serving" and fact.agent_id is not None:
        await actions.serve_reopened(
            tx,
            conversation_id=fact.conversation_id,
            agent_id=fact.agent_id,
            last_leg_id=fact.leg_id,
        )
    elif fact.state == "waiting" and tx.cause is not None:
        await actions.enqueue(
            tx,
            fact.conversation_id,
            fact.queue_id,
            last_agent_id=fact.last_agent_id,
            entered_at=tx.cause.occurred_at,
        )


@reacts_to(PrioritySet, alone=True, priority=2)
async def follow_priority(tx: Transaction, fact: PrioritySet) -> None:
    """Let what is more urgent now be offered earlier."""
    await actions.follow_priority(tx, conversation_id=fact.conversation_id)


@reacts_to(ConversationSnoozed, ConversationWoken, alone=True, priority=2)
async def follow_snooze(tx: Transaction, fact: ConversationSnoozed | ConversationWoken) -> None:
    """Give an agent room for others while a conversation is put aside."""
    await actions.follow_snooze(tx, conversation_id=fact.conversation_id)


# Nobody tells when a customer comes to the chat: what he writes there does.
@reacts_to(
    MessageReceived,
    alone=True,
    priority=1,
    where={"state": "waiting", "channel": "web", "first": False},
)
async def let_wait_on_the_line(tx: Transaction, fact: MessageReceived) -> None:
    """Let a customer wait on the line whose mail goes on in the chat."""
    await actions.come_on_line(tx, conversation_id=fact.conversation_id)


# Clocks are locked one by one: in a batch two workers could wait for each other.
# With the first message the conversation enters a queue, and that sets the clock.
@reacts_to(MessageReceived, alone=True, where={"turn": True, "first": False})
async def start_clock(tx: Transaction, fact: MessageReceived) -> None:
    """Promise an answer to a customer who wrote to people."""
    assert tx.cause is not None
    await actions.start_turn(tx, conversation_id=fact.conversation_id, at=tx.cause.occurred_at)


@reacts_to(ReplySent, alone=True, where={"waited_ms": ...})
async def stop_clock(tx: Transaction, fact: ReplySent) -> None:
    """Stop the clock with the answer, and say so if it came too late."""
    assert fact.waited_ms is not None
    assert tx.cause is not None
    await actions.end_turn(
        tx,
        conversation_id=fact.conversation_id,
        waited_ms=fact.waited_ms,
        until=tx.cause.occurred_at,
        replied=not fact.first,
    )


@reacts_to(MessageRecalled, alone=True, where={"kind": "agent"})
async def start_clock_again(tx: Transaction, fact: MessageRecalled) -> None:
    """Let the clock run again where the answer that stopped it was taken back."""
    await actions.follow_targets(tx, conversation_id=fact.conversation_id)


@reacts_to(ConversationClosed, alone=True)
async def end_clock(tx: Transaction, fact: ConversationClosed) -> None:
    """Stop the clock of what is over, answered or not."""
    if fact.waited_ms is None or fact.from_state == "digital" or tx.cause is None:
        await actions.follow_targets(tx, conversation_id=fact.conversation_id)
        return
    await actions.end_turn(
        tx,
        conversation_id=fact.conversation_id,
        waited_ms=fact.waited_ms,
        until=tx.cause.occurred_at,
    )


@reacts_to(ConversationSnoozed, ConversationWoken, alone=True)
async def pause_clock(tx: Transaction, fact: ConversationSnoozed | ConversationWoken) -> None:
    """Count no time while a conversation is put aside."""
    assert tx.cause is not None
    await actions.mark_pause(
        tx,
        conversation_id=fact.conversation_id,
        at=tx.cause.occurred_at,
        aside=isinstance(fact, ConversationSnoozed),
    )


@reacts_to(ReplyPromised, alone=True)
async def hold_to_promise(tx: Transaction, fact: ReplyPromised) -> None:
    """Let the clock run that the customer was told."""
    assert tx.cause is not None
    await actions.keep_promise(
        tx,
        conversation_id=fact.conversation_id,
        at=tx.cause.occurred_at,
        until=fact.promised_at,
    )


@reacts_to(
    ConversationQueued,
    ConversationAssigned,
    ConversationReleased,
    ConversationReopened,
    ReasonSet,
    alone=True,
)
async def set_clock_anew(tx: Transaction, fact: Any) -> None:
    """Let the promise of the new queue, or of the reason known now, hold."""
    await actions.follow_targets(tx, conversation_id=fact.conversation_id)


@reacts_to(ConversationMoved)
async def follow_customer(tx: Transaction, fact: ConversationMoved) -> None:
    """Remember who served whom, whichever customer that is now."""
    await actions.follow_customer(tx, conversation_id=fact.conversation_id)


@reacts_to(ConversationAbsorbed, alone=True, priority=2)
async def end_absorbed(tx: Transaction, fact: ConversationAbsorbed) -> None:
    """End the work of a conversation that goes on in another."""
    assert tx.cause is not None
    await actions.end_with_conversation(
        tx, conversation_id=fact.conversation_id, by="member", closed_at=tx.cause.occurred_at
    )


@reacts_to(ConversationRestored, alone=True, priority=2)
async def resume_restored(tx: Transaction, fact: ConversationRestored) -> None:
    """Go on with the work of a conversation whose merge was taken back."""
    if fact.leg_id is not None:
        await actions.resume(tx, conversation_id=fact.conversation_id, leg_id=fact.leg_id)


@reacts_to(ConversationSplitOff, alone=True, priority=2)
async def begin_split_off(tx: Transaction, fact: ConversationSplitOff) -> None:
    """Let another matter be work of its own: with the same agent, or in the queue."""
    if fact.agent_id is not None:
        await actions.serve_reopened(
            tx, conversation_id=fact.conversation_id, agent_id=fact.agent_id, last_leg_id=None
        )
    elif fact.state == "waiting" and tx.cause is not None:
        await actions.enqueue(
            tx, fact.conversation_id, fact.queue_id, entered_at=tx.cause.occurred_at
        )


@reacts_to(
    ConversationAbsorbed, ConversationJoined, ConversationRestored, ConversationSplit, alone=True
)
async def set_clock_of_joined(tx: Transaction, fact: Any) -> None:
    """Let the clock run for whoever still waits where the words went."""
    await actions.follow_targets(tx, conversation_id=fact.conversation_id)


@reacts_to(CustomerChanged, alone=True)
async def follow_tier(tx: Transaction, fact: CustomerChanged) -> None:
    """Let the promise of the customer's tier hold."""
    await actions.follow_tier(tx, customer_id=fact.customer_id)


@reacts_to(SlaPolicyChanged, BusinessHoursChanged, QueueChanged)
async def set_clocks_anew(tx: Transaction, fact: object) -> None:
    """Let what is promised now hold for every customer who waits."""
    if not isinstance(fact, QueueChanged) or fact.what == "updated":
        await enqueue_job(tx, "routing.follow_policies", unique_key="policies")


@reacts_to(OrganisationCreated, alone=True)
async def promise_from_the_start(tx: Transaction, fact: OrganisationCreated) -> None:
    """Let a new centre have promises that it can see and change."""
    await actions.add_first_policies(tx)


@reacts_to(OrganisationCreated, alone=True)
async def open_first_queue(tx: Transaction, fact: OrganisationCreated) -> None:
    """Let a new centre have a line that people can stand in."""
    await actions.open_first_queue(tx)


@reacts_to(MemberJoined, alone=True)
async def give_promised_queues(tx: Transaction, fact: MemberJoined) -> None:
    """Put a new member into the queues the invitation named, or into the only one."""
    if fact.invitation_id is None:
        return
    chosen = await accounts.invited_queue_ids(tx, fact.invitation_id)
    if chosen:
        await actions.join_queues(tx, member_id=fact.member_id, queue_ids=chosen)
    else:
        await actions.join_only_queue(tx, member_id=fact.member_id)


@reacts_to(MemberDisabled, alone=True)
async def send_home(tx: Transaction, fact: MemberDisabled) -> None:
    """Take a member off the desk who may not sign in any more."""
    await actions.set_presence(tx, member_id=fact.member_id, state="offline")
