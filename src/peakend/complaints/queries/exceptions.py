"""Reading policies and who asked to break them, and what that has taught."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from uuid import UUID

import msgspec

from peakend.accounts import queries as accounts
from peakend.complaints.models.exceptions import (
    EXCEPTION_COLUMNS,
    POLICY_COLUMNS,
    ExceptionRow,
    PolicyRow,
)
from peakend.complaints.rules.exceptions import MOST_POLICIES, PAGE, State
from peakend.conversations import queries as conversations
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import NotFound
from peakend.kernel.paging import Page, WrongCursor, cursor_decode, cursor_encode

LEADS = "complaints.manage"

_POLICIES = f"""
SELECT {POLICY_COLUMNS} FROM policy_rule
WHERE organisation_id = current_organisation() AND (active OR $2) ORDER BY name, id LIMIT $1
"""  # noqa: S608 (names of columns only)
_POLICY = f"""
SELECT {POLICY_COLUMNS} FROM policy_rule
WHERE organisation_id = current_organisation() AND id = $1
"""  # noqa: S608 (names of columns only)
_ONE = f"""
SELECT {EXCEPTION_COLUMNS} FROM policy_exception
WHERE organisation_id = current_organisation() AND id = $1
"""  # noqa: S608 (names of columns only)
# $1 to $3 say whose: nobody's in particular, or of these brands, or one's own.
_LIST = f"""
SELECT {EXCEPTION_COLUMNS} FROM policy_exception
WHERE organisation_id = current_organisation()
  AND ($1 OR brand_id = ANY($2::uuid[]) OR asked_by = $3)
  AND ($4::text IS NULL OR state = $4) AND ($5::uuid IS NULL OR policy_id = $5)
  AND ($6::timestamptz IS NULL OR (asked_at, id) < ($6, $7::uuid))
ORDER BY asked_at DESC, id DESC LIMIT $8
"""  # noqa: S608 (names of columns only)
_OF_CONVERSATION = f"""
SELECT {EXCEPTION_COLUMNS} FROM policy_exception
WHERE organisation_id = current_organisation() AND conversation_id = $1
ORDER BY asked_at DESC, id DESC LIMIT 20
"""  # noqa: S608 (names of columns only)
# What was granted and not closed yet is counted with what it was thought to cost.
_LEARNT = """
SELECT p.id AS policy_id, p.name, p.limit_fen, count(*) AS asked,
       count(*) FILTER (WHERE e.state IN ('granted', 'closed')) AS granted,
       count(*) FILTER (WHERE e.state = 'refused') AS refused,
       count(*) FILTER (WHERE e.state = 'waiting') AS waiting,
       count(*) FILTER (WHERE e.state = 'closed') AS closed,
       count(*) FILTER (WHERE e.outcome = 'kept') AS kept,
       count(*) FILTER (WHERE e.limit_fen IS NOT NULL AND e.cost_fen > e.limit_fen) AS over,
       coalesce(sum(coalesce(e.real_fen, e.cost_fen))
                FILTER (WHERE e.state IN ('granted', 'closed')), 0)::bigint AS cost_fen,
       coalesce(sum(e.saved_fen) FILTER (WHERE e.state = 'closed'), 0)::bigint AS saved_fen
FROM policy_exception e
JOIN policy_rule p ON p.organisation_id = e.organisation_id AND p.id = e.policy_id
WHERE e.organisation_id = current_organisation() AND e.asked_at >= $1
  AND ($2 OR e.brand_id IS NULL OR e.brand_id = ANY($3::uuid[]))
GROUP BY p.id, p.name, p.limit_fen ORDER BY count(*) DESC, p.name, p.id LIMIT 200
"""


class PolicyNotFound(NotFound):
    """There is no such policy in the catalogue."""

    wording = "complaints.policy_not_found"


class ExceptionNotFound(NotFound):
    """There is no such exception for this person."""

    wording = "complaints.exception_not_found"


class PolicyException(ExceptionRow, frozen=True, kw_only=True):
    """An exception as it is shown; `may_close` says that its outcome is to be written down."""

    policy: str
    asker: str
    customer: str | None
    over: bool
    may_close: bool
    mine: bool


class PolicyLearnt(msgspec.Struct, frozen=True, kw_only=True):
    """What one policy has cost and saved where it was broken. Units: fen.

    Counts: by when it was asked. `cost_fen` is what it did cost where that is known, else what it
    was thought to; `kept` are customers who stayed, of those whose outcome was written down.
    """

    policy_id: UUID
    name: str
    limit_fen: int | None
    asked: int
    granted: int
    refused: int
    waiting: int
    closed: int
    kept: int
    over: int
    cost_fen: int
    saved_fen: int


async def policies(tx: Transaction, *, also_ended: bool = False) -> list[PolicyRow]:
    """Return the catalogue by name. Counts: at most 200."""
    return await tx.all(PolicyRow, _POLICIES, MOST_POLICIES, also_ended)


async def need_policy(tx: Transaction, policy_id: UUID) -> PolicyRow:
    """Return a policy, also one that is no longer in use. Errors: PolicyNotFound."""
    found = await tx.one(PolicyRow, _POLICY, policy_id)
    if found is None:
        raise PolicyNotFound
    return found


async def exception_row(tx: Transaction, exception_id: UUID, *, lock: bool = False) -> ExceptionRow:
    """Return an exception for the system. Errors: ExceptionNotFound."""
    found = await tx.one(ExceptionRow, f"{_ONE} FOR UPDATE" if lock else _ONE, exception_id)
    if found is None:
        raise ExceptionNotFound
    return found


async def need_exception(
    tx: Transaction, exception_id: UUID, actor: Actor, *, lock: bool = False
) -> ExceptionRow:
    """Return an exception that the actor asked for, or leads. Errors: ExceptionNotFound."""
    row = await exception_row(tx, exception_id, lock=lock)
    if row.asked_by == actor.id:
        return row
    if not actor.may(LEADS):
        raise ExceptionNotFound
    if not (actor.every_brand or row.brand_id in actor.seen_brand_ids):
        raise ExceptionNotFound
    return row


async def exception_view(tx: Transaction, exception_id: UUID, actor: Actor) -> PolicyException:
    """Return an exception as it is shown. Errors: ExceptionNotFound."""
    return (await _shown(tx, [await need_exception(tx, exception_id, actor)], actor))[0]


async def asked_exceptions(
    tx: Transaction,
    actor: Actor,
    *,
    state: State | None = None,
    policy_id: UUID | None = None,
    after: str | None = None,
) -> Page[PolicyException]:
    """Return what was asked for, newest first: one's own, or all of one's brands for who leads.

    Counts: fifty a page. Errors: WrongCursor.
    """
    leads = actor.may(LEADS)
    at, id_ = _place(after)
    rows = await tx.all(
        ExceptionRow, _LIST, leads and actor.every_brand, actor.seen_brands if leads else [],
        actor.id, state, policy_id, at, id_, PAGE + 1,
    )  # fmt: skip
    shown = await _shown(tx, rows[:PAGE], actor)
    more = cursor_encode(rows[PAGE - 1].asked_at, rows[PAGE - 1].id) if len(rows) > PAGE else None
    return Page(shown, more)


async def exceptions_beside(
    tx: Transaction, conversation_id: UUID, actor: Actor
) -> list[PolicyException]:
    """Return what was asked for in a conversation that the actor sees. Counts: at most 20."""
    return await _shown(tx, await tx.all(ExceptionRow, _OF_CONVERSATION, conversation_id), actor)


async def learnt(tx: Transaction, actor: Actor, *, days: int) -> list[PolicyLearnt]:
    """Return which policies are broken most, and what that did. Counts: at most 200."""
    since = tx.now - timedelta(days=days)
    return await tx.all(PolicyLearnt, _LEARNT, since, actor.every_brand, actor.seen_brands)


def _place(after: str | None) -> tuple[datetime | None, UUID | None]:
    if after is None:
        return None, None
    at, id_ = cursor_decode(after, 2)
    try:
        return datetime.fromisoformat(str(at)), UUID(str(id_))
    except ValueError as error:
        raise WrongCursor from error


async def _shown(
    tx: Transaction, rows: Sequence[ExceptionRow], actor: Actor
) -> list[PolicyException]:
    names = await accounts.member_names(tx, {row.asked_by for row in rows})
    known = {one.id: one.name for one in await policies(tx, also_ended=True)} if rows else {}
    about = [row.conversation_id for row in rows if row.conversation_id]
    seen = await conversations.rows(tx, list(dict.fromkeys(about)), actor) if about else []
    customers = {one.id: one.customer.name for one in seen}
    return [
        PolicyException(
            **msgspec.structs.asdict(row),
            policy=known.get(row.policy_id, ""),
            asker=names.get(row.asked_by, ""),
            customer=customers.get(row.conversation_id) if row.conversation_id else None,
            over=row.limit_fen is not None and row.cost_fen > row.limit_fen,
            may_close=row.state == "granted" and (row.asked_by == actor.id or actor.may(LEADS)),
            mine=row.asked_by == actor.id,
        )
        for row in rows
    ]
