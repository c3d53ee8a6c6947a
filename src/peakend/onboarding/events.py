"""Facts of onboarding."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from peakend.kernel.events import Fact


@dataclass(frozen=True, kw_only=True)
class _OfSample(Fact, abstract=True):
    subject: ClassVar[str] = "sample_id"
    sample_id: UUID


@dataclass(frozen=True, kw_only=True)
class SampleAdded(_OfSample):
    """Sample data was put in; `things` is how many."""

    things: int


@dataclass(frozen=True, kw_only=True)
class SampleRemoved(_OfSample):
    """Sample data was taken away; `stayed` is how much stayed because people had changed it."""

    things: int
    stayed: int


@dataclass(frozen=True, kw_only=True)
class ChecklistPutAway(Fact):
    """The checklist of a new house was put away, or taken out again."""

    subject: ClassVar[str] = "tenant_id"
    tenant_id: UUID
    away: bool
