"""Routes of playbooks."""

from typing import Annotated
from uuid import UUID

from litestar import delete, get, post, put
from msgspec import Meta, Struct

from peakend.complaints import actions, queries
from peakend.complaints.actions import PlaybookText
from peakend.complaints.queries import Playbook
from peakend.complaints.rules.crises import Kind, PlaybookStep, PlaybookWords, Title
from peakend.kernel.db import Transaction
from peakend.kernel.permissions import needs

Version = Annotated[int, Meta(ge=1, le=2**31 - 1)]


class PlaybookGiven(Struct, forbid_unknown_fields=True, kw_only=True):
    """What a playbook says."""

    name: Title
    kind: Kind | None = None
    steps: Annotated[list[PlaybookStep], Meta(max_length=50)] = []
    statements: Annotated[list[PlaybookWords], Meta(max_length=10)] = []

    def text(self) -> PlaybookText:
        """Return what the action takes."""
        return PlaybookText(
            name=self.name, kind=self.kind, steps=self.steps, statements=self.statements
        )


class PlaybookChange(PlaybookGiven, forbid_unknown_fields=True, kw_only=True):
    """What a playbook says now, and which version was looked at."""

    version: Version


@get("/playbooks", opt=needs("complaints.read"))
async def list_playbooks(tx: Transaction) -> list[Playbook]:
    """Return what is to be done in a crisis, by name."""
    return await queries.playbooks(tx)


@post("/playbooks", opt=needs("complaints.manage"))
async def add_playbook(tx: Transaction, data: PlaybookGiven) -> Playbook:
    """Add a playbook."""
    return await queries.need_playbook(tx, await actions.add_playbook(tx, text=data.text()))


@put("/playbooks/{playbook_id:uuid}", opt=needs("complaints.manage"))
async def change_playbook(tx: Transaction, playbook_id: UUID, data: PlaybookChange) -> Playbook:
    """Change a playbook; what was laid from it stays as it was."""
    await actions.change_playbook(
        tx, playbook_id=playbook_id, text=data.text(), version=data.version
    )
    return await queries.need_playbook(tx, playbook_id)


@delete("/playbooks/{playbook_id:uuid}", opt=needs("complaints.manage"))
async def remove_playbook(tx: Transaction, playbook_id: UUID) -> None:
    """Take a playbook away."""
    await actions.remove_playbook(tx, playbook_id=playbook_id)


routes = [
    list_playbooks,
    add_playbook,
    change_playbook,
    remove_playbook,
]
