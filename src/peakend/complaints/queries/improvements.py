"""Reading improvements with what they did, gaps that are known, and what is worth a look."""

from collections.abc import Sequence
from datetime import date, datetime, time, timedelta
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from peakend.accounts import queries as accounts
from peakend.complaints.models.improvements import (
    GAP_COLUMNS,
    IMPROVEMENT_COLUMNS,
    THANKS_COLUMNS,
    GapRow,
    ImprovementRow,
    ThanksRow,
)
from peakend.complaints.rules.improvements import (
    MOST_GAPS,
    MOST_IMPROVEMENTS,
    WINDOW_D,
    Difference,
    Measure,
    State,
    Window,
    difference,
    family,
    lineage,
    measure,
    proposed,
)
from peakend.conversations import queries as conversations
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import NotFound

MANAGES = "improvements.manage"
_SEEN = "($1 OR brand_id IS NULL OR brand_id = ANY($2::uuid[]))"

# What is late or near comes first, what is over last.
_LIST = f"""
SELECT {IMPROVEMENT_COLUMNS} FROM improvement
WHERE organisation_id = current_organisation() AND {_SEEN} AND ($3::text IS NULL OR state = $3)
ORDER BY state IN ('checked', 'dropped'), due_on NULLS LAST, made_at DESC, id LIMIT $4
"""  # noqa: S608 (names of columns only)
_ONE = f"""
SELECT {IMPROVEMENT_COLUMNS} FROM improvement
WHERE organisation_id = current_organisation() AND {_SEEN} AND id = $3
"""  # noqa: S608 (names of columns only)
_TAKEN = """
SELECT coalesce(array_agg(DISTINCT reason_id), '{}') FROM improvement
WHERE organisation_id = current_organisation() AND reason_id IS NOT NULL
  AND state NOT IN ('checked', 'dropped')
"""
_GAPS = f"""
SELECT {GAP_COLUMNS} FROM known_gap
WHERE organisation_id = current_organisation() AND closed_at IS NULL AND {_SEEN}
  AND ($3::uuid[] IS NULL OR reason_id = ANY($3))
  AND ($4::uuid IS NULL OR brand_id IS NULL OR brand_id = $4)
ORDER BY made_at DESC, id LIMIT $5
"""  # noqa: S608 (names of columns only)
_GAP = f"""
SELECT {GAP_COLUMNS} FROM known_gap
WHERE organisation_id = current_organisation() AND {_SEEN} AND id = $3 AND closed_at IS NULL
"""  # noqa: S608 (names of columns only)
_THANKS = f"""
SELECT {THANKS_COLUMNS} FROM flaw_thanks
WHERE organisation_id = current_organisation() AND {_SEEN}
  AND ($3::uuid IS NULL OR conversation_id = $3)
ORDER BY at DESC, id LIMIT 100
"""  # noqa: S608 (names of columns only)


class ImprovementNotFound(NotFound):
    """There is no such improvement for this person."""

    wording = "complaints.improvement_not_found"


class GapNotFound(NotFound):
    """There is no such gap, or it is closed."""

    wording = "complaints.gap_not_found"


class Improvement(ImprovementRow, frozen=True, kw_only=True):
    """An improvement as it is listed."""

    owner: str | None
    reason: str | None
    overdue: bool
    may_change: bool


class ImprovementView(msgspec.Struct, frozen=True, kw_only=True):
    """An improvement with what it did: contacts of its reason before and after, and the difference.

    All are None where it has no reason; `after` and `change` also before a time after is named.
    """

    improvement: Improvement
    before: Measure | None
    after: Measure | None
    change: Difference | None


class Proposal(msgspec.Struct, frozen=True, kw_only=True):
    """A reason that people come back for: so many contacts in thirty days, so many again."""

    reason_id: UUID
    reason: str
    contacts: int
    customers: int
    repeats: int
    per_100: float


class KnownGap(GapRow, frozen=True, kw_only=True):
    """A gap as it is shown."""

    reason: str | None
    improvement: str | None


class Thanks(ThanksRow, frozen=True, kw_only=True):
    """That a customer was thanked, with by whom."""

    by: str


async def improvement_list(
    tx: Transaction, actor: Actor, *, state: State | None = None
) -> list[Improvement]:
    """Return the improvements, what is due first. Counts: at most 500."""
    rows = await tx.all(
        ImprovementRow, _LIST, actor.every_brand, actor.seen_brands, state, MOST_IMPROVEMENTS
    )
    return await _shown(tx, rows, actor)


async def need_improvement(
    tx: Transaction, improvement_id: UUID, actor: Actor, *, lock: bool = False
) -> ImprovementRow:
    """Return an improvement as stored. Errors: ImprovementNotFound."""
    sql = f"{_ONE} FOR UPDATE" if lock else _ONE
    row = await tx.one(ImprovementRow, sql, actor.every_brand, actor.seen_brands, improvement_id)
    if row is None:
        raise ImprovementNotFound
    return row


async def improvement_view(tx: Transaction, improvement_id: UUID, actor: Actor) -> ImprovementView:
    """Return an improvement with what it did so far. Errors: ImprovementNotFound."""
    row = await need_improvement(tx, improvement_id, actor)
    before, after, change = await measured(tx, row)
    shown = (await _shown(tx, [row], actor))[0]
    return ImprovementView(improvement=shown, before=before, after=after, change=change)


async def measured(
    tx: Transaction, row: ImprovementRow
) -> tuple[Measure | None, Measure | None, Difference | None]:
    """Return the contacts of an improvement's reason before and after, and the difference."""
    if row.reason_id is None:
        return None, None, None
    before = await _count(tx, row, Window(row.before_from, row.before_until))
    if row.after_from is None or row.after_until is None:
        return before, None, None
    after = await _count(tx, row, Window(row.after_from, row.after_until))
    return before, after, difference(before, after)


async def proposals(tx: Transaction, actor: Actor) -> list[Proposal]:
    """Return reasons of the last thirty days that customers came back for most.

    Counts: at most twenty; contacts that ended; what somebody works at already is left out.
    """
    brands = None if actor.every_brand else actor.seen_brands
    counts = await conversations.reason_counts(
        tx, since=tx.now - timedelta(days=WINDOW_D), until=tx.now, brand_ids=brands
    )
    whole = sum(one.contacts for one in counts)
    by_reason = {one.reason_id: one for one in counts if one.reason_id is not None}
    taken: list[UUID] = await tx.value(_TAKEN)
    found = proposed(((id_, c.contacts, c.customers) for id_, c in by_reason.items()), taken)
    names = await _reason_names(tx)
    return [
        Proposal(
            reason_id=id_,
            reason=names.get(id_, ""),
            contacts=by_reason[id_].contacts,
            customers=by_reason[id_].customers,
            repeats=by_reason[id_].contacts - by_reason[id_].customers,
            per_100=100 * by_reason[id_].contacts / whole,
        )
        for id_ in found
    ]


async def known_gaps(
    tx: Transaction,
    actor: Actor,
    *,
    reason_id: UUID | None = None,
    brand_id: UUID | None = None,
) -> list[KnownGap]:
    """Return the open gaps, of a reason and those above it where one is given.

    Counts: at most 200.
    """
    wanted = None
    if reason_id is not None:
        tree = (await conversations.reason_tree(tx)).nodes
        wanted = lineage({one.id: one.parent_id for one in tree}, reason_id)
    rows = await tx.all(
        GapRow, _GAPS, actor.every_brand, actor.seen_brands, wanted, brand_id, MOST_GAPS
    )
    if not rows:
        return []
    reasons = await _reason_names(tx)
    titles = {one.id: one.title for one in await improvement_list(tx, actor)}
    return [
        KnownGap(
            **msgspec.structs.asdict(row),
            reason=reasons.get(row.reason_id),
            improvement=titles.get(row.improvement_id) if row.improvement_id else None,
        )
        for row in rows
    ]


async def need_gap(tx: Transaction, gap_id: UUID, actor: Actor) -> GapRow:
    """Return an open gap as stored. Errors: GapNotFound."""
    row = await tx.one(GapRow, _GAP, actor.every_brand, actor.seen_brands, gap_id)
    if row is None:
        raise GapNotFound
    return row


async def thanks_said(
    tx: Transaction, actor: Actor, *, conversation_id: UUID | None = None
) -> list[Thanks]:
    """Return who was thanked for what, newest first. Counts: at most 100."""
    rows = await tx.all(ThanksRow, _THANKS, actor.every_brand, actor.seen_brands, conversation_id)
    names = await accounts.member_names(tx, {row.by_id for row in rows})
    return [Thanks(**msgspec.structs.asdict(row), by=names.get(row.by_id, "")) for row in rows]


async def today(tx: Transaction) -> date:
    """Return which day it is in the house."""
    return tx.now.astimezone(await _zone(tx)).date()


async def _zone(tx: Transaction) -> ZoneInfo:
    return ZoneInfo((await accounts.organisation(tx)).time_zone)


async def _count(tx: Transaction, row: ImprovementRow, window: Window) -> Measure:
    zone = await _zone(tx)
    counts = await conversations.reason_counts(
        tx,
        since=_start(window.from_on, zone),
        until=_start(window.until_on + timedelta(days=1), zone),
        brand_ids=[row.brand_id] if row.brand_id else None,
    )
    tree = (await conversations.reason_tree(tx)).nodes
    assert row.reason_id is not None
    own = family({one.id: one.parent_id for one in tree}, row.reason_id)
    mine = [one for one in counts if one.reason_id in own]
    contacts = sum(one.contacts for one in mine)
    repeats = contacts - sum(one.customers for one in mine)
    return measure(window, contacts, sum(one.contacts for one in counts), repeats)


def _start(day: date, zone: ZoneInfo) -> datetime:
    return datetime.combine(day, time.min, zone)


async def _reason_names(tx: Transaction) -> dict[UUID, str]:
    return {one.id: one.label for one in (await conversations.reason_tree(tx)).nodes}


async def _shown(
    tx: Transaction, rows: Sequence[ImprovementRow], actor: Actor
) -> list[Improvement]:
    if not rows:
        return []
    names = await accounts.member_names(tx, {row.owner_id for row in rows if row.owner_id})
    reasons = await _reason_names(tx)
    day = await today(tx)
    return [
        Improvement(
            **msgspec.structs.asdict(row),
            owner=names.get(row.owner_id) if row.owner_id else None,
            reason=reasons.get(row.reason_id) if row.reason_id else None,
            overdue=row.state in ("open", "doing") and row.due_on is not None and row.due_on < day,
            may_change=actor.may(MANAGES)
            or (row.owner_id is not None and row.owner_id == actor.id),
        )
        for row in rows
    ]
