"""Fact of how long cases may take."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from peakend.kernel.events import Fact


@dataclass(frozen=True, kw_only=True)
class DueTimesChanged(Fact):
    """How long new cases may take is another time now, of a brand or of the house."""

    subject: ClassVar[str] = "by_id"
    by_id: UUID | None
    brand_id: UUID | None
    what: str
    normal_minutes: int
    high_minutes: int
    urgent_minutes: int
    warn_percent: int
