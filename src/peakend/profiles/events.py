"""Facts of fields, companies and what belongs to them: ids and short codes, never a value."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from peakend.kernel.events import Fact


@dataclass(frozen=True, kw_only=True)
class FieldChanged(Fact):
    """A field was made, changed, archived or brought back; `what` says which."""

    subject: ClassVar[str] = "field_id"
    field_id: UUID
    of: str
    what: str


@dataclass(frozen=True, kw_only=True)
class FieldsOrdered(Fact):
    """The fields of one kind of thing stand in another order."""

    of: str
    fields: int


@dataclass(frozen=True, kw_only=True)
class ProfileFilled(Fact):
    """Values of fields changed for one customer, company, conversation or object."""

    subject: ClassVar[str] = "owner_id"
    owner_id: UUID
    of: str
    fields: int
    customer_id: UUID | None = None
    conversation_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class FieldRevealed(Fact):
    """A member looked at a masked value of a field."""

    subject: ClassVar[str] = "owner_id"
    owner_id: UUID
    field_id: UUID
    of: str
    reveal_id: UUID
