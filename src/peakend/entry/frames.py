"""Frames: what a batch of facts means for each who listens.

What is pushed is the fresh state of everything the batch touched, so a client that replaces rows
by id has the same state as one that has just loaded.
"""

from typing import Any
from uuid import UUID

import msgspec

from peakend.conversations import queries as conversations
from peakend.kernel.actors import Actor
from peakend.kernel.live import Cursor, Logged


def encoded(frame: Any) -> str:
    """Return a frame as the text of a WebSocket message."""
    return msgspec.json.encode(frame).decode()


class Frame(msgspec.Struct, frozen=True, kw_only=True):
    """What a batch of facts means for those who may see all of it."""

    t: str = "facts"
    cursor: str
    facts: list[dict[str, Any]]
    conversations: list[Any]
    messages: list[Any]
    gone: list[UUID]

    @property
    def says_something(self) -> bool:
        """Say whether there is more in it than a place in the log."""
        return bool(self.facts or self.conversations or self.messages or self.gone)


class Batch(msgspec.Struct):
    """Facts of one organisation with the rows that they touched, fresh, in every language heard."""

    facts: list[Logged]
    worded: dict[str, dict[UUID, Any]]
    messages: list[Any]
    cursor: Cursor

    @property
    def rows(self) -> dict[UUID, Any]:
        """Return the rows for what does not depend on the language."""
        return next(iter(self.worded.values()))

    def rows_in(self, language: str) -> dict[UUID, Any]:
        """Return the rows in a language; one that nobody had spoken yet is followed by a resync."""
        return self.worded.get(language, self.rows)

    def after(self, place: Cursor) -> "Batch":
        """Return the part of it that comes after a place in the log."""
        facts = [fact for fact in self.facts if fact.cursor > place]
        told = {fact.payload.get("message_id") for fact in facts}
        messages = [message for message in self.messages if str(message.id) in told]
        return Batch(facts, self.worded, messages, self.cursor)


def bare_frame(cursor: Cursor) -> str:
    """Return the frame that only says how far the log was read."""
    return encoded(Frame(cursor=str(cursor), facts=[], conversations=[], messages=[], gone=[]))


def named(batch: Batch) -> set[UUID]:
    """Return the members whom a batch is about."""
    held = {row.agent_id for row in batch.rows.values()}
    acted = {fact.agent_id for fact in batch.facts}
    left = {
        UUID(fact.payload["previous_agent_id"])
        for fact in batch.facts
        if fact.payload.get("previous_agent_id")
    }
    # Who is asked beside a conversation need not see the conversation itself.
    asked = {UUID(one) for fact in batch.facts for one in fact.payload.get("member_ids", ())}
    return {one for one in held | acted | left | asked if one is not None}


def frame_for(actor: Actor, batch: Batch) -> Frame:
    """Return what an actor may see of a batch."""
    rows = batch.rows_in(actor.language)
    seen = {i for i, row in rows.items() if conversations.visible(actor, row)}
    # Who sees a conversation sees the card of its customer, too, and hears when that changes.
    served = {rows[i].customer.id for i in seen}
    gone = [
        fact.conversation_id
        for fact in batch.facts
        if fact.type == "ConversationRemoved"
        or (
            (fact.conversation_id in rows and fact.conversation_id not in seen)
            and _left(actor, fact)
        )
    ]
    facts = [
        _public(fact)
        for fact in batch.facts
        if fact.conversation_id in seen
        or (actor.id is not None and fact.agent_id == actor.id)
        or (actor.id is not None and str(actor.id) in fact.payload.get("member_ids", ()))
        or (fact.conversation_id is None and (_concerns(actor, fact) or fact.customer_id in served))
    ]
    return Frame(
        cursor=str(batch.cursor),
        facts=facts,
        conversations=[conversations.named_for(actor, rows[i]) for i in seen],
        messages=[m for m in batch.messages if m.conversation_id in seen],
        gone=list(dict.fromkeys(i for i in gone if i is not None)),
    )


def _left(actor: Actor, fact: Logged) -> bool:
    """Say whether a fact took a conversation out of an actor's sight."""
    before = fact.payload.get("previous_agent_id"), fact.agent_id
    if str(actor.id) in map(str, before):
        return True
    queues = actor.seen_queues
    previous_queue = fact.payload.get("previous_queue_id")
    if previous_queue and UUID(previous_queue) in queues:
        return True
    return fact.queue_id in queues if fact.queue_id else False


def _concerns(actor: Actor, fact: Logged) -> bool:
    """Say whether a fact without a conversation may be shown: floor facts are for all members."""
    return actor.scope == "all" or fact.type in FLOOR_FACTS


# These change what rows say of their customer.
CUSTOMER_FACTS = frozenset(
    {"CustomerChanged", "CustomerIdentified", "CustomersMerged", "IdentityAdded"}
)
# After these a visitor may be another customer.
VISITOR_FACTS = frozenset({"CustomersMerged", "CustomersParted"})
# These change messages that a visitor has been sent already: all, or from one on.
WHOLE_FACTS = frozenset({"AnswerJudged"})
CHANGING_FACTS = frozenset({"MessageRecalled", "MessageReacted", "MessageFilesScanned"})
# These change names in any number of rows: whoever shows rows loads them anew.
NAMING_FACTS = frozenset(
    {"TagsChanged", "MemberChanged", "ChannelChanged", "ContactReasonsPublished"}
)
FLOOR_FACTS = frozenset(
    {
        "PresenceChanged",
        "MemberCapacityChanged",
        "MemberSkillsChanged",
        "QueueOpened",
        "QueueClosed",
        "ViewChanged",
        "FieldChanged",
        "FieldRolesChanged",
        "DirectoryEntryChanged",
        "DirectoryEntryVerified",
        "DirectoryEntryDue",
    }
)


def _public(fact: Logged) -> dict[str, Any]:
    return {
        "id": fact.id,
        "type": fact.type,
        "at": fact.occurred_at,
        "conversation_id": fact.conversation_id,
        "case_id": fact.case_id,
        "leg_id": fact.leg_id,
        "agent_id": fact.agent_id,
        "queue_id": fact.queue_id,
        "customer_id": fact.customer_id,
        "actor": fact.actor,
        "payload": fact.payload,
    }
