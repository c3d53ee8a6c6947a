"""Facts of schemes, instruments and authority."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from peakend.kernel.events import Fact


@dataclass(frozen=True, kw_only=True)
class InstrumentChanged(Fact):
    """An instrument of compensation was added or changed; `what` is created or updated."""

    subject: ClassVar[str] = "instrument_id"
    instrument_id: UUID
    what: str


@dataclass(frozen=True, kw_only=True)
class SchemeDrafted(Fact):
    """A draft of the policy table was begun, kept or thrown away."""

    subject: ClassVar[str] = "table_id"
    table_id: UUID
    brand_id: UUID | None
    what: str
    lines: int


@dataclass(frozen=True, kw_only=True)
class SchemePublished(Fact):
    """A version of the policy table holds from now on; `hold_out_share` is offered nothing."""

    subject: ClassVar[str] = "table_id"
    table_id: UUID
    brand_id: UUID | None
    scheme_version: int
    lines: int
    hold_out_share: float


@dataclass(frozen=True, kw_only=True)
class HoldOutDrawn(Fact):
    """It was drawn whether a scheme offers anything for a complaint; `held` is that it does not.

    Undone where the complaint turns out extreme: then `held` is false and `share` 0.
    """

    subject: ClassVar[str] = "complaint_id"
    complaint_id: UUID
    customer_id: UUID
    table_id: UUID
    scheme_id: UUID
    share: float
    held: bool


@dataclass(frozen=True, kw_only=True)
class SchemeEnded(Fact):
    """A version of the policy table holds no longer."""

    subject: ClassVar[str] = "table_id"
    table_id: UUID
    brand_id: UUID | None
    scheme_version: int


@dataclass(frozen=True, kw_only=True)
class AuthorityChanged(Fact):
    """Up to how much somebody may give by himself was set, changed or taken away."""

    subject: ClassVar[str] = "authority_id"
    authority_id: UUID
    about: str
    what: str
    per_grant_fen: int | None
    per_case_fen: int | None
    per_day_fen: int | None
    per_month_fen: int | None
