"""Grants as they are shown, and who may see which."""

from collections.abc import Iterable
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from peakend.accounts.queries import MemberBrief, member_briefs
from peakend.complaints.models.grants import GRANT_COLUMNS, ORDER_COLUMNS, Grant, Order
from peakend.complaints.rules.grants import Act, State, acts
from peakend.complaints.rules.instruments import Unit
from peakend.complaints.rules.vouchers import OrderState
from peakend.conversations.queries import ConversationNotFound, need_conversation
from peakend.customers.queries import parts_of
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import NotFound
from peakend.kernel.paging import Page, cursor_decode, cursor_encode

MOST_OF_CUSTOMER = 50
_ONE = f"""
SELECT {GRANT_COLUMNS} FROM compensation_grant
WHERE organisation_id = current_organisation() AND id = $1
"""  # noqa: S608 (names of columns only)
_SOME = f"""
SELECT {GRANT_COLUMNS} FROM compensation_grant
WHERE organisation_id = current_organisation() AND id = ANY($1::uuid[])
"""  # noqa: S608
_OF_CUSTOMER = f"""
SELECT {GRANT_COLUMNS} FROM compensation_grant
WHERE organisation_id = current_organisation() AND customer_id = ANY($1::uuid[])
ORDER BY id DESC LIMIT {MOST_OF_CUSTOMER}
"""  # noqa: S608
_PAGE = f"""
SELECT {GRANT_COLUMNS} FROM compensation_grant
WHERE organisation_id = current_organisation()
  AND ($1::uuid IS NULL OR id < $1)
  AND ($2::text IS NULL OR state = $2)
  AND ($3::uuid IS NULL OR brand_id = $3)
  AND ($4::boolean OR brand_id = ANY($5::uuid[]))
ORDER BY id DESC LIMIT $6
"""  # noqa: S608
_ORDERS = f"""
SELECT {ORDER_COLUMNS} FROM voucher_order
WHERE organisation_id = current_organisation() AND grant_id = ANY($1::uuid[])
"""  # noqa: S608
_NAMES = """
SELECT id, name_zh, name_en FROM instrument
WHERE organisation_id = current_organisation() AND id = ANY($1::uuid[])
"""


class GrantNotFound(NotFound):
    """There is no such compensation for this person."""

    wording = "complaints.grant_not_found"


class VoucherView(msgspec.Struct, frozen=True, kw_only=True):
    """How the asking for a voucher stands; `code` is the wording of what went wrong."""

    state: OrderState
    code: str
    attempt: int
    next_at: datetime | None


class GrantView(msgspec.Struct, frozen=True, kw_only=True):
    """A compensation as the desk shows it; `acts` is what can be done from its state.

    Units: `amount` is in `unit`, `cost_fen` is what it costs the house.
    """

    id: UUID
    customer_id: UUID
    conversation_id: UUID | None
    case_id: UUID | None
    complaint_id: UUID | None
    brand_id: UUID | None
    instrument_id: UUID
    name_zh: str
    name_en: str
    kind: str
    amount: int
    unit: Unit
    cost_fen: int
    currency: str
    state: State
    off_scheme_reason: str
    automatic: bool
    by: MemberBrief | None
    approver: MemberBrief | None
    made_at: datetime
    offered_at: datetime | None
    lapses_at: datetime
    told: bool
    granted_at: datetime | None
    expires_at: datetime | None
    ended_at: datetime | None
    refused_words: str
    voucher: VoucherView | None
    acts: list[Act]
    version: int


class _Named(msgspec.Struct, frozen=True):
    id: UUID
    name_zh: str
    name_en: str


async def need_grant(tx: Transaction, grant_id: UUID, actor: Actor, *, lock: bool = False) -> Grant:
    """Return a grant that the actor may see; `lock` keeps its row for this transaction.

    Errors: GrantNotFound, the same for what is missing and for what is not theirs.
    """
    grant = await tx.one(Grant, f"{_ONE} FOR NO KEY UPDATE" if lock else _ONE, grant_id)
    if grant is None or not await _sees(tx, grant, actor):
        raise GrantNotFound
    return grant


async def _sees(tx: Transaction, grant: Grant, actor: Actor) -> bool:
    if actor.sees_all or (actor.id is not None and grant.by_id == actor.id):
        return True
    if grant.brand_id is not None and grant.brand_id in actor.seen_brand_ids:
        return True
    if grant.conversation_id is None:
        return False
    try:
        await need_conversation(tx, grant.conversation_id, actor)
    except ConversationNotFound:
        return False
    return True


async def grant_view(tx: Transaction, grant_id: UUID, actor: Actor) -> GrantView:
    """Return a grant as the desk shows it. Errors: GrantNotFound."""
    [view] = await _views(tx, [await need_grant(tx, grant_id, actor)])
    return view


async def grants_of_customer(tx: Transaction, customer_id: UUID, actor: Actor) -> list[GrantView]:
    """Return what a customer was offered and given, the newest first.

    Counts: the last fifty. What belongs to a brand that does not exist for the actor is left out.
    """
    parts = await parts_of(tx, customer_id)
    rows = await tx.all(Grant, _OF_CUSTOMER, parts)
    return await _views(tx, [row for row in rows if _of_his_brands(row.brand_id, actor)])


def _of_his_brands(brand_id: UUID | None, actor: Actor) -> bool:
    return actor.every_brand or (brand_id is not None and brand_id in actor.seen_brand_ids)


async def grants_page(
    tx: Transaction,
    actor: Actor,
    *,
    state: State | None = None,
    brand_id: UUID | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[GrantView]:
    """Return a page of grants, the newest first. Errors: WrongCursor."""
    before = UUID(str(cursor_decode(cursor, 1)[0])) if cursor else None
    rows = await tx.all(
        Grant, _PAGE, before, state, brand_id, actor.every_brand, list(actor.seen_brand_ids),
        limit + 1,
    )  # fmt: skip
    views = await _views(tx, rows[:limit])
    return Page(views, cursor_encode(rows[limit - 1].id) if len(rows) > limit else None)


async def grants_by_id(tx: Transaction, ids: Iterable[UUID]) -> dict[UUID, GrantView]:
    """Return grants by their ids, whoever asks."""
    wanted = list(ids)
    rows = await tx.all(Grant, _SOME, wanted) if wanted else []
    return {one.id: one for one in await _views(tx, rows)}


async def grant_of_message(tx: Transaction, message_id: UUID) -> UUID | None:
    """Return the grant that a message told of."""
    found: UUID | None = await tx.value(
        "SELECT id FROM compensation_grant"
        " WHERE organisation_id = current_organisation() AND message_id = $1",
        message_id,
    )
    return found


async def _views(tx: Transaction, grants: list[Grant]) -> list[GrantView]:
    if not grants:
        return []
    people = await member_briefs(tx, _people(grants))
    orders = {o.grant_id: o for o in await tx.all(Order, _ORDERS, [g.id for g in grants])}
    names = {one.id: one for one in await tx.all(_Named, _NAMES, [g.instrument_id for g in grants])}
    return [_view(one, people, orders.get(one.id), names.get(one.instrument_id)) for one in grants]


def _people(grants: list[Grant]) -> Iterable[UUID]:
    return {who for one in grants for who in (one.by_id, one.approved_by) if who is not None}


def _view(
    grant: Grant, people: dict[UUID, MemberBrief], order: Order | None, named: _Named | None
) -> GrantView:
    known: dict[str, Any] = {
        name: getattr(grant, name)
        for name in GrantView.__struct_fields__
        if name in Grant.__struct_fields__
    }
    return GrantView(
        **known,
        name_zh=named.name_zh if named else "",
        name_en=named.name_en if named else "",
        by=people.get(grant.by_id) if grant.by_id else None,
        approver=people.get(grant.approved_by) if grant.approved_by else None,
        told=grant.message_id is not None,
        voucher=_voucher(order),
        acts=acts(grant.state),
    )


def _voucher(order: Order | None) -> VoucherView | None:
    if order is None:
        return None
    return VoucherView(
        state=order.state,
        code=order.code,
        attempt=order.attempt,
        next_at=order.next_at if order.state == "waiting" else None,
    )
