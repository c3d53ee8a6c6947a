"""Routes of the directory: reading it, keeping it, vouching for an entry."""

from typing import Annotated, Any
from uuid import UUID

from litestar import delete, get, patch, post
from msgspec import UNSET, Meta, Struct, UnsetType

from peakend.directory import actions, queries
from peakend.directory.actions import EntryText
from peakend.directory.queries import DirectoryCheck, DirectoryDue, DirectoryEntry
from peakend.directory.rules import (
    Fen,
    Kind,
    Line,
    Link,
    Name,
    Reasons,
    Short,
    TargetKind,
    Term,
    Words,
)
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.permissions import needs

Version = Annotated[int, Meta(ge=0, le=2**31 - 1)]


class DirectoryEntryGiven(EntryText, forbid_unknown_fields=True, frozen=True, kw_only=True):
    """A new entry; `verified` says that who writes it down vouches for it."""

    verified: bool = True

    def text(self) -> EntryText:
        """Return what the action takes."""
        return EntryText(**{name: getattr(self, name) for name in EntryText.__struct_fields__})


class DirectoryEntryChange(Struct, forbid_unknown_fields=True, kw_only=True):
    """What changes of an entry; `verified` vouches for the whole of it."""

    version: Version
    kind: Kind | UnsetType = UNSET
    name_zh: Name | UnsetType = UNSET
    name_en: Short | UnsetType = UNSET
    owner_id: UUID | UnsetType | None = UNSET
    competence: Words | UnsetType = UNSET
    competence_en: Words | UnsetType = UNSET
    reason_ids: Reasons | UnsetType = UNSET
    power: Words | UnsetType = UNSET
    power_en: Words | UnsetType = UNSET
    limit_fen: Fen | UnsetType | None = UNSET
    hours_id: UUID | UnsetType | None = UNSET
    hours_text: Line | UnsetType = UNSET
    hours_text_en: Line | UnsetType = UNSET
    target_kind: TargetKind | UnsetType | None = UNSET
    target_id: UUID | UnsetType | None = UNSET
    phone: Short | UnsetType = UNSET
    mail: Line | UnsetType = UNSET
    link: Link | UnsetType = UNSET
    note: Words | UnsetType = UNSET
    note_en: Words | UnsetType = UNSET
    term_d: Term | UnsetType = UNSET
    verified: bool = False

    def changes(self) -> dict[str, Any]:
        """Return what was given of the entry itself."""
        given = {name: getattr(self, name) for name in EntryText.__struct_fields__}
        return {name: value for name, value in given.items() if value is not UNSET}


class DirectoryVouched(Struct, forbid_unknown_fields=True):
    """Which version was looked at."""

    version: Version


@get("/directory", opt=needs("conversations.read"))
async def read_directory(
    tx: Transaction, actor: Actor, reason_id: UUID | None = None
) -> list[DirectoryEntry]:
    """Return the contact directory; what solves a contact reason comes first where one is given."""
    return await queries.entries(tx, actor, reason_id=reason_id)


@get("/directory/due", opt=needs("conversations.read"))
async def due_entries(tx: Transaction, actor: Actor) -> DirectoryDue:
    """Return how many entries I have to look at again."""
    return await queries.due_count(tx, actor)


@post("/directory", opt=needs("directory.edit"))
async def add_entry(tx: Transaction, actor: Actor, data: DirectoryEntryGiven) -> DirectoryEntry:
    """Add an entry to the directory."""
    entry_id = await actions.add_entry(tx, entry=data.text(), by=actor, verified=data.verified)
    return await queries.entry(tx, entry_id, actor)


@get("/directory/{entry_id:uuid}", opt=needs("conversations.read"))
async def read_entry(tx: Transaction, actor: Actor, entry_id: UUID) -> DirectoryEntry:
    """Return an entry of the directory."""
    return await queries.entry(tx, entry_id, actor)


@patch("/directory/{entry_id:uuid}", opt=needs("conversations.read"))
async def change_entry(
    tx: Transaction, actor: Actor, entry_id: UUID, data: DirectoryEntryChange
) -> DirectoryEntry:
    """Change an entry as its owner or as who keeps the directory."""
    await actions.change_entry(
        tx,
        entry_id=entry_id,
        changes=data.changes(),
        by=actor,
        version=data.version,
        verified=data.verified,
    )
    return await queries.entry(tx, entry_id, actor)


@delete("/directory/{entry_id:uuid}", opt=needs("directory.edit"))
async def remove_entry(tx: Transaction, actor: Actor, entry_id: UUID) -> None:
    """Take an entry out of the directory."""
    await actions.remove_entry(tx, entry_id=entry_id, by=actor)


@post("/directory/{entry_id:uuid}/restorations", opt=needs("directory.edit"), status_code=200)
async def restore_entry(tx: Transaction, actor: Actor, entry_id: UUID) -> DirectoryEntry:
    """Put a removed entry back."""
    await actions.restore_entry(tx, entry_id=entry_id, by=actor)
    return await queries.entry(tx, entry_id, actor)


@post("/directory/{entry_id:uuid}/verifications", opt=needs("conversations.read"), status_code=200)
async def verify_entry(
    tx: Transaction, actor: Actor, entry_id: UUID, data: DirectoryVouched
) -> DirectoryEntry:
    """Vouch that an entry is right, as its owner or as who keeps the directory."""
    await actions.verify_entry(tx, entry_id=entry_id, by=actor, version=data.version)
    return await queries.entry(tx, entry_id, actor)


@get("/directory/{entry_id:uuid}/verifications", opt=needs("conversations.read"))
async def entry_history(tx: Transaction, entry_id: UUID) -> list[DirectoryCheck]:
    """Return who did what about an entry, newest first."""
    return await queries.checks(tx, entry_id)


routes = [
    read_directory,
    due_entries,
    add_entry,
    read_entry,
    change_entry,
    remove_entry,
    restore_entry,
    verify_entry,
    entry_history,
]
