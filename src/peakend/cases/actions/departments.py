"""Departments are made and changed: name, members, hours, and whom a step is for."""

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from peakend.accounts.actions import audit
from peakend.accounts.queries import member_briefs
from peakend.cases.events import DepartmentChanged
from peakend.cases.models.departments import Language
from peakend.cases.queries.departments import (
    MOST_DEPARTMENTS,
    DepartmentStale,
    departments,
    need_department,
)
from peakend.cases.queries.templates import templates_for
from peakend.cases.rules.steps import Duty
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid, NotFound
from peakend.kernel.events import record
from peakend.kernel.ids import new_id
from peakend.mail.ports import wire_address
from peakend.routing.queries import need_hours

MOST_MEMBERS = 200

_ADD = """
INSERT INTO department (id, name_zh, name_en, email, language, hours_id, duty, active, made_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)
"""
_CHANGE = """
UPDATE department SET name_zh = $2, name_en = $3, email = $4, language = $5, hours_id = $6,
    duty = $7, active = $8, version = version + 1
WHERE organisation_id = current_organisation() AND id = $1
"""
_LEAVE = """
DELETE FROM department_member
WHERE organisation_id = current_organisation() AND department_id = $1
"""
_JOIN = """
INSERT INTO department_member (department_id, member_id, hours_id, position)
VALUES ($1, $2, $3, $4)
"""


class WrongDepartment(Invalid):
    """A department has a name, and an address that a mail can go to or none."""

    wording = "cases.wrong_department"


class NoSuchMember(NotFound):
    """Somebody named is not, or no longer, a member here."""

    wording = "cases.no_such_member"


class TooManyDepartments(Conflict):
    """There are as many departments as one list holds."""

    wording = "cases.too_many_departments"


class DepartmentUsed(Conflict):
    """Templates send steps to the department: what they begin would lie with nobody."""

    wording = "cases.department_used"


class DepartmentBelonging(msgspec.Struct, frozen=True, forbid_unknown_fields=True):
    """Who belongs to a department, with hours of his own or the department's."""

    id: UUID
    hours_id: UUID | None = None


class DepartmentText(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A department as somebody writes it down; members stand in the order of their turns."""

    name_zh: Annotated[str, Meta(min_length=1, max_length=60)]
    name_en: Annotated[str, Meta(max_length=60)] = ""
    email: Annotated[str, Meta(max_length=200)] = ""
    language: Language = "zh-CN"
    hours_id: UUID | None = None
    duty: Duty = "everybody"
    active: bool = True
    members: Annotated[list[DepartmentBelonging], Meta(max_length=MOST_MEMBERS)] = []


async def add_department(tx: Transaction, *, given: DepartmentText) -> UUID:
    """Make a department.

    Errors: WrongDepartment, NoSuchMember, HoursNotFound, TooManyDepartments.
    """
    text = await _checked(tx, given)
    if len(await departments(tx, retired=True)) >= MOST_DEPARTMENTS:
        raise TooManyDepartments(most=MOST_DEPARTMENTS)
    department_id = new_id()
    await tx.run(
        _ADD, department_id, text.name_zh, text.name_en, text.email, text.language, text.hours_id,
        text.duty, text.active, tx.now,
    )  # fmt: skip
    await _belong(tx, department_id, text)
    await _tell(tx, department_id, "created")
    return department_id


async def change_department(
    tx: Transaction, *, department_id: UUID, given: DepartmentText, version: int
) -> None:
    """Write a department anew; steps that lie with one that closes stay with it until they end.

    Errors: DepartmentNotFound, DepartmentStale, DepartmentUsed, and those of adding.
    """
    row = await need_department(tx, department_id, lock=True)
    if row.version != version:
        raise DepartmentStale(version=row.version)
    text = await _checked(tx, given)
    retired = row.active and not text.active
    if retired and (used := await templates_for(tx, department_id)):
        raise DepartmentUsed(templates="、".join(used[:5]))
    await tx.run(
        _CHANGE, department_id, text.name_zh, text.name_en, text.email, text.language,
        text.hours_id, text.duty, text.active,
    )  # fmt: skip
    await tx.run(_LEAVE, department_id)
    await _belong(tx, department_id, text)
    await _tell(tx, department_id, "retired" if retired else "updated")


async def _checked(tx: Transaction, given: DepartmentText) -> DepartmentText:
    name = " ".join(given.name_zh.split())
    if not name:
        raise WrongDepartment(fields={"name_zh": "cases.wrong_department"})
    email = wire_address(given.email.strip()) if given.email.strip() else ""
    if given.email.strip() and (not email or "." not in email.partition("@")[2]):
        raise WrongDepartment(fields={"email": "cases.wrong_address"})
    for hours_id in {given.hours_id, *(one.hours_id for one in given.members)} - {None}:
        await need_hours(tx, hours_id)  # type: ignore[arg-type]
    people = await member_briefs(tx, [one.id for one in given.members])
    if any(one.id not in people for one in given.members):
        raise NoSuchMember
    once = {one.id: one for one in given.members}
    return msgspec.structs.replace(
        given, name_zh=name, name_en=" ".join(given.name_en.split()), email=email or "",
        members=list(once.values()),
    )  # fmt: skip


async def _belong(tx: Transaction, department_id: UUID, text: DepartmentText) -> None:
    await tx.many(
        _JOIN,
        [(department_id, one.id, one.hours_id, at) for at, one in enumerate(text.members)],
    )


async def _tell(tx: Transaction, department_id: UUID, what: str) -> None:
    await record(tx, DepartmentChanged(department_id=department_id, what=what))
    await audit(tx, f"department.{what}", "department", department_id)
