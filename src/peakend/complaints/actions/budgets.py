"""Setting what may be given in a month."""

from datetime import date
from uuid import UUID

from peakend.accounts.actions import audit
from peakend.accounts.queries import need_brand
from peakend.complaints.actions.ledger import books
from peakend.complaints.events import BudgetSet
from peakend.complaints.models.ledger import BUDGET_COLUMNS, Budget
from peakend.complaints.rules.ledger import MOST_BUDGET_FEN
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid
from peakend.kernel.events import record
from peakend.kernel.ids import new_id

CURRENCY = "CNY"
_FOUND = f"""
SELECT {BUDGET_COLUMNS} FROM budget
WHERE organisation_id = current_organisation()
  AND brand_id IS NOT DISTINCT FROM $1 AND month = $2 AND currency = $3
FOR NO KEY UPDATE
"""  # noqa: S608 (names of columns only)
_SET = """
INSERT INTO budget AS b
    (id, brand_id, month, currency, amount_fen, hard, changed_by, changed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
ON CONFLICT (organisation_id, brand_id, month, currency) DO UPDATE
SET amount_fen = $5, hard = $6, changed_by = $7, changed_at = $8, version = b.version + 1
RETURNING id
"""


class BudgetStale(Conflict):
    """The budget was changed since it was looked at."""

    wording = "complaints.budget_stale"


async def set_budget(
    tx: Transaction,
    *,
    brand_id: UUID | None,
    month: date,
    amount_fen: int,
    hard: bool,
    version: int | None,
) -> UUID:
    """Set what a brand (None: what belongs to none) may give in a month.

    `version` is that of the budget looked at, None where there was none. What is promised already
    stays; a hard one below it leaves room for nothing more. Units: fen. Errors: BudgetStale,
    BrandNotFound, Invalid.
    """
    if month.day != 1 or not 0 <= amount_fen <= MOST_BUDGET_FEN:
        raise Invalid(fields={"amount_fen": "kernel.invalid"})
    if brand_id is not None:
        await need_brand(tx, brand_id)
    # Under the lock of the books: nobody offers beside it.
    await books(tx, brand_id, month, CURRENCY)
    old = await tx.one(Budget, _FOUND, brand_id, month, CURRENCY)
    if (old.version if old else None) != version:
        raise BudgetStale(version=old.version if old else 0)
    by = tx.actor.id if tx.actor.kind == "member" else None
    budget_id: UUID = await tx.value(
        _SET, new_id(), brand_id, month, CURRENCY, amount_fen, hard, by, tx.now
    )
    fact = BudgetSet(
        budget_id=budget_id, brand_id=brand_id, month=f"{month:%Y-%m}", currency=CURRENCY,
        amount_fen=amount_fen, hard=hard,
    )  # fmt: skip
    await record(tx, fact)
    await audit(tx, "budget.set", "budget", budget_id, {"amount_fen": amount_fen, "hard": hard})
    return budget_id
