"""Playbooks are made, changed and removed; what was laid from one stays as it was."""

from uuid import UUID

import msgspec

from peakend.accounts.actions import audit
from peakend.complaints.actions.crises import WrongCrisis
from peakend.complaints.events import PlaybookChanged
from peakend.complaints.queries import need_playbook, playbooks
from peakend.complaints.rules.crises import (
    MOST_PLAYBOOKS,
    Kind,
    PlaybookStep,
    PlaybookWords,
    Title,
)
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid
from peakend.kernel.events import record
from peakend.kernel.ids import new_id

_INSERT = """
INSERT INTO playbook (id, name, kind, steps, statements, changed_at)
VALUES ($1, $2, $3, $4, $5, $6)
"""
_UPDATE = """
UPDATE playbook SET name = $3, kind = $4, steps = $5, statements = $6, changed_at = $7,
    version = version + 1
WHERE organisation_id = current_organisation() AND id = $1 AND version = $2
  AND removed_at IS NULL
"""


class TooManyPlaybooks(Invalid):
    """There are as many playbooks as there may be."""

    wording = "complaints.too_many_playbooks"


class PlaybookStale(Conflict):
    """The playbook was changed since it was looked at."""

    wording = "complaints.playbook_stale"


class PlaybookText(msgspec.Struct, frozen=True, kw_only=True):
    """What a playbook says; without a kind it is for every crisis."""

    name: Title
    kind: Kind | None = None
    steps: list[PlaybookStep] = []
    statements: list[PlaybookWords] = []


async def add_playbook(tx: Transaction, *, text: PlaybookText) -> UUID:
    """Add a playbook. Errors: TooManyPlaybooks, WrongCrisis."""
    given = _checked(text)
    if len(await playbooks(tx)) >= MOST_PLAYBOOKS:
        raise TooManyPlaybooks(most=MOST_PLAYBOOKS)
    playbook_id = new_id()
    await tx.run(_INSERT, playbook_id, *given, tx.now)
    await _tell(tx, playbook_id, "created")
    return playbook_id


async def change_playbook(
    tx: Transaction, *, playbook_id: UUID, text: PlaybookText, version: int
) -> None:
    """Change a playbook. Errors: PlaybookNotFound, PlaybookStale, WrongCrisis."""
    known = await need_playbook(tx, playbook_id)
    if not await tx.run(_UPDATE, playbook_id, version, *_checked(text), tx.now):
        raise PlaybookStale(version=known.version)
    await _tell(tx, playbook_id, "updated")


async def remove_playbook(tx: Transaction, *, playbook_id: UUID) -> None:
    """Take a playbook away. Errors: PlaybookNotFound."""
    await need_playbook(tx, playbook_id)
    await tx.run(
        "UPDATE playbook SET removed_at = $2"
        " WHERE organisation_id = current_organisation() AND id = $1",
        playbook_id,
        tx.now,
    )
    await _tell(tx, playbook_id, "removed")


def _checked(text: PlaybookText) -> tuple[object, ...]:
    wrong = {}
    if not text.name.strip():
        wrong["name"] = "required"
    # A playbook without a step would lay nothing that says it was laid.
    if not text.steps or not all(one.title.strip() for one in text.steps):
        wrong["steps"] = "required"
    if not all(one.title.strip() for one in text.statements):
        wrong["statements"] = "required"
    if wrong:
        raise WrongCrisis(fields=wrong)
    return (
        text.name.strip(),
        text.kind,
        [msgspec.structs.asdict(one) for one in text.steps],
        [msgspec.structs.asdict(one) for one in text.statements],
    )


async def _tell(tx: Transaction, playbook_id: UUID, what: str) -> None:
    await record(tx, PlaybookChanged(playbook_id=playbook_id, what=what))
    await audit(tx, f"playbook.{what}", "playbook", playbook_id)
