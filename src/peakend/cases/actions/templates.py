"""Templates of steps are written; each change is a version of its own, and the old ones stay."""

from typing import Annotated
from uuid import UUID

import msgspec
from msgspec import Meta

from peakend.accounts.actions import audit
from peakend.cases.actions.opening import ReasonUnknown
from peakend.cases.events import CaseTemplateChanged
from peakend.cases.queries.departments import departments
from peakend.cases.queries.templates import (
    MOST_TEMPLATES,
    TemplateStale,
    need_template,
    templates,
)
from peakend.cases.rules.templates import Steps, template_fault
from peakend.conversations.queries import reason_tree
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid
from peakend.kernel.events import record
from peakend.kernel.ids import new_id

MOST_REASONS = 50

_ADD = """
INSERT INTO case_template (id, name_zh, name_en, active, version, steps, made_at, changed_at)
VALUES ($1, $2, $3, $4, 1, $5, $6, $6)
"""
_CHANGE = """
UPDATE case_template SET name_zh = $2, name_en = $3, active = $4, steps = $5,
    version = version + 1, changed_at = $6
WHERE organisation_id = current_organisation() AND id = $1
"""
_FREE = """
DELETE FROM case_template_reason
WHERE organisation_id = current_organisation() AND template_id = $1
"""
_CLAIM = """
INSERT INTO case_template_reason (reason_id, template_id) VALUES ($1, $2)
ON CONFLICT (organisation_id, reason_id) DO NOTHING
"""
_KEEP = """
INSERT INTO case_template_version (template_id, version, steps, at, by) VALUES ($1, $2, $3, $4, $5)
"""


class WrongTemplate(Invalid):
    """The steps of a template cannot be gone: what is wrong, and where."""

    wording = "cases.wrong_template"


class ReasonTaken(Conflict):
    """Another template goes with one of these reasons."""

    wording = "cases.reason_taken"


class TooManyTemplates(Conflict):
    """There are as many templates as one list holds."""

    wording = "cases.too_many_templates"


class TemplateText(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A template as somebody writes it down; one that is retired goes with no reason."""

    name_zh: Annotated[str, Meta(min_length=1, max_length=60)]
    name_en: Annotated[str, Meta(max_length=60)] = ""
    reason_ids: Annotated[list[UUID], Meta(max_length=MOST_REASONS)] = []
    active: bool = True
    steps: Steps


async def add_template(tx: Transaction, *, given: TemplateText) -> UUID:
    """Make a template. Errors: WrongTemplate, ReasonUnknown, ReasonTaken, TooManyTemplates."""
    name = await _checked(tx, given)
    if len(await templates(tx, retired=True)) >= MOST_TEMPLATES:
        raise TooManyTemplates(most=MOST_TEMPLATES)
    template_id = new_id()
    steps = msgspec.to_builtins(given.steps)
    await tx.run(_ADD, template_id, name, given.name_en.strip(), given.active, steps, tx.now)
    await _claim(tx, template_id, given)
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
    name = await _checked(tx, given)
    steps = msgspec.to_builtins(given.steps)
    await tx.run(_CHANGE, template_id, name, given.name_en.strip(), given.active, steps, tx.now)
    await _claim(tx, template_id, given)
    what = "updated" if row.active == given.active else "restored" if given.active else "retired"
    await _keep(tx, template_id, version + 1, steps, what)


async def _checked(tx: Transaction, given: TemplateText) -> str:
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
    known_reasons = {one.id for one in (await reason_tree(tx)).nodes if one.active}
    if given.active and set(given.reason_ids) - known_reasons:
        raise ReasonUnknown(fields={"reason_ids": "cases.reason_unknown"})
    return name


async def _claim(tx: Transaction, template_id: UUID, given: TemplateText) -> None:
    """Let the template go with its reasons; of two who claim one at once the first has it."""
    await tx.run(_FREE, template_id)
    for reason_id in sorted(set(given.reason_ids)) if given.active else ():
        if not await tx.run(_CLAIM, reason_id, template_id):
            raise ReasonTaken(fields={"reason_ids": "cases.reason_taken"})


async def _keep(tx: Transaction, template_id: UUID, version: int, steps: object, what: str) -> None:
    by = tx.actor.id if tx.actor.kind == "member" else None
    await tx.run(_KEEP, template_id, version, steps, tx.now, by)
    await record(tx, CaseTemplateChanged(template_id=template_id, to_version=version, what=what))
    await audit(tx, f"case_template.{what}", "case_template", template_id)
