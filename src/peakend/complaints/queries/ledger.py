"""The books as they are read: lines, and what is left of each month's budget."""

from calendar import monthrange
from collections.abc import AsyncIterator
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from peakend.accounts.queries import BrandNotFound, brand_names, need_brand, organisation
from peakend.complaints.models.ledger import BUDGET_COLUMNS, Budget, DayMoved, LedgerRow
from peakend.complaints.rules.ledger import (
    CoursePoint,
    Kind,
    course,
    forecast_fen,
    month_of,
    used_fen,
)
from peakend.customers.queries import customer_briefs, parts_of
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.paging import Page, cursor_decode, cursor_encode

CURRENCY = "CNY"
MOST_EXPORTED = 20_000
_PORTION = 500
_LINES = """
SELECT l.id, l.entry_id, l.at, l.what, a.kind, l.amount_fen, a.currency, a.brand_id, a.month,
       l.grant_id, g.customer_id, i.name_zh, i.name_en
FROM ledger_line l
JOIN ledger_account a ON a.organisation_id = l.organisation_id AND a.id = l.account_id
JOIN compensation_grant g ON g.organisation_id = l.organisation_id AND g.id = l.grant_id
JOIN instrument i ON i.organisation_id = g.organisation_id AND i.id = g.instrument_id
WHERE l.organisation_id = current_organisation()
  AND ($1::uuid IS NULL OR l.id < $1)
  AND ($2::date IS NULL OR a.month = $2)
  AND ($3::uuid IS NULL OR a.brand_id = $3)
  AND ($4::text IS NULL OR a.kind = $4)
  AND ($5::boolean OR a.brand_id = ANY($6::uuid[]))
  AND ($7::uuid IS NULL OR l.grant_id = $7)
  AND ($8::uuid[] IS NULL OR g.customer_id = ANY($8))
ORDER BY l.id DESC LIMIT $9
"""
_BALANCES = """
SELECT brand_id, kind, balance_fen FROM ledger_account
WHERE organisation_id = current_organisation() AND month = $1 AND currency = $2
LIMIT 2000
"""
_BUDGETS = f"""
SELECT {BUDGET_COLUMNS} FROM budget
WHERE organisation_id = current_organisation() AND month = $1 AND currency = $2
LIMIT 500
"""  # noqa: S608 (names of columns only)
# What leaves the budget is used, what comes back is not; both stand on accounts of their own.
_MOVED = """
SELECT (l.at AT TIME ZONE $4)::date AS day, -sum(l.amount_fen)::bigint AS used_fen
FROM ledger_account a
JOIN ledger_line l ON l.organisation_id = a.organisation_id AND l.account_id = a.id
WHERE a.organisation_id = current_organisation()
  AND a.brand_id IS NOT DISTINCT FROM $1
  AND a.month = $2
  AND a.currency = $3
  AND a.kind IN ('budget', 'returned')
GROUP BY 1 ORDER BY 1 LIMIT 4000
"""


class Sought(msgspec.Struct, frozen=True, kw_only=True):
    """Which lines of the books are wanted; None is all of them."""

    month: date | None = None
    brand_id: UUID | None = None
    kind: Kind | None = None
    grant_id: UUID | None = None
    customer_id: UUID | None = None


EVERY_LINE = Sought()


class LedgerShown(LedgerRow, frozen=True, kw_only=True):
    """A line of the books as it is shown, with the customer's name as far as it is seen."""

    customer: str


class BudgetView(msgspec.Struct, frozen=True, kw_only=True):
    """What a brand (None: what belongs to none) may give in a month and what it gave.

    Units: fen. `promised_fen` waits for an answer, `given_fen` was granted (`outstanding_fen` of
    it not used yet, `spent_fen` used), `forecast_fen` is what
    the month will have taken if it goes on so; `version` is None where no budget was set.
    """

    brand_id: UUID | None
    brand_name: str
    amount_fen: int | None
    hard: bool
    promised_fen: int
    given_fen: int
    outstanding_fen: int
    spent_fen: int
    returned_fen: int
    used_fen: int
    forecast_fen: int
    version: int | None


class MonthView(msgspec.Struct, frozen=True, kw_only=True):
    """The budgets of a month."""

    month: date
    currency: str
    budgets: list[BudgetView]


class _Balance(msgspec.Struct, frozen=True):
    brand_id: UUID | None
    kind: Kind
    balance_fen: int


async def ledger_page(
    tx: Transaction,
    actor: Actor,
    sought: Sought = EVERY_LINE,
    *,
    cursor: str | None = None,
    limit: int = 100,
) -> Page[LedgerShown]:
    """Return a page of the books, the newest line first. Errors: WrongCursor, CustomerNotFound."""
    before = UUID(str(cursor_decode(cursor, 1)[0])) if cursor else None
    rows = await _lines(tx, actor, sought, await _whose(tx, sought), before, limit + 1)
    shown = rows[:limit]
    names = await customer_briefs(tx, {one.customer_id for one in shown}, actor.language)
    key = cursor_encode(shown[-1].id) if len(rows) > limit else None
    return Page([_shown(one, names[one.customer_id].name) for one in shown], key)


def _shown(row: LedgerRow, customer: str) -> LedgerShown:
    return LedgerShown(**msgspec.structs.asdict(row), customer=customer)


async def ledger_rows(
    tx: Transaction, actor: Actor, sought: Sought = EVERY_LINE
) -> AsyncIterator[LedgerRow]:
    """Give the lines of the books one by one, the newest first. Counts: at most 20,000."""
    before: UUID | None = None
    whose = await _whose(tx, sought)
    for _ in range(MOST_EXPORTED // _PORTION):
        rows = await _lines(tx, actor, sought, whose, before, _PORTION)
        for row in rows:
            yield row
        if len(rows) < _PORTION:
            return
        before = rows[-1].id


async def _whose(tx: Transaction, sought: Sought) -> list[UUID] | None:
    return None if sought.customer_id is None else await parts_of(tx, sought.customer_id)


async def _lines(
    tx: Transaction,
    actor: Actor,
    sought: Sought,
    whose: list[UUID] | None,
    before: UUID | None,
    limit: int,
) -> list[LedgerRow]:
    return await tx.all(
        LedgerRow, _LINES, before, sought.month, sought.brand_id, sought.kind, actor.every_brand,
        list(actor.seen_brand_ids), sought.grant_id, whose, limit,
    )  # fmt: skip


async def month_view(tx: Transaction, actor: Actor, month: date | None = None) -> MonthView:
    """Return the budgets of a month (None: this one) for every brand the actor sees."""
    zone = (await organisation(tx)).time_zone
    today = tx.now.astimezone(ZoneInfo(zone)).date()
    month = month or month_of(tx.now, zone)
    days = monthrange(month.year, month.month)[1]
    day = today.day if today.replace(day=1) == month else days
    balances: dict[UUID | None, dict[Kind, int]] = {}
    for row in await tx.all(_Balance, _BALANCES, month, CURRENCY):
        balances.setdefault(row.brand_id, {})[row.kind] = row.balance_fen
    set_ = {one.brand_id: one for one in await tx.all(Budget, _BUDGETS, month, CURRENCY)}
    names = await brand_names(tx)
    seen = [one for one in names if actor.every_brand or one in actor.seen_brand_ids]
    views = [
        _view(one, names[one], set_.get(one), balances.get(one, {}), day, days) for one in seen
    ]
    if actor.every_brand and (None in set_ or None in balances or not views):
        views.append(_view(None, "", set_.get(None), balances.get(None, {}), day, days))
    return MonthView(month=month, currency=CURRENCY, budgets=views)


class BudgetCourse(msgspec.Struct, frozen=True, kw_only=True):
    """How a month's budget is used day by day, and where that leads; the points are by day."""

    budget: BudgetView
    month: date
    points: list[CoursePoint]


async def budget_course(
    tx: Transaction, actor: Actor, *, brand_id: UUID | None, month: date | None = None
) -> BudgetCourse:
    """Return how a brand's budget (None: of what belongs to none) is used. Errors: BrandNotFound.

    A brand that the actor does not see is none.
    """
    view = await month_view(tx, actor, month)
    found = next((one for one in view.budgets if one.brand_id == brand_id), None)
    if found is None:
        if brand_id is not None and not actor.every_brand:
            raise BrandNotFound
        if brand_id is not None:
            await need_brand(tx, brand_id)
        found = _view(brand_id, "", None, {}, 1, 1)
    zone = (await organisation(tx)).time_zone
    moves = await tx.all(DayMoved, _MOVED, brand_id, view.month, view.currency, zone)
    points = course(
        [(one.day, one.used_fen) for one in moves],
        view.month,
        today=tx.now.astimezone(ZoneInfo(zone)).date(),
        ends_fen=found.forecast_fen,
    )
    return BudgetCourse(budget=found, month=view.month, points=points)


def _view(
    brand_id: UUID | None,
    name: str,
    budget: Budget | None,
    balances: dict[Kind, int],
    day: int,
    days: int,
) -> BudgetView:
    promised, used = balances.get("reserved", 0), used_fen(balances)
    return BudgetView(
        brand_id=brand_id,
        brand_name=name,
        amount_fen=budget.amount_fen if budget else None,
        hard=budget.hard if budget else False,
        promised_fen=promised,
        given_fen=used - promised,
        outstanding_fen=balances.get("outstanding", 0),
        spent_fen=balances.get("spent", 0),
        returned_fen=balances.get("returned", 0),
        used_fen=used,
        forecast_fen=forecast_fen(balances, day=day, days=days),
        version=budget.version if budget else None,
    )
