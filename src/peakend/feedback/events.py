"""Facts of surveys."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from peakend.kernel.events import Fact


@dataclass(frozen=True, kw_only=True)
class SurveyInvited(Fact):
    """A customer was asked how it went; `served_by` is person or digital."""

    subject: ClassVar[str] = "survey_id"
    survey_id: UUID
    conversation_id: UUID
    customer_id: UUID
    channel: str
    agent_id: UUID | None
    leg_id: UUID | None
    queue_id: UUID | None
    served_by: str


@dataclass(frozen=True, kw_only=True)
class SurveyWithdrawn(Fact):
    """The conversation went on before the survey was answered."""

    subject: ClassVar[str] = "survey_id"
    survey_id: UUID
    conversation_id: UUID


@dataclass(frozen=True, kw_only=True)
class SurveyAnswered(Fact):
    """A customer rated, 1 to 5; `agent_id` and `leg_id` are those of the closing."""

    subject: ClassVar[str] = "survey_id"
    survey_id: UUID
    conversation_id: UUID
    customer_id: UUID
    channel: str
    agent_id: UUID | None
    leg_id: UUID | None
    queue_id: UUID | None
    served_by: str
    rating: int
    solved: bool | None
    commented: bool
    after_s: int
