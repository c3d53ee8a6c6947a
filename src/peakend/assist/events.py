"""Facts of the digital agent."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from peakend.kernel.events import Fact


@dataclass(frozen=True, kw_only=True)
class QuestionAnswered(Fact):
    """The digital agent answered with an article; `trust` is how sure it was, 0 to 1."""

    conversation_id: UUID
    customer_id: UUID
    channel: str
    message_id: UUID
    article_id: UUID
    trust: float


@dataclass(frozen=True, kw_only=True)
class QuestionNotKnown(Fact):
    """The digital agent said that it does not know; `times` counts it in this conversation."""

    conversation_id: UUID
    customer_id: UUID
    channel: str
    message_id: UUID
    trust: float
    times: int


@dataclass(frozen=True, kw_only=True)
class AnswerJudged(Fact):
    """The customer said whether an answer solved it."""

    conversation_id: UUID
    customer_id: UUID
    channel: str
    message_id: UUID
    article_id: UUID | None
    solved: bool


@dataclass(frozen=True, kw_only=True)
class HandedOver(Fact):
    """The digital agent stepped aside; `why` is asked, unknown, unsolved or turns."""

    conversation_id: UUID
    customer_id: UUID
    channel: str
    queue_id: UUID | None
    why: str
    turns: int
    answers: int


@dataclass(frozen=True, kw_only=True)
class TopicSent(Fact):
    """Questions on a category of articles go to another queue from now on."""

    subject: ClassVar[str] = "category_id"
    category_id: UUID
    queue_id: UUID | None
