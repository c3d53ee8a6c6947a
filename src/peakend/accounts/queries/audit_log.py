"""Reading the audit log, and proving that nobody changed it."""

from datetime import datetime
from typing import Any
from uuid import UUID

import msgspec

from peakend.accounts.models import AuditRow, Seal
from peakend.accounts.queries.people import member_names
from peakend.accounts.rules import audit_link
from peakend.kernel.db import Transaction
from peakend.kernel.paging import Page, WrongCursor, cursor_decode, cursor_encode

_COLUMNS = "id, at, actor_kind, actor_id, action, subject_type, subject_id, detail, xid"
_BATCH = 1000


class AuditEntry(msgspec.Struct, frozen=True):
    """One line of the audit log as an administrator reads it."""

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


async def audit_page(
    tx: Transaction,
    *,
    cursor: str | None = None,
    actor_id: UUID | None = None,
    action: str | None = None,
    limit: int = 50,
) -> Page[AuditEntry]:
    """Return a page of the log, newest first, with the names of members filled in."""
    before = _id(cursor_decode(cursor, 1)[0]) if cursor else None
    rows = await tx.all(
        AuditRow,
        f"""
        SELECT {_COLUMNS}
        FROM audit_entry
        WHERE organisation_id = current_organisation()
          AND ($1::uuid IS NULL OR id < $1)
          AND ($2::uuid IS NULL OR actor_id = $2)
          AND ($3::text IS NULL OR action = $3)
        ORDER BY id DESC
        LIMIT $4
        """,  # noqa: S608 (a constant list of columns)
        before,
        actor_id,
        action,
        limit + 1,
    )
    shown = rows[:limit]
    people = [row.actor_id for row in shown if row.actor_id and row.actor_kind == "member"]
    people += [row.subject_id for row in shown if row.subject_id and row.subject_type == "member"]
    names = await member_names(tx, people)
    items = [
        AuditEntry(
            row.id,
            row.at,
            row.actor_kind,
            row.actor_id,
            names.get(row.actor_id, "") if row.actor_id else "",
            row.action,
            row.subject_type,
            row.subject_id,
            names.get(row.subject_id) if row.subject_id else None,
            row.detail,
        )
        for row in shown
    ]
    return Page(items, cursor_encode(shown[-1].id) if len(rows) > limit else None)


def _id(value: object) -> UUID:
    try:
        return UUID(str(value))
    except ValueError as error:
        raise WrongCursor from error


async def last_seal(tx: Transaction) -> Seal | None:
    """Return the newest link of the chain."""
    return await tx.one(
        Seal,
        """
        SELECT place, entry_xid, entry_id, digest
        FROM audit_seal
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
        SELECT {_COLUMNS}
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


async def broken_seal(tx: Transaction) -> int | None:
    """Return the first place where log and chain disagree, or None where all is as it was written.

    Counts: places from 1. It finds entries edited, removed, put in between or reordered.
    """
    before, after = b"", None
    place = 0
    while True:
        seals = await tx.all(
            Seal,
            """
            SELECT place, entry_xid, entry_id, digest
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
            if before != seal.digest:
                return place
        after = seals[-1]


def audit_content(row: AuditRow) -> dict[str, Any]:
    """Return what a seal covers of an entry."""
    content: dict[str, Any] = msgspec.to_builtins(row)
    return content
