"""Facts of urging, of progress pages, and of customers who come again with the same matter."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from peakend.kernel.events import Fact


@dataclass(frozen=True, kw_only=True)
class _Followed(Fact, abstract=True):
    """Of which case; `agent_id` is who holds it, None while nobody does."""

    subject: ClassVar[str] = "case_id"

    case_id: UUID
    customer_id: UUID
    conversation_id: UUID | None
    agent_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class CaseUrged(_Followed):
    """The customer or an agent asked for speed (催办).

    `times` is how often by now; `counted` is false for a customer's second one within minutes.
    `rule` says by which words of his it was taken for one. `member_ids` are those who lead and
    were told, from the third on.
    """

    by_customer: bool
    channel: str
    times: int
    counted: bool
    rule: str | None
    member_ids: list[UUID]


@dataclass(frozen=True, kw_only=True)
class ProgressLinkMade(_Followed):
    """A link to the customer's progress page was made; it can be told to him."""

    link_id: UUID


@dataclass(frozen=True, kw_only=True)
class ProgressLinkSent(_Followed):
    """The link was sent into a conversation."""

    link_id: UUID


@dataclass(frozen=True, kw_only=True)
class ProgressLinkRevoked(_Followed):
    """A link leads nowhere any more."""

    link_id: UUID


@dataclass(frozen=True, kw_only=True)
class RepeatRecognised(_Followed):
    """The customer came again with the same matter (重复进线); `conversation_id` is that contact.

    `how` is reason (the same family of reasons), urge (his words) or member (somebody said so).
    Counts: `times` is how often by now, `after_d` whole days since the case was opened.
    """

    how: str
    times: int
    after_d: int
    was_closed: bool


@dataclass(frozen=True, kw_only=True)
class RepeatDenied(_Followed):
    """Somebody said that the contact is about something else; `was_linked` if it had counted."""

    was_linked: bool


@dataclass(frozen=True, kw_only=True)
class RepeatRuleChanged(Fact):
    """Within how many days the same matter counts as a repeat is another number now."""

    subject: ClassVar[str] = "by_id"
    by_id: UUID | None
    within_d: int
