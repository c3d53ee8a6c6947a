"""When a customer has come again with the same matter (二次来电)."""

from collections.abc import Iterable, Mapping
from datetime import datetime
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from peakend.cases.rules.cases import CasePriority

WITHIN_D = 7
LEAST_D, MOST_D = 1, 90


class Earlier(msgspec.Struct, frozen=True, kw_only=True):
    """A case of the same customer, as far as it says whether he comes again with it."""

    id: UUID
    reason_id: UUID | None
    family_id: UUID | None
    opened_at: datetime
    closed_at: datetime | None


def family(reason_id: UUID | None, parents: Mapping[UUID, UUID | None]) -> UUID | None:
    """Return the topmost reason above a reason; itself where it is not in the tree any more."""
    at, seen = reason_id, set[UUID]()
    while at is not None and at not in seen:
        seen.add(at)
        above = parents.get(at)
        if above is None:
            return at
        at = above
    return at


def raised_to(times: int) -> CasePriority:
    """Return how urgent a case is at least when its customer has come again so often."""
    return "urgent" if times >= 3 else "high"


def is_lately(closed_at: datetime | None, now: datetime, days: int, zone: str) -> bool:
    """Return whether a case is open, or was closed within so many days on the house's calendar.

    Whole days count: what was closed on Monday morning is lately until the end of the next Monday.
    """
    if closed_at is None:
        return True
    here = ZoneInfo(zone)
    return (now.astimezone(here).date() - closed_at.astimezone(here).date()).days <= days


def same_matter(
    cases: Iterable[Earlier],
    *,
    reason_id: UUID | None,
    family_id: UUID | None,
    now: datetime,
    days: int,
    zone: str,
) -> Earlier | None:
    """Return the case with which a customer comes again: open ones first, then the same reason.

    Without a reason on this side nobody knows whether it is the same.
    """
    if family_id is None:
        return None
    known = [
        one
        for one in cases
        if one.family_id == family_id and is_lately(one.closed_at, now, days, zone)
    ]
    return max(
        known,
        key=lambda one: (one.closed_at is None, one.reason_id == reason_id, one.opened_at, one.id),
        default=None,
    )
