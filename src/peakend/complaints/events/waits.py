"""Facts of waits: how long somebody stood in a line, and what came of it."""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from peakend.kernel.events import Fact


@dataclass(frozen=True, kw_only=True)
class _OfWait(Fact, abstract=True):
    subject: ClassVar[str] = "wait_id"
    wait_id: UUID
    leg_id: UUID
    conversation_id: UUID
    customer_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class WaitEnded(_OfWait):
    """A customer waits no longer; `outcome` is answered, left, returned or closed.

    `promised_s` is what was published for this line when he joined it, None where nothing was;
    `over` says that he waited longer than that.
    """

    queue_id: UUID | None
    brand_id: UUID | None
    channel: str
    agent_id: UUID | None
    outcome: str
    waited_s: int
    promised_s: int | None
    over: bool


@dataclass(frozen=True, kw_only=True)
class WaitSettled(_OfWait):
    """What came of a wait beyond the promise: `result` is granted, or why nothing was given.

    Units: `amount` is the instrument's, `cost_fen` what it costs the house.
    """

    rule_id: UUID
    result: str
    amount: int
    cost_fen: int
    grant_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class WaitRuleChanged(Fact):
    """What is promised of waits changed: `what` is created, changed, started, stopped, removed."""

    subject: ClassVar[str] = "rule_id"
    rule_id: UUID
    what: str
    promise_s: int
    active: bool


@dataclass(frozen=True, kw_only=True)
class WaitProofGiven(_OfWait):
    """The record of a wait can be read by the customer through a link, until then."""

    until: datetime


@dataclass(frozen=True, kw_only=True)
class WaitProofTaken(_OfWait):
    """The link to the record of a wait holds no longer."""
