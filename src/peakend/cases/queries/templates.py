"""Reading templates of steps, and which one goes with a contact reason."""

from datetime import datetime
from uuid import UUID

import msgspec

from peakend.accounts.queries import member_names
from peakend.cases.models import TemplateRow
from peakend.cases.rules.templates import TemplateStep, layers
from peakend.conversations.queries import reason_tree
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, NotFound

MOST_TEMPLATES = 200

_REASONS = """ARRAY(
    SELECT r.reason_id FROM case_template_reason r
    WHERE r.organisation_id = current_organisation() AND r.template_id = case_template.id
    ORDER BY r.reason_id
) AS reason_ids"""
_COLUMNS = ", ".join(
    _REASONS if name == "reason_ids" else name for name in TemplateRow.__struct_fields__
)
_ALL = f"""
SELECT {_COLUMNS} FROM case_template
WHERE organisation_id = current_organisation() AND (active OR $1)
ORDER BY active DESC, name_zh, id LIMIT {MOST_TEMPLATES}
"""  # noqa: S608 (names of columns only)
_ONE = f"""
SELECT {_COLUMNS} FROM case_template
WHERE organisation_id = current_organisation() AND id = $1
"""  # noqa: S608 (names of columns only)
_OF_REASONS = f"""
SELECT {_COLUMNS} FROM case_template
WHERE organisation_id = current_organisation() AND active AND id IN (
    SELECT template_id FROM case_template_reason
    WHERE organisation_id = current_organisation() AND reason_id = ANY($1::uuid[])
)
"""  # noqa: S608 (names of columns only)
_STEPS = """
SELECT steps FROM case_template_version
WHERE organisation_id = current_organisation() AND template_id = $1 AND version = $2
"""
_WITH = """
SELECT name_zh FROM case_template
WHERE organisation_id = current_organisation() AND active
  AND steps @> jsonb_build_array(jsonb_build_object('department_id', $1::text, 'who', 'department'))
ORDER BY name_zh, id LIMIT 20
"""
_VERSIONS = """
SELECT version, at, by, jsonb_array_length(steps) AS steps FROM case_template_version
WHERE organisation_id = current_organisation() AND template_id = $1
ORDER BY version DESC LIMIT 50
"""


class TemplateNotFound(NotFound):
    """There is no such template here."""

    wording = "cases.template_not_found"


class TemplateStale(Conflict):
    """Somebody else changed the template first."""

    wording = "cases.template_stale"


class Template(TemplateRow, frozen=True, kw_only=True):
    """A template as it is shown; `layers` are the keys of what may go side by side, in order."""

    reason_names: list[str]
    layers: list[list[str]]


class TemplateVersion(msgspec.Struct, frozen=True, kw_only=True):
    """An earlier state of a template."""

    version: int
    at: datetime
    by_name: str | None
    steps: int


class _VersionRow(msgspec.Struct, frozen=True):
    version: int
    at: datetime
    by: UUID | None
    steps: int


async def templates(tx: Transaction, *, retired: bool = False) -> list[Template]:
    """Return the templates by name. Counts: at most 200."""
    return await _shown(tx, await _rows(tx, _ALL, retired))


async def template(tx: Transaction, template_id: UUID) -> Template:
    """Return a template as it is shown. Errors: TemplateNotFound."""
    return (await _shown(tx, [await need_template(tx, template_id)]))[0]


async def need_template(tx: Transaction, template_id: UUID, *, lock: bool = False) -> TemplateRow:
    """Return a template as it is stored. Errors: TemplateNotFound."""
    found = await _rows(tx, f"{_ONE} FOR NO KEY UPDATE" if lock else _ONE, template_id)
    if not found:
        raise TemplateNotFound
    return found[0]


async def template_for(tx: Transaction, reason_id: UUID | None) -> TemplateRow | None:
    """Return the template of a reason, else of the nearest one above it; None where none has."""
    if reason_id is None:
        return None
    above = {node.id: node.parent_id for node in (await reason_tree(tx)).nodes}
    line: list[UUID] = []
    at: UUID | None = reason_id
    while at is not None and at not in line:
        line.append(at)
        at = above.get(at)
    found = {one: row for row in await _rows(tx, _OF_REASONS, line) for one in row.reason_ids}
    return next((found[one] for one in line if one in found), None)


async def template_versions(tx: Transaction, template_id: UUID) -> list[TemplateVersion]:
    """Return the states a template had, newest first. Counts: 50. Errors: TemplateNotFound."""
    await need_template(tx, template_id)
    rows = await tx.all(_VersionRow, _VERSIONS, template_id)
    names = await member_names(tx, [row.by for row in rows if row.by])
    return [
        TemplateVersion(
            version=row.version,
            at=row.at,
            by_name=names.get(row.by) if row.by else None,
            steps=row.steps,
        )
        for row in rows
    ]


async def template_steps(tx: Transaction, template_id: UUID, version: int) -> list[TemplateStep]:
    """Return the steps that a template had in a version. Errors: TemplateNotFound."""
    found = await tx.value(_STEPS, template_id, version)
    if found is None:
        raise TemplateNotFound
    return msgspec.convert(found, list[TemplateStep])


async def templates_for(tx: Transaction, department_id: UUID) -> list[str]:
    """Return the names of the templates that send steps to a department. Counts: 20."""
    rows = await tx.all(_Name, _WITH, str(department_id))
    return [row.name_zh for row in rows]


class _Name(msgspec.Struct, frozen=True):
    name_zh: str


class _Stored(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    name_zh: str
    name_en: str
    reason_ids: list[UUID]
    active: bool
    version: int
    steps: list[dict[str, object]]
    changed_at: datetime


async def _rows(tx: Transaction, sql: str, *args: object) -> list[TemplateRow]:
    found = []
    for row in await tx.all(_Stored, sql, *args):
        fields = {name: getattr(row, name) for name in _Stored.__struct_fields__}
        steps = msgspec.convert(row.steps, list[TemplateStep])
        found.append(TemplateRow(**fields | {"steps": steps}))
    return found


async def _shown(tx: Transaction, rows: list[TemplateRow]) -> list[Template]:
    named = any(row.reason_ids for row in rows)
    labels = {node.id: node.label for node in (await reason_tree(tx)).nodes} if named else {}
    return [
        Template(
            **{name: getattr(row, name) for name in TemplateRow.__struct_fields__},
            reason_names=[labels[one] for one in row.reason_ids if one in labels],
            layers=layers({step.key: step.after for step in row.steps}),
        )
        for row in rows
    ]
