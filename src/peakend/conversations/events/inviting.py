"""Facts of inviting visitors of the site to chat; `agent_id` is who invited."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from peakend.kernel.events import Fact


@dataclass(frozen=True, kw_only=True)
class _OfInvitation(Fact, abstract=True):
    subject: ClassVar[str] = "invitation_id"
    invitation_id: UUID
    channel_id: UUID
    queue_id: UUID | None
    agent_id: UUID
    leg_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class VisitorInvited(_OfInvitation):
    """An agent asked somebody on the site whether to help."""

    length: int


@dataclass(frozen=True, kw_only=True)
class InvitationAccepted(_OfInvitation):
    """The visitor opened the window; `began` is no where a conversation went on already."""

    conversation_id: UUID
    customer_id: UUID
    began: bool
    after_s: int


@dataclass(frozen=True, kw_only=True)
class InvitationDeclined(_OfInvitation):
    """The visitor closed the invitation, and is left in peace for a time."""

    after_s: int


@dataclass(frozen=True, kw_only=True)
class InvitationExpired(_OfInvitation):
    """Nobody answered in time."""
