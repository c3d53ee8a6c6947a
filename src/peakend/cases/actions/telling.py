"""A department is told by mail that a step waits for it: once each time it becomes ready.

The mail says what the step is and by when. Of the customer it says nothing.
"""

from uuid import UUID
from zoneinfo import ZoneInfo

from peakend.accounts.queries import brand_names, organisation
from peakend.cases.queries.access import case_row
from peakend.cases.queries.departments import need_department
from peakend.cases.queries.steps import step_row
from peakend.cases.rules.cases import shown_number
from peakend.kernel.db import Transaction
from peakend.kernel.settings import settings
from peakend.mail.actions import queue_mail
from peakend.mail.ports import Person
from peakend.mail.queries import moment_text, sending_brand

_TOLD = """
UPDATE case_step SET told_at = $2
WHERE organisation_id = current_organisation() AND id = $1
"""


async def tell_department(tx: Transaction, *, step_id: UUID) -> UUID | None:
    """Queue the mail and return it; None where nobody wants one, or was told already."""
    step = await step_row(tx, step_id, lock=True)
    if step is None or step.state != "ready" or step.department_id is None or not step.due_at:
        return None
    if step.ready_at is None or (step.told_at is not None and step.told_at >= step.ready_at):
        return None
    department = await need_department(tx, step.department_id)
    case = await case_row(tx, step.case_id)
    if not department.email or not department.active or case is None or not settings.public_url:
        return None
    brand_id = case.brand_id or await sending_brand(tx)
    if brand_id is None:
        return None
    house, language = await organisation(tx), department.language
    english = language == "en" and department.name_en
    name = department.name_en if english else department.name_zh
    await tx.run(_TOLD, step_id, tx.now)
    return await queue_mail(
        tx,
        brand_id=brand_id,
        kind="step",
        about=step_id,
        to=Person(department.email, name),
        language=language,
        values={
            "step.title": step.title(language),
            "department.name": name,
            "case.number": shown_number(case.number),
            "due": moment_text(step.due_at.astimezone(ZoneInfo(house.time_zone)), language),
            "link": f"{settings.public_url}/desk/cases/department/{step_id}",
            "organisation.name": house.name,
            "brand.name": (await brand_names(tx)).get(brand_id, ""),
        },
    )
