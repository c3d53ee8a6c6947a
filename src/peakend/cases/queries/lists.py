"""Lists of cases, the board and how many there are; what is due first stands first.

The one surprise: who does not see everything is answered range by range (his own, his team's, his
queues', his brands', those he has a part of), each read in order from an index of its own.
"""

from collections.abc import Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from peakend.accounts.queries import brand_names, member_names, teammates
from peakend.cases.models import CASE_COLUMNS, CaseRow
from peakend.cases.rules.cases import OPEN_STATES, CasePriority, CaseState, number_in
from peakend.conversations.queries import reason_tree
from peakend.customers.queries import (
    CustomerBrief,
    current_customers,
    customer_briefs,
    parts_of,
    search,
)
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.paging import Page, WrongCursor, cursor_decode, cursor_encode

COUNTED_TO = 1000
ON_BOARD = 30
MOST_FOUND = 20
MOST_RANGES = 200

Shown = Literal["open", "working", "waiting", "done", "closed", "all_open"]


class CaseFilter(msgspec.Struct, frozen=True, kw_only=True):
    """Which cases: a state, whose (`nobody` is none's), of what brand, reason, urgency; late."""

    state: Shown = "all_open"
    owner_id: UUID | None = None
    nobody: bool = False
    brand_id: UUID | None = None
    reason_id: UUID | None = None
    priority: CasePriority | None = None
    late: bool = False
    customer_ids: list[UUID] | None = None


class CaseItem(msgspec.Struct, frozen=True, kw_only=True):
    """A case in a list.

    `late` says that its time is over and it is not done.
    """

    id: UUID
    number: int
    title: str
    state: CaseState
    priority: CasePriority
    customer_id: UUID
    customer_name: str
    owner_id: UUID | None
    owner_name: str | None
    brand_id: UUID | None
    brand_name: str | None
    reason_id: UUID | None
    reason: str | None
    channel: str | None
    due_at: datetime
    warn_at: datetime
    paused: bool
    late: bool
    opened_at: datetime
    done_at: datetime | None
    closed_at: datetime | None
    closed_how: str | None
    urges: int
    repeats: int
    version: int


class CaseCounts(msgspec.Struct, frozen=True, kw_only=True):
    """How many cases there are. Counts: a thousand at most each."""

    open: int
    working: int
    waiting: int
    done: int
    late: int
    mine: int
    nobody: int


class BoardColumn(msgspec.Struct, frozen=True):
    """The cases of a state that are due first, and how many there are, a thousand at most."""

    state: CaseState
    count: int
    items: list[CaseItem]


# Which index serves depends on whose cases and how many there are: a plan made for anybody reads
# a queue from end to end. Holds until the transaction ends.
_OWN_PLAN = "SET LOCAL plan_cache_mode = force_custom_plan"

_STATES: dict[str, str] = {state: f"c.state = '{state}'" for state in OPEN_STATES}


class _Key(msgspec.Struct, frozen=True):
    id: UUID
    at: datetime


class _Sql:
    """A statement that is put together of our own words; what is given goes as parameters."""

    def __init__(self) -> None:
        self.values: list[object] = []

    def add(self, value: object, cast: str) -> str:
        """Take a value in, and return what stands for it."""
        self.values.append(value)
        return f"${len(self.values)}::{cast}"


async def case_page(
    tx: Transaction,
    actor: Actor,
    wanted: CaseFilter,
    *,
    q: str | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[CaseItem]:
    """Return cases the actor sees: what is due first, of closed ones what was closed last.

    `q` is a number (W-1024) or a customer. Errors: WrongCursor.
    """
    if q is not None and q.strip():
        found = await _sought(tx, actor, q, wanted)
        if isinstance(found, list):
            return Page(found)
        wanted = found
    after = _after(cursor)
    await tx.run(_OWN_PLAN)
    keys = await _keys(tx, actor, wanted, limit + 1, after)
    items = await case_items(tx, [one.id for one in keys[:limit]])
    last = keys[limit - 1] if len(keys) > limit else None
    return Page(items, cursor_encode(last.at.isoformat(), str(last.id)) if last else None)


async def case_board(tx: Transaction, actor: Actor, wanted: CaseFilter) -> list[BoardColumn]:
    """Return the cases of each state that is not closed. Counts: 30 a state."""
    columns = []
    await tx.run(_OWN_PLAN)
    for state in OPEN_STATES:
        one = msgspec.structs.replace(wanted, state=state)
        keys = await _keys(tx, actor, one, ON_BOARD)
        count = len(keys) if len(keys) < ON_BOARD else await _count(tx, actor, one)
        columns.append(BoardColumn(state, count, await case_items(tx, [key.id for key in keys])))
    return columns


async def case_counts(tx: Transaction, actor: Actor) -> CaseCounts:
    """Return how many cases there are that the actor sees."""
    await tx.run(_OWN_PLAN)
    by_state = {state: await _count(tx, actor, CaseFilter(state=state)) for state in OPEN_STATES}
    return CaseCounts(
        open=by_state["open"],
        working=by_state["working"],
        waiting=by_state["waiting"],
        done=by_state["done"],
        late=await _count(tx, actor, CaseFilter(late=True)),
        mine=await _count(tx, actor, CaseFilter(owner_id=actor.id)) if actor.id else 0,
        nobody=await _count(tx, actor, CaseFilter(nobody=True)),
    )


async def case_items(tx: Transaction, ids: Sequence[UUID]) -> list[CaseItem]:
    """Return cases as lists show them, in the order of the ids; the caller checked the sight."""
    if not ids:
        return []
    rows = await tx.all(
        CaseRow,
        f"SELECT {CASE_COLUMNS} FROM service_case c"  # noqa: S608 (names of columns only)
        " WHERE c.organisation_id = current_organisation() AND c.id = ANY($1::uuid[])",
        list(ids),
    )
    by_id = {one.id: one for one in await shown(tx, rows)}
    return [by_id[one] for one in ids if one in by_id]


async def shown(tx: Transaction, rows: Sequence[CaseRow]) -> list[CaseItem]:
    """Return rows as lists show them, with the names that go with them."""
    if not rows:
        return []
    today = await current_customers(tx, {row.customer_id for row in rows})
    customers = await customer_briefs(tx, set(today.values()))
    owners = await member_names(tx, {row.owner_id for row in rows if row.owner_id})
    brands = await brand_names(tx)
    reasons = {one.id: one.label for one in (await reason_tree(tx)).nodes}
    return [
        CaseItem(
            id=row.id, number=row.number, title=row.title, state=row.state,
            priority=row.priority, customer_id=today.get(row.customer_id, row.customer_id),
            customer_name=_name(customers, today, row.customer_id), owner_id=row.owner_id,
            owner_name=owners.get(row.owner_id) if row.owner_id else None,
            brand_id=row.brand_id,
            brand_name=brands.get(row.brand_id) if row.brand_id else None,
            reason_id=row.reason_id,
            reason=reasons.get(row.reason_id) if row.reason_id else None,
            channel=row.channel, due_at=row.due_at, warn_at=row.warn_at,
            paused=row.paused_at is not None,
            late=row.state in ("open", "working") and row.due_at <= tx.now,
            opened_at=row.opened_at, done_at=row.done_at, closed_at=row.closed_at,
            closed_how=row.closed_how, urges=row.urges, repeats=row.repeats, version=row.version,
        )
        for row in rows
    ]  # fmt: skip


def _name(customers: dict[UUID, CustomerBrief], today: dict[UUID, UUID], customer_id: UUID) -> str:
    brief = customers.get(today.get(customer_id, customer_id))
    return brief.name if brief else ""


async def _sought(
    tx: Transaction, actor: Actor, q: str, wanted: CaseFilter
) -> list[CaseItem] | CaseFilter:
    """Return the case of a number, else a filter for the customers of these words."""
    number = number_in(q)
    if number is not None:
        one = _Sql()
        here = f"c.number = {one.add(number, 'bigint')}"
        statement = await _seen(tx, actor, one, "true", here, "c.due_at", False, 1)
        found = await tx.all(_Key, statement, *one.values)
        # Who says W means a case, not a customer of that name.
        if found or not q.strip().isdigit():
            return await case_items(tx, [key.id for key in found])
    people = (await search(tx, q, MOST_FOUND)).items
    ids = [part for person in people for part in await parts_of(tx, person.id)]
    return msgspec.structs.replace(wanted, customer_ids=ids) if ids else []


async def _keys(
    tx: Transaction,
    actor: Actor,
    wanted: CaseFilter,
    limit: int,
    after: tuple[datetime, UUID] | None = None,
) -> list[_Key]:
    sql = _Sql()
    return await tx.all(_Key, await _page(tx, actor, sql, wanted, limit, after), *sql.values)


async def _count(tx: Transaction, actor: Actor, wanted: CaseFilter) -> int:
    sql = _Sql()
    page = await _page(tx, actor, sql, wanted, COUNTED_TO)
    return int(await tx.value(f"SELECT count(*) FROM ({page}) n", *sql.values))  # noqa: S608


async def _page(
    tx: Transaction,
    actor: Actor,
    sql: _Sql,
    wanted: CaseFilter,
    limit: int,
    after: tuple[datetime, UUID] | None = None,
) -> str:
    """Return the statement for a page of what is wanted and the actor sees, in order."""
    closed = wanted.state == "closed"
    at = "c.closed_at" if closed else "c.due_at"
    here = await _conditions(tx, sql, wanted)
    if after is not None:
        sign = "<" if closed else ">"
        here.append(
            f"({at}, c.id) {sign} ({sql.add(after[0], 'timestamptz')}, {sql.add(after[1], 'uuid')})"
        )
    state = "c.state = 'closed'" if closed else "c.state <> 'closed'"
    # Whoever holds a case sees it: of one's own nothing else is asked.
    own = wanted.owner_id is not None and wanted.owner_id == actor.id
    return await _seen(
        tx, actor, sql, state, " AND ".join(here) or "true", at, closed, limit, own=own
    )


async def _conditions(tx: Transaction, sql: _Sql, wanted: CaseFilter) -> list[str]:
    here = []
    if wanted.state not in ("closed", "all_open"):
        here.append(_STATES[wanted.state])
    if wanted.owner_id is not None:
        here.append(f"c.owner_id = {sql.add(wanted.owner_id, 'uuid')}")
    elif wanted.nobody:
        here.append("c.owner_id IS NULL")
    if wanted.brand_id is not None:
        here.append(f"c.brand_id = {sql.add(wanted.brand_id, 'uuid')}")
    if wanted.priority is not None:
        here.append(f"c.priority = {sql.add(wanted.priority, 'text')}")
    if wanted.customer_ids is not None:
        here.append(f"c.customer_id = ANY({sql.add(wanted.customer_ids, 'uuid[]')})")
    if wanted.reason_id is not None:
        family = await _family(tx, wanted.reason_id)
        here.append(f"c.reason_id = ANY({sql.add(family, 'uuid[]')})")
    if wanted.late:
        here.append(
            f"c.state IN ('open', 'working') AND c.due_at <= {sql.add(tx.now, 'timestamptz')}"
        )
    return here


async def _seen(
    tx: Transaction,
    actor: Actor,
    sql: _Sql,
    state: str,
    here: str,
    at: str,
    falling: bool,
    limit: int,
    *,
    own: bool = False,
) -> str:
    """Return the statement for the keys of so many cases that the actor sees, in order."""
    way = "DESC" if falling else "ASC"
    base = (
        f"SELECT c.id, {at} AS at FROM service_case c"  # noqa: S608 (our own words)
        f" WHERE c.organisation_id = current_organisation() AND {state} AND {here}"
    )
    tail = f" ORDER BY {at} {way}, c.id {way} LIMIT {limit}"
    ranges = [""] if own else await _ranges(tx, actor, sql)
    parts = [f"({base}{which}{tail})" for which in ranges]
    if len(parts) == 1:
        return parts[0][1:-1]
    return (
        f"SELECT DISTINCT id, at FROM ({' UNION ALL '.join(parts)}) x"  # noqa: S608 (our own words)
        f" ORDER BY at {way}, id {way} LIMIT {limit}"
    )


async def _ranges(tx: Transaction, actor: Actor, sql: _Sql) -> list[str]:
    """Return which parts of all cases the actor sees, as conditions."""
    if actor.sees_all:
        return [""]
    me = sql.add(actor.id, "uuid")
    parts = [
        f" AND c.owner_id = {me}",
        f" AND c.opened_by = {me}",
        # As an array, so that no order by time is walked in search of the few of somebody's.
        " AND c.id = ANY (ARRAY(SELECT p.case_id FROM case_party p"  # noqa: S608 (a parameter)
        f" WHERE p.organisation_id = current_organisation() AND p.member_id = {me}))",
    ]
    queues, brands = actor.seen_queues[:MOST_RANGES], actor.seen_brands[:MOST_RANGES]
    parts += [f" AND c.queue_id = {sql.add(one, 'uuid')}" for one in queues]
    parts += [f" AND c.brand_id = {sql.add(one, 'uuid')}" for one in brands]
    if actor.scope == "queue" and (team := await teammates(tx, actor.team_ids)):
        parts.append(f" AND c.owner_id = ANY({sql.add(sorted(team), 'uuid[]')})")
    return parts


async def _family(tx: Transaction, reason_id: UUID) -> list[UUID]:
    """Return a reason and all below it."""
    nodes = (await reason_tree(tx)).nodes
    family, size = {reason_id}, 0
    while len(family) > size:
        size = len(family)
        family |= {one.id for one in nodes if one.parent_id in family}
    return sorted(family)


def _after(cursor: str | None) -> tuple[datetime, UUID] | None:
    if cursor is None:
        return None
    at, case_id = cursor_decode(cursor, 2)
    try:
        return datetime.fromisoformat(at), UUID(case_id)
    except (TypeError, ValueError) as wrong:
        raise WrongCursor from wrong
