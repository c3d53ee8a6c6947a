"""Templates of steps are written; each change is a version of its own, and the old ones stay."""

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from peakend.accounts.actions import audit
from peakend.cases.actions.opening import need_reason
from peakend.cases.events import CaseTemplateChanged
from peakend.cases.queries.departments import departments
from peakend.cases.queries.templates import (
    MOST_TEMPLATES,
    TemplateStale,
    need_template,
    templates,
)
from peakend.cases.rules.templates import Steps, template_fault
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid
from peakend.kernel.events import record
from peakend.kernel.ids import new_id

_ADD = """
INSERT INTO case_template (id, name_zh, name_en, reason_id, active, version, steps, made_at,
    changed_at)
VALUES ($1, $2, $3, $4, $5, 1, $6, $7, $7)
"""
_CHANGE = """
UPDATE case_template SET name_zh = $2, name_en = $3, reason_id = $4, active = $5, steps = $6,
    version = version + 1, changed_at = $7
WHERE organisation_id = current_organisation() AND id = $1
"""
_KEEP = """
INSERT INTO case_template_version (template_id, version, steps, at, by) VALUES ($1, $2, $3, $4, $5)
"""


class WrongTemplate(Invalid):
    """The steps of a template cannot be gone: what is wrong, and where."""

    wording = "cases.wrong_template"


class ReasonTaken(Conflict):
    """Another template goes with this reason."""

    wording = "cases.reason_taken"


class TooManyTemplates(Conflict):
    """There are as many templates as one list holds."""

    wording = "cases.too_many_templates"


class TemplateText(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A template as somebody writes it down."""

    name_zh: Annotated[str, Meta(min_length=1, max_length=60)]
    name_en: Annotated[str, Meta(max_length=60)] = ""
    reason_id: UUID | None = None
    active: bool = True
    steps: Steps


async def add_template(tx: Transaction, *, given: TemplateText) -> UUID:
    """Make a template. Errors: WrongTemplate, ReasonUnknown, ReasonTaken, TooManyTemplates."""
    name = await _checked(tx, given, None)
    if len(await templates(tx, retired=True)) >= MOST_TEMPLATES:
        raise TooManyTemplates(most=MOST_TEMPLATES)
    template_id = new_id()
    steps = msgspec.to_builtins(given.steps)
    await tx.run(
        _ADD, template_id, name, given.name_en.strip(), given.reason_id, given.active, steps, tx.now
    )
    await _keep(tx, template_id, 1, steps, "created")
    return template_id


async def change_template(
    tx: Transaction, *, template_id: UUID, given: TemplateText, version: int
) -> None:
    """Write a template anew; cases that are under way keep the steps they have.

    Errors: TemplateNotFound, TemplateStale, and those of adding.
    """
    row = await need_template(tx, template_id, lock=True)
    if row.version != version:
        raise TemplateStale(version=row.version)
    name = await _checked(tx, given, template_id)
    steps = msgspec.to_builtins(given.steps)
    await tx.run(
        _CHANGE, template_id, name, given.name_en.strip(), given.reason_id, given.active, steps,
        tx.now,
    )  # fmt: skip
    what = "updated" if row.active == given.active else "restored" if given.active else "retired"
    await _keep(tx, template_id, version + 1, steps, what)


async def _checked(tx: Transaction, given: TemplateText, template_id: UUID | None) -> str:
    name = " ".join(given.name_zh.split())
    if not name:
        raise WrongTemplate(fields={"name_zh": "cases.template_nameless"})
    if fault := template_fault(given.steps):
        raise WrongTemplate(
            fields={f"steps.{fault.at}": f"cases.template_{fault.code}"},
            what=fault.what, code=fault.code, at=fault.at + 1,
        )  # fmt: skip
    known = {one.id for one in await departments(tx)}
    for at, step in enumerate(given.steps):
        if step.who == "department" and step.department_id not in known:
            raise WrongTemplate(
                fields={f"steps.{at}": "cases.template_department"},
                what=step.title_zh, code="department", at=at + 1,
            )  # fmt: skip
    if given.reason_id is not None and given.active:
        await need_reason(tx, given.reason_id)
        others = await templates(tx)
        if any(one.reason_id == given.reason_id and one.id != template_id for one in others):
            raise ReasonTaken(fields={"reason_id": "cases.reason_taken"})
    return name


async def _keep(tx: Transaction, template_id: UUID, version: int, steps: object, what: str) -> None:
    by = tx.actor.id if tx.actor.kind == "member" else None
    await tx.run(_KEEP, template_id, version, steps, tx.now, by)
    await record(tx, CaseTemplateChanged(template_id=template_id, to_version=version, what=what))
    await audit(tx, f"case_template.{what}", "case_template", template_id)
