"""Writing in the books: every entry moves an amount, under the lock of the budget it is of."""

import csv
import io
from datetime import date
from uuid import UUID

import msgspec

from peakend.accounts.actions import audit
from peakend.complaints.models.grants import Grant
from peakend.complaints.models.ledger import Account
from peakend.complaints.queries.ledger import Sought, ledger_rows
from peakend.complaints.rules.ledger import KINDS, Kind, What, entry, fits
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict
from peakend.kernel.ids import new_id
from peakend.kernel.sheets import safe_cell
from peakend.kernel.words import word

_OPEN = """
INSERT INTO ledger_account (id, brand_id, month, currency, kind)
SELECT one.id, $2, $3, $4, one.kind FROM unnest($1::uuid[], $5::text[]) AS one (id, kind)
ON CONFLICT DO NOTHING
"""
_LOCKED = """
SELECT id, kind, balance_fen FROM ledger_account
WHERE organisation_id = current_organisation()
  AND brand_id IS NOT DISTINCT FROM $1
  AND month = $2
  AND currency = $3
ORDER BY kind
FOR NO KEY UPDATE
"""
_CAP = """
SELECT amount_fen FROM budget
WHERE organisation_id = current_organisation()
  AND brand_id IS NOT DISTINCT FROM $1
  AND month = $2
  AND currency = $3
  AND hard
"""
_LINES = """
INSERT INTO ledger_line (id, entry_id, account_id, grant_id, what, amount_fen, at)
SELECT one.id, $3, one.account_id, $4, $5, one.amount_fen, $6
FROM unnest($1::uuid[], $2::uuid[], $7::bigint[]) AS one (id, account_id, amount_fen)
"""
_BALANCES = """
UPDATE ledger_account a SET balance_fen = a.balance_fen + one.amount_fen
FROM unnest($1::uuid[], $2::bigint[]) AS one (id, amount_fen)
WHERE a.organisation_id = current_organisation() AND a.id = one.id
"""


class BudgetExhausted(Conflict):
    """The month's budget leaves no room for it."""

    wording = "complaints.budget_exhausted"


class Books(msgspec.Struct, frozen=True):
    """The accounts of a brand's month, locked until the transaction ends."""

    accounts: dict[Kind, Account]
    cap_fen: int | None

    @property
    def balances(self) -> dict[Kind, int]:
        """Return what stands on each account. Units: fen."""
        return {kind: one.balance_fen for kind, one in self.accounts.items()}

    def need_room(self, cost_fen: int) -> None:
        """Refuse what a hard cap leaves no room for. Errors: BudgetExhausted."""
        if not fits(self.cap_fen, self.balances, cost_fen):
            raise BudgetExhausted


async def books(tx: Transaction, brand_id: UUID | None, month: date, currency: str) -> Books:
    """Open the books of a brand's month and lock them; whoever writes in them comes one by one."""
    found = await tx.all(Account, _LOCKED, brand_id, month, currency)
    if len(found) < len(KINDS):
        ids = [new_id() for _ in KINDS]
        await tx.run(_OPEN, ids, brand_id, month, currency, list(KINDS))
        found = await tx.all(Account, _LOCKED, brand_id, month, currency)
    cap = await tx.value(_CAP, brand_id, month, currency)
    return Books({one.kind: one for one in found}, cap)


async def book(tx: Transaction, grant: Grant, what: What, opened: Books | None = None) -> None:
    """Write an entry about a grant; its lines always sum up to nothing."""
    lines = entry(what, grant.cost_fen)
    if not lines:
        return
    opened = opened or await books(tx, grant.brand_id, grant.month, grant.currency)
    accounts = [opened.accounts[line.kind].id for line in lines]
    amounts = [line.amount_fen for line in lines]
    ids = [new_id() for _ in lines]
    await tx.run(_BALANCES, accounts, amounts)
    await tx.run(_LINES, ids, accounts, new_id(), grant.id, what, tx.now, amounts)


async def export_ledger(tx: Transaction, *, by: Actor, sought: Sought) -> str:
    """Return the wanted lines of the books as CSV; that they were taken out is audited.

    Counts: the newest 20,000.
    """
    out = io.StringIO()
    out.write("\ufeff")
    rows = csv.writer(out, lineterminator="\r\n")
    heads = ("at", "month", "what", "account", "amount", "currency", "brand", "grant", "entry")
    rows.writerow([word(f"complaints.ledger.{one}", by.language) for one in heads])
    count = 0
    async for one in ledger_rows(tx, by, sought):
        count += 1
        cells = (
            one.at.isoformat(), f"{one.month:%Y-%m}",
            word(f"complaints.ledger.what_{one.what}", by.language),
            word(f"complaints.ledger.kind_{one.kind}", by.language),
            f"{one.amount_fen / 100:.2f}", one.currency, str(one.brand_id or ""),
            str(one.grant_id), str(one.entry_id),
        )  # fmt: skip
        # An amount is a number of ours: the sign before it is no formula.
        rows.writerow([cell if at == 4 else safe_cell(cell) for at, cell in enumerate(cells)])
    detail = {"lines": count, "month": f"{sought.month:%Y-%m}" if sought.month else ""}
    await audit(tx, "ledger.exported", "organisation", tx.organisation_id, detail)
    return out.getvalue()
