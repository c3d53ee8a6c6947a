"""Reading the audit log, and proving that nobody changed it."""

import hmac
from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from peakend.accounts.models import AuditRow, Seal
from peakend.accounts.queries.people import member_names
from peakend.accounts.rules import audit_link
from peakend.kernel.db import Transaction
from peakend.kernel.naming import LookedAt, called, looks_noted, names_of_things
from peakend.kernel.paging import Page, WrongCursor, cursor_decode, cursor_encode
from peakend.kernel.secrets import blind

AUDIT_COLUMNS = "id, at, actor_kind, actor_id, action, subject_type, subject_id, detail, xid"
_BATCH = 1000


class AuditEntry(msgspec.Struct, frozen=True):
    """One line of the audit log as an administrator reads it.

    `look` is what was looked at and why, where the line notes a look at something private.
    """

    id: UUID
    at: datetime
    actor_kind: str
    actor_id: UUID | None
    actor_name: str
    action: str
    subject_type: str
    subject_id: UUID | None
    subject_name: str | None
    detail: dict[str, Any]
    look: LookedAt | None = None


class AuditFilter(msgspec.Struct, frozen=True):
    """Which lines are wanted; what is None does not matter. `until` itself is not included."""

    actor_id: UUID | None = None
    action: str | None = None
    subject_id: UUID | None = None
    since: datetime | None = None
    until: datetime | None = None


EVERYTHING = AuditFilter()


class AuditVerdict(msgspec.Struct, frozen=True):
    """What a look through the whole chain found; before `begins_at` it went with its age."""

    sealed: int
    waiting: int
    broken_at: int | None
    digest: str
    begins_at: int


async def audit_page(
    tx: Transaction,
    *,
    wanted: AuditFilter = EVERYTHING,
    cursor: str | None = None,
    limit: int = 50,
) -> Page[AuditEntry]:
    """Return a page of the log, newest first, with the names of members and things of now."""
    before = _id(cursor_decode(cursor, 1)[0]) if cursor else None
    rows = await tx.all(
        AuditRow,
        f"""
        SELECT {AUDIT_COLUMNS}
        FROM audit_entry
        WHERE organisation_id = current_organisation()
          AND ($1::uuid IS NULL OR id < $1)
          AND ($2::uuid IS NULL OR actor_id = $2)
          AND ($3::text IS NULL OR action = $3)
          AND ($4::uuid IS NULL OR subject_id = $4)
          AND ($5::timestamptz IS NULL OR at >= $5)
          AND ($6::timestamptz IS NULL OR at < $6)
        ORDER BY id DESC
        LIMIT $7
        """,  # noqa: S608 (a constant list of columns)
        before,
        wanted.actor_id,
        wanted.action,
        wanted.subject_id,
        wanted.since,
        wanted.until,
        limit + 1,
    )
    shown = rows[:limit]
    people = [row.actor_id for row in shown if row.actor_id and row.actor_kind == "member"]
    people += [row.subject_id for row in shown if row.subject_id and row.subject_type == "member"]
    names = await member_names(tx, people)
    about = ((row.subject_type, row.subject_id) for row in shown if row.subject_id)
    things = await names_of_things(tx, about)
    looks = await looks_noted(tx, ((row.action, id_) for row in shown if (id_ := _noted(row))))
    items = [_entry(row, names, things, looks) for row in shown]
    return Page(items, cursor_encode(shown[-1].id) if len(rows) > limit else None)


def _noted(row: AuditRow) -> UUID | None:
    """Return which look at something private a line notes."""
    noted = row.detail.get("reveal_id")
    return UUID(noted) if noted else None


def _entry(
    row: AuditRow,
    names: dict[UUID, str],
    things: dict[tuple[str, UUID], str],
    looks: dict[tuple[str, UUID], LookedAt],
) -> AuditEntry:
    name, noted = None, _noted(row)
    if row.subject_id:
        name = names.get(row.subject_id) or things.get((row.subject_type, row.subject_id))
    return AuditEntry(
        row.id,
        row.at,
        row.actor_kind,
        row.actor_id,
        names.get(row.actor_id, "") if row.actor_id else "",
        row.action,
        row.subject_type,
        row.subject_id,
        name,
        row.detail,
        looks.get((row.action, noted)) if noted else None,
    )


def _id(value: object) -> UUID:
    try:
        return UUID(str(value))
    except ValueError as error:
        raise WrongCursor from error


async def last_seal(tx: Transaction) -> Seal | None:
    """Return the newest link of the chain, be it one whose entry went with its age."""
    found = await tx.one(
        Seal,
        """
        SELECT place, entry_xid, entry_id, digest, mac
        FROM audit_seal
        WHERE organisation_id = current_organisation()
        ORDER BY place DESC
        LIMIT 1
        """,
    )
    return found or await last_checkpoint(tx)


async def last_checkpoint(tx: Transaction) -> Seal | None:
    """Return the last link that went with its age: the chain begins after it."""
    return await tx.one(
        Seal,
        """
        SELECT place, entry_xid, entry_id, digest, mac
        FROM audit_checkpoint
        WHERE organisation_id = current_organisation()
        ORDER BY place DESC
        LIMIT 1
        """,
    )


async def unsealed(tx: Transaction, after: Seal | None, limit: int = _BATCH) -> list[AuditRow]:
    """Return entries nobody can still be writing before, in the order of the chain."""
    return await tx.all(
        AuditRow,
        f"""
        SELECT {AUDIT_COLUMNS}
        FROM audit_entry
        WHERE organisation_id = current_organisation()
          AND xid < pg_snapshot_xmin(pg_current_snapshot())::text::bigint
          AND ($1::bigint IS NULL OR (xid, id) > ($1, $2::uuid))
        ORDER BY xid, id
        LIMIT $3
        """,  # noqa: S608 (a constant list of columns)
        after.entry_xid if after else None,
        after.entry_id if after else None,
        limit,
    )


async def audit_verdict(tx: Transaction) -> AuditVerdict:
    """Go through the chain from its beginning, and count what still waits for its seal."""
    broken = await broken_seal(tx)
    last = await last_seal(tx)
    first = await last_checkpoint(tx)
    waiting = await tx.value(
        """
        SELECT count(*) FROM audit_entry
        WHERE organisation_id = current_organisation()
          AND ($1::bigint IS NULL OR (xid, id) > ($1, $2::uuid))
        """,
        last.entry_xid if last else None,
        last.entry_id if last else None,
    )
    return AuditVerdict(
        last.place if last else 0,
        waiting,
        broken,
        last.digest.hex() if last else "",
        first.place + 1 if first else 1,
    )


async def chain_has(tx: Transaction, place: int, digest: str) -> bool:
    """Say whether the seal at a place is the one that was noted once (its first digits suffice)."""
    found: bytes | None = await tx.value(
        "SELECT digest FROM audit_seal"
        " WHERE organisation_id = current_organisation() AND place = $1"
        " UNION ALL SELECT digest FROM audit_checkpoint"
        " WHERE organisation_id = current_organisation() AND place = $1 LIMIT 1",
        place,
    )
    return found is not None and found.hex().startswith(digest.casefold())


async def broken_seal(tx: Transaction) -> int | None:
    """Return the first place where log and chain disagree, or None where all is as it was written.

    Counts: places from 1. It finds entries edited, removed, put in between or reordered.
    """
    before, after = b"", None
    place = 0
    begins = await last_checkpoint(tx)
    if begins is not None:
        place, before, after = begins.place, begins.digest, begins
        mac = checkpoint_mac(tx.organisation_id, place, before)
        if not hmac.compare_digest(mac, begins.mac):
            return place
    while True:
        seals = await tx.all(
            Seal,
            """
            SELECT place, entry_xid, entry_id, digest, mac
            FROM audit_seal
            WHERE organisation_id = current_organisation() AND place > $1
            ORDER BY place
            LIMIT $2
            """,
            place,
            _BATCH,
        )
        if not seals:
            return None
        entries = await unsealed(tx, after, len(seals))
        for at, seal in enumerate(seals):
            place += 1
            if at >= len(entries) or seal.place != place or seal.entry_id != entries[at].id:
                return place
            before = audit_link(before, audit_content(entries[at]))
            mac = seal_mac(tx.organisation_id, place, before)
            if before != seal.digest or not hmac.compare_digest(mac, seal.mac):
                return place
        after = seals[-1]


def seal_mac(organisation_id: UUID, place: int, digest: bytes) -> bytes:
    """Return what binds a seal to the key of this installation, which is not in the database."""
    return blind("audit", f"{organisation_id}/{place}/{digest.hex()}")


def checkpoint_mac(organisation_id: UUID, place: int, digest: bytes) -> bytes:
    """Return what says, under the key of this installation, that a chain may begin after here."""
    return blind("audit-checkpoint", f"{organisation_id}/{place}/{digest.hex()}")


def audit_content(row: AuditRow) -> dict[str, Any]:
    """Return what a seal covers of an entry."""
    content: dict[str, Any] = msgspec.to_builtins(row)
    return content


called(
    "brand",
    "SELECT id, name FROM brand WHERE organisation_id = current_organisation() AND id = ANY($1)",
)
called(
    "team",
    "SELECT id, name FROM team WHERE organisation_id = current_organisation() AND id = ANY($1)",
)
called(
    "role",
    "SELECT id, name FROM role WHERE organisation_id = current_organisation() AND id = ANY($1)",
)
called(
    "skill",
    "SELECT id, name FROM skill WHERE organisation_id = current_organisation() AND id = ANY($1)",
)
called(
    "api_key",
    "SELECT id, name FROM api_key WHERE organisation_id = current_organisation() AND id = ANY($1)",
)
