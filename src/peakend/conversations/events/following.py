"""Facts of what a person keeps an eye on; `agent_id` is that person."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from peakend.kernel.events import Fact


@dataclass(frozen=True, kw_only=True)
class _OfWatcher(Fact, abstract=True):
    conversation_id: UUID
    agent_id: UUID
    leg_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class ConversationFollowed(_OfWatcher):
    """Somebody follows it from now on; `why` is own (a choice) or mention (a note called him)."""

    why: str
    seq: int


@dataclass(frozen=True, kw_only=True)
class ConversationUnfollowed(_OfWatcher):
    """Somebody follows it no longer."""


@dataclass(frozen=True, kw_only=True)
class FollowedSeen(_OfWatcher):
    """A follower has seen everything up to message `seq`."""

    seq: int


@dataclass(frozen=True, kw_only=True)
class ConversationPinned(_OfWatcher):
    """It stands first in this person's own lists."""


@dataclass(frozen=True, kw_only=True)
class ConversationUnpinned(_OfWatcher):
    """It stands in this person's lists where its time puts it."""


@dataclass(frozen=True, kw_only=True)
class MentionsMarked(Fact):
    """Somebody has seen (or wants to see again) so many notes that call him by name."""

    subject: ClassVar[str] = "agent_id"
    agent_id: UUID
    leg_id: UUID | None = None
    read: bool
    mentions: int
