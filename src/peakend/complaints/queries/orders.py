"""Vouchers that were asked for: what arrived, what did not, and why."""

from datetime import datetime
from uuid import UUID

import msgspec

from peakend.complaints.rules.vouchers import OrderState
from peakend.customers.queries import customer_briefs
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.paging import Page, cursor_decode, cursor_encode

_PAGE = """
SELECT o.id, o.grant_id, o.state, o.attempt, o.created_at, o.next_at, o.done_at, o.code,
       g.customer_id, g.adapter, g.amount, g.unit, g.cost_fen, g.currency, i.name_zh, i.name_en,
       g.state = 'granted' AND o.state IN ('refused', 'uncertain', 'dead') AS may_resend
FROM voucher_order o
JOIN compensation_grant g ON g.organisation_id = o.organisation_id AND g.id = o.grant_id
JOIN instrument i ON i.organisation_id = g.organisation_id AND i.id = g.instrument_id
WHERE o.organisation_id = current_organisation()
  AND ($1::uuid IS NULL OR o.id < $1)
  AND ($2::text IS NULL OR o.state = $2)
  AND ($3::boolean OR g.brand_id = ANY($4::uuid[]))
ORDER BY o.id DESC LIMIT $5
"""
_COUNTS = """
SELECT o.state, count(*)::int AS count
FROM voucher_order o
JOIN compensation_grant g ON g.organisation_id = o.organisation_id AND g.id = o.grant_id
WHERE o.organisation_id = current_organisation()
  AND ($1::boolean OR g.brand_id = ANY($2::uuid[]))
GROUP BY o.state LIMIT 10
"""


class VoucherOrder(msgspec.Struct, frozen=True, kw_only=True):
    """A voucher that was asked for; `code` is the wording of what went wrong the last time.

    Units: `amount` is in `unit`, `cost_fen` is what it costs the house.
    """

    id: UUID
    grant_id: UUID
    state: OrderState
    attempt: int
    created_at: datetime
    next_at: datetime
    done_at: datetime | None
    code: str
    customer_id: UUID
    adapter: str
    amount: int
    unit: str
    cost_fen: int
    currency: str
    name_zh: str
    name_en: str
    may_resend: bool
    customer: str = ""


class _Count(msgspec.Struct, frozen=True):
    state: OrderState
    count: int


async def voucher_orders(
    tx: Transaction,
    actor: Actor,
    *,
    state: OrderState | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[VoucherOrder]:
    """Return a page of vouchers that were asked for, the newest first. Errors: WrongCursor."""
    before = UUID(str(cursor_decode(cursor, 1)[0])) if cursor else None
    seen = (actor.every_brand, actor.seen_brands)
    rows = await tx.all(VoucherOrder, _PAGE, before, state, *seen, limit + 1)
    shown = rows[:limit]
    names = await customer_briefs(tx, {one.customer_id for one in shown}, actor.language)
    key = cursor_encode(shown[-1].id) if len(rows) > limit else None
    return Page(
        [msgspec.structs.replace(o, customer=names[o.customer_id].name) for o in shown], key
    )


async def voucher_counts(tx: Transaction, actor: Actor) -> dict[OrderState, int]:
    """Return how many vouchers stand how."""
    rows = await tx.all(_Count, _COUNTS, actor.every_brand, actor.seen_brands)
    return {one.state: one.count for one in rows}
