"""Facts of complaints: ids, codes and numbers, never what was said."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from peakend.kernel.events import Fact


@dataclass(frozen=True, kw_only=True)
class _OfComplaint(Fact, abstract=True):
    """What every fact of a complaint says; `agent_id` is whose complaint it is to settle."""

    subject: ClassVar[str] = "complaint_id"
    complaint_id: UUID
    case_id: UUID
    customer_id: UUID
    conversation_id: UUID | None
    agent_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class HardComplaintHeard(Fact):
    """Words of a customer amount to a complaint that no machine may keep; people have it now.

    `why` are the codes of the reasons; `handed_over` is true where the digital agent had it.
    """

    conversation_id: UUID
    customer_id: UUID
    tier: str
    kind: str | None
    severity: int
    why: tuple[str, ...]
    handed_over: bool


@dataclass(frozen=True, kw_only=True)
class ComplaintFiled(_OfComplaint):
    """A complaint was filed; `suggested_tier` and `suggested_kind` are what a machine made of it.

    `brand_id` and `reason_id` are those of its case.
    """

    tier: str
    kind: str | None
    severity: int
    suggested_tier: str
    suggested_kind: str | None
    about_member_id: UUID | None
    brand_id: UUID | None
    reason_id: UUID | None
    by_id: UUID | None
    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class ComplaintTiered(_OfComplaint):
    """A complaint is of this tier from now on: filed with it, or corrected."""

    tier: str
    former: str | None
    kind: str | None
    severity: int


@dataclass(frozen=True, kw_only=True)
class ComplaintConfirmed(_OfComplaint):
    """A person looked at what a machine had made of it; `corrected` where he said otherwise."""

    tier: str
    kind: str | None
    severity: int
    liability: str
    fault: str
    corrected: bool
    by_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class ComplaintAssigned(_OfComplaint):
    """Somebody has a complaint to settle from now on, or nobody."""

    former_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class ComplaintWarned(_OfComplaint):
    """A quarter of the time for a complaint is left."""

    tier: str
    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class ComplaintOverdue(_OfComplaint):
    """A complaint is not settled in its time."""

    tier: str
    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class ComplaintClosed(_OfComplaint):
    """A complaint is over; `upheld` says whether the customer was right."""

    tier: str
    kind: str | None
    settled: bool
    upheld: bool | None
    solution: str | None
    compensation_fen: int
    late: bool
    by_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class ComplaintRulesChanged(Fact):
    """The house decided anew how long complaints may take, or which words are its own."""

    subject: ClassVar[str] = "by_id"
    by_id: UUID | None
    rules_version: int
