"""What waits for whom, and who may decide it: worked out from the people who are here now."""

from collections.abc import Iterable, Sequence
from datetime import datetime, timedelta
from typing import Literal
from uuid import UUID

import msgspec

from peakend.accounts import queries as accounts
from peakend.cases.models.approvals import (
    DELEGATE_COLUMNS,
    REQUEST_COLUMNS,
    RULE_COLUMNS,
    DelegateRow,
    RequestRow,
    RuleRow,
)
from peakend.cases.rules.approvals import (
    DECIDES,
    MOST_RULES,
    MOST_WAITING,
    Colleague,
    Kind,
    Rung,
    Stand,
    State,
    Who,
    able,
    standing_in,
)
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import NotFound

DECIDED_D = 30
MOST_SHOWN = 100
Box = Literal["waiting", "mine", "decided"]

_ONE = f"""
SELECT {REQUEST_COLUMNS} FROM approval_request
WHERE organisation_id = current_organisation() AND id = $1
"""  # noqa: S608 (names of columns only)
_WAITING = f"""
SELECT {REQUEST_COLUMNS} FROM approval_request
WHERE organisation_id = current_organisation() AND state = 'waiting'
  AND asked_by IS DISTINCT FROM $1
ORDER BY due_at, id LIMIT $2
"""  # noqa: S608 (names of columns only)
_MINE = f"""
SELECT {REQUEST_COLUMNS} FROM approval_request
WHERE organisation_id = current_organisation() AND asked_by = $1 AND asked_at >= $2
ORDER BY asked_at DESC, id LIMIT $3
"""  # noqa: S608 (names of columns only)
_DECIDED = f"""
SELECT {REQUEST_COLUMNS} FROM approval_request
WHERE organisation_id = current_organisation() AND decided_at >= $1
  AND ($2 OR brand_id IS NULL OR brand_id = ANY($3::uuid[]))
ORDER BY decided_at DESC, id LIMIT $4
"""  # noqa: S608 (names of columns only)
_ABOUT = f"""
SELECT {REQUEST_COLUMNS} FROM approval_request
WHERE organisation_id = current_organisation() AND subject_id = $1
ORDER BY asked_at DESC, id LIMIT 20
"""  # noqa: S608 (names of columns only)
_RULES = f"""
SELECT {RULE_COLUMNS} FROM approval_rule
WHERE organisation_id = current_organisation() ORDER BY kind, from_fen, place, id LIMIT $1
"""  # noqa: S608 (names of columns only)
_STANDING = f"""
SELECT {DELEGATE_COLUMNS} FROM approval_delegate
WHERE organisation_id = current_organisation() AND ended_at IS NULL AND until_at > $1
ORDER BY from_at, id LIMIT 500
"""  # noqa: S608 (names of columns only)


class RequestNotFound(NotFound):
    """There is no such request for approval for this person."""

    wording = "cases.request_not_found"


class RuleNotFound(NotFound):
    """There is no such rule."""

    wording = "cases.rule_not_found"


class CaseApprover(msgspec.Struct, frozen=True):
    """A colleague by name."""

    id: UUID
    name: str


class CaseApproval(msgspec.Struct, frozen=True, kw_only=True):
    """A request for approval as it is shown; `waiting_for` are who may decide it, at most fifty.

    `stands_for` is the colleague for whom the reader would decide, where it is not his own right.
    """

    id: UUID
    kind: Kind
    subject_id: UUID
    words: str
    amount_fen: int | None
    currency: str | None
    case_id: UUID | None
    conversation_id: UUID | None
    customer_id: UUID | None
    brand_id: UUID | None
    asked_by: UUID | None
    asker: str
    asked_at: datetime
    due_at: datetime
    times: int
    state: State
    answer: str
    decider: str | None
    decided_for: str | None
    decided_at: datetime | None
    waiting_for: list[CaseApprover]
    may_decide: bool
    stands_for: str | None
    mine: bool


class ApprovalRule(RuleRow, frozen=True, kw_only=True):
    """A rule as it is shown; `able` is how many could decide by it now."""

    able: int


class Deputy(msgspec.Struct, frozen=True, kw_only=True):
    """That somebody stands in for another one, by their names; `mine` says it can be ended here."""

    id: UUID
    from_id: UUID
    from_name: str
    to_id: UUID
    to_name: str
    kinds: list[str]
    from_at: datetime
    until_at: datetime
    mine: bool


class Crew(msgspec.Struct, frozen=True):
    """Who works here now, and who stands in for whom."""

    people: list[Colleague]
    stands: list[Stand]
    names: dict[UUID, str]

    def may(
        self, who: Who, *, kind: str, brand_id: UUID | None, asked_by: UUID | None
    ) -> dict[UUID, UUID | None]:
        """Return who may decide, each with whom he stands in for."""
        own = able(who, self.people, brand_id=brand_id, asked_by=asked_by)
        return standing_in(
            own, self.stands, self.people, kind=kind, brand_id=brand_id, asked_by=asked_by
        )

    def may_decide(self, row: RequestRow) -> dict[UUID, UUID | None]:
        """Return who may decide a request."""
        return self.may(row.asked, kind=row.kind, brand_id=row.brand_id, asked_by=row.asked_by)


async def crew(tx: Transaction) -> Crew:
    """Return everybody who works here, as far as rules name people."""
    members = await accounts.members(tx, active_only=True)
    rights = await accounts.rights_of(tx, [one.id for one in members])
    people = [
        Colleague(
            id=one.id,
            permissions=rights[one.id].permissions,
            built_in=one.built_in,
            role_ids=frozenset(one.role_ids),
            team_ids=frozenset(one.team_ids),
            brand_ids=None if rights[one.id].every_brand else rights[one.id].seen_brand_ids,
        )
        for one in members
    ]
    standing = [row for row in await delegates(tx) if row.from_at <= tx.now]
    stands = [Stand(row.from_id, row.to_id, tuple(row.kinds)) for row in standing]
    return Crew(people, stands, {one.id: one.name for one in members})


async def delegates(tx: Transaction) -> list[DelegateRow]:
    """Return who stands in for whom, now or later. Counts: at most 500."""
    return await tx.all(DelegateRow, _STANDING, tx.now)


async def approval_rules(tx: Transaction) -> list[RuleRow]:
    """Return the rules in the order in which they are asked. Counts: at most 100."""
    return await tx.all(RuleRow, _RULES, MOST_RULES)


async def need_rule(tx: Transaction, rule_id: UUID) -> RuleRow:
    """Return a rule. Errors: RuleNotFound."""
    for one in await approval_rules(tx):
        if one.id == rule_id:
            return one
    raise RuleNotFound


def rung(row: RuleRow) -> Rung:
    """Return a rule as far as it decides."""
    return Rung(
        id=row.id, kind=row.kind, from_fen=row.from_fen, place=row.place, minutes=row.minutes,
        then=row.then, who=who_of(row),
    )  # fmt: skip


def who_of(row: RuleRow) -> Who:
    """Return whom a rule names."""
    return Who(
        by=row.by, permission=row.permission, built_in=row.built_in, role_id=row.role_id,
        team_id=row.team_id, member_ids=row.member_ids,
    )  # fmt: skip


async def shown_rules(tx: Transaction) -> list[ApprovalRule]:
    """Return the rules with how many could decide by each."""
    people = (await crew(tx)).people
    return [
        ApprovalRule(
            **msgspec.structs.asdict(row),
            able=len(able(who_of(row), people, brand_id=None, asked_by=None)),
        )
        for row in await approval_rules(tx)
    ]


async def request_row(tx: Transaction, request_id: UUID, *, lock: bool = False) -> RequestRow:
    """Return a request for the system. Errors: RequestNotFound."""
    row = await tx.one(RequestRow, f"{_ONE} FOR UPDATE" if lock else _ONE, request_id)
    if row is None:
        raise RequestNotFound
    return row


async def need_request(
    tx: Transaction, request_id: UUID, actor: Actor, *, lock: bool = False
) -> RequestRow:
    """Return a request that the actor asked, may decide, or may look up. Errors: RequestNotFound.

    Who may decide anything of its brand may look up what others decided.
    """
    row = await request_row(tx, request_id, lock=lock)
    if row.asked_by is not None and row.asked_by == actor.id:
        return row
    if not actor.may(DECIDES) or not _of_sight(row, actor):
        raise RequestNotFound
    return row


def _of_sight(row: RequestRow, actor: Actor) -> bool:
    return actor.every_brand or row.brand_id is None or row.brand_id in actor.seen_brand_ids


async def request_view(tx: Transaction, request_id: UUID, actor: Actor) -> CaseApproval:
    """Return a request as it is shown. Errors: RequestNotFound."""
    row = await need_request(tx, request_id, actor)
    return (await _shown(tx, [row], actor, await crew(tx)))[0]


async def inbox(tx: Transaction, actor: Actor, box: Box) -> list[CaseApproval]:
    """Return what waits for the actor by its clock, what he asked for, or what was decided.

    Counts: at most 100; the last two of the last 30 days.
    """
    since = tx.now - timedelta(days=DECIDED_D)
    team = await crew(tx)
    if box == "mine":
        rows = await tx.all(RequestRow, _MINE, actor.id, since, MOST_SHOWN)
    elif not actor.may(DECIDES):
        rows = []
    elif box == "decided":
        brands = actor.seen_brands
        rows = await tx.all(RequestRow, _DECIDED, since, actor.every_brand, brands, MOST_SHOWN)
    else:
        found = await tx.all(RequestRow, _WAITING, actor.id, MOST_WAITING)
        rows = [row for row in found if actor.id in team.may_decide(row)][:MOST_SHOWN]
    return await _shown(tx, rows, actor, team)


async def requests_about(tx: Transaction, subject_id: UUID, actor: Actor) -> list[CaseApproval]:
    """Return what was asked about one thing, newest first, for who may see the thing.

    Counts: at most 20.
    """
    rows = await tx.all(RequestRow, _ABOUT, subject_id)
    return await _shown(tx, rows, actor, await crew(tx)) if rows else []


async def deputies(tx: Transaction, actor: Actor) -> list[Deputy]:
    """Return who stands in for whom, now or later. Counts: at most 500."""
    rows = await delegates(tx)
    names = await _names(tx, (id_ for row in rows for id_ in (row.from_id, row.to_id)))
    return [
        Deputy(
            id=row.id,
            from_id=row.from_id,
            from_name=names.get(row.from_id, ""),
            to_id=row.to_id,
            to_name=names.get(row.to_id, ""),
            kinds=row.kinds,
            from_at=row.from_at,
            until_at=row.until_at,
            mine=row.from_id == actor.id,
        )
        for row in rows
    ]


async def could_stand_in(tx: Transaction, actor: Actor) -> list[CaseApprover]:
    """Return who could be the actor's deputy: who may decide himself, by name."""
    team = await crew(tx)
    found = [CaseApprover(one, team.names[one]) for one in able(
        Who(), team.people, brand_id=None, asked_by=actor.id)]  # fmt: skip
    return sorted(found, key=lambda one: one.name)


async def _names(tx: Transaction, ids: Iterable[UUID | None]) -> dict[UUID, str]:
    return dict(await accounts.member_names(tx, {one for one in ids if one is not None}))


async def _shown(
    tx: Transaction, rows: Sequence[RequestRow], actor: Actor, team: Crew
) -> list[CaseApproval]:
    about = ((row.asked_by, row.decided_by, row.decided_for) for row in rows)
    names = await _names(tx, (id_ for ids in about for id_ in ids))
    return [_view(row, actor, team, names) for row in rows]


def _view(row: RequestRow, actor: Actor, team: Crew, names: dict[UUID, str]) -> CaseApproval:
    may = team.may_decide(row) if row.state == "waiting" else {}
    for_id = may.get(actor.id) if actor.id else None
    return CaseApproval(
        id=row.id,
        kind=row.kind,
        subject_id=row.subject_id,
        words=row.words,
        amount_fen=row.amount_fen,
        currency=row.currency,
        case_id=row.case_id,
        conversation_id=row.conversation_id,
        customer_id=row.customer_id,
        brand_id=row.brand_id,
        asked_by=row.asked_by,
        asker=names.get(row.asked_by, "") if row.asked_by else "",
        asked_at=row.asked_at,
        due_at=row.due_at,
        times=row.times,
        state=row.state,
        answer=row.answer,
        decider=names.get(row.decided_by) if row.decided_by else None,
        decided_for=names.get(row.decided_for) if row.decided_for else None,
        decided_at=row.decided_at,
        waiting_for=sorted(
            (CaseApprover(one, team.names.get(one, "")) for one in may), key=lambda one: one.name
        )[:50],
        may_decide=actor.id in may,
        stands_for=team.names.get(for_id) if for_id else None,
        mine=row.asked_by is not None and row.asked_by == actor.id,
    )
