"""Entries are made, changed, vouched for, removed and put back; each act is kept in their history.

Who keeps the directory may do all of it. An entry's owner may change it and vouch for it.
"""

from typing import Any
from uuid import UUID

import msgspec

from peakend.accounts import queries as accounts
from peakend.accounts.actions import audit
from peakend.conversations.queries import reason_tree
from peakend.directory.events import DirectoryEntryChanged, DirectoryEntryVerified
from peakend.directory.models import EntryRow
from peakend.directory.queries import need_entry
from peakend.directory.rules import (
    MOST_ENTRIES,
    MOST_REASONS,
    TERM_D,
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
    due_at,
    is_link,
    is_mail,
    is_phone,
    plain_line,
    plain_words,
)
from peakend.kernel.actors import Actor
from peakend.kernel.db import Transaction
from peakend.kernel.errors import Conflict, Invalid, Refused
from peakend.kernel.events import record
from peakend.kernel.ids import new_id
from peakend.language.queries import typed
from peakend.routing import queries as routing

_LINES = ("name_zh", "name_en", "hours_text", "hours_text_en", "phone", "mail", "link")
_WORDS = ("competence", "competence_en", "power", "power_en", "note", "note_en")
_SAVED = (
    "kind", "name_zh", "name_en", "owner_id", "competence", "competence_en", "reason_ids", "power",
    "power_en", "limit_fen", "hours_id", "hours_text", "hours_text_en", "target_kind", "target_id",
    "phone", "mail", "link", "note", "note_en", "term_d",
)  # fmt: skip
_INSERT = """
INSERT INTO directory_entry (id, kind, name_zh, name_en, owner_id, competence, competence_en,
    reason_ids, power, power_en, limit_fen, hours_id, hours_text, hours_text_en, target_kind,
    target_id, phone, mail, link, note, note_en, term_d, typed, verified_at, verified_by, due_at,
    made_at, changed_at)
VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, $17, $18, $19,
    $20, $21, $22, $23, $24, $25, $26, $27, $27)
"""
_UPDATE = """
UPDATE directory_entry SET kind = $2, name_zh = $3, name_en = $4, owner_id = $5, competence = $6,
    competence_en = $7, reason_ids = $8, power = $9, power_en = $10, limit_fen = $11,
    hours_id = $12, hours_text = $13, hours_text_en = $14, target_kind = $15, target_id = $16,
    phone = $17, mail = $18, link = $19, note = $20, note_en = $21, term_d = $22, typed = $23,
    verified_at = $24, verified_by = $25, due_at = $26,
    told = CASE WHEN due_at = $26 THEN told END, changed_at = $27, version = version + 1
WHERE organisation_id = current_organisation() AND id = $1 AND version = $28
  AND removed_at IS NULL
"""
_VERIFY = """
UPDATE directory_entry SET verified_at = $3, verified_by = $4, due_at = $5, told = NULL,
    version = version + 1
WHERE organisation_id = current_organisation() AND id = $1 AND version = $2
  AND removed_at IS NULL
"""
_PLACE = """
UPDATE directory_entry SET removed_at = $2, told = NULL, version = version + 1
WHERE organisation_id = current_organisation() AND id = $1
  AND (removed_at IS NULL) = ($2::timestamptz IS NOT NULL)
"""


class NotYourEntry(Refused):
    """Only its owner, or who keeps the directory, may do this to an entry."""

    wording = "directory.not_your_entry"


class EntryStale(Conflict):
    """The entry was changed since it was looked at."""

    wording = "directory.entry_stale"


class TooManyEntries(Invalid):
    """There are as many entries as there may be."""

    wording = "directory.too_many_entries"


class WrongEntry(Invalid):
    """Something of an entry cannot be: a number, an address, or what is not there."""

    wording = "directory.wrong_entry"


class EntryText(msgspec.Struct, frozen=True, kw_only=True):
    """What somebody writes down about whom one can turn to. Units: fen, days."""

    kind: Kind
    name_zh: Name
    name_en: Short = ""
    owner_id: UUID | None = None
    competence: Words = ""
    competence_en: Words = ""
    reason_ids: Reasons = []
    power: Words = ""
    power_en: Words = ""
    limit_fen: Fen | None = None
    hours_id: UUID | None = None
    hours_text: Line = ""
    hours_text_en: Line = ""
    target_kind: TargetKind | None = None
    target_id: UUID | None = None
    phone: Short = ""
    mail: Line = ""
    link: Link = ""
    note: Words = ""
    note_en: Words = ""
    term_d: Term = TERM_D


async def add_entry(tx: Transaction, *, entry: EntryText, by: Actor, verified: bool = True) -> UUID:
    """Add an entry; who writes it down vouches for it unless it is only copied from elsewhere.

    Errors: NotYourEntry, TooManyEntries, WrongEntry, MemberNotFound, QueueNotFound, TeamNotFound.
    """
    _need_keeper(by)
    count = await tx.value(
        "SELECT count(*) FROM directory_entry"
        " WHERE organisation_id = current_organisation() AND removed_at IS NULL"
    )
    if count >= MOST_ENTRIES:
        raise TooManyEntries(most=MOST_ENTRIES)
    plain = await _checked(tx, entry)
    entry_id = new_id()
    verified_at = tx.now if verified else None
    due = due_at(verified_at, tx.now, plain.term_d)
    await tx.run(
        _INSERT,
        entry_id,
        *_columns(plain),
        verified_at,
        by.id if verified else None,
        due,
        tx.now,
    )
    await _tell(tx, entry_id, plain.owner_id, "created")
    if verified:
        await _vouch(tx, entry_id, plain.owner_id, by, due)
    return entry_id


async def change_entry(
    tx: Transaction,
    *,
    entry_id: UUID,
    changes: dict[str, Any],
    by: Actor,
    version: int,
    verified: bool = False,
) -> None:
    """Change an entry; with `verified` whoever changes it vouches for the whole of it.

    Errors: EntryNotFound, NotYourEntry, EntryStale, WrongEntry, MemberNotFound, QueueNotFound,
    TeamNotFound.
    """
    old = await need_entry(tx, entry_id)
    _need_own(by, old)
    if "owner_id" in changes and changes["owner_id"] != old.owner_id:
        _need_keeper(by)
    before = EntryText(**{name: getattr(old, name) for name in _SAVED})
    plain = await _checked(tx, msgspec.structs.replace(before, **changes), before)
    verified_at = tx.now if verified else old.verified_at
    due = due_at(verified_at, old.made_at, plain.term_d)
    changed = await tx.run(
        _UPDATE,
        entry_id,
        *_columns(plain),
        verified_at,
        by.id if verified else old.verified_by,
        due,
        tx.now,
        version,
    )
    if not changed:
        raise EntryStale(version=old.version)
    await _tell(tx, entry_id, plain.owner_id, "updated")
    if verified:
        await _vouch(tx, entry_id, plain.owner_id, by, due)


async def verify_entry(tx: Transaction, *, entry_id: UUID, by: Actor, version: int) -> None:
    """Vouch that an entry is right as it was seen.

    Errors: EntryNotFound, NotYourEntry, EntryStale.
    """
    old = await need_entry(tx, entry_id)
    _need_own(by, old)
    due = due_at(tx.now, old.made_at, old.term_d)
    if not await tx.run(_VERIFY, entry_id, version, tx.now, by.id, due):
        raise EntryStale(version=old.version)
    await _vouch(tx, entry_id, old.owner_id, by, due)


async def remove_entry(tx: Transaction, *, entry_id: UUID, by: Actor) -> None:
    """Take an entry out of the directory; it can be put back.

    Errors: EntryNotFound, NotYourEntry.
    """
    _need_keeper(by)
    old = await need_entry(tx, entry_id)
    if await tx.run(_PLACE, entry_id, tx.now):
        await _tell(tx, entry_id, old.owner_id, "removed")


async def restore_entry(tx: Transaction, *, entry_id: UUID, by: Actor) -> None:
    """Put a removed entry back, as it was. Errors: EntryNotFound, NotYourEntry."""
    _need_keeper(by)
    old = await need_entry(tx, entry_id, removed=True)
    if await tx.run(_PLACE, entry_id, None):
        await _tell(tx, entry_id, old.owner_id, "restored")


def _need_keeper(by: Actor) -> None:
    if not by.may("directory.edit"):
        raise NotYourEntry


def _need_own(by: Actor, row: EntryRow) -> None:
    if not by.may("directory.edit") and (row.owner_id is None or row.owner_id != by.id):
        raise NotYourEntry


def _columns(plain: EntryText) -> tuple[Any, ...]:
    names = " ".join(one for one in (plain.name_zh, plain.name_en) if one)
    return (*(getattr(plain, name) for name in _SAVED), typed(names))


async def _checked(tx: Transaction, given: EntryText, before: EntryText | None = None) -> EntryText:
    """Return an entry as it is kept; what stood there before needs not be there still."""
    plain = msgspec.structs.replace(
        given,
        **{name: plain_line(getattr(given, name)) for name in _LINES},
        **{name: plain_words(getattr(given, name)) for name in _WORDS},
        reason_ids=list(dict.fromkeys(given.reason_ids)),
    )
    wrong = _faults(plain)
    tree = {node.id for node in (await reason_tree(tx)).nodes if node.active}
    tree |= set(before.reason_ids) if before else set()
    if len(plain.reason_ids) > MOST_REASONS or not tree.issuperset(plain.reason_ids):
        wrong["reason_ids"] = "unknown"
    if plain.hours_id is not None and not await routing.hours_exist(tx, plain.hours_id):
        wrong["hours_id"] = "unknown"
    if wrong:
        raise WrongEntry(fields=wrong)
    if plain.owner_id is not None and (before is None or before.owner_id != plain.owner_id):
        await _need_there(tx, plain.owner_id)
    if before is None or before.target_id != plain.target_id:
        await _need_target(tx, plain)
    return plain


def _faults(plain: EntryText) -> dict[str, str]:
    wrong = {}
    if not plain.name_zh:
        wrong["name_zh"] = "required"
    if plain.phone and not is_phone(plain.phone):
        wrong["phone"] = "invalid"
    if plain.mail and not is_mail(plain.mail):
        wrong["mail"] = "invalid"
    if plain.link and not is_link(plain.link):
        wrong["link"] = "invalid"
    if (plain.target_kind is None) is not (plain.target_id is None):
        wrong["target_id"] = "required"
    return wrong


async def _need_there(tx: Transaction, owner_id: UUID) -> None:
    if not (await accounts.need_member(tx, owner_id)).active:
        raise WrongEntry(fields={"owner_id": "unknown"})


async def _need_target(tx: Transaction, plain: EntryText) -> None:
    if plain.target_id is None:
        return
    if plain.target_kind == "queue":
        await routing.need_queue(tx, plain.target_id)
    elif plain.target_kind == "team":
        await accounts.need_team(tx, plain.target_id)
    else:
        await accounts.need_member(tx, plain.target_id)


async def _tell(tx: Transaction, entry_id: UUID, owner_id: UUID | None, what: str) -> None:
    await _keep(tx, entry_id, what)
    await record(tx, DirectoryEntryChanged(entry_id=entry_id, owner_id=owner_id, what=what))
    await audit(tx, f"directory_entry.{what}", "directory_entry", entry_id)


async def _vouch(
    tx: Transaction, entry_id: UUID, owner_id: UUID | None, by: Actor, due: Any
) -> None:
    await _keep(tx, entry_id, "verified")
    await record(
        tx,
        DirectoryEntryVerified(entry_id=entry_id, owner_id=owner_id, by_id=by.id, due_at=due),
    )


async def _keep(tx: Transaction, entry_id: UUID, what: str) -> None:
    await tx.run(
        "INSERT INTO directory_check (id, entry_id, at, member_id, what)"
        " VALUES ($1, $2, $3, $4, $5)",
        new_id(),
        entry_id,
        tx.now,
        tx.actor.id if tx.actor.kind == "member" else None,
        what,
    )
