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


@dataclass(frozen=True, kw_only=True)
class InterventionNeeded(Fact):
    """Somebody should look at a conversation, or more urgently than before.

    `kind` is upset, lost, silent, person or late; `level` 1 is soon, 2 is now.
    """

    conversation_id: UUID
    queue_id: UUID | None
    kind: str
    level: int
    times: int


@dataclass(frozen=True, kw_only=True)
class InterventionOver(Fact):
    """The cause of a signal is gone; `why` is cause_gone or closed."""

    conversation_id: UUID
    queue_id: UUID | None
    kind: str
    why: str


@dataclass(frozen=True, kw_only=True)
class InterventionDismissed(Fact):
    """Somebody looked and decided; `why` is handled, no_need, mistaken or other.

    `agent_id` is who decided; `leg_id` is theirs, if they hold the conversation.
    """

    conversation_id: UUID
    agent_id: UUID
    leg_id: UUID | None
    kinds: tuple[str, ...]
    why: str


@dataclass(frozen=True, kw_only=True)
class InterventionRestored(Fact):
    """A dismissal was taken back."""

    conversation_id: UUID
    agent_id: UUID
    leg_id: UUID | None
    kinds: tuple[str, ...]


@dataclass(frozen=True, kw_only=True)
class SteppedIn(Fact):
    """Somebody took over where nobody waited; `source` is agent or digital."""

    conversation_id: UUID
    leg_id: UUID
    agent_id: UUID
    queue_id: UUID | None
    source: str
    from_agent_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class HandedBack(Fact):
    """Who stepped in gave it back to the one it was taken from; `leg_id` is the leg that ended."""

    conversation_id: UUID
    leg_id: UUID
    agent_id: UUID
    queue_id: UUID | None
    to: str
    to_agent_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class SideNoteWritten(Fact):
    """A line was written beside a conversation; `kind` is whisper or question.

    `agent_id` wrote it, for those in `member_ids`; `leg_id` is the writer's, if they hold it.
    """

    conversation_id: UUID
    thread_id: UUID
    kind: str
    seq: int
    agent_id: UUID
    leg_id: UUID | None
    member_ids: tuple[UUID, ...]


@dataclass(frozen=True, kw_only=True)
class SideThreadRead(Fact):
    """A colleague has read a side thread up to `seq`."""

    conversation_id: UUID
    thread_id: UUID
    agent_id: UUID
    leg_id: UUID | None
    seq: int


@dataclass(frozen=True, kw_only=True)
class SideThreadResolved(Fact):
    """A question beside a conversation is answered, or is asked again."""

    conversation_id: UUID
    thread_id: UUID
    agent_id: UUID
    leg_id: UUID | None
    resolved: bool


@dataclass(frozen=True, kw_only=True)
class CareRulesChanged(Fact):
    """What is watched for changed; `kind` is watch, wording, helps or approval."""

    subject: ClassVar[str] = "by_id"
    by_id: UUID | None
    kind: str
    rules_version: int


@dataclass(frozen=True, kw_only=True)
class _OfHelp(Fact, abstract=True):
    conversation_id: UUID
    customer_id: UUID
    help_id: UUID


@dataclass(frozen=True, kw_only=True)
class HelpOffered(_OfHelp):
    """Words to begin with were offered to who holds a conversation; `kind` says which."""

    agent_id: UUID
    leg_id: UUID | None
    kind: str
    seq: int
    article_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class HelpAnswered(_OfHelp):
    """The agent took a help, sent it as it was or changed, or put it away."""

    agent_id: UUID
    leg_id: UUID | None
    kind: str
    outcome: str


@dataclass(frozen=True, kw_only=True)
class HelpFollowed(_OfHelp):
    """A customer who was told of an article later did it by that article, without a person."""

    told_by_id: UUID
    later_conversation_id: UUID
    article_id: UUID
    after_s: int


@dataclass(frozen=True, kw_only=True)
class _OfApproval(Fact, abstract=True):
    # `agent_id` is the writer, `leg_id` theirs, while they hold the conversation.
    conversation_id: UUID
    approval_id: UUID
    agent_id: UUID
    leg_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class ApprovalAsked(_OfApproval):
    """A reply waits for a senior: for anybody who may, or for `asked_id`.

    `own_team` says that until it is late only those of a team of the writer's may approve it.
    """

    asked_id: UUID | None
    required: bool
    own_team: bool = False


@dataclass(frozen=True, kw_only=True)
class ApprovalDecided(_OfApproval):
    """A senior decided on a waiting reply; `outcome` is approved, changed or returned."""

    by_id: UUID
    outcome: str
    waited_s: int


@dataclass(frozen=True, kw_only=True)
class ApprovalEnded(_OfApproval):
    """A reply waits no more without a decision, or its writer took the returned text back.

    `why` is withdrawn, closed, moved or taken.
    """

    why: str


@dataclass(frozen=True, kw_only=True)
class ApprovalLate(_OfApproval):
    """A reply has waited for longer than the house wants; from now on it is for every senior."""

    asked_id: UUID | None
    waited_s: int
