"""Facts of promises (承诺): made, moved, warned of, broken, kept, withdrawn."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from peakend.kernel.events import Fact


@dataclass(frozen=True, kw_only=True)
class _OfPromise(Fact, abstract=True):
    """Of whose promise; `agent_id` is who has to keep it."""

    subject: ClassVar[str] = "promise_id"

    promise_id: UUID
    customer_id: UUID
    conversation_id: UUID | None
    case_id: UUID | None
    agent_id: UUID | None
    kind: str


@dataclass(frozen=True, kw_only=True)
class PromiseMade(_OfPromise):
    """Something was promised to a customer; `by_id` is who said so, `leg_id` in which leg."""

    by_id: UUID | None
    leg_id: UUID | None
    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class PromiseMoved(_OfPromise):
    """It is to be kept at another time, or by somebody else, before its time was over."""

    due_at: datetime
    former_due_at: datetime
    former_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class PromiseWarned(_OfPromise):
    """Little of its time is left; told to who has to keep it."""

    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class PromiseBroken(_OfPromise):
    """Its time is over and it was not kept; `member_ids` are those who lead and were told."""

    due_at: datetime
    member_ids: list[UUID]


@dataclass(frozen=True, kw_only=True)
class PromiseKept(_OfPromise):
    """It was kept; `in_time` is false where it was broken before, which it stays."""

    in_time: bool


@dataclass(frozen=True, kw_only=True)
class PromiseWithdrawn(_OfPromise):
    """It holds no longer: the customer wanted it no more, it was a mistake, or replaced."""

    why: str
