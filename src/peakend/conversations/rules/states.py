"""The states of a conversation and who may see it.

digital: the digital agent speaks. waiting: for a person. serving: a person holds it. closed: over.
"""

from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import msgspec

from peakend.kernel.actors import Actor

State = Literal["digital", "waiting", "serving", "closed"]
Kind = Literal["customer", "agent", "digital", "note", "system"]
AuthorKind = Literal["customer", "member", "digital_agent", "system"]
Arrival = Literal["sent", "delivered", "read"]
Priority = Literal["low", "normal", "high", "urgent"]
Target = Literal["first_reply", "next_reply", "resolve", "promised"]

# From a state to those it may go to; staying is allowed for a change of queue or of agent.
MOVES: dict[str, frozenset[str]] = {
    "digital": frozenset({"digital", "waiting", "serving", "closed"}),
    "waiting": frozenset({"waiting", "serving", "digital", "closed"}),
    "serving": frozenset({"serving", "waiting", "digital", "closed"}),
    "closed": frozenset({"digital", "waiting", "serving"}),
}

UNDO_WITHIN = timedelta(seconds=8)
UNDO_MERGE_WITHIN = timedelta(minutes=30)
# A request made at the last moment travels for a while.
UNDO_GRACE = timedelta(seconds=4)
GOES_ON_WITHIN = timedelta(minutes=30)


class Due(msgspec.Struct, frozen=True):
    """By when which target is owed to the customer, and when a quarter of the time is left."""

    target: Target
    due_at: datetime
    warn_at: datetime


def clock_runs(state: str, awaiting_since: datetime | None, snoozed_until: datetime | None) -> bool:
    """Say whether the customer waits for people; put aside, answered or over, no clock runs."""
    waits = awaiting_since is not None and snoozed_until is None
    return waits and state in ("waiting", "serving")


def may_move(from_state: str, to_state: str) -> bool:
    """Say whether a conversation may go from one state to another."""
    return to_state in MOVES.get(from_state, frozenset())


def first_state(*, digital: bool) -> State:
    """Return the state in which a conversation starts."""
    return "digital" if digital else "waiting"


def reopened_state(*, by_agent: bool, had_agent: bool, digital: bool) -> State:
    """Return where a conversation goes on: with the agent who reopens it, or as it was before."""
    if by_agent:
        return "serving"
    return "digital" if digital and not had_agent else "waiting"


def goes_on(closed_at: datetime | None, now: datetime) -> bool:
    """Say whether a customer's message continues what was closed, instead of starting anew."""
    return closed_at is not None and timedelta(0) <= now - closed_at <= GOES_ON_WITHIN


def may_undo(
    closed_at: datetime | None, now: datetime, within: timedelta = UNDO_WITHIN + UNDO_GRACE
) -> bool:
    """Say whether a closing may still be taken back as if it never was."""
    return closed_at is not None and now - closed_at <= within


def may_see(
    actor: Actor,
    *,
    agent_id: UUID | None,
    queue_id: UUID | None,
    customer_id: UUID,
    brand_id: UUID | None,
) -> bool:
    """Say whether a conversation exists for this actor."""
    if actor.kind == "visitor":
        return actor.customer_id is not None and customer_id == actor.customer_id
    if actor.sees_all:
        return True
    if agent_id is not None and agent_id == actor.id:
        return True
    if brand_id is not None and brand_id in actor.seen_brand_ids:
        return True
    return actor.scope == "queue" and queue_id is not None and queue_id in actor.queue_ids


def leads(actor: Actor) -> bool:
    """Say whether the actor may act in what somebody else holds, as far as he sees it."""
    return actor.kind != "member" or actor.may("conversations.take_over")


# Lines about how the house works among itself.
STAFF_CODES = frozenset({"transfer_returned", "left_while_waiting"})


def customer_may_read(kind: str, code: str | None) -> bool:
    """Say whether a message is for the customer too: no notes, no lines for staff only."""
    if kind == "system":
        return code not in STAFF_CODES and not (code or "").startswith("staff_")
    return kind != "note"


def message_state(kind: str, seq: int, *, read: int, delivered: int, agent_read: int) -> Arrival:
    """Return sent, delivered or read, as the other side's marks say."""
    if kind == "customer":
        return "read" if seq <= agent_read else "delivered"
    if seq <= read:
        return "read"
    return "delivered" if seq <= delivered else "sent"
