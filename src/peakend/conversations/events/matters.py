"""Facts of conversations merged, split, linked, and moved with their customers."""

from dataclasses import dataclass
from uuid import UUID

from peakend.conversations.events.timeline import _OfConversation, _OfHolding
from peakend.kernel.events import Fact


@dataclass(frozen=True, kw_only=True)
class ConversationMoved(_OfConversation):
    """It belongs to another customer now, because two were merged, or parted again."""

    former_customer_id: UUID
    merge_id: UUID


@dataclass(frozen=True, kw_only=True)
class ConversationFronted(_OfConversation):
    """The customer's panel shows this one of several open conversations from now on."""

    former_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class _OfMatter(_OfHolding, abstract=True):
    other_id: UUID
    agent_id: UUID | None
    state: str
    messages: int


@dataclass(frozen=True, kw_only=True)
class ConversationAbsorbed(_OfMatter):
    """It is over: it goes on in `other_id` with its messages, and nobody is asked how it was."""

    merge_id: UUID


@dataclass(frozen=True, kw_only=True)
class ConversationJoined(_OfMatter):
    """The messages of another one came in, or left again where `messages` is negative."""

    merge_id: UUID


@dataclass(frozen=True, kw_only=True)
class ConversationRestored(_OfMatter):
    """A merge was taken back: it is as it was, with its leg."""

    merge_id: UUID


@dataclass(frozen=True, kw_only=True)
class ConversationSplit(_OfMatter):
    """Messages about another matter left for a conversation of their own."""


@dataclass(frozen=True, kw_only=True)
class ConversationSplitOff(_OfMatter):
    """It began with messages of another conversation of the same customer."""


@dataclass(frozen=True, kw_only=True)
class ConversationsLinked(Fact):
    """Two conversations belong together, says a member; `linked` is false where no longer."""

    conversation_id: UUID
    other_id: UUID
    linked: bool


@dataclass(frozen=True, kw_only=True)
class ConversationRemoved(_OfConversation):
    """It was taken away whole, as a sample is; what was counted of it stays counted."""


@dataclass(frozen=True, kw_only=True)
class ConversationCleared(_OfConversation):
    """Its messages were removed: `why` is erasure or retention; numbers and states stay."""

    messages: int
    why: str
