"""Facts of compensation: ids, amounts and short codes; the words stay in the rows."""

from dataclasses import dataclass
from typing import ClassVar
from uuid import UUID

from peakend.kernel.events import Fact


@dataclass(frozen=True, kw_only=True)
class _OfGrant(Fact, abstract=True):
    """What every fact of a grant says; `agent_id` is who acted, None for the house itself.

    Units: `cost_fen` is what it costs the house.
    """

    subject: ClassVar[str] = "grant_id"
    grant_id: UUID
    customer_id: UUID
    conversation_id: UUID | None
    leg_id: UUID | None
    case_id: UUID | None
    complaint_id: UUID | None
    brand_id: UUID | None
    agent_id: UUID | None
    instrument_id: UUID
    cost_fen: int
    currency: str


@dataclass(frozen=True, kw_only=True)
class CompensationAsked(_OfGrant):
    """A compensation above its giver's authority waits for approval; `over` says which limit."""

    over: str


@dataclass(frozen=True, kw_only=True)
class CompensationOffered(_OfGrant):
    """A compensation may be offered to the customer; `off_scheme` where no scheme says so."""

    off_scheme: bool
    approved: bool


@dataclass(frozen=True, kw_only=True)
class CompensationTold(_OfGrant):
    """The customer was told of an offer in the conversation, by `message_id`."""

    message_id: UUID


@dataclass(frozen=True, kw_only=True)
class CompensationGranted(_OfGrant):
    """A compensation was given; `by` is customer, agent or rule: who said yes."""

    by: str
    after_s: int


@dataclass(frozen=True, kw_only=True)
class CompensationRefused(_OfGrant):
    """The customer did not want what was offered."""

    by: str


@dataclass(frozen=True, kw_only=True)
class CompensationEnded(_OfGrant):
    """An offer or a grant ended otherwise: `how` is withdrawn, lapsed, revoked or expired."""

    how: str


@dataclass(frozen=True, kw_only=True)
class CompensationUsed(_OfGrant):
    """What was granted was used, or has left the house."""


@dataclass(frozen=True, kw_only=True)
class VoucherSettled(Fact):
    """Asking for a voucher ended: `state` is issued, refused, uncertain or dead, `code` why."""

    subject: ClassVar[str] = "grant_id"
    grant_id: UUID
    adapter: str
    state: str
    code: str
    attempt: int


@dataclass(frozen=True, kw_only=True)
class VoucherAskedAgain(Fact):
    """Somebody had a voucher asked for once more."""

    subject: ClassVar[str] = "grant_id"
    grant_id: UUID


@dataclass(frozen=True, kw_only=True)
class VoucherConnectionSet(Fact):
    """How the house's system of vouchers is reached was set or switched."""

    subject: ClassVar[str] = "organisation_id"
    adapter: str
    active: bool


@dataclass(frozen=True, kw_only=True)
class BudgetSet(Fact):
    """What may be given in a month was set. Units: fen; `hard` refuses what is above."""

    subject: ClassVar[str] = "budget_id"
    budget_id: UUID
    brand_id: UUID | None
    month: str
    currency: str
    amount_fen: int
    hard: bool
