"""Facts about customers: ids and short codes only, never a name or a number of a person."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from peakend.kernel.events import Fact


@dataclass(frozen=True, kw_only=True)
class CustomerAdded(Fact):
    """Somebody became a customer of ours, perhaps without a name yet."""

    subject: ClassVar[str] = "customer_id"
    customer_id: UUID


@dataclass(frozen=True, kw_only=True)
class CustomerRemoved(Fact):
    """A customer was taken away whole, as a sample is."""

    subject: ClassVar[str] = "customer_id"
    customer_id: UUID


@dataclass(frozen=True, kw_only=True)
class CustomerChanged(Fact):
    """Name, attributes or preferences of a customer changed."""

    subject: ClassVar[str] = "customer_id"
    customer_id: UUID
    revision: int


@dataclass(frozen=True, kw_only=True)
class CustomerIdentified(Fact):
    """A visitor is known to be this customer: the host page vouched for the login.

    `former_customer_id` is who the visitor was taken for before; `joined` says that it was an
    anonymous one whose conversations are this customer's own.
    """

    subject: ClassVar[str] = "customer_id"
    customer_id: UUID
    visitor_id: UUID
    former_customer_id: UUID | None
    joined: bool


@dataclass(frozen=True, kw_only=True)
class IdentityAdded(Fact):
    """A way to recognise or reach a customer became known."""

    subject: ClassVar[str] = "customer_id"
    customer_id: UUID
    identity_id: UUID
    kind: str
    verified: bool


@dataclass(frozen=True, kw_only=True)
class CustomersMerged(Fact):
    """Two customers are one from now on: what was `absorbed_id`'s is found with the customer."""

    subject: ClassVar[str] = "customer_id"
    customer_id: UUID
    absorbed_id: UUID
    merge_id: UUID
    revision: int


@dataclass(frozen=True, kw_only=True)
class CustomersParted(Fact):
    """A merge was taken back: `absorbed_id` is a customer of its own again."""

    subject: ClassVar[str] = "customer_id"
    customer_id: UUID
    absorbed_id: UUID
    merge_id: UUID
    revision: int


@dataclass(frozen=True, kw_only=True)
class CustomersToldApart(Fact):
    """Somebody said that two customers who look alike are two."""

    subject: ClassVar[str] = "customer_id"
    customer_id: UUID
    other_id: UUID


@dataclass(frozen=True, kw_only=True)
class CustomerNoteAdded(Fact):
    """A member wrote a note about a customer."""

    subject: ClassVar[str] = "customer_id"
    customer_id: UUID
    note_id: UUID


@dataclass(frozen=True, kw_only=True)
class CustomerFieldRevealed(Fact):
    """A member looked at a masked field; `field` is its code."""

    subject: ClassVar[str] = "customer_id"
    customer_id: UUID
    reveal_id: UUID
    field: str


@dataclass(frozen=True, kw_only=True)
class VisitStarted(Fact):
    """A browser came for the first time, or without its token."""

    subject: ClassVar[str] = "visitor_id"
    visitor_id: UUID
    customer_id: UUID
    channel_id: UUID


@dataclass(frozen=True, kw_only=True)
class PageSeen(Fact):
    """A visitor looked at a page of the host's site."""

    subject: ClassVar[str] = "visitor_id"
    visitor_id: UUID
    customer_id: UUID
