"""The books as they are read: lines, and what is left of each month's budget."""

from calendar import monthrange
from collections.abc import AsyncIterator
from datetime import date
from uuid import UUID
from zoneinfo import ZoneInfo

import msgspec

from peakend.accounts.queries import brand_names, organisation
from peakend.complaints.models.ledger import BUDGET_COLUMNS, Budget, LedgerRow
from peakend.complaints.rules.ledger import Kind, forecast_fen, month_of, used_fen
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.paging import Page, cursor_decode, cursor_encode

CURRENCY = "CNY"
MOST_EXPORTED = 20_000
_PORTION = 500
_LINES = """
SELECT l.id, l.entry_id, l.at, l.what, a.kind, l.amount_fen, a.currency, a.brand_id, a.month,
       l.grant_id
FROM ledger_line l
JOIN ledger_account a ON a.organisation_id = l.organisation_id AND a.id = l.account_id
WHERE l.organisation_id = current_organisation()
  AND ($1::uuid IS NULL OR l.id < $1)
  AND ($2::date IS NULL OR a.month = $2)
  AND ($3::uuid IS NULL OR a.brand_id = $3)
  AND ($4::text IS NULL OR a.kind = $4)
  AND ($5::boolean OR a.brand_id = ANY($6::uuid[]))
ORDER BY l.id DESC LIMIT $7
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


class BudgetView(msgspec.Struct, frozen=True, kw_only=True):
    """What a brand (None: what belongs to none) may give in a month and what it gave.

    Units: fen. `promised_fen` waits for an answer, `given_fen` was granted, `forecast_fen` is what
    the month will have taken if it goes on so; `version` is None where no budget was set.
    """

    brand_id: UUID | None
    brand_name: str
    amount_fen: int | None
    hard: bool
    promised_fen: int
    given_fen: int
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
    *,
    month: date | None = None,
    brand_id: UUID | None = None,
    kind: Kind | None = None,
    cursor: str | None = None,
    limit: int = 100,
) -> Page[LedgerRow]:
    """Return a page of the books, the newest line first. Errors: WrongCursor."""
    before = UUID(str(cursor_decode(cursor, 1)[0])) if cursor else None
    rows = await _lines(tx, actor, before, month, brand_id, kind, limit + 1)
    more = len(rows) > limit
    return Page(rows[:limit], cursor_encode(rows[limit - 1].id) if more else None)


async def ledger_rows(
    tx: Transaction,
    actor: Actor,
    *,
    month: date | None = None,
    brand_id: UUID | None = None,
    kind: Kind | None = None,
) -> AsyncIterator[LedgerRow]:
    """Give the lines of the books one by one, the newest first. Counts: at most 20,000."""
    before: UUID | None = None
    for _ in range(MOST_EXPORTED // _PORTION):
        rows = await _lines(tx, actor, before, month, brand_id, kind, _PORTION)
        for row in rows:
            yield row
        if len(rows) < _PORTION:
            return
        before = rows[-1].id


async def _lines(
    tx: Transaction,
    actor: Actor,
    before: UUID | None,
    month: date | None,
    brand_id: UUID | None,
    kind: Kind | None,
    limit: int,
) -> list[LedgerRow]:
    brands = list(actor.seen_brand_ids)
    return await tx.all(
        LedgerRow, _LINES, before, month, brand_id, kind, actor.every_brand, brands, limit
    )


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
        returned_fen=balances.get("returned", 0),
        used_fen=used,
        forecast_fen=forecast_fen(balances, day=day, days=days),
        version=budget.version if budget else None,
    )
