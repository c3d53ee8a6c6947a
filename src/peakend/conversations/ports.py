"""What conversations need from above: fields of the visitor's view, and names of queues and hours.

`entry/wiring.py` sets them on `provided`: `provided.visitor_views.append(routing_view)`,
`provided.opening = …`; nothing here knows who they are.
"""

from collections.abc import Callable, Collection, Mapping
from datetime import datetime
from typing import Any, Protocol
from uuid import UUID

from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction


class VisitorView(Protocol):
    """Adds fields to what a visitor sees: waiting, out_of_hours, survey, others."""

    async def __call__(
        self, tx: Transaction, *, conversation: "SeenConversation", channel_id: UUID
    ) -> Mapping[str, Any]:
        """Return the fields to add; keys must be fields of VisitorConversation."""


class JudgedMessages(Protocol):
    """Says which digital answers the customer judged: message id -> "solved" or "unsolved"."""

    async def __call__(
        self, tx: Transaction, *, conversation_id: UUID, message_ids: list[UUID]
    ) -> Mapping[UUID, str]:
        """Return a judgement for each judged message."""


class Opening(Protocol):
    """Says for the widget's first screen whether people are there: open_now, next_open_at, text."""

    async def __call__(
        self, tx: Transaction, *, hours_id: UUID | None, language: str
    ) -> Mapping[str, Any]:
        """Return the fields of `hours` in the channel's configuration."""


class Openings(Protocol):
    """Knows when people of a queue are at work."""

    async def __call__(
        self, tx: Transaction, *, queue_id: UUID | None
    ) -> Callable[[datetime], datetime | None]:
        """Return what finds the first open moment from a moment; None where hours are unknown."""


class Directory(Protocol):
    """Knows which queues and business hours there are."""

    async def queue_exists(self, tx: Transaction, queue_id: UUID) -> bool:
        """Return whether the organisation has this queue."""

    async def known_queues(self, tx: Transaction, ids: Collection[UUID]) -> set[UUID]:
        """Return those of the ids that are queues of the organisation."""

    async def hours_exist(self, tx: Transaction, hours_id: UUID) -> bool:
        """Return whether the organisation has these business hours."""


class Tone(Protocol):
    """Says how a customer's words sound; asked with every message, so it must be nearly free."""

    async def __call__(self, tx: Transaction, text: str) -> str | None:
        """Return a short code; None for ordinary words."""


class Wording(Protocol):
    """Refuses replies that the house does not let go; asked with every one, so nearly free."""

    async def __call__(self, tx: Transaction, text: str) -> None:
        """Return where the reply may go; raise an expected error where it may not."""


class Approval(Protocol):
    """Holds back replies that a senior must see first; asked with every one, so nearly free."""

    async def __call__(
        self, tx: Transaction, *, by: Actor, queue_id: UUID | None, posted: bool
    ) -> None:
        """Return where the reply may go by itself; raise an expected error where it may not.

        It is asked twice: before, when only the writer is known, and as soon as the queue is.
        """


class SeenConversation(Protocol):
    """The part of a conversation that a view may look at."""

    @property
    def id(self) -> UUID: ...
    @property
    def customer_id(self) -> UUID: ...
    @property
    def channel_id(self) -> UUID: ...
    @property
    def channel_kind(self) -> str: ...
    @property
    def brand_id(self) -> UUID | None: ...
    @property
    def queue_id(self) -> UUID | None: ...
    @property
    def agent_id(self) -> UUID | None: ...
    @property
    def leg_id(self) -> UUID | None: ...
    @property
    def state(self) -> str: ...
    @property
    def language(self) -> str: ...


class Provided:
    """Holds what `entry/wiring.py` plugs in."""

    visitor_views: list[VisitorView]
    judged: JudgedMessages | None
    opening: Opening | None
    openings: Openings | None
    directory: Directory | None
    tone: Tone | None
    urges: Callable[[str], bool] | None
    wording: Wording | None
    approval: Approval | None

    def __init__(self) -> None:
        self.visitor_views = []
        self.judged = None
        self.opening = None
        self.openings = None
        self.directory = None
        self.tone = None
        self.urges = None
        self.wording = None
        self.approval = None


provided = Provided()
