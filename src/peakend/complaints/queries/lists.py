"""Complaints as lists show them, by what is looked for."""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from peakend.accounts import queries as accounts
from peakend.complaints.models import COMPLAINT_COLUMNS, ComplaintRow
from peakend.complaints.queries.access import ComplaintNotFound, complaint_row
from peakend.complaints.rules.recognising import Kind, Tier
from peakend.complaints.rules.settling import Standing, State, standing
from peakend.conversations.queries import reason_tree
from peakend.customers.queries import customer_briefs
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.paging import Page, WrongCursor, cursor_decode, cursor_encode

Wanted = Literal["open", "closed", "all"]

_SEEN = """
  AND ($1 OR owner_id = $2 OR filed_by = $2 OR brand_id = ANY($3::uuid[])
       OR queue_id = ANY($4::uuid[]))
"""
_LIST = f"""
SELECT {COMPLAINT_COLUMNS} FROM complaint
WHERE organisation_id = current_organisation()
{_SEEN}
  AND ($5::text = 'all' OR (state = 'closed') = ($5 = 'closed'))
  AND ($6::text IS NULL OR tier = $6)
  AND ($7::text IS NULL OR kind = $7)
  AND ($8::text IS NULL OR state = $8)
  AND ($9::uuid IS NULL OR owner_id = $9)
  AND ($10::uuid IS NULL OR brand_id = $10)
  AND (NOT $11 OR due_at <= $12 AND state IN ('filed','examining','settling','offered'))
  AND ($13::bigint IS NULL OR number = $13)
  AND ($14::timestamptz IS NULL OR (filed_at, id) < ($14, $15::uuid))
ORDER BY filed_at DESC, id DESC LIMIT $16
"""  # noqa: S608 (names of columns only)


class ComplaintFilters(msgspec.Struct, frozen=True, kw_only=True):
    """What is looked for; None is everything."""

    which: Wanted = "open"
    tier: Tier | None = None
    kind: Kind | None = None
    state: State | None = None
    owner_id: UUID | None = None
    brand_id: UUID | None = None
    overdue: bool = False
    number: int | None = None


class ComplaintCustomer(msgspec.Struct, frozen=True):
    """Who complains, as far as the reader sees the name."""

    id: UUID
    name: str


class ComplaintItem(msgspec.Struct, frozen=True, kw_only=True):
    """A complaint in a list; `standing` is how its clock stands."""

    id: UUID
    number: int
    case_id: UUID
    conversation_id: UUID | None
    customer: ComplaintCustomer
    brand_id: UUID | None
    brand: str | None
    reason: str | None
    tier: Tier
    kind: Kind | None
    severity: int
    state: State
    confirmed: bool
    owner_id: UUID | None
    owner: str | None
    filed_at: datetime
    due_at: datetime
    warn_at: datetime
    standing: Standing


async def complaint_list(
    tx: Transaction,
    actor: Actor,
    filters: ComplaintFilters,
    *,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[ComplaintItem]:
    """Return a page of complaints, the newest first. Errors: WrongCursor."""
    at, last = _after(cursor)
    rows = await tx.all(
        ComplaintRow, _LIST,
        actor.sees_all, actor.id, actor.seen_brands, actor.seen_queues,
        filters.which, filters.tier, filters.kind, filters.state, filters.owner_id,
        filters.brand_id, filters.overdue, tx.now, filters.number, at, last, limit + 1,
    )  # fmt: skip
    shown = rows[:limit]
    more = len(rows) > limit
    key = cursor_encode(shown[-1].filed_at.isoformat(), shown[-1].id) if more else None
    return Page(await items(tx, shown, actor), key)


async def items(tx: Transaction, rows: Sequence[ComplaintRow], actor: Actor) -> list[ComplaintItem]:
    """Return complaints as a list shows them, in the order given."""
    customers = await customer_briefs(tx, {row.customer_id for row in rows}, actor.language)
    people = await accounts.member_names(tx, {row.owner_id for row in rows if row.owner_id})
    brands = await accounts.brand_names(tx)
    reasons = await reason_labels(tx) if rows else {}
    return [
        ComplaintItem(
            customer=ComplaintCustomer(row.customer_id, customers[row.customer_id].name),
            brand=brands.get(row.brand_id) if row.brand_id else None,
            reason=reasons.get(row.reason_id) if row.reason_id else None,
            confirmed=row.confirmed_at is not None,
            owner=people.get(row.owner_id) if row.owner_id else None,
            standing=standing(row.state, row.warn_at, row.due_at, tx.now),
            **{name: getattr(row, name) for name in _SAME},
        )
        for row in rows
    ]


async def item_of(tx: Transaction, complaint_id: UUID, actor: Actor) -> ComplaintItem:
    """Return a complaint as a list shows it, whoever asks. Errors: ComplaintNotFound."""
    row = await complaint_row(tx, complaint_id)
    if row is None:
        raise ComplaintNotFound
    return (await items(tx, [row], actor))[0]


async def reason_labels(tx: Transaction) -> dict[UUID, str]:
    """Return the contact reasons by id, in the reader's language."""
    return {node.id: node.label for node in (await reason_tree(tx)).nodes}


_SAME = tuple(
    name for name in ComplaintItem.__struct_fields__ if name in ComplaintRow.__struct_fields__
)


def _after(cursor: str | None) -> tuple[datetime | None, UUID | None]:
    if not cursor:
        return None, None
    at, last = cursor_decode(cursor, 2)
    try:
        return datetime.fromisoformat(at), UUID(last)
    except (TypeError, ValueError) as wrong:
        raise WrongCursor from wrong
