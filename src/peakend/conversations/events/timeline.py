"""Facts of a conversation: ids, numbers and short codes only, never names or text.

`state` is the state of the conversation after the fact. `channel` is the kind of channel ("web").
"""

from dataclasses import dataclass
from datetime import datetime
from typing import ClassVar
from uuid import UUID

from peakend.kernel.events import Fact


@dataclass(frozen=True, kw_only=True)
class _OfConversation(Fact, abstract=True):
    conversation_id: UUID
    customer_id: UUID
    channel: str


@dataclass(frozen=True, kw_only=True)
class _OfMessage(_OfConversation, abstract=True):
    message_id: UUID
    seq: int


@dataclass(frozen=True, kw_only=True)
class _Posted(_OfMessage, abstract=True):
    in_turn: ClassVar[bool] = True


@dataclass(frozen=True, kw_only=True)
class _OfHolding(_OfConversation, abstract=True):
    queue_id: UUID | None
    leg_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class ConversationStarted(_OfConversation):
    """A customer wrote, and nothing open was there to go on with."""

    channel_id: UUID
    brand_id: UUID | None
    queue_id: UUID | None
    number: int
    state: str
    language: str


@dataclass(frozen=True, kw_only=True)
class MessageReceived(_Posted):
    """The customer wrote; `first` is true for the message that started the conversation.

    `turn` is true where a person has to answer now and had not before this message.
    `tone` is how the words sound (grave, upset, person), empty for ordinary ones; `urges` says that
    they ask for speed.
    """

    state: str
    first: bool
    length: int
    files: int
    turn: bool = False
    agent_id: UUID | None = None
    queue_id: UUID | None = None
    leg_id: UUID | None = None
    tone: str | None = None
    urges: bool = False


@dataclass(frozen=True, kw_only=True)
class ReplySent(_Posted):
    """An agent answered; `waited_ms` is how long the customer had been waiting for this answer."""

    agent_id: UUID
    leg_id: UUID | None
    queue_id: UUID | None
    first: bool
    waited_ms: int | None
    length: int
    files: int
    article_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class DigitalReplySent(_Posted):
    """The digital agent spoke; `code` says what kind of turn it was (answer, unknown, choice …)."""

    code: str | None
    sources: int
    state: str


@dataclass(frozen=True, kw_only=True)
class NoteAdded(_Posted):
    """An agent left an internal note."""

    agent_id: UUID
    leg_id: UUID | None
    queue_id: UUID | None
    mentions: int


@dataclass(frozen=True, kw_only=True)
class MemberMentioned(Fact):
    """A note called a colleague by name; `agent_id` is the writer."""

    conversation_id: UUID
    message_id: UUID
    member_id: UUID
    agent_id: UUID
    leg_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class SystemMessageAdded(_Posted):
    """A line of the house's own stands in the timeline; `code` is its wording."""

    code: str


@dataclass(frozen=True, kw_only=True)
class MessageRecalled(_OfMessage):
    """Who wrote a message took it back; `kind` is the message's, `after_s` how long it stood."""

    kind: str
    after_s: int
    agent_id: UUID | None
    leg_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class AnswerMailMoved(Fact):
    """The mail of an answer was sent, given up, tried anew or returned (`state`)."""

    conversation_id: UUID
    customer_id: UUID
    channel: str
    message_id: UUID
    mail_id: UUID
    state: str


@dataclass(frozen=True, kw_only=True)
class MessageFilesScanned(_OfMessage):
    """A scanner said something of a file of a message, or somebody let it through."""

    verdict: str


@dataclass(frozen=True, kw_only=True)
class QuoteEmptied(Fact):
    """A message that quotes or passes on a recalled one shows nothing of it any more."""

    conversation_id: UUID
    message_id: UUID
    recalled_id: UUID


@dataclass(frozen=True, kw_only=True)
class RecalledMessageShown(_OfMessage):
    """Somebody looked at what a recalled message said, for a reason that the audit log holds."""

    agent_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class MessageReacted(_OfMessage):
    """Somebody put a sign to a message, or took it away (`reaction` is empty)."""

    reaction: str | None
    agent_id: UUID | None
    leg_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class ConversationQueued(_OfHolding):
    """The conversation waits in a queue for a person."""

    from_state: str
    previous_agent_id: UUID | None
    previous_queue_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class ConversationAssigned(_OfHolding):
    """An agent holds the conversation now."""

    agent_id: UUID
    from_state: str
    previous_agent_id: UUID | None
    previous_queue_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class ConversationReleased(_OfHolding):
    """The agent no longer holds it; `leg_id` and `agent_id` are those that ended."""

    agent_id: UUID
    state: str
    previous_queue_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class ConversationClosed(_OfHolding):
    """It is over; `from_state` says from where, `by` who ended it (a kind of actor).

    `waited_ms` is how long the customer had been waiting for an answer that did not come.
    """

    agent_id: UUID | None
    from_state: str
    by: str
    reason_id: UUID | None
    solved: bool | None
    lasted_s: int
    messages: int
    waited_ms: int | None = None


@dataclass(frozen=True, kw_only=True)
class ConversationReopened(_OfHolding):
    """It goes on; `undo` is an agent's second thought within seconds: leg and agent as before."""

    agent_id: UUID | None
    state: str
    by: str
    undo: bool
    closed_for_s: int
    last_agent_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class ConversationSnoozed(_OfHolding):
    """It was put aside until a time, or until the customer writes; `agent_id` is who holds it."""

    agent_id: UUID
    until: datetime


@dataclass(frozen=True, kw_only=True)
class ConversationWoken(_OfHolding):
    """It is no longer put aside; `why` is timer, customer or member, `until` what was planned."""

    agent_id: UUID
    until: datetime
    why: str


@dataclass(frozen=True, kw_only=True)
class PrioritySet(_OfHolding):
    """It is more or less urgent than others now: low, normal, high or urgent."""

    agent_id: UUID | None
    priority: str
    previous: str


@dataclass(frozen=True, kw_only=True)
class DueSet(Fact):
    """By when the customer must hear from us; `target` is empty where nothing is promised any more.

    An answer, putting aside or the end stop the clock without a fact of its own.
    """

    conversation_id: UUID
    target: str | None
    due_at: datetime | None


@dataclass(frozen=True, kw_only=True)
class MessagesDelivered(_OfConversation):
    """What we wrote reached the customer's device, up to `seq`."""

    seq: int


@dataclass(frozen=True, kw_only=True)
class MessagesRead(_OfConversation):
    """One side has read up to `seq`; `by` is "customer" or "agent"."""

    seq: int
    by: str
    agent_id: UUID | None = None
    leg_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class MarkedUnread(_OfConversation):
    """Who holds it wants to see it as unread again; what the customer sees as read stays so."""

    agent_id: UUID
    leg_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class ConversationTagged(Fact):
    """The set of tags changed."""

    conversation_id: UUID
    added: tuple[UUID, ...]
    removed: tuple[UUID, ...]


@dataclass(frozen=True, kw_only=True)
class ReasonSet(Fact):
    """Why the customer came is known now."""

    conversation_id: UUID
    reason_id: UUID | None
    reason_version: int | None


@dataclass(frozen=True, kw_only=True)
class ConversationRated(Fact):
    """The customer's stars are shown on the conversation."""

    conversation_id: UUID
    rating: int


@dataclass(frozen=True, kw_only=True)
class PageVisited(Fact):
    """The visitor of an open conversation went to another page."""

    conversation_id: UUID


@dataclass(frozen=True, kw_only=True)
class ChannelChanged(Fact):
    """A channel was made or its settings changed; `what` is created, updated or secret."""

    subject: ClassVar[str] = "channel_id"
    channel_id: UUID
    what: str


@dataclass(frozen=True, kw_only=True)
class ChannelSeen(Fact):
    """A channel's script was seen for the first time on a page of the house's own site."""

    subject: ClassVar[str] = "channel_id"
    channel_id: UUID


@dataclass(frozen=True, kw_only=True)
class TagsChanged(Fact):
    """The list of tags changed; `what` is created, updated or deleted."""

    subject: ClassVar[str] = "tag_id"
    tag_id: UUID
    what: str


@dataclass(frozen=True, kw_only=True)
class ContactReasonsPublished(Fact):
    """A new version of the tree of contact reasons holds from now on."""

    subject: ClassVar[str] = "by_id"
    reasons_version: int
    nodes: int
    by_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class CannedReplyChanged(Fact):
    """A canned reply was made, changed or deleted."""

    subject: ClassVar[str] = "canned_reply_id"
    canned_reply_id: UUID
    what: str


@dataclass(frozen=True, kw_only=True)
class ViewChanged(Fact):
    """A view was made, changed or deleted; `what` is created, updated or deleted."""

    subject: ClassVar[str] = "view_id"
    view_id: UUID
    what: str
    scope: str
    team_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class ViewsOrdered(Fact):
    """A member put the own list of views into another order."""

    subject: ClassVar[str] = "member_id"
    member_id: UUID
    views: int
