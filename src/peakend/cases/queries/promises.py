"""Reading promises: who may reach one, what is open, what of a customer, and the kept share."""

from collections.abc import Collection
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import msgspec

from peakend.accounts.queries import member_names, organisation, teammates
from peakend.cases.models.promises import PROMISE_COLUMNS, PromiseRow
from peakend.cases.queries.access import CaseNotFound, need_case
from peakend.cases.queries.hours import HoursTime, open_time
from peakend.cases.rules.promises import (
    FARTHEST,
    Preset,
    PromiseKind,
    PromiseState,
    Spans,
    Standing,
    presets,
    standing,
)
from peakend.conversations import queries as conversations
from peakend.customers.queries import customer_briefs, name_for, parts_of
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, NotFound
from peakend.kernel.paging import Page, cursor_decode, cursor_encode
from peakend.routing.queries import spans_from

Show = Literal["open", "soon", "broken", "settled"]
MOST_OF_ONE = 20

_ONE = f"""
SELECT {PROMISE_COLUMNS} FROM promise p
WHERE p.organisation_id = current_organisation() AND p.id = $1
"""  # noqa: S608 (names of columns only)
_BROKEN = """
SELECT count(*) FROM promise p
WHERE p.organisation_id = current_organisation() AND p.customer_id = ANY($1::uuid[])
  AND p.broken_at >= $2
"""
_SHOWN = {
    "open": "p.state = 'open' AND p.settled_at IS NULL",
    "soon": "p.state = 'open' AND p.settled_at IS NULL AND p.warn_at <= $9",
    "broken": "p.state = 'broken' AND p.settled_at IS NULL",
    "settled": "p.settled_at IS NOT NULL",
}
_MINE = "p.owner_id = $1"
SEEN = (
    "($2 OR p.owner_id = $1 OR p.made_by = $1 OR p.owner_id = ANY($3::uuid[])"
    " OR p.brand_id = ANY($4::uuid[]))"
)
_LIST = f"""
SELECT {PROMISE_COLUMNS} FROM promise p
WHERE p.organisation_id = current_organisation()
  AND %s AND %s
  AND ($5::timestamptz IS NULL OR (p.due_at, p.id) %s ($5, $6::uuid))
  AND ($7::text IS NULL OR p.kind = $7) AND $9::timestamptz IS NOT NULL
ORDER BY p.due_at %s, p.id %s LIMIT $8
"""  # noqa: S608 (names of columns only)
_LISTS: dict[tuple[str, bool], str] = {
    (show, mine): _LIST
    % (
        _SHOWN[show],
        f"{_MINE} AND $2::bool IS NOT NULL AND $3::uuid[] IS NOT NULL AND $4::uuid[] IS NOT NULL"
        if mine
        else SEEN,
        *(("<", "DESC", "DESC") if show == "settled" else (">", "ASC", "ASC")),
    )
    for show in _SHOWN
    for mine in (True, False)
}
_COUNTS = f"""
SELECT count(*) FILTER (WHERE p.state = 'open') AS open,
       count(*) FILTER (WHERE p.state = 'open' AND p.warn_at <= $5) AS soon,
       count(*) FILTER (WHERE p.state = 'broken') AS broken
FROM (SELECT state, warn_at FROM promise p
      WHERE p.organisation_id = current_organisation() AND p.settled_at IS NULL
        AND {SEEN} AND (NOT $6 OR {_MINE}) LIMIT 1000) p
"""  # noqa: S608 (our own words only)
_OF = f"""
SELECT {PROMISE_COLUMNS} FROM promise p
WHERE p.organisation_id = current_organisation()
  AND (p.customer_id = ANY($1::uuid[]) OR p.case_id = $2)
  AND (p.settled_at IS NULL OR p.settled_at > $3)
ORDER BY p.settled_at IS NOT NULL, p.due_at, p.id LIMIT $4
"""  # noqa: S608 (names of columns only)


class PromiseNotFound(NotFound):
    """There is no such promise for this actor."""

    wording = "cases.promise_not_found"


class PromiseStale(Conflict):
    """Somebody else changed it first."""

    wording = "cases.promise_stale"


class PromiseView(msgspec.Struct, frozen=True, kw_only=True):
    """A promise as people of the house see it; `standing` is how an open one stands now."""

    id: UUID
    kind: PromiseKind
    words: str
    state: PromiseState
    standing: Standing | None
    due_at: datetime
    warn_at: datetime
    made_at: datetime
    made_by_name: str | None
    owner_id: UUID | None
    owner_name: str | None
    broken_at: datetime | None
    settled_at: datetime | None
    withdrawn_why: str | None
    moved: int
    customer_id: UUID
    customer_name: str
    conversation_id: UUID | None
    case_id: UUID | None
    case_number: int | None
    version: int


class PromiseCounts(msgspec.Struct, frozen=True):
    """How many there are to look after. Counts: at most a thousand are looked at."""

    open: int
    soon: int
    broken: int


class PromisePlace(msgspec.Struct, frozen=True):
    """What the form of a promise needs: the moments that are offered, and the house's zone."""

    presets: list[Preset]
    time_zone: str


class _Numbered(msgspec.Struct, frozen=True):
    id: UUID
    number: int


async def need_promise(
    tx: Transaction, promise_id: UUID, actor: Actor, *, version: int | None = None
) -> PromiseRow:
    """Return a locked promise that the actor may see: his, his team's, or of what he sees.

    Errors: PromiseNotFound, PromiseStale.
    """
    row = await tx.one(PromiseRow, f"{_ONE} FOR NO KEY UPDATE", promise_id)
    if row is None or not await _sees(tx, row, actor):
        raise PromiseNotFound
    if version is not None and row.version != version:
        raise PromiseStale(version=row.version)
    return row


async def _sees(tx: Transaction, row: PromiseRow, actor: Actor) -> bool:
    if actor.sees_all:
        return actor.kind != "visitor"
    if actor.id in (row.owner_id, row.made_by) or row.brand_id in actor.seen_brand_ids:
        return True
    if row.owner_id is not None and row.owner_id in await _team(tx, actor):
        return True
    if row.conversation_id is not None:
        try:
            await conversations.need_conversation(tx, row.conversation_id, actor)
            return True
        except conversations.ConversationNotFound:
            pass
    if row.case_id is not None:
        try:
            await need_case(tx, row.case_id, actor)
            return True
        except CaseNotFound:
            pass
    return False


async def _team(tx: Transaction, actor: Actor) -> list[UUID]:
    return await teammates(tx, actor.team_ids) if actor.scope == "queue" else []


async def sight_of(tx: Transaction, actor: Actor) -> tuple[Any, ...]:
    """Return the four values that the sight of promises takes."""
    return actor.id, actor.sees_all, await _team(tx, actor), actor.seen_brands


async def promise_page(
    tx: Transaction,
    actor: Actor,
    *,
    show: Show = "open",
    mine: bool = True,
    kind: PromiseKind | None = None,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[PromiseView]:
    """Return promises that the actor sees, the next due first; settled ones the last due first."""
    after: tuple[datetime | None, UUID | None] = (None, None)
    if cursor:
        at, promise_id = cursor_decode(cursor, 2)
        after = msgspec.convert((at, promise_id), tuple[datetime, UUID], strict=False)
    rows = await tx.all(
        PromiseRow,
        _LISTS[show, mine],
        *await sight_of(tx, actor),
        *after,
        kind,
        limit + 1,
        tx.now,
    )
    shown = rows[:limit]
    more = cursor_encode(shown[-1].due_at, shown[-1].id) if len(rows) > limit else None
    return Page(await promise_views(tx, shown, actor), more)


async def promise_counts(tx: Transaction, actor: Actor, *, mine: bool) -> PromiseCounts:
    """Return how many promises are open, due soon and broken."""
    found = await tx.one(PromiseCounts, _COUNTS, *await sight_of(tx, actor), tx.now, mine)
    assert found is not None
    return found


async def promises_of_conversation(
    tx: Transaction, conversation_id: UUID, actor: Actor
) -> list[PromiseView]:
    """Return what its customer was promised: what is open, and what was settled within a day.

    Whoever serves a customer knows what colleagues promised him, of brands that he sees.
    Counts: 20. Errors: ConversationNotFound.
    """
    row = await conversations.need_conversation(tx, conversation_id, actor)
    parts = await parts_of(tx, row.customer_id)
    found = await tx.all(PromiseRow, _OF, parts, None, tx.now - timedelta(days=1), MOST_OF_ONE)
    own = [
        one
        for one in found
        if actor.sees_all or one.brand_id in (row.brand_id, *actor.seen_brand_ids)
    ]
    return await promise_views(tx, own, actor)


async def broken_promises_of(
    tx: Transaction, customer_ids: Collection[UUID], since: datetime
) -> int:
    """Count the promises to a customer that were broken since then, kept later or not."""
    return int(await tx.value(_BROKEN, list(customer_ids), since))


async def promises_of_case(tx: Transaction, case_id: UUID, actor: Actor) -> list[PromiseView]:
    """Return what was promised about a case, settled ones too. Counts: 20. Errors: CaseNotFound."""
    await need_case(tx, case_id, actor)
    return await promise_views(tx, await promise_rows_of_case(tx, case_id), actor)


async def promise_rows_of_case(tx: Transaction, case_id: UUID) -> list[PromiseRow]:
    """Return the promises of a case whoever asks, open ones first. Counts: 20."""
    ever = datetime.min.replace(tzinfo=tx.now.tzinfo)
    return await tx.all(PromiseRow, _OF, [], case_id, ever, MOST_OF_ONE)


async def promise_views(
    tx: Transaction, rows: Collection[PromiseRow], actor: Actor
) -> list[PromiseView]:
    """Return rows as the actor reads them."""
    if not rows:
        return []
    people = {one for row in rows for one in (row.owner_id, row.made_by) if one is not None}
    names = await member_names(tx, people)
    briefs = await customer_briefs(tx, {row.customer_id for row in rows}, actor.language)
    numbers = await _numbers(tx, [row.case_id for row in rows if row.case_id is not None])
    return [
        PromiseView(
            id=row.id, kind=row.kind, words=row.words, state=row.state,
            standing=standing(row.warn_at, row.due_at, tx.now) if row.state == "open" else None,
            due_at=row.due_at, warn_at=row.warn_at, made_at=row.made_at,
            made_by_name=names.get(row.made_by) if row.made_by else None,
            owner_id=row.owner_id, owner_name=names.get(row.owner_id) if row.owner_id else None,
            broken_at=row.broken_at, settled_at=row.settled_at, withdrawn_why=row.withdrawn_why,
            moved=row.moved, customer_id=row.customer_id,
            customer_name=name_for(
                actor, briefs[row.customer_id].name, row.customer_id
            ) if row.customer_id in briefs else "",
            conversation_id=row.conversation_id, case_id=row.case_id,
            case_number=numbers.get(row.case_id) if row.case_id else None, version=row.version,
        )
        for row in rows
    ]  # fmt: skip


async def _numbers(tx: Transaction, ids: list[UUID]) -> dict[UUID, int]:
    if not ids:
        return {}
    rows = await tx.all(
        _Numbered,
        "SELECT id, number FROM service_case"
        " WHERE organisation_id = current_organisation() AND id = ANY($1::uuid[])",
        ids,
    )
    return {row.id: row.number for row in rows}


async def promise_place(
    tx: Transaction, actor: Actor, *, conversation_id: UUID | None, case_id: UUID | None
) -> PromisePlace:
    """Return the moments that can be promised now, in the open time of where it is promised.

    Errors: ConversationNotFound, CaseNotFound.
    """
    queue_id = brand_id = None
    if conversation_id is not None:
        row = await conversations.need_conversation(tx, conversation_id, actor)
        queue_id, brand_id = row.queue_id, row.brand_id
    elif case_id is not None:
        case = await need_case(tx, case_id, actor)
        queue_id, brand_id = case.queue_id, case.brand_id
    zone = (await organisation(tx)).time_zone
    spans = await open_spans(tx, queue_id, brand_id, tx.now + timedelta(days=31))
    return PromisePlace(presets(tx.now, zone, spans), zone)


async def open_spans(
    tx: Transaction, queue_id: UUID | None, brand_id: UUID | None, until: datetime
) -> Spans:
    """Return the open time from two days ago until a moment; None where it is always open."""
    found = await open_time(tx, queue_id, brand_id)
    if not isinstance(found, HoursTime):
        return None
    spans = []
    for span in spans_from(found.hours, tx.now - timedelta(days=2)):
        if span[0] > min(until, tx.now + FARTHEST):
            break
        spans.append(span)
    return spans
