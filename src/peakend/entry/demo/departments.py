"""Departments of the demo that help with cases, the steps of a reason, and working them."""

from collections.abc import Callable
from datetime import datetime, timedelta
from uuid import UUID

from peakend.cases import actions as cases
from peakend.cases import queries
from peakend.cases.rules.templates import TemplateCheck, TemplateStep
from peakend.entry.demo.material import content
from peakend.entry.demo.rights import leading
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, Transaction

Named = dict[str, UUID]


async def set_up_departments(
    tx: Transaction, *, members: Named, hours: Named, reason_id: Callable[[UUID, str], UUID]
) -> None:
    """Write down the departments, and the steps that go with a reason."""
    given = content("cases")
    departments = {}
    for one in given["department"]:
        departments[one["slug"]] = await cases.add_department(
            tx,
            given=cases.DepartmentText(
                name_zh=one["zh"],
                name_en=one["en"],
                email=one["mail"],
                hours_id=hours[f"hours/{one['hours']}"],
                duty=one["duty"],
                members=[cases.DepartmentBelonging(id=members[who]) for who in one["members"]],
            ),
        )
    for one in given["template"]:
        steps = [
            TemplateStep(
                key=step["key"],
                title_zh=step["title"],
                title_en=step["title_en"],
                department_id=departments[step["department"]],
                after=step["after"],
                due_minutes=step["due_minutes"],
                checklist=[TemplateCheck(zh=zh, en=en) for zh, en in step["checklist"]],
            )
            for step in one["step"]
        ]
        text = cases.TemplateText(
            name_zh=one["name"],
            name_en=one["name_en"],
            reason_ids=[reason_id(tx.organisation_id, one["reason"])],
            steps=steps,
        )
        await cases.add_template(tx, given=text)


async def work_steps(
    database: Database, by: Actor, case_id: UUID, *, since: datetime, each: timedelta, most: int
) -> None:
    """Let departments take and finish steps of a case, one after another, `most` of them."""
    for n in range(most):
        at = since + each * n
        async with database.transaction(by, now=at) as tx:
            shown = await queries.case_steps(tx, case_id, by)
            ready = [one for one in shown.steps if one.state == "ready"]
            if not ready:
                return
            belong = {one.id: one.members for one in await queries.departments(tx)}
        step = ready[0]
        people = belong.get(step.department_id, []) if step.department_id else []
        helper = leading(by.organisation_id, people[0].id) if people else by
        async with database.transaction(helper, now=at + each * 0.3) as tx:
            await cases.take_step(tx, step_id=step.id, by=helper)
        async with database.transaction(helper, now=at + each * 0.8) as tx:
            for line in range(len(step.checklist)):
                await cases.tick_step(tx, step_id=step.id, line=line, ticked=True, by=helper)
            await cases.finish_step(tx, step_id=step.id, by=helper)
