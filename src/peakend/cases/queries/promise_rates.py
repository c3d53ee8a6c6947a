"""The share of promises that was kept: whole, by member, by kind."""

from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from peakend.accounts.queries import member_names, organisation
from peakend.cases.queries.promises import SEEN, sight_of
from peakend.cases.rules.promises import PromiseKind, kept_share
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Invalid

LONGEST_PERIOD = timedelta(days=400)

_RATES = f"""
SELECT p.owner_id, p.kind,
       count(*) FILTER (WHERE p.state = 'kept') AS kept,
       count(*) FILTER (WHERE p.state = 'broken') AS broken,
       count(*) FILTER (WHERE p.state = 'withdrawn') AS withdrawn
FROM promise p
WHERE p.organisation_id = current_organisation() AND p.due_at >= $5 AND p.due_at < $6
  AND {SEEN}
GROUP BY p.owner_id, p.kind
"""  # noqa: S608 (our own words only)


class WrongPeriod(Invalid):
    """A period ends after it begins, and is no longer than 400 days."""

    wording = "cases.wrong_period"


class PromiseRate(msgspec.Struct, frozen=True, kw_only=True):
    """How many of somebody's, or of one kind, were kept in time.

    Counts: `n` = kept + broken; withdrawn ones are in neither. `share` is None where n is 0.
    """

    member_id: UUID | None
    name: str | None
    kind: PromiseKind | None
    kept: int
    broken: int
    withdrawn: int
    n: int
    share: float | None


class PromiseRates(msgspec.Struct, frozen=True, kw_only=True):
    """The kept share of a period, by when promises were due: whole, by member, by kind."""

    first: date
    last: date
    whole: PromiseRate
    members: list[PromiseRate]
    kinds: list[PromiseRate]


class _Rated(msgspec.Struct, frozen=True):
    owner_id: UUID | None
    kind: PromiseKind
    kept: int
    broken: int
    withdrawn: int


async def promise_rates(tx: Transaction, actor: Actor, *, first: date, last: date) -> PromiseRates:
    """Return the kept share of promises due from one day to another, both included.

    Errors: WrongPeriod.
    """
    if not timedelta() <= last - first <= LONGEST_PERIOD:
        raise WrongPeriod(fields={"last": "wrong"})
    zone = ZoneInfo((await organisation(tx)).time_zone)
    rows = await tx.all(
        _Rated,
        _RATES,
        *await sight_of(tx, actor),
        datetime.combine(first, time(), zone),
        datetime.combine(last + timedelta(days=1), time(), zone),
    )
    names = await member_names(tx, {row.owner_id for row in rows if row.owner_id})
    members = [
        _rate([row for row in rows if row.owner_id == one], member_id=one, name=names.get(one))
        for one in sorted(names, key=lambda one: names[one])
    ]
    kinds = [
        _rate([row for row in rows if row.kind == one], kind=one)
        for one in sorted({row.kind for row in rows})
    ]
    return PromiseRates(first=first, last=last, whole=_rate(rows), members=members, kinds=kinds)


def _rate(
    rows: list[_Rated],
    *,
    member_id: UUID | None = None,
    name: str | None = None,
    kind: PromiseKind | None = None,
) -> PromiseRate:
    kept, broken, withdrawn = (
        sum(getattr(row, what) for row in rows) for what in ("kept", "broken", "withdrawn")
    )
    return PromiseRate(
        member_id=member_id, name=name, kind=kind, kept=kept, broken=broken,
        withdrawn=withdrawn, n=kept + broken, share=kept_share(kept, broken),
    )  # fmt: skip
