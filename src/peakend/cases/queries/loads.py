"""What lies with departments now, for who sets them up."""

from datetime import datetime
from uuid import UUID

import msgspec

from peakend.accounts.queries import member_names
from peakend.cases.models import STEP_COLUMNS, StepRow
from peakend.cases.queries.access import case_row, sees
from peakend.cases.queries.departments import need_department
from peakend.cases.rules.cases import shown_number
from peakend.cases.rules.steps import Near, StepState, near
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction

MOST_ON_TABLE = 50

_LOADS = """
SELECT department_id, count(*) FILTER (WHERE state = 'ready') AS ready,
       count(*) FILTER (WHERE state = 'taken') AS taken,
       count(*) FILTER (WHERE due_at <= $1) AS late
FROM case_step
WHERE organisation_id = current_organisation() AND department_id IS NOT NULL
  AND state IN ('ready', 'taken')
GROUP BY department_id LIMIT 200
"""
_TABLE = f"""
SELECT {STEP_COLUMNS} FROM case_step
WHERE organisation_id = current_organisation() AND department_id = $1
  AND state IN ('ready', 'taken')
ORDER BY due_at, id LIMIT {MOST_ON_TABLE}
"""  # noqa: S608 (names of columns only)


class DepartmentLoad(msgspec.Struct, frozen=True, kw_only=True):
    """How much lies with a department: to be taken, in hand, and of both what is late."""

    department_id: UUID
    ready: int
    taken: int
    late: int


class TableStep(msgspec.Struct, frozen=True, kw_only=True):
    """A step that lies with a department, of a case that the reader sees."""

    id: UUID
    case_id: UUID
    case_number: str
    title: str
    state: StepState
    taken_name: str | None
    due_at: datetime | None
    near: Near


async def department_loads(tx: Transaction) -> list[DepartmentLoad]:
    """Return how much lies with the departments that have something."""
    return await tx.all(DepartmentLoad, _LOADS, tx.now)


async def department_table(tx: Transaction, department_id: UUID, actor: Actor) -> list[TableStep]:
    """Return what lies with a department, first what is due first.

    Counts: of the first 50 those whose case the actor sees. Errors: DepartmentNotFound.
    """
    await need_department(tx, department_id)
    rows = await tx.all(StepRow, _TABLE, department_id)
    names = await member_names(tx, [row.taken_by for row in rows if row.taken_by])
    found = []
    for row in rows:
        case = await case_row(tx, row.case_id)
        if case is None or not await sees(tx, case, actor):
            continue
        found.append(
            TableStep(
                id=row.id,
                case_id=case.id,
                case_number=shown_number(case.number),
                title=row.title(actor.language),
                state=row.state,
                taken_name=names.get(row.taken_by) if row.taken_by else None,
                due_at=row.due_at,
                near=near(row.state, row.due_at, row.warn_at, tx.now),
            )
        )
    return found
