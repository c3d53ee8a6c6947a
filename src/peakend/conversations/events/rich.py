"""Facts of rich messages: sent, answered by a tap, and the templates they are made from."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from peakend.conversations.events.timeline import _OfConversation, _OfHolding
from peakend.kernel.events import Fact


@dataclass(frozen=True, kw_only=True)
class RichMessageSent(_OfHolding):
    """An agent sent cards, an order, a step or replies to choose from; `shape` says which."""

    agent_id: UUID | None
    message_id: UUID
    shape: str
    cards: int
    choices: int
    pictures: int
    template_id: UUID | None


@dataclass(frozen=True, kw_only=True)
class ChoiceMade(_OfConversation):
    """The customer tapped one of the choices of a message; `message_id` is the one it answers."""

    message_id: UUID
    shape: str
    choice: str
    after_s: int


@dataclass(frozen=True, kw_only=True)
class RichTemplateChanged(Fact):
    """A template of rich messages was made, changed or deleted."""

    subject: ClassVar[str] = "rich_template_id"
    rich_template_id: UUID
    what: str
