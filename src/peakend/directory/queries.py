"""Reading the directory: every entry with what stands behind it now, and who vouched for it."""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Literal
from uuid import UUID

import msgspec

from peakend.accounts import queries as accounts
from peakend.conversations import queries as conversations
from peakend.directory.models import ENTRY_COLUMNS, EntryRow
from peakend.directory.rules import (
    MOST_ENTRIES,
    MOST_HISTORY,
    SOON,
    Kind,
    Standing,
    TargetKind,
    fit,
    lineage,
    standing,
)
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import NotFound
from peakend.routing import queries as routing

# What has to be looked at again comes first, the longest overdue before all.
_ALL = f"""
SELECT {ENTRY_COLUMNS} FROM directory_entry
WHERE organisation_id = current_organisation() AND removed_at IS NULL
ORDER BY CASE WHEN due_at <= $1 THEN due_at END NULLS LAST, name_zh, id
LIMIT $2
"""  # noqa: S608 (names of columns only)
_ONE = f"""
SELECT {ENTRY_COLUMNS} FROM directory_entry
WHERE organisation_id = current_organisation() AND id = $1
"""  # noqa: S608 (names of columns only)
_NAMED = f"""
SELECT {ENTRY_COLUMNS} FROM directory_entry
WHERE organisation_id = current_organisation() AND removed_at IS NULL
  AND lower(name_zh) = ANY($1::text[])
ORDER BY id
"""  # noqa: S608 (names of columns only)
_AFTER = f"""
SELECT {ENTRY_COLUMNS} FROM directory_entry
WHERE organisation_id = current_organisation() AND removed_at IS NULL
  AND ($1::uuid IS NULL OR id > $1)
  AND ($2 = '' OR strpos(lower(name_zh), lower($2)) > 0 OR strpos(lower(name_en), lower($2)) > 0)
ORDER BY id LIMIT $3
"""  # noqa: S608 (names of columns only)
_HISTORY = """
SELECT id, at, member_id, what FROM directory_check
WHERE organisation_id = current_organisation() AND entry_id = $1
ORDER BY at DESC, id DESC LIMIT $2
"""
_DUE = """
SELECT count(*) FILTER (WHERE owner_id = $2) AS own,
       count(*) FILTER (WHERE owner_id IS NULL) AS nobodys
FROM directory_entry
WHERE organisation_id = current_organisation() AND removed_at IS NULL AND due_at <= $1
"""


class EntryNotFound(NotFound):
    """There is no such entry here, or it was removed."""

    wording = "directory.entry_not_found"


class EntryReason(msgspec.Struct, frozen=True):
    """Something an entry points to, by its name."""

    id: UUID
    name: str


class DirectoryEntry(EntryRow, frozen=True, kw_only=True):
    """An entry as it is shown.

    `open` is None where its hours are words only. `target_name` is None where the queue, team or
    colleague it leads to is there no longer. `fit` says how near its reasons are to the one asked
    for: 0 is the very one.
    """

    owner_name: str | None
    owner_active: bool
    verified_by_name: str | None
    reasons: list[EntryReason]
    hours_name: str | None
    open: bool | None
    closes_at: datetime | None
    opens_at: datetime | None
    target_name: str | None
    standing: Standing
    fit: int | None
    mine: bool


class DirectoryCheck(msgspec.Struct, frozen=True, kw_only=True):
    """Something that was done about an entry."""

    id: UUID
    at: datetime
    what: Literal["created", "updated", "verified", "removed", "restored"]
    member_name: str | None


class DirectoryDue(msgspec.Struct, frozen=True):
    """How many entries one has to look at again."""

    mine: int


class _Due(msgspec.Struct, frozen=True):
    own: int
    nobodys: int


class _Check(msgspec.Struct, frozen=True):
    id: UUID
    at: datetime
    member_id: UUID | None
    what: Literal["created", "updated", "verified", "removed", "restored"]


async def entries(
    tx: Transaction, actor: Actor, *, reason_id: UUID | None = None
) -> list[DirectoryEntry]:
    """Return every entry; those that solve a reason come first where one is asked for.

    Counts: at most 500.
    """
    found = await _shown(
        tx, await tx.all(EntryRow, _ALL, tx.now + SOON, MOST_ENTRIES), actor, reason_id
    )
    if reason_id is None:
        return found
    return sorted(found, key=lambda one: (one.fit is None, one.fit or 0, one.open is False))


async def need_entry(tx: Transaction, entry_id: UUID, *, removed: bool = False) -> EntryRow:
    """Return an entry as stored. Errors: EntryNotFound."""
    found = await tx.one(EntryRow, _ONE, entry_id)
    if found is None or (found.removed_at is not None) is not removed:
        raise EntryNotFound
    return found


async def entries_named(tx: Transaction, names: Sequence[str]) -> list[EntryRow]:
    """Return the entries with these names, in small letters."""
    return await tx.all(EntryRow, _NAMED, list(names))


async def entries_after(
    tx: Transaction, after: UUID | None, most: int, search: str
) -> list[DirectoryEntry]:
    """Return the next entries as they are shown, in the order of their ids."""
    return await _shown(tx, await tx.all(EntryRow, _AFTER, after, search, most), tx.actor, None)


async def entry(tx: Transaction, entry_id: UUID, actor: Actor) -> DirectoryEntry:
    """Return an entry as it is shown. Errors: EntryNotFound."""
    return (await _shown(tx, [await need_entry(tx, entry_id)], actor, None))[0]


async def checks(tx: Transaction, entry_id: UUID) -> list[DirectoryCheck]:
    """Return who did what about an entry, newest first.

    Counts: at most 100. Errors: EntryNotFound.
    """
    await need_entry(tx, entry_id)
    rows = await tx.all(_Check, _HISTORY, entry_id, MOST_HISTORY)
    names = await accounts.member_names(tx, [row.member_id for row in rows if row.member_id])
    return [
        DirectoryCheck(
            id=row.id,
            at=row.at,
            what=row.what,
            member_name=names.get(row.member_id) if row.member_id else None,
        )
        for row in rows
    ]


async def due_count(tx: Transaction, actor: Actor) -> DirectoryDue:
    """Return how many entries somebody has to look at: the own ones, and nobody's for a keeper."""
    found = await tx.one(_Due, _DUE, tx.now + SOON, actor.id)
    assert found is not None
    return DirectoryDue(found.own + (found.nobodys if actor.may("directory.edit") else 0))


class _Behind(msgspec.Struct, frozen=True):
    """What entries point to, as it is now."""

    people: dict[UUID, accounts.MemberBrief]
    teams: dict[UUID, str]
    queues: dict[UUID, routing.QueueRow]
    hours: dict[UUID, str]
    open: dict[UUID, routing.OpenNow]
    reasons: dict[UUID, str]
    wanted: list[UUID]


async def _shown(
    tx: Transaction, rows: list[EntryRow], actor: Actor, reason_id: UUID | None
) -> list[DirectoryEntry]:
    behind = await _behind(tx, rows, reason_id)
    return [_entry(tx, row, actor, behind) for row in rows]


async def _behind(tx: Transaction, rows: list[EntryRow], reason_id: UUID | None) -> _Behind:
    kinds = {row.target_kind for row in rows}
    people = {row.owner_id for row in rows} | {row.verified_by for row in rows}
    people |= {row.target_id for row in rows if row.target_kind == "agent"}
    queues = {one.id: one for one in await routing.queues(tx)} if "queue" in kinds else {}
    hours = {row.hours_id for row in rows} | {one.hours_id for one in queues.values()}
    needed = _known(hours)
    tree = (await conversations.reason_tree(tx)).nodes
    return _Behind(
        people=await accounts.member_briefs(tx, _known(people)),
        teams={one.id: one.name for one in await accounts.teams(tx)} if "team" in kinds else {},
        queues=queues,
        hours={one.id: one.name for one in await routing.business_hours(tx)} if needed else {},
        open=await routing.open_now(tx, needed),
        reasons={node.id: node.label for node in tree},
        wanted=lineage({node.id: node.parent_id for node in tree}, reason_id),
    )


def _known(ids: Iterable[UUID | None]) -> set[UUID]:
    return {one for one in ids if one is not None}


def _entry(tx: Transaction, row: EntryRow, actor: Actor, behind: _Behind) -> DirectoryEntry:
    owner = behind.people.get(row.owner_id) if row.owner_id else None
    vouched = behind.people.get(row.verified_by) if row.verified_by else None
    there = _open(row, behind)
    return DirectoryEntry(
        **{name: getattr(row, name) for name in EntryRow.__struct_fields__},
        owner_name=owner.name if owner else None,
        owner_active=bool(owner and owner.active),
        verified_by_name=vouched.name if vouched else None,
        reasons=[
            EntryReason(one, behind.reasons[one]) for one in row.reason_ids if one in behind.reasons
        ],
        hours_name=behind.hours.get(row.hours_id) if row.hours_id else None,
        open=there.open if there else None,
        closes_at=there.closes_at if there else None,
        opens_at=there.opens_at if there else None,
        target_name=_target_name(row.target_kind, row.target_id, behind),
        standing=standing(row.due_at, tx.now),
        fit=fit(behind.wanted, row.reason_ids),
        mine=row.owner_id is not None and row.owner_id == actor.id,
    )


def _open(row: EntryRow, behind: _Behind) -> routing.OpenNow | None:
    """Return whether somebody is there: by the entry's own hours, else by those of its queue."""
    queue = behind.queues.get(row.target_id) if row.target_id else None
    if queue is not None and not queue.open:
        return routing.OpenNow(False, None, None)
    if row.hours_id is not None:
        return behind.open.get(row.hours_id)
    if row.hours_text or queue is None:
        return None
    if queue.hours_id is None:
        return routing.OpenNow(True, None, None)
    return behind.open.get(queue.hours_id)


def _target_name(kind: TargetKind | None, target_id: UUID | None, behind: _Behind) -> str | None:
    if target_id is None:
        return None
    if kind == "queue":
        queue = behind.queues.get(target_id)
        return queue.name if queue else None
    if kind == "team":
        return behind.teams.get(target_id)
    person = behind.people.get(target_id)
    return person.name if person and person.active else None


__all__ = [
    "DirectoryCheck",
    "DirectoryDue",
    "DirectoryEntry",
    "EntryNotFound",
    "EntryReason",
    "EntryRow",
    "Kind",
    "checks",
    "due_count",
    "entries",
    "entries_after",
    "entries_named",
    "entry",
    "need_entry",
]
