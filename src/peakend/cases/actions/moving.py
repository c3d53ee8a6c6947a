"""Moving a case: who sees to it, in which state it is, how urgent it is, and what it says."""

from typing import Any
from uuid import UUID

from peakend.cases.actions.clock import move_due, set_timer, told, usual_due
from peakend.cases.actions.opening import (
    MOST_TITLE,
    MOST_WORDS,
    TitleNeeded,
    need_owner,
    need_reason,
)
from peakend.cases.events import (
    CaseAssigned,
    CaseChanged,
    CaseDone,
    CasePriorityRaised,
    CaseReopened,
    CaseStateSet,
)
from peakend.cases.models import CaseRow
from peakend.cases.queries.access import (
    CaseIsClosed,
    CaseNotFound,
    case_row,
    need_case,
    need_case_version,
)
from peakend.cases.queries.hours import open_time
from peakend.cases.rules.cases import (
    PRIORITIES,
    CasePriority,
    CaseState,
    may_move,
    may_reopen,
)
from peakend.cases.rules.clock import Due, resumed
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid, Refused
from peakend.kernel.events import record

_ASSIGN = """
UPDATE service_case SET owner_id = $2, version = version + 1, updated_at = $3
WHERE organisation_id = current_organisation() AND id = $1
"""
_STATE = """
UPDATE service_case SET state = $2::text, done_at = CASE WHEN $2 = 'done' THEN $3::timestamptz END,
    informed_at = CASE WHEN $2 = 'done' THEN informed_at END,
    paused_at = CASE WHEN $2 = 'waiting' THEN $3::timestamptz END,
    version = version + 1, updated_at = $3
WHERE organisation_id = current_organisation() AND id = $1
"""
_REOPEN = """
UPDATE service_case SET state = 'working', done_at = NULL, informed_at = NULL, closed_at = NULL,
    closed_how = NULL, not_informed_why = NULL, not_informed_reason = '', paused_at = NULL,
    reopened = reopened + 1, version = version + 1, updated_at = $2
WHERE organisation_id = current_organisation() AND id = $1
"""
_PRIORITY = """
UPDATE service_case SET priority = $2, version = version + 1, updated_at = $3
WHERE organisation_id = current_organisation() AND id = $1
"""
_CHANGE = """
UPDATE service_case SET title = $2, description = $3, reason_id = $4, reason_version = $5,
    department_id = $6, parent_id = $7, version = version + 1, updated_at = $8
WHERE organisation_id = current_organisation() AND id = $1
"""
_ABOVE = """
WITH RECURSIVE above (id, parent_id, depth) AS (
    SELECT id, parent_id, 1 FROM service_case
    WHERE organisation_id = current_organisation() AND id = $1
    UNION ALL
    SELECT c.id, c.parent_id, a.depth + 1 FROM above a
    JOIN service_case c ON c.organisation_id = current_organisation() AND c.id = a.parent_id
    WHERE a.depth < 20
)
SELECT coalesce(array_agg(id), '{}') FROM above
"""


class MoveNotAllowed(Conflict):
    """A case does not go from this state to that one."""

    wording = "cases.move_not_allowed"


class TooLateToReopen(Conflict):
    """It was closed longer ago than a month; a new case is opened instead."""

    wording = "cases.too_late_to_reopen"


class OnlyOwnReopened(Refused):
    """Opening somebody else's case again is for who leads."""

    wording = "cases.only_own_reopened"


class OwnParent(Invalid):
    """A case is no part of itself, nor of its own parts."""

    wording = "cases.own_parent"


async def assign_case(
    tx: Transaction,
    *,
    case_id: UUID,
    owner_id: UUID | None,
    by: Actor,
    version: int | None = None,
) -> None:
    """Let somebody see to a case, or nobody. Errors: CaseNotFound, CaseStale, CaseIsClosed,
    OwnerUnfit, OnlyLeads."""
    row = await need_case_version(tx, case_id, by, version)
    if row.state == "closed":
        raise CaseIsClosed
    if row.owner_id == owner_id:
        return
    await need_owner(tx, owner_id, row.owner_id, by)
    await tx.run(_ASSIGN, case_id, owner_id, tx.now)
    await record(tx, CaseAssigned(**(told(row) | {"agent_id": owner_id}), former_id=row.owner_id))


async def set_state(
    tx: Transaction,
    *,
    case_id: UUID,
    state: CaseState,
    by: Actor,
    version: int | None = None,
) -> None:
    """Put a case into another state that is not closed; its clock stands while it waits.

    Errors: CaseNotFound, CaseStale, CaseIsClosed, MoveNotAllowed.
    """
    row = await need_case_version(tx, case_id, by, version)
    if row.state == "closed":
        raise CaseIsClosed
    if row.state == state:
        return
    if not may_move(row.state, state):
        raise MoveNotAllowed(state=row.state)
    await tx.run(_STATE, case_id, state, tx.now)
    await record(tx, CaseStateSet(**told(row), state=state, former=row.state))
    if state == "done":
        in_time = (row.paused_at or tx.now) <= row.due_at
        await record(tx, CaseDone(**told(row), in_time=in_time))
    elif row.paused_at is not None:
        time = await open_time(tx, row.queue_id, row.brand_id)
        was = Due(row.due_at, row.warn_at)
        await move_due(tx, row, resumed(time, row.paused_at, tx.now, was), "resumed")
    if state in ("open", "working"):
        await set_timer(tx, case_id, tx.now)


async def reopen_case(
    tx: Transaction, *, case_id: UUID, by: Actor, why: str = "asked", version: int | None = None
) -> None:
    """Work on a closed case again, with a clock of its own from now.

    Errors: CaseNotFound, CaseStale, MoveNotAllowed, TooLateToReopen, OnlyOwnReopened.
    """
    row = await need_case_version(tx, case_id, by, version)
    if row.state != "closed":
        raise MoveNotAllowed(state=row.state)
    if not may_reopen(row.state, row.closed_at, tx.now):
        raise TooLateToReopen
    own = by.kind != "member" or by.id in (row.owner_id, row.opened_by)
    if not own and not by.may("cases.manage"):
        raise OnlyOwnReopened
    await tx.run(_REOPEN, case_id, tx.now)
    await record(tx, CaseReopened(**told(row), times=row.reopened + 1, why=why))
    await record(tx, CaseStateSet(**told(row), state="working", former="closed"))
    time = await open_time(tx, row.queue_id, row.brand_id)
    clock = await usual_due(tx, time, tx.now, row.priority, row.brand_id)
    await move_due(tx, row, clock, "reopened")


async def raise_priority(
    tx: Transaction, case_id: UUID, to: CasePriority, why_code: str, *, by: Actor | None = None
) -> bool:
    """Make a case more urgent, never less, and due sooner where that follows; False if it is.

    Errors: CaseNotFound.
    """
    row = await case_row(tx, case_id, lock=True) if by is None else await need_case(
        tx, case_id, by, lock=True
    )  # fmt: skip
    if row is None:
        raise CaseNotFound
    if row.state == "closed" or PRIORITIES.index(to) <= PRIORITIES.index(row.priority):
        return False
    await set_priority_of(tx, row, to, why_code)
    return True


async def set_priority(
    tx: Transaction, *, case_id: UUID, to: CasePriority, by: Actor, version: int | None = None
) -> None:
    """Make a case as urgent as somebody says. Errors: CaseNotFound, CaseStale, CaseIsClosed."""
    row = await need_case_version(tx, case_id, by, version)
    if row.state == "closed":
        raise CaseIsClosed
    if row.priority != to:
        await set_priority_of(tx, row, to, "chosen")


async def set_priority_of(tx: Transaction, row: CaseRow, to: CasePriority, why: str) -> None:
    """Write how urgent a locked case is; what is more urgent is due sooner, never later."""
    await tx.run(_PRIORITY, row.id, to, tx.now)
    await record(tx, CasePriorityRaised(**told(row), priority=to, former=row.priority, why=why))
    if row.paused_at is not None or row.state == "done":
        return
    time = await open_time(tx, row.queue_id, row.brand_id)
    sooner = await usual_due(tx, time, row.opened_at, to, row.brand_id)
    if sooner.due_at < row.due_at:
        await move_due(tx, row, sooner, "priority")


async def change_case(
    tx: Transaction, *, case_id: UUID, changes: dict[str, Any], by: Actor, version: int | None
) -> None:
    """Change title, description, reason, department or parent of a case.

    Errors: CaseNotFound, CaseStale, CaseIsClosed, TitleNeeded, ReasonUnknown, OwnParent.
    """
    row = await need_case_version(tx, case_id, by, version)
    if row.state == "closed":
        raise CaseIsClosed
    given = {name: value for name, value in changes.items() if getattr(row, name) != value}
    if not given:
        return
    title = str(given.get("title", row.title)).strip()[:MOST_TITLE]
    if not title:
        raise TitleNeeded(fields={"title": "cases.title_needed"})
    reason = row.reason_id, row.reason_version
    if "reason_id" in given:
        reason = await need_reason(tx, given["reason_id"])
    parent_id = given.get("parent_id", row.parent_id)
    if given.get("parent_id") is not None:
        await need_case(tx, given["parent_id"], by)
        above: list[UUID] = await tx.value(_ABOVE, given["parent_id"])
        if case_id in above:
            raise OwnParent(fields={"parent_id": "cases.own_parent"})
    await tx.run(
        _CHANGE, case_id, title, str(given.get("description", row.description))[:MOST_WORDS],
        *reason, given.get("department_id", row.department_id), parent_id, tx.now,
    )  # fmt: skip
    await record(tx, CaseChanged(**told(row), fields=sorted(given)))
