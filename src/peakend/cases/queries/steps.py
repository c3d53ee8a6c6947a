"""Reading steps: those of a case, and what lies with one's departments."""

from collections.abc import Sequence
from datetime import datetime, timedelta
from typing import Any, Literal
from uuid import UUID

import msgspec

from peakend.accounts.queries import member_names
from peakend.cases.models import STEP_COLUMNS, CaseRow, StepRow
from peakend.cases.models.steps import Check
from peakend.cases.queries.access import CaseNotFound, case_row, need_case, sees
from peakend.cases.queries.departments import department_names, own_departments
from peakend.cases.rules.cases import shown_number
from peakend.cases.rules.steps import Laid, Near, StepState, downstream, near, ready_now, upstream
from peakend.cases.rules.templates import Who
from peakend.customers.queries import need_customer, shown_name
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, NotFound

MOST_LIST = 200
MOST_LINES = 50

_OF_CASE = f"""
SELECT {STEP_COLUMNS} FROM case_step
WHERE organisation_id = current_organisation() AND case_id = $1
ORDER BY position, id
"""  # noqa: S608 (names of columns only)
_ONE = f"""
SELECT {STEP_COLUMNS} FROM case_step
WHERE organisation_id = current_organisation() AND id = $1
"""  # noqa: S608 (names of columns only)
_OPEN = f"""
SELECT {STEP_COLUMNS} FROM case_step
WHERE organisation_id = current_organisation() AND department_id = ANY($1::uuid[])
  AND state IN ('ready', 'taken')
ORDER BY due_at, id LIMIT {MOST_LIST}
"""  # noqa: S608 (names of columns only)
_DONE = f"""
SELECT {STEP_COLUMNS} FROM case_step
WHERE organisation_id = current_organisation() AND department_id = ANY($1::uuid[])
  AND over_at > $2
ORDER BY over_at DESC, id LIMIT {MOST_LIST}
"""  # noqa: S608 (names of columns only)
_LINES = f"""
SELECT words, at, visible FROM case_entry
WHERE organisation_id = current_organisation() AND case_id = $1
  AND visible IN ('departments', 'customer') AND words <> ''
ORDER BY id DESC LIMIT {MOST_LINES}
"""  # noqa: S608 (a number only)
_CHILDREN = """
SELECT id, number, title, state, due_at FROM service_case
WHERE organisation_id = current_organisation() AND parent_id = $1
ORDER BY opened_at, id LIMIT 50
"""
# A step that was done again counts as it was done last.
_TOOK = """
SELECT DISTINCT ON (subject) subject AS step_id, (payload->>'waited_s')::int AS waited_s,
    (payload->>'worked_s')::int AS worked_s
FROM event
WHERE organisation_id = current_organisation() AND case_id = $1 AND type = 'StepDone'
ORDER BY subject, id DESC
"""
_SPENT = """
SELECT step_id, sum(spent_s)::int AS spent_s FROM case_time
WHERE organisation_id = current_organisation() AND case_id = $1 AND step_id IS NOT NULL
GROUP BY step_id
"""


class StepNotFound(NotFound):
    """There is no such step for this actor."""

    wording = "cases.step_not_found"


class StepStale(Conflict):
    """Somebody else changed the step first."""

    wording = "cases.step_stale"


class CheckLine(Check, frozen=True, kw_only=True):
    """A line of a checklist in the reader's language."""

    text: str


class StepBase(msgspec.Struct, frozen=True, kw_only=True):
    """A step as everybody sees it who works it."""

    id: UUID
    title: str
    words: str
    state: StepState
    who: Who
    department_id: UUID | None
    department_name: str | None
    checklist: list[CheckLine]
    assigned_to: UUID | None
    assigned_name: str | None
    taken_by: UUID | None
    taken_name: str | None
    ready_at: datetime | None
    taken_at: datetime | None
    due_at: datetime | None
    warn_at: datetime | None
    over_at: datetime | None
    near: Near
    outcome: str
    returned: int
    version: int


class CaseStep(StepBase, frozen=True, kw_only=True):
    """A step as the case's page shows it: what lies before and behind it, by id.

    Units: seconds; `waited_s` and `worked_s` of business time once it is done, `spent_s` as noted.
    """

    key: str
    before: list[UUID]
    waits_for: list[UUID]
    upstream: list[UUID]
    downstream: list[UUID]
    over_name: str | None
    due_minutes: int
    shows_customer: bool
    waited_s: int | None
    worked_s: int | None
    spent_s: int


class ChildCase(msgspec.Struct, frozen=True, kw_only=True):
    """A case below a case: it, too, is waited for."""

    id: UUID
    number: str
    title: str
    state: str
    due_at: datetime


class CaseSteps(msgspec.Struct, frozen=True, kw_only=True):
    """The steps of a case, and the cases below it."""

    steps: list[CaseStep]
    children: list[ChildCase]
    ended: bool


class DepartmentLine(msgspec.Struct, frozen=True):
    """Something written in a case that departments may read."""

    words: str
    at: datetime


class DepartmentStep(StepBase, frozen=True, kw_only=True):
    """A step as a department sees it: nothing of the case but what it needs.

    `customer` is masked unless the step says that it needs him.
    """

    case_number: str
    priority: str
    mine: bool
    customer: str
    lines: list[DepartmentLine]


class _Child(msgspec.Struct, frozen=True):
    id: UUID
    number: int
    title: str
    state: str
    due_at: datetime


class _Took(msgspec.Struct, frozen=True):
    step_id: UUID
    waited_s: int
    worked_s: int


class _Spent(msgspec.Struct, frozen=True):
    step_id: UUID
    spent_s: int


class _Line(msgspec.Struct, frozen=True):
    words: str
    at: datetime
    visible: str


async def steps_of(tx: Transaction, case_id: UUID, *, lock: bool = False) -> list[StepRow]:
    """Return the steps of a case whoever asks, in their order."""
    return await tx.all(StepRow, f"{_OF_CASE} FOR NO KEY UPDATE" if lock else _OF_CASE, case_id)


async def step_row(tx: Transaction, step_id: UUID, *, lock: bool = False) -> StepRow | None:
    """Return a step whoever asks."""
    return await tx.one(StepRow, f"{_ONE} FOR NO KEY UPDATE" if lock else _ONE, step_id)


async def need_step(tx: Transaction, step_id: UUID, actor: Actor, *, lead: bool = False) -> StepRow:
    """Return a step that an actor may work: of his departments, or of a case that he works on.

    `lead` asks for the second. Errors: StepNotFound, the same for what is not his.
    """
    row = await step_row(tx, step_id)
    if row is None:
        raise StepNotFound
    if await leads(tx, row.case_id, actor):
        return row
    if lead or actor.id is None or row.department_id is None:
        raise StepNotFound
    if row.state == "waiting" or row.department_id not in await own_departments(tx, actor.id):
        raise StepNotFound
    return row


async def leads(tx: Transaction, case_id: UUID, actor: Actor) -> bool:
    """Say whether an actor works on the case itself."""
    case = await case_row(tx, case_id)
    return case is not None and actor.may("cases.work") and await sees(tx, case, actor)


def laid(rows: Sequence[StepRow]) -> list[Laid]:
    """Return what of steps says which may begin."""
    return [Laid(row.key, row.after, row.state) for row in rows]


async def case_steps(tx: Transaction, case_id: UUID, actor: Actor) -> CaseSteps:
    """Return the steps of a case that the actor sees. Errors: CaseNotFound."""
    await need_case(tx, case_id, actor)
    rows = await steps_of(tx, case_id)
    plain = laid(rows)
    ids = {row.key: row.id for row in rows}
    over = {row.key for row in rows if row.state in ("done", "skipped")}
    names = await _names(tx, rows, actor)
    children = await tx.all(_Child, _CHILDREN, case_id)
    took = {one.step_id: one for one in await tx.all(_Took, _TOOK, case_id)}
    spent = {one.step_id: one.spent_s for one in await tx.all(_Spent, _SPENT, case_id)}
    return CaseSteps(
        steps=[
            CaseStep(
                **_base(row, names, actor, tx.now),
                key=row.key,
                before=[ids[key] for key in row.after if key in ids],
                waits_for=[ids[key] for key in row.after if key in ids and key not in over],
                upstream=[ids[key] for key in sorted(upstream(plain, row.key))],
                downstream=[ids[key] for key in sorted(downstream(plain, row.key))],
                over_name=names.people.get(row.over_by) if row.over_by else None,
                due_minutes=row.due_minutes,
                shows_customer=row.shows_customer,
                waited_s=took[row.id].waited_s if row.id in took and row.state == "done" else None,
                worked_s=took[row.id].worked_s if row.id in took and row.state == "done" else None,
                spent_s=spent.get(row.id, 0),
            )
            for row in rows
        ],
        children=[
            ChildCase(
                id=one.id,
                number=shown_number(one.number),
                title=one.title,
                state=one.state,
                due_at=one.due_at,
            )
            for one in children
        ],
        ended=bool(rows) and len(over) == len(rows),
    )


async def department_steps(
    tx: Transaction, actor: Actor, *, show: Literal["open", "done"] = "open"
) -> list[DepartmentStep]:
    """Return what lies with the actor's departments, first what is due first; or lately did.

    Counts: at most 200, of the last thirty days where they are over.
    """
    mine = await own_departments(tx, actor.id)
    if not mine:
        return []
    sql, args = (_OPEN, [mine]) if show == "open" else (_DONE, [mine, tx.now - timedelta(days=30)])
    rows = await tx.all(StepRow, sql, *args)
    names = await _names(tx, rows, actor)
    return [await _of_department(tx, row, names, actor, whole=False) for row in rows]


async def department_step(tx: Transaction, step_id: UUID, actor: Actor) -> DepartmentStep:
    """Return a step of one's department with what departments may read. Errors: StepNotFound."""
    row = await need_step(tx, step_id, actor)
    names = await _names(tx, [row], actor)
    return await _of_department(tx, row, names, actor, whole=True)


async def lines_of(tx: Transaction, case_id: UUID) -> list[DepartmentLine]:
    """Return what departments may read of a case, oldest first. Counts: the newest 50."""
    rows = await tx.all(_Line, _LINES, case_id)
    return [DepartmentLine(one.words, one.at) for one in reversed(rows)]


async def customer_of(tx: Transaction, case: CaseRow, language: str, *, whole: bool) -> str:
    """Return the name of a case's customer, masked where it is not needed."""
    found = await need_customer(tx, case.customer_id)
    level = "whole" if whole else "masked"
    seen = Actor(
        organisation_id=tx.organisation_id, kind="member", levels=(("name", level),),
        language=language,
    )  # fmt: skip
    return shown_name(seen, found.name, case.customer_id)


class _Names(msgspec.Struct, frozen=True):
    departments: dict[UUID, str]
    people: dict[UUID, str]


async def _names(tx: Transaction, rows: Sequence[StepRow], actor: Actor) -> _Names:
    people = {one for row in rows for one in (row.assigned_to, row.taken_by, row.over_by)}
    return _Names(
        await department_names(tx, {row.department_id for row in rows}, actor.language),
        await member_names(tx, [one for one in people if one is not None]),
    )


async def _of_department(
    tx: Transaction, row: StepRow, names: _Names, actor: Actor, *, whole: bool
) -> DepartmentStep:
    case = await case_row(tx, row.case_id)
    if case is None:
        raise CaseNotFound
    return DepartmentStep(
        **_base(row, names, actor, tx.now),
        case_number=shown_number(case.number),
        priority=case.priority,
        mine=actor.id is not None and actor.id in (row.assigned_to, row.taken_by),
        customer=await customer_of(tx, case, actor.language, whole=row.shows_customer),
        lines=await lines_of(tx, row.case_id) if whole else [],
    )


def _base(row: StepRow, names: _Names, actor: Actor, now: datetime) -> dict[str, Any]:
    return {
        "id": row.id,
        "title": row.title(actor.language),
        "words": row.words(actor.language),
        "state": row.state,
        "who": row.who,
        "department_id": row.department_id,
        "department_name": names.departments.get(row.department_id) if row.department_id else None,
        "checklist": check_lines(row, actor.language),
        "assigned_to": row.assigned_to,
        "assigned_name": names.people.get(row.assigned_to) if row.assigned_to else None,
        "taken_by": row.taken_by,
        "taken_name": names.people.get(row.taken_by) if row.taken_by else None,
        "ready_at": row.ready_at,
        "taken_at": row.taken_at,
        "due_at": row.due_at,
        "warn_at": row.warn_at,
        "over_at": row.over_at,
        "near": near(row.state, row.due_at, row.warn_at, now),
        "outcome": row.outcome,
        "returned": row.returned,
        "version": row.version,
    }


def check_lines(row: StepRow, language: str) -> list[CheckLine]:
    """Return the checklist of a step in a language."""
    found = [msgspec.convert(line, Check, strict=False) for line in row.checklist]
    return [
        CheckLine(
            zh=one.zh, en=one.en, at=one.at, by=one.by,
            text=one.en if language == "en" and one.en else one.zh,
        )
        for one in found
    ]  # fmt: skip


def ready_of(rows: Sequence[StepRow]) -> list[StepRow]:
    """Return which waiting steps of a case may begin."""
    keys = set(ready_now(laid(rows)))
    return [row for row in rows if row.key in keys]
