"""Facts of privacy: ids, numbers and short codes; never whom it was about by name."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from peakend.kernel.events import Fact


@dataclass(frozen=True, kw_only=True)
class ErasureStarted(Fact):
    """Somebody confirmed who asks, and the removal of a person's data began."""

    subject: ClassVar[str] = "erasure_id"
    erasure_id: UUID
    customer_id: UUID
    identity: str
    ground: str


@dataclass(frozen=True, kw_only=True)
class ErasureRepeated(Fact):
    """A restored backup had brought an erased person back, and the erasure began once more."""

    subject: ClassVar[str] = "erasure_id"
    erasure_id: UUID
    customer_id: UUID


@dataclass(frozen=True, kw_only=True)
class CustomerErased(Fact):
    """Nothing is left of a person but numbers."""

    subject: ClassVar[str] = "erasure_id"
    erasure_id: UUID
    customer_id: UUID
    rows: int
    conversations: int
    files: int


@dataclass(frozen=True, kw_only=True)
class AccessAsked(Fact):
    """Somebody confirmed who asks, and what we hold about a person is being put together."""

    subject: ClassVar[str] = "package_id"
    package_id: UUID
    customer_id: UUID
    identity: str


@dataclass(frozen=True, kw_only=True)
class AccessGiven(Fact):
    """What we hold about a person is put together and can be fetched."""

    subject: ClassVar[str] = "package_id"
    package_id: UUID
    customer_id: UUID
    rows: int
    files: int


@dataclass(frozen=True, kw_only=True)
class LegalHoldPlaced(Fact):
    """Nothing of a customer or a conversation may go until the hold is lifted."""

    subject: ClassVar[str] = "hold_id"
    hold_id: UUID
    about: str
    code: str


@dataclass(frozen=True, kw_only=True)
class LegalHoldLifted(Fact):
    """What was held back may go again."""

    subject: ClassVar[str] = "hold_id"
    hold_id: UUID
    about: str


@dataclass(frozen=True, kw_only=True)
class RetentionChanged(Fact):
    """How long one kind of data is kept was decided; without days it is kept for good."""

    subject: ClassVar[str] = "decided_by"
    decided_by: UUID | None
    category: str
    days: int | None


@dataclass(frozen=True, kw_only=True)
class RetentionRan(Fact):
    """The nightly round removed what was too old."""

    subject: ClassVar[str] = "run_id"
    run_id: UUID
    removed: int
    categories: int
