"""Facts of a case: from its opening to its closing, and its clock."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from peakend.kernel.events import Fact


@dataclass(frozen=True, kw_only=True)
class _OfCase(Fact, abstract=True):
    """Of whose case; `agent_id` is who holds it, None while nobody does."""

    subject: ClassVar[str] = "case_id"

    case_id: UUID
    customer_id: UUID
    conversation_id: UUID | None
    agent_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class CaseOpened(_OfCase):
    """A case was opened for a customer (提单)."""

    number: int
    brand_id: UUID | None
    reason_id: UUID | None
    priority: str
    channel: str | None
    template_id: UUID | None
    parent_id: UUID | None
    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class CaseAssigned(_OfCase):
    """Somebody, or nobody any more, is to see to it."""

    former_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class CaseStateSet(_OfCase):
    """It went from one state to another; what is done or closed has a fact of its own besides."""

    state: str
    former: str


@dataclass(frozen=True, kw_only=True)
class CaseChanged(_OfCase):
    """Title, description, reason, department or parent of it are others now."""

    fields: list[str]


@dataclass(frozen=True, kw_only=True)
class CasePriorityRaised(_OfCase):
    """It is more urgent than before; the code says why."""

    priority: str
    former: str
    why: str


@dataclass(frozen=True, kw_only=True)
class CaseLinked(_OfCase):
    """A conversation belongs to it: its origin, a repeat, another one."""

    kind: str


@dataclass(frozen=True, kw_only=True)
class CaseDueSet(_OfCase):
    """It is due at another time than before."""

    due_at: datetime
    former_due_at: datetime
    why: str


@dataclass(frozen=True, kw_only=True)
class CaseWarned(_OfCase):
    """A quarter of its time is left."""

    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class CaseOverdue(_OfCase):
    """Its time is over and it is not done."""

    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class CaseDone(_OfCase):
    """What was asked for is done; the customer is yet to be told (完结)."""

    in_time: bool


@dataclass(frozen=True, kw_only=True)
class CaseReopened(_OfCase):
    """It was closed and is worked on again."""

    times: int
    why: str
