"""Facts of settling a complaint, and of contacts that are looked at because of one."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from peakend.complaints.events.complaints import _OfComplaint
from peakend.kernel.events import Fact


@dataclass(frozen=True, kw_only=True)
class SettlementStepTaken(_OfComplaint):
    """A step on the way to a settlement was taken; `round` counts the offers until then."""

    step: str
    step_no: int
    round: int
    by_id: UUID | None
    with_id: UUID | None
    solution: str | None
    compensation_fen: int | None


@dataclass(frozen=True, kw_only=True)
class SettlementOffered(_OfComplaint):
    """The customer was offered something: a solution, a compensation, an apology."""

    step: str
    solution: str | None
    compensation_fen: int
    grant_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class SettlementAccepted(_OfComplaint):
    """The customer accepted what was offered."""

    rounds: int
    compensation_fen: int


@dataclass(frozen=True, kw_only=True)
class SettlementRefused(_OfComplaint):
    """The customer refused what was offered."""

    rounds: int


@dataclass(frozen=True, kw_only=True)
class ContactSetForReview(Fact):
    """A contact is set before quality review with its whole path, because of how it was handled."""

    subject: ClassVar[str] = "review_id"
    review_id: UUID
    complaint_id: UUID
    conversation_id: UUID
    customer_id: UUID
    member_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class ContactReviewed(Fact):
    """Somebody who had no part in a contact said what he found."""

    subject: ClassVar[str] = "review_id"
    review_id: UUID
    complaint_id: UUID
    conversation_id: UUID
    customer_id: UUID
    member_id: UUID | None
    finding: str
    by_id: UUID | None
