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

_COLUMNS = ", ".join(TemplateRow.__struct_fields__)
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
WHERE organisation_id = current_organisation() AND active AND reason_id = ANY($1::uuid[])
"""  # noqa: S608 (names of columns only)
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

    reason_name: str | None
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
    found = {row.reason_id: row for row in await _rows(tx, _OF_REASONS, line)}
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


class _Stored(msgspec.Struct, frozen=True, kw_only=True):
    id: UUID
    name_zh: str
    name_en: str
    reason_id: UUID | None
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
    named = any(row.reason_id for row in rows)
    labels = {node.id: node.label for node in (await reason_tree(tx)).nodes} if named else {}
    return [
        Template(
            **{name: getattr(row, name) for name in TemplateRow.__struct_fields__},
            reason_name=labels.get(row.reason_id) if row.reason_id else None,
            layers=layers({step.key: step.after for step in row.steps}),
        )
        for row in rows
    ]
