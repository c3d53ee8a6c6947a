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
class FieldRolesChanged(Fact):
    """A field is shown to, or filled in by, so many roles; None stands for everybody."""

    subject: ClassVar[str] = "field_id"
    field_id: UUID
    of: str
    seen_by: int | None
    changed_by: int | None


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


@dataclass(frozen=True, kw_only=True)
class CompanyChanged(Fact):
    """A company was made, changed, archived or brought back; `what` says which."""

    subject: ClassVar[str] = "company_id"
    company_id: UUID
    what: str


@dataclass(frozen=True, kw_only=True)
class CompanyJoined(Fact):
    """A customer belongs to a company; `main` says that it is the first of several."""

    subject: ClassVar[str] = "company_id"
    company_id: UUID
    customer_id: UUID
    main: bool


@dataclass(frozen=True, kw_only=True)
class CompanyLeft(Fact):
    """A customer belongs to a company no longer."""

    subject: ClassVar[str] = "company_id"
    company_id: UUID
    customer_id: UUID


@dataclass(frozen=True, kw_only=True)
class ObjectTypeChanged(Fact):
    """A kind of object was made, changed, archived or brought back; `what` says which."""

    subject: ClassVar[str] = "type_id"
    type_id: UUID
    what: str


@dataclass(frozen=True, kw_only=True)
class ObjectChanged(Fact):
    """Something that a customer or a company has was added, changed, removed or brought back."""

    subject: ClassVar[str] = "object_id"
    object_id: UUID
    type_id: UUID
    what: str
    customer_id: UUID | None = None
    company_id: UUID | None = None


@dataclass(frozen=True, kw_only=True)
class ContextLinkChanged(Fact):
    """A link or panel was made, changed, archived, brought back or got a new secret."""

    subject: ClassVar[str] = "link_id"
    link_id: UUID
    what: str
