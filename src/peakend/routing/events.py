"""Facts of routing. A leg is one stay in a queue, or an agent's segment: its work item.

Numbers needed for measures stand in the fact: `wait_s` is the time since the queue was entered,
`live` is false for work whose customer does not wait on the line: a mail, and what came while
nobody was due to be there. Service levels are of the other.
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from peakend.kernel.events import Fact


@dataclass(frozen=True, kw_only=True)
class _OfLeg(Fact, abstract=True):
    subject: ClassVar[str] = "leg_id"
    leg_id: UUID
    conversation_id: UUID
    queue_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class _OfOffer(_OfLeg, abstract=True):
    agent_id: UUID
    offer: int


@dataclass(frozen=True, kw_only=True)
class _OfTransfer(_OfLeg, abstract=True):
    from_leg_id: UUID
    agent_id: UUID


@dataclass(frozen=True, kw_only=True)
class WorkQueued(_OfLeg):
    """A conversation entered a queue; `transferred_from` is the leg before, if there was one.

    `told_low_s` and `told_high_s` are the wait that was announced, where one could be named.
    """

    customer_id: UUID | None
    priority: int
    live: bool
    transferred_from: UUID | None = None
    told_low_s: int | None = None
    told_high_s: int | None = None


@dataclass(frozen=True, kw_only=True)
class WorkOffered(_OfOffer):
    """An agent was asked to take a leg; `last_agent` says it is the one who knows the customer.

    `ring` says how far the circle had widened, `rule` by which version of the rules it was chosen.
    """

    last_agent: bool
    candidates: int
    waiting: int
    ring: int = 0
    rule: int = 1


@dataclass(frozen=True, kw_only=True)
class OfferRefused(_OfOffer):
    """The agent said no."""


@dataclass(frozen=True, kw_only=True)
class OfferExpired(_OfOffer):
    """The agent did not answer the offer in time; `misses` counts those in a row."""

    misses: int


@dataclass(frozen=True, kw_only=True)
class OfferWithdrawn(_OfOffer):
    """The offer no longer holds: the agent left, or somebody else took the work."""

    why: str


@dataclass(frozen=True, kw_only=True)
class WorkAnswered(_OfLeg):
    """An agent took waiting work; `how` is offer, pick or assigned, `within` is wait ≤ target."""

    agent_id: UUID
    customer_id: UUID | None
    wait_s: float
    target_s: int
    within: bool
    live: bool
    how: str


@dataclass(frozen=True, kw_only=True)
class WorkTaken(_OfLeg):
    """Somebody stepped in where nobody waited: taken over from the digital agent or a colleague."""

    agent_id: UUID
    source: str
    from_agent_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class WorkAbandoned(_OfLeg):
    """The customer left while waiting; `why` is closed or silent."""

    customer_id: UUID | None
    wait_s: float
    target_s: int
    within: bool
    live: bool
    why: str


@dataclass(frozen=True, kw_only=True)
class WorkEnded(_OfLeg):
    """A leg is over; `outcome` is closed, transferred, released, taken_over, on_line …"""

    agent_id: UUID | None
    outcome: str
    served_s: float | None
    live: bool


@dataclass(frozen=True, kw_only=True)
class WorkResumed(_OfLeg):
    """A leg ended by mistake goes on as it was (the undo of a closing)."""

    agent_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class TransferRequested(_OfTransfer):
    """An agent passes a conversation on; `leg_id` is the new leg, `agent_id` the sender."""

    to_kind: str
    to_id: UUID
    limit_s: int
    transfers: int


@dataclass(frozen=True, kw_only=True)
class TransferReturned(_OfTransfer):
    """Nobody took a transfer: it is back with its sender, who is alarmed (`agent_id`)."""

    why: str
    waited_s: float


@dataclass(frozen=True, kw_only=True)
class ReplyPromised(_OfTransfer):
    """A customer whose transfer failed was told by when somebody answers.

    `owner_id` answers for it; None where the sender has left and whoever takes it next will.
    """

    owner_id: UUID | None
    promised_at: datetime


@dataclass(frozen=True, kw_only=True)
class WorkRescued(_OfTransfer):
    """The agent (`agent_id`) left while the customer waited for an answer: it is queued again."""


@dataclass(frozen=True, kw_only=True)
class PresenceChanged(Fact):
    """An agent is somewhere else; `was_s` is how long the state before lasted."""

    subject: ClassVar[str] = "agent_id"
    agent_id: UUID
    state: str
    was: str
    was_s: float
    reason: str | None = None


@dataclass(frozen=True, kw_only=True)
class QueueOpened(Fact):
    """A queue takes work again."""

    subject: ClassVar[str] = "queue_id"
    queue_id: UUID


@dataclass(frozen=True, kw_only=True)
class QueueClosed(Fact):
    """A queue takes no live work until it is opened."""

    subject: ClassVar[str] = "queue_id"
    queue_id: UUID


@dataclass(frozen=True, kw_only=True)
class QueueChanged(Fact):
    """A queue or its people changed; `what` is created, updated or members."""

    subject: ClassVar[str] = "queue_id"
    queue_id: UUID
    what: str


@dataclass(frozen=True, kw_only=True)
class BusinessHoursChanged(Fact):
    """Business hours were made or changed."""

    subject: ClassVar[str] = "hours_id"
    hours_id: UUID
    what: str


@dataclass(frozen=True, kw_only=True)
class _OfTarget(Fact, abstract=True):
    conversation_id: UUID
    leg_id: UUID | None
    agent_id: UUID | None
    queue_id: UUID | None
    policy_id: UUID | None
    target: str
    target_s: int
    due_at: datetime


@dataclass(frozen=True, kw_only=True)
class TargetWarned(_OfTarget):
    """A quarter of the time is left to answer or to solve (first_reply, next_reply, resolve).

    `promised` is a reply that was promised in so many words; no policy stands behind it.
    """


@dataclass(frozen=True, kw_only=True)
class TargetBreached(_OfTarget):
    """The customer did not hear from us in time; it happened at `due_at`."""


@dataclass(frozen=True, kw_only=True)
class SlaPolicyChanged(Fact):
    """What is promised changed; `what` is created, updated, deleted or ordered."""

    subject: ClassVar[str] = "policy_id"
    policy_id: UUID | None
    what: str
