"""Reading playbooks: what is to be done in a crisis."""

from uuid import UUID

import msgspec

from peakend.complaints.models import PLAYBOOK_COLUMNS, PlaybookRow
from peakend.complaints.rules.crises import MOST_PLAYBOOKS, PlaybookStep, PlaybookWords
from peakend.kernel.db import Transaction
from peakend.kernel.errors import NotFound

_PLAYBOOKS = f"""
SELECT {PLAYBOOK_COLUMNS} FROM playbook
WHERE organisation_id = current_organisation() AND removed_at IS NULL
ORDER BY name, id LIMIT $1
"""  # noqa: S608 (names of columns only)
_PLAYBOOK = f"""
SELECT {PLAYBOOK_COLUMNS} FROM playbook
WHERE organisation_id = current_organisation() AND removed_at IS NULL AND id = $1
"""  # noqa: S608 (names of columns only)


class PlaybookNotFound(NotFound):
    """There is no such playbook, or it was removed."""

    wording = "complaints.playbook_not_found"


class Playbook(msgspec.Struct, frozen=True, kw_only=True):
    """A playbook as it is shown."""

    id: UUID
    name: str
    kind: str | None
    steps: list[PlaybookStep]
    statements: list[PlaybookWords]
    version: int


async def playbooks(tx: Transaction) -> list[Playbook]:
    """Return the playbooks by name. Counts: at most 100."""
    return [_playbook(row) for row in await tx.all(PlaybookRow, _PLAYBOOKS, MOST_PLAYBOOKS)]


async def need_playbook(tx: Transaction, playbook_id: UUID) -> Playbook:
    """Return a playbook. Errors: PlaybookNotFound."""
    found = await tx.one(PlaybookRow, _PLAYBOOK, playbook_id)
    if found is None:
        raise PlaybookNotFound
    return _playbook(found)


def _playbook(row: PlaybookRow) -> Playbook:
    return Playbook(
        id=row.id,
        name=row.name,
        kind=row.kind,
        steps=msgspec.convert(row.steps, list[PlaybookStep]),
        statements=msgspec.convert(row.statements, list[PlaybookWords]),
        version=row.version,
    )
