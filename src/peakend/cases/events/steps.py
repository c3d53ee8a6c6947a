"""Facts of steps: from ready to over, back, late; and of what they are laid by."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from peakend.kernel.events import Fact


@dataclass(frozen=True, kw_only=True)
class _OfStep(Fact, abstract=True):
    """Of whose case and which department; `agent_id` is who did it, or whom it is for."""

    subject: ClassVar[str] = "step_id"

    step_id: UUID
    case_id: UUID
    customer_id: UUID
    conversation_id: UUID | None
    agent_id: UUID | None
    department_id: UUID | None
    key: str


@dataclass(frozen=True, kw_only=True)
class StepReady(_OfStep):
    """All that comes before is over: somebody may begin. `agent_id` is whose turn it is,
    `member_ids` are who of a department is told."""

    who: str
    due_at: datetime
    member_ids: list[UUID]


@dataclass(frozen=True, kw_only=True)
class StepTaken(_OfStep):
    """Somebody began, so long after he could have. Units: seconds of business time."""

    waited_s: int


@dataclass(frozen=True, kw_only=True)
class StepDone(_OfStep):
    """It was finished. Units: seconds of business time, from ready and from taken."""

    waited_s: int
    worked_s: int
    in_time: bool
    by_guest: bool


@dataclass(frozen=True, kw_only=True)
class StepSkipped(_OfStep):
    """Whoever sees to the case does without it."""


@dataclass(frozen=True, kw_only=True)
class StepReturned(_OfStep):
    """Whoever had it sent it back: to the case's owner, who gives it anew or does without."""

    times: int
    by_guest: bool


@dataclass(frozen=True, kw_only=True)
class StepWarned(_OfStep):
    """A quarter of its time is left."""

    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class StepOverdue(_OfStep):
    """Its time is over and it is not."""

    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class StepChecked(_OfStep):
    """A line of its checklist was ticked off, or was not after all."""

    line: int
    ticked: bool


@dataclass(frozen=True, kw_only=True)
class StepsEnded(Fact):
    """Every step of a case is over: its owner may call it done."""

    subject: ClassVar[str] = "case_id"

    case_id: UUID
    customer_id: UUID
    conversation_id: UUID | None
    agent_id: UUID | None
    steps: int


@dataclass(frozen=True, kw_only=True)
class CaseTemplateChanged(Fact):
    """What steps are laid by changed; `what` is created, updated, retired or restored."""

    subject: ClassVar[str] = "template_id"

    template_id: UUID
    to_version: int
    what: str


@dataclass(frozen=True, kw_only=True)
class DepartmentChanged(Fact):
    """A department, or who belongs to it, changed."""

    subject: ClassVar[str] = "department_id"

    department_id: UUID
    what: str


@dataclass(frozen=True, kw_only=True)
class GuestLinkMade(Fact):
    """Somebody outside was given a link to one step."""

    subject: ClassVar[str] = "guest_id"

    guest_id: UUID
    step_id: UUID
    case_id: UUID
    expires_at: datetime


@dataclass(frozen=True, kw_only=True)
class GuestLinkSent(Fact):
    """Such a link was sent by mail."""

    subject: ClassVar[str] = "guest_id"

    guest_id: UUID
    step_id: UUID
    case_id: UUID


@dataclass(frozen=True, kw_only=True)
class GuestLinkRevoked(Fact):
    """Such a link opens nothing any more."""

    subject: ClassVar[str] = "guest_id"

    guest_id: UUID
    step_id: UUID
    case_id: UUID
