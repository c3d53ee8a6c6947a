"""Facts of approvals: who was asked for what kind of thing, and what became of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from peakend.kernel.events import Fact


@dataclass(frozen=True, kw_only=True)
class _OfRequest(Fact, abstract=True):
    """What facts of a request for approval say; `agent_id` is who asked, None for the system."""

    subject: ClassVar[str] = "request_id"
    request_id: UUID
    kind: str
    subject_id: UUID
    agent_id: UUID | None
    leg_id: UUID | None
    case_id: UUID | None
    conversation_id: UUID | None
    customer_id: UUID | None
    amount_fen: int | None


@dataclass(frozen=True, kw_only=True)
class ApprovalRequested(_OfRequest):
    """Somebody may not do something alone; `member_ids` are who may let it pass, at most fifty."""

    rule_id: UUID | None
    due_at: datetime
    member_ids: list[UUID]


@dataclass(frozen=True, kw_only=True)
class ApprovalEscalated(_OfRequest):
    """Nobody decided in time: those of the next rule are asked now, for the `times`th time."""

    rule_id: UUID | None
    due_at: datetime
    member_ids: list[UUID]
    times: int


@dataclass(frozen=True, kw_only=True)
class _OfDecision(_OfRequest, abstract=True):
    """What facts of a decision say; `for_id` is whom the one who decided stood in for."""

    by_id: UUID
    for_id: UUID | None
    waited_s: int


@dataclass(frozen=True, kw_only=True)
class ApprovalGranted(_OfDecision):
    """Somebody else let it pass; what it is about has been done in the same transaction."""


@dataclass(frozen=True, kw_only=True)
class ApprovalRefused(_OfDecision):
    """Somebody else refused it."""


@dataclass(frozen=True, kw_only=True)
class ApprovalExpired(_OfRequest):
    """Nobody decided in time, and there was nobody else to ask."""

    waited_s: int


@dataclass(frozen=True, kw_only=True)
class ApprovalWithdrawn(_OfRequest):
    """Who asked does not want it any more, or it is about nothing any more."""


@dataclass(frozen=True, kw_only=True)
class ApprovalRuleChanged(Fact):
    """Who lets pass what changed; `what` is created, updated or removed."""

    subject: ClassVar[str] = "rule_id"
    rule_id: UUID
    kind: str
    from_fen: int
    what: str


@dataclass(frozen=True, kw_only=True)
class DeputyNamed(Fact):
    """Somebody decides for a while what another one would decide."""

    subject: ClassVar[str] = "delegate_id"
    delegate_id: UUID
    from_id: UUID
    to_id: UUID
    until_at: datetime


@dataclass(frozen=True, kw_only=True)
class DeputyEnded(Fact):
    """Somebody stands in for another one no more, before the time was over."""

    subject: ClassVar[str] = "delegate_id"
    delegate_id: UUID
    from_id: UUID
    to_id: UUID
