"""Reading departments: who belongs to them, and who is there now."""

from collections.abc import Collection
from uuid import UUID

import msgspec

from peakend.accounts.queries import member_briefs
from peakend.cases.models import DEPARTMENT_COLUMNS, DepartmentRow
from peakend.cases.queries.hours import HoursTime
from peakend.cases.rules.clock import AnyTime, OpenTime
from peakend.cases.rules.steps import Member
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, NotFound
from peakend.routing.queries import business_hours, open_now, opening

MOST_DEPARTMENTS = 200

_ALL = f"""
SELECT {DEPARTMENT_COLUMNS} FROM department
WHERE organisation_id = current_organisation() AND (active OR $1)
ORDER BY name_zh, id LIMIT {MOST_DEPARTMENTS}
"""  # noqa: S608 (names of columns only)
_ONE = f"""
SELECT {DEPARTMENT_COLUMNS} FROM department
WHERE organisation_id = current_organisation() AND id = $1
"""  # noqa: S608 (names of columns only)
_MEMBERS = """
SELECT department_id, member_id, hours_id FROM department_member
WHERE organisation_id = current_organisation() AND department_id = ANY($1::uuid[])
ORDER BY department_id, position, member_id
"""
_OWN = """
SELECT coalesce(array_agg(department_id ORDER BY department_id), '{}') FROM department_member
WHERE organisation_id = current_organisation() AND member_id = $1
"""


class DepartmentNotFound(NotFound):
    """There is no such department here."""

    wording = "cases.department_not_found"


class DepartmentStale(Conflict):
    """Somebody else changed the department first."""

    wording = "cases.department_stale"


class DepartmentMember(msgspec.Struct, frozen=True, kw_only=True):
    """Somebody of a department; `present` says that his hours are open now."""

    id: UUID
    name: str
    hours_id: UUID | None
    present: bool


class Department(DepartmentRow, frozen=True, kw_only=True):
    """A department as it is shown, with who belongs to it in their order."""

    hours_name: str | None
    members: list[DepartmentMember]


class _MemberRow(msgspec.Struct, frozen=True):
    department_id: UUID
    member_id: UUID
    hours_id: UUID | None


async def departments(tx: Transaction, *, retired: bool = False) -> list[Department]:
    """Return the departments by name. Counts: at most 200."""
    return await _shown(tx, await tx.all(DepartmentRow, _ALL, retired))


async def department(tx: Transaction, department_id: UUID) -> Department:
    """Return a department as it is shown. Errors: DepartmentNotFound."""
    return (await _shown(tx, [await need_department(tx, department_id)]))[0]


async def need_department(
    tx: Transaction, department_id: UUID, *, lock: bool = False
) -> DepartmentRow:
    """Return a department as it is stored. Errors: DepartmentNotFound."""
    sql = f"{_ONE} FOR NO KEY UPDATE" if lock else _ONE
    found = await tx.one(DepartmentRow, sql, department_id)
    if found is None:
        raise DepartmentNotFound
    return found


async def own_departments(tx: Transaction, member_id: UUID | None) -> list[UUID]:
    """Return the departments that somebody belongs to."""
    found: list[UUID] = await tx.value(_OWN, member_id)
    return found


async def department_names(
    tx: Transaction, ids: Collection[UUID | None], language: str
) -> dict[UUID, str]:
    """Return what departments are called in a language."""
    rows = await tx.all(DepartmentRow, _ALL, True) if any(ids) else []
    return {
        row.id: row.name_en if language == "en" and row.name_en else row.name_zh
        for row in rows
        if row.id in ids
    }


async def members_now(tx: Transaction, department_id: UUID | None) -> list[Member]:
    """Return who of a department can be given a step, and whether he is there now."""
    if department_id is None:
        return []
    shown = await department(tx, department_id)
    return [Member(one.id, one.present) for one in shown.members]


async def department_time(tx: Transaction, department_id: UUID | None) -> OpenTime | None:
    """Return the time that counts for a department; None where it is nobody's."""
    if department_id is None:
        return None
    row = await need_department(tx, department_id)
    hours = await opening(tx, row.hours_id)
    return HoursTime(hours) if hours is not None else AnyTime()


async def _shown(tx: Transaction, rows: list[DepartmentRow]) -> list[Department]:
    belong = await tx.all(_MemberRow, _MEMBERS, [row.id for row in rows]) if rows else []
    briefs = await member_briefs(tx, [one.member_id for one in belong])
    used = {row.hours_id for row in rows} | {one.hours_id for one in belong}
    wanted = {one for one in used if one is not None}
    names = {one.id: one.name for one in await business_hours(tx)} if wanted else {}
    there = await open_now(tx, wanted)

    def present(one: _MemberRow, row: DepartmentRow) -> bool:
        hours_id = one.hours_id or row.hours_id
        return hours_id is None or hours_id not in there or there[hours_id].open

    return [
        Department(
            **{name: getattr(row, name) for name in DepartmentRow.__struct_fields__},
            hours_name=names.get(row.hours_id) if row.hours_id else None,
            members=[
                DepartmentMember(
                    id=one.member_id,
                    name=briefs[one.member_id].name,
                    hours_id=one.hours_id,
                    present=present(one, row),
                )
                for one in belong
                if one.department_id == row.id
                and one.member_id in briefs
                and briefs[one.member_id].active
            ],
        )
        for row in rows
    ]
