"""Facts of telling the customer, and of closing."""

from dataclasses import dataclass
from uuid import UUID

from peakend.cases.events.cases import _OfCase


@dataclass(frozen=True, kw_only=True)
class CustomerInformed(_OfCase):
    """The customer was told what became of it, on a channel that reached him (告知)."""

    inform_id: UUID
    channel: str
    after_s: int


@dataclass(frozen=True, kw_only=True)
class CaseClosed(_OfCase):
    """It is over; `how` says whether the customer was told, `why` why he was not.

    Counts: closed-not-informed is this fact with `how` = not_informed.
    """

    how: str
    why: str | None
