"""Facts of improvements: what is to be changed, what is known to be missing, who was thanked."""

from dataclasses import dataclass
from datetime import date
from typing import ClassVar
from uuid import UUID

from peakend.kernel.events import Fact


@dataclass(frozen=True, kw_only=True)
class _OfImprovement(Fact, abstract=True):
    """What facts of an improvement say."""

    subject: ClassVar[str] = "improvement_id"
    improvement_id: UUID
    kind: str
    reason_id: UUID | None
    owner_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class ImprovementOpened(_OfImprovement):
    """Something is to be changed for good."""

    complaint_id: UUID | None
    due_on: date | None


@dataclass(frozen=True, kw_only=True)
class ImprovementMoved(_OfImprovement):
    """It is in another state."""

    state: str
    previous: str


@dataclass(frozen=True, kw_only=True)
class ImprovementChecked(_OfImprovement):
    """Whether it helped was looked at; contacts of its reason among all, before and after."""

    effect: str
    before_contacts: int
    before_all: int
    after_contacts: int
    after_all: int


@dataclass(frozen=True, kw_only=True)
class KnownGapChanged(Fact):
    """A gap with its workaround changed; `what` is created, updated or closed."""

    subject: ClassVar[str] = "gap_id"
    gap_id: UUID
    reason_id: UUID
    what: str


@dataclass(frozen=True, kw_only=True)
class CustomerThanked(Fact):
    """A customer was thanked for showing what is wrong."""

    subject: ClassVar[str] = "thanks_id"
    thanks_id: UUID
    conversation_id: UUID
    customer_id: UUID
    agent_id: UUID
    leg_id: UUID | None
    improvement_id: UUID | None
