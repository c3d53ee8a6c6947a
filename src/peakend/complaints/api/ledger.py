"""Routes of the books: lines, budgets, and the way to the house's system of vouchers."""

from datetime import date
from typing import Annotated, Any
from uuid import UUID

from litestar import Response, get, put
from litestar.params import Parameter
from msgspec import Meta, Struct

from peakend.complaints import actions, queries
from peakend.complaints.actions import ConnectionText
from peakend.complaints.queries import (
    BudgetCourse,
    ConnectionView,
    LedgerShown,
    MonthView,
    Sought,
    VoucherOrder,
)
from peakend.complaints.rules.ledger import MOST_BUDGET_FEN, Kind
from peakend.complaints.rules.vouchers import OrderState
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Invalid
from peakend.kernel.paging import Page
from peakend.kernel.permissions import money, needs

Month = Annotated[str | None, Parameter(pattern=r"^20\d\d-(0[1-9]|1[0-2])$")]
Cursor = Annotated[str | None, Parameter(max_length=200)]
Limit = Annotated[int, Parameter(ge=1, le=200)]
_AS_FILE = {"Content-Disposition": 'attachment; filename="compensation-ledger.csv"'}


class BudgetGiven(Struct, forbid_unknown_fields=True, kw_only=True):
    """What a brand (none: what belongs to none) may give in a month.

    Units: fen. `version` is that of the budget looked at, none where there was none.
    """

    brand_id: UUID | None = None
    month: Annotated[str, Meta(pattern=r"^20\d\d-(0[1-9]|1[0-2])$")]
    amount_fen: Annotated[int, Meta(ge=0, le=MOST_BUDGET_FEN)]
    hard: bool
    version: Annotated[int, Meta(ge=0)] | None = None


class ConnectionSet(Struct, frozen=True):
    """The connections of the house, and the new secret where there is one."""

    secret: str
    connections: list[ConnectionView]


@get("/compensation/ledger", opt=needs("compensation.read"))
async def read_ledger(
    actor: Actor,
    tx: Transaction,
    month: Month = None,
    brand_id: UUID | None = None,
    kind: Kind | None = None,
    grant_id: UUID | None = None,
    customer_id: UUID | None = None,
    cursor: Cursor = None,
    limit: Limit = 100,
) -> Page[LedgerShown]:
    """Return the lines of the books, the newest first."""
    sought = Sought(
        month=_month(month), brand_id=brand_id, kind=kind, grant_id=grant_id,
        customer_id=customer_id,
    )  # fmt: skip
    return await queries.ledger_page(tx, actor, sought, cursor=cursor, limit=limit)


@get("/compensation/ledger/export", media_type="text/csv", opt=needs("compensation.read"))
async def export_ledger(
    actor: Actor,
    tx: Transaction,
    month: Month = None,
    brand_id: UUID | None = None,
    kind: Kind | None = None,
    grant_id: UUID | None = None,
    customer_id: UUID | None = None,
) -> Response[str]:
    """Return the wanted lines as CSV; that they were taken out is audited."""
    sought = Sought(
        month=_month(month), brand_id=brand_id, kind=kind, grant_id=grant_id,
        customer_id=customer_id,
    )  # fmt: skip
    text = await actions.export_ledger(tx, by=actor, sought=sought)
    return Response(text, media_type="text/csv; charset=utf-8", headers=_AS_FILE)


@get("/compensation/budgets/course", opt=needs("compensation.read"))
async def read_budget_course(
    actor: Actor, tx: Transaction, brand_id: UUID | None = None, month: Month = None
) -> BudgetCourse:
    """Return how a budget is used day by day, and where that leads."""
    return await queries.budget_course(tx, actor, brand_id=brand_id, month=_month(month))


@get("/compensation/budgets", opt=needs("compensation.read"))
async def read_budgets(actor: Actor, tx: Transaction, month: Month = None) -> MonthView:
    """Return what may be given in a month, what was, and where that leads."""
    return await queries.month_view(tx, actor, _month(month))


@put("/compensation/budgets", summary="Set a budget", opt=money("compensation.set_up"))
async def set_budget(actor: Actor, tx: Transaction, data: BudgetGiven) -> MonthView:
    """Set what a brand may give in a month."""
    month = _month(data.month)
    assert month is not None
    await actions.set_budget(
        tx, brand_id=data.brand_id, month=month, amount_fen=data.amount_fen, hard=data.hard,
        version=data.version,
    )  # fmt: skip
    return await queries.month_view(tx, actor, month)


@get("/compensation/connections", opt=needs("compensation.set_up"))
async def list_voucher_connections(tx: Transaction) -> list[ConnectionView]:
    """Return how the house's system of vouchers is reached, without its secret."""
    return await queries.voucher_connections(tx)


@put(
    "/compensation/connections",
    summary="Set how vouchers are asked for",
    opt=money("compensation.set_up"),
)
async def set_voucher_connection(tx: Transaction, data: ConnectionText) -> ConnectionSet:
    """Set where and how vouchers are asked for; a new secret is seen here and never again."""
    secret = await actions.set_connection(tx, given=data)
    return ConnectionSet(secret, await queries.voucher_connections(tx))


class VoucherList(Struct, frozen=True, kw_only=True):
    """Vouchers that were asked for, and how many stand how."""

    page: Page[VoucherOrder]
    counts: dict[OrderState, int]


@get("/compensation/vouchers", opt=needs("compensation.set_up"))
async def list_voucher_orders(
    actor: Actor,
    tx: Transaction,
    in_state: Annotated[OrderState | None, Parameter(query="in_state")] = None,
    cursor: Cursor = None,
    limit: Limit = 50,
) -> VoucherList:
    """Return the vouchers that were asked for, the newest first."""
    page = await queries.voucher_orders(tx, actor, state=in_state, cursor=cursor, limit=limit)
    return VoucherList(page=page, counts=await queries.voucher_counts(tx, actor))


def _month(text: str | None) -> date | None:
    try:
        return date.fromisoformat(f"{text}-01") if text else None
    except ValueError as error:
        raise Invalid(fields={"month": "kernel.invalid"}) from error


routes: list[Any] = [
    read_ledger,
    export_ledger,
    read_budgets,
    read_budget_course,
    set_budget,
    list_voucher_connections,
    set_voucher_connection,
    list_voucher_orders,
]
