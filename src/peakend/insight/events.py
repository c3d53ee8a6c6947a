"""Facts of insight: an alert of the floor began, ended, was taken note of; a rule changed."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from peakend.kernel.events import Fact


@dataclass(frozen=True, kw_only=True)
class _OfAlert(Fact, abstract=True):
    subject: ClassVar[str] = "alert_id"
    alert_id: UUID
    rule_id: UUID
    queue_id: UUID | None
    measure: str


@dataclass(frozen=True, kw_only=True)
class AlertRaised(_OfAlert):
    """A measure of the floor was beyond its threshold for as long as its rule asks."""

    value: float
    threshold: float


@dataclass(frozen=True, kw_only=True)
class AlertCleared(_OfAlert):
    """A measure was good again for long enough, or its rule changed (`why`: good, rule)."""

    value: float | None
    lasted_s: float
    why: str


@dataclass(frozen=True, kw_only=True)
class AlertAcknowledged(_OfAlert):
    """Somebody (`member_id`) takes care of an alert."""

    member_id: UUID


@dataclass(frozen=True, kw_only=True)
class AlertRuleChanged(Fact):
    """What raises an alert changed; `what` is created, updated or deleted."""

    subject: ClassVar[str] = "rule_id"
    rule_id: UUID
    what: str
