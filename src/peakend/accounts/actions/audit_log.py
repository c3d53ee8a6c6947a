"""Writing the audit log, sealing it, and giving it out as a file."""

import csv
import io
import json
from collections.abc import AsyncIterator
from typing import Any
from uuid import UUID

import msgspec

from peakend.accounts.queries.audit_log import (
    AuditEntry,
    AuditFilter,
    audit_content,
    audit_page,
    last_seal,
    seal_mac,
    unsealed,
)
from peakend.accounts.rules import audit_link, spreadsheet_text
from peakend.kernel.actors import Actor
from peakend.kernel.db import Database, Transaction
from peakend.kernel.ids import new_id


async def audit(
    tx: Transaction,
    action: str,
    subject_type: str,
    subject_id: UUID | None = None,
    detail: dict[str, Any] | None = None,
) -> UUID:
    """Write down who did what to whom; `detail` holds ids, codes and numbers only.

    The row can be neither changed nor removed by the app.
    """
    entry_id = new_id()
    await tx.run(
        """
        INSERT INTO audit_entry
            (id, at, actor_kind, actor_id, action, subject_type, subject_id, detail)
        VALUES ($1, $2, $3, $4, $5, $6, $7, $8)
        """,
        entry_id,
        tx.now,
        "api_key" if tx.actor.key_id else tx.actor.kind,
        tx.actor.key_id or tx.actor.id,
        action,
        subject_type,
        subject_id,
        msgspec.to_builtins(detail or {}),
    )
    return entry_id


async def seal_audit(tx: Transaction) -> int:
    """Chain the entries that came to rest since the last time, and return how many.

    Only below the snapshot's watermark, so that no slow writer can slip in before a sealed entry.
    """
    last = await last_seal(tx)
    place, digest = (last.place, last.digest) if last else (0, b"")
    links = []
    for row in await unsealed(tx, last):
        place += 1
        digest = audit_link(digest, audit_content(row))
        mac = seal_mac(tx.organisation_id, place, digest)
        links.append((place, row.xid, row.id, digest, mac))
    if links:
        await tx.many(
            "INSERT INTO audit_seal (place, entry_xid, entry_id, digest, mac)"
            " VALUES ($1, $2, $3, $4, $5)",
            links,
        )
    return len(links)


_HEADS = ("at", "actor_kind", "actor_id", "actor_name", "action",
          "subject_type", "subject_id", "subject_name", "detail", "id")  # fmt: skip
_ROWS = 500


async def export_audit(
    database: Database, actor: Actor, wanted: AuditFilter
) -> AsyncIterator[bytes]:
    """Note the export in the log, and return the wanted lines as CSV, some hundred at a time.

    Each part is read in a transaction of its own, so that a slow reader holds up nobody.
    """
    async with database.transaction(actor) as tx:
        await audit(tx, "audit.exported", "organisation", actor.organisation_id,
                    {"action": wanted.action, "by": wanted.actor_id, "since": wanted.since,
                     "until": wanted.until})  # fmt: skip
    return _parts(database, actor, wanted)


async def _parts(database: Database, actor: Actor, wanted: AuditFilter) -> AsyncIterator[bytes]:
    # The mark at the beginning tells spreadsheets that it is UTF-8.
    yield "\ufeff".encode() + _csv([_HEADS])
    cursor = None
    while True:
        async with database.transaction(actor) as tx:
            page = await audit_page(tx, wanted=wanted, cursor=cursor, limit=_ROWS)
        yield _csv([_cells(entry) for entry in page.items])
        cursor = page.next
        if cursor is None:
            return


def _cells(entry: AuditEntry) -> tuple[str, ...]:
    detail = json.dumps(entry.detail, ensure_ascii=False, sort_keys=True) if entry.detail else ""
    cells = (
        entry.at.isoformat(),
        entry.actor_kind,
        entry.actor_id,
        entry.actor_name,
        entry.action,
        entry.subject_type,
        entry.subject_id,
        entry.subject_name,
        detail,
        entry.id,
    )
    return tuple(spreadsheet_text("" if cell is None else str(cell)) for cell in cells)


def _csv(rows: list[tuple[str, ...]]) -> bytes:
    file = io.StringIO()
    csv.writer(file, lineterminator="\r\n").writerows(rows)
    return file.getvalue().encode()
