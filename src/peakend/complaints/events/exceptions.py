"""Facts of exceptions: which policy somebody asked to break, and what became of it."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from peakend.kernel.events import Fact


@dataclass(frozen=True, kw_only=True)
class PolicyChanged(Fact):
    """The catalogue of what may be asked for changed; `what` is created, updated or removed."""

    subject: ClassVar[str] = "policy_id"
    policy_id: UUID
    limit_fen: int | None
    what: str


@dataclass(frozen=True, kw_only=True)
class _OfException(Fact, abstract=True):
    """What facts of an exception say; `agent_id` is who asked."""

    subject: ClassVar[str] = "exception_id"
    exception_id: UUID
    policy_id: UUID
    conversation_id: UUID | None
    case_id: UUID | None
    customer_id: UUID | None
    agent_id: UUID
    leg_id: UUID | None
    cost_fen: int


@dataclass(frozen=True, kw_only=True)
class ExceptionAsked(_OfException):
    """An agent asked to break a policy for a customer; `over` says that it is above the limit."""

    request_id: UUID
    over: bool


@dataclass(frozen=True, kw_only=True)
class ExceptionSettled(_OfException):
    """It was granted, refused, ran out or was withdrawn."""

    state: str


@dataclass(frozen=True, kw_only=True)
class ExceptionClosed(_OfException):
    """What breaking it cost and saved is known; `outcome` is kept, lost or unknown."""

    saved_fen: int
    outcome: str
