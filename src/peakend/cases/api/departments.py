"""Routes of departments with what lies with them, and of templates of steps."""

from typing import Annotated
from uuid import UUID

from litestar import get, post, put
from litestar.params import Parameter
from msgspec import Meta

from peakend.cases import actions, queries
from peakend.cases.rules.templates import TemplateStep
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.permissions import needs

Version = Annotated[int, Meta(ge=1, le=2**31 - 1)]


class DepartmentGiven(
    actions.DepartmentText, frozen=True, kw_only=True, forbid_unknown_fields=True
):
    """A department as it shall be, and the version that was looked at."""

    version: Version


class TemplateGiven(actions.TemplateText, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A template as it shall be, and the version that was looked at."""

    version: Version


@get("/departments", summary="Departments by name", opt=needs("cases.read"))
async def read_departments(tx: Transaction, retired: bool = False) -> list[queries.Department]:
    return await queries.departments(tx, retired=retired)


@post("/departments", summary="Make a department", opt=needs("cases.set_up"))
async def add_department(tx: Transaction, data: actions.DepartmentText) -> queries.Department:
    return await queries.department(tx, await actions.add_department(tx, given=data))


@put(
    "/departments/{department_id:uuid}",
    summary="Write a department anew",
    opt=needs("cases.set_up"),
)
async def change_department(
    tx: Transaction, department_id: UUID, data: DepartmentGiven
) -> queries.Department:
    await actions.change_department(
        tx, department_id=department_id, given=data, version=data.version
    )
    return await queries.department(tx, department_id)


@get("/department-loads", summary="How much lies with departments", opt=needs("cases.read"))
async def department_loads(tx: Transaction) -> list[queries.DepartmentLoad]:
    return await queries.department_loads(tx)


@get(
    "/departments/{department_id:uuid}/steps",
    summary="What lies with a department",
    opt=needs("cases.set_up"),
)
async def department_table(
    tx: Transaction, actor: Actor, department_id: UUID
) -> list[queries.TableStep]:
    return await queries.department_table(tx, department_id, actor)


@get("/case-templates", summary="Templates of steps by name", opt=needs("cases.read"))
async def read_templates(tx: Transaction, retired: bool = False) -> list[queries.Template]:
    return await queries.templates(tx, retired=retired)


@post("/case-templates", summary="Make a template", opt=needs("cases.set_up"))
async def add_template(tx: Transaction, data: actions.TemplateText) -> queries.Template:
    return await queries.template(tx, await actions.add_template(tx, given=data))


@put(
    "/case-templates/{template_id:uuid}",
    summary="Write a template anew; cases under way keep their steps",
    opt=needs("cases.set_up"),
)
async def change_template(
    tx: Transaction, template_id: UUID, data: TemplateGiven
) -> queries.Template:
    await actions.change_template(tx, template_id=template_id, given=data, version=data.version)
    return await queries.template(tx, template_id)


@get(
    "/case-templates/{template_id:uuid}/versions",
    summary="The states a template had",
    opt=needs("cases.set_up"),
)
async def template_versions(tx: Transaction, template_id: UUID) -> list[queries.TemplateVersion]:
    return await queries.template_versions(tx, template_id)


@get(
    "/case-templates/{template_id:uuid}/versions/{version:int}",
    summary="The steps that a template had in a version",
    opt=needs("cases.set_up"),
)
async def template_steps(
    tx: Transaction, template_id: UUID, version: Annotated[int, Parameter(ge=1, le=2**31 - 1)]
) -> list[TemplateStep]:
    return await queries.template_steps(tx, template_id, version)


@get("/case-step-times", summary="How long steps take", opt=needs("cases.manage"))
async def step_times(
    tx: Transaction, days: Annotated[int, Parameter(ge=1, le=366)] = 30
) -> list[queries.StepTimes]:
    return await queries.step_times(tx, days)


routes = [
    read_departments,
    add_department,
    change_department,
    department_loads,
    department_table,
    read_templates,
    add_template,
    change_template,
    template_versions,
    template_steps,
    step_times,
]
